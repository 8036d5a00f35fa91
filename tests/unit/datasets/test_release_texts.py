"""What tells of a release: card, data statement, croissant.json, citations, pictures."""

import hashlib
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.released import rows
from tests.snapshots import small_lines, write_lines
from workbench.canonical import JsonObject
from workbench.datasets.columns import CONFIGS
from workbench.datasets.releasing import write_release

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "schemas"
HOSTILE = "A | B\n\n# C [x](javascript:y) <script>z</script> `{{ w }}` https://evil.example \u202e"
TEXTS = ("README.md", "DATASTATEMENT.md", "CITATION.cff", "croissant.json", "agreement.json")
RAI = (
    "dataCollection",
    "dataCollectionType",
    "dataCollectionTimeFrame",
    "dataPreprocessingProtocol",
    "dataAnnotationProtocol",
    "dataAnnotationPlatform",
    "dataAnnotationAnalysis",
    "annotationsPerItem",
    "annotatorDemographics",
    "machineAnnotationTools",
    "dataBiases",
    "dataLimitations",
    "dataSocialImpact",
    "dataUseCases",
    "personalSensitiveInformation",
    "dataReleaseMaintenancePlan",
)
# What a Citation File Format 1.2 asks of a dataset's, of the keys that we write.
CFF = {
    "type": "object",
    "required": ["cff-version", "message", "title", "authors"],
    "additionalProperties": False,
    "properties": {
        "cff-version": {"const": "1.2.0"},
        "message": {"type": "string", "minLength": 1},
        "type": {"enum": ["software", "dataset"]},
        "title": {"type": "string", "minLength": 1},
        "authors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string", "minLength": 1},
                    "website": {"type": "string", "pattern": "^(https?|ftp)://"},
                },
            },
        },
        "version": {"type": "string"},
        "date-released": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "license": {"type": "string"},
        "license-url": {"type": "string", "pattern": "^https://"},
        "url": {"type": "string", "pattern": "^https?://"},
    },
}


NOTHING_FROZEN: JsonObject = {"articles": [], "statements": []}


def first_lines(**changes: Any) -> list[JsonObject]:
    """Return the small snapshot with nothing to compare it with, and changes in its head."""
    head, *lines = small_lines()
    return [{**head, "previous": None, **changes}, *lines]


def build(folder: Path, lines: Iterable[JsonObject]) -> Path:
    folder.mkdir(parents=True)
    snapshot = write_lines(folder.parent / "snapshot.jsonl", lines)
    write_release(snapshot, folder, on_progress=lambda *_: None)
    return folder


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("releases") / "demo" / "1.1.0", first_lines())


def read(release: Path, name: str) -> str:
    return (release / name).read_text("utf-8")


def head_of(card: str) -> dict[str, Any]:
    _, head, _ = card.split("---\n", 2)
    found = yaml.safe_load(head)
    assert isinstance(found, dict)
    return found


def parse(text: str) -> list[Token]:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return reader.parse(text.split("---\n", 2)[-1])


def headings(tokens: list[Token]) -> list[str]:
    return [after.content for one, after in pairwise(tokens) if one.type == "heading_open"]


