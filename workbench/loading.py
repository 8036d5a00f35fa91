"""Load parts of the program quickly, and so that Ctrl-C ends it quietly meanwhile."""

import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager

MADE_BETWEEN_COLLECTIONS = 10_000


@contextmanager
def loading() -> Iterator[None]:
    """Load inside the block what then stays for as long as the program runs.

    Loading makes little that is ever in a cycle: looking took a tenth of a second. Afterwards
    what is loaded is passed over, and the rest looked at less often: an import makes millions of
    things that are in no cycle, and looking through all again and again took a seventh of its time.
    """
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(MADE_BETWEEN_COLLECTIONS)
        gc.enable()
        if is_heard:
            signal.signal(signal.SIGINT, signal.default_int_handler)
