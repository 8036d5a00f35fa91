"""Write ``docs/command-line.md`` from the commands themselves: ``python tools/command_line.py``."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from workbench.app import command_group

PAGE = Path(__file__).parent.parent / "docs" / "command-line.md"
HEAD = """\
# Command line

Written from the program by `python tools/command_line.py`; `--help` after a command says the same.

Errors go to standard error in one sentence. The exit code is 0 for done, 2 for bad input, 1 for a
failure; in both cases nothing half-done stays. Settings are [environment variables](settings.md).
"""


def commands(group: click.Group, words: str) -> Iterator[tuple[str, click.Command]]:
    """Yield each command under its full words, in the order of the help."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{words} {name}")
        elif command and not command.hidden:
            yield f"{words} {name}", command


def usage(words: str, command: click.Command) -> str:
    """Return the command with its arguments, as its help has it."""
    context = click.Context(command, info_name=words)
    return " ".join([words, *command.collect_usage_pieces(context)])


def section(words: str, command: click.Command) -> str:
    """Return what the page says of one command."""
    help_text = inspect.cleandoc(command.help or "")
    lines = [f"## {words}", "", help_text, "", f"`{usage(words, command)}`"]
    options = [parameter.get_help_record(click.Context(command)) for parameter in command.params]
    rows = [f"| `{option[0]}` | {option[1]} |" for option in options if option and option[1]]
    if rows:
        lines += ["", "| option | meaning |", "|--|--|", *(_escape_bars(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _escape_bars(row: str) -> str:
    return "|" + row[1:-1].replace("|", "\\|").replace(" \\| ", " | ") + "|"


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(section(*item) for item in commands(command_group(), "workbench"))])


if __name__ == "__main__":
    PAGE.write_text(page())
