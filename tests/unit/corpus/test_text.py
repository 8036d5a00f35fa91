import pytest

from workbench.corpus.text import (
    MAX_ARTICLE_CHARACTERS,
    MAX_FILE_BYTES,
    check_article_length,
    decode,
    hidden_characters,
    normalise,
)
from workbench.errors import InvalidInputError, UnreadableFileError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_encoding_that_says_what_it_is_gives_its_text(encoding: str) -> None:
    assert decode("L’« été »\u202f! 👍".encode(encoding), name="a.txt") == "L’« été »\u202f! 👍"


def test_big_endian_utf_16_is_told_by_its_mark() -> None:
    assert decode(b"\xfe\xff" + "été".encode("utf-16-be"), name="a.txt") == "été"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a\r\r\n\nb", "a\n\n\nb"),
        (" a \n", " a \n"),
        ("e\u0301 é \u00a0\u202f\u2028", "e\u0301 é \u00a0\u202f\u2028"),
        ("\ufeffa\ufeff", "a\ufeff"),
    ],
)
def test_only_line_ends_and_the_first_mark_change(written: str, read: str) -> None:
    assert decode(written.encode(), name="a.txt") == read
    assert normalise(written, "a.jsonl line 1") == read


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"un\ndeux\r\ncaf\xe9", "a.txt is not UTF-8: 0xE9 stands at byte 12 (line 3)"),
        (b"\xef\xbb\xbfa\n\x80", "0x80 stands at byte 5 (line 2)"),
        (b"fin \xc3", "0xC3 stands at byte 4 (line 1)"),
        (b"a\xed\xa0\x80b", "lone surrogate or a last byte too few, at byte 1 (line 1)"),
        (b"\xff\xfea\x00\x00\xd8b\x00", "lone surrogate or a last byte too few, at byte 4"),
        (b"\xff\xfea\x00b", "last byte too few, at byte 4 (line 1)"),
        (b"un\nde\x00ux", "a.txt has a NUL character at byte 5 (line 2)"),
        ("un\ndeux".encode("utf-16-le"), "NUL character at byte 1 (line 1): remove it, or save"),
        ("u\n\0".encode("utf-16"), "NUL character at byte 6 (line 2)"),
        ("texte".encode("utf-32"), "a.txt looks like a UTF-32 file"),
        (b"PK\x03\x04\x14\x00", "a.txt looks like a ZIP (.docx, .odt, .epub …) file"),
        (b"%PDF-1.7\n", "a.txt looks like a PDF file: save its text as UTF-8"),
        (b"\x1f\x8b\x08\x00", "a.txt looks like a gzip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a.txt looks like a Word or Excel 97 file"),
        (b"{\\rtf1 ", "a.txt looks like a RTF file"),
        (b"", "a.txt is empty: it should have a text"),
        (b"\xef\xbb\xbf \r\n\t", "a.txt is empty"),
    ],
)
def test_other_bytes_are_refused_with_their_place(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        decode(data, name="a.txt")

    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("un\nde\0ux", "a.csv line 2 has U+0000, a NUL or lone surrogate, at character 5 (line 2)"),
        ("un \ud83d deux", "a.csv line 2 has U+D83D, a NUL or lone surrogate, at character 3"),
        ("", "a.csv line 2 is empty"),
        ("\ufeff\u00a0\n", "a.csv line 2 is empty"),
    ],
)
def test_a_string_that_no_file_could_hold_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        normalise(text, "a.csv line 2")

    assert message in str(refusal.value)


def test_what_is_too_long_is_refused_with_both_lengths() -> None:
    with pytest.raises(UnreadableFileError, match=r"67108865 bytes .* 67108864: split it"):
        decode(b"a" * (MAX_FILE_BYTES + 1), name="a.txt")
    with pytest.raises(InvalidInputError, match=r"2000001 characters .* 2000000: split it"):
        check_article_length("a" * (MAX_ARTICLE_CHARACTERS + 1), "a.txt")


def test_hidden_characters_are_kept_and_listed_with_their_kind() -> None:
    text = "a\u202eb\u200bc\U000e0041d\ufe0f é"

    found = [(hidden.position, hidden.character, hidden.kind) for hidden in hidden_characters(text)]

    assert found == [
        (1, "\u202e", "bidi"),
        (3, "\u200b", "zero-width"),
        (5, "\U000e0041", "tag"),
    ]
