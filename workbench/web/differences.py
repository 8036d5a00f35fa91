"""A learner's answers beside the reference, in words: what differs, and what the rule says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from workbench.agreement.comparing import (
    BOUNDARIES,
    CONTENT,
    DECISION,
    STANCE_TARGET,
    STANCE_VALUE,
    Judged,
    Shares,
)
from workbench.labelling.frames import Answer, ClaimFrame, StanceFrame
from workbench.labelling.rules import CONTINUES, UNREAD
from workbench.labelling.training import CUE, SPEAKER, VIA, Compared, compared_fields
from workbench.projects.guideline import Guideline
from workbench.projects.scheme import Scheme
from workbench.web.languages import page_language

NOTHING = "–"
OWN_WORDS = {
    BOUNDARIES: _("Where the words begin and end"),
    VIA: _("Via: a relaying source"),
    CONTINUES: _("continues a claim that began before"),
    UNREAD: _("no decision"),
}
# Under which field the guideline speaks of what is no field of its own.
RULED_BY = {BOUNDARIES: CONTENT, VIA: SPEAKER}


@dataclass(frozen=True)
class Difference:
    """One thing that differs, in words; ``about`` quotes the claim that it is of."""

    component: str
    about: str | None
    own: str
    reference: str
    rule: int | None


@dataclass(frozen=True)
class ReadSentence:
    """A sentence with the differences in it; none where both readings agree."""

    position: int
    text: str
    decision: str
    claims: Sequence[str]
    differences: Sequence[Difference]


def component_names(scheme: Scheme) -> dict[str, str]:
    """Return what each compared component is called, in the order in which it is asked."""
    order = (DECISION, CONTENT, BOUNDARIES, SPEAKER, VIA, CUE)
    fields = [field.name for field in compared_fields(scheme)]
    return {name: _name(name, scheme) for name in (*order, *fields, STANCE_TARGET, STANCE_VALUE)}


def share_rows(shares: Shares, scheme: Scheme) -> list[tuple[str, int, int]]:
    """Return each component's name with how many agree of how many, in the order of asking."""
    return [
        (name, shares[component].agreed, shares[component].of)
        for component, name in component_names(scheme).items()
        if component in shares
    ]


def describe_sentences(compared: Compared, guideline: Guideline) -> list[ReadSentence]:
    """Return every sentence the reference has decided, with its own decision and differences."""
    words = _Words(compared)
    rules = {
        name: number
        for number, section in enumerate(guideline.sections, start=1)
        for name in section.fields
    }
    differences: dict[int, list[Difference]] = {}
    for each in compared.differences:
        rule = rules.get(RULED_BY.get(each.component, each.component))
        differences.setdefault(each.sentence, []).append(words.difference(each, rule))
    reference = compared.words[1]
    return [
        ReadSentence(
            position=one.position,
            text=compared.text[one.start : one.end],
            decision=words.decision(reference[one.position]),
            claims=tuple(words.claims(compared.reference.get(one.position))),
            differences=differences.get(one.position, ()),
        )
        for one in compared.sentences
        if reference.get(one.position, UNREAD) != UNREAD
    ]


def _name(component: str, scheme: Scheme) -> str:
    if component in OWN_WORDS:
        return str(OWN_WORDS[component])
    field = scheme.fields.get(component)
    return _label(field.label) if field else component


class _Words:
    """Says the values of both readings in the reader's language."""

    def __init__(self, compared: Compared) -> None:
        self._compared = compared
        self._scheme = compared.scheme
        self._speakers = {entry.id: entry.name for entry in compared.registers.speakers}
        self._targets = {entry.id: _label(entry.labels) for entry in compared.registers.targets}
        for name, label in compared.scheme.reserved_speakers.items():
            self._speakers[name] = _label(label)

    def decision(self, word: str) -> str:
        """Say what a sentence counts as."""
        return str(OWN_WORDS[word]) if word in OWN_WORDS else self._value(DECISION, word)

    def claims(self, answer: Answer | None) -> Iterator[str]:
        """Say each claim of an answer in one line."""
        for claim in answer.claims if answer else ():
            said = [self._said(claim, name) for name in (SPEAKER, CUE)]
            said += [self._said(claim, field.name) for field in compared_fields(self._scheme)]
            said += [
                f"{self._targets.get(stance.target, stance.target)}: {self._stance(stance)}"
                for stance in (answer.stances if answer else ())
                if stance.claim == claim.id
            ]
            yield " · ".join([_quote(claim), *(one for one in said if one != NOTHING)])

    def difference(self, judged: Judged, rule: int | None) -> Difference:
        """Say what differs, on both sides."""
        claims = tuple(
            None if place is None else theirs[place]
            for place, theirs in zip((judged.one, judged.other), self._compared.claims, strict=True)
        )
        own, reference = (self._side(judged, side, claim) for side, claim in enumerate(claims))
        is_about = judged.component not in {DECISION, CONTENT, BOUNDARIES}
        about = next((_quote(claim) for claim in reversed(claims) if claim), None)
        return Difference(
            component=_name(judged.component, self._scheme),
            about=about if is_about else None,
            own=own,
            reference=reference,
            rule=rule,
        )

    def _side(self, judged: Judged, side: int, claim: ClaimFrame | None) -> str:
        if judged.component == DECISION:
            return self.decision(self._compared.words[side][judged.sentence])
        if judged.target is not None:
            return self._towards(judged, side, claim)
        return self._said(claim, judged.component) if claim else NOTHING

    def _said(self, claim: ClaimFrame, component: str) -> str:
        link = claim.chain[-1] if claim.chain else None
        if component in {CONTENT, BOUNDARIES}:
            return _quote(claim)
        if component == VIA:
            return ", ".join(self._speaker(each.speaker) for each in claim.chain[1:-1]) or NOTHING
        if component == SPEAKER:
            return self._speaker(link.speaker) if link else NOTHING
        if component == CUE:
            return link.cue.text if link and link.cue else NOTHING
        field = self._scheme.fields[component]
        attributes = claim.attributes if field.on == "claim" else link.attributes if link else {}
        value = attributes.get(component)
        return self._value(component, value) if value else NOTHING

    def _towards(self, judged: Judged, side: int, claim: ClaimFrame | None) -> str:
        answers = (self._compared.own, self._compared.reference)[side]
        wanted = claim.id if claim else None
        found = [
            stance
            for position, answer in answers.items()
            for stance in answer.stances
            if stance.target == judged.target and stance.claim == wanted
            if claim or position == judged.sentence
        ]
        if not found:
            return NOTHING
        target = self._targets.get(judged.target or "", judged.target or "")
        stances = ", ".join(self._stance(stance) for stance in found)
        return f"{target}: {stances}"

    def _stance(self, stance: StanceFrame) -> str:
        value = self._value(STANCE_VALUE, stance.value)
        return f"{value} ({self._speaker(stance.holder)})"

    def _speaker(self, name: str) -> str:
        return self._speakers.get(name, name)

    def _value(self, field: str, name: str) -> str:
        asked = self._scheme.fields.get(field)
        return _label(asked.values[name].label) if asked and name in asked.values else name


def _quote(claim: ClaimFrame) -> str:
    return " […] ".join(part.text for part in claim.parts)


def _label(labels: Mapping[str, str]) -> str:
    return labels.get(page_language()) or next(iter(labels.values()))
