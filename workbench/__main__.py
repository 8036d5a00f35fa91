"""Where ``workbench`` and ``python -m workbench`` begin."""

import signal


def main() -> None:
    """Run the command line; Ctrl-C ends it quietly even while it is still being loaded."""
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from workbench.app import command_line  # noqa: PLC0415  # takes half a second

    if is_heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command_line()


if __name__ == "__main__":
    main()
