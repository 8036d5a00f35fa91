"""Verdict scales: the words a project judges in, each mapped to one of the four classes.

The document is checked against ``schemas/verdict-scale.v1.schema.json`` first, then for what a
schema cannot say. Ids are permanent: one that was ever used keeps its class, and one that was
retired comes back with its own words only. A project without a scale of its own has the default
one; the first verdict installs it.
"""

import json
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.canonical import Json, JsonObject, content_hash
from workbench.documents import find_flaw
from workbench.errors import InvalidInputError, StaleRevisionError
from workbench.factcheck.rules import Rating
from workbench.factcheck.tables import VerdictScaleRevision
from workbench.resources import resource_folder
from workbench.storage.database import share_project

Words = Mapping[str, str]
DEFAULT = "verdict-scale.v1.json"
LANGUAGES = ("en", "fr")


class ShownAs(StrEnum):
    """What a reader sees first of a verdict: the stamp."""

    VERIFIED = "verified"
    DISPUTED = "disputed"
    UNPROVEN = "unproven"


SHOWN_AS: Mapping[Rating, ShownAs] = MappingProxyType(
    {
        Rating.SUPPORTED: ShownAs.VERIFIED,
        Rating.REFUTED: ShownAs.DISPUTED,
        Rating.CONFLICTING: ShownAs.DISPUTED,
        Rating.NOT_ENOUGH_EVIDENCE: ShownAs.UNPROVEN,
    }
)


@dataclass(frozen=True)
class ScaleValue:
    """One verdict that can be given.

    ``words`` are the desk's, ``alternate_name`` the readers'; ``rating_value`` is null where no
    number says it.
    """

    id: str
    words: Words
    help: Words
    rating: Rating
    alternate_name: Words
    rating_value: int | None

    @property
    def shown_as(self) -> ShownAs:
        """The stamp that it gets."""
        return SHOWN_AS[self.rating]


@dataclass(frozen=True)
class Scale:
    """A verdict scale, read; ``document`` is what it was read from."""

    id: str
    words: Words
    worst_rating: int
    best_rating: int
    values: Mapping[str, ScaleValue]
    document: JsonObject


@dataclass(frozen=True)
class NumberedScale:
    """A scale as a revision of a project's; ``row`` is none of the default not yet installed."""

    row: int | None
    number: int
    scale: Scale
    created_at: datetime | None = None

    def value(self, name: str) -> ScaleValue:
        """Return one of its verdicts; ``InvalidInputError`` for any other word."""
        found = self.scale.values.get(name)
        if found is None:
            raise InvalidInputError(
                "The verdict “%(name)s” is none of the project’s scale.", name=name[:64]
            )
        return found


def parse_scale(document: Json) -> Scale:
    """Read a verdict scale; ``InvalidInputError`` says what is wrong first, and where."""
    error = find_flaw("verdict-scale.v1", document)
    if error is not None:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path)
        what = textwrap.shorten(error.message, 300, placeholder=" …")
        raise InvalidInputError(f"Verdict scale, at {place.lstrip('.') or 'its top'}: {what}.")
    checked = cast(JsonObject, document)
    values = [_read_value(entry) for entry in cast(list[JsonObject], checked["values"])]
    scale = Scale(
        id=str(checked["id"]),
        words=_words(checked["words"]),
        worst_rating=cast(int, checked["worst_rating"]),
        best_rating=cast(int, checked["best_rating"]),
        values={value.id: value for value in values},
        document=checked,
    )
    for problem in _problems(scale, values, checked):
        raise problem
    return scale


def compare_scales(new: Scale, earlier: Sequence[Scale]) -> None:
    """Refuse a scale that gives an id of an earlier one, the newest last, another meaning."""
    for before in earlier:
        for name, value in before.values.items():
            now = new.values.get(name)
            if now and now.rating is not value.rating:
                raise InvalidInputError(
                    "The verdict %(name)s is of the class %(rating)s for ever; give the new verdict"
                    " a new id.",
                    name=name,
                    rating=value.rating.value,
                )
            is_back = now and name not in earlier[-1].values
            if now and is_back and now.words != value.words:
                raise InvalidInputError(
                    "The id of the retired verdict %(name)s cannot be used again for another one.",
                    name=name,
                )


@cache
def default_scale() -> Scale:
    """Return the verdict scale that comes with the program."""
    return parse_scale(json.loads((resource_folder("seeds") / DEFAULT).read_text()))


def read_scale(session: Session, *, project_id: int) -> NumberedScale:
    """Return the project's newest scale: the default one as number 1 before there is any."""
    row = session.scalar(
        select(VerdictScaleRevision)
        .where(VerdictScaleRevision.project_id == project_id)
        .order_by(VerdictScaleRevision.number.desc())
        .limit(1)
    )
    return _numbered(row) if row else NumberedScale(None, 1, default_scale())


def list_scales(session: Session, *, project_id: int) -> list[NumberedScale]:
    """List all scales that the project has had, the newest first."""
    rows = session.scalars(
        select(VerdictScaleRevision)
        .where(VerdictScaleRevision.project_id == project_id)
        .order_by(VerdictScaleRevision.number.desc())
    )
    return [_numbered(row) for row in rows] or [NumberedScale(None, 1, default_scale())]


