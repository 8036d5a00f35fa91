"""Other people's formats: what each has room for, written from a snapshot, and read back.

One module for each format, with one value that describes it; what a format has no room for is
counted and named, so that nothing is lost silently.
"""

from collections.abc import Mapping

from workbench.datasets.formats.averitec import AVERITEC
from workbench.datasets.formats.brat import BRAT
from workbench.datasets.formats.checks import CheckFormat
from workbench.datasets.formats.claimreview import CLAIM_REVIEW
from workbench.datasets.formats.conll import CONLL
from workbench.datasets.formats.doccano import DOCCANO
from workbench.datasets.formats.fever import FEVER
from workbench.datasets.formats.format import Format
from workbench.datasets.formats.webannotation import WEB_ANNOTATION
from workbench.datasets.formats.xmi import XMI

FORMATS: Mapping[str, Format] = {
    one.name: one for one in (CONLL, BRAT, WEB_ANNOTATION, DOCCANO, XMI)
}
CHECK_FORMATS: Mapping[str, CheckFormat] = {
    one.name: one for one in (AVERITEC, FEVER, CLAIM_REVIEW)
}
