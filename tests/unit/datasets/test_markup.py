"""People's words in Markdown and YAML."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from workbench.canonical import Json
from workbench.datasets.markup import (
    Markdown,
    escape_markdown,
    escape_paragraphs,
    markdown_table,
    show,
    yaml_text,
)

HOSTILE = [
    "A | B || C",
    "# Title",
    "1. First",
    "- item",
    "+ item",
    "> quote",
    "---",
    "[click](javascript:alert(1))",
    "![x](https://tracker.example/x.png)",
    "<script>alert(1)</script>",
    "<!-- gone",
    "https://evil.example and www.evil.example",
    "*bold* _em_ `code` ~~gone~~",
    "two\n\n# lines\r\nand\tmore",
    "&lt; &amp;",
    "back\\slash \\| pipe",
    "$$x$$ {{ braces }}",
]


def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_typed_stays_words(text: str) -> None:
    tokens = _reader().parse(f"{escape_markdown(text)}\n")

    kinds = {token.type for token in tokens}
    inline = [child for token in tokens for child in token.children or ()]
    assert kinds == {"paragraph_open", "inline", "paragraph_close"}
    assert {child.type for child in inline} <= {"text", "text_special"}
    assert "".join(child.content for child in inline) == " ".join(text.split())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_stays_in_its_cell(text: str) -> None:
    table = markdown_table(["title", "n"], [[text, 12345], ["other", 1]])

    tokens = _reader().parse(table)

    assert sum(token.type == "td_open" for token in tokens) == 4
    assert "12\u202f345" in table


def test_addresses_make_no_links_and_hidden_characters_are_shown() -> None:
    shown = escape_markdown("a@b.example www.x.example http://x \u202eevil\u200b")

    assert "://" not in shown
    assert "www." not in shown
    assert "@" not in shown
    assert shown.endswith("⟨U+202E⟩evil⟨U+200B⟩")


def test_paragraphs_stay_apart_and_markup_is_kept() -> None:
    assert escape_paragraphs("# one\nline\n\n\ntwo\n") == "\\# one line\n\ntwo"
    assert show(Markdown("**bold**")) == "**bold**"


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(min_size=1), one, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40)
@given(st.dictionaries(st.text(min_size=1), _values, min_size=1, max_size=4))
def test_yaml_says_what_the_value_says(value: dict[str, Json]) -> None:
    assert yaml.safe_load(yaml_text(value)) == value
