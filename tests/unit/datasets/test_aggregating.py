"""Models of annotators, beside the example that the first of them was published with."""

import random
import sys
from collections.abc import Sequence

import pytest

from workbench.datasets.aggregating import Method, UnweighedError, weigh_answers
from workbench.errors import UnavailableError

# Dawid and Skene (1979), table 1: how five anaesthetists saw 45 patients fit for an operation, on
# a scale from 1 to 4; the first of them saw each three times.
PATIENTS = (
    "1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 "
    "2223343 1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 "
    "2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121 1111111 3333233 1111111 "
    "2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 "
    "2222222"
)
OBSERVERS = (1, 1, 1, 2, 3, 4, 5)
MODELS = [Method.DAWID_SKENE, Method.MACE]


def weigh(method: Method, tasks: Sequence[Sequence[tuple[int, int]]]) -> list[Sequence[float]]:
    """Return the shares of tasks, given who answered what."""
    given = [(task, *one) for task, answers in enumerate(tasks) for one in answers]
    columns = zip(*given, strict=True) if given else ((), (), ())
    return [*weigh_answers(method, *columns, size=len(tasks))]  # type: ignore[arg-type]


def test_the_published_example_comes_out_as_published() -> None:
    tasks = [
        [(who, int(grade) - 1) for who, grade in zip(OBSERVERS, grades, strict=True)]
        for grades in PATIENTS.split()
    ]

    shares = weigh(Method.DAWID_SKENE, tasks)

    assert [round(sum(column) / 45, 2) for column in zip(*shares, strict=True)] == [
        *(0.40, 0.42, 0.11, 0.07)
    ]
    assert shares[35][3] > 0.99  # seen as 3 four times and as 4 three times


@pytest.mark.parametrize("method", MODELS)
def test_who_guesses_counts_for_less_than_in_a_vote(method: Method) -> None:
    chance = random.Random(1)  # noqa: S311  # the same answers each time
    right = [number % 2 for number in range(200)]
    tasks = [
        [
            *((who, 1 - answer if chance.random() < 0.15 else answer) for who in (3, 4, 5)),
            *((who, chance.randrange(2)) for who in (1, 2)),
        ]
        for answer in right
    ]

    shares = weigh(method, tasks)

    votes = [round(sum(answer for _, answer in one) / len(one)) for one in tasks]
    by_model, by_vote = (
        sum(one != answer for one, answer in zip(said, right, strict=True))
        for said in ([round(share[1]) for share in shares], votes)
    )
    assert by_model < 0.7 * by_vote
    assert all(sum(share) == pytest.approx(1) for share in shares)
    assert shares == weigh(method, tasks)


@pytest.mark.parametrize("method", MODELS)
def test_the_numbers_of_people_and_answers_do_not_matter(method: Method) -> None:
    tasks = [[(1, 2), (2, 0), (3, 2)], [(2, 1), (1, 1)], [], [(3, 0), (1, 0)]] * 15
    renamed = [[(4 - who, 2 - answer) for who, answer in one] for one in tasks]

    shares, others = weigh(method, tasks), weigh(method, renamed)

    assert [[*reversed(one)] for one in others] == [pytest.approx(one) for one in shares]
    assert sum(shares[2]) == 0


def agree(people: int, tasks: int) -> list[list[tuple[int, int]]]:
    """Return tasks to which so many people all give the same answer, by turns 0 and 1."""
    return [[(who, task % 2) for who in range(people)] for task in range(tasks)]


def rare(seed: int) -> list[list[tuple[int, int]]]:
    """Return tasks of which three in a hundred are 1, and people who guess one in five times."""
    chance = random.Random(seed)  # noqa: S311  # the same answers each time
    right = [int(chance.random() < 0.03) for _ in range(400)]
    return [
        [(who, chance.randrange(2) if chance.random() < 0.2 else answer) for who in (1, 2, 3)]
        for answer in right
    ]


@pytest.mark.parametrize(
    ("method", "tasks", "why"),
    [
        (Method.MACE, agree(2, 90), "3 annotators with 20 answers each .* here 2 have"),
        (Method.DAWID_SKENE, agree(3, 19), "3 annotators with 20 answers each .* here 0"),
        (Method.DAWID_SKENE, [*agree(2, 90), [(0, 0), (2, 0)]], "here 2 have so many"),
        (Method.MACE, rare(1), "nothing to go by"),
    ],
)
def test_shares_that_say_nothing_are_withheld(
    method: Method, tasks: Sequence[Sequence[tuple[int, int]]], why: str
) -> None:
    with pytest.raises(UnweighedError, match=why):
        weigh(method, tasks)


@pytest.mark.parametrize("method", MODELS)
def test_the_least_that_is_asked_for_is_enough(method: Method) -> None:
    shares = weigh(method, agree(3, 20))

    assert all(share[number % 2] > 0.9 for number, share in enumerate(shares))


def test_nothing_to_weigh_is_no_error() -> None:
    assert weigh(Method.MACE, [[], []]) == [(), ()]


def test_without_the_library_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "crowdkit.aggregation", None)

    with pytest.raises(UnavailableError, match=r"claim-workbench\[aggregation\]"):
        weigh(Method.MACE, [[(1, 0)]])
