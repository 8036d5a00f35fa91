"""The download page: what the answers come to, and the files with all of them."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import BinaryIO

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from workbench.adjudication.queries import count_characters, count_settled, list_hidden_articles
from workbench.adjudication.rules import Settled
from workbench.canonical import JsonObject
from workbench.corpus.queries import read_headings
from workbench.datasets.aggregating import Method, has_models
from workbench.datasets.features import attribute_names, record_features
from workbench.datasets.records import RecordKind, sentence_records
from workbench.datasets.soft_labels import soft_labels
from workbench.datasets.writers import write_csv, write_jsonl
from workbench.errors import InvalidInputError, NotFoundError, UnavailableError
from workbench.projects.rules import Action
from workbench.storage.database import db, read_one_instant
from workbench.web.access import ProjectAccess, in_project

blueprint = Blueprint("download", __name__, url_prefix="/projects/<slug>/download")

MOST_CHARACTERS = (
    2_000_000  # Counting more would keep the page waiting for more than a second or two.
)
LOAD = """\
import json
from pathlib import Path
from datasets import Features, load_dataset

features = Features.from_dict(json.loads(Path("features.json").read_text()))
gold = load_dataset("json", data_files="{file}", features=features, split="train")
"""
AT_WORK, IN_LINE = Lock(), BoundedSemaphore(3)
FORMATS = {
    "jsonl": (write_jsonl, "application/jsonl"),
    "csv": (write_csv, "text/csv"),
}
METHODS = {
    Method.VOTES: _("everybody counts as one"),
    Method.DAWID_SKENE: _("weighed by Dawid–Skene"),
    Method.MACE: _("weighed by MACE"),
}
WORDS = {
    Settled.ADJUDICATED: _("A person decided between the answers"),
    Settled.UNANIMOUS: _("All of two or more answers are the same"),
    Settled.MAJORITY: _("More than half of three or more answers are the same"),
    Settled.SINGLE: _("One answer"),
    Settled.CONTINUES: _("Part of a claim that begins in an earlier sentence"),
    Settled.UNSETTLED: _("Not settled yet"),
    Settled.UNREAD: _("Nobody has decided yet"),
    None: _("No decision needed: captions and site furniture"),
}


@blueprint.get("")
@in_project(Action.EXPORT_GOLD)
def show_page(project: ProjectAccess) -> ResponseReturnValue:
    """Show how the sentences are settled, and offer the files the person may have."""
    session, reader = db.session(), project.person.id
    hidden = list_hidden_articles(session, project_id=project.id, reader=reader)
    headings = read_headings(session, article_ids=[article.id for article in hidden])
    characters = count_characters(session, project_id=project.id)
    counts: Counter[Settled | None] = Counter()
    if characters <= MOST_CHARACTERS:
        counts = count_settled(session, project_id=project.id, reader=reader)
    return render_template(
        "download/download.html",
        project=project,
        has_articles=characters > 0,
        rows=[(word, counts[settled]) for settled, word in WORDS.items() if counts[settled]],
        total=counts.total(),
        methods=[
            (method.value, word)
            for method, word in METHODS.items()
            if method is Method.VOTES or (has_models() and characters <= MOST_CHARACTERS)
        ],
        program=LOAD.format(file=f"{project.slug}-gold.jsonl"),
        hidden=[headings[article.id] for article in hidden],
    )


@blueprint.get("/gold.<kind>")
@in_project(Action.EXPORT_GOLD)
def send_gold(project: ProjectAccess, kind: str) -> ResponseReturnValue:
    """Send the settled answers, one record for each sentence."""
    return _send(project, RecordKind.GOLD, kind)


@blueprint.get("/all.<kind>")
@in_project(Action.EXPORT_ALL)
def send_all(project: ProjectAccess, kind: str) -> ResponseReturnValue:
    """Send everybody's answers, one record for each sentence and annotator."""
    return _send(project, RecordKind.ALL, kind)


@blueprint.get("/soft-labels-<kind>.jsonl")
@in_project(Action.EXPORT_ALL)
def send_soft_labels(project: ProjectAccess, kind: str) -> ResponseReturnValue:
    """Send what annotators said as shares, by a method."""
    if kind not in METHODS:
        raise NotFoundError("Shares come about by votes, dawid_skene or mace.")
    session = db.session()
    session.rollback()  # No read stays open while waiting in line.
    with _preparing():
        read_one_instant(session)
        hidden = list_hidden_articles(session, project_id=project.id, reader=project.person.id)
        is_big = count_characters(session, project_id=project.id) > MOST_CHARACTERS
        if is_big and kind != Method.VOTES:
            raise InvalidInputError(
                "The project is too big for a page to wait for a model; ask for it on the command"
                " line: workbench annotation soft-labels."
            )
        found = soft_labels(
            session,
            project_id=project.id,
            method=Method(kind),
            hidden=[article.id for article in hidden],
        )
        file, size = _spool(write_jsonl(_giving_way(found)))
        session.rollback()
    return _attach(file, size, f"{project.slug}-soft-labels-{kind}.jsonl", "application/jsonl")


@blueprint.get("/features.json")
@in_project(Action.EXPORT_GOLD)
def send_features(project: ProjectAccess) -> ResponseReturnValue:
    """Send the types of the records, for programs that would guess them."""
    return record_features(attribute_names(db.session(), project_id=project.id))


def _send(project: ProjectAccess, records: RecordKind, kind: str) -> ResponseReturnValue:
    if kind not in FORMATS:
        raise NotFoundError("The files come as jsonl and csv.")
    write, mimetype = FORMATS[kind]
    session = db.session()
    session.rollback()  # No read stays open while waiting in line.
    with _preparing():
        read_one_instant(session)
        found = sentence_records(
            session, project_id=project.id, kind=records, reader=project.person.id
        )
        file, size = _spool(write(_giving_way(found)))
        session.rollback()  # A database that is gone is noticed while it can still be said.
    return _attach(file, size, f"{project.slug}-{records.value}.{kind}", mimetype)


def _attach(file: BinaryIO, size: int, name: str, mimetype: str) -> ResponseReturnValue:
    answer = send_file(file, mimetype=mimetype, as_attachment=True, download_name=name)
    answer.content_length = size  # sent in pieces, an empty file would end twice
    return answer


@contextmanager
def _preparing() -> Iterator[None]:
    """Prepare one file at a time, so that others go on saving; turn away who would wait long."""
    if not IN_LINE.acquire(blocking=False):
        raise UnavailableError("Several files are being prepared already; try again in a moment.")
    try:
        with AT_WORK:
            yield
    finally:
        IN_LINE.release()


def _giving_way(records: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Let threads that wait for Python's lock go first: else each wait takes them 5 ms."""
    for record in records:
        time.sleep(0)
        yield record


def _spool(pieces: Iterable[bytes]) -> tuple[BinaryIO, int]:
    """Write all of a file aside first: it is whole or not sent, and no slow reader holds a read.

    Return it with its size in bytes.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  # sending it closes it
    file.writelines(pieces)
    size = file.tell()
    file.seek(0)
    return file, size
