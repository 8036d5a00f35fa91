"""Comparing several readings: symmetric in the readers, whole, and one claim a reader in a row."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.adjudication.clusters import Compared, compare_readings, mean_weight
from workbench.adjudication.rules import read_sentences
from workbench.labelling.frames import Answer, ClaimFrame, Decision, Link, SentenceId, Span

SENTENCES = [(0, 10), (10, 20), (20, 30)]
LETTERS = "ABC"


@st.composite
def claims(draw: st.DrawFn, position: int) -> ClaimFrame:
    start = draw(st.integers(10 * position - 10, 10 * position - 1))
    end = draw(st.integers(start + 1, 30))
    more = draw(st.sampled_from([(), ((end + 1, end + 3),)]))
    parts = tuple(Span(*part, "") for part in ((start, end), *more))
    chain = draw(st.sampled_from([(), (Link("author"),), (Link("author"), Link("meta"))]))
    kind = {"claim_type": draw(st.sampled_from(["fact", "cause"]))}
    return ClaimFrame(draw(st.uuids()).hex, parts, kind, chain)


@st.composite
def answers(draw: st.DrawFn) -> dict[int, Answer]:
    found = {}
    for position in draw(st.sets(st.integers(1, 3))):
        own = tuple(draw(st.lists(claims(position), max_size=3)))
        decision = Decision.CLAIMS if own else Decision.NO_CLAIM
        place = SentenceId("a", 1, position)
        found[position] = Answer(draw(st.uuids()).hex, None, place, decision, {}, own)
    return found


def compare_voices(voices: dict[str, dict[int, Answer]]) -> dict[int, Compared]:
    return compare_readings({who: read_sentences(SENTENCES, voices[who]) for who in voices})


voices = st.fixed_dictionaries(dict.fromkeys(LETTERS, answers()))


@given(voices, st.permutations(LETTERS))
def test_which_letter_somebody_has_does_not_count(
    people: dict[str, dict[int, Answer]], letters: list[str]
) -> None:
    renamed = {letter: people[who] for letter, who in zip(letters, LETTERS, strict=True)}

    one, other = compare_voices(people), compare_voices(renamed)

    assert {place: found.agrees for place, found in one.items()} == {
        place: found.agrees for place, found in other.items()
    }
    assert mean_weight(one) == mean_weight(other)


@given(voices)
def test_every_claim_stands_in_one_row_and_a_row_has_one_of_each_reader(
    people: dict[str, dict[int, Answer]],
) -> None:
    compared = compare_voices(people)

    rows = [row for one in compared.values() for cluster in one.clusters for row in cluster.rows]
    shown = sorted(claim.id for row in rows for claim in row.claims.values())
    assert shown == sorted(
        claim.id for theirs in people.values() for one in theirs.values() for claim in one.claims
    )


@given(answers())
def test_equal_readings_agree_in_everything(own: dict[int, Answer]) -> None:
    compared = compare_voices(dict.fromkeys(LETTERS, own))

    assert all(one.agrees and one.weight == 0 for one in compared.values())
    assert all(cluster.agrees for one in compared.values() for cluster in one.clusters)
