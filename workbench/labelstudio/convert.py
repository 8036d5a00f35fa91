"""Answers of one article as the result of a Label Studio annotation, and back.

A claim is a region for each part; its mentions, cues and stances are regions joined to it by
relations; decisions other than claims are regions over the sentence. What people may change stands
in controls of ``config``; what has no control, such as the ids of claims, travels in the region's
``meta``, which Label Studio keeps. Back, regions, relations and controls say what counts: of what
is not understood the sentence is left out and the reason is listed, nothing is guessed.

Both sides count Unicode code points. Label Studio's own quotes differ in their blanks, so they
are never read.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.canonical import Json, JsonObject
from workbench.labelling.frames import (
    Attributes,
    ClaimFrame,
    Decision,
    Link,
    StanceFrame,
)
from workbench.labelling.rules import CONTINUES, UNREAD, continued_positions
from workbench.labelstudio.config import (
    ASKED_ON,
    CLAIM,
    CONTINUES_IN,
    CUE,
    CUED_BY,
    MENTION,
    NOT_CLAIMS,
    SAID_BY,
    SPAN,
    STANCE,
    STANCE_OF,
    TEXT,
    Config,
    Kind,
)
from workbench.messages import Message

META = "workbench"  # Our key in the meta of a region; people's notes stand beside it.
SPEAKER, HOLDER, TARGET, VALUE = "speaker", "stance_holder", "stance_target", "stance_value"
REASONS = {
    "no_label": "Label Studio is asked for decisions; that none was settled is none.",
    "beside_claims": "The sentence has claims beside a decision that says there are none.",
    "without_claims": "The decision says that there are claims, and there is none to be labelled.",
    "no_region": "Nothing of the sentence is labelled, and its attributes need something.",
}
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_STAND_IN = "\u25a1"


@dataclass(frozen=True)
class Place:
    """Where a sentence of the article stands."""

    position: int
    start: int
    end: int


@dataclass(frozen=True)
class Said:
    """What one person says of a sentence; attributes are those that have a value.

    ``decision`` may also be ``continues`` or ``unread``.
    """

    position: int
    decision: str
    attributes: Attributes = field(default_factory=dict)
    claims: tuple[ClaimFrame, ...] = ()
    stances: tuple[StanceFrame, ...] = ()


@dataclass(frozen=True)
class Loss:
    """What Label Studio cannot carry: the decision on a sentence, with its attributes.

    ``reason`` is a code of ``REASONS``.
    """

    position: int
    reason: str


@dataclass(frozen=True)
class Written:
    """A result as the server takes it, and what it lacks."""

    result: list[Json]
    losses: tuple[Loss, ...]


@dataclass(frozen=True)
class Refused:
    """What of a result cannot be taken, and why; ``positions`` are the sentences left out for it.

    ``place`` names the region, or the place in the result where there is none.
    """

    place: str
    reason: Message
    positions: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Found:
    """What a result says of each sentence of which it says anything, in their order.

    A claim that was drawn there has its region's id, and stands in ``drawn``.
    """

    said: tuple[Said, ...]
    refused: tuple[Refused, ...]
    drawn: frozenset[str]


@dataclass(frozen=True)
class Article:
    """A text edition as a task: ``uid`` names it, ``names`` are words for register entries."""

    uid: str
    slug: str
    title: str
    text: str
    sha256: str
    sentences: tuple[Place, ...]
    speakers: Mapping[str, str]
    targets: Mapping[str, str]


def write_task(article: Article, annotations: Iterable[JsonObject] = ()) -> JsonObject:
    """Return a task to be imported, with annotations made by ``write_annotation``."""

    def choices(names: Mapping[str, str]) -> list[Json]:
        return [{"alias": id_, "value": name} for id_, name in names.items()]

    task: JsonObject = {
        "data": {
            "uid": article.uid,
            "slug": article.slug,
            "title": article.title,
            "text": article.text,
            "sha256": article.sha256,
            "sentences": [[place.start, place.end] for place in article.sentences],
            "speakers": choices(article.speakers),
            "targets": choices(article.targets),
        }
    }
    given: list[Json] = [*annotations]
    return task | {"annotations": given} if given else task


def write_annotation(result: list[Json], *, email: str | None = None) -> JsonObject:
    """Return an annotation of a task; without an e-mail address it is the importing person's."""
    annotation: JsonObject = {"result": result, "ground_truth": False}
    if email is not None:
        annotation["completed_by"] = {"email": email}
    return annotation


