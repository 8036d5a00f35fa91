"""Groups of commands of which some are in other files, so that a command pays only for its own."""

import importlib
import sys
from collections.abc import Mapping
from typing import ClassVar

import click

from workbench.loading import loading


class CommandsApart(click.Group):
    """A group that loads a command's file when it is asked for."""

    files: ClassVar[Mapping[str, str]] = {}  # by command; its function has the command's name

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands in the order of the alphabet."""
        return sorted({*super().list_commands(ctx), *self.files})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load the file in which the command is."""
        if name not in self.files:
            return super().get_command(ctx, name)
        module = f"workbench.cli.{self.files[name]}"
        if module not in sys.modules:
            with loading():
                importlib.import_module(module)
        command: click.Command = getattr(sys.modules[module], name)
        return command
