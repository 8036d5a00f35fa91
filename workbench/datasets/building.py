"""Build a release: from what the project says at one instant to a folder that never changes.

All is made in a draft beside the place where it will lie, checked there, and moved in one step with
what the database records of it. A killed build goes on from its snapshot.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import cast

from sqlalchemy.orm import Session

from workbench.canonical import Json, JsonObject
from workbench.clock import utc_now
from workbench.datasets.differing import Splits, count_added, count_changes, list_changes
from workbench.datasets.history import SNAPSHOT, open_release
from workbench.datasets.manifests import MANIFEST, file_hash, read_manifest
from workbench.datasets.operations import (
    PERCENT,
    BuiltRelease,
    Wanted,
    record_release,
    release_folder,
)
from workbench.datasets.queries import KnownFile, KnownRelease, list_releases, newest_standing
from workbench.datasets.releasing import write_release
from workbench.datasets.rules import (
    FIRST,
    ChangeKind,
    Step,
    Tally,
    Version,
    decide_step,
    next_version,
)
from workbench.datasets.snapshots import Snapshot, open_snapshot
from workbench.datasets.snapshotting import (
    SnapshotHead,
    annotator_names_of,
    rename_annotators,
    write_snapshot,
)
from workbench.datasets.splits import Split, read_splits
from workbench.datasets.verifying import verify_release
from workbench.errors import ConflictError, UnavailableError, WorkbenchError
from workbench.jobs.runner import JobRun
from workbench.projects.queries import get_project
from workbench.storage.database import db, settle_project, transaction
from workbench.storage.drafts import PREFIX, kept_draft

DRAFT, RELEASE = "draft.jsonl", "release"
TELL_EVERY_SECONDS = 0.5
MOST_ARTICLES = 500  # of which a job keeps the rights, one by one
# How far a build is, in percent, when each part of it begins; the others take no time to speak of.
PARTS = {"snapshot": 0, "comparison": 35, "data": 40, "splits": 75, "check": 85, "done": 99}

OnProgress = Callable[[str, int, int], None]


class UnwritableError(WorkbenchError):
    """A release cannot be written where releases go: the disk is full, or the folder closed."""

    code = "unwritable"
    status = 507


class BrokenReleaseError(WorkbenchError):
    """The files of a release do not say what its snapshot says: the program's fault."""

    code = "broken_release"


@dataclass(frozen=True)
class Made:
    """A release whose files are whole in a draft, and how its version came about.

    ``withdrawn`` is a release after the one before: nobody can tell what changed since.
    """

    folder: Path
    snapshot: Snapshot
    manifest: str
    version: Version
    previous: Version | None
    step: Step
    tally: Tally
    withdrawn: Version | None


@dataclass
class _Progress:
    """Says how far a build is, not more often than somebody would look."""

    run: JobRun
    part: str = "snapshot"
    percent: int = 0
    told: float = field(default_factory=time.monotonic)

    def __call__(self, part: str, done: int, total: int) -> None:
        begin = PARTS.get(part, self.percent)
        end = next((one for one in PARTS.values() if one > begin), begin)
        percent = begin + (end - begin) * done // max(total, 1)
        self.percent = max(self.percent, percent if part in PARTS else 0)
        self.part = part if part in PARTS else self.part
        if time.monotonic() - self.told >= TELL_EVERY_SECONDS:
            self.tell()

    def tell(self) -> None:
        """Write it down; raises if the build is to stop or is somebody else's by now."""
        self.told = time.monotonic()
        with transaction() as session:
            self.run.record(session, done=self.percent, result={"part": self.part})


def run_build(run: JobRun, *, exports: Path, base_url: str) -> None:
    """Build the release that a job asks for, or tell what it would be."""
    project_id = run.job.project_id
    assert project_id is not None  # noqa: S101  # request_build wants one
    wanted = Wanted.read(run.job.arguments)
    progress = _Progress(run)
    dataset = get_project(db.session(), project_id=project_id).slug
    db.session.rollback()
    place = Path(tempfile.gettempdir()) if wanted.is_trial else exports / dataset
    with _told_what_cannot_be_written(place), _no_empty_folder(exports / dataset):
        make = partial(
            make_release,
            project_id,
            wanted,
            exports=exports,
            base_url=base_url,
            on_progress=progress,
        )
        if wanted.is_trial:
            with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
                result = describe(make(work=Path(name)))
            with transaction() as session:
                run.record(session, done=PERCENT, result=result)
            return
        with kept_draft(exports / dataset, f"build-{run.job.id}") as work:
            made = make(work=work)
            target = release_folder(exports, dataset, made.version)
            publish(run, made, target, project_id=project_id)


