"""The words of verdicts, gates, states and reviews, as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from workbench.factcheck.gates import Gate, GateName
from workbench.factcheck.history import Happening
from workbench.factcheck.rules import ReviewStep
from workbench.factcheck.scales import Words
from workbench.web.errors import tell
from workbench.web.languages import page_language

GATES = {
    GateName.APPEARANCE: _("It is said by somebody outside"),
    GateName.WORDING: _("A wording of at most 500 characters"),
    GateName.CHECKABLE: _("A fact, no opinion or prediction"),
    GateName.VERDICT: _("A verdict of the scale"),
    GateName.PROOF: _("A primary source, or two publishers with different origins"),
    GateName.BOTH_SIDES: _("One source that supports and one that refutes"),
    GateName.SEARCHED: _("A log of what was searched"),
    GateName.OTHER_FACT_CHECKS: _("More than other fact-checks"),
    GateName.CONTEXT: _("A context note for readers"),
    GateName.JUSTIFICATION: _("A written justification"),
    GateName.STORED: _("Every source archived, or its passage stored"),
    GateName.OWN_PAGE: _("No source on which the statement itself appears"),
    GateName.CLAIMANT_PAGE: _("Who made the claim is told apart from the article"),
    GateName.SECOND_PERSON: _("A second person to approve"),
}
REVIEW_STEPS = {
    ReviewStep.ASKED: _("asked for a review"),
    ReviewStep.APPROVED: _("approved"),
    ReviewStep.RETURNED: _("returned"),
}
HAPPENINGS = {
    Happening.MADE: _("Statement made"),
    Happening.REWORDED: _("Statement reworded"),
    Happening.APPEARED: _("Appearance added"),
    Happening.APPEARANCE_REMOVED: _("Appearance taken away"),
    Happening.EVIDENCE_ADDED: _("Evidence added"),
    Happening.EVIDENCE_CHANGED: _("Evidence changed"),
    Happening.EVIDENCE_REMOVED: _("Evidence taken away"),
    Happening.SEARCHED: _("Search noted"),
    Happening.STATE: _("State"),
    Happening.JUDGED: _("Own verdict given"),
    Happening.VERDICT: _("Verdict written"),
    Happening.INVITED: _("Outside reviewer invited"),
    Happening.ASKED: _("Review asked for"),
    Happening.APPROVED: _("Verdict approved"),
    Happening.RETURNED: _("Verdict returned"),
}


@dataclass(frozen=True)
class GateLine:
    """A gate as a line of the checklist."""

    name: str
    title: str
    is_met: bool
    missing: str


def gate_lines(gates: Iterable[Gate]) -> list[GateLine]:
    """Return the checklist in the language of the page."""
    return [
        GateLine(
            name=gate.name.value,
            title=str(GATES[gate.name]),
            is_met=gate.is_met,
            missing=tell(gate.missing) if gate.missing else "",
        )
        for gate in gates
    ]


def in_words(words: Words) -> str:
    """Return what a scale says in the language of the page."""
    return words.get(page_language()) or next(iter(words.values()), "")
