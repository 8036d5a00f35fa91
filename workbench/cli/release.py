"""`workbench release`: gold datasets, frozen and checked."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import click

from workbench.canonical import Json, JsonObject, canonical_json
from workbench.cli.errors import complain, printable
from workbench.cli.jobs import watch_job
from workbench.cli.opening import in_workbench, opened_settings, opened_workbench, project_option
from workbench.cli.output import Row, format_option, print_rows
from workbench.clock import utc_now
from workbench.datasets.aggregating import Method
from workbench.datasets.history import SNAPSHOT
from workbench.datasets.manifests import MANIFEST
from workbench.datasets.operations import (
    Wanted,
    bury_release,
    find_build,
    read_tombstone,
    release_folder,
    request_build,
    to_instant,
    withdraw_release,
)
from workbench.datasets.queries import find_release, list_releases, refuse_withdrawn
from workbench.datasets.rules import ChangeKind, Step, Version
from workbench.datasets.snapshots import open_snapshot, refuse_broken_lines
from workbench.errors import InvalidInputError
from workbench.projects.queries import project_by_slug
from workbench.settings import Settings
from workbench.storage.database import db, transaction
from workbench.storage.drafts import draft_folder

LISTED = (
    "version",
    "instant",
    "articles",
    "sentences",
    "claims",
    "files",
    "bytes",
    "snapshot",
    "withdrawn",
)
WHY = {
    Step.FIRST: "it is the first release",
    Step.PATCH: "no record differs",
    Step.MINOR: "there are only additions",
    Step.MAJOR: "records were changed, removed or moved across splits",
}
version_argument = click.argument("version")


@click.group()
def release() -> None:
    """Build gold datasets, and look after them."""


@release.command("build")
@project_option
@click.option("--dry-run", is_flag=True, help="Only tell what it would be; nothing is kept.")
@click.option(
    "--allow-unsettled",
    is_flag=True,
    help="Take sentences that are not settled along; each is marked as such.",
)
@click.option("--version", help="A version above the one that the changes ask for.")
@click.option(
    "--soft-labels",
    type=click.Choice([method.value for method in Method]),
    default=Method.VOTES.value,
    show_default=True,
    help="How annotators' answers become shares.",
)
@in_workbench
def build(
    project: str, dry_run: bool, allow_unsettled: bool, version: str | None, soft_labels: str
) -> None:
    """Freeze what the project says now as a release.

    Its version follows from what changed since the release before. A build that was killed goes on
    where it was when it is asked for again.
    """
    wanted = Wanted(
        allow_unsettled=allow_unsettled,
        soft_labels=Method(soft_labels),
        version=Version.parse(version) if version else None,
        is_trial=dry_run,
    )
    project_id = project_by_slug(db.session(), slug=project).id
    with transaction() as session:
        under_way = find_build(session, project_id=project_id)
        if under_way is not None and under_way.arguments == wanted.arguments():
            job = under_way.public_id
        else:
            job = request_build(
                session, project_id=project_id, wanted=wanted, by=None, now=utc_now()
            )
    status = watch_job(project_id, job, label="Building")
    made = cast(JsonObject, status.result)
    settings = opened_settings()
    if settings.is_known_here_only and cast(Mapping[str, int], made["counts"])["verdicts"]:
        complain(
            f"The addresses of its verdicts begin with {settings.base_url} for ever: set"
            " WORKBENCH_PUBLIC_URL to the address that people type before a release is built.",
            kind="Warning",
        )
    for line in _tell_trial(made) if dry_run else _tell_built(made, project):
        click.echo(printable(line))


@release.command("list")
@project_option
@format_option
@in_workbench
def show_releases(project: str, format_: str) -> None:
    """List a project's releases, the newest version first; withdrawn ones have a reason."""
    session = db.session()
    rows: list[Row] = [
        {
            "version": str(one.version),
            "instant": to_instant(one.instant),
            **{name: one.counts.get(name, 0) for name in ("articles", "sentences", "claims")},
            "files": one.files,
            "bytes": one.size,
            "snapshot": one.snapshot,
            "withdrawn": one.withdrawal,
        }
        for one in list_releases(session, project_id=project_by_slug(session, slug=project).id)
    ]
    print_rows(LISTED, rows, format_=format_)


