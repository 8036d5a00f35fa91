"""Other people's formats: what each has room for, written from a snapshot, and read back.

One module for each format, with one value that describes it; what a format has no room for is
counted and named, so that nothing is lost silently.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from workbench.datasets.formats import brat, doccano, labelstudio, webannotation
from workbench.datasets.formats.averitec import AVERITEC
from workbench.datasets.formats.brat import BRAT
from workbench.datasets.formats.checks import CheckFormat
from workbench.datasets.formats.claimreview import CLAIM_REVIEW
from workbench.datasets.formats.conll import CONLL
from workbench.datasets.formats.doccano import DOCCANO
from workbench.datasets.formats.fever import FEVER
from workbench.datasets.formats.format import Format
from workbench.datasets.formats.labelstudio import LABEL_STUDIO
from workbench.datasets.formats.reading import FoundDocument, SourceFile
from workbench.datasets.formats.records import read as read_records
from workbench.datasets.formats.webannotation import WEB_ANNOTATION
from workbench.datasets.formats.xmi import XMI

# One more format of answers, wherever its module lies, is one more value here, or a reader below.
FORMATS: Mapping[str, Format] = {
    one.name: one for one in (CONLL, BRAT, WEB_ANNOTATION, DOCCANO, XMI, LABEL_STUDIO)
}
CHECK_FORMATS: Mapping[str, CheckFormat] = {
    one.name: one for one in (AVERITEC, FEVER, CLAIM_REVIEW)
}


@dataclass(frozen=True)
class Readable:
    """A format that is read; ``endings`` are of the files that are its, where a folder is given."""

    endings: tuple[str, ...]
    read: Callable[[SourceFile], Iterator[FoundDocument]]


READABLE: Mapping[str, Readable] = {
    "jsonl": Readable((".jsonl",), read_records),
    BRAT.name: Readable((".ann",), brat.read),
    WEB_ANNOTATION.name: Readable((".jsonld", ".json"), webannotation.read),
    DOCCANO.name: Readable((".jsonl",), doccano.read),
    LABEL_STUDIO.name: Readable((".json",), labelstudio.read),
}
