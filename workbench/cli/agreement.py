"""`workbench agreement`: where annotators agree, and where not."""

import json
from collections.abc import Callable

import click

from workbench.adjudication.agreeing import Agreement, report_agreement
from workbench.agreement.document import report_document
from workbench.agreement.words import LANGUAGES
from workbench.cli.agreement_text import print_html, print_text
from workbench.cli.opening import in_workbench
from workbench.cli.project import project_option
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, read_one_instant


@click.group()
def agreement() -> None:
    """Tell where annotators agree, and where not."""


def _print_json(found: Agreement, project: str, _language: str) -> str:
    document = report_document(found.report, project=project, names=found.names)
    return json.dumps(document, ensure_ascii=False, indent=1)


FORMATS: dict[str, Callable[[Agreement, str, str], str]] = {
    "text": print_text,
    "json": _print_json,
    "html": print_html,
}


@agreement.command("report")
@project_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="For people, for programs, or a page with pictures that needs nothing else.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of the report; JSON has names for programs in any.",
)
@in_workbench
def report(project: str, format_: str, language: str) -> None:
    """Compare annotators over the articles that at least two have finished.

    Each figure answers one question; alphas have how often each value was given beside them.
    """
    session = db.session()
    read_one_instant(session)
    found = report_agreement(session, project_id=project_by_slug(session, slug=project).id)
    click.echo(FORMATS[format_](found, project, language))
