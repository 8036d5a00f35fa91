import json
from collections.abc import Sequence
from itertools import permutations

import pytest

from workbench.adjudication.stances import (
    Held,
    Side,
    count_stances,
    order_by_camps,
    read_held,
    side_of,
)
from workbench.labelling.frames import (
    Answer,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
)
from workbench.labelling.parsing import parse_answer
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder


def claim(name: str, *speakers: str) -> ClaimFrame:
    links = tuple(Link(speaker, mention=Span(20, 26, "the one")) for speaker in speakers)
    return ClaimFrame(name, (Span(0, 12, "what is said"),), {}, (Link("author"), *links))


def stance(claim: str | None, holder: str, target: str, value: str = "favor") -> StanceFrame:
    return StanceFrame(claim, holder, target, None, value, {})


def answer(claims: Sequence[ClaimFrame], *stances: StanceFrame) -> Answer:
    decision = Decision.CLAIMS if claims else Decision.NO_CLAIM
    return Answer("id", None, SentenceId("a", 1, 1), decision, {}, tuple(claims), stances)


# The hard sentences of the five articles: who speaks, inside the author, and whose stance it is.
@pytest.mark.parametrize(
    ("words", "speakers", "holder", "is_own"),
    [
        ("l’un prône l’ouverture des modèles AI", ["marc-andreessen"], "marc-andreessen", True),
        ("l’autre propose de les garder", ["vinod-khosla"], "vinod-khosla", True),
        ("le Torquemada de Bruxelles (aka Thierry Breton)", [], "author", True),
        ("Je crois fermement que l’open source", [], "author", True),
        ("ceux qui défendent des modèles fermés à l’instar d’OpenAI", [], "openai", False),
        ("les leaders pro-régulation", [], "pro-regulation-leaders", False),
        ("précise Arthur Mensch au Monde", ["le-monde", "arthur-mensch"], "arthur-mensch", True),
        ("Musk proclame, dit OpenAI", ["openai", "elon-musk"], "openai", True),
        ("Musk proclame, dit OpenAI", ["openai", "elon-musk"], "elon-musk", True),
        ("OpenAI répond que Microsoft …", ["openai"], "microsoft", False),
        ("Meta, accusée de vouloir monopoliser", ["unspecified"], "unspecified", True),
        ("Zuckerberg l’écrit, l’auteur l’approuve", ["mark-zuckerberg"], "author", True),
    ],
)
def test_a_stance_is_the_holders_own_if_they_are_in_the_chain(
    words: str, speakers: list[str], holder: str, is_own: bool
) -> None:
    one = answer([claim("c", *speakers)], stance("c", holder, "open-models"))
    assert [held.is_own for held in read_held(one, 6)] == [is_own], words


@pytest.mark.parametrize(
    ("article", "position", "expected"),
    [
        ("000", 17, {("pro-regulation-leaders", "ai-regulation", "favor", False)}),
        ("000", 24, {("author", "thierry-breton", "against", True)}),
        ("000", 28, {("author", "open-models", "favor", True)}),
        (
            "001",
            7,
            {
                ("openai", "closed-models", "favor", False),
                ("microsoft", "closed-models", "favor", False),
                ("google", "closed-models", "favor", False),
                ("open-source-advocates", "open-models", "favor", False),
            },
        ),
        (
            "002",
            4,
            {
                ("elon-musk", "grok-opening", "favor", True),
                ("elon-musk", "openai", "against", False),
                ("elon-musk", "commercial-turn", "against", False),
            },
        ),
        ("002", 25, {("openai", "elon-musk", "against", True)}),
        (
            "003",
            6,
            {
                ("marc-andreessen", "open-models", "favor", True),
                ("vinod-khosla", "open-models", "against", True),
                ("vinod-khosla", "closed-models", "favor", True),
            },
        ),
        (
            "004",
            21,
            {
                ("meta", "open-models", "favor", True),
                ("mark-zuckerberg", "open-models", "favor", True),
            },
        ),
    ],
)
def test_the_demos_answers_come_out_as_the_articles_say(
    article: str, position: int, expected: set[tuple[str, str, str, bool]]
) -> None:
    seeds = resource_folder("seeds")
    scheme = parse_scheme(json.loads((seeds / "claims.v1.json").read_text()))
    with (seeds / "demo" / "answers.jsonl").open() as file:
        (given,) = (
            line["answer"]
            for line in map(json.loads, file)
            if line["annotator"] == "noor"
            if (line["article"][:3], line["position"]) == (article, position)
        )
    said = parse_answer({**given, "sentence": f"a.1.{position}"}, scheme)
    found = {
        (held.holder, held.target, held.value, held.is_own) for held in read_held(said, position)
    }
    assert found == expected


