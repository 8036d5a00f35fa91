"""Suggestions as what somebody would say who took each of them as it is.

A suggestion makes one claim in each of its sentences, as accepting it in the workspace does. What
the register does not know is left out: a claim without a chain stands unfinished until somebody
says who speaks.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from workbench.canonical import Json, JsonObject
from workbench.labelling.frames import (
    AUTHOR,
    Attributes,
    ClaimFrame,
    Decision,
    Link,
    Span,
    StanceFrame,
)
from workbench.labelling.registers import Registers, find_redirects
from workbench.labelling.suggesting import ShownSuggestion
from workbench.labelstudio.convert import SPEAKER, VALUE, Article, Place, Said
from workbench.projects.scheme import Scheme


def known_speakers(registers: Registers) -> dict[str, str]:
    """Return the speakers by the names that one of them alone has, in small letters."""
    redirects = find_redirects(registers.speakers)
    found: dict[str, set[str]] = {}
    for one in registers.speakers:
        for name in (one.name, *one.aliases):
            found.setdefault(name.casefold(), set()).add(redirects.get(one.id, one.id))
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def propose(
    suggestions: Iterable[ShownSuggestion],
    text: Article,
    scheme: Scheme,
    speakers: Mapping[str, str],
) -> list[Said]:
    """Return what is suggested of a text, by sentence; ``speakers`` are by name."""
    claims: dict[int, list[ClaimFrame]] = {}
    stances: dict[int, list[StanceFrame]] = {}
    places = {place.position: place for place in text.sentences}
    for one in suggestions:
        chain = _chain(one.frame, text.text, scheme, speakers)
        for position in one.sentences:
            place = places[position]
            parts = _parts(one.frame, text.text, place)
            if not parts:
                continue
            claim = ClaimFrame(one.id, parts, _attributes(one.frame, scheme), chain, one.id)
            claims.setdefault(position, []).append(claim)
            if chain:
                own = _stances(one.frame, claim, text, scheme, place)
                stances.setdefault(position, []).extend(own)
    return [
        Said(at, Decision.CLAIMS.value, {}, tuple(found), tuple(stances.get(at, ())))
        for at, found in sorted(claims.items())
    ]


def _parts(frame: JsonObject, text: str, place: Place) -> tuple[Span, ...]:
    cut = (
        (max(start, place.start), min(end, place.end))
        for start, end in cast("list[tuple[int, int]]", frame["parts"])
    )
    return tuple(Span(start, end, text[start:end]) for start, end in cut if start < end)


def _attributes(frame: JsonObject, scheme: Scheme) -> Attributes:
    proposed = {
        "claim_type": frame["claim_type"],
        "check_worthiness": "yes" if frame["check_worthy"] else None,
        "modality": "hearsay" if frame["hearsay"] else None,
    }
    said: dict[str, str | None] = {}
    for name, value in _known(proposed, scheme).items():
        if scheme.fields[name].fixed_value(said) is None:
            said[name] = value
    return said


def _chain(
    frame: JsonObject, text: str, scheme: Scheme, speakers: Mapping[str, str]
) -> tuple[Link, ...]:
    """Return who says it from the author inward, or nothing where one of them is unknown."""
    if not frame["quote_type"] or SPEAKER not in scheme.fields:
        return (Link(AUTHOR),)
    names = [frame["speaker"]] if frame["via"] is None else [frame["via"], frame["speaker"]]
    ids = [speakers.get(str(name).casefold()) if name else None for name in names]
    said = {
        "quote_type": frame["quote_type"],
        "act": frame["act"],
        "speaker_certainty": None if frame["certain"] else "inferred",
    }
    known = [id_ for id_ in ids if id_ is not None]
    if len(known) < len(ids):
        return ()
    mention, cue = _span(frame["mention"], text), _span(frame["cue"], text)
    relays = [Link(id_) for id_ in known[:-1]]
    return (Link(AUTHOR), *relays, Link(known[-1], mention, cue, _known(said, scheme)))


def _stances(
    frame: JsonObject, claim: ClaimFrame, text: Article, scheme: Scheme, place: Place
) -> list[StanceFrame]:
    found = []
    for one in cast("Sequence[JsonObject]", frame["stances"]):
        target, value, span = str(one["target"]), one["value"], _span(one["span"], text.text)
        is_known = target in text.targets and _is_value(VALUE, value, scheme)
        if is_known and span and place.start <= span.start < place.end:
            holder = claim.chain[-1].speaker
            found.append(StanceFrame(claim.id, holder, target, span, str(value), {}))
    return found


def _known(proposed: Mapping[str, Json], scheme: Scheme) -> dict[str, str]:
    return {name: str(value) for name, value in proposed.items() if _is_value(name, value, scheme)}


def _is_value(name: str, value: Json, scheme: Scheme) -> bool:
    return name in scheme.fields and value in scheme.fields[name].values


def _span(range_: Json, text: str) -> Span | None:
    if range_ is None:
        return None
    start, end = cast("tuple[int, int]", range_)
    return Span(start, end, text[start:end])
