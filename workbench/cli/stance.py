"""`workbench stance`: who is for and against what."""

from collections.abc import Callable

import click

from workbench.adjudication.stance_map import (
    COLUMNS,
    HOLDERS,
    Choice,
    Names,
    choose,
    count_chosen,
    draw_shown_map,
    show_part,
    write_rows,
)
from workbench.adjudication.stance_reading import Standing, read_settled_standing
from workbench.adjudication.stance_words import LANGUAGES
from workbench.adjudication.stances import Order, StanceMap
from workbench.cli.opening import in_workbench, project_option
from workbench.cli.output import Row, print_rows
from workbench.projects.queries import project_by_slug
from workbench.projects.tables import Project
from workbench.storage.database import db, read_one_instant

SHORT = ("holder_name", "target_name", "stance", "said_by", "sentences")

Printer = Callable[[StanceMap, Names, Standing, Project, str], None]


@click.group()
def stance() -> None:
    """Tell who is for and against what."""


def _print_text(
    found: StanceMap, names: Names, _standing: Standing, _project: Project, _language: str
) -> None:
    rows: list[Row] = [*write_rows(found, names)]
    print_rows(SHORT, rows, format_="table")


def _print_csv(
    found: StanceMap, names: Names, _standing: Standing, _project: Project, _language: str
) -> None:
    rows: list[Row] = [*write_rows(found, names)]
    print_rows(COLUMNS, rows, format_="csv")


def _print_svg(
    found: StanceMap, names: Names, standing: Standing, project: Project, language: str
) -> None:
    shown = show_part(found, Order.CAMPS)
    click.echo(
        draw_shown_map(shown, names, project=project.name, standing=standing, language=language)
    )


FORMATS: dict[str, Printer] = {"text": _print_text, "csv": _print_csv, "svg": _print_svg}


@stance.command("map")
@project_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help=f"For people, for programs, or a picture of the {HOLDERS} with most stances.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of names and of the picture.",
)
@click.option("--own", is_flag=True, help="Only what they say themselves, quoted or reported.")
@click.option("--named", is_flag=True, help="Only who has a name, no groups such as opponents.")
@click.option(
    "--least",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Only who has at least so many stances.",
)
@in_workbench
def show_map(
    project: str, format_: str, *, language: str, own: bool, named: bool, least: int
) -> None:
    """Count in how many sentences who is for, against, or weighs both.

    Only settled answers count. A stance is said by its holder, or by others who describe it.
    """
    session = db.session()
    read_one_instant(session)
    found = project_by_slug(session, slug=project)
    standing = read_settled_standing(session, project_id=found.id)
    articles = [article for article, _ in standing.articles]
    names = Names(session, project_id=found.id, language=language, articles=articles)
    chosen = choose(standing, Choice(own=own, named=named, least=least), names)
    FORMATS[format_](count_chosen(chosen, least=least), names, standing, found, language)
