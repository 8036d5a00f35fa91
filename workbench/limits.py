"""How often somebody may ask: a bucket of requests, filled again as time goes.

Each server process has its own: a count in the database would make every read a write, and take
SQLite's one writer from people who label. A key itself cannot be guessed, so guesses need no count.
"""

import threading
import time
from collections.abc import Hashable
from math import ceil

AT_ONCE = 200
PER_SECOND = 20
MOST_BUCKETS = 10_000


class Buckets:
    """What is left to whoever asks: a token by its row, a stranger by their address."""

    def __init__(self, *, at_once: int = AT_ONCE, per_second: float = PER_SECOND) -> None:
        self._at_once = at_once
        self._per_second = per_second
        self._left: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, asker: Hashable, *, now: float | None = None) -> int:
        """Take one request out of a bucket; return the seconds to wait, 0 if there was one.

        ``now`` counts seconds from any moment on.
        """
        at = time.monotonic() if now is None else now
        with self._lock:
            left, since = self._left.get(asker, (float(self._at_once), at))
            left = min(self._at_once, left + (at - since) * self._per_second)
            if left < 1:
                return ceil((1 - left) / self._per_second)
            if len(self._left) >= MOST_BUCKETS:
                self._left.clear()
            self._left[asker] = (left - 1, at)
            return 0
