"""Whatever two sides make of an article's answers, merging loses, doubles and invents nothing."""

import json
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.labelling.frames import AUTHOR, ClaimFrame, Link, Span, StanceFrame
from workbench.labelling.rules import UNREAD
from workbench.labelstudio.convert import Said
from workbench.labelstudio.merging import Kind, agree, merge, read_said, said_json, settle

EXAMPLES = settings(max_examples=60)
ATTRIBUTES = st.sampled_from([{}, {"confidence": "sure"}, {"confidence": "unsure"}])
DECISIONS = ("no_claim", "undecided", "not_annotatable")
SPEAKERS = st.sampled_from(["meta", "unspecified"])


def spans(position: int) -> st.SearchStrategy[Span]:
    return st.sampled_from(
        [Span(position * 9 + at, position * 9 + at + 2, "ab") for at in range(3)]
    )


@st.composite
def sentences(draw: st.DrawFn, position: int) -> Said:
    ids = draw(st.sets(st.sampled_from(["a", "b", "c"]), max_size=2))
    claims = tuple(
        ClaimFrame(
            f"{id_}{position}",
            (draw(spans(position)),),
            draw(ATTRIBUTES),
            draw(st.sampled_from([(), (Link(AUTHOR),), (Link(AUTHOR), Link("meta"))])),
        )
        for id_ in ids
    )
    about = st.sampled_from([None, *(claim.id for claim in claims)])
    stances = st.builds(
        StanceFrame,
        about,
        SPEAKERS,
        st.just("ai"),
        st.none() | spans(position),
        st.sampled_from(["for", "against"]),
        ATTRIBUTES,
    )
    decision = "claims" if claims else draw(st.sampled_from([*DECISIONS, UNREAD, "continues"]))
    attributes = {} if decision in {UNREAD, "continues"} else draw(ATTRIBUTES)
    some = draw(st.lists(stances, max_size=2, unique_by=repr))
    return Said(position, decision, attributes, claims, tuple(some))


@st.composite
def articles(draw: st.DrawFn) -> list[Said]:
    positions = draw(st.sets(st.integers(1, 3), max_size=3))
    return [draw(sentences(position)) for position in positions]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Said], list[Said], list[Said]]:
    """Draw a base and what two sides made of it; they often leave or change the same sentence."""
    base = draw(articles())

    def side() -> list[Said]:
        other = {one.position: one for one in draw(articles())}
        kept = {one.position: one for one in base if draw(st.booleans())}
        return [*(other | kept).values()]

    return base, side(), side()


def plain(side: Sequence[Said]) -> dict[int, str]:
    """Return what a side says in one form only, sentence by sentence, whatever their order."""
    said = merge([], [], side).there
    return {one.position: json.dumps(said_json(one), sort_keys=True) for one in said}


def apply(side: Sequence[Said], changed: Sequence[Said]) -> list[Said]:
    return [
        *({one.position: one for one in side} | {one.position: one for one in changed}).values()
    ]


@given(articles(), articles())
@EXAMPLES
def test_merging_with_an_unchanged_side_gives_the_other(base: list[Said], side: list[Said]) -> None:
    pushed, pulled, same = merge(base, side, base), merge(base, base, side), merge(base, side, side)

    assert plain(pushed.there) == plain(apply(base, pulled.here)) == plain(side)
    assert plain(pushed.agreed) == plain(pulled.agreed) == plain(same.agreed) == plain(side)
    assert not pushed.here
    assert (same.here, same.written, pulled.written) == ((), frozenset(), frozenset())
    assert (pushed.conflicts, pulled.conflicts, same.conflicts) == ((), (), ())


@given(histories())
@EXAMPLES
def test_the_sides_are_alike(history: tuple[list[Said], list[Said], list[Said]]) -> None:
    base, ours, theirs = history
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)

    assert plain(apply(ours, one.here)) == plain(other.there)
    assert plain(one.there) == plain(apply(theirs, other.here))
    assert plain(one.agreed) == plain(other.agreed)
    assert [(c.position, c.item, c.base, c.ours, c.theirs) for c in one.conflicts] == [
        (c.position, c.item, c.base, c.theirs, c.ours) for c in other.conflicts
    ]