def make_release(
    project_id: int,
    wanted: Wanted,
    *,
    exports: Path,
    base_url: str,
    work: Path,
    on_progress: OnProgress,
) -> Made:
    """Make all files of a release in a draft and check them; nothing else is changed."""
    with Session(db.engine) as reading:
        slug = get_project(reading, project_id=project_id).slug
        releases = list_releases(reading, project_id=project_id)
    standing = newest_standing(releases)
    before = _open_before(standing, exports / slug)
    head = _describe_head(releases, standing, base_url)
    draft = _draft_snapshot(project_id, wanted, work / DRAFT, head=head, on_progress=on_progress)
    on_progress("comparison", 0, 1)
    tally = _compare(before, draft)
    withdrawn = releases[0].version if releases and releases[0] is not standing else None
    step = Step.FIRST if not releases else Step.MAJOR if withdrawn else decide_step(tally)
    version = next_version(step, used=[one.version for one in releases], wanted=wanted.version)
    folder = work / RELEASE
    shutil.rmtree(folder, ignore_errors=True)  # of a killed build
    folder.mkdir()
    rename_annotators(
        draft.path,
        folder / SNAPSHOT,
        names=_renaming(project_id, old=head.major, new=version.major),
        head={"version": str(version)},
    )
    previous = None if before is None else before.path.parent
    manifest = write_release(folder / SNAPSHOT, folder, previous=previous, on_progress=on_progress)
    on_progress("check", 0, 1)
    if problems := verify_release(folder):
        raise BrokenReleaseError(
            "The release would not be right, and nothing of it was kept: %(problem)s",
            problem=str(problems[0]),
        )
    return Made(
        folder=folder,
        snapshot=open_snapshot(folder / SNAPSHOT),
        manifest=manifest,
        version=version,
        previous=standing.version if standing else None,
        step=step,
        tally=tally,
        withdrawn=withdrawn,
    )


def publish(run: JobRun, made: Made, target: Path, *, project_id: int) -> None:
    """Move a release to its place and record it, both or neither.

    A folder that a killed build has moved already is taken for what it is if it has the same bytes.
    """
    for path in (*made.folder.rglob("*"), made.folder):
        _write_through(path)
    built = BuiltRelease(
        version=made.version,
        previous=made.previous,
        snapshot=made.snapshot.id,
        manifest=made.manifest,
        instant=datetime.fromisoformat(str(made.snapshot.head["instant"])),
        counts=cast(Mapping[str, int], made.snapshot.head["counts"]),
        files=list(_files(made.folder)),
        verdicts=[
            (str(line["statement"]), int(cast(int, line["number"])))
            for line in made.snapshot.lines("verdict")
            if line["is_current"]
        ],
        tests=list(_tests(made.snapshot)),
    )
    with transaction() as session:
        record_release(
            session, project_id=project_id, built=built, by=run.job.created_by, now=utc_now()
        )
        run.record(session, done=PERCENT, result=describe(made))
        _move(made, target)


def describe(made: Made) -> JsonObject:
    """Return what a job keeps of a release: its version and why, articles' rights, files."""
    head = made.snapshot.head
    articles: list[Json] = []
    allowed = 0
    for line in made.snapshot.lines("article"):
        allowed += bool(line["text_allowed"])
        if len(articles) < MOST_ARTICLES:
            about = {name: line[name] for name in ("slug", "title", "rights", "text_allowed")}
            articles.append(about)
    files: list[Json] = [{"path": one.path, "size": one.size} for one in _files(made.folder)]
    return {
        "version": str(made.version),
        "previous": str(made.previous) if made.previous else None,
        "step": made.step.value,
        "withdrawn": str(made.withdrawn) if made.withdrawn else None,
        "changes": {
            kind: {change.value: counts[change] for change in ChangeKind if counts.get(change)}
            for kind, counts in made.tally.items()
        },
        "counts": head["counts"],
        "left_out": head["left_out"],
        "text": head["text"],
        "texts_allowed": allowed,
        "articles": articles,
        "files": files,
    }


