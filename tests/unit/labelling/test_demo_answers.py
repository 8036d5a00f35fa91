"""The demo answers: complete, true to the texts, and what the guideline asks for."""

import json
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tools import demo_answers
from workbench.canonical import JsonObject
from workbench.corpus.preparing import prepare_file
from workbench.corpus.rules import base_slug
from workbench.errors import InvalidInputError
from workbench.labelling.frames import Answer, Span, answer_problems, canonical_frame
from workbench.labelling.parsing import parse_answer
from workbench.labelling.registers import parse_registers
from workbench.labelling.rules import is_complete
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

SEEDS = resource_folder("seeds")
SCHEME = parse_scheme(json.loads((SEEDS / "claims.v1.json").read_text("utf-8")))
DEMO, INVENTED = SEEDS / "demo", SEEDS / "invented"
REGISTERS = {DEMO: SEEDS / "registers.json", INVENTED: INVENTED / "registers.json"}
REASONS = {
    *("guideline_gap", "ambiguous_text", "slip", "boundary_rule"),
    *("wrong_link", "granularity", "wrong_value", "register_gap"),
}


def read(folder: Path, name: str) -> list[JsonObject]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def parsed(line: JsonObject) -> Answer:
    return parse_answer(
        {**line["answer"], "sentence": "{article}.1.{position}".format(**line)}, SCHEME
    )


def place(line: JsonObject) -> tuple[str, int]:
    return line["article"], line["position"]


TEXTS = {
    base_slug(article.name): article
    for folder in (SEEDS, INVENTED)
    for path in sorted((folder / "articles").iterdir())
    for article in prepare_file(path.name, path.read_bytes()).articles
}
A1, A2, A3, A4, A5, *OWN = TEXTS
SETTLED_ARTICLES = {A2, base_slug("La régie des eaux de Brumeval publie son modèle")}
LINES = [line for folder in REGISTERS for line in read(folder, "answers.jsonl")]
SETTLED = [line for folder in REGISTERS for line in read(folder, "adjudication.jsonl")]
ANSWERS = {(line["annotator"], *place(line)): parsed(line) for line in LINES}
ANNOTATABLE = [
    (slug, position)
    for slug, article in TEXTS.items()
    for position, zone in enumerate(article.zones, start=1)
    if SCHEME.zones[zone].annotatable
]
DIFFERING = [
    key
    for key in ANNOTATABLE
    if canonical_frame(ANSWERS["noor", *key]) != canonical_frame(ANSWERS["elie", *key])
]


