"""`workbench token`: keys to the API, for people who run the workbench."""

import click

from workbench.accounts.api_tokens import (
    DAYS,
    USUAL_DAYS,
    Scope,
    add_token,
    is_usable,
    list_tokens,
    revoke_token,
    rotate_token,
)
from workbench.accounts.queries import list_users, user_by_email
from workbench.accounts.rules import parse_email
from workbench.cli.opening import in_workbench
from workbench.cli.output import Row, format_option, print_rows
from workbench.clock import utc_now
from workbench.projects.bearers import find_own_project
from workbench.projects.queries import list_projects
from workbench.storage.database import db, transaction

COLUMNS = (
    *("id", "start", "name", "owner", "scopes", "project"),
    *("created_at", "expires_at", "last_used_at", "state"),
)


@click.group()
def token() -> None:
    """Give programs keys to the API, and take them back."""


@token.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What the token is for, to know it by.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in Scope]),
    multiple=True,
    required=True,
    help="What it may be used for; once for each.",
)
@click.option("--project", help="The only project in which it can be used.")
@click.option(
    "--days",
    type=click.IntRange(DAYS.start, DAYS[-1]),
    default=USUAL_DAYS,
    show_default=True,
    help="How long it is good for.",
)
@in_workbench
def add(email: str, name: str, scopes: tuple[str, ...], project: str | None, days: int) -> None:
    """Make a token of the person with EMAIL and print its key, which is shown only now.

    It can do what its scopes and the person's roles both allow.
    """
    with transaction() as session:
        user_id = user_by_email(session, email=parse_email(email)).id
        _, secret = add_token(
            session,
            user_id=user_id,
            name=name,
            scopes={Scope(scope) for scope in scopes},
            project_id=find_own_project(session, user_id=user_id, slug=project)
            if project
            else None,
            days=days,
            by=None,
            now=utc_now(),
        )
    click.echo(secret)


@token.command("list")
@format_option
@in_workbench
def show_tokens(format_: str) -> None:
    """List all tokens; of their keys only how they begin is known."""
    session, now = db.session(), utc_now()
    owners = {one.id: one.email for one in list_users(session)}
    slugs = {one.id: one.slug for one in list_projects(session)}
    rows: list[Row] = [
        {
            "id": one.public_id,
            "start": one.start,
            "name": one.name,
            "owner": owners[one.user_id],
            "scopes": one.scopes,
            "project": slugs[one.project_id] if one.project_id else None,
            "created_at": one.created_at.isoformat(timespec="seconds"),
            "expires_at": one.expires_at.isoformat(timespec="seconds"),
            "last_used_at": one.last_used_at.isoformat(timespec="seconds")
            if one.last_used_at
            else None,
            "state": "revoked"
            if one.revoked_at
            else "usable"
            if is_usable(one, now)
            else "expired",
        }
        for one in list_tokens(session)
    ]
    print_rows(COLUMNS, rows, format_=format_)


@token.command("rotate")
@click.argument("token_id", metavar="ID")
@in_workbench
def rotate(token_id: str) -> None:
    """Make a new key in place of token ID and print it; the old one goes on for 24 hours."""
    with transaction() as session:
        _, secret = rotate_token(session, user_id=None, public_id=token_id, by=None, now=utc_now())
    click.echo(secret)


@token.command("revoke")
@click.argument("token_id", metavar="ID")
@in_workbench
def revoke(token_id: str) -> None:
    """Let token ID open nothing from now on."""
    with transaction() as session:
        revoke_token(session, user_id=None, public_id=token_id, by=None, now=utc_now())
    click.echo("The token opens nothing any more.")
