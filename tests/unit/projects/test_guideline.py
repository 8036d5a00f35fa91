"""The guideline's Markdown becomes safe HTML by section."""

import json
import re

import pytest

from workbench.errors import InvalidInputError
from workbench.projects.guideline import MAX_LENGTH, check_guideline, render_guideline
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

SEEDS = resource_folder("seeds")
TEXT = """# The `guide`

Before all.

## Who says it?

<!-- fields: speaker, cue -->

The *author*, unless | nobody.

### Inner

## How many?

One.
"""


def test_a_section_names_its_fields() -> None:
    guide = render_guideline(TEXT)

    assert guide.title == "The guide"
    assert guide.preface == "<p>Before all.</p>\n"
    assert [section.title for section in guide.sections] == ["Who says it?", "How many?"]
    assert [section.fields for section in guide.sections] == [("speaker", "cue"), ()]
    assert "<em>author</em>" in guide.sections[0].html
    assert "<h3>Inner</h3>" in guide.sections[0].html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://example.org/seen.png)",
        '<https://example.org/" onmouseover=alert(1)>',
        '[x](https://example.org "\\" onmouseover=alert(1)")',
        "<!-- fields: x --> <b>",
        "## <svg onload=alert(1)>",
        "## A\n\n---",
        "## A",
    ],
)
def test_nothing_in_a_guideline_runs_or_loads(attack: str) -> None:
    guide = render_guideline(attack)
    shown = guide.preface + "".join(section.html for section in guide.sections)

    for forbidden in ("<script", "<img", "<svg", "<b>", 'href="javascript', 'href="data', '" on'):
        assert forbidden not in shown


def test_french_marks_stay_with_their_words() -> None:
    guide = render_guideline(
        "## Qui dit « oui » ?\n\n| a | b |\n| :--- | ---: |\n| c ; | d : e |\n"
    )

    assert guide.sections[0].title == "Qui dit «\u00a0oui\u00a0»\u00a0?"
    assert "<table>" in guide.sections[0].html
    assert "d\u00a0: e" in guide.sections[0].html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_default_guideline_speaks_of_every_field_of_the_default_scheme(language: str) -> None:
    guide = render_guideline((SEEDS / f"guideline.{language}.md").read_text())
    scheme = parse_scheme(json.loads((SEEDS / "claims.v1.json").read_text()))
    named = [name for section in guide.sections for name in section.fields]

    assert sorted(named) == sorted(field.name for field in scheme.fields.values())


def test_the_french_guideline_has_straight_apostrophes_only_in_what_it_cites() -> None:
    text = (SEEDS / "guideline.fr.md").read_text("utf-8")

    own_words = re.sub(r"(?<!\*)\*(?!\*)[^*]+\*(?!\*)", "", text)

    assert "'" in text
    assert "'" not in own_words


@pytest.mark.parametrize("text", [" \n", "x" * (MAX_LENGTH + 1)])
def test_a_guideline_that_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="language en"):
        check_guideline({"en": text})
