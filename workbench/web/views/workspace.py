"""The annotation workspace: its page with everything in it, and the JSON it saves by."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import cache, lru_cache

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from workbench.accounts.keys import COMMAND_KEYS, SCHEME_KEYS
from workbench.adjudication.asking import ask_where_answers_differ
from workbench.bodies import read_json, read_nothing
from workbench.canonical import Json, JsonObject, canonical_json
from workbench.clock import utc_now
from workbench.corpus.queries import find_article, read_headings
from workbench.errors import ForbiddenError, InvalidInputError, NotFoundError
from workbench.labelling.checking import check_annotation
from workbench.labelling.frames import SentenceId
from workbench.labelling.operations import (
    finish_assignment,
    renew_lease,
    reopen_assignment,
    start_assignment,
    submit_annotation,
)
from workbench.labelling.own_work import OwnDecision, read_own_work
from workbench.labelling.progress import find_next_article, is_wanted, list_queues
from workbench.labelling.queries import (
    Matter,
    Piece,
    Slot,
    Workspace,
    find_slot,
    get_slot,
    get_workspace,
)
from workbench.labelling.registers import parse_proposal, propose_entry
from workbench.labelling.remembered import StoredScheme, stored_guideline
from workbench.labelling.rules import AssignmentState, closed_article
from workbench.labelling.suggesting import decide_suggestion, list_suggestions, parse_decision
from workbench.labelling.training import (
    compare_with_reference,
    find_learner,
    find_mark,
    list_own_trainings,
    read_reasons,
    read_rule,
    read_tries,
)
from workbench.projects.queries import get_project
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, transaction
from workbench.suggestions.rules import RULES
from workbench.web.access import ProjectAccess, answers_json, in_project
from workbench.web.addresses import go_to
from workbench.web.differences import describe_sentences, share_rows
from workbench.web.forms.account import ButtonForm
from workbench.web.languages import page_language, show_date
from workbench.web.views.guideline import in_own_language, newest_in_own_language
from workbench.web.workspace_words import workspace_words

blueprint = Blueprint("workspace", __name__, url_prefix="/projects/<slug>/annotate/<article>")


@blueprint.get("/")
@in_project(Action.ANNOTATE)
def show_page(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Show the article to be labelled; before it is begun, a button that begins it."""
    session, membership = db.session(), project.memberships[Role.ANNOTATOR]
    slot = find_slot(session, project_id=project.id, membership_id=membership, slug=article)
    if slot is None:
        found = find_article(session, project_id=project.id, name=article)
        if found.withdrawn_at:
            raise closed_article(is_erased=found.erased_at is not None)
        return render_template(
            "workspace/start.html",
            project=project,
            article=found,
            heading=read_headings(session, article_ids=[found.id])[found.id],
            is_wanted=is_wanted(session, article=found, membership_id=membership),
            given=get_project(session, project_id=project.id).work_given,
            **_as_learner(project, found.id),
        )
    if slot.is_withdrawn:
        raise closed_article(is_erased=slot.is_erased)
    workspace = get_workspace(session, project_id=project.id, slot=slot)
    stored = stored_guideline(session, project_id=project.id, number=workspace.guideline_number)
    language, guideline = in_own_language(stored.texts)
    return render_template(
        "workspace/page.html",
        project=project,
        article=slot,
        heading=workspace.heading,
        asks_again=bool(workspace.asked_again),
        data=write_data(_describe(project, workspace), workspace),
        guideline=guideline,
        guideline_language=language,
    )


@blueprint.post("/start")
@in_project(Action.ANNOTATE)
def start(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Give the person a slot of the article, or let them keep theirs, and show it."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            article = start_assignment(
                session,
                project_id=project.id,
                membership_id=project.memberships[Role.ANNOTATOR],
                slug=article,
                by=project.person.id,
                now=utc_now(),
            ).slug
    return go_to("workspace.show_page", slug=project.slug, article=article)


