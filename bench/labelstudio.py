"""Label Studio: push and pull of 10,000 sentences with answers, beside its own library's.

The library is run where the tests have the server (``requirements-label-studio.lock``): it imports
the same tasks with the same predictions and annotations into another project in one request, and
exports them.
"""

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bench.agreement import Answers
from bench.annotators import PROJECT, Workbench
from bench.corpus import Density
from tests.label_studio import HOME, TOKEN, LabelStudio, find_label_studio, running_label_studio
from workbench.accounts.tables import User
from workbench.app import create_app
from workbench.clock import utc_now
from workbench.fetching import Door
from workbench.labelling.tables import Annotation
from workbench.labelstudio.connecting import Asked
from workbench.labelstudio.connections import connect_there
from workbench.labelstudio.rules import SyncKind
from workbench.labelstudio.runs import get_run, run_sync
from workbench.projects.queries import project_by_slug
from workbench.projects.tables import Membership
from workbench.settings import Settings
from workbench.storage.database import close_connections, db

LIBRARY = """
import json, sys, time
from label_studio_sdk import LabelStudio
url, token, given, project, empty = sys.argv[1:]
there = LabelStudio(base_url=url, api_key=token, timeout=600)
there.users.whoami()
began = time.perf_counter()
whole = b"".join(there.projects.exports.download_sync(
    int(project), export_type="JSON", download_all_tasks=True))
exported = time.perf_counter() - began
predicted = {}
for one in there.predictions.list(project=int(project)):
    given = {"result": one.result, "model_version": one.model_version}
    predicted.setdefault(one.task, []).append(given)
tasks = [
    {"data": task["data"], "predictions": predicted.get(task["id"], []), "annotations": [
        {"result": one["result"], "completed_by": one["completed_by"], "ground_truth": False}
        for one in task["annotations"]]}
    for task in json.loads(whole)
]
began = time.perf_counter()
there.projects.import_tasks(int(empty), request=tasks, request_options={"max_retries": 0})
imported = time.perf_counter() - began
print(json.dumps({"export": exported, "import": imported}))
"""


class Side:
    """A workbench in this process, connected with a project there."""

    def __init__(self, settings: Settings, server: LabelStudio, title: str) -> None:
        self.app: Flask = create_app(settings)
        self.settings = settings
        self.door = Door(frozenset({urlsplit(server.url).netloc}))
        self.key = str(self.app.config["SECRET_KEY"])
        asked = Asked(server.url, TOKEN, title, is_apart=False)
        with self.app.app_context():
            self.project = project_by_slug(db.session(), slug=PROJECT).id
            connect_there(
                asked,
                project_id=self.project,
                submitted_means_read=False,
                sync_minutes=None,
                key=self.key,
                door=self.door,
                by=None,
            )

    def run(self, kind: SyncKind) -> tuple[float, dict[str, int]]:
        """Return the seconds that a run takes, and what it counted."""
        began = time.perf_counter()
        with self.app.app_context():
            made = run_sync(
                project_id=self.project,
                kind=kind,
                key=self.key,
                folder=self.settings.data_dir,
                door=self.door,
                by=None,
            )
            seconds = time.perf_counter() - began
            run = get_run(db.session(), project_id=self.project, run=made)
            close_connections()
        assert not run.problems, run.problems[:3]
        return seconds, dict(run.counts)


def copy_of(settings: Settings, folder: Path) -> Settings:
    """Copy a workbench that nobody uses."""
    shutil.copytree(settings.data_dir, folder)
    return Settings(data_dir=folder)


def measure(server: LabelStudio, folder: Path, count: int) -> list[tuple[str, float, float]]:
    """Return what was done, our seconds, and the library's."""
    settings = Settings(data_dir=folder / "data")
    Workbench(settings, count, 1, Density.PRESS)
    empty = copy_of(settings, folder / "empty")
    engine = create_engine(settings.database)
    with Session(engine) as session:
        Answers(session).store()
        emails = session.scalars(select(User.email).join(Membership)).all()
        assert session.scalar(select(Annotation.id).limit(1))
    engine.dispose()
    for email in set(emails):
        server.call("POST", "/api/users/", {"email": email, "username": email})
    title = f"Bench {utc_now():%H%M%S}"
    full = Side(settings, server, title)
    pushed, _ = full.run(SyncKind.PUSH)
    looked, _ = full.run(SyncKind.PULL)
    projects = server.call("GET", "/api/projects/")["results"]
    (project,) = [one["id"] for one in projects if one["title"] == title]
    config = server.call("GET", f"/api/projects/{project}/")["label_config"]
    another = {"title": f"{title} SDK", "label_config": config}
    other = server.call("POST", "/api/projects/", another)["id"]
    command = [HOME / "bin" / "python", "-c", LIBRARY, server.url, TOKEN, "", project, other]
    told = subprocess.run([str(one) for one in command], check=True, capture_output=True)
    library = json.loads(told.stdout)
    pulled, counts = Side(empty, server, title).run(SyncKind.PULL)
    assert counts["sentences_saved"] == count, counts
    return [
        ("push", pushed, library["import"]),
        ("pull, nothing new", looked, library["export"]),
        ("pull, all new and saved", pulled, library["export"]),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=10_000)
    args = parser.parse_args(arguments)
    if find_label_studio() is None:
        print("Not measured: the tests' Label Studio is missing, see `make test`.")
        return
    print(f"| {args.sentences:,} sentences | ours, s | its import or export, s | times | budget |")
    print("|--|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_label_studio(folder / "label-studio") as server:
            for what, ours, theirs in measure(server, folder, args.sentences):
                times = f"{ours / theirs:.1f}"
                print(f"| {what} | {ours:.1f} | {theirs:.1f} | {times} | ≤ 1.5 |", flush=True)


if __name__ == "__main__":
    main()
