"""Register files and proposals, and entries that were merged into others."""

import copy
import json

import pytest

from workbench.canonical import JsonObject
from workbench.errors import InvalidInputError
from workbench.labelling.registers import SpeakerEntry, find_redirects, parse_registers
from workbench.resources import resource_folder

SEED: JsonObject = json.loads((resource_folder("seeds") / "registers.json").read_text())


def entry(name: str, merged_into: str | None = None) -> SpeakerEntry:
    return SpeakerEntry(0, name, name, "person", True, (), (), False, merged_into)


def test_the_seeds_are_a_register_file() -> None:
    entries = parse_registers(SEED)

    assert (len(entries["speakers"]), len(entries["targets"])) == (37, 13)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("format",), "registers.v2", "format"),
        (("speakers", 0, "id"), "Meta", "speakers\\[0\\].id"),
        (("speakers", 0, "kind"), "company", "kind"),
        (("speakers", 0, "shoe_size"), 46, "shoe_size"),
        (("speakers", 1, "employer"), "nobody", "names nobody, who is no speaker"),
        (("speakers", 1, "id"), "meta", "two speakers have the id meta"),
        (("speakers", 0, "id"), "meta\n", "is no id"),
        (("speakers", 0, "name"), "Me\0ta", "NUL"),
        (("targets", 0, "aliases", 0), "\ud800", "lone surrogate"),
        (("speakers", 0, "id"), "author", "the id author is reserved"),
        (("targets", 0, "label"), {}, "label"),
        (("targets", 6, "speaker"), "nobody", "names nobody"),
    ],
)
def test_a_file_that_is_not_right_is_refused(
    path: tuple[str | int, ...], value: object, problem: str
) -> None:
    document = copy.deepcopy(SEED)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(InvalidInputError, match=problem):
        parse_registers(document)


@pytest.mark.parametrize("document", [None, [], {}, {"format": "registers.v1"}])
def test_what_is_no_register_file_is_refused(document: JsonObject) -> None:
    with pytest.raises(InvalidInputError):
        parse_registers(document)


def test_a_merge_is_followed_to_its_end() -> None:
    entries = [entry("a", "b"), entry("b", "c"), entry("c"), entry("d")]

    assert find_redirects(entries) == {"a": "c", "b": "c"}


def test_a_merge_in_a_circle_ends() -> None:
    assert find_redirects([entry("a", "b"), entry("b", "a")]).keys() == {"a", "b"}
