"""`workbench project`: projects and who is in them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from workbench.accounts.queries import user_by_email
from workbench.accounts.rules import parse_email
from workbench.canonical import Json, content_hash
from workbench.cli.jobs import watch_job
from workbench.cli.opening import in_workbench, project_option
from workbench.cli.output import Row, format_option, print_rows
from workbench.clock import utc_now
from workbench.corpus.queries import count_articles, find_article
from workbench.corpus.readers import read_bytes
from workbench.corpus.text import decode, refuse_unstorable_json
from workbench.datasets.queries import versions_since
from workbench.datasets.rules import Version
from workbench.errors import InvalidInputError, UnreadableFileError
from workbench.factcheck.scales import record_scale
from workbench.labelling.assigning import change_work_rules, free_left_slots, read_work_rules
from workbench.labelling.precision import RulePrecision, Which, measure_precision
from workbench.labelling.progress import count_open_slots
from workbench.labelling.registers import install_registers, register_number
from workbench.labelling.scheme_changes import Plan, change_scheme, plan_change
from workbench.projects.operations import (
    LANGUAGES,
    add_member,
    create_project,
    end_membership,
    record_guideline,
)
from workbench.projects.queries import (
    guideline_texts,
    list_members,
    list_projects,
    newest_guideline,
    newest_scheme,
    project_by_slug,
)
from workbench.projects.rules import Role, WorkGiven, WorkOrder, WorkRules
from workbench.projects.scheme_changes import ChangeKind, check_steps, parse_step
from workbench.storage.database import db, transaction

PROJECT = ("slug", "name", "language", "overlap", "created_at")
MEMBER = ("email", "name", "roles", "active")
PRECISION = (
    "rule",
    "version",
    "decided",
    "as_proposed",
    "changed",
    "rejected",
    "waiting",
    "precision",
    "low",
    "high",
    "exact_precision",
    "exact_low",
    "exact_high",
)
DAY = click.DateTime(["%Y-%m-%d"])

email_argument = click.argument("email")


@click.group()
def project() -> None:
    """Make projects, and say who is in them."""


@project.command("add")
@click.option("--slug", required=True, help="Short name, part of addresses: open-ai-debate.")
@click.option("--name", required=True, help="The name that people read.")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="fr",
    show_default=True,
    help="The language of the articles.",
)
@in_workbench
def add_project(slug: str, name: str, language: str) -> None:
    """Make a project with the default scheme and guideline."""
    with transaction() as session:
        create_project(session, slug=slug, name=name, language=language, by=None, now=utc_now())
    click.echo(f"Project {slug} is made; give it a manager: workbench project add-member --help")


@project.command("list")
@format_option
@in_workbench
def show_projects(format_: str) -> None:
    """List all projects."""
    rows: list[Row] = [
        {
            "slug": found.slug,
            "name": found.name,
            "language": found.language,
            "overlap": found.overlap,
            "created_at": found.created_at.isoformat(timespec="seconds"),
        }
        for found in list_projects(db.session())
    ]
    print_rows(PROJECT, rows, format_=format_)


@project.command("show")
@click.argument("slug")
@format_option
@in_workbench
def show_project(slug: str, format_: str) -> None:
    """Show how a project is set up and how much is in it."""
    session = db.session()
    found = project_by_slug(session, slug=slug)
    row: Row = {
        "slug": found.slug,
        "name": found.name,
        "language": found.language,
        "overlap": found.overlap,
        "overlap_percent": found.overlap_percent,
        "given": found.work_given,
        "order": found.work_order,
        "lease_minutes": found.lease_minutes,
        "deadline": found.deadline.isoformat() if found.deadline else None,
        "extra_percent": found.extra_annotator_percent,
        "open_slots": count_open_slots(session, project_id=found.id),
        "single_settles": found.single_settles,
        "unanimous_settles": found.unanimous_settles,
        "majority_settles": found.majority_settles,
        "suggestion_free_percent": found.suggestion_free_percent,
        "scheme": newest_scheme(session, project_id=found.id).number,
        "guideline": newest_guideline(session, project_id=found.id).number,
        "registers": register_number(session, project_id=found.id),
        "members": len(list_members(session, project_id=found.id)),
        "articles": count_articles(session, project_id=found.id),
    }
    print_rows(list(row), [row], format_=format_)


@project.command("change-work")
@click.argument("slug")
@click.option("--overlap", type=int, help="Annotators per article.")
@click.option("--overlap-percent", type=int, help="Share of the articles that so many read.")
@click.option(
    "--give",
    type=click.Choice([one.value for one in WorkGiven]),
    help="Annotators choose (free), are named, or take the next one of a queue.",
)
@click.option(
    "--order",
    type=click.Choice([one.value for one in WorkOrder]),
    help="As imported, most to check first, or by chance.",
)
@click.option("--lease-minutes", type=int, help="How long the queue keeps a silent one's article.")
@click.option("--deadline", type=DAY, metavar="DAY", help="Until when all is to be read.")
@click.option("--no-deadline", is_flag=True, help="Take the deadline away.")
@click.option(
    "--extra-percent",
    type=int,
    help="One more annotator from this share of differing sentences on; 0 asks nobody.",
)
@in_workbench
def change_work(
    slug: str,
    *,
    overlap: int | None,
    overlap_percent: int | None,
    give: str | None,
    order: str | None,
    lease_minutes: int | None,
    deadline: datetime | None,
    no_deadline: bool,
    extra_percent: int | None,
) -> None:
    """Change how articles are given to annotators; what is not said stays."""
    with transaction() as session:
        project_id = project_by_slug(session, slug=slug).id
        old = read_work_rules(session, project_id=project_id)
        rules = WorkRules(
            overlap=old.overlap if overlap is None else overlap,
            overlap_percent=old.overlap_percent if overlap_percent is None else overlap_percent,
            order=WorkOrder(order or old.order),
            given=WorkGiven(give or old.given),
            lease_minutes=old.lease_minutes if lease_minutes is None else lease_minutes,
            deadline=None if no_deadline else deadline.date() if deadline else old.deadline,
            extra_percent=old.extra_percent if extra_percent is None else extra_percent or None,
        )
        change_work_rules(session, project_id=project_id, rules=rules, by=None, now=utc_now())
        left = count_open_slots(session, project_id=project_id)
    click.echo(f"The work of {slug} is changed; {left} slots are open.")


@project.command("list-members")
@project_option
@format_option
@in_workbench
def show_members(project: str, format_: str) -> None:
    """List the people of a project."""
    session = db.session()
    project_id = project_by_slug(session, slug=project).id
    rows: list[Row] = [
        {
            "email": member.email,
            "name": member.name,
            "roles": [role.value for role in sorted(member.roles)],
            "active": member.active,
        }
        for member in list_members(session, project_id=project_id)
    ]
    print_rows(MEMBER, rows, format_=format_)


@project.command("add-member")
@email_argument
@project_option
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What the person is in the project; may be given several times.",
)
@in_workbench
def take_in(email: str, project: str, roles: tuple[str, ...]) -> None:
    """Give somebody roles in a project."""
    email = parse_email(email)
    with transaction() as session:
        project_id = project_by_slug(session, slug=project).id
        add_member(
            session,
            project_id=project_id,
            email=email,
            roles=[Role(role) for role in roles],
            by=None,
            now=utc_now(),
        )
        (held,) = (
            sorted(member.roles)
            for member in list_members(session, project_id=project_id)
            if member.email == email
        )
    click.echo(f"{email} is in {project} as {', '.join(held)}.")


@project.command("remove-member")
@email_argument
@project_option
@in_workbench
def let_go(email: str, project: str) -> None:
    """End a membership; what the person answered stays."""
    with transaction() as session:
        project_id = project_by_slug(session, slug=project).id
        user_id = user_by_email(session, email=parse_email(email)).id
        end_membership(session, project_id=project_id, user_id=user_id, by=None, now=utc_now())
        free_left_slots(session, user_id=user_id, by=None, now=utc_now())
    click.echo(f"{email} is no longer in {project}.")


@project.command("suggestions")
@project_option
@click.option("--article", metavar="SLUG", help="Count one article only, by its short name.")
@click.option("--since", type=DAY, metavar="DAY", help="Count decisions from this day (UTC).")
@click.option("--until", type=DAY, metavar="DAY", help="Count decisions up to this day.")
@format_option
@in_workbench
def show_precision(
    project: str, article: str | None, since: datetime | None, until: datetime | None, format_: str
) -> None:
    """Show how often each rule's suggestions are accepted.

    Precision is the share of decisions that accept, with changes or without; exact precision
    leaves out those with changes; low and high end their 95 % intervals (Wilson's).
    """
    if since and until and until < since:
        raise InvalidInputError("The period ends before it begins; exchange the two days.")
    session = db.session()
    project_id = project_by_slug(session, slug=project).id
    if article is not None:
        find_article(session, project_id=project_id, name=article)
    which = Which(
        project_id, article, since.date() if since else None, until.date() if until else None
    )
    rows = [_precision_row(rule) for rule in measure_precision(session, which)]
    print_rows(PRECISION, rows, format_=format_)


def _precision_row(rule: RulePrecision) -> Row:
    row: dict[str, Json] = {
        "rule": rule.rule,
        "version": rule.version,
        "decided": rule.decided,
        "as_proposed": rule.as_proposed,
        "changed": rule.changed,
        "rejected": rule.rejected,
        "waiting": rule.waiting,
    }
    for start, found in (("", rule.precision), ("exact_", rule.exact_precision)):
        row[f"{start}precision"] = round(found.value, 4) if found else None
        row[f"{start}low"] = round(found.low, 4) if found else None
        row[f"{start}high"] = round(found.high, 4) if found else None
    return row


@project.command("import-registers")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@project_option
@in_workbench
def import_registers(file: Path, project: str) -> None:
    """Add the speakers and targets of FILE that are new."""
    document = read_json(file)
    with transaction() as session:
        number = install_registers(
            session,
            project_id=project_by_slug(session, slug=project).id,
            document=document,
            by=None,
            now=utc_now(),
        )
    click.echo(f"The registers of {project} are at number {number}.")


@project.command("scheme")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@project_option
@click.option(
    "--step",
    "steps",
    multiple=True,
    metavar="STEP",
    help="claim_type.position=opinion maps a retired value, claim_type.position? asks again.",
)
@click.option("--yes", is_flag=True, help="Do it; without, only the plan is printed.")
@in_workbench
def change_label_scheme(file: Path, project: str, *, steps: tuple[str, ...], yes: bool) -> None:
    """Make FILE the project's label scheme; print first what that changes, label by label.

    Answers with a retired label keep it, with the revision they were given under, unless a step
    says what becomes of them.
    """
    document = read_json(file)
    taken = [parse_step(step) for step in steps]
    session = db.session()
    project_id = project_by_slug(session, slug=project).id
    newest = newest_scheme(session, project_id=project_id)
    if newest.sha256 == content_hash(document):
        click.echo(f"The label scheme of {project} is at revision {newest.number}.")
        return
    plan = plan_change(session, project_id=project_id, document=document)
    check_steps(taken, plan.fields)
    moments = {place: touched.since for place, touched in plan.touched.items()}
    releases = versions_since(session, project_id=project_id, moments=moments)
    for line in _plan_lines(plan, releases):
        click.echo(line)
    if not yes:
        click.echo("Nothing is changed yet; --yes does it. It cannot be undone.")
        return
    session.rollback()
    with transaction() as writing:
        asked = change_scheme(
            writing,
            project_id=project_id,
            document=document,
            base=plan.base,
            steps=taken,
            by=None,
            now=utc_now(),
        )
    click.echo(f"The label scheme of {project} is at revision {asked.number}.")
    if asked.job is not None:
        _watch(project_id, asked.job)


def _plan_lines(plan: Plan, releases: Mapping[tuple[str, str], Sequence[Version]]) -> Iterator[str]:
    for field in plan.changes:
        yield f"{field.name}: {field.kind}{', asked otherwise' if field.is_asked_otherwise else ''}"
        for value in field.values:
            touched = plan.touched.get((field.name, value.name))
            if value.kind is not ChangeKind.KEPT or (touched and touched.answers):
                yield f"  {value.name}: {value.kind}"
            if touched and touched.answers:
                whose = [f"{name} {count}" for name, count in touched.people.items()]
                whose += [f"agreed {touched.agreed}"] if touched.agreed else []
                found = ", ".join(map(str, releases[field.name, value.name])) or "none"
                yield f"    {touched.answers} answers: {', '.join(whose)}; releases: {found}"


def _watch(project_id: int, job: str) -> None:
    status = watch_job(project_id, job, label="Changing answers")
    tally = status.result if isinstance(status.result, dict) else {}
    mapped, asked, left = (tally.get(name, 0) for name in ("mapped", "asked", "left"))
    click.echo(f"{mapped} answers are mapped, {asked} asked again, {left} left as they are.")


@project.command("scale")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@project_option
@in_workbench
def change_verdict_scale(file: Path, project: str) -> None:
    """Make FILE the project's verdict scale; verdicts keep the one they were given by."""
    document = read_json(file)
    with transaction() as session:
        number = record_scale(
            session,
            project_id=project_by_slug(session, slug=project).id,
            document=document,
            by=None,
            now=utc_now(),
        ).number
    click.echo(f"The verdict scale of {project} is at revision {number}.")


@project.command("import-guideline")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@project_option
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="fr",
    show_default=True,
    help="The language of the text.",
)
@in_workbench
def import_guideline(file: Path, project: str, language: str) -> None:
    """Make FILE, Markdown, the project's newest guideline."""
    text = decode(read_bytes(file), name=file.name)
    with transaction() as session:
        project_id = project_by_slug(session, slug=project).id
        texts = guideline_texts(newest_guideline(session, project_id=project_id))
        revision = record_guideline(
            session,
            project_id=project_id,
            texts={**texts, language: text},
            by=None,
            now=utc_now(),
        )
        number = revision.number
    click.echo(f"The guideline of {project} is at revision {number}.")


def read_json(file: Path) -> Json:
    """Return the JSON document in a file, or say what is wrong with it."""
    text = decode(read_bytes(file), name=file.name)
    try:
        document: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(
            "%(name)s is not JSON: %(reason)s.", name=file.name, reason=str(error)
        ) from None
    refuse_unstorable_json(document, file.name)
    return document
