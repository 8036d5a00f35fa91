"""What an answer says once the label scheme has changed."""

import json

import pytest

from tests.factories import answer_to, claim_on
from workbench.labelling.parsing import parse_answer, split_stamps
from workbench.labelling.refitting import refit_answer
from workbench.projects.scheme import parse_scheme
from workbench.projects.scheme_changes import parse_step
from workbench.resources import resource_folder

SCHEME = parse_scheme(json.loads((resource_folder("seeds") / "claims.v1.json").read_text()))


@pytest.mark.parametrize(
    ("claim_type", "given", "kept"),
    [("number", "yes", "yes"), ("number", "no", "no"), ("opinion", "no", None)],
)
def test_what_a_person_said_beside_a_label_that_is_asked_again_stays(
    claim_type: str, given: str, kept: str | None
) -> None:
    attributes = {"claim_type": claim_type, "check_worthiness": given}
    claim = claim_on("Il pleut.", 0, 9, attributes=attributes)
    payload = split_stamps(answer_to(f"{'a' * 16}.1.1", decision="claims", claims=[claim]))[1]
    answer = parse_answer(payload, SCHEME)

    again = refit_answer(answer, SCHEME, [parse_step(f"claim_type.{claim_type}?")])

    assert again.claims[0].attributes["claim_type"] is None
    assert again.claims[0].attributes["check_worthiness"] == kept