@pytest.mark.parametrize(("holder", "is_own"), [("author", True), ("openai", False)])
def test_without_a_claim_only_the_author_speaks(holder: str, is_own: bool) -> None:
    (held,) = read_held(answer([], stance(None, holder, "open-models")), 31)
    assert (held.is_own, held.marks, held.position) == (is_own, (), 31)


def test_a_claim_that_nobody_says_yet_is_still_its_authors() -> None:
    empty = ClaimFrame("c", (Span(0, 4, "what"),), {}, ())
    (held,) = read_held(answer([empty], stance("c", "author", "meta")), 1)
    assert held.is_own


def test_a_sentence_counts_once_however_often_it_says_so() -> None:
    said, told = claim("said", "meta"), claim("told")
    one = answer([said, told], stance("told", "meta", "openai"), stance("said", "meta", "openai"))

    assert read_held(one, 1) == [
        Held(1, "meta", "openai", "favor", is_own=True, marks=((0, 12), (20, 26)))
    ]


def test_both_sides_of_a_holder_stay_visible() -> None:
    held = [
        Held(1, "meta", "openai", "favor", is_own=True),
        Held(1, "meta", "openai", "against", is_own=False),
        Held(2, "meta", "openai", "against", is_own=True),
        Held(3, "meta", "openai", "against", is_own=True),
    ]
    cell = count_stances(held).cells["meta", "openai"]

    assert [(mark.side, mark.is_own, mark.count) for mark in cell.marks] == [
        (Side.FAVOR, True, 1),
        (Side.AGAINST, True, 2),
        (Side.AGAINST, False, 1),
    ]
    assert (cell.kind, cell.tenths, cell.leaning) == ("divided", 2, -0.5)


def test_a_value_that_the_program_does_not_know_is_on_no_side() -> None:
    assert side_of("balanced") is Side.OTHER
    cell = count_stances([Held(1, "meta", "x", "balanced", is_own=True)]).cells["meta", "x"]
    assert (cell.leaning, cell.kind) == (0, "other")


def test_rows_and_columns_come_by_how_often_they_are_named() -> None:
    held = [
        Held(position, holder, target, "favor", is_own=True)
        for position, (holder, target) in enumerate(
            [("a", "x"), ("b", "y"), ("b", "z"), ("c", "y"), ("c", "z"), ("c", "x"), ("d", "z")]
        )
    ]
    found = count_stances(held)
    assert (found.holders, found.targets) == (["c", "b", "a", "d"], ["z", "x", "y"])
    assert count_stances(held, least=2).holders == ["c", "b"]
    assert count_stances(held, least=2).of_targets["z"].total == 2


def test_camps_stand_together_whatever_order_they_come_in() -> None:
    camps = {
        "open-1": {"open": "favor", "closed": "against"},
        "open-2": {"open": "favor"},
        "closed-1": {"open": "against", "closed": "favor"},
        "closed-2": {"closed": "favor"},
        "torn": {"open": "neutral"},
    }
    for names in permutations(camps):
        held = [
            Held(number, name, target, value, is_own=True)
            for number, name in enumerate(names)
            for target, value in camps[name].items()
        ]
        found = count_stances(held)
        order = order_by_camps(found, found.holders, found.targets)
        assert order[2] == "torn"
        assert set(order[:2]) in ({"open-1", "open-2"}, {"closed-1", "closed-2"})
        assert order[0][:4] == "open"


def test_nobody_makes_no_camp() -> None:
    found = count_stances([])
    assert order_by_camps(found, [], []) == []
    assert found.total == 0