@release.command("verify")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--rebuild", "rebuilds", is_flag=True, help="Make all files again, and compare.")
@click.option(
    "--previous",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="For --rebuild: the folder of the release before, which the snapshot names.",
)
def verify(folder: Path, rebuilds: bool, previous: Path | None) -> None:
    """Check a release's folder again: hashes, schemas, every span, every id, every count.

    With --rebuild also that each file is what this version of the program makes from the snapshot.
    """
    from workbench.datasets.verifying import (  # noqa: PLC0415  # loads Arrow
        compare_with_snapshot,
        verify_release,
    )

    if previous is not None and not rebuilds:
        raise InvalidInputError("--previous is only for --rebuild.")
    if (reason := read_tombstone(folder)) is not None:
        raise InvalidInputError(
            "%(folder)s was withdrawn: %(reason)s", folder=str(folder), reason=reason
        )
    if not any((folder / name).exists() for name in (MANIFEST, SNAPSHOT)):
        raise InvalidInputError(
            "%(folder)s is no release: it has neither %(manifest)s nor %(snapshot)s.",
            folder=str(folder),
            manifest=MANIFEST,
            snapshot=SNAPSHOT,
        )
    problems = verify_release(folder)
    if rebuilds and not problems:
        problems = compare_with_snapshot(folder, previous=previous)
    for problem in problems:
        complain(str(problem))
    if problems:
        raise InvalidInputError(
            "%(folder)s is not whole: what is wrong is named above (%(count)s).",
            folder=str(folder),
            count=len(problems),
        )
    click.echo(f"{folder} is whole.")


@release.command("diff")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option("--project", metavar="SLUG", help="A and B are versions of this project.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or the changes as in CHANGES.json.",
)
def diff(old: str, new: str, project: str | None, format_: str) -> None:
    """Tell record by record what differs from release A to release B.

    Both are folders, or versions of a project. Pseudonyms of annotators do not count.
    """
    from workbench.datasets.differing import (  # noqa: PLC0415  # as is the next
        count_changes,
        list_changes,
        tell_change,
    )
    from workbench.datasets.history import SNAPSHOT, name_of, read_splits  # noqa: PLC0415

    folders = [Path(old), Path(new)] if project is None else _folders(project, old, new)
    for folder in folders:
        if not (folder / SNAPSHOT).is_file():
            raise InvalidInputError(
                "%(folder)s is no folder of a release: it has no snapshot.jsonl. Versions need"
                " --project.",
                folder=str(folder),
            )
    changes = list_changes(
        folders[0] / SNAPSHOT,
        folders[1] / SNAPSHOT,
        old_splits=read_splits(folders[0]),
        new_splits=read_splits(folders[1]),
    )
    if format_ == "json":
        before = "[\n"
        for change in changes:
            click.echo(before + canonical_json(change.document()), nl=False)
            before = ",\n"
        click.echo("[]" if before == "[\n" else "\n]")
        return

    def told() -> Iterator[object]:
        for change in changes:
            for line in tell_change(change):
                click.echo(printable(line))
            yield change

    tally = count_changes(told())  # type: ignore[arg-type]  # they are handed on
    for kind, counts in tally.items():
        click.echo(f"{name_of(kind, 2)}: {_counted(counts)}")
    if not tally:
        click.echo("No record differs.")


