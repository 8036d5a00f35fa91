"""Read an answer that was given under an earlier label scheme by the present one.

Nothing here is written: an answer keeps the labels it was given. Where it is to be worked on, what
the present scheme does not know any more stands open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbench.labelling.frames import Answer, Attributes, ClaimFrame, Decision, StanceFrame
from workbench.labelling.parsing import attribute_fields
from workbench.projects.scheme import Field, Scheme
from workbench.projects.scheme_changes import Step

Steps = Mapping[tuple[str, str], str | None]


def fit_answer(answer: Answer, scheme: Scheme) -> Answer:
    """Return the answer as the scheme can say it; what it does not know is open."""
    return _refit(answer, scheme, {})


def is_touched(answer: Answer, steps: Sequence[Step]) -> bool:
    """Tell whether the answer has a label of which something becomes."""
    wanted = _by_place(steps)
    return any(
        (name, value) in wanted
        for attributes in _all_attributes(answer)
        for name, value in attributes.items()
    ) or any(("stance_value", stance.value) in wanted for stance in answer.stances)


def is_asked_again(answer: Answer, steps: Sequence[Step]) -> bool:
    """Tell whether one of the steps asks for a label of the answer again."""
    return is_touched(answer, [step for step in steps if step.to is None])


def refit_answer(answer: Answer, scheme: Scheme, steps: Sequence[Step]) -> Answer:
    """Return the answer with each step taken, as the scheme can say it.

    A field that is always asked of a claim is asked again by itself: its claim stays, and the
    sentence is incomplete. Any other label asked again makes the whole sentence open.
    """
    wanted = _by_place(steps)
    asked = [step for step in steps if step.to is None and is_touched(answer, [step])]
    if any(not _stands_open(scheme.fields[step.field]) for step in asked):
        return replace(answer, decision=Decision.CLAIMS, attributes={}, claims=(), stances=())
    return _refit(answer, scheme, wanted)


def _stands_open(field: Field) -> bool:
    return field.on == "claim" and field.ask == "always" and field.default_value is None


def _refit(answer: Answer, scheme: Scheme, steps: Steps) -> Answer:
    return replace(
        answer,
        attributes=_attributes(answer.attributes, "annotation", scheme, steps),
        claims=tuple(_claim(claim, scheme, steps) for claim in answer.claims),
        stances=tuple(
            found
            for stance in answer.stances
            if (found := _stance(stance, scheme, steps)) is not None
        ),
    )


def _claim(claim: ClaimFrame, scheme: Scheme, steps: Steps) -> ClaimFrame:
    return replace(
        claim,
        attributes=_attributes(claim.attributes, "claim", scheme, steps),
        chain=tuple(
            replace(link, attributes=_attributes(link.attributes, "link", scheme, steps))
            for link in claim.chain
        ),
    )


def _stance(stance: StanceFrame, scheme: Scheme, steps: Steps) -> StanceFrame | None:
    value = steps.get(("stance_value", stance.value)) or stance.value
    if value not in scheme.fields["stance_value"].values:
        return None  # A stance without a value is none.
    attributes = _attributes(stance.attributes, "stance", scheme, steps)
    return replace(stance, value=value, attributes=attributes)


def _attributes(given: Attributes, level: str, scheme: Scheme, steps: Steps) -> Attributes:
    fields = {
        name: field for name, field in attribute_fields(scheme, level).items() if name in given
    }
    found = {name: _value(field, given[name], steps) for name, field in fields.items()}
    for name, field in fields.items():
        condition = field.not_asked_when
        if fixed := field.fixed_value(found):
            found[name] = fixed
        elif condition and field.fixed_value(given) and found.get(condition.field) is None:
            found[name] = None  # What settled it is open, so it is asked again, too.
    return found


def _value(field: Field, value: str | None, steps: Steps) -> str | None:
    if value is not None and (field.name, value) in steps:
        return steps[field.name, value]
    return None if field.values and value not in field.values else value


def _all_attributes(answer: Answer) -> list[Attributes]:
    found = [answer.attributes]
    for claim in answer.claims:
        found += [claim.attributes, *(link.attributes for link in claim.chain)]
    return [*found, *(stance.attributes for stance in answer.stances)]


def _by_place(steps: Sequence[Step]) -> Steps:
    return {(step.field, step.value): step.to for step in steps}
