"""What becomes of answers when their text is corrected."""

from collections.abc import Sequence

import pytest

from workbench.corpus.aligning import Alignment, align
from workbench.corpus.segmentation import segment
from workbench.labelling.carrying import Fate, carry, join_answers, rename_claims
from workbench.labelling.frames import (
    Answer,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
    answer_problems,
)

TEXT = "Meta ouvre.\nPour Musk, OpenAI ment. Il ataque.\nFin."
Borders = Sequence[tuple[int, int]]


def aligned(new: str, old: str = TEXT, borders: Borders | None = None) -> Alignment:
    return align(old, segment(old), new, segment(new) if borders is None else borders)


def span(quote: str, text: str = TEXT) -> Span:
    return Span(text.index(quote), text.index(quote) + len(quote), quote)


def claim(*quotes: str, mention: str | None = None, text: str = TEXT) -> ClaimFrame:
    link = Link("musk", mention=span(mention, text) if mention else None)
    parts = tuple(span(quote, text) for quote in quotes)
    return ClaimFrame(f"claim-{quotes[0]}", parts, {}, (Link("author"), link), suggestion="s")


def answer(position: int, decision: Decision = Decision.NO_CLAIM, *claims: ClaimFrame) -> Answer:
    return Answer("r", "base", SentenceId("a", 1, position), decision, {}, claims)


def claims_in(position: int, *claims: ClaimFrame) -> Answer:
    return answer(position, Decision.CLAIMS, *claims)


MENT = claim("OpenAI ment", mention="Musk")


@pytest.mark.parametrize(
    ("given", "new", "fate", "positions"),
    [
        pytest.param(answer(1), f"Titre\n{TEXT}", Fate.EXACT, [2], id="shifted"),
        pytest.param(claims_in(2, MENT), f"Titre\n{TEXT}", Fate.EXACT, [3], id="shifted claim"),
        pytest.param(
            claims_in(2, MENT), TEXT.replace("ment.", "ment !"), Fate.MOVED, [2], id="other mark"
        ),
        pytest.param(
            claims_in(2, MENT), TEXT.replace("ment", "mentait"), Fate.MOVED, [2], id="longer word"
        ),
        pytest.param(
            claims_in(2, MENT),
            TEXT.replace("Musk", "Moskovitz"),
            Fate.ORPHANED,
            [],
            id="no speaker",
        ),
        pytest.param(
            claims_in(3, claim("Il ataque", mention="Musk")),
            TEXT.replace("Pour Musk", "Selon Musk"),
            Fate.MOVED,
            [3],
            id="a mention in a changed sentence",
        ),
        pytest.param(
            answer(3), TEXT.replace("ataque", "attaque"), Fate.MOVED, [3], id="one word of two"
        ),
        pytest.param(
            answer(2), TEXT.replace("ment.", "ment !"), Fate.MOVED, [2], id="no span, a typo"
        ),
        pytest.param(answer(4), TEXT.replace("Fin.", ""), Fate.ORPHANED, [], id="taken out"),
        pytest.param(answer(4), f"{TEXT}\nFin.", Fate.ORPHANED, [], id="there twice"),
        pytest.param(answer(1), f"{TEXT[12:]}\nMeta ouvre.", Fate.MOVED, [4], id="elsewhere"),
    ],
)
def test_an_answer_has_a_fate(given: Answer, new: str, fate: Fate, positions: list[int]) -> None:
    found = carry(given, aligned(new), edition=2)
    assert (found.fate, [*found.pieces]) == (fate, positions)
    for position, piece in found.pieces.items():
        assert piece.sentence == SentenceId("a", 2, position)
        assert not answer_problems(piece, new, *segment(new)[position - 1])
        assert not any(one.suggestion for one in piece.claims)


SPLIT = [(0, 11), (12, 22), (23, 35), (36, 46), (47, 51)]
MERGED = [(0, 11), (12, 46), (47, 51)]


@pytest.mark.parametrize(
    ("given", "borders", "positions"),
    [
        pytest.param(answer(2), SPLIT, [2, 3], id="no claim in either half"),
        pytest.param(answer(2, Decision.UNDECIDED), SPLIT, [], id="undecided about which half"),
        pytest.param(claims_in(2, MENT), SPLIT, [3], id="the half the claim begins in"),
        pytest.param(claims_in(2, claim("Pour"), claim("OpenAI")), SPLIT, [2, 3], id="one each"),
        pytest.param(claims_in(2, claim("Pour", "OpenAI")), SPLIT, [2], id="parts stay together"),
        pytest.param(claims_in(3, claim("Il ataque")), MERGED, [2], id="merged"),
    ],
)
def test_other_borders_only_move_answers(
    given: Answer, borders: Borders, positions: list[int]
) -> None:
    found = carry(given, aligned(TEXT, borders=borders), edition=2)
    assert found.fate is (Fate.MOVED if positions else Fate.ORPHANED)
    assert [*found.pieces] == positions
    assert sum(len(piece.claims) for piece in found.pieces.values()) in {0, len(given.claims)}


def test_a_stance_follows_its_claim_and_one_without_follows_none_of_two() -> None:
    claims = claim("Pour"), claim("OpenAI")
    stance = StanceFrame(claims[1].id, "author", "open-ai", None, "against", {})
    split = aligned(TEXT, borders=SPLIT)
    given = Answer("r", None, SentenceId("a", 1, 2), Decision.CLAIMS, {}, claims, (stance,))
    pieces = carry(given, split, edition=2).pieces
    assert [len(piece.stances) for piece in pieces.values()] == [0, 1]
    loose = StanceFrame(None, "author", "open-ai", None, "against", {})
    given = Answer("r", None, SentenceId("a", 1, 2), Decision.CLAIMS, {}, claims, (loose,))
    assert carry(given, split, edition=2).fate is Fate.ORPHANED


def test_nothing_is_put_where_no_decision_is_needed() -> None:
    assert carry(answer(1), aligned(TEXT), edition=2, outside={1}).fate is Fate.ORPHANED


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (answer(2), answer(3), (Decision.NO_CLAIM, 0)),
        (answer(2), claims_in(3, claim("Il ataque")), (Decision.CLAIMS, 1)),
        (claims_in(3, claim("Il ataque")), claims_in(2, MENT), (Decision.CLAIMS, 2)),
        (answer(2), answer(3, Decision.UNDECIDED), None),
    ],
)
def test_answers_to_merged_sentences_are_joined_unless_they_contradict(
    first: Answer, second: Answer, joined: tuple[Decision, int] | None
) -> None:
    found = join_answers(first, second)
    assert joined == (found and (found.decision, len(found.claims)))
    starts = [one.parts[0].start for one in found.claims] if found else []
    assert starts == sorted(starts)


def test_claims_are_renamed_in_their_stances_too() -> None:
    stance = StanceFrame(MENT.id, "author", "open-ai", None, "against", {})
    given = Answer("r", None, SentenceId("a", 1, 2), Decision.CLAIMS, {}, (MENT,), (stance,))
    renamed = rename_claims(given, lambda _old: "new")
    assert renamed.claims[0].id == renamed.stances[0].claim == "new"
