"""The rows of each config of a release, made from the lines of its snapshot.

One function a config. Rows of articles come article by article, so that few are in memory; their
columns are in ``schemas/dataset-CONFIG.v1.schema.json``.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, cast

from workbench.agreement.comparing import LEAST_OVERLAP, overlap
from workbench.canonical import Json, JsonObject, canonical_json, frame_json
from workbench.datasets.snapshots import ArticleBlock, Snapshot
from workbench.datasets.splits import Place, Splits

ELLIPSIS = " … "
DECISIONS = ("claims", "no_claim", "undecided", "not_annotatable", "continues", "unread")
_UNDECIDED = (None, "unread", "continues")


class Part(TypedDict):
    """A span as lines have it; those of claims are counted from their sentence too."""

    start: int
    end: int
    text: str | None


class Claim(TypedDict):
    """What is asked of a claim of a line."""

    id: str
    position: int
    parts: list[Part]
    attributes: JsonObject
    chain: list[JsonObject]
    origin: JsonObject


class Answer(TypedDict):
    """What is asked of a settled answer, or an annotator's."""

    decision: str | None
    claims: list[Claim]
    stances: list[JsonObject]


@dataclass(frozen=True)
class Sentence:
    """A sentence line, and where all of its rows stand."""

    line: JsonObject
    where: JsonObject
    start: int
    end: int

    @property
    def gold(self) -> Answer:
        """The settled answer."""
        return cast(Answer, self.line["gold"])

    @property
    def answers(self) -> list[Answer]:
        """The annotators' answers."""
        return cast("list[Answer]", self.line["answers"])

    @property
    def extent(self) -> JsonObject:
        """The offsets of all of it."""
        return self.offsets(self.start, self.end)

    def offsets(self, start: int, end: int) -> JsonObject:
        """Return a range of the article, counted from the start of the sentence too."""
        return {
            "start": start,
            "end": end,
            "start_in_sentence": start - self.start,
            "end_in_sentence": end - self.start,
        }

    def span(self, span: Json) -> JsonObject | None:
        """Return a span of the article, counted from the start of the sentence too."""
        if span is None:
            return None
        found = cast(Part, span)
        return {**cast(JsonObject, span), **self.offsets(found["start"], found["end"])}

    def extent_of(self, parts: Sequence[Part]) -> JsonObject:
        """Return the offsets from the first to the last of some parts."""
        return self.offsets(parts[0]["start"], max(part["end"] for part in parts))


@dataclass(frozen=True)
class Piece:
    """An article whose rows are to be made.

    ``statements`` are those of each claim; ``method`` says how soft labels were weighed.
    """

    article: JsonObject
    sentences: tuple[Sentence, ...]
    place: JsonObject
    statements: Mapping[str, Sequence[str]]
    method: Json


def place_article(
    block: ArticleBlock, splits: Splits, statements: Mapping[str, Sequence[str]], method: Json
) -> Piece:
    """Return the article with what all of its rows say of where they stand."""
    article = block.article
    where = {
        "article": article["id"],
        "slug": article["slug"],
        **_place(splits.articles[str(article["id"])]),
    }
    sentences = tuple(
        Sentence(
            line,
            {**where, "sentence": line["id"], "zone": line["zone"]},
            cast(int, line["start"]),
            cast(int, line["end"]),
        )
        for line in block.sentences
    )
    return Piece(article, sentences, where, statements, method)


def sentence_rows(piece: Piece) -> Iterator[JsonObject]:
    """Yield each sentence with its settled answer and the texts beside it."""
    texts = [None, *(sentence.line["text"] for sentence in piece.sentences), None]
    for place, sentence in enumerate(piece.sentences):
        line, gold = sentence.line, cast(JsonObject, sentence.line["gold"])
        soft = cast(JsonObject, line["soft"] or {"annotators": 0, "decision": []})
        yield {
            **sentence.where,
            **sentence.extent,
            **gold,
            "id": line["id"],
            "position": line["position"],
            "edition": piece.article["edition"],
            "text": line["text"],
            "sha256": line["sha256"],
            "previous_text": texts[place],
            "next_text": texts[place + 2],
            "decision_distribution": _votes(soft["decision"]),
            "annotators": soft["annotators"],
            "claims": len(sentence.gold["claims"]),
            "stances": len(sentence.gold["stances"]),
            "origin": _origin(gold["settled"] and gold["decision"]),
        }


