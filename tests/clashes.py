"""A connection with Label Studio and two conflicts, with no server to speak to."""

from dataclasses import replace

from flask import Flask

from tests.annotators import Desk, make_corpus, open_desk
from tests.synced import save_claim
from workbench.clock import utc_now
from workbench.labelling.frames import Span
from workbench.labelstudio.convert import Said
from workbench.labelstudio.local import Local
from workbench.labelstudio.merging import Conflict, Item, Kind
from workbench.labelstudio.settling import keep_conflicts
from workbench.labelstudio.tables import (
    RemoteAnswer,
    RemoteConnection,
    RemoteProject,
    RemoteTask,
)
from workbench.projects.queries import project_by_slug
from workbench.storage.database import transaction

WORDS = "OpenAI a fermé ses modèles"


def make_clashes(app: Flask) -> Desk:
    """Let two conflicts be over Anna's claims, one changed there and one deleted."""
    make_corpus(app)
    desk = open_desk(app, "article", "anna")
    save_claim(desk, 1, WORDS)
    save_claim(desk, 2, "C'est une erreur")
    with app.app_context(), transaction() as session:
        project_id = project_by_slug(session, slug="demo").id
        local = Local(session, project_id)
        (edition,) = local.editions.values()
        said = local.answers(session, [edition])[edition.uid][desk.membership_id].said
        ours, other = said[1], said[2]
        own = {"project_id": project_id}
        connection = RemoteConnection(
            **own, public_id="connection", address="https://labels.example.org", token_cipher="",
            token_kind="legacy", submitted_means_read=False, state="active", made_at=utc_now(),
        )  # fmt: skip
        session.add(connection)
        session.flush()
        remote = RemoteProject(
            **own, connection_id=connection.id, remote_id=1, remote_title="Débat",
            remote_made_at="", config_sha="", cursor=0,
        )  # fmt: skip
        session.add(remote)
        session.flush()
        task = RemoteTask(
            **own, remote_project_id=remote.id, edition_id=edition.id, remote_id=1,
            data_sha="", state="there",
        )  # fmt: skip
        session.add(task)
        session.flush()
        answer = RemoteAnswer(
            **own, remote_task_id=task.id, membership_id=desk.membership_id, unique_id="1",
            remote_id=1, base=[], state="there",
        )  # fmt: skip
        session.add(answer)
        session.flush()
        (claim,) = ours.claims
        item = Item(Kind.CLAIM, (claim.id,))
        shorter = replace(claim, parts=(Span(0, 6, WORDS[:6]),))
        gone = Item(Kind.CLAIM, (other.claims[0].id,))
        conflicts = [
            Conflict(1, item, ours, ours, replace(ours, claims=(shorter,))),
            Conflict(2, gone, other, other, Said(2, "unread")),
        ]
        keep_conflicts(
            session, answer=answer, connection_id=connection.id, conflicts=conflicts,
            left_alone=(), now=utc_now(),
        )  # fmt: skip
    return desk
