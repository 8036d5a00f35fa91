"""A real Label Studio server takes what we write and gives it back unchanged."""

import hashlib
import json
from dataclasses import replace

import pytest

from tests.label_studio import LabelStudio
from workbench.canonical import JsonObject
from workbench.corpus.segmentation import segment
from workbench.labelling.frames import Answer, Attributes, Span
from workbench.labelling.parsing import parse_answer
from workbench.labelstudio.config import hash_config, make_config, write_config
from workbench.labelstudio.convert import (
    Article,
    Place,
    Said,
    write_annotation,
    write_result,
    write_task,
)
from workbench.labelstudio.reading import read_result
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

pytestmark = pytest.mark.labelstudio

SEEDS = resource_folder("seeds")
SCHEME = parse_scheme(json.loads((SEEDS / "claims.v1.json").read_text()))
CONFIG = make_config(SCHEME, language="fr")
SLUG = "002_ce2e5229d9ed911e"
# One character for another: the offsets of the answers stay right.
TEXT = (SEEDS / f"articles/{SLUG}.txt").read_bytes().decode().translate({160: 0x202F, 63: "🚀"})
PLACES = tuple(
    Place(number, *place)
    for number, place in enumerate(
        segment((SEEDS / f"articles/{SLUG}.txt").read_bytes().decode()), start=1
    )
)


def read_said(annotator: str) -> list[Said]:
    """Return what an annotator of the demo says of the article."""
    found: dict[int, Said] = {}
    for line in (SEEDS / "demo/answers.jsonl").read_text().splitlines():
        row = json.loads(line)
        if (row["article"], row["annotator"]) == (SLUG.replace("_", "-"), annotator):
            sentence = f"{row['article']}.1.{row['position']}"
            answer = parse_answer({**row["answer"], "sentence": sentence}, SCHEME)
            found[row["position"]] = said_of(answer)
    return [found[position] for position in sorted(found)]


def said_of(answer: Answer) -> Said:
    claims = [
        replace(
            claim,
            parts=tuple(map(requote, claim.parts)),
            attributes=given(claim.attributes),
            chain=tuple(
                replace(
                    link,
                    mention=requote(link.mention) if link.mention else None,
                    cue=requote(link.cue) if link.cue else None,
                    attributes=given(link.attributes),
                )
                for link in claim.chain
            ),
        )
        for claim in answer.claims
    ]
    stances = [
        replace(
            stance,
            target_span=requote(stance.target_span) if stance.target_span else None,
            attributes=given(stance.attributes),
        )
        for stance in answer.stances
    ]
    return Said(
        answer.sentence.position,
        answer.decision.value,
        given(answer.attributes),
        tuple(claims),
        tuple(stances),
    )


def requote(span: Span) -> Span:
    return replace(span, text=TEXT[span.start : span.end])


def given(attributes: Attributes) -> dict[str, str | None]:
    return {name: value for name, value in attributes.items() if value is not None}


def make_project(server: LabelStudio, xml: str) -> JsonObject:
    return server.call("POST", "/api/projects/", {"title": "Affirmations", "label_config": xml})


def test_an_article_with_two_people_s_answers_comes_back_equal(label_studio: LabelStudio) -> None:
    answers = [read_said("noor"), read_said("elie")]
    written = [write_result(TEXT, PLACES, said, CONFIG) for said in answers]
    names = {id_: id_.title() for said in answers for one in said for id_ in ids(one)}
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    article = Article(f"{SLUG}.1", SLUG, "Un débat", TEXT, sha256, PLACES, names, names)
    task = write_task(article, [write_annotation(one.result) for one in written])

    project = make_project(label_studio, write_config(CONFIG))
    path = f"/api/projects/{project['id']}"
    label_studio.call("POST", f"{path}/import", [task])
    (exported,) = label_studio.call("GET", f"{path}/export?exportType=JSON")

    assert {"\u202f", "🚀"} <= {*TEXT}
    assert hash_config(project["label_config"]) == hash_config(write_config(CONFIG))
    assert exported["data"] == task["data"]
    results = [one["result"] for one in sorted(exported["annotations"], key=lambda one: one["id"])]
    found = [read_result(TEXT, PLACES, result, CONFIG) for result in results]
    assert [[*one.said] for one in found] == answers
    assert [one.refused for one in found] == [(), ()]
    assert [one.losses for one in written] == [(), ()]


def ids(said: Said) -> set[str]:
    named = {link.speaker for claim in said.claims for link in claim.chain}
    return named | {one for stance in said.stances for one in (stance.holder, stance.target)}
