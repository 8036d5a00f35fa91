"""Who filled in each slot of a claim: the person, or the rule whose suggestion it came from.

Derived by comparing claim and suggestion, never told by a browser.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from workbench.canonical import Json, JsonObject
from workbench.labelling.frames import AUTHOR, ClaimFrame, Span, StanceFrame

CLAIM_SLOTS = ("content", "claim_type", "check_worthiness", "modality")
LINK_SLOTS = ("via", "speaker", "mention", "cue", "quote_type", "act")


class Origin(StrEnum):
    """Who a value is from."""

    HUMAN = "human"
    MACHINE = "machine"
    MACHINE_EDITED = "machine_edited"


@dataclass(frozen=True)
class Suggested:
    """What a suggestion proposed, and how the register knows the speaker it named."""

    rule: str
    rule_version: int
    frame: JsonObject
    names: Mapping[str, frozenset[str]]


def claim_origins(
    claim: ClaimFrame, suggested: Suggested | None, sentence: tuple[int, int]
) -> dict[str, Origin]:
    """Return the origin of each slot of a claim in the sentence of this range of the text.

    A slot about which the suggestion said nothing is human.
    """
    if suggested is None:
        return dict.fromkeys((*CLAIM_SLOTS, *LINK_SLOTS), Origin.HUMAN)
    frame, link = suggested.frame, claim.chain[-1] if claim.chain else None
    start, end = sentence
    parts = [
        list(part) for part in cast("list[list[int]]", frame["parts"]) if start <= part[0] < end
    ]
    kept: dict[str, bool | None] = {
        "content": [[part.start, part.end] for part in claim.parts] == parts,
        "claim_type": _is_kept(frame["claim_type"], claim.attributes.get("claim_type")),
        "check_worthiness": _is_kept(
            "yes" if frame["check_worthy"] else None, claim.attributes.get("check_worthiness")
        ),
        "modality": _is_kept(
            "hearsay" if frame["hearsay"] else None, claim.attributes.get("modality")
        ),
        "via": _is_relay_kept(claim, suggested),
        "speaker": _is_speaker_kept(claim, suggested),
        "mention": _is_kept(frame["mention"], _range(link.mention if link else None)),
        "cue": _is_kept(frame["cue"], _range(link.cue if link else None)),
        "quote_type": _is_kept(
            frame["quote_type"], link.attributes.get("quote_type") if link else None
        ),
        "act": _is_kept(
            frame["act"] if frame["quote_type"] else None,
            link.attributes.get("act") if link else None,
        ),
    }
    return {slot: _origin(one) for slot, one in kept.items()}


def stance_origin(stance: StanceFrame, suggested: Suggested | None) -> Origin:
    """Return the origin of a stance: its target and value together."""
    for proposed in _objects(suggested.frame["stances"]) if suggested else ():
        if proposed["target"] == stance.target:
            return _origin(proposed["value"] == stance.value)
    return Origin.HUMAN


def is_accepted(origins: Mapping[str, Origin]) -> bool:
    """Tell whether a claim took over everything that its suggestion said."""
    return Origin.MACHINE_EDITED not in origins.values()


def _is_speaker_kept(claim: ClaimFrame, suggested: Suggested) -> bool | None:
    name = suggested.frame["speaker"]
    if name is None:
        return None if suggested.frame["quote_type"] else len(claim.chain) == 1
    return bool(claim.chain) and _is_known_as(claim.chain[-1].speaker, name, suggested)


def _is_relay_kept(claim: ClaimFrame, suggested: Suggested) -> bool | None:
    name = suggested.frame["via"]
    if name is None or not suggested.frame["quote_type"]:
        return None
    relay = claim.chain[-2].speaker if len(claim.chain) > 1 else AUTHOR
    return _is_known_as(relay, name, suggested)


def _is_known_as(speaker: str, name: Json, suggested: Suggested) -> bool:
    return str(name).casefold() in suggested.names.get(speaker, ())


def _is_kept(proposed: Json, given: Json) -> bool | None:
    return None if proposed is None else proposed == given


def _origin(is_kept: bool | None) -> Origin:
    if is_kept is None:
        return Origin.HUMAN
    return Origin.MACHINE if is_kept else Origin.MACHINE_EDITED


def _range(span: Span | None) -> Json:
    return [span.start, span.end] if span else None


def _objects(value: Json) -> Sequence[JsonObject]:
    return cast("list[JsonObject]", value)
