"""Names that look alike: what is proposed to be merged."""

import pytest

from workbench.labelling.similar import find_similar


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Altman", "Sam Altman"),
        ("Sam Altmann", "Sam Altman"),
        ("sam altman", "Sam Altman"),
        ("Dario Gil", "Darío Gil"),
        ("l’AI Alliance", "AI Alliance"),
        ("Hugging-Face", "Hugging Face"),
    ],
)
def test_the_same_name_written_otherwise_is_similar(name: str, other: str) -> None:
    names = {"new": [name], "old": [other], "far": ["Yann LeCun"]}

    assert find_similar(names, ["new"]) == {"new": ["old"]}


@pytest.mark.parametrize(
    ("name", "other"), [("Meta", "Metz"), ("IA", "Meta IA"), ("Le Monde", "Le Figaro"), ("?", "!")]
)
def test_other_names_are_not(name: str, other: str) -> None:
    assert find_similar({"new": [name], "old": [other]}, ["new"]) == {"new": []}


def test_the_likest_come_first_and_any_alias_counts() -> None:
    names = {
        "new": ["Zuckerberg"],
        "wife": ["Priscilla Zuckerberg"],
        "mark": ["Mark", "Zuckerberg"],
        "sister": ["Randi Zuckerberg"],
    }

    assert find_similar(names, ["new"], most=2) == {"new": ["mark", "sister"]}
