"""Adjudication: the queue of articles, the page that decides one, and the JSON it saves by."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workbench.adjudication.cases import (
    Case,
    describe_decided,
    describe_readings,
    find_case_file,
    open_case,
)
from workbench.adjudication.checking import check_adjudication, parse_deferral
from workbench.adjudication.operations import defer, submit_adjudication, take_all_agreed
from workbench.adjudication.queue import read_queue
from workbench.bodies import read_json, read_nothing
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.corpus.queries import read_headings
from workbench.labelling.queries import Matter
from workbench.labelling.remembered import stored_guideline
from workbench.projects.queries import get_project
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, answers_json, in_project
from workbench.web.paging import page_of
from workbench.web.views.guideline import in_own_language
from workbench.web.views.workspace import (
    describe_matter,
    general_addresses,
    propose_what_was_sent,
    write_data,
)
from workbench.web.words import REASONS
from workbench.web.workspace_words import gold_words

blueprint = Blueprint("adjudication", __name__, url_prefix="/projects/<slug>/adjudicate")


@blueprint.get("/")
@in_project(Action.ADJUDICATE)
def show_queue(project: ProjectAccess) -> ResponseReturnValue:
    """Show the articles that all have finished, the hardest first."""
    session = db.session()
    queue = read_queue(
        session, project=get_project(session, project_id=project.id), reader=project.person.id
    )
    paging = page_of(len(queue.articles))
    shown = queue.articles[paging.offset :][: paging.limit]
    return render_template(
        "adjudication/queue.html",
        project=project,
        queue=queue,
        articles=shown,
        headings=read_headings(session, article_ids=[one.file.piece.article_id for one in shown]),
        paging=paging,
        is_looking_again="HX-Request" in request.headers,
    )


@blueprint.get("/<article>/")
@in_project(Action.ADJUDICATE)
def show_page(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Show an article with everybody's answers side by side, to be decided."""
    session = db.session()
    case, matter = _open(project, article)
    stored = stored_guideline(session, project_id=project.id, number=matter.guideline_number)
    language, guideline = in_own_language(stored.texts)
    return render_template(
        "adjudication/page.html",
        project=project,
        article=case.file.piece,
        heading=matter.heading,
        data=write_data(_describe(project, case, matter), matter),
        guideline=guideline,
        guideline_language=language,
    )


@blueprint.post("/<article>/answers")
@in_project(Action.ADJUDICATE)
@answers_json
def save_answer(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Save a revision of the agreed answer to one sentence; 200 once the database has it."""
    checked = check_adjudication(
        db.session(), project_id=project.id, slug=article, payload=read_json()
    )
    with transaction() as session:
        done = submit_adjudication(
            session, checked=checked, slug=article, by=project.person.id, now=utc_now()
        )
    return {
        "id": done.saved.id,
        "number": done.saved.number,
        "made_at": done.saved.made_at.isoformat(),
        "outcome": done.outcome.value,
    }


@blueprint.post("/<article>/defer")
@in_project(Action.ADJUDICATE)
@answers_json
def put_off(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Record that a sentence is to be decided later; a repeat changes nothing."""
    given = parse_deferral(read_json())
    with transaction() as session:
        defer(
            session,
            project_id=project.id,
            slug=article,
            given=given,
            by=project.person.id,
            now=utc_now(),
        )
    return {"id": given.id}


@blueprint.post("/<article>/agreed")
@in_project(Action.ADJUDICATE)
@answers_json
def take_agreed(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Make agreed answers of all that everybody has answered alike; return those."""
    read_nothing()
    with transaction() as session:
        taken = take_all_agreed(
            session, project_id=project.id, slug=article, by=project.person.id, now=utc_now()
        )
    case, matter = _open(project, article)
    return {
        "answers": [one.json() for one in matter.answers if one.answer.id in taken],
        "decided": describe_decided(case),
    }


@blueprint.post("/<article>/registers")
@in_project(Action.ADJUDICATE)
@answers_json
def propose(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Add a speaker or a target that the adjudicator needs."""
    return propose_what_was_sent(project)


def _open(project: ProjectAccess, slug: str) -> tuple[Case, Matter]:
    session = db.session()
    row = get_project(session, project_id=project.id)
    file = find_case_file(session, project=row, slug=slug, reader=project.person.id)
    return open_case(session, project=row, file=file)


def _describe(project: ProjectAccess, case: Case, matter: Matter) -> JsonObject:
    """Say what the workspace's script needs to know where the agreed answers are made."""
    piece = case.file.piece

    def address(endpoint: str) -> str:
        return url_for(f"adjudication.{endpoint}", slug=project.slug, article=piece.slug)

    def named(position: int) -> str:
        return str(piece.sentence_id(position))

    return {
        **describe_matter(project, piece, matter),
        "kind": "gold",
        "readers": [reader.letter for reader in case.file.readers],
        "readings": {
            named(position): describe_readings(
                {
                    who: theirs[position]
                    for who, theirs in case.readings.items()
                    if position in theirs
                }
            )
            for position in sorted(case.compared)
        },
        "compared": {named(position): one.json() for position, one in case.compared.items()},
        "agreed": [*sorted(case.agreed)],
        "to_decide": [*sorted(case.to_decide)],
        "open": [*sorted(case.open)],
        "changed": [*sorted(case.changed)],
        "decided": describe_decided(case),
        "is_done": case.tally().is_done,
        "gold_words": {**gold_words()},
        "reasons": [[reason.value, str(name)] for reason, name in REASONS.items()],
        "suggestions": [],
        "assignment": {
            "id": f"gold-{piece.article}-{piece.edition_number}",
            "state": "working",
        },
        "person": {
            "id": project.person.public_id,
            "name": project.person.name,
            "first_visit": False,
        },
        "questions": {"here": 0, "answered": 0},
        "urls": {
            "answers": address("save_answer"),
            "defer": address("put_off"),
            "agreed": address("take_agreed"),
            "registers": address("propose"),
            "home": url_for("adjudication.show_queue", slug=project.slug),
            **general_addresses(project),
        },
    }