def test_croissant_validates_and_every_record_can_be_read(release: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries it is made of
        import mlcroissant  # noqa: PLC0415

        dataset = mlcroissant.Dataset(jsonld=release / "croissant.json")
        issues = dataset.metadata.ctx.issues
        found = {config: len(list(dataset.records(config))) for config in CONFIGS}

    lines = {config: len(rows(release, config)) for config in CONFIGS}
    assert (issues.errors, issues.warnings) == (set(), set())
    assert found == lines
    assert [one.id for one in dataset.metadata.record_sets] == ["splits", *CONFIGS]
    assert min(found.values()) > 0


def test_croissant_says_all_that_is_asked_for(release: Path) -> None:
    croissant = json.loads(read(release, "croissant.json"))

    asked = "name description license url creator datePublished distribution recordSet keywords"
    recommended = "publisher version dateCreated dateModified sdLicense inLanguage citeAs sameAs"
    assert croissant.keys() >= {*asked.split(), *recommended.split(), "prov:wasGeneratedBy"}
    assert [name for name in RAI if not croissant.get(f"rai:{name}")] == []
    assert croissant["conformsTo"][0] == "http://mlcommons.org/croissant/1.1"
    assert croissant["datePublished"] == "2025-05-01T12:00:00Z"
    assert "rule incise, version 3" in croissant["rai:machineAnnotationTools"]
    sentences = next(one for one in croissant["recordSet"] if one["@id"] == "sentences")
    decision = next(one for one in sentences["field"] if one["@id"] == "sentences/decision")
    assert decision["dataType"] == ["sc:Text", "cr:Label"]


def test_croissant_has_size_and_hash_of_each_file(release: Path) -> None:
    croissant = json.loads(read(release, "croissant.json"))
    files = [one for one in croissant["distribution"] if one["@type"] == "cr:FileObject"]

    for file in files:
        content = (release / file["contentUrl"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["contentSize"] == f"{len(content)} B"
    described = {file["contentUrl"] for file in files}
    assert {"README.md", "snapshot.jsonl", "data/claims/test.parquet", "losses.json"} <= described


def test_the_head_of_the_card_has_the_types_of_the_files(release: Path) -> None:
    from datasets import Features  # noqa: PLC0415  # slow to import
    from pyarrow.parquet import read_schema  # noqa: PLC0415

    head = head_of(read(release, "README.md"))

    assert [one["config_name"] for one in head["configs"]] == list(CONFIGS)
    assert head["language"] == ["fr"]
    assert head["license"] == "cc-by-4.0"
    assert head["size_categories"] == ["n<1K"]
    for config, described in zip(head["configs"], head["dataset_info"], strict=True):
        [file] = config["data_files"]
        assert file["path"] == f"data/{config['config_name']}/{file['split']}.parquet"
        count = len(rows(release, config["config_name"]))
        (split,) = described["splits"]
        assert (split["name"], split["num_examples"]) == (file["split"], count)
        assert (split["num_bytes"] > 0) is (count > 0)
        features = Features.from_arrow_schema(read_schema(release / file["path"]))
        assert described["features"] == features._to_yaml_list()


def test_snippets_work_as_printed_and_every_config_loads(release: Path) -> None:
    snippets = re.findall(r"```python\n(.*?)```", read(release, "README.md"), re.DOTALL)
    loads = [f"load_dataset('demo/1.1.0', '{one}')" for one in CONFIGS]
    program = "\n".join([*snippets, "assert len(claims) == 6 and len(sentences) == 14", *loads])
    folder = release.parents[1]

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "HF_HOME": str(folder / "home"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert len(snippets) == 4
    assert done.returncode == 0, done.stderr
    assert "Ignoring" not in done.stderr  # so `datasets` says of a head that it does not like


def test_other_machines_write_the_same_bytes(release: Path) -> None:
    other = release.parents[1] / "other"
    program = (
        "import sys; from pathlib import Path; from workbench.datasets.releasing import *;"
        "write_release(Path(sys.argv[1]), Path(sys.argv[2]), on_progress=lambda *_: None)"
    )
    other.mkdir()

    subprocess.run(
        [sys.executable, "-c", program, str(release / "snapshot.jsonl"), str(other)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"},
        check=True,
    )

    names = [path.relative_to(release) for path in release.rglob("*") if path.is_file()]
    assert [
        one for one in names if (release / one).read_bytes() != (other / one).read_bytes()
    ] == []


def test_every_link_and_picture_of_the_card_is_there(release: Path) -> None:
    for text in ("README.md", "DATASTATEMENT.md"):
        tokens = parse(read(release, text))
        children = [child for token in tokens for child in token.children or ()]
        targets = [child.attrGet("href") or child.attrGet("src") for child in children]
        local = [str(one) for one in targets if one and not str(one).startswith(("http", "#"))]
        assert [one for one in local if not (release / one).exists()] == []


def test_the_data_statement_has_its_sections(release: Path) -> None:
    statement = read(release, "DATASTATEMENT.md")

    heads = re.findall(r"^## ([A-I])\. ", statement, re.MULTILINE)
    assert "".join(heads) == "ABCDEFGHI"
    for part in ("Motivation", "Composition", "Collection process", "Uses", "Maintenance"):
        assert f"## {part}" in statement
    assert "Two articles invented for tests." in statement
    assert "Deux articles inventés pour l’essai." in statement


def test_citations_say_version_and_day(release: Path) -> None:
    cff = yaml.safe_load(read(release, "CITATION.cff"))

    jsonschema.validate(cff, CFF)
    assert (cff["version"], cff["date-released"]) == ("1.1.0", "2025-05-01")
    [bibtex] = re.findall(r"```bibtex\n(.*?)```", read(release, "README.md"), re.DOTALL)
    assert bibtex.startswith("@misc{demo-1.1.0,\n")
    assert "year = {2025}" in bibtex
    assert bibtex.count("{") == bibtex.count("}")


def test_the_documents_are_as_their_schemas_say(release: Path) -> None:
    for name, schema in (("losses", "losses"), ("agreement", "agreement-report")):
        document = json.loads((SCHEMAS / f"{schema}.v1.schema.json").read_text())
        jsonschema.validate(json.loads(read(release, f"{name}.json")), document)


def test_pictures_are_files_of_their_own_with_words(release: Path) -> None:
    for name in ("agreement", "coverage"):
        picture = read(release, f"pictures/{name}.svg")
        assert re.match(r'<svg xmlns="[^"]+" role="img".* style="background:#fff', picture)
        assert "<title" in picture
        assert "<desc" in picture


def _empty(lines: list[JsonObject]) -> list[JsonObject]:
    kept = [line for line in lines if line["type"] in {"release", "scheme", "guideline"}]
    bare = {"creators": [], "url": None, "contact": None, "texts": {}, "left_out": {}}
    agreement: Any = lines[-1]
    document = {**agreement["document"], "annotators": [], "figures": [], "pairs": []}
    return [{**kept[0], **bare}, *kept[1:], {**agreement, "document": document}]


def _one_annotator(lines: list[JsonObject]) -> list[JsonObject]:
    changed: list[Any] = [*lines]
    for line in changed:
        if line["type"] == "sentence":
            line["answers"] = line["answers"][:1]
            line["soft"] = None
    changed[-1]["document"] |= {"annotators": [], "figures": [], "pairs": []}
    return changed


def _stand_off(lines: list[JsonObject]) -> list[JsonObject]:
    hidden: JsonObject = {"text_allowed": False, "text": None, "outlet": None, "rights": None}
    changed = [{**line, **hidden} if line["type"] == "article" else line for line in lines]
    return [{**changed[0], "text": "stand-off"}, *changed[1:]]


def _arms(lines: list[JsonObject]) -> list[JsonObject]:
    changed: list[Any] = [*lines]
    report = changed[-1]["document"]
    shown = {**report["figures"][0], "low": 0.4, "high": 0.8, "no_interval": None}
    difference = {"value": 0.1, "undefined": None, "low": -0.1, "high": 0.3, "no_interval": None}
    both = {"shown": shown, "withheld": {**shown, "value": 0.5}, "difference": difference}
    taken = {**both, "shown": {**shown, "name": "first_words", "measure": "share_of_suggestions"}}
    report["arms"] = {
        "sentences": {"shown": 5, "withheld": 4, "neither": 1},
        "figures": [both],
        "suggestions": [taken],
    }
    figure = {**shown, "name": "verdict_class"}
    report["verdicts"] = {"people": 2, "statements": 3, "figure": figure}
    return changed


def _hostile(lines: list[JsonObject]) -> list[JsonObject]:
    changed: list[Any] = [*lines]
    changed[0] |= {
        "title": {"en": HOSTILE, "fr": HOSTILE},
        "texts": {"collection": {"en": HOSTILE, "fr": ""}, "uses": {"en": HOSTILE, "fr": HOSTILE}},
        "creators": [{"name": HOSTILE, "url": "https://x.example/a b)>"}],
        "licence": "LicenseRef-Ours",
        "contact": HOSTILE,
    }
    for line in changed:
        if line["type"] == "article":
            line |= {"outlet": HOSTILE, "rights": HOSTILE, "title": HOSTILE}
        if line["type"] == "speaker":
            line["name"] = HOSTILE
    return changed


CASES = {
    "empty": (_empty, "Nothing can be compared: no article was finished by two annotators."),
    "one annotator": (_one_annotator, "Below 30 articles a fixed test set is therefore not"),
    "stand-off": (_stand_off, "| texts | here only as offsets, hashes and extracts of at most 80"),
    "arms": (_arms, "| first answer: same words | 0.62 | 0.50 | 0.10 | -0.10 to 0.30 | 9 | 9 |"),
    "hostile": (_hostile, "LicenseRef-Ours"),
}


@pytest.mark.parametrize(("change", "words"), CASES.values(), ids=CASES)
def test_every_snapshot_has_whole_texts(
    change: Callable[[list[JsonObject]], list[JsonObject]],
    words: str,
    release: Path,
    tmp_path: Path,
) -> None:
    other = build(tmp_path / "release", change(first_lines(frozen_test=NOTHING_FROZEN)))

    for name in ("README.md", "DATASTATEMENT.md"):
        tokens = parse(read(other, name))
        children = [child for token in tokens for child in token.children or ()]
        links = [str(child.attrGet("href")) for child in children if child.type == "link_open"]
        assert headings(tokens)[1:] == headings(parse(read(release, name)))[1:]
        assert not [one for one in (*tokens, *children) if one.type.startswith("html")]
        assert not [one for one in links if "evil" in one or "javascript" in one]
        assert "\u202e" not in read(other, name)
    assert words in read(other, "README.md").replace("\\", "")
    for config in head_of(read(other, "README.md"))["configs"]:
        assert rows(other, config["config_name"])
        assert [file["split"] for file in config["data_files"]] == ["full"]
    jsonschema.validate(yaml.safe_load(read(other, "CITATION.cff")), CFF)
    assert all((other / name).stat().st_size for name in TEXTS)
