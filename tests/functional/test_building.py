"""Building releases: frozen, numbered by what changed, whole or not there at all."""

import json
import re
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

import pytest
from click.testing import Result
from flask import Flask

from tests.cases import Case
from tests.press import correct, open_press, publish
from tests.server import environment
from workbench.clock import utc_now
from workbench.datasets import building
from workbench.datasets.operations import Wanted, request_build
from workbench.datasets.queries import KnownRelease, list_releases
from workbench.jobs.queries import list_jobs
from workbench.jobs.rules import JobState, JobStatus
from workbench.jobs.runner import run_waiting_jobs
from workbench.jobs.tables import Job
from workbench.settings import Settings
from workbench.storage.database import db, transaction

# A worker that is killed in the midst of a build, each time elsewhere, then one that is not. What
# each did is there for the next, as after a power cut.
KILLED = """
import os, signal, sys
from workbench.app import JOBS, create_app
from workbench.clock import utc_now
from workbench.datasets import building, releasing
from workbench.jobs.runner import run_waiting_jobs
from workbench.jobs.tables import Job
from workbench.settings import Settings
from workbench.storage.database import db, transaction
import threading
import pyarrow.parquet  # once for all
from sqlalchemy import update

def work(app, name):
    if name:
        real = getattr(building, name)
        def die(*arguments, **named):
            real(*arguments, **named)
            os.kill(os.getpid(), signal.SIGKILL)
        setattr(building, name, die)
    run_waiting_jobs(app.extensions[JOBS], app_context=app.app_context, stop=threading.Event())

releasing.PARTS = [part for part in releasing.PARTS if part[0] != "texts"]
releasing.write_pictures = lambda *_: None
app = create_app(Settings.from_environ())
for name in ("_compare", "write_release", "_move", ""):
    child = os.fork()
    if not child:
        work(app, name)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    folder = Settings.from_environ().export_dir / "demo"
    print(os.WTERMSIG(status), sorted(path.name for path in folder.iterdir()), flush=True)
    if name:
        with app.app_context(), transaction() as session:
            session.execute(update(Job).values(lease_until=utc_now()))  # as if a minute went by
        with app.app_context():
            db.engine.dispose()
"""


def make_dataset(app: Flask) -> Case:
    """Make a project with an agreed claim, and a published verdict on it."""
    with app.app_context(), transaction() as session:
        case = open_press(session)
        publish(session, case)
        return case


def ask(app: Flask, **wanted: object) -> None:
    with app.app_context(), transaction() as session:
        request_build(
            session,
            project_id=1,
            wanted=Wanted(**{"allow_unsettled": True, **wanted}),  # type: ignore[arg-type]
            by=None,
            now=utc_now(),
        )


def build(app: Flask, **wanted: object) -> JobStatus:
    """Ask for a build and carry it out."""
    ask(app, **wanted)
    handlers = app.extensions["WORKBENCH_JOBS"]
    run_waiting_jobs(handlers, app_context=app.app_context, stop=threading.Event())
    with app.app_context():
        return list_jobs(db.session(), project_id=1, kind="release")[0]


