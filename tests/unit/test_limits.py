"""How often a token may ask."""

from workbench.limits import Buckets


def test_a_bucket_fills_again() -> None:
    bucket = Buckets(at_once=2, per_second=1)

    waits = [bucket.take(7, now=now) for now in (0, 0, 0, 0.5, 1, 1, 100, 100, 100)]

    assert waits == [0, 0, 1, 1, 0, 1, 0, 0, 1]