@pytest.mark.parametrize("folder", REGISTERS)
@pytest.mark.parametrize(
    ("name", "compiled"),
    [
        ("answers.jsonl", demo_answers.compile_answers),
        ("adjudication.jsonl", demo_answers.compile_adjudication),
    ],
)
def test_the_files_are_what_the_source_says(
    folder: Path, name: str, compiled: Callable[[Path, str], Iterator[JsonObject]]
) -> None:
    """When this fails, run: python tools/demo_answers.py."""
    source = (folder / "answers.txt").read_text("utf-8")

    assert [*compiled(folder, source)] == read(folder, name)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("- fact no :: Deux pistes", "stands 0 times"),
        ("- fact no :: modèles", "stands 0 times"),
        ("6", "twice"),
        ("* fact", "none"),
    ],
)
def test_a_source_that_does_not_fit_is_refused(source: str, problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        [*demo_answers.compile_answers(DEMO, f"@ 001_261cb179200dd163\n6\n{source}\n")]


def test_each_annotator_answers_each_annotatable_sentence_once() -> None:
    answered = sorted((line["annotator"], *place(line)) for line in LINES)

    assert answered == sorted((name, *key) for name in ("noor", "elie") for key in ANNOTATABLE)


def test_each_answer_is_complete_and_fits_its_text() -> None:
    for line in [*LINES, *SETTLED]:
        article, answer = TEXTS[line["article"]], parsed(line)
        start, end = article.sentences[line["position"] - 1]

        assert answer_problems(answer, article.text, start, end) == []
        assert is_complete(answer, SCHEME), line
        assert bool(answer.claims) == (answer.decision == "claims"), line


def test_the_editions_are_those_of_the_seeds() -> None:
    hashes = {(line["article"], line["edition_sha256"]) for line in LINES}

    assert hashes == {(slug, demo_answers.edition_hash(article)) for slug, article in TEXTS.items()}


def test_ids_are_used_once() -> None:
    answers = [parsed(line) for line in [*LINES, *SETTLED]]
    ids = [answer.id for answer in answers] + [claim.id for a in answers for claim in a.claims]

    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("folder", REGISTERS)
def test_whoever_speaks_and_whatever_is_meant_is_in_the_registers(folder: Path) -> None:
    registers = parse_registers(json.loads(REGISTERS[folder].read_text("utf-8")))
    lines = [*read(folder, "answers.jsonl"), *read(folder, "adjudication.jsonl")]
    answers = [parsed(line) for line in lines]
    proposed = set()
    if (folder / "proposals.jsonl").exists():
        proposed = {line["proposal"]["id"] for line in read(folder, "proposals.jsonl")}

    for name in ("speakers", "targets"):
        used = set().union(*(getattr(answer, name) for answer in answers))
        known = {entry["id"] for entry in registers[name]} | proposed
        assert used - {"author", "unspecified"} <= known


def test_times_rise_at_a_pace_people_can_keep() -> None:
    for before, after in pairwise(LINES):
        assert before["made_at"] < after["made_at"]
    assert all(2_000 <= line["elapsed_ms"] <= 60_000 for line in LINES)


@pytest.mark.parametrize(("folder", "articles"), [(DEMO, {A1, A2, A3, A4, A5}), (INVENTED, OWN)])
def test_the_two_differ_as_people_do(folder: Path, articles: Collection[str]) -> None:
    answered = [key for key in ANNOTATABLE if key[0] in articles]
    differing = [key for key in DIFFERING if key[0] in articles]

    assert 0.10 <= len(differing) / len(answered) <= 0.40
    assert f"{len(differing)} sentences otherwise" in (folder / "README.md").read_text("utf-8")


def test_what_differs_in_one_article_of_each_is_settled() -> None:
    assert [place(line) for line in SETTLED] == [
        key for key in DIFFERING if key[0] in SETTLED_ARTICLES
    ]
    assert {line["adjudication"]["reason"] for line in SETTLED} == REASONS
    assert {line["from"] for line in SETTLED} == {"noor", "elie", "edited"}
    for line in SETTLED:
        frames = {name: canonical_frame(ANSWERS[name, *place(line)]) for name in ("noor", "elie")}
        same = [name for name, frame in frames.items() if frame == canonical_frame(parsed(line))]
        assert same == ([] if line["from"] == "edited" else [line["from"]])


@pytest.mark.parametrize("slug", OWN)
def test_whatever_is_invented_says_that_it_may_be_used(slug: str) -> None:
    assert (TEXTS[slug].metadata.rights or "").startswith("Apache-2.0")


def words(spans: tuple[Span | None, ...]) -> str:
    return " | ".join(span.text if span else "-" for span in spans)


def described(answer: Answer, number: int) -> dict[str, str | None]:
    """Return a claim as a flat table row: its content, its chain, and who is for or against."""
    claim = answer.claims[number]
    last = claim.chain[-1]
    stances = [one for one in answer.stances if one.claim == claim.id]
    return {
        **claim.attributes,
        **last.attributes,
        "content": words(claim.parts),
        "chain": " > ".join(link.speaker for link in claim.chain),
        "mention": words((last.mention,)),
        "cue": words((last.cue,)),
        "stances": ", ".join(f"{one.holder} {one.value} {one.target}" for one in stances),
    }


@pytest.mark.parametrize(
    ("slug", "position", "number", "expected"),
    [
        (
            *(A2, 11, 0),
            {
                "quote_type": "direct",
                "chain": "author > ai-alliance",
                "mention": "les membres de l’AI Alliance",
                "cue": "écrivent",
                "medium": "communique",
                "stances": "ai-alliance favor open-models",
            },
        ),
        (
            *(A2, 14, 0),
            {"modality": "hearsay", "time_scope": "2023-12", "chain": "author"},
        ),
        (
            *(A2, 14, 1),
            {
                "content": "qui constitueront une alternative « solide » aux offres de Nvidia",
                "quote_type": "mixed",
                "cue": "selon",
                "mention": "Forrest Narrod",
            },
        ),
        (
            *(A2, 22, 0),
            {
                "quote_type": "indirect",
                "chain": "author > open-source-opponents",
                "stances": "open-source-opponents against open-models",
            },
        ),
        (
            *(A3, 12, 0),
            {
                "quote_type": "mixed",
                "mention": "Il",
                "chain": "author > elon-musk",
                "stances": "elon-musk against sam-altman, elon-musk against openai",
            },
        ),
        (
            *(A3, 16, 0),
            {"quote_type": "direct", "chain": "author > le-monde > arthur-mensch"},
        ),
        (
            *(A3, 16, 1),
            {
                "content": "Mais nous avons, dès le début, prévu un modèle économique"
                " avec des modèles optimisés | plus puissants",
                "quote_type": "mixed",
                "chain": "author > le-monde > arthur-mensch",
            },
        ),
        (
            *(A3, 17, 0),
            {"content": "un abandon de l'open source", "act": "denies", "cue": "réfute"},
        ),
        (
            *(A3, 23, 1),
            {"claim_type": "number", "check_worthiness": "yes", "chain": "author"},
        ),
        (
            *(A3, 25, 0),
            {
                "content": "mener ces poursuites au nom de l'humanité",
                "chain": "author > openai > elon-musk",
                "quote_type": "indirect",
                "commitment": "distances",
            },
        ),
        (
            *(A3, 25, 1),
            {
                "content": "la vérité est (...) qu'il les mène pour promouvoir"
                " ses propres intérêts commerciaux.",
                "chain": "author > openai",
                "quote_type": "direct",
            },
        ),
        (
            *(A4, 6, 0),
            {
                "mention": "l’un",
                "chain": "author > marc-andreessen",
                "speaker_certainty": "inferred",
                "stances": "marc-andreessen favor open-models",
            },
        ),
        (
            *(A4, 6, 1),
            {
                "mention": "l’autre",
                "chain": "author > vinod-khosla",
                "speaker_certainty": "inferred",
                "stances": "vinod-khosla against open-models, vinod-khosla favor closed-models",
            },
        ),
        (A4, 10, 0, {"chain": "author", "check_worthiness": "yes"}),
        (A2, 8, 0, {"chain": "author", "stances": "meta favor open-models"}),
        (A1, 13, 0, {"chain": "author", "check_worthiness": "yes"}),
        (A5, 3, 0, {"chain": "author > mark-zuckerberg", "mention": "lui", "cue": "Selon"}),
        (A5, 13, 0, {"chain": "author > mark-zuckerberg", "mention": "Il", "cue": "affirme"}),
        (
            *(A5, 14, 0),
            {"chain": "author > mark-zuckerberg", "quote_type": "free_indirect", "cue": "-"},
        ),
        (A5, 16, 0, {"chain": "author > open-source-opponents", "mention": "-"}),
        (A5, 17, 0, {"chain": "author > mark-zuckerberg", "cue": "rétorqué"}),
        (A5, 27, 0, {"chain": "author > mark-zuckerberg", "quote_type": "direct"}),
        (A5, 28, 0, {"chain": "author > mark-zuckerberg", "cue": "écrit"}),
        (A5, 29, 0, {"chain": "author > mark-zuckerberg", "quote_type": "direct"}),
        (A1, 22, 0, {"chain": "author", "stances": "author favor open-models"}),
        (A1, 24, 0, {"chain": "author", "stances": "author against thierry-breton"}),
    ],
)
def test_the_careful_annotator_answers_what_the_guideline_says(
    slug: str, position: int, number: int, expected: dict[str, str]
) -> None:
    row = described(ANSWERS["noor", slug, position], number)

    assert {name: row[name] for name in expected} == expected
