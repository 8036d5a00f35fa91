"""What surely came after a claim, and dates that cannot be."""

from datetime import UTC, date, datetime

import pytest

from workbench.errors import InvalidInputError
from workbench.factcheck.dates import check_times, earliest_day, is_later, latest_day

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("edtf", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023-12", "2023-12-01", "2023-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-12-05", "2023-12-05", "2023-12-05"),
        ("2023-11/2024-01", "2023-11-01", "2024-01-31"),
        ("2023?", "2022-01-01", "2024-12-31"),
        ("2023-12~", "2023-11-01", "2024-01-31"),
        ("2023-12-05%", "2023-12-04", "2023-12-06"),
        ("2023-01~/2023-03", "2022-12-01", "2023-03-31"),
        ("2024-02-29?", "2024-02-28", "2024-03-01"),
        ("0001?", "0001-01-01", "0002-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
        ("9999-12-31?", "9999-12-30", "9999-12-31"),
    ],
)
def test_a_date_may_mean_days(edtf: str, first: str, last: str) -> None:
    assert str(earliest_day(edtf)) == first
    assert str(latest_day(edtf)) == last


@pytest.mark.parametrize(
    ("evidence", "claim", "later"),
    [
        ("2024-07", "2023-12", True),
        ("2023-12", "2023-12", False),
        ("2023-12-31", "2023-12", False),
        ("2024-01-01", "2023-12", True),
        ("2023", "2023-01", False),
        ("2024", "2023", True),
        ("2024~", "2023", False),
        ("2024-01-01", "2023-12~", False),
        ("2023-06/2024-02", "2023-12", False),
        (None, "2023-12", False),
        ("2024-07", None, False),
    ],
)
def test_only_what_is_surely_later_is_later(
    evidence: str | None, claim: str | None, later: bool
) -> None:
    assert is_later(evidence, claim) is later


@pytest.mark.parametrize(
    ("published", "accessed"),
    [
        (None, date(2026, 11, 24)),
        ("2026-11-24", date(2026, 11, 22)),
        ("2027", date(2026, 11, 22)),
        ("2024-05-02", date(2024, 5, 1)),
    ],
)
def test_what_cannot_be_is_refused(published: str | None, accessed: date) -> None:
    with pytest.raises(InvalidInputError):
        check_times(published, accessed, NOW)


@pytest.mark.parametrize(
    ("published", "accessed"),
    [
        (None, date(2026, 11, 23)),  # It is the 23rd already, east of here.
        ("2026-11", date(2026, 11, 2)),
        ("2026", date(2026, 11, 22)),
        ("2023-12-05", date(2023, 12, 5)),
    ],
)
def test_what_can_be_is_taken(published: str | None, accessed: date) -> None:
    check_times(published, accessed, NOW)
