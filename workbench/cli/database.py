"""`workbench init`: make the database, or bring it to this program's schema."""

import click

from workbench.cli.opening import refuse_cut_restore, shown_database, with_settings
from workbench.settings import Settings
from workbench.storage.application import create_bare_app


@click.command()
@with_settings
def init(settings: Settings) -> None:
    """Make the database, or bring it to this program's schema.

    May be run at any time; of several at once one does the work and the others wait.
    """
    prepare(settings)
    click.echo(f"The database is ready: {shown_database(settings)}")


def prepare(settings: Settings) -> None:
    """Make what is missing: data folder, secret key, database, schema."""
    from workbench.storage.migrations import upgrade  # noqa: PLC0415  # Alembic takes its time

    refuse_cut_restore(settings)
    create_bare_app(settings)  # Makes the secret key.
    upgrade(settings.database)
