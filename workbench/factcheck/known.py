"""What is known of a claim's article and of who says it, as a verdict keeps it for its readers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from workbench.canonical import Json, JsonObject
from workbench.errors import InvalidInputError
from workbench.factcheck.claimants import claimant_of
from workbench.factcheck.claims import SeenClaim, Source
from workbench.factcheck.published import Claimant
from workbench.labelling.frames import AUTHOR
from workbench.labelling.tables import Speaker


@dataclass(frozen=True)
class Known:
    """What readers are told of where a claim stands; ``claimant`` is who made it, if known."""

    title: str
    outlet: str | None
    author: str | None
    published: str | None
    url: str | None
    language: str
    source: Source
    claimant: Claimant | None


def look_up(claim: SeenClaim, speakers: Mapping[str, Speaker]) -> Known:
    """Return what is known now."""
    passage = claim.passage
    return Known(
        title=passage.heading,
        outlet=passage.outlet,
        author=passage.author,
        published=passage.published,
        url=passage.url,
        language=passage.language,
        source=claim.source,
        claimant=claimant_of(claim, speakers),
    )


def known_json(known: Known) -> JsonObject:
    """Return it as it is stored."""
    source, claimant = known.source, known.claimant
    return {
        "title": known.title,
        "outlet": known.outlet,
        "author": known.author,
        "published": known.published,
        "url": known.url,
        "language": known.language,
        "source": {
            "id": source.id,
            "name": source.name,
            "kind": source.kind,
            "via": [*source.via],
        },
        "claimant": _claimant_json(claimant) if claimant else None,
    }


def read_known(stored: Json) -> Known | None:
    """Return what was stored; none of a verdict that was given before it was."""
    if not isinstance(stored, dict):
        return None
    source = cast(JsonObject, stored["source"])
    claimant = cast("JsonObject | None", stored["claimant"])
    return Known(
        title=str(stored["title"]),
        outlet=_text(stored["outlet"]),
        author=_text(stored["author"]),
        published=_text(stored["published"]),
        url=_text(stored["url"]),
        language=str(stored["language"]),
        source=Source(
            id=str(source["id"]),
            name=_text(source["name"]),
            kind=_text(source["kind"]),
            via=tuple(str(one) for one in cast("list[Json]", source["via"])),
        ),
        claimant=_read_claimant(claimant) if claimant else None,
    )


def as_known(claim: SeenClaim, known: Known) -> SeenClaim:
    """Return a claim with what was known of it then."""
    passage = replace(
        claim.passage,
        heading=known.title,
        outlet=known.outlet,
        author=known.author,
        published=known.published,
        url=known.url,
        language=known.language,
    )
    return replace(claim, source=known.source, passage=passage)


def tell_apart(before: Known, now: Known) -> Iterator[InvalidInputError]:
    """Say, one sentence each, what is known otherwise now."""
    article = before.title
    if now.title != before.title:
        yield InvalidInputError(
            "The article “%(article)s” is now called “%(title)s”.",
            article=article,
            title=now.title,
        )
    if now.outlet != before.outlet:
        yield InvalidInputError("The outlet of “%(article)s” was changed.", article=article)
    if now.author != before.author:
        yield InvalidInputError("The author of “%(article)s” was changed.", article=article)
    if now.published != before.published:
        yield InvalidInputError("The date of “%(article)s” was changed.", article=article)
    if now.url != before.url:
        yield InvalidInputError("The address of “%(article)s” was changed.", article=article)
    if now.language != before.language:
        yield InvalidInputError("The language of “%(article)s” was changed.", article=article)
    if before.source.id != AUTHOR and _who(now) != _who(before):
        yield InvalidInputError(
            "What the register says of who speaks in “%(article)s” was changed.", article=article
        )


def _claimant_json(claimant: Claimant) -> JsonObject:
    return {
        "name": claimant.name,
        "is_person": claimant.is_person,
        "is_named": claimant.is_named,
        "same_as": claimant.same_as,
    }


def _read_claimant(stored: JsonObject) -> Claimant:
    return Claimant(
        name=str(stored["name"]),
        is_person=bool(stored["is_person"]),
        is_named=bool(stored["is_named"]),
        same_as=_text(stored["same_as"]),
    )


def _who(known: Known) -> tuple[object, ...]:
    return known.source.name, known.source.via, known.claimant


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
