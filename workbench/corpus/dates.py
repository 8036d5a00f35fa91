"""Read publication dates as far as they are known: EDTF dates of levels 0 and 1, and intervals."""

import re
from calendar import monthrange
from datetime import date

from workbench.errors import InvalidInputError

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?[?~%]?", re.ASCII)
_LEADING = re.compile(r"\s*(date (\d{4}(?:-\d\d){0,2}))(?=\s)")


def check_edtf(text: str) -> str:
    """Return ``text`` if it is a date such as ``2023-12``, ``2023?`` or ``2023-12/2024-01``.

    A year, a month or a day of the calendar, each with ``?`` (uncertain), ``~`` (approximate) or
    ``%`` (both), or two of them as an interval.
    """
    first, slash, last = text.partition("/")
    last = last if slash else first
    if _earliest_day(first) is None or _earliest_day(last) is None:
        raise InvalidInputError(
            "%(date)s is not a date: write 2023, 2023-12 or 2023-12-05, with ?, ~ or %% "
            "where it is uncertain, or two of them with / between.",
            date=text[:40],
        )
    known = min(len(first.rstrip("?~%")), len(last.rstrip("?~%")))
    if last[:known] < first[:known]:
        raise InvalidInputError(
            "%(date)s ends before it begins: write the earlier date first.", date=text
        )
    return text


def sort_key(edtf: str) -> str:
    """Return the earliest day the date may mean, as ``YYYY-MM-DD``."""
    return str(_earliest_day(check_edtf(edtf).split("/")[0]))


def day_range(edtf: str) -> tuple[date, date]:
    """Return the earliest and the latest day that the date may mean: of a month its two ends."""
    first, _, last = check_edtf(edtf).partition("/")
    years = [int(part) for part in (last or first).rstrip("?~%").split("-")]
    year, month, day = (*years, *(12, 31)[len(years) - 1 :])
    return (
        date.fromisoformat(sort_key(first)),
        date(year, month, min(day, monthrange(year, month)[1])),
    )


def leading_date(text: str) -> tuple[str, int, int] | None:
    """Return the date of a marker such as `` date 2023-12 `` at the text's start, and its range."""
    marker = _LEADING.match(text)
    if marker is None or _earliest_day(marker[2]) is None:
        return None
    return marker[2], marker.start(1), marker.end(1)


def _earliest_day(text: str) -> date | None:
    if not (parts := _DATE.fullmatch(text)):
        return None
    try:
        return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
    except ValueError:
        return None
