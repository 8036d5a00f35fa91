"""How one person's answers here and in Label Studio become one."""

import json
from dataclasses import replace

import pytest

from workbench.labelling.frames import ClaimFrame, SentenceId, Span, StanceFrame
from workbench.labelling.parsing import parse_answer
from workbench.labelstudio.convert import Found, Refused, Said
from workbench.labelstudio.merging import (
    Item,
    Kind,
    merge,
    read_theirs,
    read_to_the_end,
    remember,
    say,
    settle,
    write_answer,
)
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

SCHEME = parse_scheme(json.loads((resource_folder("seeds") / "claims.v1.json").read_text()))
A, B = (
    ClaimFrame(letter * 20, (Span(start, start + 4, "abcd"),), {}, ())
    for letter, start in (("a", 0), ("b", 5))
)
LONGER = replace(A, parts=(Span(0, 5, "abcd "),))
SHORTER = replace(A, parts=(Span(0, 3, "abc"),))
UNREAD, NO_CLAIM, UNDECIDED = (Said(1, word) for word in ("unread", "no_claim", "undecided"))


def claims(*some: ClaimFrame) -> Said:
    return Said(1, "claims" if some else "unread", {}, some)


CLASHES = {
    "the same claim changed differently": (claims(A), claims(LONGER), claims(SHORTER), Kind.CLAIM),
    "deleted here, edited there": (claims(A, B), claims(B), claims(LONGER, B), Kind.CLAIM),
    "edited here, deleted there": (claims(A), claims(LONGER), UNREAD, Kind.CLAIM),
    "decided differently": (UNREAD, NO_CLAIM, UNDECIDED, Kind.DECISION),
    "no claim here, a new claim there": (UNREAD, NO_CLAIM, claims(A), Kind.SENTENCE),
    "no claim there, a claim edited here": (claims(A), claims(LONGER), NO_CLAIM, Kind.SENTENCE),
}
UNIONS = {
    "different claims edited": (claims(A, B), claims(LONGER, B), claims(A), claims(LONGER)),
    "a new claim on each side": (UNREAD, claims(A), claims(B), claims(A, B)),
    "the same change on both": (claims(A), claims(LONGER), claims(LONGER), claims(LONGER)),
    "no claim taken back for one": (NO_CLAIM, NO_CLAIM, claims(A), claims(A)),
    "a last claim deleted": (claims(A), claims(A), UNREAD, UNREAD),
}


@pytest.mark.parametrize(("base", "ours", "theirs", "kind"), CLASHES.values(), ids=CLASHES)
def test_what_clashes_stays_as_it_is_on_each_side(
    base: Said, ours: Said, theirs: Said, kind: Kind
) -> None:
    other = replace(NO_CLAIM, position=2)

    merged = merge([base], [ours, other], [theirs])

    (conflict,) = merged.conflicts
    assert conflict.item.kind is kind
    assert merged.here == ()
    assert merged.written == {2}
    assert merged.there == tuple(one for one in (theirs, other) if one != UNREAD)
    assert merged.agreed == tuple(one for one in (base, other) if one != UNREAD)


@pytest.mark.parametrize(("base", "ours", "theirs", "both"), UNIONS.values(), ids=UNIONS)
def test_what_does_not_clash_is_taken_from_both(
    base: Said, ours: Said, theirs: Said, both: Said
) -> None:
    merged = merge([base], [ours], [theirs])

    assert merged.conflicts == ()
    wanted = () if both == UNREAD else (both,)
    assert merged.agreed == wanted
    assert merge(wanted, merged.there, wanted).written == frozenset()
    assert merged.here == (() if both == ours else (both,))


TYPED, RATED = replace(A, attributes={"type": "fact"}), replace(A, attributes={"worth": "yes"})
BOTH = replace(A, attributes={"type": "fact", "worth": "yes"})
SHORT_FACT, OPINION = (
    replace(SHORTER, attributes={"type": "fact"}),
    replace(A, attributes={"type": "x"}),
)
PUT_BACK = {
    "a claim as it was": (claims(A), claims(LONGER), claims(A), Kind.CLAIM),
    "as it was, but for what is new": (claims(A), claims(TYPED), claims(RATED), Kind.CLAIM),
    "as it was in one of two things": (claims(A), claims(SHORT_FACT), claims(OPINION), Kind.CLAIM),
    "without a claim that we made": (claims(B), claims(A, B), claims(B), Kind.CLAIM),
    "with a claim that we deleted": (claims(A, B), claims(B), claims(LONGER, B), Kind.CLAIM),
    "with a last claim that we deleted": (claims(A), UNREAD, claims(A), Kind.CLAIM),
    "decided as it was": (UNDECIDED, NO_CLAIM, UNDECIDED, Kind.DECISION),
    "no claim again": (NO_CLAIM, claims(A), NO_CLAIM, Kind.SENTENCE),
}
NEW_THERE = {
    "changed further": (claims(A), claims(TYPED), claims(BOTH)),
    "the same part changed otherwise": (claims(A), claims(LONGER), claims(SHORTER)),
    "another claim drawn": (claims(A), claims(LONGER), claims(LONGER, B)),
    "a claim deleted that was there before": (claims(A), claims(LONGER), UNREAD),
}


@pytest.mark.parametrize(("earlier", "agreed", "theirs", "kind"), PUT_BACK.values(), ids=PUT_BACK)
def test_what_is_back_as_it_was_before_we_wrote_clashes(
    earlier: Said, agreed: Said, theirs: Said, kind: Kind
) -> None:
    before = remember([], [earlier], {1})

    merged = merge([agreed], [agreed], [theirs], earlier=before)

    (conflict,) = merged.conflicts
    assert (conflict.item.kind, conflict.is_put_back) == (kind, True)
    assert (merged.here, merged.written) == ((), frozenset())
    taken = settle(agreed, conflict, conflict.theirs)
    assert merge([taken], [agreed], [theirs], earlier=before).conflicts == ()