def _open_before(standing: KnownRelease | None, folder: Path) -> Snapshot | None:
    if standing is None:
        return None
    version = str(standing.version)
    return open_release(folder / version, version=version, snapshot=standing.snapshot)


def _describe_head(
    releases: Sequence[KnownRelease], standing: KnownRelease | None, base_url: str
) -> SnapshotHead:
    highest = max((one.version for one in releases), default=None)
    return SnapshotHead(
        instant=utc_now(),
        base_url=base_url,
        version=highest.step(Step.MAJOR) if highest else FIRST,
        previous=(standing.version, standing.snapshot) if standing else None,
        withdrawn=sorted(one.version for one in releases if one.is_withdrawn),
    )


def _renaming(project_id: int, *, old: int, new: int) -> Mapping[str, str]:
    if old == new:
        return {}
    with Session(db.engine) as reading:
        return annotator_names_of(reading, project_id=project_id, old=old, new=new)


def _draft_snapshot(
    project_id: int, wanted: Wanted, path: Path, *, head: SnapshotHead, on_progress: OnProgress
) -> Snapshot:
    """Return the snapshot that a killed build has left whole, else one of now."""
    if path.is_file() and _fits(draft := open_snapshot(path), head):
        return draft
    begun = path.with_suffix(".part")
    settle_project(db.session(), project_id)
    with Session(db.engine) as reading:  # Recording must not end what is read at one instant.
        write_snapshot(
            reading,
            begun,
            project_id=project_id,
            head=head,
            soft=wanted.soft_labels,
            allow_unsettled=wanted.allow_unsettled or wanted.is_trial,
            on_progress=lambda done, total: on_progress("snapshot", done, total),
        )
    _write_through(begun)
    begun.rename(path)  # What has this name is whole.
    return open_snapshot(path)


def _fits(draft: Snapshot, head: SnapshotHead) -> bool:
    """Tell whether no release was withdrawn since the draft was made."""
    return draft.head["withdrawn_versions"] == [str(one) for one in head.withdrawn]


def _compare(before: Snapshot | None, draft: Snapshot) -> Tally:
    if before is None:
        return count_added(draft.path)
    return count_changes(
        list_changes(
            before.path,
            draft.path,
            old_splits=_splits(before),
            new_splits=_splits(draft),
        )
    )


def _splits(snapshot: Snapshot) -> Splits:
    found = read_splits(snapshot)
    placed = {("article", one): place for one, place in found.articles.items()}
    placed |= {("statement", one): place for one, place in found.statements.items()}
    return {one: place.split.value for one, place in placed.items()}


def _tests(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    return (key for key, split in sorted(_splits(snapshot).items()) if split == Split.TEST)


def _files(folder: Path) -> Iterator[KnownFile]:
    """Yield all files of a release with their hashes, the manifest too."""
    for _, path, sha256 in read_manifest(folder):
        yield KnownFile(path, (folder / path).stat().st_size, str(sha256))
    manifest = folder / MANIFEST
    yield KnownFile(MANIFEST, manifest.stat().st_size, file_hash(manifest))


def _move(made: Made, target: Path) -> None:
    try:
        made.folder.rename(target)
    except OSError as error:
        is_same = (target / MANIFEST).is_file() and file_hash(target / MANIFEST) == made.manifest
        if not is_same:
            if not target.exists():
                raise
            raise ConflictError(
                "%(folder)s is there already and is no release of this project: move it away.",
                folder=str(target),
            ) from error


def _write_through(path: Path) -> None:
    """Wait until the disk has a file or folder, before another name promises that it is whole."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _no_empty_folder(folder: Path) -> Iterator[None]:
    """Leave no folder of a dataset that has no release."""
    try:
        yield
    finally:
        with suppress(OSError):  # It is not empty, or not there.
            folder.rmdir()


@contextmanager
def _told_what_cannot_be_written(place: Path) -> Iterator[None]:
    """End a build that cannot be written for good: doing it again would not help.

    Names ``place``, not the draft in it, which nobody has asked for.
    """
    try:
        yield
    except UnavailableError as error:
        if not isinstance(error.__cause__, OSError):
            raise
        raise UnwritableError(error.message, **error.values) from error
    except OSError as error:
        name = str(error.filename or place)
        raise UnwritableError(
            "%(path)s cannot be written: %(reason)s.",
            path=str(place) if PREFIX in name else name,
            reason=error.strerror or type(error).__name__,
        ) from error
