"""What `workbench labelstudio` brings across, and how conflicts are settled."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar, cast

import click

from workbench.canonical import JsonObject
from workbench.cli.errors import complain, printable
from workbench.cli.jobs import watch_job
from workbench.cli.opening import in_workbench, project_option
from workbench.cli.output import format_option, print_rows
from workbench.clock import utc_now
from workbench.errors import WorkbenchError
from workbench.labelstudio.rules import ConflictState, SyncKind
from workbench.labelstudio.runs import ListedRun, get_run, request_sync
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

if TYPE_CHECKING:
    from workbench.labelstudio.convert import Said

LISTED = ("id", "shown", "sentence", "about", "base", "ours", "theirs")
_Command = TypeVar("_Command", bound=Callable[..., object])


def dry_run_option(command: _Command) -> _Command:
    """Add ``--dry-run``."""
    return click.option("--dry-run", is_flag=True, help="Only tell what would be done.")(command)


@click.command("push")
@project_option
@dry_run_option
@in_workbench
def push(project: str, dry_run: bool) -> None:
    """Write there what is new here: texts as tasks, answers as annotations."""
    _run(project, SyncKind.PUSH, is_plan=dry_run)


@click.command("pull")
@project_option
@dry_run_option
@in_workbench
def pull(project: str, dry_run: bool) -> None:
    """Bring here what people answered, changed and deleted there."""
    _run(project, SyncKind.PULL, is_plan=dry_run)


@click.command("sync")
@project_option
@dry_run_option
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C; a run that fails is tried again.")
@click.option(
    "--every",
    type=click.IntRange(5, 86400),
    default=60,
    show_default=True,
    help="Seconds between two runs of --watch.",
)
@in_workbench
def sync(project: str, dry_run: bool, watch: bool, every: int) -> None:
    """Pull, then push; what both sides changed waits among the conflicts."""
    while True:
        try:
            _run(project, SyncKind.SYNC, is_plan=dry_run)
        except WorkbenchError as error:
            if not watch:
                raise
            complain(str(error))
        if not watch:
            return
        sys.stdout.flush()
        time.sleep(every)


@click.command("conflicts")
@project_option
@format_option
@in_workbench
def conflicts(project: str, format_: str) -> None:
    """List what both sides changed, each in its own way, with what each says now."""
    from workbench.labelstudio.settling import list_conflicts  # noqa: PLC0415  # loads lxml

    session = db.session()
    found = project_by_slug(session, slug=project)
    rows = []
    for one in list_conflicts(session, project_id=found.id):
        conflict = one.conflict
        sides = (conflict.base, conflict.ours, conflict.theirs)
        base, ours, theirs = ("; ".join(_tell_said(side)) for side in sides)
        rows.append(
            {
                "id": one.id,
                "shown": one.shown,
                "sentence": one.sentence,
                "about": conflict.item.kind.value,
                "base": base,
                "ours": ours,
                "theirs": theirs,
            }
        )
    print_rows(LISTED, rows, format_=format_)


@click.command("settle")
@click.argument("conflict")
@project_option
@click.option(
    "--take",
    type=click.Choice([ConflictState.OURS.value, ConflictState.THEIRS.value]),
    required=True,
    help="Which side is to stand; the page of conflicts also takes an edit.",
)
@click.option("--shown", required=True, help="As the list of conflicts has it beside the id.")
@in_workbench
def settle(conflict: str, project: str, take: str, shown: str) -> None:
    """Settle a conflict for one side; the next sync writes it there."""
    from workbench.labelstudio.settling import settle_conflict  # noqa: PLC0415  # loads lxml

    with transaction() as session:
        settle_conflict(
            session,
            project_id=project_by_slug(session, slug=project).id,
            conflict=conflict,
            take=ConflictState(take),
            shown=shown,
            by=None,
            now=utc_now(),
        )
    click.echo(f"The conflict {printable(conflict)} is settled: {take} stand.")


def _run(project: str, kind: SyncKind, *, is_plan: bool) -> None:
    with transaction() as session:
        project_id = project_by_slug(session, slug=project).id
        job = request_sync(
            session, project_id=project_id, kind=kind, is_plan=is_plan, by=None, now=utc_now()
        )
    status = watch_job(project_id, job, label=kind.value.capitalize())
    run = get_run(
        db.session(), project_id=project_id, run=str(cast(JsonObject, status.result)["run"])
    )
    db.session.rollback()
    click.echo(printable(_tell(run)))
    for problem in run.problems:
        complain(f"{problem.subject}: {problem}", kind="Not done")


def tell_last(run: ListedRun) -> str:
    """Tell in a line when a run was, and what it did or what ended it."""
    left = f" Not done: {len(run.problems)}." if run.problems else ""
    return f"{run.started_at:%Y-%m-%dT%H:%MZ} {run.problem or _tell(run)}{left}"


def _tell(run: ListedRun) -> str:
    done = [
        f"{count} {name.replace('_', ' ')}"
        for name, count in run.counts.items()
        if name != "tasks_read"
    ]
    begin = (
        f"{run.kind.value.capitalize()}, only planned"
        if run.is_plan
        else run.kind.value.capitalize()
    )
    return f"{begin}: {', '.join(done) or 'nothing to do'}."


def _tell_said(said: "Said") -> Iterator[str]:
    """Tell in few words what one side says."""
    if not said.claims and not said.stances:
        yield said.decision
    for claim in said.claims:
        words = " […] ".join(part.text for part in claim.parts)
        attributes = ", ".join(filter(None, claim.attributes.values()))
        yield f"“{words}” ({attributes})" if attributes else f"“{words}”"
    for stance in said.stances:
        yield f"{stance.holder} {stance.value} {stance.target}"