def hide_astral(text: str) -> str:
    """Return a text of the same length in which every character above U+FFFF is a box.

    Label Studio's editor counts those as two when somebody drags the border of a region.
    """
    return _ASTRAL.sub(_STAND_IN, text)


def write_result(
    text: str, sentences: Sequence[Place], said: Iterable[Said], config: Config
) -> Written:
    """Return the result that says the same of the text; ``reading`` reads it back equal.

    ``text`` is that of the task. What cannot be carried is named among the losses.
    """
    answers = list(said)
    places = {place.position: place for place in sentences}
    ranges = [(place.start, place.end) for place in sentences]
    claims = [claim.parts for answer in answers for claim in answer.claims]
    continued = continued_positions(ranges, claims)
    writer = _Writer(text, config)
    losses = []
    for answer in answers:
        reason = _loss(answer, continued)
        if reason is not None:
            losses.append(Loss(answer.position, reason))
        writer.add(places[answer.position], answer, is_decided=reason is None)
    return Written([*writer.regions, *writer.relations], tuple(losses))


def _loss(answer: Said, continued: set[int]) -> str | None:
    if answer.claims:
        return None if answer.decision == Decision.CLAIMS else "beside_claims"
    if answer.decision == Decision.CLAIMS:
        return "without_claims"
    if answer.decision in {CONTINUES, UNREAD}:
        is_told = (answer.decision == CONTINUES) == (answer.position in continued)
        return None if is_told and not answer.attributes else "no_region"
    return None if answer.decision in NOT_CLAIMS else "no_label"


