"""A project here and one of a real Label Studio, kept in step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from tests.annotators import Desk, open_desk
from tests.factories import claim_on
from tests.label_studio import TOKEN, LabelStudio
from workbench.canonical import Json, JsonObject
from workbench.clock import utc_now
from workbench.fetching import Door
from workbench.labelstudio.connecting import Asked, find_there
from workbench.labelstudio.connections import (
    PURPOSE,
    connect_project,
    disconnect_project,
    get_connection,
    list_remote_projects,
    read_own,
)
from workbench.labelstudio.convert import Said
from workbench.labelstudio.local import Local
from workbench.labelstudio.rules import ConflictState, SyncKind
from workbench.labelstudio.runs import ListedRun, get_run, run_sync
from workbench.labelstudio.settling import ListedConflict, list_conflicts, settle_conflict
from workbench.labelstudio.tables import RemoteAnswer, SyncConflict
from workbench.projects.queries import project_by_slug
from workbench.settings import Settings
from workbench.storage.database import db, transaction
from workbench.storage.encryption import encrypt


@dataclass
class Pair:
    """Both sides: ``url`` is where the workbench reaches the server, which may be a proxy."""

    app: Flask
    settings: Settings
    server: LabelStudio
    url: str
    project_id: int = 0
    remote_id: int = 0
    desks: dict[str, Desk] = field(default_factory=dict)
    title: str = field(default_factory=lambda: f"Demo {uuid4().hex[:12]}")

    @property
    def key(self) -> str:
        return str(self.app.config["SECRET_KEY"])

    @property
    def door(self) -> Door:
        return Door(frozenset({urlsplit(self.url).netloc}))

    def connect(self, *, is_apart: bool = False, submitted_means_read: bool = False) -> None:
        """Connect the project ``demo`` with a new project there."""
        asked = Asked(self.url, TOKEN, self.title, is_apart=is_apart)
        with self.app.app_context():
            self.project_id = project_by_slug(db.session(), slug="demo").id
            found = find_there(
                asked, read_own(db.session(), project_id=self.project_id), door=self.door
            )
            with transaction() as session:
                made = connect_project(
                    session,
                    project_id=self.project_id,
                    found=found,
                    submitted_means_read=submitted_means_read,
                    sync_minutes=None,
                    key=self.key,
                    by=None,
                    now=utc_now(),
                )
                used = list_remote_projects(session, connection_id=made.id)
                self.remote_id = used[0].remote_id

    def run(
        self, kind: SyncKind = SyncKind.SYNC, *, is_plan: bool = False, token: str = TOKEN
    ) -> ListedRun:
        """Push, pull or sync as the person of a token; return the record of it."""
        with self.app.app_context():
            with transaction() as session:
                connection = get_connection(session, project_id=self.project_id)
                connection.token_cipher = encrypt(token, key=self.key, purpose=PURPOSE)
            made = run_sync(
                project_id=self.project_id,
                kind=kind,
                is_plan=is_plan,
                key=self.key,
                folder=self.settings.data_dir,
                door=self.door,
                by=None,
            )
            return get_run(db.session(), project_id=self.project_id, run=made)

    def check_equal(self) -> None:
        """Assert that both sides say the same, each text once, and nothing is left to be done."""
        plan = self.run(is_plan=True)
        done = {name: count for name, count in plan.counts.items() if count}
        assert (done.keys() - {"tasks_read"}, plan.problems) == (set(), ())
        with self.app.app_context():
            editions = Local(db.session(), self.project_id).editions.values()
            wanted = sorted(one.uid for one in editions if one.is_wanted)
        assert sorted(task["data"]["uid"] for task in self.tasks()) == wanted

    def tasks(self) -> list[dict[str, Json]]:
        """Return all tasks there, whole."""
        path = f"/api/tasks?project={self.remote_id}&fields=all&page_size=2000"
        return self.server.call("GET", path)["tasks"]

    def annotations(self) -> list[dict[str, Json]]:
        """Return everybody's annotations there."""
        return [one for task in self.tasks() for one in task["annotations"]]

    def edit(
        self, change: Callable[[list[JsonObject]], object], *, by: LabelStudio | None = None
    ) -> None:
        """Change the result of the only annotation there, as somebody there would."""
        (annotation,) = self.annotations()
        result = annotation["result"]
        change(result)
        path = f"/api/annotations/{annotation['id']}/"
        (by or self.server).call("PATCH", path, {"result": result})

    def said(self, desk: Desk, slug: str = "article", *, edition: int = 1) -> dict[int, Said]:
        """Return what a person says here of an edition of a text."""
        with self.app.app_context():
            local = Local(db.session(), self.project_id)
            editions = {(one.slug, one.number): one for one in local.editions.values()}
            text = editions[slug, edition]
            return local.answers(db.session(), [text])[text.uid][desk.membership_id].said

    def conflicts(self) -> list[ListedConflict]:
        """Return the open conflicts."""
        with self.app.app_context():
            return list_conflicts(db.session(), project_id=self.project_id)

    def settle(
        self, take: ConflictState, edited: Said | None = None, *, shown: str | None = None
    ) -> None:
        """Settle the only open conflict, as it is now or as it was shown."""
        (conflict,) = self.conflicts()
        with self.app.app_context(), transaction() as session:
            settle_conflict(
                session,
                project_id=self.project_id,
                conflict=conflict.id,
                take=take,
                edited=edited,
                shown=shown or conflict.shown,
                by=None,
                now=utc_now(),
            )

    def open_desk(self, slug: str = "article", name: str = "anna") -> Desk:
        """Let a new annotator with an account there begin an article here."""
        email = f"{name}@example.org"
        people = self.server.call("GET", "/api/users/")
        if email not in {one["email"] for one in people}:
            self.server.call("POST", "/api/users/", {"email": email, "username": email})
        self.desks[name] = open_desk(self.app, slug, name)
        return self.desks[name]

    def sign_up(self, slug: str = "article") -> tuple[Desk, LabelStudio]:
        """Let a new annotator begin an article here who saves answers there, too."""
        name = f"p{uuid4().hex[:12]}"
        server = self.server.sign_up(f"{name}@example.org")
        return self.open_desk(slug, name), server

    def account(self, name: str) -> int:
        """Return the number of somebody's account there."""
        people = self.server.call("GET", "/api/users/")
        return next(one["id"] for one in people if one["email"] == f"{name}@example.org")

    def stored(self) -> str:
        """Return all that is kept here of what both sides agreed on, or did not."""
        with self.app.app_context():
            answers = db.session.execute(select(RemoteAnswer.base, RemoteAnswer.earlier)).all()
            conflicts = db.session.scalars(select(SyncConflict.ours)).all()
            return f"{answers} {conflicts}"

    def disconnect(self) -> None:
        """End the connection."""
        with self.app.app_context(), transaction() as session:
            disconnect_project(session, project_id=self.project_id, by=None, now=utc_now())

    def count_claims(self) -> int:
        """Count the claims that people say here at present."""
        return sum(
            len(said.claims) for desk in self.desks.values() for said in self.said(desk).values()
        )


