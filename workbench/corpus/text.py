"""Turn bytes and strings into the text of an edition, strictly: nothing guessed, nothing replaced.

The text that comes out is what every offset refers to: LF line ends, no byte order mark, no NUL,
no lone surrogate, its Unicode form untouched.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from workbench.canonical import Json
from workbench.errors import InvalidInputError, UnreadableFileError

MAX_FILE_BYTES = 64 * 1024 * 1024
# The workspace loads an article in one piece. Two million characters are a very long novel and
# twenty times the longest reportage: whatever is longer is not one article.
MAX_ARTICLE_CHARACTERS = 2_000_000

_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"", "utf-8"),
)
_FIRST_BYTES = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"PK\x03\x04", "ZIP (.docx, .odt, .epub …)"),
    (b"PK\x05\x06", "ZIP"),
    (b"%PDF-", "PDF"),
    (b"\xd0\xcf\x11\xe0", "Word or Excel 97"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a", "RAR"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"SQLite format 3\x00", "SQLite"),
)
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def decode(data: bytes, *, name: str) -> str:
    """Return the text of UTF-8 bytes, or of UTF-16 with its mark; else refuse, naming the place."""
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableFileError(
            "%(name)s has %(size)s bytes and a file may have %(most)s: split it.",
            name=name,
            size=len(data),
            most=MAX_FILE_BYTES,
        )
    for first_bytes, kind in _FIRST_BYTES:
        if data.startswith(first_bytes):
            raise UnreadableFileError(
                "%(name)s looks like a %(kind)s file: save its text as UTF-8.",
                name=name,
                kind=kind,
            )
    mark, encoding = next(pair for pair in _ENCODINGS if data.startswith(pair[0]))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(encoding)
        raise _not_decodable(error, name, _place(before, mark, encoding)) from None
    if "\0" in text:
        raise UnreadableFileError(
            "%(name)s has a NUL character at byte %(byte)s (line %(line)s): remove it, "
            "or save the file as UTF-8 if it is UTF-16.",
            name=name,
            **_place(text[: text.index("\0")], mark, encoding),
        )
    if not text.strip():
        raise UnreadableFileError("%(name)s is empty: it should have a text.", name=name)
    return _unify_line_ends(text)


def normalise(text: str, name: str) -> str:
    """Return a text that came as a string in the form of an edition; ``name`` says where it is."""
    refuse_unstorable(text, name)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise InvalidInputError("%(name)s is empty: it should have a text.", name=name)
    return _unify_line_ends(text)


def refuse_unstorable(text: str, name: str) -> None:
    """Refuse NUL and lone surrogates, which no database or file could give back."""
    if _is_storable(text):
        return
    if found := UNSTORABLE.search(text):
        raise InvalidInputError(
            "%(name)s has U+%(code)s, a NUL or lone surrogate, at character %(position)s "
            "(line %(line)s): remove it.",
            name=name,
            code=f"{ord(found[0]):04X}",
            position=found.start(),
            line=_count_lines(text[: found.start()]),
        )


def refuse_unstorable_json(document: Json, name: str) -> None:
    """Refuse NUL and lone surrogates in all names and texts of a document."""
    waiting = [document]
    while waiting:
        match waiting.pop():
            case str(text):
                refuse_unstorable(text, name)
            case list(entries):
                waiting.extend(entries)
            case dict(fields):
                waiting.extend((*fields, *fields.values()))
            case _:
                pass


def _is_storable(text: str) -> bool:
    """Tell at the speed of an encoder what ``UNSTORABLE`` would look for letter by letter."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def check_article_length(text: str, name: str) -> None:
    """Refuse a text that is too long to be one article."""
    if len(text) > MAX_ARTICLE_CHARACTERS:
        raise InvalidInputError(
            "%(name)s has %(length)s characters and an article may have %(most)s: "
            "split it into articles.",
            name=name,
            length=len(text),
            most=MAX_ARTICLE_CHARACTERS,
        )


class HiddenKind(StrEnum):
    """What a character that nobody sees may do to a text."""

    BIDI = "bidi"
    TAG = "tag"
    ZERO_WIDTH = "zero-width"


@dataclass(frozen=True)
class HiddenCharacter:
    """A character that is kept in the text and must be shown to whoever reads it."""

    position: int
    character: str
    kind: HiddenKind


# Tags spell invisible ASCII; the supplementary variation selectors can carry bytes the same way.
_HIDDEN = re.compile(
    "(?P<bidi>[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])"
    "|(?P<tag>[\U000e0000-\U000e01ef])"
    "|(?P<zero_width>[\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff])"
)
_KINDS = {"bidi": HiddenKind.BIDI, "tag": HiddenKind.TAG, "zero_width": HiddenKind.ZERO_WIDTH}


def hidden_characters(text: str) -> list[HiddenCharacter]:
    """List bidi controls, tag characters and zero-width characters in the order of the text."""
    return [
        HiddenCharacter(found.start(), found[0], _KINDS[found.lastgroup or ""])
        for found in _HIDDEN.finditer(text)
    ]


def _unify_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _count_lines(before: str) -> int:
    return _unify_line_ends(before).count("\n") + 1


def _place(before: str, mark: bytes, encoding: str) -> dict[str, int]:
    return {"byte": len(mark) + len(before.encode(encoding)), "line": _count_lines(before)}


def _not_decodable(
    error: UnicodeDecodeError, name: str, place: dict[str, int]
) -> UnreadableFileError:
    wrong = error.object[error.start : error.start + 2]
    if error.encoding == "utf-8" and not b"\xed\xa0" <= wrong < b"\xee":
        return UnreadableFileError(
            "%(name)s is not UTF-8: 0x%(wrong)s stands at byte %(byte)s (line %(line)s); "
            "save it as UTF-8.",
            name=name,
            wrong=f"{wrong[0]:02X}",
            **place,
        )
    return UnreadableFileError(
        "%(name)s has half a character, a lone surrogate or a last byte too few, "
        "at byte %(byte)s (line %(line)s): save it as UTF-8.",
        name=name,
        **place,
    )
