"""Where ``workbench`` and ``python -m workbench`` begin."""

import gc
import signal

_MADE_BETWEEN_COLLECTIONS = 10_000


def main() -> None:
    """Run the command line; Ctrl-C ends it quietly even while it is still being loaded."""
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()  # Loading makes little that is ever in a cycle: looking took a tenth of a second.
    from workbench.app import command_line  # noqa: PLC0415  # takes half a second

    if is_heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # What is loaded stays, and an import makes millions of things that are in no cycle: looking
    # through them again and again took a seventh of its time.
    gc.freeze()
    gc.set_threshold(_MADE_BETWEEN_COLLECTIONS)
    gc.enable()
    command_line()


if __name__ == "__main__":
    main()
