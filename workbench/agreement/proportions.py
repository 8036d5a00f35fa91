"""How far a share that was counted can be trusted."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054  # of the normal distribution: 95 % lie within as many deviations


@dataclass(frozen=True)
class Proportion:
    """A share between 0 and 1, and the ends of its 95 % interval."""

    low: float
    value: float
    high: float


def estimate_proportion(successes: int, trials: int) -> Proportion | None:
    """Return the share of successes with its 95 % Wilson score interval; None of no trials.

    Edwin B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209–212; without correction for
    continuity. It stays between 0 and 1, and is no point when all or none succeed.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials")
    if trials == 0:
        return None
    share, weight = successes / trials, Z_95**2 / trials
    centre = (share + weight / 2) / (1 + weight)
    reach = Z_95 * sqrt((share * (1 - share) + weight / 4) / trials) / (1 + weight)
    # Rounding must not put an end on the wrong side of the share.
    return Proportion(min(centre - reach, share), share, max(centre + reach, share))
