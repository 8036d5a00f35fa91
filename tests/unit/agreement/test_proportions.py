"""Shares and their intervals."""

import pytest

from workbench.agreement.proportions import estimate_proportion


# Robert G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
# Medicine 17 (1998), table I, method 3.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_a_share_has_its_wilson_interval(
    successes: int, trials: int, low: float, high: float
) -> None:
    found = estimate_proportion(successes, trials)

    assert found is not None
    assert found.value == successes / trials
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_nothing_tried_has_no_share() -> None:
    assert estimate_proportion(0, 0) is None


@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3)])
def test_a_share_lies_between_none_and_all(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="of 3 trials"):
        estimate_proportion(successes, trials)
