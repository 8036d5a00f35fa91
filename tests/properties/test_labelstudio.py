"""Whatever is said of an article comes back from Label Studio equal, or its loss is named."""

import json
import random
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.labelled import documents
from workbench.canonical import Json, JsonObject
from workbench.datasets.formats.documents import Document
from workbench.labelling.frames import Decision
from workbench.labelstudio.config import make_config, read_config, write_config
from workbench.labelstudio.convert import Place, Said, Written, hide_astral, write_result
from workbench.labelstudio.reading import read_result
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

SCHEME = parse_scheme(json.loads((resource_folder("seeds") / "claims.v1.json").read_text()))
CONFIG = make_config(SCHEME, language="fr")
EXAMPLES = settings(max_examples=40, deadline=None)


def places(document: Document) -> list[Place]:
    return [Place(one.position, one.start, one.end) for one in document.sentences]


def said(document: Document) -> list[Said]:
    return [
        Said(one.position, one.decision, one.attributes, one.claims, one.stances)
        for one in document.sentences
    ]


def write(document: Document) -> Written:
    return write_result(document.text or "", places(document), said(document), CONFIG)


def kept(document: Document, lost: Iterable[int]) -> list[Said]:
    """Return what must come back, when the decisions on some sentences are lost."""
    without = {*lost}
    expected = []
    for one in said(document):
        decision = Decision.CLAIMS if one.claims else "unread"
        bare = replace(one, decision=decision, attributes={}) if one.position in without else one
        if bare.decision != "unread" or bare.stances:
            expected.append(bare)
    return expected


def without_continues(found: Iterable[Said]) -> list[Said]:
    return [replace(one, decision=one.decision.replace("continues", "unread")) for one in found]


@given(documents())
@EXAMPLES
def test_answers_come_back_equal_or_their_loss_is_named(document: Document) -> None:
    written = write(document)
    travelled = json.loads(json.dumps(written.result))

    found = read_result(document.text or "", places(document), travelled, CONFIG)

    assert found.refused == ()
    assert found.drawn == frozenset()
    lost = {loss.position for loss in written.losses}
    assert without_continues(found.said) == kept(document, lost)


@given(documents(), st.randoms())
@EXAMPLES
def test_what_the_editor_rewrites_does_not_count(document: Document, chance: random.Random) -> None:
    """It changes order, quotes and origins, and copies a region's meta to its values."""
    text, there = document.text or "", places(document)
    result = write(document).result
    expected = read_result(text, there, result, CONFIG)

    found = read_result(hide_astral(text), there, rewrite(result, chance), CONFIG)

    quoted = [*found.said]
    assert [one.position for one in quoted] == [one.position for one in expected.said]
    assert found.refused == expected.refused
    if text == hide_astral(text):
        assert found == expected


def rewrite(result: list[Json], chance: random.Random) -> list[Json]:
    metas = {item["id"]: item["meta"] for item in result if "meta" in item}
    items = []
    for item in result:
        if item["type"] == "relation":
            items.append(item)
            continue
        value = item["value"] | ({} if item["type"] == "textarea" else {"text": "\\n"})
        items.append(item | {"value": value, "meta": metas[item["id"]], "origin": "prediction"})
    chance.shuffle(items)
    return items


@given(documents(), st.data())
@EXAMPLES
def test_a_deleted_region_spoils_no_other_sentence(document: Document, data: st.DataObject) -> None:
    """Its own sentence is left out, or says less; all others are as they were."""
    text, there = document.text or "", places(document)
    result = write(document).result
    regions = sorted({str(item["id"]) for item in result if "id" in item})
    if not regions:
        return
    gone = data.draw(st.sampled_from(regions))
    home = int(gone.replace("~", "/").split("/")[0])

    rest = [item for item in result if gone not in {item.get(key) for key in KEYS}]
    found = read_result(text, there, rest, CONFIG)

    before = read_result(text, there, result, CONFIG)
    assert others(found.said, home) == others(before.said, home)
    assert all(home in one.positions for one in found.refused)


def others(found: Iterable[Said], home: int) -> list[Said]:
    return [one for one in without_continues(found) if one.position != home]


KEYS = ("id", "from_id", "to_id")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 40) | st.sampled_from(["1", "claim", "text", "é"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*KEYS, "from_name", "type", "value", "start", "end", "labels", "meta", "workbench"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(documents(), ANYTHING, st.data())
@EXAMPLES
def test_no_result_breaks_the_reader(
    document: Document, anything: Json, data: st.DataObject
) -> None:
    result = write(document).result
    for item in result:
        if data.draw(st.integers(0, 5)) == 0:
            spoil(item, data.draw(ANYTHING), data)

    found = read_result(
        document.text or "",
        places(document),
        [*result, anything] if data.draw(st.booleans()) else anything,
        CONFIG,
    )

    left_out = {position for one in found.refused for position in one.positions}
    assert left_out.isdisjoint(one.position for one in found.said)


def spoil(item: JsonObject, anything: Json, data: st.DataObject) -> None:
    within = [one for one in (item, item.get("value"), own_meta(item)) if isinstance(one, dict)]
    place = data.draw(st.sampled_from([one for one in within if one]))
    place[data.draw(st.sampled_from(sorted(place)))] = anything


def own_meta(item: JsonObject) -> Json:
    meta = item.get("meta")
    return meta.get("workbench") if isinstance(meta, dict) else None


def test_a_configuration_reads_back_equal_in_both_languages() -> None:
    for language in ("fr", "en"):
        config = make_config(SCHEME, language=language)

        assert read_config(write_config(config)) == config