def releases(app: Flask) -> list[KnownRelease]:
    with app.app_context():
        return list_releases(db.session(), project_id=1)


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_release_is_built_numbered_and_says_what_was_wrong_before(
    settings: Settings, app: Flask, cli: Callable[..., Result], tmp_path: Path
) -> None:
    case = make_dataset(app)
    build_it = ("release", "build", "--project", "demo")
    folder = settings.export_dir / "demo"

    trial = cli(*build_it, "--dry-run")
    assert content(settings.export_dir) == {}
    first = cli(*build_it)
    again = cli("release", "rebuild", folder / "1.0.0/snapshot.jsonl", "--output", tmp_path / "a")
    with app.app_context(), transaction() as session:
        correct(session, case)
    second = cli(*build_it)

    assert trial.stdout.startswith("It would be version 1.0.0: it is the first release.\n")
    assert "article: stand-off (rights unknown)" in trial.stdout
    warning = f"Warning: The addresses of its verdicts begin with {settings.base_url} for ever:"
    assert all(one.stderr.startswith(warning) for one in (trial, first, second))
    assert first.stdout.startswith("demo 1.0.0 is built: it is the first release.")
    assert again.exit_code == 0
    assert content(tmp_path / "a") == content(folder / "1.0.0")  # on another day
    assert second.stdout.startswith("demo 2.0.0 is built: after 1.0.0, records were changed")
    (erratum,) = json.loads((folder / "2.0.0/ERRATA.json").read_text())["errata"]
    (touched,) = erratum["releases"]
    assert (touched["version"], touched["records"][1]["config"]) == ("1.0.0", "verdicts")
    differing = cli("release", "diff", "--project", "demo", "1.0.0", "2.0.0").stdout
    assert "changed verdict" in differing
    assert "  is_current: true → false" in differing
    as_json = cli("release", "diff", folder / "1.0.0", folder / "2.0.0", "--format", "json").stdout
    assert {one["change"] for one in json.loads(as_json)} == {"added", "changed"}
    newest, _ = map(
        json.loads,
        cli("release", "list", "--project", "demo", "--format", "jsonl").stdout.splitlines(),
    )
    assert (newest["version"], newest["claims"], newest["withdrawn"]) == ("2.0.0", 1, None)
    assert cli("release", "verify", folder / "2.0.0").stdout == f"{folder / '2.0.0'} is whole.\n"
    prove = ("release", "verify", "--rebuild", folder / "2.0.0")
    assert cli(*prove, "--previous", folder / "1.0.0").exit_code == 0
    assert "the folder of that release back" in cli(*prove).stderr
    pseudonyms = [
        set(re.findall("annotator-[0-9a-f]{12}", (folder / version / "snapshot.jsonl").read_text()))
        for version in ("1.0.0", "2.0.0")
    ]
    assert pseudonyms[0].isdisjoint(pseudonyms[1])

    withdrawn = cli(
        *("release", "withdraw", "2.0.0", "--project", "demo", "--reason", "A name.", "--yes")
    )
    third = cli(*build_it)

    assert withdrawn.stdout == "demo 2.0.0 is withdrawn.\n"
    withdraw = ("release", "withdraw", "2.0.0", "--project", "demo", "--yes", "--reason")
    assert cli(*withdraw, "A name.").exit_code == 0  # as after a kill
    for refused, said in (
        (
            cli(*withdraw, "Another."),
            "demo 2.0.0 is withdrawn already, and its reason stays: A name.",
        ),
        (cli("release", "verify", folder / "2.0.0"), f"{folder / '2.0.0'} was withdrawn: A name."),
        (cli("release", "verify", folder), f"{folder} is no release: it has neither"),
        (cli(*build_it, "--version", "2.0.0"), "There is a release 2.0.0 already"),
    ):
        assert (refused.exit_code, said in refused.stderr) == (2, True)
    assert [path.name for path in (folder / "2.0.0").iterdir()] == ["WITHDRAWN.json"]
    assert third.stdout.startswith("demo 3.0.0 is built: after 1.0.0, release 2.0.0 was withdrawn")
    errata = json.loads((folder / "3.0.0/ERRATA.json").read_text())
    assert errata["withdrawn_versions"] == ["2.0.0"]

    (folder / "3.0.0").rename(tmp_path / "elsewhere")
    refused = cli(*build_it)

    assert refused.exit_code == 2
    assert f"Release 3.0.0, with which the new one is compared, is not there: put {folder}" in (
        refused.stderr
    )
    assert len(releases(app)) == 3


# Slow, since each process must load Arrow; what it proves is about files.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_killed_build_leaves_nothing_half_and_goes_on(app: Flask, settings: Settings) -> None:
    make_dataset(app)
    ask(app)

    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.splitlines() == [
        "9 ['.workbench-build-1']",
        "9 ['.workbench-build-1']",
        "9 ['.workbench-build-1', '1.0.0']",
        "0 ['1.0.0']",
    ], done.stderr
    (release,) = releases(app)
    assert release.files == len(content(settings.export_dir / "demo" / "1.0.0"))
    with app.app_context():
        job = db.session.get_one(Job, 1)
        assert (job.state, job.problem, job.attempts) == ("done", None, 4)


def test_a_disk_that_fills_up_leaves_nothing(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dataset(app)
    real = building.write_release

    def write_on_a_full_disk(*arguments: object, **named: object) -> str:
        named["on_progress"] = lambda *_: None  # into the database, which has a disk of its own
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        try:
            return real(*arguments, **named)  # type: ignore[arg-type]
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    monkeypatch.setattr(building, "write_release", write_on_a_full_disk)

    failed = build(app)

    assert failed.state is JobState.FAILED
    assert failed.problem == f"{settings.export_dir}/demo cannot be written: File too large."
    assert list(settings.export_dir.iterdir()) == []
    assert releases(app) == []
    trial = build(app, is_trial=True)
    assert trial.problem == f"{gettempdir()} cannot be written: File too large."


def test_what_is_in_the_way_is_said_and_stays(app: Flask, settings: Settings) -> None:
    make_dataset(app)
    folder = settings.export_dir / "demo" / "1.0.0"
    folder.mkdir(parents=True)
    (folder / "mine.txt").touch()

    failed = build(app)

    assert (
        failed.problem
        == f"{folder} is there already and is no release of this project: move it away."
    )
    assert content(settings.export_dir) == {"demo/1.0.0/mine.txt": b""}
    assert releases(app) == []
