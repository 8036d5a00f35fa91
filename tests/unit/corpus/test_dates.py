import pytest

from workbench.corpus.dates import check_edtf, day_range, leading_date, sort_key
from workbench.errors import InvalidInputError


@pytest.mark.parametrize(
    ("date", "first_day"),
    [
        ("2023", "2023-01-01"),
        ("2023-12", "2023-12-01"),
        ("2024-02-29", "2024-02-29"),
        ("2023?", "2023-01-01"),
        ("2023-12~", "2023-12-01"),
        ("2023-12-05%", "2023-12-05"),
        ("2023-12/2024-01?", "2023-12-01"),
        ("2023-06/2023", "2023-06-01"),
    ],
)
def test_a_date_stays_as_precise_as_it_is_and_can_be_sorted(date: str, first_day: str) -> None:
    assert check_edtf(date) == date
    assert sort_key(date) == first_day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2024-02~", "2024-02-01", "2024-02-29"),
        ("2023-12-05?", "2023-12-05", "2023-12-05"),
        ("2023-12/2024-01", "2023-12-01", "2024-01-31"),
        ("2023-06/2023", "2023-06-01", "2023-12-31"),
    ],
)
def test_a_date_may_mean_any_day_that_it_leaves_open(text: str, first: str, last: str) -> None:
    assert [str(day) for day in day_range(text)] == [first, last]


@pytest.mark.parametrize(
    "date",
    [
        *("", "hier", "23", "2023-1", "2023-13", "2023-02-29", "0000", "２０２３", "2023\n"),
        *("2023??", "2023-12-05T10:00", "2023/", "/2023", "2023/2024/2025"),
        *("2024/2023", "2023-12/2023-11"),
    ],
)
def test_what_is_no_date_of_the_calendar_is_refused(date: str) -> None:
    with pytest.raises(InvalidInputError, match=r"is not a date|ends before it begins"):
        check_edtf(date)


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        (" date 2023-12 Le débat autour", ("2023-12", 1, 13)),
        ("date 2024-07-23\nLe PDG", ("2024-07-23", 0, 15)),
        ("date 2024 Le PDG", ("2024", 0, 9)),
        ("date 2023-13 Le débat", None),
        ("Le débat date 2023-12 du", None),
        ("date 2023-12-x Le débat", None),
        ("update 2023-12 Le", None),
        ("date 2023-12", None),
    ],
)
def test_a_date_marker_counts_only_before_the_text(
    text: str, marker: tuple[str, int, int] | None
) -> None:
    assert leading_date(text) == marker