def claim_rows(piece: Piece) -> Iterator[JsonObject]:
    """Yield each claim of the settled answers, and how many annotators found it."""
    for sentence in piece.sentences:
        readers = [one for one in sentence.answers if one["decision"] != "unread"]
        for claim in sentence.gold["claims"]:
            found_by = sum(_has(one, claim) for one in readers)
            said = claim["chain"][-1] if claim["chain"] else {"source": None, "speaker": None}
            texts = [part["text"] for part in claim["parts"] if part["text"] is not None]
            is_whole = len(texts) == len(claim["parts"])
            yield {
                **sentence.where,
                **sentence.extent_of(claim["parts"]),
                "id": claim["id"],
                "position": claim["position"],
                "parts": cast(Json, claim["parts"]),
                "text": ELLIPSIS.join(texts) if is_whole else None,
                "attributes": claim["attributes"],
                "depth": len(claim["chain"]),
                "source": said["source"],
                **_speaker(said["speaker"]),
                "found_by": found_by,
                "annotators": len(readers),
                "share": round(found_by / len(readers), 6) if readers else None,
                "statements": [*piece.statements.get(claim["id"], ())],
                "origin": claim["origin"],
            }


def attribution_rows(piece: Piece) -> Iterator[JsonObject]:
    """Yield each link of the chains of the settled answers' claims."""
    for sentence in piece.sentences:
        for claim in sentence.gold["claims"]:
            extent = sentence.extent_of(claim["parts"])
            for link in claim["chain"]:
                depth = cast(int, link["depth"])
                speaker = cast(JsonObject, link["speaker"] or {"kind": None})
                inward = len(claim["chain"]) - 1 - depth
                yield {
                    **sentence.where,
                    **extent,
                    "id": f"{claim['id']}.{depth}",
                    "claim": claim["id"],
                    "depth": depth,
                    "is_innermost": inward == 0,
                    "source": link["source"],
                    **_speaker(link["speaker"]),
                    "speaker_kind": speaker["kind"],
                    "mention": sentence.span(link["mention"]),
                    "cue": sentence.span(link["cue"]),
                    "attributes": link["attributes"],
                    "origin": _link_origin(claim["origin"], inward),
                }


def stance_rows(piece: Piece) -> Iterator[JsonObject]:
    """Yield each stance of the settled answers."""
    for sentence in piece.sentences:
        parts = {claim["id"]: claim["parts"] for claim in sentence.gold["claims"]}
        for position, stance in enumerate(sentence.gold["stances"], start=1):
            target = cast(JsonObject, stance["target"])
            words = cast("Part | None", stance["target_span"])
            about = [words] if words else parts.get(cast(str, stance["claim"]))
            yield {
                **sentence.where,
                **(sentence.extent_of(about) if about else sentence.extent),
                "id": f"{sentence.line['id']}/{position}",
                "position": position,
                "claim": stance["claim"],
                "holder": stance["holder"],
                **_speaker(stance["speaker"]),
                "target": target["id"],
                "target_kind": target["kind"],
                "target_labels": target["labels"],
                "target_span": sentence.span(stance["target_span"]),
                "value": stance["value"],
                "attributes": stance["attributes"],
                "origin": stance["origin"],
            }


def suggestion_rows(piece: Piece) -> Iterator[JsonObject]:
    """Yield what rules proposed, and how often it was taken."""
    for sentence in piece.sentences:
        for one in cast("list[JsonObject]", sentence.line["suggestions"]):
            yield {
                **sentence.where,
                **one,
                **sentence.offsets(cast(int, one["start"]), cast(int, one["end"])),
                "id": f"{sentence.line['id']}/{one['id']}",
                "origin": "machine",
            }


def annotation_rows(piece: Piece) -> Iterator[JsonObject]:
    """Yield each annotator's answer for each sentence."""
    for sentence in piece.sentences:
        for answer in sentence.answers:
            said = cast(JsonObject, answer)
            yield {
                **sentence.where,
                **sentence.extent,
                **said,
                "id": f"{sentence.line['id']}/{said['annotator']}",
                "origin": _origin(said["decision"]),
            }


def soft_label_rows(piece: Piece) -> Iterator[JsonObject]:
    """Yield the shares of what annotators said of each sentence that has them."""
    for sentence in piece.sentences:
        soft = sentence.line["soft"]
        if isinstance(soft, dict):
            claims = cast("list[JsonObject]", soft["claims"])
            yield {
                **sentence.where,
                **sentence.extent,
                "id": sentence.line["id"],
                "method": piece.method,
                "annotators": soft["annotators"],
                "decision": _votes(soft["decision"]),
                "claims": [{**claim, "slots": _slots(claim["slots"])} for claim in claims],
            }


