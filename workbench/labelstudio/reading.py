"""What the result of a Label Studio annotation says of each sentence of an article."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from workbench.canonical import Json, JsonObject
from workbench.labelling.frames import AUTHOR, ClaimFrame, Decision, Link, StanceFrame
from workbench.labelling.rules import CONTINUES, UNREAD, continued_positions
from workbench.labelstudio.config import (
    ASKED_ON,
    CLAIM,
    CONTINUES_IN,
    CUE,
    CUED_BY,
    NOT_CLAIMS,
    SAID_BY,
    STANCE,
    STANCE_OF,
    Config,
)
from workbench.labelstudio.convert import HOLDER, SPEAKER, TARGET, VALUE, Found, Place, Said
from workbench.labelstudio.regions import Region, Regions, UnfitError, refuse_region
from workbench.messages import Message

_ClaimsFound: TypeAlias = dict[int, list[tuple[ClaimFrame, Region]]]


def read_result(
    text: str,
    sentences: Sequence[Place],
    result: Json,
    config: Config,
    *,
    checks_words: bool = False,
) -> Found:
    """Return what a result says of the sentences of a text, and what of it cannot be taken.

    ``checks_words`` refuses a region that quotes other words than those at its offsets.
    """
    regions = Regions(text, sentences, result, config, checks_words=checks_words)
    return _Reader(regions, config).read()


class _Reader:
    def __init__(self, regions: Regions, config: Config) -> None:
        self._there, self._config = regions, config
        self._continued: set[int] = set()

    def read(self) -> Found:
        claims, stances = self._read_claims(), self._read_stances()
        decided = self._read_decisions()
        drawn = {
            claim.id for found in claims.values() for claim, region in found if not region.meta
        }
        self._continued = continued_positions(
            [(place.start, place.end) for place in self._there.sentences],
            [claim.parts for found in claims.values() for claim, _ in found],
        )
        said = [
            one
            for position in sorted({*claims, *stances, *decided})
            if (one := self._say(position, claims, stances, decided))
        ]
        left_out = {position for one in self._there.refused for position in one.positions}
        return Found(
            tuple(one for one in said if one.position not in left_out),
            tuple(self._there.refused),
            frozenset(drawn),
        )

    def _read_claims(self) -> _ClaimsFound:
        found: _ClaimsFound = defaultdict(list)
        for region in sorted(self._there.regions.values(), key=lambda one: one.order):
            if region.label != CLAIM or region.id in self._there.owners:
                continue
            try:
                claim = self._claim(region)
                found[self._there.home(region)].append((claim, region))
            except UnfitError as error:
                self._there.leave_out(region, error.reason)
        return found

    def _claim(self, region: Region) -> ClaimFrame:
        if "of" in region.meta:
            refuse_region("is a further part of a claim, and nothing joins it to its first part")
        others = self._there.targets(CONTINUES_IN, region)
        spans = [region.span, *sorted((one.span for one in others), key=lambda span: span.start)]
        for span, following in pairwise(spans):
            if following.start < span.end:
                refuse_region("has parts that are not apart, or one before the first")
        # What was suggested of a sentence was not suggested of the one it was moved into.
        is_there = self._there.told(region.meta) == self._there.home(region)
        suggestion = region.meta.get("suggestion") if is_there else None
        said = {
            name: value
            for name, value in region.said.items()
            if self._config.controls[name].on == ASKED_ON["claim"]
        }
        return ClaimFrame(
            _claim_id(region),
            tuple(spans),
            _join_rest(region, said),
            self._chain(region, others),
            suggestion if isinstance(suggestion, str) else None,
        )

    def _chain(self, region: Region, others: Sequence[Region]) -> tuple[Link, ...]:
        """Return the links as they were, without those deleted there, then those drawn there."""
        there = {
            head.id: head
            for relation in (SAID_BY, CUED_BY)
            for part in (region, *others)
            for head in self._there.targets(relation, part)
        }
        links: list[Link] = []
        chain = region.meta.get("chain") or []
        if not isinstance(chain, list):
            refuse_region("has a chain in its meta that is no list")
        for entry in chain:
            if not isinstance(entry, dict):
                refuse_region("has a chain in its meta that is none of ours")
            if "region" not in entry:
                links.append(Link(_text(entry, SPEAKER), None, None, _attributes(entry)))
            elif (head := there.pop(str(entry["region"]), None)) is not None:
                links.append(self._link(head))
        if there and not links:
            links.append(Link(AUTHOR))
        return (*links, *(self._link(head) for head in there.values()))

    def _link(self, head: Region) -> Link:
        said = _join_rest(head, head.said)
        speaker = said.pop(SPEAKER, None)
        if speaker is None:
            refuse_region(
                "has a %(label)s, %(id)s, that does not say who speaks",
                label=head.label,
                id=head.id,
            )
        if head.label == CUE:
            return Link(speaker, None, head.span, said)
        cues = self._there.targets(CUED_BY, head)
        if len(cues) > 1:
            refuse_region("has a mention, %(id)s, with %(count)s cues", id=head.id, count=len(cues))
        if cues and cues[0].said:
            refuse_region(
                "has a cue, %(id)s, that says what only its mention can say", id=cues[0].id
            )
        return Link(speaker, head.span, cues[0].span if cues else None, said)

    def _read_stances(self) -> dict[int, list[StanceFrame]]:
        found: dict[int, list[StanceFrame]] = defaultdict(list)
        for region in sorted(self._there.regions.values(), key=lambda one: one.order):
            if region.label == STANCE:
                try:
                    position, stance = self._stance(region)
                    found[position].append(stance)
                except UnfitError as error:
                    self._there.leave_out(region, error.reason)
        return found

    def _stance(self, region: Region) -> tuple[int, StanceFrame]:
        joined = [one.id for one in self._there.targets(STANCE_OF, region)]
        claims = {self._there.owners.get(one, one) for one in joined}
        if len(claims) > 1:
            refuse_region("is a stance of %(count)s claims", count=len(claims))
        if not claims and region.meta.get("of") is not None:
            refuse_region("is a stance of a claim, and nothing joins it to one")
        said = _join_rest(region, region.said)
        told = [said.pop(name, None) for name in (HOLDER, TARGET, VALUE)]
        holder, target, value = told
        if holder is None or target is None or value is None:
            refuse_region("is a stance that does not say whose, towards what, and which")
        is_span = region.meta.get("is_span") is not False or region.was_moved
        span = region.span if is_span else None
        position = None if region.was_moved else self._there.told(region.meta)
        owner = self._there.regions[claims.pop()] if claims else None
        if owner is not None:
            position = self._there.home(owner)
        elif position is None:
            position = self._there.home(region)
        claim = _claim_id(owner) if owner else None
        return position, StanceFrame(claim, holder, target, span, value, said)

    def _read_decisions(self) -> dict[int, Region]:
        found: dict[int, Region] = {}
        for region in self._there.regions.values():
            if region.label in NOT_CLAIMS:
                try:
                    position = self._there.home(region)
                    place = next(one for one in self._there.sentences if one.position == position)
                    if region.span.end > place.end:
                        refuse_region(
                            "says %(label)s of more than one sentence", label=region.label
                        )
                    if position in found:
                        refuse_region("is a second decision on one sentence")
                    found[position] = region
                except UnfitError as error:
                    self._there.leave_out(region, error.reason)
        return found

    def _say(
        self,
        position: int,
        claims: _ClaimsFound,
        stances: Mapping[int, list[StanceFrame]],
        decided: Mapping[int, Region],
    ) -> Said | None:
        own, held = claims.get(position, []), tuple(stances.get(position, ()))
        decision = decided.get(position)
        if own and decision:
            told = Message("says %(label)s of a sentence that has claims", label=decision.label)
            self._there.leave_out(decision, told)
            return None
        if decision:
            said = _join_rest(decision, decision.said)
            return Said(position, decision.label, said, (), held)
        if not own:
            reading = CONTINUES if position in self._continued else UNREAD
            return Said(position, reading, {}, (), held)
        try:
            spoken = self._spoken([region for _, region in own])
        except UnfitError as error:
            self._there.leave_out(own[0][1], error.reason)
            return None
        frames = tuple(claim for claim, _ in own)
        return Said(position, Decision.CLAIMS.value, spoken, frames, held)

    def _spoken(self, regions: Sequence[Region]) -> dict[str, str]:
        """Return the attributes of a sentence, told with each of its claims: changes count."""
        said: dict[str, str] = {}
        for region in regions:
            said |= _texts(region.meta.get("rest_of_sentence"))
        for name, control in self._config.controls.items():
            if control.on != ASKED_ON["annotation"]:
                continue
            told = [
                (_texts(region.meta.get("of_sentence")).get(name), region.said.get(name))
                for region in regions
            ]
            changed = {now for before, now in told if now != before}
            if len(changed) > 1:
                refuse_region(
                    "is beside claims of the same sentence that say another %(name)s", name=name
                )
            now = changed.pop() if changed else next(filter(None, (one for one, _ in told)), None)
            if now is not None:
                said[name] = now
        return said


def _claim_id(region: Region) -> str:
    own = region.meta.get("id")
    return own if isinstance(own, str) else region.id


def _text(entry: JsonObject, name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str):
        refuse_region("has a chain in its meta without %(name)s", name=name)
    return value


def _attributes(entry: JsonObject) -> dict[str, str]:
    return _texts(entry.get("attributes"))


def _texts(value: Json) -> dict[str, str]:
    given = value.items() if isinstance(value, dict) else ()
    return {name: said for name, said in given if isinstance(said, str)}


def _join_rest(region: Region, said: Mapping[str, str]) -> dict[str, str]:
    """Return what controls say of a region, and what none of them has."""
    return {**_texts(region.meta.get("rest")), **said}