class _Writer:
    def __init__(self, text: str, config: Config) -> None:
        self.regions: list[Json] = []
        self.relations: list[Json] = []
        self._text, self._config = text, config

    def add(self, place: Place, answer: Said, *, is_decided: bool) -> None:
        """Write what is said of a sentence."""
        own = str(place.position)
        if is_decided and answer.decision in NOT_CLAIMS:
            held, rest = self._split("annotation", answer.attributes)
            self._region(own, answer.decision, (place.start, place.end), held, {"rest": rest})
        spoken = answer.attributes if is_decided else {}
        for order, claim in enumerate(answer.claims):
            self._claim(f"{own}/{claim.id}", place, claim, order, spoken)
        for order, stance in enumerate(answer.stances):
            self._stance(f"{own}~{order}", place, answer, order, stance)

    def _claim(
        self, id_: str, place: Place, claim: ClaimFrame, order: int, spoken: Attributes
    ) -> None:
        first, *others = claim.parts
        held, rest = self._split("claim", claim.attributes)
        held_of_sentence, rest_of_sentence = self._split("annotation", spoken)
        chain = [
            self._link(f"{id_}@{depth}", id_, place, link) for depth, link in enumerate(claim.chain)
        ]
        meta: JsonObject = {
            "sentence": place.position,
            "order": order,
            "id": claim.id,
            "suggestion": claim.suggestion,
            "chain": [*chain],
            "rest": rest,
            "of_sentence": {**held_of_sentence},
            "rest_of_sentence": rest_of_sentence,
        }
        said = {**held, **held_of_sentence}
        self._region(id_, CLAIM, (first.start, first.end), said, meta)
        for number, part in enumerate(others, start=2):
            own = f"{id_}+{number}"  # Label Studio cuts ids at a number sign.
            about: JsonObject = {"sentence": place.position, "of": id_}
            self._region(own, CLAIM, (part.start, part.end), {}, about)
            self._join(CONTINUES_IN, id_, own)

    def _link(self, id_: str, claim: str, place: Place, link: Link) -> JsonObject:
        """Write the regions of a link; return how the claim's meta tells it."""
        spans = [(MENTION, SAID_BY, link.mention), (CUE, CUED_BY, link.cue)]
        there = [(label, relation, span) for label, relation, span in spans if span]
        if not there:
            return {"speaker": link.speaker, "attributes": {**link.attributes}}
        held, rest = self._split("link", {SPEAKER: link.speaker, **link.attributes})
        before = claim
        for label, relation, span in there:
            own = f"{id_}.{label}"
            meta: JsonObject = {"sentence": place.position, "of": before}
            if before == claim:
                meta["rest"] = rest
            said = held if before == claim else {}
            self._region(own, label, (span.start, span.end), said, meta)
            self._join(relation, before, own)
            before = own
        return {"region": f"{id_}.{there[0][0]}"}

    def _stance(
        self, id_: str, place: Place, answer: Said, order: int, stance: StanceFrame
    ) -> None:
        told = {HOLDER: stance.holder, TARGET: stance.target, VALUE: stance.value}
        held, rest = self._split("stance", {**told, **stance.attributes})
        span, claim = stance.target_span, None
        if stance.claim is not None:
            claim = f"{place.position}/{stance.claim}"
            span = span or next(one.parts[0] for one in answer.claims if one.id == stance.claim)
        where = (span.start, span.end) if span else (place.start, place.end)
        meta: JsonObject = {
            "sentence": place.position,
            "order": order,
            "of": claim,
            "is_span": stance.target_span is not None,
            "rest": rest,
        }
        self._region(id_, STANCE, where, held, meta)
        if claim is not None:
            self._join(STANCE_OF, id_, claim)

    def _split(self, level: str, said: Attributes) -> tuple[dict[str, str], JsonObject]:
        """Divide what is said into what controls hold, and the rest."""
        held: dict[str, str] = {}
        rest: JsonObject = {}
        for name, value in said.items():
            if value is not None and self._fits(level, name, value):
                held[name] = value
            else:
                rest[name] = value
        return held, rest

    def _fits(self, level: str, name: str, value: str) -> bool:
        control = self._config.controls.get(name)
        if control is None or control.on != ASKED_ON[level]:
            return False
        if control.kind is Kind.CHOICE:
            return value in control.values
        return bool(value) and value == value.strip()

    def _region(
        self,
        id_: str,
        label: str,
        where: tuple[int, int],
        said: Mapping[str, str],
        meta: JsonObject,
    ) -> None:
        start, end = where
        here: JsonObject = {"start": start, "end": end, "text": self._text[start:end]}
        own: JsonObject = {**meta, "region": id_, "place": [start, end]}
        region = self._item(id_, SPAN, "labels", {**here, "labels": [label]})
        self.regions.append({**region, "meta": {META: own}})
        for name, value in said.items():
            if self._config.controls[name].kind is Kind.TEXT:
                item = self._item(id_, name, "textarea", {**here, "text": [value]})
            else:
                item = self._item(id_, name, "choices", {**here, "choices": [value]})
            self.regions.append(item)

    @staticmethod
    def _item(id_: str, name: str, type_: str, value: JsonObject) -> JsonObject:
        return {
            "id": id_,
            "from_name": name,
            "to_name": TEXT,
            "type": type_,
            "origin": "manual",
            "value": value,
        }

    def _join(self, relation: str, from_: str, to: str) -> None:
        self.relations.append(
            {
                "type": "relation",
                "from_id": from_,
                "to_id": to,
                "direction": "right",
                "labels": [relation],
            }
        )
