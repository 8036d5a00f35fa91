"""The only place that asks what time it is."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Tell the present moment, in UTC and aware of it."""
    return datetime.now(UTC)
