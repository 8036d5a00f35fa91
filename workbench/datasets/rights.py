"""Whether an article's text may be passed on, by what its rights say; and what may be instead.

Only wordings that plainly allow it count; whatever else is written, or nothing, does not. Texts
under a licence without commercial use or without changes may be passed on, whole and unchanged, as
a release does; whoever uses them reads the rights, which every release has beside the text.
"""

import hashlib
import re
from collections.abc import Callable

from workbench.canonical import JsonObject
from workbench.labelling.frames import Span, span_json

LONGEST_EXTRACT = 80  # code points of a text that may only be quoted

_CREATIVE_COMMONS = (
    r"(?:creative commons (?:attribution[ -]*)?|cc[ -]?)"
    r"by(?:[ -]nc)?(?:[ -](?:sa|nd))?(?:[ -][1-4]\.[05](?:[ -](?:fr|int|international))?)?"
)
# Each is the beginning of the rights; after it comes the end, or a sign that ends what was said.
_FREE = (
    _CREATIVE_COMMONS,
    r"creative commons (?:zero|attribution(?: [1-4]\.[05](?: international)?)?)",
    r"cc[ -]?0(?:[ -]1\.0(?:[ -]universal)?)?",
    r"https?://creativecommons\.org/(?:licenses/by(?:-nc)?(?:-sa|-nd)?|publicdomain/zero)"
    r"/[1-4]\.[05]/?(?:deed\.\w\w|fr/?)?",
    r"https?://creativecommons\.org/publicdomain/mark/1\.0/?(?:deed\.\w\w)?",
    r"public[ -]domain(?: mark)?(?:[ -]1\.0)?",
    r"in the public domain",
    r"(?:dans le |du |œuvre du )?domaine public",
    r"pddl(?:-1\.0)?",
    r"odc-by(?:-1\.0)?",
    r"(?:etalab|licence ouverte|open licence)(?:[ /-]*(?:open licence|etalab))?"
    r"(?:[ -]*(?:v(?:ersion)? ?)?[12]\.0)?",
    r"etalab-2\.0",
    r"ogl-uk-[123]\.0",
    r"open government licence(?: v?[123]\.0)?",
    r"apache[ -](?:license[ ,-]*)?(?:version )?2\.0",
    r"mit(?: licen[cs]e)?",
    r"gfdl(?:-1\.[123](?:-or-later|-only)?)?",
    r"unlicense",
    r"wtfpl",
)
_ALLOWS = re.compile(rf"(?:{'|'.join(_FREE)})\s*(?:$|[.,;:(\n–—])(?!\s*\?)")
# What takes back, in the same breath, what the beginning seems to give.
_DOUBT = re.compile(
    r"\?|\bsauf\b|\bexcept|\bunless\b|\bnot\b|\bpas\b|\bnon\b(?! commercial)|\bà vérifier\b"
    r"|\btbc\b|r[ée]serv|reserved|\bunknown\b|inconnu"
)


def allows_text(rights: str | None) -> bool:
    """Tell whether a text with these rights may be passed on whole.

    It may if the rights begin with the name or address of a free licence or say that it is in the
    public domain, in French or English, and take nothing of it back.
    """
    if rights is None:
        return False
    said = " ".join(rights.replace("’", "'").casefold().split())
    said = re.sub(r"^(?:sous licence|under|(?:licen[cs]e|texte|text|rights|droits) ?:) ", "", said)
    return _ALLOWS.match(said) is not None and _DOUBT.search(said) is None


def span_writer(*, is_allowed: bool) -> Callable[[Span], JsonObject]:
    """Return what writes spans of a text that may be passed on, or only quoted."""
    return _write_shown if is_allowed else _write_quoted


def write_hashed(span: Span) -> JsonObject:
    """Return a span of which not even an extract is shown."""
    return {**span_json(span), "text": None, "sha256": text_hash(span.text)}


def quote(text: str) -> str | None:
    """Return words of a text that may only be quoted, none if they are too many."""
    return text if len(text) <= LONGEST_EXTRACT else None


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, by which whoever has it finds it again."""
    return hashlib.sha256(text.encode()).hexdigest()


def _write_shown(span: Span) -> JsonObject:
    return {**span_json(span), "sha256": None}


def _write_quoted(span: Span) -> JsonObject:
    return {**span_json(span), "text": quote(span.text), "sha256": text_hash(span.text)}