def find_scales(session: Session, *, rows: Collection[int]) -> dict[int, NumberedScale]:
    """Return the scales of these rows: those that verdicts were given by."""
    if not rows:
        return {}
    found = session.scalars(
        select(VerdictScaleRevision).where(VerdictScaleRevision.id.in_(set(rows)))
    )
    return {row.id: _numbered(row) for row in found}


def install_scale(session: Session, *, project_id: int, now: datetime) -> NumberedScale:
    """Return the project's newest scale, installing the default one where there is none."""
    found = read_scale(session, project_id=project_id)
    if found.row is not None:
        return found
    return _add(session, project_id, 1, default_scale(), by=None, now=now)


def record_scale(
    session: Session,
    *,
    project_id: int,
    document: Json,
    by: int | None,
    now: datetime,
    base: int | None = None,
) -> NumberedScale:
    """Make a document the project's newest scale; the same one again changes nothing.

    Verdicts keep the scale they were given by. Raises ``StaleRevisionError`` when ``base``, the
    number of the scale it was changed from, is no longer the newest.
    """
    scale = parse_scale(document)
    share_project(session, project_id)
    newest = install_scale(session, project_id=project_id, now=now)
    if base is not None and base != newest.number:
        error = StaleRevisionError(
            "The verdict scale was changed elsewhere meanwhile: it is at revision %(number)s. Make"
            " your change to that one.",
            number=newest.number,
        )
        error.extra = {"newest": {"number": newest.number}}
        raise error
    if content_hash(newest.scale.document) == content_hash(document):
        return newest
    earlier = [one.scale for one in reversed(list_scales(session, project_id=project_id))]
    compare_scales(scale, earlier)
    return _add(session, project_id, newest.number + 1, scale, by=by, now=now)


def _add(
    session: Session, project_id: int, number: int, scale: Scale, *, by: int | None, now: datetime
) -> NumberedScale:
    row = VerdictScaleRevision(
        project_id=project_id,
        number=number,
        document=scale.document,
        sha256=content_hash(scale.document),
        created_by=by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    record_event(
        session,
        "record_verdict_scale",
        f"verdict scale {number}",
        project_id=project_id,
        by=by,
        now=now,
    )
    return _numbered(row)


def _numbered(row: VerdictScaleRevision) -> NumberedScale:
    return NumberedScale(row.id, row.number, parse_scale(row.document), row.created_at)


def _problems(
    scale: Scale, values: Sequence[ScaleValue], document: JsonObject
) -> Iterator[InvalidInputError]:
    if len(scale.values) < len(values):
        names = [value.id for value in values]
        doubled = next(name for name in names if names.count(name) > 1)
        yield InvalidInputError("Verdict scale: the id %(name)s occurs twice.", name=doubled)
    if scale.worst_rating >= scale.best_rating:
        yield InvalidInputError("Verdict scale: worst_rating must be less than best_rating.")
    for rating in Rating:
        if not any(value.rating is rating for value in values):
            yield InvalidInputError(
                "Verdict scale: no verdict is of the class %(rating)s; every class needs one.",
                rating=rating.value,
            )
    for value, entry in zip(values, cast(list[JsonObject], document["values"]), strict=True):
        if entry["shown_as"] != value.shown_as:
            yield InvalidInputError(
                "Verdict scale: %(name)s is of the class %(rating)s and so is shown as %(shown)s.",
                name=value.id,
                rating=value.rating.value,
                shown=value.shown_as.value,
            )
        yield from _number_problems(scale, value)
    yield from _order_problems(values)


def _number_problems(scale: Scale, value: ScaleValue) -> Iterator[InvalidInputError]:
    is_without = value.rating is Rating.NOT_ENOUGH_EVIDENCE
    if is_without is not (value.rating_value is None):
        yield InvalidInputError(
            "Verdict scale: a verdict has a rating_value unless it is of the class"
            " not_enough_evidence, which has null; look at %(name)s.",
            name=value.id,
        )
    elif value.rating_value is not None and not (
        scale.worst_rating <= value.rating_value <= scale.best_rating
    ):
        yield InvalidInputError(
            "Verdict scale: the rating_value of %(name)s lies outside %(worst)s to %(best)s.",
            name=value.id,
            worst=scale.worst_rating,
            best=scale.best_rating,
        )


def _order_problems(values: Sequence[ScaleValue]) -> Iterator[InvalidInputError]:
    """Numbers rise with truth: refuted, conflicting, supported."""
    ranks = (Rating.REFUTED, Rating.CONFLICTING, Rating.SUPPORTED)
    numbered = [one for one in values if one.rating_value is not None]
    for one in numbered:
        for other in numbered:
            if ranks.index(one.rating) < ranks.index(other.rating) and (
                (one.rating_value or 0) >= (other.rating_value or 0)
            ):
                yield InvalidInputError(
                    "Verdict scale: %(less)s is less true than %(more)s and needs a lower"
                    " rating_value.",
                    less=one.id,
                    more=other.id,
                )


def _read_value(entry: JsonObject) -> ScaleValue:
    words = _words(entry["words"])
    number = entry["rating_value"]
    return ScaleValue(
        id=str(entry["id"]),
        words=words,
        help=_words(entry["help"]) if "help" in entry else dict.fromkeys(LANGUAGES, ""),
        rating=Rating(str(entry["rating"])),
        alternate_name=_words(entry["alternate_name"]),
        rating_value=number if isinstance(number, int) else None,
    )


def _words(entry: Json) -> Words:
    return cast(dict[str, str], entry)
