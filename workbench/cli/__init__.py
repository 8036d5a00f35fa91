"""The command line: `workbench NOUN VERB`, one file per noun."""

from typing import NoReturn

import click

from workbench.cli.errors import CommandLine
from workbench.cli.groups import CommandsApart
from workbench.cli.opening import CreateApp

# Loaded when asked for, so that a command pays only for what it needs.
COMMANDS = {
    "init": "database",
    "demo": "demo",
    "serve": "serve",
    "worker": "serve",
    "text": "text",
    "article": "article",
    "project": "project",
    "user": "user",
    "token": "token",
    "annotation": "annotation",
    "agreement": "agreement",
    "stance": "stance",
    "evidence": "evidence",
    "statement": "statement",
    "release": "release",
    "labelstudio": "labelstudio",
    "backup": "backup",
    "restore": "backup",
    "doctor": "doctor",
}


class _Workbench(CommandLine, CommandsApart):
    """The root, which finds a command in the file of its noun."""

    files = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands in the order in which people meet them."""
        return list(COMMANDS)


def build(create_app: CreateApp) -> click.Group:
    """Return the command line over the application that the factory makes."""

    @click.group("workbench", cls=_Workbench, context_settings={"obj": create_app})
    @click.version_option(package_name="claim-workbench", message="%(version)s")
    def workbench() -> None:
        """Label claims, speakers and stances in press articles.

        Settings are environment variables, WORKBENCH_DATA_DIR and others.
        """

    return workbench


def run(create_app: CreateApp) -> NoReturn:
    """Run the command that the process was started with."""
    build(create_app).main(prog_name="workbench")
    raise AssertionError("a command line ends the process")
