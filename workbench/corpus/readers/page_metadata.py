"""Take from an HTML page what it states of its article in so many words; guess nothing.

Stated is what stands in its linked data (schema.org articles), then in its meta elements.
"""

import re
from collections.abc import Iterator, Mapping

from lxml import html  # type: ignore[import-untyped]  # lxml comes without types.

from workbench.corpus.readers.records import parse_json, usable_metadata
from workbench.corpus.readers.source import Metadata
from workbench.errors import InvalidInputError

_META_NAMES = {
    "title": ("og:title", "citation_title", "dc.title", "dcterms.title"),
    "outlet": ("og:site_name", "citation_journal_title", "dc.publisher", "dcterms.publisher"),
    "author": ("author", "article:author", "citation_author", "dc.creator", "dcterms.creator"),
    "published": ("article:published_time", "date", "dc.date", "dcterms.date", "dcterms.issued"),
    "url": ("og:url",),
    "rights": ("dc.rights", "dcterms.rights", "copyright"),
}
_LINKED_DATA = {
    "title": "headline",
    "outlet": "publisher",
    "author": "author",
    "published": "datePublished",
    "rights": "copyrightNotice",
}
_DAY = re.compile(r"(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:[T ].*)?")
_ADDRESS = re.compile(r"\w+://")
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def read_page_metadata(page: html.HtmlElement) -> Metadata:
    """Return what a page states of its article; what the schema would refuse is left out."""
    stated = {**_read_meta_elements(page), **_read_linked_data(page)}
    if canonical := page.xpath("string(//link[@rel='canonical']/@href)"):
        stated["url"] = canonical
    language = page.get("lang", "")[:2].lower()
    stated = {name: _BLANKS.sub(" ", value).strip() for name, value in stated.items()}
    if day := _DAY.fullmatch(stated.get("published", "")):
        stated["published"] = day[1]
    if _ADDRESS.match(stated.get("author", "")):  # Some sites put a profile's address there.
        del stated["author"]
    return usable_metadata({**stated, "language": language})


def _read_meta_elements(page: html.HtmlElement) -> dict[str, str]:
    contents: dict[str, str] = {}
    for element in page.iter("meta"):
        name = element.get("property") or element.get("name") or ""
        if content := element.get("content"):
            contents.setdefault(name.lower(), content)
    stated = {"title": page.xpath("string(//head/title)")}
    for field, names in _META_NAMES.items():
        for name in names:
            if name in contents:
                stated[field] = contents[name]
                break
    return stated


def _read_linked_data(page: html.HtmlElement) -> dict[str, str]:
    for script in page.xpath("//script[@type='application/ld+json']"):
        try:
            value = parse_json(script.text or "", "linked data")
        except InvalidInputError:  # What cannot be read states nothing.
            continue
        for thing in _walk_things(value):
            if _is_article(thing.get("@type")):
                stated = {field: _name(thing.get(key)) for field, key in _LINKED_DATA.items()}
                return {field: value for field, value in stated.items() if value}
    return {}


def _walk_things(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        for part in value:
            yield from _walk_things(part)
    elif isinstance(value, dict):
        yield value
        yield from _walk_things(value.get("@graph"))


def _is_article(kind: object) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(str(kind).endswith(("Article", "BlogPosting")) for kind in kinds)


def _name(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_name, value)))
    if isinstance(value, dict):
        return _name(value.get("name"))
    return value if isinstance(value, str) else ""
