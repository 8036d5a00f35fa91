"""What a conflict is about in single fields, and an answer put together from both sides."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from workbench.labelling.frames import ClaimFrame
from workbench.labelstudio.convert import Said

DECISION, PARTS, CHAIN, STANCES = "decision", "parts", "chain", "stances"


def list_fields(one: Said, other: Said) -> list[str]:
    """Return the fields in which two sides differ, where an answer can be taken from both.

    None where one side alone has the claim: it stands or it does not.
    """
    if len(one.claims) > 1 or len(one.claims) != len(other.claims):
        return []
    fields, others = _fields(one), _fields(other)
    return [name for name in {**fields, **others} if fields.get(name) != others.get(name)]


def combine(ours: Said, theirs: Said, taken: Collection[str]) -> Said:
    """Return what is said here with these of the fields in which both differ as they are there."""
    taken = {*taken} & {*list_fields(ours, theirs)}
    mixed = replace(ours, stances=theirs.stances if STANCES in taken else ours.stances)
    if not ours.claims:
        return replace(
            mixed,
            decision=theirs.decision if DECISION in taken else ours.decision,
            attributes=_mix(ours.attributes, theirs.attributes, taken),
        )
    mine, other = ours.claims[0], theirs.claims[0]
    claim = replace(
        mine,
        parts=other.parts if PARTS in taken else mine.parts,
        chain=other.chain if CHAIN in taken else mine.chain,
        attributes=_mix(mine.attributes, other.attributes, taken),
    )
    return replace(mixed, claims=(claim,))


def _fields(said: Said) -> Mapping[str, object]:
    stances = {
        (one.holder, one.target, one.target_span, one.value, *sorted(_given(one.attributes)))
        for one in said.stances
    }
    if not said.claims:
        return {DECISION: said.decision, STANCES: stances} | dict(_given(said.attributes))
    claim: ClaimFrame = said.claims[0]
    return {PARTS: claim.parts, CHAIN: claim.chain, STANCES: stances} | dict(
        _given(claim.attributes)
    )


def _mix(
    mine: Mapping[str, str | None], other: Mapping[str, str | None], taken: Collection[str]
) -> dict[str, str | None]:
    mixed = {name: value for name, value in mine.items() if name not in taken}
    return mixed | {name: value for name, value in other.items() if name in taken}


def _given(attributes: Mapping[str, str | None]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in attributes.items() if value is not None]
