"""How fast the machine is just now: other figures are compared by it, from day to day.

A machine that others share is up to three times slower on some days.
"""

import time

ADDITIONS = 5_000_000


def measure() -> float:
    """Return how many million numbers one core adds a second, in plain Python."""
    begun, total = time.process_time(), 0
    for number in range(ADDITIONS):
        total += number
    return ADDITIONS / 1_000_000 / (time.process_time() - begun)


def main() -> None:
    """Print the best of five."""
    best = max(measure() for _ in range(5))
    print(f"One core adds {best:.0f} million numbers a second, in plain Python.")


if __name__ == "__main__":
    main()
