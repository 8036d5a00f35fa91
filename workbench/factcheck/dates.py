"""When evidence appeared beside when a claim was made: what is surely later, and what cannot be."""

from datetime import date, datetime, timedelta

from workbench.corpus.dates import check_edtf, sort_key
from workbench.errors import InvalidInputError

_MARKS = "?~%"
_YEAR, _MONTH, _DAY = 4, 7, 10  # characters of a date known so far
_EARLIEST_ZONE = timedelta(hours=14)  # where a day begins first


def earliest_day(edtf: str) -> date:
    """Return the first day that a date may mean; one that is marked may be a unit off."""
    first = check_edtf(edtf).partition("/")[0]
    day = date.fromisoformat(sort_key(first))
    return _step(day, len(first.rstrip(_MARKS)), back=True) if first[-1] in _MARKS else day


def latest_day(edtf: str) -> date:
    """Return the last day that a date may mean; one that is marked may be a unit off."""
    last = check_edtf(edtf).rpartition("/")[2]
    known = len(last.rstrip(_MARKS))
    day = date.fromisoformat(sort_key(last))
    if last[-1] in _MARKS:
        day = _step(day, known, back=False)
    return _before(_step(day, known, back=False)) if known < _DAY else day


def is_later(evidence: str | None, claim: str | None) -> bool:
    """Tell whether evidence surely appeared after the claim: what is not known is never later."""
    return bool(evidence and claim and earliest_day(evidence) > latest_day(claim))


def latest_today(now: datetime) -> date:
    """Return the day that it is where days begin first: what is later is still to come for all."""
    return (now + _EARLIEST_ZONE).date()


def check_times(published: str | None, accessed: date, now: datetime) -> None:
    """Refuse evidence of the future, and what was seen before it was there."""
    today = latest_today(now)
    if accessed > today:
        raise InvalidInputError(
            "%(date)s is still to come: give the day on which the page was read.", date=accessed
        )
    if published and earliest_day(published) > today:
        raise InvalidInputError(
            "%(date)s is still to come: give the date that the page states.", date=published
        )
    if published and earliest_day(published) > accessed:
        raise InvalidInputError(
            "The page cannot have been read on %(accessed)s and published on %(published)s: one of"
            " both dates is wrong.",
            accessed=accessed,
            published=published,
        )


def _step(day: date, known: int, *, back: bool) -> date:
    """Return the day one year, month or day on, or back; the calendar's ends hold."""
    by = -1 if back else 1
    try:
        if known == _YEAR:
            return day.replace(year=day.year + by)
        if known == _MONTH:
            months = day.year * 12 + day.month - 1 + by
            return day.replace(year=months // 12, month=months % 12 + 1)
        return day + timedelta(days=by)
    except (ValueError, OverflowError):
        return date.min if back else date.max


def _before(day: date) -> date:
    return day if day == date.max else day - timedelta(days=1)
