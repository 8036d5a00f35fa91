"""`workbench labelstudio`: a project kept in step with a Label Studio server."""

import sys
from typing import TypedDict

import click
from flask import current_app
from sqlalchemy.orm import Session

from workbench.accounts.rules import parse_email
from workbench.cli.errors import complain
from workbench.cli.labelstudio_sync import conflicts, pull, push, settle, sync, tell_last
from workbench.cli.opening import in_workbench, opened_settings, project_option
from workbench.cli.output import Row, format_option, print_rows
from workbench.clock import utc_now
from workbench.errors import InvalidInputError, NotFoundError
from workbench.fetching import Door
from workbench.labelstudio.connecting import Asked
from workbench.labelstudio.connections import (
    connect_there,
    disconnect_there,
    get_connection,
    link_person,
    list_annotators,
    list_people,
    list_remote_projects,
    look_again,
)
from workbench.labelstudio.people import list_missing, tell_earlier
from workbench.labelstudio.runs import list_runs
from workbench.labelstudio.tables import RemoteConnection
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

STATUS = (
    *("address", "state", "number", "title", "annotator", "read_until"),
    *("last_run", "conflicts", "problem"),
)
NOBODY = "nobody"
PEOPLE = ("account", "number", "name", "annotator")


class Means(TypedDict):
    """What it takes to speak with the server."""

    key: str
    door: Door


@click.group()
def labelstudio() -> None:
    """Keep a project in step with Label Studio."""


for command in (push, pull, sync, conflicts, settle):
    labelstudio.add_command(command)


@labelstudio.command("connect")
@project_option
@click.argument("address")
@click.option("--to", "title", help="Title of the project there, or # with its number.")
@click.option("--apart", is_flag=True, help="Each annotator gets a project of their own there.")
@click.option(
    "--submitted-means-read",
    is_flag=True,
    help="In a submitted task, sentences without a mark count as having no claim.",
)
@click.option("--every", "minutes", type=int, help="Bring both sides together so often (minutes).")
@in_workbench
def connect(
    *,
    project: str,
    address: str,
    title: str | None,
    apart: bool,
    submitted_means_read: bool,
    minutes: int | None,
) -> None:
    """Connect a project with the server at ADDRESS; the token is asked for, or read from a pipe.

    A project is made there if there is none of its title. Nothing goes either way yet.
    """
    found = project_by_slug(db.session(), slug=project)
    asked = Asked(address, _read_token(), title or found.name[:50], is_apart=apart)
    connect_there(
        asked,
        project_id=found.id,
        submitted_means_read=submitted_means_read,
        sync_minutes=minutes,
        by=None,
        **means(),
    )
    click.echo(f"{project} is connected; `workbench labelstudio people` says who is who.")


@labelstudio.command("status")
@project_option
@format_option
@in_workbench
def show_status(project: str, format_: str) -> None:
    """Say with which projects there a project is connected, and what is wrong."""
    from workbench.labelstudio.settling import count_conflicts  # noqa: PLC0415  # loads lxml

    session = db.session()
    connection, project_id = _find(session, project)
    annotators = list_annotators(session, project_id=project_id)
    emails = {one.membership_id: one.email for one in annotators}
    runs = list_runs(session, project_id=project_id, limit=1)
    rows: list[Row] = [
        {
            "address": connection.address,
            "state": connection.state,
            "number": one.remote_id,
            "title": one.remote_title,
            "annotator": emails.get(one.membership_id or 0),
            "read_until": one.watermark,
            "last_run": tell_last(runs[0]) if runs else None,
            "conflicts": count_conflicts(session, project_id=project_id),
            "problem": connection.problem,
        }
        for one in list_remote_projects(session, connection_id=connection.id)
    ]
    print_rows(STATUS, rows, format_=format_)


@labelstudio.command("people")
@project_option
@click.option(
    "--link",
    "links",
    multiple=True,
    metavar="ACCOUNT=ANNOTATOR",
    help="Say whose an account there is, each by e-mail address, or that it is nobody's:"
    " ACCOUNT=nobody. Once for each.",
)
@format_option
@in_workbench
def show_people(project: str, links: tuple[str, ...], format_: str) -> None:
    """Look who has an account there, and list who that is here; the last are not there.

    Answers of an account that is nobody's wait there.
    """
    project_id = _find(db.session(), project)[1]
    look_again(project_id=project_id, **means())
    for told in links:
        with transaction() as session:
            _link(session, project_id, told)
    session = db.session()
    connection = get_connection(session, project_id=project_id)
    annotators = list_annotators(session, project_id=project_id)
    emails = {one.membership_id: one.email for one in annotators}
    people = list_people(session, connection_id=connection.id)
    rows: list[Row] = [
        {
            "account": one.email,
            "number": one.id,
            "name": one.name,
            "annotator": NOBODY if one.is_nobody else emails.get(one.membership_id or 0),
        }
        for one in people
    ]
    known = {one.membership_id for one in people if one.membership_id is not None}
    rows += [
        {"account": None, "number": None, "name": one.name, "annotator": one.email}
        for one in list_missing(annotators, known)
    ]
    print_rows(PEOPLE, rows, format_=format_)


@labelstudio.command("disconnect")
@project_option
@in_workbench
def disconnect(project: str) -> None:
    """End a project's connection and forget its token; what is on either side stays there."""
    project_id = _find(db.session(), project)[1]
    if not disconnect_there(project_id=project_id, by=None, **means()):
        complain(
            "Label Studio could not be told to give no more hints: delete the webhook there, in the"
            " project's settings."
        )
    click.echo(f"{project} is no longer connected.")


def means() -> Means:
    """Return what it takes to speak with the server."""
    private_hosts = opened_settings().private_hosts
    return {"key": current_app.config["SECRET_KEY"], "door": Door(private_hosts)}


def _read_token() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Token", hide_input=True, err=True))
    return sys.stdin.readline().strip()


def _find(session: Session, slug: str) -> tuple[RemoteConnection, int]:
    project_id = project_by_slug(session, slug=slug).id
    return get_connection(session, project_id=project_id), project_id


def _link(session: Session, project_id: int, told: str) -> None:
    account, is_told, annotator = told.partition("=")
    if not is_told:
        raise InvalidInputError(
            "%(told)s names no two people; write ACCOUNT=ANNOTATOR, each by e-mail address, or"
            " ACCOUNT=nobody.",
            told=told[:80],
        )
    connection = get_connection(session, project_id=project_id)
    there = parse_email(account)
    people = list_people(session, connection_id=connection.id)
    remote_id = next((one.id for one in people if one.email.casefold() == there), None)
    if remote_id is None:
        raise NotFoundError("There is no account %(email)s there.", email=there)
    found = None
    if annotator != NOBODY:
        here = parse_email(annotator)
        annotators = list_annotators(session, project_id=project_id)
        found = next((one for one in annotators if one.email == here), None)
        if found is None:
            raise NotFoundError("%(email)s is no annotator of this project.", email=here)
    earlier = link_person(
        session,
        project_id=project_id,
        remote_id=remote_id,
        membership_id=found.membership_id if found else None,
        by=None,
        now=utc_now(),
    )
    if found and earlier:
        complain(tell_earlier(found.name, earlier), kind="Note")
