"""`workbench user`: accounts, without any page or mail server."""

from datetime import datetime

import click
from sqlalchemy.orm import Session

from workbench.accounts.operations import (
    create_user,
    disable_user,
    enable_user,
    make_sign_in_link,
)
from workbench.accounts.queries import list_users, user_by_email
from workbench.accounts.rules import LOCALES, parse_email
from workbench.accounts.tables import User
from workbench.cli.opening import in_workbench, opened_settings
from workbench.cli.output import Row, format_option, print_rows
from workbench.clock import utc_now
from workbench.factcheck.erasure import erase_person
from workbench.labelling.assigning import free_left_slots
from workbench.labelstudio.erasure import forget_person
from workbench.storage.database import db, empty_journal, transaction

COLUMNS = ("email", "name", "active", "site_admin", "has_password", "created_at")


@click.group()
def user() -> None:
    """Make accounts, and let people in who cannot sign in."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--site-admin", is_flag=True, help="May administer the whole workbench.")
@click.option("--locale", type=click.Choice(LOCALES), help="Language of the pages.")
@in_workbench
def add_user(email: str, name: str, site_admin: bool, locale: str | None) -> None:
    """Make an account and print the one-time link to it."""
    now = utc_now()
    with transaction() as session:
        made = create_user(
            session,
            email=email,
            name=name,
            by=None,
            now=now,
            locale=locale,
            is_site_admin=site_admin,
        )
        link = new_link(session, made, "new_password", now)
    click.echo(link)


@user.command("list")
@format_option
@in_workbench
def show_users(format_: str) -> None:
    """List all accounts."""
    rows: list[Row] = [
        {
            "email": found.email,
            "name": found.name,
            "active": found.active,
            "site_admin": found.is_site_admin,
            "has_password": found.password_hash is not None,
            "created_at": found.created_at.isoformat(timespec="seconds"),
        }
        for found in list_users(db.session())
    ]
    print_rows(COLUMNS, rows, format_=format_)


@user.command("reset-link")
@click.argument("email")
@in_workbench
def print_reset_link(email: str) -> None:
    """Print a one-time link to choose a new password with."""
    with transaction() as session:
        link = new_link(session, _find(session, email), "new_password", utc_now())
    click.echo(link)


@user.command("disable")
@click.argument("email")
@in_workbench
def close_account(email: str) -> None:
    """Close the account of EMAIL: its sessions end, its work stays."""
    with transaction() as session:
        user_id = _find(session, email).id
        disable_user(session, user_id=user_id, by=None, now=utc_now())
        free_left_slots(session, user_id=user_id, by=None, now=utc_now())
    click.echo(f"{email} can no longer sign in.")


@user.command("enable")
@click.argument("email")
@in_workbench
def open_account(email: str) -> None:
    """Open the disabled account of EMAIL again."""
    with transaction() as session:
        enable_user(session, user_id=_find(session, email).id, by=None, now=utc_now())
    click.echo(f"{email} can sign in again.")


@user.command("erase")
@click.argument("email")
@click.confirmation_option(prompt="Erase this person for good? The account cannot come back.")
@in_workbench
def erase_account(email: str) -> None:
    """Take the name and the address of EMAIL out of the workbench for good.

    What the person did stays, without a name; published files stay as they are, and later releases
    give another pseudonym. An article they had begun and not finished is free for somebody else, as
    when an account is closed: their answers to it stay beside, and settle nothing by themselves.
    Somebody who was only invited to review from outside can be erased, too.
    """
    with transaction() as session:
        address = parse_email(email)
        forget_person(session, email=address)
        erase_person(session, email=address, by=None, now=utc_now())
    is_gone = empty_journal()
    click.echo(f"{email} is erased; backups made before still have the name and the address.")
    if not is_gone:
        click.echo("So does the journal beside the database, until the server stops.")


def new_link(session: Session, user: User, purpose: str, now: datetime) -> str:
    """Make a one-time link for a person and return its address."""
    token = make_sign_in_link(session, user_id=user.id, purpose=purpose, by=None, now=now)
    return f"{opened_settings().base_url}/link/{token}"


def _find(session: Session, email: str) -> User:
    return user_by_email(session, email=parse_email(email))
