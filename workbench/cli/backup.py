"""`workbench backup` and `workbench restore`: database and secret key in one file."""

from pathlib import Path

import click

from workbench.cli.opening import (
    refuse_missing_database,
    refuse_running_server,
    shown_database,
    with_settings,
)
from workbench.clock import utc_now
from workbench.settings import Settings
from workbench.storage.backup import restore_backup, write_backup


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="FILE may exist; it is replaced once all is well.")
@with_settings
def backup(settings: Settings, file: Path, replace: bool) -> None:
    """Write everything to FILE while others go on working.

    That is the database, proved whole, and the secret key. Keep FILE where only administrators
    can read it.
    """
    refuse_missing_database(settings)
    write_backup(settings, file, replace=replace, now=utc_now())
    click.echo(f"{file} holds everything: {file.stat().st_size:,} bytes.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Put it in the place of the workbench that is there.")
@click.option("--yes", is_flag=True, help="Do not ask before replacing.")
@with_settings
def restore(settings: Settings, file: Path, replace: bool, yes: bool) -> None:
    """Bring back what a backup holds, once proved whole.

    The place must be empty, or say --replace.
    """
    refuse_running_server(settings)
    if replace and not yes:
        click.confirm(f"Replace {shown_database(settings)} and its secret key?", abort=True)
    kept = restore_backup(settings, file, replace=replace)
    if kept:
        click.echo(f"The former database is kept as {kept}.")
    click.echo("Everything is back; run `workbench init`, then `workbench doctor`.")