@pytest.mark.parametrize(("earlier", "agreed", "theirs"), NEW_THERE.values(), ids=NEW_THERE)
def test_what_was_made_of_what_we_wrote_is_taken(earlier: Said, agreed: Said, theirs: Said) -> None:
    merged = merge([agreed], [agreed], [theirs], earlier=[earlier])

    assert (merged.here, merged.conflicts) == ((theirs,), ())


@pytest.mark.parametrize("agreed", [UNDECIDED, claims(A)])
def test_what_was_unread_is_put_back_as_no_claim_where_submitted_means_read(agreed: Said) -> None:
    stances = (StanceFrame(None, "meta", "ai", None, "for", {}),)
    for held in ((), stances):
        now, old, back = (replace(one, stances=held) for one in (agreed, UNREAD, NO_CLAIM))
        merged = merge([now], [now], [back], earlier=read_to_the_end([old]))

        assert [one.is_put_back for one in merged.conflicts] == [True]
        assert merged.here == ()


def test_what_was_said_before_each_of_our_last_changes_is_remembered() -> None:
    versions = [claims(replace(A, parts=(Span(0, end, ""),))) for end in range(1, 9)]
    kept: list[Said] = []
    for one in [*versions, versions[-1]]:
        kept = remember(kept, [one, replace(NO_CLAIM, position=2)], {1})

    assert kept == versions[-5:]


def test_a_conflict_is_settled_with_an_edit() -> None:
    (conflict,) = merge([claims(A, B)], [claims(LONGER, B)], [claims(SHORTER, B)]).conflicts
    moved = replace(A, parts=(Span(1, 4, "bcd"),))

    assert conflict.item == Item(Kind.CLAIM, (A.id,))
    assert settle(claims(LONGER, B), conflict, claims(moved)) == claims(moved, B)
    assert settle(claims(LONGER, B), conflict, UNREAD) == claims(B)


def test_a_stance_goes_with_its_claim_and_a_free_one_by_itself() -> None:
    free = StanceFrame(None, "meta", "ai", None, "for", {})
    bound = replace(free, claim=A.id)
    base = Said(1, "claims", {}, (A,), (bound, free))
    ours = replace(base, stances=(bound, replace(free, value="against")))
    theirs = replace(base, stances=(replace(bound, value="against"), free))

    merged = merge([base], [ours], [theirs])

    assert merged.conflicts == ()
    assert {(one.claim, one.value) for one in merged.agreed[0].stances} == {
        (A.id, "against"),
        (None, "against"),
    }


def test_a_claim_drawn_there_gets_the_same_id_each_time() -> None:
    drawn = replace(A, id="_Ka4zsWoeo")
    stance = StanceFrame(drawn.id, "meta", "ai", None, "against", {})
    found = Found((Said(1, "claims", {}, (drawn,), (stance,)),), (), frozenset({drawn.id}))

    first = read_theirs(found, base=[], ours=[], scheme=SCHEME, seed="one")
    again = read_theirs(found, base=[], ours=first.said, scheme=SCHEME, seed="one")
    others = read_theirs(found, base=[], ours=[], scheme=SCHEME, seed="two")

    (said,) = first.said
    assert said.claims[0].id == said.stances[0].claim
    assert again == first
    assert others.said[0].claims[0].id != said.claims[0].id
    assert merge([], [], first.said).here == first.said


def test_what_cannot_be_read_is_not_taken_as_deleted() -> None:
    kept = replace(NO_CLAIM, position=2)
    refused = Refused("r1", "is no region", frozenset({1}))
    found = Found((kept,), (refused,), frozenset())

    theirs = read_theirs(found, base=[claims(A), kept], ours=[claims(A)], scheme=SCHEME, seed="s")
    merged = merge([claims(A), kept], [claims(A), kept], theirs.said, left_alone=theirs.left_alone)

    assert theirs.left_alone == {1}
    assert (merged.here, merged.written, merged.conflicts) == ((), frozenset(), ())
    assert merged.agreed == (claims(A), kept)


def test_nothing_is_taken_as_deleted_beside_something_that_belongs_nowhere() -> None:
    found = Found((replace(NO_CLAIM, position=2),), (Refused("result", "is no list"),), frozenset())

    theirs = read_theirs(found, base=[claims(A)], ours=[claims(A)], scheme=SCHEME, seed="s")

    assert theirs.left_alone == {1}
    assert [one.position for one in theirs.said] == [2]


def test_what_labelling_would_not_take_is_refused() -> None:
    long = claims(replace(A, attributes={"normalised_claim": "x" * 5000}))

    theirs = read_theirs(Found((long,), (), frozenset()), base=[], ours=[], scheme=SCHEME, seed="s")

    assert (theirs.said, theirs.left_alone) == ((), {1})
    assert "characters" in theirs.refused[0].reason


@pytest.mark.parametrize("said", [claims(A, B), NO_CLAIM, UNREAD])
def test_an_answer_is_as_labelling_takes_it(said: Said) -> None:
    sentence = SentenceId("article", 1, 1)

    payload = write_answer(said, id_="0" * 16, base="1" * 16, sentence=sentence)
    answer = parse_answer(json.loads(json.dumps(payload)), SCHEME)

    assert (answer.base, answer.sentence) == ("1" * 16, sentence)
    assert [claim.parts for claim in say(answer).claims] == [one.parts for one in said.claims]
    assert say(answer).decision == said.decision
