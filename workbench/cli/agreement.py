"""`workbench agreement`: where annotators agree, and where not."""

import json
from collections.abc import Callable

import click

from workbench.adjudication.agreeing import Agreement, report_agreement
from workbench.agreement.document import figure_document, report_document
from workbench.agreement.words import (
    LANGUAGES,
    MEASURES,
    name_prevalence,
    show_interval,
    show_number,
    words_of,
)
from workbench.cli.agreement_text import print_html, print_text
from workbench.cli.opening import in_workbench, project_option
from workbench.factcheck.judging import VerdictAgreement, measure_agreement
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db


@click.group()
def agreement() -> None:
    """Tell where annotators agree, and where not."""


JSON = "json"
FORMATS: dict[str, Callable[[Agreement, str, str, str], str]] = {
    "text": print_text,
    "html": print_html,
}
VERDICTS = {
    "en": (
        "Verdicts that {people} fact-checkers gave before seeing each other's, on {statements}"
        " statements that at least two judged: {name}, {measure}: {value} ({interval});"
        " {prevalence}."
    ),
    "fr": (
        "Verdicts que {people} personnes ont donnés avant de voir ceux des autres, sur {statements}"
        " énoncés que deux au moins ont jugés : {name}, {measure} : {value} ({interval}) ;"
        " {prevalence}."
    ),
}


def _print_json(found: Agreement, project: str, verdicts: VerdictAgreement) -> str:
    document = report_document(found.report, project=project, names=found.names)
    if verdicts.people:
        document["verdicts"] = {
            "people": verdicts.people,
            "statements": verdicts.statements,
            "figure": figure_document(verdicts.figure),
        }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _tell_verdicts(found: Agreement, verdicts: VerdictAgreement, language: str) -> str:
    """Say how far fact-checkers agree; nothing where none has judged."""
    if not verdicts.people:
        return ""
    figure = verdicts.figure
    return VERDICTS[language].format(
        people=verdicts.people,
        statements=verdicts.statements,
        name=words_of(figure.name, found.values).name[language],
        measure=MEASURES[figure.measure][language],
        value=show_number(figure.value, language),
        interval=show_interval(figure, language),
        prevalence=name_prevalence(figure, found.values, language, len(figure.prevalence)) or "–",
    )


@agreement.command("report")
@project_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", JSON, "html"]),
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

    Each figure answers one question; alphas have how often each value was given beside them. Once
    fact-checkers have given verdicts of their own, the report says how far these agree.
    """
    session = db.session()
    project_id = project_by_slug(session, slug=project).id
    found = report_agreement(session, project_id=project_id)
    verdicts = measure_agreement(session, project_id=project_id)  # of the same instant
    if format_ == JSON:
        click.echo(_print_json(found, project, verdicts))
        return
    told = _tell_verdicts(found, verdicts, language)
    click.echo(FORMATS[format_](found, project, language, told))