def coverage_rows(piece: Piece) -> Iterator[JsonObject]:
    """Yield for each annotator of the article how many sentences they decided in which way."""
    found: dict[str, Counter[str]] = {}
    for sentence in piece.sentences:
        for answer in cast("list[JsonObject]", sentence.answers):
            annotator = str(answer["annotator"])
            if annotator not in found:
                found[annotator] = Counter()
            found[annotator][str(answer["decision"])] += 1
    for annotator, counts in sorted(found.items()):
        counts["unread"] += len(piece.sentences) - counts.total()
        yield {
            **piece.place,
            "id": f"{piece.article['id']}/{annotator}",
            "annotator": annotator,
            "sentences": len(piece.sentences),
            **{decision: counts[decision] for decision in DECISIONS},
        }


def register_rows(kind: str, snapshot: Snapshot) -> Iterator[JsonObject]:
    """Yield the entries of a register, ``speaker`` or ``target``."""
    for line in snapshot.lines(kind):
        yield _without_type(line)


def statement_rows(snapshot: Snapshot, splits: Splits) -> Iterator[JsonObject]:
    """Yield each statement with its appearances and its verdict in force."""
    current = {
        str(line["statement"]): line["id"]
        for line in snapshot.lines("verdict")
        if line["is_current"]
    }
    for line in snapshot.lines("statement"):
        appearances = cast("list[JsonObject]", line["appearances"])
        yield {
            **_without_type(line),
            **_place(splits.statements[str(line["id"])]),
            "articles": [*sorted({str(one["article"]) for one in appearances})],
            "verdict": current.get(str(line["id"])),
        }


def verdict_rows(snapshot: Snapshot, splits: Splits) -> Iterator[JsonObject]:
    """Yield each approved verdict."""
    for line in snapshot.lines("verdict"):
        review = line["claim_review"]
        yield {
            **_without_type(line),
            **_place(splits.statements[str(line["statement"])]),
            "claim_review": None if review is None else canonical_json(review),
        }


def evidence_rows(snapshot: Snapshot, splits: Splits) -> Iterator[JsonObject]:
    """Yield each piece of evidence that a verdict rests on."""
    for line in snapshot.lines("evidence"):
        yield {**_without_type(line), **_place(splits.statements[str(line["statement"])])}


ARTICLE_ROWS: Mapping[str, Callable[[Piece], Iterator[JsonObject]]] = {
    "sentences": sentence_rows,
    "claims": claim_rows,
    "attributions": attribution_rows,
    "stances": stance_rows,
    "suggestions": suggestion_rows,
    "annotations": annotation_rows,
    "soft_labels": soft_label_rows,
    "coverage": coverage_rows,
}
OTHER_ROWS: Mapping[str, Callable[[Snapshot, Splits], Iterator[JsonObject]]] = {
    "speakers": lambda snapshot, _: register_rows("speaker", snapshot),
    "targets": lambda snapshot, _: register_rows("target", snapshot),
    "statements": statement_rows,
    "verdicts": verdict_rows,
    "evidence": evidence_rows,
}


def _place(place: Place) -> JsonObject:
    return {"split": place.split.value, "fold": place.fold}


def _without_type(line: JsonObject) -> JsonObject:
    return {key: value for key, value in line.items() if key != "type"}


def _origin(decision: Json) -> str | None:
    return None if decision in _UNDECIDED else "human"


def _speaker(speaker: Json) -> JsonObject:
    entry = cast(JsonObject, speaker or {"id": None, "name": None})
    return {"speaker": entry["id"], "speaker_name": entry["name"]}


def _has(answer: Answer, claim: Claim) -> bool:
    """Tell whether the answer has a claim that agreement would pair with this one."""
    ranges = _ranges(claim)
    return any(
        theirs == ranges or overlap(theirs, ranges) >= LEAST_OVERLAP
        for theirs in map(_ranges, answer["claims"])
    )


def _ranges(claim: Claim) -> list[tuple[int, int]]:
    return [(part["start"], part["end"]) for part in claim["parts"]]


def _link_origin(origin: JsonObject, inward: int) -> JsonObject:
    slots = ("speaker", "mention", "cue", "quote_type", "act")
    if inward == 0:
        return {slot: origin[slot] for slot in slots}
    human: JsonObject = dict.fromkeys(slots, "human")
    return {**human, "speaker": origin["via"]} if inward == 1 else human


def _votes(votes: Json) -> Json:
    return [{**one, "value": _word(one["value"])} for one in cast("list[JsonObject]", votes)]


def _slots(slots: Json) -> Json:
    return [{**slot, "values": _votes(slot["values"])} for slot in cast("list[JsonObject]", slots)]


def _word(value: Json) -> str | None:
    return value if value is None or isinstance(value, str) else frame_json(value)
