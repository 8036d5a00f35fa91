"""Whatever is answered: each format has it or says that it has not, and what it has reads back."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cassis import load_cas_from_xmi, load_typesystem
from hypothesis import given, settings

from tests.labelled import documents
from workbench.canonical import JsonObject
from workbench.datasets.formats import FORMATS, READABLE
from workbench.datasets.formats.documents import Document
from workbench.datasets.formats.format import Head, Piece
from workbench.datasets.formats.reading import FoundDocument, SourceFile
from workbench.datasets.formats.writing import FormatWriter
from workbench.resources import resource_folder

MAX_EXAMPLES = 40
HEAD = Head("", "fr", {}, json.loads((resource_folder("seeds") / "claims.v1.json").read_text()))


class Files(dict[str, str]):
    """Files in memory."""

    def put(self, pieces: Iterable[Piece]) -> None:
        for path, text in pieces:
            self[path] = self.get(path, "") + text


def write(name: str, document: Document) -> tuple[Files, JsonObject]:
    """Write a document; return the files and the account, which adds up or is a fault."""
    files = Files()
    writer = FormatWriter(FORMATS[name], HEAD, files)
    writer.add(document)
    return files, writer.close()


def lost(account: JsonObject, kind: str) -> set[str]:
    return {id_ for ids in account["kinds"][kind]["lost_records"].values() for id_ in ids}


def read_back(name: str, files: Files, ending: str) -> FoundDocument:
    with TemporaryDirectory() as folder:
        for path, text in files.items():
            (Path(folder) / path).parent.mkdir(exist_ok=True)
            (Path(folder) / path).write_bytes(text.encode())
        (path,) = Path(folder).rglob(f"*{ending}")
        (found,) = READABLE[name].read(SourceFile(path, path.name))
    return found


def kept(document: Document, account: JsonObject) -> Iterator[tuple[object, ...]]:
    """Yield what a format has, in the form of ``said``."""
    for sentence in document.sentences:
        if document.sentence_name(sentence) not in lost(account, "sentences"):
            yield "decision", sentence.start, sentence.end, sentence.decision, sentence.attributes
        elif sentence.claims and account["format"] == "label-studio":
            yield "decision", sentence.start, sentence.end, "claims", {}  # Its claims say so.
        for claim in sentence.claims:
            if document.claim_name(sentence, claim) not in lost(account, "claims"):
                yield "claim", claim
        for position, stance in enumerate(sentence.stances, start=1):
            name = f"{document.sentence_name(sentence)}/{position}"
            if name not in lost(account, "stances"):
                yield "stance", stance


def said(found: FoundDocument) -> Iterator[tuple[object, ...]]:
    """Yield what was read."""
    for one in found.decisions:
        yield "decision", one.start, one.end, one.decision, one.attributes
    for claim in found.claims:
        yield "claim", claim.claim
    names = {claim.name: claim.claim.id for claim in found.claims}
    for held in found.stances:
        yield "stance", replace(held.stance, claim=names.get(held.stance.claim or ""))


def by_words(things: Iterable[tuple[object, ...]]) -> list[str]:
    """Return things in one order and one form, whatever the order of attributes."""
    return sorted(json.dumps(thing, sort_keys=True, default=asdict) for thing in things)


@given(documents())
@settings(max_examples=MAX_EXAMPLES, deadline=None)
def test_each_format_has_or_names_everything(document: Document) -> None:
    for name in FORMATS:
        for source in (document, replace(document, text=None)):
            _, account = write(name, source)

            for kind, counted in account["kinds"].items():
                assert counted["exported"] + counted["lost"] == counted["source"], (name, kind)
                together = sum(one["count"] for one in counted["lost_together"].values())
                assert counted["lost"] == together + len(lost(account, kind))


@given(documents())
@settings(max_examples=MAX_EXAMPLES, deadline=None)
def test_what_formats_keep_reads_back_equal(document: Document) -> None:
    for name, ending in (("brat", ".ann"), ("w3c", ".jsonld"), ("label-studio", ".json")):
        files, account = write(name, document)

        found = read_back(name, files, ending)

        assert found.unfit == ()
        assert found.text == document.text
        assert by_words(said(found)) == by_words(kept(document, account))


@given(documents())
@settings(max_examples=MAX_EXAMPLES // 2, deadline=None)
def test_a_cas_has_each_span_where_it_stands(document: Document) -> None:
    files, _ = write("xmi", document)
    types = load_typesystem(files["TypeSystem.xml"])
    cas = load_cas_from_xmi(files[f"{document.path}.xmi"], typesystem=types)

    parts = [part for one in document.sentences for claim in one.claims for part in claim.parts]
    assert cas.sofa_string == document.text
    assert sorted(
        (one.begin, one.end, one.get_covered_text()) for one in cas.select("claims.Part")
    ) == sorted((part.start, part.end, part.text) for part in parts)


@given(documents())
@settings(max_examples=MAX_EXAMPLES, deadline=None)
def test_selectors_keep_the_rules_of_the_model(document: Document) -> None:
    """Of ``TextPositionSelector`` and ``TextQuoteSelector`` in the W3C's recommendation."""
    files, _ = write("w3c", document)
    (page,) = files.values()
    text = document.text or ""
    for position, quote in selectors(page):
        start, end = position["start"], position["end"]
        assert 0 <= start < end
        assert text[start:end] == quote["exact"]
        assert text[:start].endswith(quote["prefix"])
        assert text[end:].startswith(quote["suffix"])


def selectors(page: str) -> Iterator[tuple[JsonObject, JsonObject]]:
    waiting = [json.loads(page)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if one.get("type") == "SpecificResource":
                position, quote = one["selector"]
                yield position, quote
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
