"""Articles with one answer to each of their sentences, as values: what every format is made from.

An answer is the settled one, or one annotator's. Offsets are half-open code-point ranges into the
article's text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import cast

from workbench.canonical import Json, JsonObject
from workbench.datasets.snapshots import ArticleBlock
from workbench.labelling.frames import (
    AUTHOR,
    UNSPECIFIED,
    Attributes,
    ClaimFrame,
    Link,
    Span,
    StanceFrame,
)
from workbench.labelling.rules import UNREAD

UNSETTLED = "unsettled"


@dataclass(frozen=True)
class Labelled:
    """A sentence with one answer to it.

    ``decision`` is a decision, ``continues``, ``unread`` or ``unsettled``. Attributes are those
    that have a value.
    """

    id: str
    position: int
    start: int
    end: int
    zone: str
    decision: str
    attributes: Attributes
    claims: tuple[ClaimFrame, ...]
    stances: tuple[StanceFrame, ...]


@dataclass(frozen=True)
class Document:
    """An article with the answers of one annotator, or with the settled ones.

    ``text`` is ``None`` where it may not be passed on; then a quote is empty that may not be.
    ``names`` has what the registers call the speakers and targets that occur.
    """

    id: str
    slug: str
    title: str | None
    author: str | None
    url: str | None
    language: str
    published: str | None
    rights: str | None
    edition: int
    sha256: str
    text: str | None
    annotator: str | None
    sentences: tuple[Labelled, ...]
    names: Mapping[str, str]

    @property
    def path(self) -> str:
        """The name of the document's files without their ending; a folder for each annotator."""
        return f"{self.annotator}/{self.slug}" if self.annotator else self.slug

    @property
    def heading(self) -> str:
        """What to call the article."""
        return self.title or self.slug

    @cached_property
    def things(self) -> dict[str, int]:
        """How many things of each kind there are, whatever becomes of them in a format."""
        counts = dict.fromkeys(
            ("sentences", "claims", "parts", "attributions", "stances", "attributes"), 0
        )
        for sentence in self.sentences:
            counts["sentences"] += 1
            counts["claims"] += len(sentence.claims)
            counts["stances"] += len(sentence.stances)
            counts["attributes"] += len(sentence.attributes)
            for claim in sentence.claims:
                counts["parts"] += len(claim.parts)
                counts["attributions"] += len(claim.chain)
                counts["attributes"] += len(claim.attributes)
                counts["attributes"] += sum(len(link.attributes) for link in claim.chain)
            counts["attributes"] += sum(len(stance.attributes) for stance in sentence.stances)
        return counts

    def sentence_name(self, sentence: Labelled) -> str:
        """Return what names the answer to a sentence."""
        return f"{sentence.id}/{self.annotator}" if self.annotator else sentence.id

    def claim_name(self, sentence: Labelled, claim: ClaimFrame) -> str:
        """Return what names a claim: its id; that of an annotator's claim counts in its answer."""
        return f"{self.sentence_name(sentence)}/{claim.id}" if self.annotator else claim.id


def gold_documents(blocks: Iterable[ArticleBlock]) -> Iterator[Document]:
    """Yield each article with the settled answers."""
    for block in blocks:
        yield _document(block, None, [line["gold"] for line in block.sentences])


def record_documents(
    records: Iterable[JsonObject], text_of: Callable[[str], str | None] = lambda _sha256: None
) -> Iterator[Document]:
    """Yield documents of sentence records, which come article by article as they are exported.

    ``text_of`` gives the text that has a hash.
    """
    for _, group in groupby(records, key=_article_of):
        of_article = list(group)
        first = of_article[0]
        article = cast(JsonObject, first["article"])
        edition = cast(JsonObject, first["edition"])
        text = text_of(_text(edition["sha256"]))
        block = {**article, "edition": edition["number"], "sha256": edition["sha256"], "text": text}
        whose: dict[str | None, list[JsonObject]] = {}
        for record in of_article:
            whose.setdefault(_maybe(record["annotator"]), []).append(record)
        for annotator, theirs in whose.items():
            lines = tuple(cast(JsonObject, record["sentence"]) for record in theirs)
            yield _document(ArticleBlock(block, lines), annotator, theirs)


