"""Label Studio's JSON: a task for each article, with the answers as an annotation of it.

``labels.xml`` is the labelling configuration that a project there needs to show them; read back,
it says what each control means.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from workbench.canonical import Json, JsonObject, canonical_line
from workbench.datasets.formats.documents import Document
from workbench.datasets.formats.format import Books, Format, Head, Piece
from workbench.datasets.formats.reading import (
    FoundClaim,
    FoundDecision,
    FoundDocument,
    FoundStance,
    Refusal,
    SourceFile,
)
from workbench.labelling.frames import AUTHOR, UNSPECIFIED, Decision, StanceFrame
from workbench.labelstudio.config import Config, make_config, read_config, write_config
from workbench.labelstudio.convert import (
    REASONS,
    Article,
    Place,
    Said,
    write_annotation,
    write_result,
    write_task,
)
from workbench.labelstudio.reading import read_result
from workbench.projects.scheme import parse_scheme

LABELS = "labels.xml"


def begin(head: Head) -> Iterator[Piece]:
    """Yield the labelling configuration."""
    yield Piece(LABELS, f"{write_config(_config(head))}\n")


def write(document: Document, books: Books) -> Iterator[Piece]:
    """Yield the article's task."""
    text = document.text or ""
    places = tuple(Place(one.position, one.start, one.end) for one in document.sentences)
    said = [
        Said(one.position, one.decision, one.attributes, one.claims, one.stances)
        for one in document.sentences
    ]
    written = write_result(text, places, said, _config(books.head))
    lost = {loss.position: loss.reason for loss in written.losses}
    for sentence in document.sentences:
        if sentence.position in lost:
            books.lose_sentence(document, sentence, lost[sentence.position])
        else:
            books.add_sentence(sentence)
        for claim in sentence.claims:
            books.add_claim(claim)
        for stance in sentence.stances:
            books.add_stance(stance)
    task = write_task(_article(document, text, places), [write_annotation(written.result)])
    yield Piece(f"{document.path}.json", canonical_line([task]).decode())


@lru_cache(maxsize=4)  # It is asked for with every article.
def _config(head: Head) -> Config:
    if head.scheme is None:
        return Config({}, {})
    return make_config(parse_scheme(head.scheme), language=head.language)


def _article(document: Document, text: str, places: tuple[Place, ...]) -> Article:
    stances = [one for sentence in document.sentences for one in sentence.stances]
    targets = {one.target for one in stances}
    speakers = {AUTHOR, UNSPECIFIED, *(one.holder for one in stances)}
    for sentence in document.sentences:
        speakers.update(link.speaker for claim in sentence.claims for link in claim.chain)
    return Article(
        uid=f"{document.id}.{document.edition}",
        slug=document.slug,
        title=document.heading,
        text=text,
        sha256=document.sha256,
        sentences=places,
        speakers={id_: document.names.get(id_, id_) for id_ in sorted(speakers)},
        targets={id_: document.names.get(id_, id_) for id_ in sorted(targets)},
    )


def read(file: SourceFile) -> Iterator[FoundDocument]:
    """Yield an article for each annotation of each task; skipped ones are none."""
    tasks = file.json_list()
    config = read_config(file.near(LABELS))
    for number, task in enumerate(tasks, start=1):
        place = f"{file.name}, task {number}"
        data, annotations = task.get("data"), task.get("annotations")
        if not isinstance(data, dict) or not isinstance(annotations, list):
            yield FoundDocument(place, unfit=(Refusal(place, "has no data or no annotations"),))
            continue
        for one in annotations:
            if isinstance(one, dict) and one.get("was_cancelled") is not True:
                whose = file.annotator or _person(one.get("completed_by"))
                yield _read(place, data, one.get("result"), whose, config)


def _read(
    place: str, data: JsonObject, result: Json, annotator: str | None, config: Config
) -> FoundDocument:
    text, sha256, slug = data.get("text"), data.get("sha256"), data.get("slug")
    sentences = _sentences(data.get("sentences"))
    if not isinstance(text, str) or sentences is None:
        why = "has no text with sentences: only what we made a task of can be read"
        return FoundDocument(place, unfit=(Refusal(place, why),))
    found = read_result(text, sentences, result, config, checks_words=True)
    ranges = {one.position: one for one in sentences}
    return FoundDocument(
        place,
        text=text,
        sha256=sha256 if isinstance(sha256, str) else None,
        name=slug if isinstance(slug, str) else None,
        annotator=annotator,
        decisions=tuple(
            FoundDecision(
                place,
                ranges[one.position].start,
                ranges[one.position].end,
                one.decision,
                one.attributes,
            )
            for one in found.said
            if one.decision in set(Decision)
        ),
        claims=tuple(
            FoundClaim(
                place,
                replace(claim, id="") if claim.id in found.drawn else claim,
                name=f"{one.position}/{claim.id}",
            )
            for one in found.said
            for claim in one.claims
        ),
        stances=tuple(
            FoundStance(place, ranges[one.position].start, _renamed(one.position, stance))
            for one in found.said
            for stance in one.stances
        ),
        unfit=tuple(Refusal(f"{place}, {one.place}", one.reason) for one in found.refused),
    )


def _renamed(position: int, stance: StanceFrame) -> StanceFrame:
    """Return a stance that refers to its claim by a name of the whole file."""
    return replace(stance, claim=f"{position}/{stance.claim}") if stance.claim else stance


def _sentences(value: Json) -> list[Place] | None:
    if not isinstance(value, list):
        return None
    places = []
    for position, entry in enumerate(value, start=1):
        match entry:
            case [int() as start, int() as end]:
                places.append(Place(position, start, end))
            case _:
                return None
    return places


def _person(value: Json) -> str | None:
    """Return the e-mail address of who made an annotation, or the number that the server gave."""
    email = value.get("email") if isinstance(value, dict) else value
    return None if email is None else str(email)


LABEL_STUDIO = Format(
    name="label-studio",
    title="Label Studio",
    files="`ARTICLE.json`, `labels.xml`",
    keeps={
        "sentences": "regions over the sentence; of claims, what controls of their regions say",
        "claims": "regions",
        "parts": "regions, joined to the first",
        "attributions": "regions of mentions and cues, joined to the claim; the rest in `meta`",
        "stances": "regions, joined to the claim",
        "attributes": "choices and texts of a region; what no control has, in `meta`",
    },
    omits={},
    reasons=REASONS,
    attributes=None,
    needs_text=True,
    write=write,
    begin=begin,
)
