"""Whatever breaks while a project and a real Label Studio meet, both sides are equal afterwards."""

import dataclasses
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from tests.annotators import make_corpus
from tests.factories import make_article
from tests.label_studio import LabelStudio, running_label_studio
from tests.proxy import Proxy, open_proxy
from tests.server import WORKBENCH, environment
from tests.synced import Pair, save_claim
from workbench.errors import FetchError
from workbench.labelstudio import writing_tasks
from workbench.labelstudio.client import GoneThereError
from workbench.labelstudio.rules import SyncKind
from workbench.projects.queries import project_by_slug
from workbench.settings import Settings
from workbench.storage.database import transaction

pytestmark = [
    pytest.mark.labelstudio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

CHUNKS = 1000 // writing_tasks.IMPORTED
IMPORT, READ = "/import", "fields=all"


@dataclasses.dataclass
class Machine:
    """A server of this module alone, behind a proxy, to be killed and started again."""

    folder: Path
    proxy: Proxy
    stack: ExitStack

    @property
    def server(self) -> LabelStudio:
        return LabelStudio(self.proxy.upstream)

    def start(self) -> None:
        self.proxy.upstream = self.stack.enter_context(running_label_studio(self.folder)).url

    def kill(self) -> bool:
        self.stack.close()
        return True


@pytest.fixture(scope="module")
def machine(
    label_studio: LabelStudio, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    with open_proxy(label_studio.url) as proxy, ExitStack() as stack:
        machine = Machine(tmp_path_factory.mktemp("killed"), proxy, stack)
        machine.start()
        yield machine


@pytest.fixture
def pair(app: Flask, settings: Settings, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """The project ``demo``, one of its texts with answers, connected through the proxy."""
    monkeypatch.setattr(writing_tasks, "PAUSE_SECONDS", 0.3)
    machine.proxy.listener = lambda _: False
    make_corpus(app)
    pair = Pair(app, settings, machine.server, machine.proxy.url)
    anna = pair.open_desk()
    save_claim(anna, 1, "OpenAI a fermé ses modèles")
    return pair


def add_articles(app: Flask, count: int) -> None:
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        for number in range(count):
            make_article(session, project.id, f"Phrase {number}.", name=f"texte-{number}")


def test_an_answer_dropped_after_the_commit_doubles_nothing(pair: Pair, machine: Machine) -> None:
    add_articles(pair.app, 2 * writing_tasks.IMPORTED)
    pair.connect()
    machine.proxy.on(2, IMPORT, lambda: True)

    run = pair.run()

    assert run.counts["tasks_made"] == 2 * writing_tasks.IMPORTED + 1
    assert sum(IMPORT in line for line in machine.proxy.requests) == 3
    pair.check_equal()


def test_a_server_killed_amid_a_thousand_tasks_has_each_once_afterwards(
    pair: Pair, machine: Machine
) -> None:
    add_articles(pair.app, 999)
    pair.connect()
    machine.proxy.on(CHUNKS // 2, IMPORT, machine.kill)

    with pytest.raises(FetchError):
        pair.run(SyncKind.PUSH)
    machine.start()
    pair.server = machine.server
    there = len(pair.tasks())
    pair.run()

    assert writing_tasks.IMPORTED <= there < 1000
    pair.check_equal()


def test_our_own_process_killed_amid_a_push_goes_on(
    pair: Pair, machine: Machine, settings: Settings
) -> None:
    add_articles(pair.app, 249)
    pair.connect()
    place = pair.url.removeprefix("http://")
    settings = dataclasses.replace(settings, allowed_private_hosts=place)
    command = (WORKBENCH, "labelstudio", "push", "--project", "demo")
    with subprocess.Popen(command, env=environment(settings), cwd=settings.data_dir) as process:

        def kill() -> bool:
            process.kill()
            return False

        machine.proxy.on(3, IMPORT, kill)
        process.wait(120)

    there = len(pair.tasks())
    pair.run()

    assert writing_tasks.IMPORTED <= there < 250
    pair.check_equal()


def test_a_project_deleted_amid_a_pull_takes_nothing_from_here(
    pair: Pair, machine: Machine
) -> None:
    add_articles(pair.app, 250)
    pair.connect()
    pair.run(SyncKind.PUSH)
    gone = f"/api/projects/{pair.remote_id}/"

    def delete() -> bool:
        machine.server.call("DELETE", gone)
        return True

    machine.proxy.on(2, READ, delete)
    with pytest.raises(FetchError):
        pair.run(SyncKind.PULL)
    with pytest.raises(GoneThereError):
        pair.run()

    assert pair.count_claims() == 1
    pair.disconnect()
    pair.title += " bis"
    pair.connect()
    pair.run()
    pair.check_equal()


def test_an_answer_to_an_annotation_dropped_is_no_second_annotation(
    pair: Pair, machine: Machine
) -> None:
    pair.connect()
    pair.run()
    noor = pair.open_desk(name="noor")
    save_claim(noor, 2, "C'est une erreur")
    machine.proxy.on(1, "POST /api/tasks/", lambda: True)

    with pytest.raises(FetchError):
        pair.run()
    run = pair.run()

    assert len(pair.annotations()) == 2
    assert "conflicts_opened" not in run.counts
    pair.check_equal()


def test_a_change_whose_answer_was_dropped_is_no_conflict(pair: Pair, machine: Machine) -> None:
    pair.connect()
    pair.run()
    anna = pair.desks["anna"]
    save_claim(anna, 1, "OpenAI a fermé")
    machine.proxy.on(1, "PATCH /api/annotations/", lambda: True)

    with pytest.raises(FetchError):
        pair.run()
    run = pair.run()

    assert "conflicts_opened" not in run.counts
    pair.check_equal()