@blueprint.post("/answers")
@in_project(Action.ANNOTATE)
@answers_json
def save_answer(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Save a revision of the person's answer for one sentence; 200 once the database has it."""
    checked = check_annotation(
        db.session(),
        project_id=project.id,
        membership_id=project.memberships[Role.ANNOTATOR],
        slug=article,
        payload=read_json(),
    )
    with transaction() as session:
        saved = submit_annotation(session, checked=checked, by=project.person.id, now=utc_now())
    reply: JsonObject = {
        "id": saved.id,
        "number": saved.number,
        "made_at": saved.made_at.isoformat(),
    }
    if saved.is_extra:
        reply["is_extra"] = True
    if saved.brings_suggestions:
        reply["suggestions"] = _list_suggestions(
            project, checked.place.edition_id, checked.answer.sentence.beside
        )
    return reply


@blueprint.post("/suggestions")
@in_project(Action.ANNOTATE)
@answers_json
def decide(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Record that the person rejects a suggestion, or takes that back."""
    given = parse_decision(read_json())
    membership = project.memberships[Role.ANNOTATOR]
    with transaction() as session:
        slot = get_slot(session, project_id=project.id, membership_id=membership, slug=article)
        decide_suggestion(
            session,
            project_id=project.id,
            membership_id=membership,
            edition_id=slot.edition_id,
            given=given,
            now=utc_now(),
        )
    return {"id": given.id}


@blueprint.post("/registers")
@in_project(Action.ANNOTATE)
@answers_json
def propose(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Add a speaker or a target that the person proposes."""
    return propose_what_was_sent(project)


def propose_what_was_sent(project: ProjectAccess) -> JsonObject:
    """Add the register entry that the request's body describes; return what the script is told."""
    proposal = parse_proposal(read_json())
    with transaction() as session:
        number = propose_entry(
            session,
            project_id=project.id,
            proposal=proposal,
            language=page_language(),
            by=project.person.id,
            now=utc_now(),
        )
    name = "name" if proposal.register == "speaker" else "label"
    entry: JsonObject = {
        "register": proposal.register,
        "id": proposal.id,
        name: proposal.name,
        "kind": proposal.kind,
        "proposed": True,
    }
    return {"register_number": number, "entry": entry}


@blueprint.post("/finish")
@in_project(Action.ANNOTATE)
@answers_json
def finish(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Mark the article as finished, or name each sentence that is not."""
    read_nothing()
    with transaction() as session:
        finish_assignment(
            session,
            project_id=project.id,
            membership_id=project.memberships[Role.ANNOTATOR],
            slug=article,
            by=project.person.id,
            now=utc_now(),
        )
        ask_where_answers_differ(session, project_id=project.id, slug=article, now=utc_now())
    session, membership = db.session(), project.memberships[Role.ANNOTATOR]
    slot = get_slot(session, project_id=project.id, membership_id=membership, slug=article)
    reply: JsonObject = {"state": AssignmentState.FINISHED.value, "next": _describe_next(project)}
    if not slot.is_finished:  # It went on to the corrected text, where something waits.
        heading = read_headings(session, article_ids=[slot.article_id])[slot.article_id]
        url = url_for("workspace.show_page", slug=project.slug, article=article)
        corrected: JsonObject = {"heading": heading, "language": slot.language, "url": url}
        reply = {
            "state": AssignmentState.WORKING.value,
            "next": {**corrected, "is_corrected": True},
        }
    if slot.is_training and find_mark(session, project_id=project.id, article_id=slot.article_id):
        reply["differences"] = _own_address("show_differences", project, slot)
    return reply


@blueprint.post("/lease")
@in_project(Action.ANNOTATE)
@answers_json
def keep(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Keep the article for the person whose page is open, as long as nobody else has it."""
    read_nothing()
    with transaction() as session:
        slot = renew_lease(
            session,
            project_id=project.id,
            membership_id=project.memberships[Role.ANNOTATOR],
            slug=article,
            now=utc_now(),
        )
    return {"is_extra": slot.state is AssignmentState.LAPSED}


@blueprint.post("/reopen")
@in_project(Action.ANNOTATE)
@answers_json
def reopen(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Let the person go on with an article they had finished."""
    read_nothing()
    with transaction() as session:
        reopen_assignment(
            session,
            project_id=project.id,
            membership_id=project.memberships[Role.ANNOTATOR],
            slug=article,
            by=project.person.id,
            now=utc_now(),
        )
    return {"state": AssignmentState.WORKING.value}


@blueprint.get("/own-work")
@in_project(Action.ANNOTATE)
@answers_json
def show_own_work(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Show the person, and nobody else, their latest decisions, their day and their pace."""
    session, membership = db.session(), project.memberships[Role.ANNOTATOR]
    slot = get_slot(session, project_id=project.id, membership_id=membership, slug=article)
    own = read_own_work(session, project_id=project.id, slot=slot, since=_read_since())
    return {
        "decisions": [_describe_decision(project, one) for one in own.decisions],
        "today": own.today,
        "median_ms": own.median_ms,
    }


def _read_since() -> datetime:
    """Return when the person's day began where they are."""
    given = request.args.get("since", "")
    try:
        since = datetime.fromisoformat(given)
        is_moment = since.tzinfo is not None and since.astimezone(UTC) is not None
    except (ValueError, OverflowError):  # a day before the first year of all
        is_moment = False
    if not is_moment:
        raise InvalidInputError(
            "Say since when, as a date and time with its zone, such as 2024-01-31T00:00:00+01:00."
        )
    return since


def _describe_decision(project: ProjectAccess, one: OwnDecision) -> JsonObject:
    place = f"s{one.position}"
    return {
        "article": one.heading,
        "language": one.language,
        "url": url_for(
            "workspace.show_page", slug=project.slug, article=one.article, _anchor=place
        ),
        "opening": one.opening,
        "decision": one.decision.value,
        "claims": one.claims,
        "made_at": one.made_at.isoformat(),
    }


def _describe_next(project: ProjectAccess) -> JsonObject | None:
    """Name the article the person goes on with; none when they have read all there is."""
    session, user = db.session(), project.person.id
    learners = list_own_trainings(session, user_id=user)
    learning = [one.membership_id for one in learners if not one.is_through]
    found = find_next_article(session, user_id=user, project_id=project.id, learning=learning)
    if found is None:
        if project.id not in list_queues(session, user_id=user):
            return None
        return {"takes": url_for("assigning.take_next", slug=project.slug)}
    return {
        "heading": found.heading,
        "language": found.language,
        "url": url_for("workspace.show_page", slug=project.slug, article=found.slug),
    }


@blueprint.get("/differences")
@in_project(Action.ANNOTATE)
def show_differences(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Show a learner how the answers they finished differ from the reference, and why."""
    session, membership = db.session(), project.memberships[Role.ANNOTATOR]
    slot = get_slot(session, project_id=project.id, membership_id=membership, slug=article)
    if slot.is_withdrawn:
        raise closed_article(is_erased=slot.is_erased)
    mark = find_mark(session, project_id=project.id, article_id=slot.article_id)
    tries = read_tries(session, assignment_id=slot.id)
    if not slot.is_training or mark is None or mark.edition_id != slot.edition_id:
        raise NotFoundError("This article is not one that you train on.")
    if not slot.is_finished or not tries:
        raise ForbiddenError("The differences are shown once you have finished the article.")
    compared = compare_with_reference(
        session, project_id=project.id, mark=mark, membership_id=membership
    )
    language, guideline = newest_in_own_language(project)
    return render_template(
        "workspace/differences.html",
        project=project,
        slot=slot,
        heading=read_headings(session, article_ids=[slot.article_id])[slot.article_id],
        tries=tries,
        rows=share_rows(tries[-1].shares, compared.scheme),
        sentences=describe_sentences(compared, guideline),
        reasons=read_reasons(session, edition_id=slot.edition_id),
        guideline=guideline,
        guideline_language=language,
        learner=find_learner(session, project_id=project.id, membership_id=membership),
        is_training=read_rule(session, project_id=project.id).is_on,
    )


@blueprint.post("/again")
@in_project(Action.ANNOTATE)
def try_again(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Open a training article again; the next finish is another try."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            reopen_assignment(
                session,
                project_id=project.id,
                membership_id=project.memberships[Role.ANNOTATOR],
                slug=article,
                by=project.person.id,
                now=utc_now(),
            )
    return go_to("workspace.show_page", slug=project.slug, article=article)


def _as_learner(project: ProjectAccess, article_id: int) -> dict[str, object]:
    """Say whether the article is one to train on, or closed until that is done."""
    learner = find_learner(
        db.session(), project_id=project.id, membership_id=project.memberships[Role.ANNOTATOR]
    )
    if learner is None or learner.is_through:
        return {"learner": None, "is_lesson": False}
    is_lesson = any(lesson.article_id == article_id for lesson in learner.lessons)
    return {"learner": learner, "is_lesson": is_lesson}


def _join_written(*objects: str) -> Markup:
    """Join JSON objects into one that is safe inside of HTML."""
    members = ",".join(one[1:-1] for one in objects)
    return htmlsafe_json_dumps(f"{{{members}}}", dumps=str)


@lru_cache(maxsize=32)
def _write_scheme(stored: StoredScheme, language: str) -> str:
    """Write what the workspace needs of a scheme, in one language."""
    shown = {"format", "reserved_speakers", "zones", "fields"}
    scheme: JsonObject = {
        name: _in_language(part, language)
        for name, part in stored.scheme.document.items()
        if name in shown
    }
    return canonical_json({"scheme": scheme, "scheme_revision": stored.number})


@cache
def _write_words(language: str) -> str:
    """Write the words that are the same on every page of the workspace."""
    return canonical_json(
        {
            "locale": language,
            "rules": {name: rule.explanation[language] for name, rule in RULES.items()},
            "words": {**workspace_words()},
        }
    )


def describe_matter(project: ProjectAccess, piece: Piece, matter: Matter) -> JsonObject:
    """Say what a script on a page where a text is labelled needs to know, whoever answers."""
    own = project.person.keys
    return {
        "project": {"slug": project.slug, "name": project.name, "language": project.language},
        "article": {
            "id": piece.article,
            "slug": piece.slug,
            "heading": matter.heading,
            "is_titled": piece.title is not None,
            "outlet": piece.outlet,
            "author": piece.author,
            "published": show_date(piece.published) if piece.published else None,
            "language": piece.language,
            "number": matter.article_number,
            "count": matter.article_count,
        },
        "edition": {
            "number": piece.edition_number,
            "sha256": piece.edition_sha256,
            "text": matter.text,
        },
        "sentences": [
            {
                "id": str(piece.sentence_id(sentence.position)),
                "position": sentence.position,
                "start": sentence.start,
                "end": sentence.end,
                "zone": sentence.zone,
            }
            for sentence in matter.sentences
        ],
        "keys": {name: own.get(name, key) for name, key in COMMAND_KEYS.items()},
        "scheme_keys": {name: key for name, key in own.items() if name in SCHEME_KEYS},
        "guideline_revision": matter.guideline_number,
        "register_number": matter.register_number,
        "answers": [stored.json() for stored in matter.answers],
        "csrf": generate_csrf(),
    }


def write_data(described: JsonObject, matter: Matter) -> Markup:
    """Write what the script of such a page needs, with registers, scheme and words."""
    return _join_written(
        canonical_json(described),
        matter.registers.written,
        _write_scheme(matter.scheme, page_language()),
        _write_words(page_language()),
    )


def _describe(project: ProjectAccess, workspace: Workspace) -> JsonObject:
    """Say what the workspace's script needs to know of this article, person and moment."""
    slot = workspace.slot
    return {
        **describe_matter(project, slot, workspace),
        "suggestions": _list_suggestions(
            project,
            slot.edition_id,
            slot.sentence_id,
            {stored.answer.sentence.position for stored in workspace.answers},
        ),
        "assignment": {
            "id": slot.public_id,
            "state": (AssignmentState.FINISHED if slot.is_finished else slot.state).value,
        },
        "person": {
            "id": project.person.public_id,
            "name": project.person.name,
            "first_visit": workspace.is_first and not workspace.answers,
        },
        "asked_again": list(workspace.asked_again),
        "questions": {"here": workspace.questions, "answered": workspace.answered},
        "urls": {
            "answers": _own_address("save_answer", project, slot),
            "registers": _own_address("propose", project, slot),
            "suggestions": _own_address("decide", project, slot),
            "finish": _own_address("finish", project, slot),
            "lease": _own_address("keep", project, slot) if slot.lease_until else None,
            "own_work": _own_address("show_own_work", project, slot),
            "reopen": _own_address("reopen", project, slot),
            "questions": url_for("questions.ask", slug=project.slug, article=slot.slug),
            **general_addresses(project),
            "home": url_for("home.show_home"),
        },
    }


def general_addresses(project: ProjectAccess) -> dict[str, str]:
    """Return the addresses that every page on which one labels leads to."""
    return {
        "talk": url_for("questions.show_list", slug=project.slug),
        "guideline": url_for("guideline.show_guideline", slug=project.slug),
        "csrf": url_for("account.show_csrf"),
        "keys": url_for("account.change_keys"),
        "sign_in": url_for("account.sign_in"),
    }


def _list_suggestions(
    project: ProjectAccess,
    edition_id: int,
    sentence_id: Callable[[int], SentenceId],
    answered: Collection[int] | None = None,
) -> list[Json]:
    shown = list_suggestions(
        db.session(),
        project_id=project.id,
        edition_id=edition_id,
        membership_id=project.memberships[Role.ANNOTATOR],
        sentence_id=sentence_id,
        answered=answered,
    )
    return [one.json() for one in shown]


def _own_address(endpoint: str, project: ProjectAccess, slot: Slot) -> str:
    return url_for(f"workspace.{endpoint}", slug=project.slug, article=slot.slug)


def _in_language(part: Json, language: str) -> Json:
    """Leave the other languages out of a scheme's words where this one is among them."""
    if isinstance(part, list):
        return [_in_language(value, language) for value in part]
    if not isinstance(part, dict):
        return part
    if isinstance(part.get(language), str):
        return {language: part[language]}
    return {name: _in_language(value, language) for name, value in part.items()}
