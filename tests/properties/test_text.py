"""Any text that can be stored comes through decoding, reading and zones as it was written."""

import json

from hypothesis import given
from hypothesis import strategies as st

from workbench.corpus.readers import read_file
from workbench.corpus.segmentation import segment
from workbench.corpus.text import decode, hidden_characters, normalise
from workbench.corpus.zones import Zone, mark_zones
from workbench.errors import WorkbenchError

ODD = st.sampled_from(
    [
        "\r\n",
        "\r",
        "\n\n",
        "\u00a0",
        "\u202f",
        "\u202e",
        "\ufeff",
        "👩‍👩‍👧",
        "e\u0301",
        "« ",
        "©",
        " : ",
    ]
)
WORDS = st.sampled_from(
    ["Partager :", "REUTERS - Dado Ruvic", "► GLOSSAIRE", "Meta, kézako ?", "date 2023-12 ", "Le"]
)
TEXTS = (
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | ODD | WORDS
    )
    .map("".join)
    .filter(lambda text: text.removeprefix("\ufeff").strip())
)


def as_read(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


@given(TEXTS)
def test_each_encoding_of_a_text_gives_the_same_text(text: str) -> None:
    marked = "\ufeff" + text.removeprefix("\ufeff")

    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert decode(marked.encode(encoding), name="a.txt") == as_read(text)


@given(TEXTS)
def test_a_text_in_the_form_of_an_edition_stays_as_it_is(text: str) -> None:
    once = normalise(text, "a")

    assert once == as_read(text)
    assert normalise("\ufeff" + once, "a") == once


@given(TEXTS)
def test_a_json_line_and_a_text_file_give_the_same_text(text: str) -> None:
    line = json.dumps({"text": text}).encode()

    [source] = read_file("a.jsonl", line)

    assert source.text == as_read(text)


@given(st.binary(max_size=200), st.sampled_from(["a.txt", "a.md", "a.jsonl", "a.csv", "a.html"]))
def test_any_bytes_are_read_or_refused_in_one_sentence(data: bytes, name: str) -> None:
    said = refusal(name, data) or name

    assert name in said
    assert "\n" not in said


def refusal(name: str, data: bytes) -> str | None:
    try:
        read_file(name, data)
    except WorkbenchError as error:
        return str(error)
    return None


@given(TEXTS)
def test_each_sentence_has_one_zone(text: str) -> None:
    text = as_read(text)
    sentences = segment(text)

    zones = mark_zones(text, sentences)

    assert len(zones) == len(sentences)
    assert set(zones) <= set(Zone)


@given(TEXTS)
def test_a_hidden_character_stands_where_it_is_said_to_stand(text: str) -> None:
    for hidden in hidden_characters(text):
        assert text[hidden.position] == hidden.character
