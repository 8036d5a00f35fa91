"""An answer is put together from both sides, field by field."""

import pytest

from workbench.labelling.frames import ClaimFrame, Link, Span, StanceFrame
from workbench.labelstudio.choosing import combine, list_fields
from workbench.labelstudio.convert import Said

STANCE = StanceFrame("c", "author", "open", None, "for", {})
OURS = Said(1, "claims", {}, (ClaimFrame("c", (Span(0, 4, "Four"),), {"type": "fact"}, ()),))
THEIRS = Said(
    1,
    "claims",
    {},
    (ClaimFrame("c", (Span(0, 3, "Fou"),), {"type": "opinion", "x": "y"}, (Link("author"),)),),
    (STANCE,),
)
NO_CLAIM, UNDECIDED = Said(1, "no_claim", {"a": "1"}), Said(1, "undecided", {"a": "2"})


def test_the_fields_in_which_both_differ_are_listed() -> None:
    assert list_fields(OURS, THEIRS) == ["parts", "chain", "stances", "type", "x"]
    assert list_fields(NO_CLAIM, UNDECIDED) == ["decision", "a"]
    assert list_fields(OURS, OURS) == []
    assert list_fields(OURS, Said(1, "unread")) == []


@pytest.mark.parametrize(("ours", "theirs"), [(OURS, THEIRS), (NO_CLAIM, UNDECIDED)])
def test_nothing_taken_is_ours_and_all_taken_is_theirs(ours: Said, theirs: Said) -> None:
    assert combine(ours, theirs, []) == ours
    assert combine(ours, theirs, list_fields(ours, theirs)) == theirs
    assert combine(ours, theirs, ["decision of nobody"]) == ours


def test_one_field_alone_is_taken_from_there() -> None:
    (claim,) = combine(OURS, THEIRS, ["type"]).claims
    assert (claim.parts, claim.attributes) == (OURS.claims[0].parts, {"type": "opinion"})
    assert combine(OURS, THEIRS, ["stances"]).stances == (STANCE,)
