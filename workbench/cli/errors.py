"""Turn every expected failure into one sentence on stderr and an exit code: 2 bad input, 1 rest."""

import re
import sys
from collections.abc import Sequence
from typing import NoReturn

import click
from sqlalchemy.exc import DBAPIError

from workbench.errors import WorkbenchError

# What a terminal would obey or hide instead of show: control characters and bidi marks.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class CommandLine(click.Group):
    """The root of all commands, which never shows a traceback for what can be expected."""

    def main(  # type: ignore[override]  # click's own takes more, which nobody here gives
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: object
    ) -> NoReturn:
        """Run a command and exit with its code."""
        try:
            extra["standalone_mode"] = False
            outcome = super().main(args, prog_name, **extra)  # type: ignore[call-overload]  # as above
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(2)
        except click.Abort:
            complain("Stopped.")
            sys.exit(1)
        except click.ClickException as error:
            complain(error.format_message() + _where_to_look(error))
            sys.exit(error.exit_code)
        except WorkbenchError as error:
            complain(str(error))
            sys.exit(error.exit_code)
        except DBAPIError as error:
            complain(f"The database cannot be used: {error.orig}")
            sys.exit(1)
        except OSError as error:
            complain(f"{error.filename or 'This machine'}: {error.strerror or error}")
            sys.exit(1)
        sys.exit(outcome if isinstance(outcome, int) else 0)


def complain(sentence: str, *, kind: str = "Error") -> None:
    """Print a sentence on stderr, on one line and with its full stop."""
    line = printable(" ".join(sentence.split()))
    click.echo(f"{kind}: {line}{'' if line.endswith(('.', '!', '?')) else '.'}", err=True)


def printable(text: str) -> str:
    """Return ``text`` with what a terminal would obey instead of show written as escapes."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _where_to_look(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    if not isinstance(error, click.UsageError) or context is None:
        return ""
    return f" See: {context.command_path} --help."
