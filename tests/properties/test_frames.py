"""Answers of any shape: written and read they stay the same, and order does not count."""

import json
import random
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workbench.labelling.frames import (
    AUTHOR,
    UNSPECIFIED,
    Answer,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
    answer_hash,
    answer_json,
    answer_problems,
    canonical_frame,
)
from workbench.labelling.parsing import attribute_fields, parse_answer
from workbench.labelling.rules import continued_positions
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

SCHEME = parse_scheme(json.loads((resource_folder("seeds") / "claims.v1.json").read_text()))
TEXT = "L’IA « ouverte »\u202f? 💩 e\u0301 — non\u00a0: \u202egnirts\u202c. Fin.\n" * 3
SPEAKERS = st.sampled_from([UNSPECIFIED, "meta", "open-ai", "x1"])
IDS = st.text("0123456789abcdef", min_size=16, max_size=32)


def attributes(level: str) -> st.SearchStrategy[dict[str, str | None]]:
    """Draw what the scheme allows on a level, as it stands once defaults are filled in."""
    fields = attribute_fields(SCHEME, level)
    drawn = {
        name: st.sampled_from(list(field.values))
        if field.kind == "choice"
        else st.sampled_from([None, "2023-12", "2023?"])
        for name, field in fields.items()
    }
    return st.fixed_dictionaries(drawn).map(
        lambda found: {
            name: field.fixed_value(found) or found[name] for name, field in fields.items()
        }
    )


@st.composite
def spans(draw: st.DrawFn, start: int = 0) -> Span:
    begin = draw(st.integers(start, len(TEXT) - 1))
    end = draw(st.integers(begin + 1, len(TEXT)))
    return Span(begin, end, TEXT[begin:end])


@st.composite
def parts(draw: st.DrawFn) -> tuple[Span, ...]:
    cuts = sorted(draw(st.sets(st.integers(0, len(TEXT)), min_size=2, max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return tuple(Span(start, end, TEXT[start:end]) for start, end in pairs)


LINKS = st.builds(Link, SPEAKERS, st.none() | spans(), st.none() | spans(), attributes("link"))
CHAINS = st.lists(LINKS, max_size=3).map(lambda links: (Link(AUTHOR), *links))
CLAIMS = st.builds(ClaimFrame, IDS, parts(), attributes("claim"), CHAINS)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    claims = tuple(draw(st.lists(CLAIMS, max_size=4, unique_by=lambda claim: claim.id)))
    owners = st.sampled_from([None, *(claim.id for claim in claims)])
    stances = st.builds(
        StanceFrame,
        owners,
        SPEAKERS | st.just(AUTHOR),
        st.sampled_from(["openai", "regulation"]),
        st.none() | spans(),
        st.sampled_from(["favor", "against", "neutral"]),
        attributes("stance"),
    )
    return Answer(
        id=draw(IDS),
        base=draw(st.none() | IDS),
        sentence=SentenceId("article", 1, draw(st.integers(1, 99))),
        decision=Decision.CLAIMS if claims else draw(st.sampled_from(Decision)),
        attributes=draw(attributes("annotation")),
        claims=claims,
        stances=tuple(draw(st.lists(stances, max_size=4))),
    )


@given(answers())
def test_an_answer_is_read_back_as_it_was_written(answer: Answer) -> None:
    assert parse_answer(json.loads(json.dumps(answer_json(answer))), SCHEME) == answer


@given(answers(), st.randoms())
def test_neither_ids_nor_order_count(answer: Answer, chance: random.Random) -> None:
    names = {claim.id: f"new{number}" for number, claim in enumerate(answer.claims)}
    claims = [replace(claim, id=names[claim.id]) for claim in answer.claims]
    stances = [
        replace(stance, claim=stance.claim and names[stance.claim]) for stance in answer.stances
    ]
    chance.shuffle(claims)
    chance.shuffle(stances)
    other = replace(answer, id="other", base=None, claims=tuple(claims), stances=tuple(stances))

    assert canonical_frame(other) == canonical_frame(answer)
    assert answer_hash(other) != answer_hash(answer)


@given(answers(), answers())
def test_different_words_are_different_frames(one: Answer, other: Answer) -> None:
    same = replace(one, id="", base=None) == replace(other, id="", base=None, sentence=one.sentence)

    assert not same or canonical_frame(one) == canonical_frame(other)
    assert (answer_hash(one) == answer_hash(other)) == (one == other)


@given(answers())
def test_only_where_a_claim_starts_can_be_wrong_with_true_quotes(answer: Answer) -> None:
    problems = answer_problems(answer, TEXT, 0, len(TEXT))

    assert problems == []


@given(answers(), st.data())
def test_any_other_quote_is_found_out(answer: Answer, data: st.DataObject) -> None:
    if not answer.claims:
        return
    claim = answer.claims[0]
    index = data.draw(st.integers(0, len(claim.parts) - 1))
    part = claim.parts[index]
    other = data.draw(st.text(max_size=20).filter(lambda text: text != part.text))
    quotes = [*claim.parts]
    quotes[index] = replace(part, text=other)
    wrong = replace(answer, claims=(replace(claim, parts=tuple(quotes)), *answer.claims[1:]))

    assert len(answer_problems(wrong, TEXT, 0, len(TEXT))) == 1


@given(st.lists(parts(), max_size=3), st.sets(st.integers(1, len(TEXT) - 1), max_size=12))
def test_what_continues_is_found_as_by_looking_at_each_character(
    claims: list[tuple[Span, ...]], cuts: set[int]
) -> None:
    borders = [0, *sorted(cuts), len(TEXT)]
    sentences = list(pairwise(borders))

    def touches(claim: tuple[Span, ...], start: int, end: int) -> bool:
        return any(set(range(part.start, part.end)) & set(range(start, end)) for part in claim)

    expected = {
        position
        for position, (start, end) in enumerate(sentences, start=1)
        for claim in claims
        if touches(claim, start, end) and not start <= claim[0].start < end
    }

    assert continued_positions(sentences, claims) == expected