@release.command("withdraw")
@version_argument
@project_option
@click.option("--reason", required=True, help="Why; everybody who looks for it reads this.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@in_workbench
def withdraw(version: str, project: str, reason: str, yes: bool) -> None:
    """Take a release back: its files are removed, its version and the reason stay."""
    exports = opened_settings().export_dir
    found = project_by_slug(db.session(), slug=project).id
    known = find_release(db.session(), project_id=found, version=version)
    if not known.is_withdrawn:
        if not yes:
            click.confirm(f"Remove the files of {project} {version} for good?", abort=True)
        with transaction() as session:
            known = withdraw_release(
                session, project_id=found, version=version, reason=reason, by=None, now=utc_now()
            )
    elif reason.strip() != known.withdrawal:
        raise InvalidInputError(
            "%(release)s is withdrawn already, and its reason stays: %(reason)s",
            release=f"{project} {version}",
            reason=known.withdrawal,
        )
    bury_release(release_folder(exports, project, known.version), dataset=project, release=known)
    click.echo(f"{project} {version} is withdrawn.")


@release.command("rebuild")
@click.argument("snapshot", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--output", required=True, metavar="DIR", type=click.Path(path_type=Path), help="A new folder."
)
@click.option(
    "--previous",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the release before, which the snapshot names.",
)
def rebuild(snapshot: Path, output: Path, previous: Path | None) -> None:
    """Make all files of a release again from its snapshot: the same bytes."""
    from workbench.datasets.releasing import write_release  # noqa: PLC0415  # loads Arrow

    output = output.resolve()
    if output.exists():
        raise InvalidInputError(
            "%(folder)s is there already: give --output a folder that is not.", folder=str(output)
        )
    refuse_broken_lines(open_snapshot(snapshot))
    with draft_folder(output) as draft:
        folder = draft / output.name
        folder.mkdir()
        manifest = write_release(snapshot, folder, previous=previous, on_progress=lambda *_: None)
        folder.rename(output)
    click.echo(f"{output} is made; its manifest has the SHA-256 {manifest}.")


def _folders(project: str, *versions: str) -> list[Path]:
    """Return where these versions of a project lie; withdrawn ones have no records any more."""
    with opened_workbench(Settings.from_environ()):
        session, settings = db.session(), opened_settings()
        project_id = project_by_slug(session, slug=project).id
        found = [
            find_release(session, project_id=project_id, version=version) for version in versions
        ]
    for one in found:
        refuse_withdrawn(one)
    return [release_folder(settings.export_dir, project, one.version) for one in found]


def _tell_built(made: JsonObject, project: str) -> Iterator[str]:
    folder = release_folder(
        opened_settings().export_dir, project, Version.parse(str(made["version"]))
    )
    yield f"{project} {made['version']} is built: {_why(made)}."
    yield str(folder)


def _tell_trial(made: JsonObject) -> Iterator[str]:
    counts = cast(Mapping[str, int], made["counts"])
    yield f"It would be version {made['version']}: {_why(made)}."
    for kind, changes in cast(Mapping[str, Mapping[str, int]], made["changes"]).items():
        yield f"  {kind}: {_counted(changes)}"
    yield f"{counts['sentences']:,} sentences, of which {counts['unsettled']:,} are not settled."
    if counts["unsettled"]:
        yield "They must be settled, or the release built with --allow-unsettled."
    articles = cast(list[JsonObject], made["articles"])
    yield f"Texts of {made['texts_allowed']:,} of {counts['articles']:,} articles may be passed on:"
    for one in articles:
        how = "whole text" if one["text_allowed"] else "stand-off"
        yield f"  {one['slug']}: {how} ({one['rights'] or 'rights unknown'})"
    if more := counts["articles"] - len(articles):
        yield f"  … and {more:,} more"
    files = cast(list[Mapping[str, Json]], made["files"])
    size = sum(cast(int, one["size"]) for one in files)
    yield f"{len(files)} files, {size:,} bytes:"
    for file in files:
        yield f"  {file['path']}: {file['size']:,}"
    yield "Nothing is kept."


def _why(made: JsonObject) -> str:
    why = WHY[Step(str(made["step"]))]
    if made["withdrawn"]:
        why = f"release {made['withdrawn']} was withdrawn, so that nobody can tell what changed"
    return f"after {made['previous']}, {why}" if made["previous"] else why


def _counted(changes: Mapping[ChangeKind, int] | Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {change}" for change, count in changes.items() if count)
