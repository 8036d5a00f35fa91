"""JSON in one form, in both ways of writing it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.canonical import Json, canonical_json, canonical_line, read_line

# Without an exponent, both write the same digits.
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(1e-4, 1e15) | st.just(0.0)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_a_line_has_the_same_bytes(value):
    line = canonical_line(value)

    assert line == f"{canonical_json(value)}\n".encode()
    assert read_line(line) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_it_was(number):
    assert json.loads(canonical_line(number)) == number


@pytest.mark.parametrize("line", [b"", b"{", b"{} {}", b"NaN", b'"\xff"', b"[" * 100_000])
def test_what_is_no_json_is_a_value_error(line):
    with pytest.raises(ValueError, match=r"."):
        read_line(line)