def _article_of(record: JsonObject) -> tuple[Json, Json]:
    article, edition = cast(JsonObject, record["article"]), cast(JsonObject, record["edition"])
    return article["id"], edition["number"]


def _document(block: ArticleBlock, annotator: str | None, answers: Iterable[Json]) -> Document:
    article = block.article
    names: dict[str, str] = {}
    sentences = tuple(
        _labelled(line, answer, names)
        for line, answer in zip(block.sentences, answers, strict=True)
    )
    return Document(
        id=_text(article["id"]),
        slug=_text(article["slug"]),
        title=_maybe(article["title"]),
        author=_maybe(article["author"]),
        url=_maybe(article["url"]),
        language=_text(article["language"]),
        published=_maybe(article["published"]),
        rights=_maybe(article["rights"]),
        edition=cast(int, article["edition"]),
        sha256=_text(article["sha256"]),
        text=_maybe(article["text"]),
        annotator=annotator,
        sentences=sentences,
        names=names,
    )


def _labelled(line: JsonObject, answer: Json, names: dict[str, str]) -> Labelled:
    said = cast(JsonObject, answer) if answer else {}
    return Labelled(
        id=_text(line["id"]),
        position=cast(int, line["position"]),
        start=cast(int, line["start"]),
        end=cast(int, line["end"]),
        zone=_text(line["zone"]),
        decision=_text(said["decision"] or UNSETTLED) if said else UNREAD,
        attributes=_attributes(said.get("attributes")),
        claims=tuple(read_claim(claim, names) for claim in _objects(said.get("claims"))),
        stances=tuple(read_stance(stance, names) for stance in _objects(said.get("stances"))),
    )


def read_claim(entry: JsonObject, names: dict[str, str]) -> ClaimFrame:
    """Read a claim of a sentence record or a snapshot; ``names`` gets the speakers' names."""
    return ClaimFrame(
        id=_text(entry["id"]),
        parts=tuple(_span(part) for part in _objects(entry["parts"])),
        attributes=_attributes(entry["attributes"]),
        chain=tuple(
            Link(
                speaker=_speaker(link["source"], link["speaker"], names),
                mention=_maybe_span(link["mention"]),
                cue=_maybe_span(link["cue"]),
                attributes=_attributes(link["attributes"]),
            )
            for link in _objects(entry["chain"])
        ),
    )


def read_stance(entry: JsonObject, names: dict[str, str]) -> StanceFrame:
    """Read a stance of a sentence record or a snapshot; ``names`` gets the names of both ends."""
    target = cast(JsonObject, entry["target"])
    id_ = _text(target["id"])
    labels = cast("dict[str, str | None]", target["labels"])
    names[id_] = next(filter(None, labels.values()), id_)
    return StanceFrame(
        claim=_maybe(entry["claim"]),
        holder=_speaker(entry["holder"], entry["speaker"], names),
        target=id_,
        target_span=_maybe_span(entry["target_span"]),
        value=_text(entry["value"]),
        attributes=_attributes(entry["attributes"]),
    )


def _speaker(source: Json, speaker: Json, names: dict[str, str]) -> str:
    if source in {AUTHOR, UNSPECIFIED}:
        return _text(source)
    entry = cast(JsonObject, speaker)
    names[_text(entry["id"])] = _text(entry["name"])
    return _text(entry["id"])


def _attributes(value: Json) -> Attributes:
    given = cast("dict[str, str | None]", value or {})
    return {name: said for name, said in sorted(given.items()) if said is not None}


def _maybe_span(value: Json) -> Span | None:
    return _span(cast(JsonObject, value)) if value else None


def _span(entry: JsonObject) -> Span:
    return Span(cast(int, entry["start"]), cast(int, entry["end"]), _text(entry["text"] or ""))


def _objects(value: Json) -> list[JsonObject]:
    return cast("list[JsonObject]", value or [])


def _text(value: Json) -> str:
    return cast(str, value)


def _maybe(value: Json) -> str | None:
    return cast("str | None", value)
