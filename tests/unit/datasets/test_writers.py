"""Cells of a spreadsheet that must not be run, and can be had back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.datasets.records import pseudonym
from workbench.datasets.writers import FORMULA_STARTS, defuse, undefuse, write_table


@pytest.mark.parametrize("start", [*FORMULA_STARTS, "'"])
def test_what_a_spreadsheet_would_run_gets_a_quote(start: str) -> None:
    assert defuse(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("text", ["", "1", "a=1", " =1", "é", "« oui »", "[]"])
def test_plain_text_stays(text: str) -> None:
    assert defuse(text) == text


@given(st.text() | st.sampled_from(["'=1", "''", "'", "=", "+'"]))
def test_every_text_can_be_had_back(text: str) -> None:
    assert undefuse(defuse(text)) == text
    assert not defuse(text).startswith(FORMULA_STARTS)


def test_a_pseudonym_depends_on_project_and_person() -> None:
    names = {pseudonym(secret, user) for secret in ("one", "two") for user in ("ada", "bob")}

    assert len(names) == 4
    assert pseudonym("one", "ada") in names


def test_a_small_table_runs_nothing_either() -> None:
    rows = [{"name": "=1+1", "count": -1}, {"name": 'a, "b"', "count": 2}]
    assert [*write_table(("name", "count"), rows)] == [
        "name,count\n",
        "'=1+1,-1\n",
        '"a, ""b""",2\n',
    ]