def claim_at(desk: Desk, words: str, **changes: object) -> JsonObject:
    """Make a claim of these words of the text."""
    start = desk.text.index(words)
    return claim_on(desk.text, start, start + len(words), **changes)


def save_claim(desk: Desk, position: int, words: str, **changes: object) -> None:
    """Save an answer that a sentence has one claim, upon the answer that there is."""
    claim = claim_at(desk, words, id=f"claim{position:016}", **changes)
    save_upon(desk, position, decision="claims", claims=[claim])


def save_upon(desk: Desk, position: int, **changes: object) -> None:
    """Save an answer to a sentence, upon the answer that there is."""
    desk.open()
    answers = {one["sentence"]: one["id"] for one in desk.page["answers"]}
    sentence = desk.page["sentences"][position - 1]["id"]
    saved = desk.save(position, base=answers.get(sentence), **changes)
    assert saved.status_code == 200, saved.text


def drop(label: str) -> Callable[[list[JsonObject]], None]:
    """Return what takes the regions of a label out of a result, with all that is theirs."""

    def change(result: list[JsonObject]) -> None:
        ids = {
            one["id"] for one in result if "id" in one and label in one["value"].get("labels", [])
        }
        result[:] = [
            one
            for one in result
            if one.get("id") not in ids and not {one.get("from_id"), one.get("to_id")} & ids
        ]

    return change


def choose(name: str, value: str, *, in_sentence: int) -> Callable[[list[JsonObject]], None]:
    """Return what makes another choice in a sentence's answers to a question."""

    def change(result: list[JsonObject]) -> None:
        for one in result:
            if one.get("from_name") == name and one["id"].startswith(f"{in_sentence}/"):
                one["value"]["choices"] = [value]

    return change


def draw(label: str, start: int, end: int) -> Callable[[list[JsonObject]], None]:
    """Return what draws a region as the editor does."""

    def change(result: list[JsonObject]) -> None:
        value: JsonObject = {"start": start, "end": end, "text": "", "labels": [label]}
        result.append(
            {
                "id": f"drawn{start}",
                "from_name": "span",
                "to_name": "text",
                "type": "labels",
                "origin": "manual",
                "value": value,
            }
        )

    return change
