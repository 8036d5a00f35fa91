"""What a sentence counts as, and what is missing to finish."""

import json
from dataclasses import replace

import pytest

from tests.unit.labelling.test_frames import ANSWER, CLAIM, with_parts
from workbench.labelling.frames import Decision, Span
from workbench.labelling.rules import continued_positions, is_complete, reading
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

SCHEME = parse_scheme(json.loads((resource_folder("seeds") / "claims.v1.json").read_text()))
SENTENCES = [(2, 10), (11, 20), (20, 30), (33, 40)]


@pytest.mark.parametrize(
    ("parts", "touched"),
    [
        ([(2, 10)], set()),
        ([(2, 11)], set()),  # only the blank behind it
        ([(2, 12)], {2}),
        ([(9, 21)], {2, 3}),
        ([(2, 5), (35, 36)], {4}),
        ([(11, 20)], set()),
        ([(19, 20), (20, 21)], {3}),
        ([(2, 3), (30, 33)], set()),
        ([(2, 40)], {2, 3, 4}),
    ],
)
def test_a_claim_continues_into_every_sentence_it_touches(
    parts: list[tuple[int, int]], touched: set[int]
) -> None:
    spans = [Span(start, end, "x" * (end - start)) for start, end in parts]

    assert continued_positions(SENTENCES, [spans]) == touched


@pytest.mark.parametrize(
    ("decision", "has_claims", "is_continued", "expected"),
    [
        (None, False, False, "unread"),
        (None, False, True, "continues"),
        (Decision.CLAIMS, True, False, "claims"),
        (Decision.CLAIMS, True, True, "claims"),
        (Decision.CLAIMS, False, False, "unread"),  # the last claim was taken out again
        (Decision.CLAIMS, False, True, "continues"),
        (Decision.NO_CLAIM, False, False, "no_claim"),
        (Decision.UNDECIDED, False, True, "continues"),
    ],
)
def test_a_sentence_reads_by_its_claims_then_by_what_runs_into_it(
    decision: Decision | None, has_claims: bool, is_continued: bool, expected: str
) -> None:
    found = reading(decision, has_claims=has_claims, is_continued=is_continued)

    assert found == expected


@pytest.mark.parametrize(
    ("attributes", "complete"),
    [
        ({"claim_type": "fact", "check_worthiness": "no", "modality": None}, True),
        ({"claim_type": "fact", "check_worthiness": None, "modality": None}, False),
        ({"claim_type": None, "check_worthiness": "no", "modality": None}, False),
    ],
)
def test_an_answer_is_complete_when_all_that_is_asked_has_a_value(
    attributes: dict[str, str | None], complete: bool
) -> None:
    answer = replace(ANSWER, claims=(replace(CLAIM, attributes=attributes),))

    assert is_complete(answer, SCHEME) is complete


def test_parts_out_of_the_text_do_no_harm() -> None:
    assert continued_positions(SENTENCES, [with_parts(Span(2, 99, "")).claims[0].parts]) == {
        2,
        3,
        4,
    }
