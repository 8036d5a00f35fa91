"""The promises of this code base that a machine can check."""

import ast
import dataclasses
import itertools
import json
import re
import socket
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from hypothesis import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import command_line
from workbench.errors import WorkbenchError
from workbench.settings import Settings

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(path.parent for path in (ROOT / "workbench").rglob("__init__.py"))
SCHEMAS = sorted((ROOT / "schemas").glob("*.schema.json"))
REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "deb.debian" + ".org", "npmjs" + ".org")
MACHINE_PATH = re.compile(r"(?<![\w./-])/(work|root|home/\w+|Users/\w+)/")


def subclasses(kind: type[WorkbenchError]) -> Iterator[type[WorkbenchError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from subclasses(narrower)


ERRORS = list(subclasses(WorkbenchError))


def committed_texts() -> Iterator[tuple[Path, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b"\0"
        if b"\0" not in content:
            yield Path(name), content.decode(errors="replace")


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_each_error_has_a_code_a_status_and_an_exit_code(kind: type[WorkbenchError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
    assert 400 <= kind.status < 600
    assert kind.exit_code in {1, 2}


def test_no_two_errors_share_a_code() -> None:
    assert max(Counter(kind.code for kind in ERRORS).values()) == 1


def test_each_setting_is_documented_with_its_default() -> None:
    rows = re.findall(
        r"^\| `WORKBENCH_(\w+)` \| (?:`(.*?)`)? ?\|", (ROOT / "docs/settings.md").read_text(), re.M
    )

    documented = {name.lower(): default for name, default in rows}

    assert documented == {
        field.name: str(int(field.default)) if field.type is bool else str(field.default)
        for field in dataclasses.fields(Settings)
    }


def test_the_page_of_commands_says_what_the_program_says() -> None:
    assert (ROOT / "docs/command-line.md").read_text() == command_line.page()


def test_each_link_between_pages_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]

    assert broken == []


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_each_schema_is_valid_and_documented(path: Path) -> None:
    schema = json.loads(path.read_text())

    jsonschema.Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert any(path.name in page.read_text() for page in (ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize(
    ("seed", "name"),
    [
        ("claims.v1.json", "label-scheme.v1.schema.json"),
        ("registers.json", "registers.v1.schema.json"),
        ("invented/registers.json", "registers.v1.schema.json"),
    ],
)
def test_each_seed_is_valid(seed: str, name: str) -> None:
    schema = json.loads((ROOT / "schemas" / name).read_text())

    jsonschema.validate(json.loads((ROOT / "seeds" / seed).read_text()), schema)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_module_opens_with_what_it_is_for(package: Path) -> None:
    for module in package.glob("*.py"):
        assert ast.get_docstring(ast.parse(module.read_text())), module


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_no_committed_text_names_a_registry_or_a_place_on_a_machine() -> None:
    found = [
        f"{name}: {wrong}"
        for name, text in committed_texts()
        for wrong in itertools.chain(
            (host for host in REGISTRIES if host in text),
            (match.group() for match in MACHINE_PATH.finditer(text)),
        )
    ]

    assert found == []


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        ("requirements.lock", ["build"]),
        ("requirements-dev.lock", ["build", "dev"]),
        ("requirements-bench.lock", ["build", "bench"]),
    ],
)
def test_the_lock_satisfies_what_the_project_asks_for(lock: str, groups: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"]]
    for group in groups:
        asked += [line for line in project["dependency-groups"][group] if isinstance(line, str)]
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(), re.M))

    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)])


def test_tests_cannot_reach_the_internet() -> None:
    with pytest.raises(PermissionError):
        socket.create_connection(("192.0.2.1", 443))


def test_how_long_an_example_takes_is_no_failure() -> None:
    assert settings.default.deadline is None