@given(histories())
@EXAMPLES
def test_no_change_is_lost_and_none_is_invented(
    history: tuple[list[Said], list[Said], list[Said]],
) -> None:
    base, ours, theirs = history
    merged = merge(base, ours, theirs)
    here, there = apply(ours, merged.here), merged.there
    clashing = {
        (side, claim)
        for c in merged.conflicts
        for side in ("ours", "theirs")
        for claim in claims([getattr(c, side)])
    }

    for name, side in (("ours", ours), ("theirs", theirs)):
        changed = claims(side) - claims(base)
        settled = claims(here) & claims(there)
        assert changed <= settled | {claim for own, claim in clashing if own == name}
    assert claims(here) | claims(there) <= claims(base) | claims(ours) | claims(theirs)
    if not merged.conflicts:
        assert plain(here) == plain(there) == plain(merged.agreed)
    for one in (*here, *there, *merged.agreed):
        assert (one.decision == "claims") == bool(one.claims)
        assert len({claim.id for claim in one.claims}) == len(one.claims)


def claims(side: Sequence[Said]) -> set[str]:
    """Return each claim of a side with its stances, as text."""
    return {
        json.dumps(
            said_json(
                Said(
                    one.position,
                    "claims",
                    {},
                    (claim,),
                    tuple(stance for stance in one.stances if stance.claim == claim.id),
                )
            ),
            sort_keys=True,
        )
        for one in side
        for claim in one.claims
    }


@given(histories())
@EXAMPLES
def test_merging_again_changes_nothing(history: tuple[list[Said], list[Said], list[Said]]) -> None:
    base, ours, theirs = history
    first = merge(base, ours, theirs)
    again = merge(first.agreed, apply(ours, first.here), first.there)

    assert (again.here, again.written) == ((), frozenset())
    assert plain(again.agreed) == plain(first.agreed)
    assert again.conflicts == first.conflicts


@given(histories(), st.randoms())
@EXAMPLES
def test_the_order_of_sentences_does_not_matter(
    history: tuple[list[Said], list[Said], list[Said]], chance: object
) -> None:
    merged = merge(*history)
    for side in history:
        chance.shuffle(side)  # type: ignore[attr-defined]

    assert merge(*history) == merged


@given(histories(), st.booleans())
@EXAMPLES
def test_a_conflict_settled_for_one_side_becomes_a_change_of_it(
    history: tuple[list[Said], list[Said], list[Said]], is_ours: bool
) -> None:
    first = merge(*history)
    agreed = {one.position: one for one in first.agreed}
    for conflict in first.conflicts:
        at = conflict.position
        other = conflict.theirs if is_ours else conflict.ours
        agreed[at] = settle(agreed.get(at, Said(at, UNREAD)), conflict, other)

    again = merge(agreed.values(), apply(history[1], first.here), first.there)

    if all(conflict.item.kind is not Kind.DECISION for conflict in first.conflicts):
        assert not again.conflicts
    assert not (again.here if is_ours else again.written)


@given(articles())
@EXAMPLES
def test_what_is_stored_is_read_back(side: list[Said]) -> None:
    for one in merge([], [], side).there:
        stored = json.loads(json.dumps(said_json(one)))
        assert plain([read_said(stored)]) == plain([one])
        assert said_json(read_said(stored)) == stored


@given(histories(), st.sets(st.integers(1, 3)))
@EXAMPLES
def test_sentences_left_alone_stay_as_they_are(
    history: tuple[list[Said], list[Said], list[Said]], positions: set[int]
) -> None:
    base, ours, theirs = history
    merged = merge(base, ours, theirs, left_alone=positions)

    named = {one.position for one in (*merged.here, *merged.conflicts)} | merged.written
    assert not named & positions
    for side, after in ((base, merged.agreed), (theirs, merged.there)):
        before = plain(side)
        assert {at: said for at, said in before.items() if at in positions} == {
            at: said for at, said in plain(after).items() if at in positions
        }


@given(histories())
@EXAMPLES
def test_a_merge_that_was_broken_off_is_gone_on_with(
    history: tuple[list[Said], list[Said], list[Said]],
) -> None:
    base, ours, theirs = history
    whole = merge(base, ours, theirs)
    saved = apply(ours, whole.here)
    halfway = agree(base, saved, theirs)  # Saved here, and nothing written there yet.

    rest = merge(halfway, saved, theirs)
    again = merge(agree(halfway, saved, whole.there), saved, whole.there)

    assert (rest.here, plain(rest.there)) == ((), plain(whole.there))
    assert (again.here, again.written) == ((), frozenset())
    for later in (rest, again):
        assert [one.item for one in later.conflicts] == [one.item for one in whole.conflicts]
