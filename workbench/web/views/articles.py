"""The project's articles: list, import, what is known of each, zones, withdrawing and erasing."""

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from workbench.adjudication.erasure import blank_notes
from workbench.clock import utc_now
from workbench.corpus import operations
from workbench.corpus.importing import request_import
from workbench.corpus.queries import (
    SentenceInZone,
    count_articles,
    find_article,
    list_articles,
    newest_edition,
    read_headings,
    read_reason,
    read_sentences,
)
from workbench.corpus.readers import ENDINGS
from workbench.corpus.tables import Article
from workbench.corpus.text import hidden_characters
from workbench.errors import WorkbenchError
from workbench.factcheck.erasure import blank_parts
from workbench.jobs.runner import wake_runner
from workbench.labelling.assigning import list_holders, list_paused
from workbench.labelling.erasure import blank_quotes
from workbench.labelling.progress import count_open_slots
from workbench.labelling.rules import AssignmentState
from workbench.labelling.training import hides_answers
from workbench.labelstudio.erasure import forget_agreed
from workbench.projects.queries import list_members
from workbench.projects.rules import Action, Role
from workbench.settings import Settings
from workbench.storage.database import db, empty_journal, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import MAX_FILES, tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.articles import (
    ZONES,
    ImportForm,
    MetadataForm,
    ReasonForm,
    changed_zones,
)
from workbench.web.paging import page_of
from workbench.web.words import SLOT_STATES

SENTENCES_PER_PAGE = 400
MOST_PLACES = 20
STATES = {"": None, "in-use": False, "withdrawn": True}

blueprint = Blueprint("articles", __name__, url_prefix="/projects/<slug>/articles")


@dataclass(frozen=True)
class ShownSentence:
    """A sentence of the article page."""

    position: int
    zone: str
    text: str
    begins_line: bool


@dataclass(frozen=True)
class HiddenInText:
    """A character that nobody sees, how often the text has it, and in which sentences first."""

    code: str
    name: str
    count: int
    positions: Sequence[int]


@blueprint.get("/")
@in_project(Action.SEE_ARTICLES)
def show_list(project: ProjectAccess) -> ResponseReturnValue:
    """List and search the project's articles."""
    search, state = request.args.get("search", "").strip(), request.args.get("state", "")
    withdrawn, session = STATES.get(state), db.session()
    paging = page_of(
        count_articles(session, project_id=project.id, search=search, withdrawn=withdrawn)
    )
    return render_template(
        "articles/list.html",
        project=project,
        articles=list_articles(
            session,
            project_id=project.id,
            search=search,
            withdrawn=withdrawn,
            limit=paging.limit,
            offset=paging.offset,
        ),
        paging=paging,
        search=search,
        state=state if state in STATES else "",
    )


@blueprint.route("/import", methods=["GET", "POST"])
@in_project(Action.IMPORT_ARTICLES)
def import_files(project: ProjectAccess) -> ResponseReturnValue:
    """Take files and hand them to a job, whose page says what became of each."""
    form = ImportForm()
    if form.is_sent_well():
        try:
            uploads = form.uploads()
        except WorkbenchError as error:
            form.refuse(error)
        else:
            with transaction() as session:
                job = request_import(
                    session,
                    project_id=project.id,
                    files=uploads,
                    by=project.person.id,
                    now=utc_now(),
                )
            wake_runner()
            if passed_over := form.passed_over:
                flash(
                    ngettext(
                        "%(num)s file of the folder was passed over: it is no article file"
                        " or lies in a folder inside it.",
                        "%(num)s files of the folder were passed over: they are no article files"
                        " or lie in folders inside it.",
                        passed_over,
                    )
                )
            return go_to("jobs.show_job", slug=project.slug, job=job)
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    page = render_template(
        "articles/import.html",
        project=project,
        form=form,
        endings=ENDINGS,
        most=settings.max_upload_mb,
        most_files=MAX_FILES,
    )
    return page, form.status


@blueprint.get("/<article>/")
@in_project(Action.SEE_ARTICLES)
def show_article(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Show what is known of an article, and its text with zones."""
    found = find_article(db.session(), project_id=project.id, name=article)
    return _article_page(project, found, MetadataForm(formdata=None, obj=found))


@blueprint.post("/<article>/")
@in_project(Action.EDIT_ARTICLES)
def edit_article(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Change what is known of an article."""
    form = MetadataForm()
    found = find_article(db.session(), project_id=project.id, name=article)
    if form.is_sent_well():
        try:
            metadata = form.metadata()
            with transaction() as session:
                operations.edit_article(
                    session,
                    project_id=project.id,
                    article_id=found.id,
                    metadata=metadata,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The changes are saved."))
            return go_to("articles.show_article", slug=project.slug, article=article)
    return _article_page(project, found, form), form.status


@blueprint.post("/<article>/zones")
@in_project(Action.MARK_ZONES)
def change_zones(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Mark the sentences whose zone was changed on the page."""
    changed = changed_zones()
    with transaction() as session:
        found = find_article(session, project_id=project.id, name=article)
        for position, zone in changed.items():
            operations.change_zone(
                session,
                project_id=project.id,
                article_id=found.id,
                position=position,
                zone=zone,
                by=project.person.id,
                now=utc_now(),
            )
    flash(
        ngettext("%(num)s zone is changed.", "%(num)s zones are changed.", len(changed))
        if changed
        else gettext("No zone was changed.")
    )
    return go_to("articles.show_article", slug=project.slug, article=article)


@blueprint.route("/<article>/withdraw", methods=["GET", "POST"])
@in_project(Action.EDIT_ARTICLES)
def withdraw(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Ask for the reason, then take the article out of queues and exports."""

    def act(session: Session, found: Article, reason: str) -> str:
        operations.withdraw_article(
            session,
            project_id=project.id,
            article_id=found.id,
            reason=reason,
            by=project.person.id,
            now=utc_now(),
        )
        return str(gettext("The article is withdrawn."))

    return _with_reason(project, article, "articles/withdraw.html", act)


@blueprint.route("/<article>/erase", methods=["GET", "POST"])
@in_project(Action.EDIT_ARTICLES)
def erase(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Ask for the reason, then blank the article's text and every quote from it."""

    def act(session: Session, found: Article, reason: str) -> str:
        operations.erase_article(
            session,
            project_id=project.id,
            article_id=found.id,
            reason=reason,
            by=project.person.id,
            now=utc_now(),
        )
        blank_quotes(session, article_id=found.id)
        blank_notes(session, article_id=found.id)
        blank_parts(session, article_id=found.id)
        forget_agreed(session, article_id=found.id)
        return str(gettext("The text of the article is erased."))

    return _with_reason(project, article, "articles/erase.html", act, afterwards=empty_journal)


@blueprint.post("/<article>/restore")
@in_project(Action.EDIT_ARTICLES)
def restore(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Bring a withdrawn article back."""
    if ButtonForm().is_sent_well():
        try:
            with transaction() as session:
                found = find_article(session, project_id=project.id, name=article)
                operations.restore_article(
                    session,
                    project_id=project.id,
                    article_id=found.id,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            flash(tell(error), "problem")
        else:
            flash(gettext("The article is back."))
    return go_to("articles.show_article", slug=project.slug, article=article)


def _with_reason(
    project: ProjectAccess,
    article: str,
    template: str,
    act: Callable[[Session, Article, str], str],
    afterwards: Callable[[], object] = lambda: None,
) -> ResponseReturnValue:
    form = ReasonForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                found = find_article(session, project_id=project.id, name=article)
                done = act(session, found, form.reason.data)
        except WorkbenchError as error:
            form.refuse(error)
        else:
            afterwards()
            flash(done)
            return go_to("articles.show_article", slug=project.slug, article=article)
    found = find_article(db.session(), project_id=project.id, name=article)
    page = render_template(
        template, project=project, article=found, heading=_heading(found), form=form
    )
    return page, form.status


def _heading(article: Article) -> str:
    return read_headings(db.session(), article_ids=[article.id])[article.id]


def _article_page(project: ProjectAccess, article: Article, form: MetadataForm) -> str:
    session = db.session()
    edition = newest_edition(session, project_id=project.id, article_id=article.id)
    sentences = read_sentences(session, project_id=project.id, edition_id=edition.id)
    paging = page_of(len(sentences), SENTENCES_PER_PAGE)
    shown = sentences[paging.offset : paging.offset + paging.limit]
    return render_template(
        "articles/article.html",
        project=project,
        article=article,
        heading=_heading(article),
        edition=edition,
        form=form,
        sentences=_as_shown(edition.text, shown),
        zones=ZONES,
        paging=paging,
        hidden=_find_hidden(edition.text, sentences),
        reason=read_reason(session, article=article) if article.withdrawn_at else None,
        **_work_on(project, article),
    )


def _work_on(project: ProjectAccess, article: Article) -> dict[str, object]:
    """Say who reads the article, to whoever gives it out and does not read it themselves now."""
    if not project.may(Action.ASSIGN_WORK) or article.withdrawn_at:
        return {"holders": None, "annotators": ()}
    session = db.session()
    is_hidden = hides_answers(
        session, project_id=project.id, article_id=article.id, user_id=project.person.id
    )
    holders = list_holders(session, project_id=project.id, article_id=article.id)
    reading = {one.member for one in holders if one.state is not AssignmentState.LAPSED}
    paused = list_paused(session, project_id=project.id)
    annotators = [
        member
        for member in list_members(session, project_id=project.id)
        if Role.ANNOTATOR in member.roles and member.active and member.public_id not in paused
    ]
    return {
        "is_hidden": is_hidden,
        "slot_states": SLOT_STATES,
        "holders": [] if is_hidden else holders,
        "open_slots": None
        if is_hidden
        else count_open_slots(session, project_id=project.id, article_id=article.id),
        "annotators": annotators,
        "others": [member for member in annotators if member.public_id not in reading],
    }


def _find_hidden(text: str, sentences: Sequence[SentenceInZone]) -> list[HiddenInText]:
    starts = [sentence.start for sentence in sentences]
    places: dict[str, list[int]] = {}
    for found in hidden_characters(text):
        places.setdefault(found.character, []).append(bisect_right(starts, found.position))
    return [
        HiddenInText(
            code=f"U+{ord(character):04X}",
            name=unicodedata.name(character, "").capitalize(),
            count=len(positions),
            positions=sorted(set(positions))[:MOST_PLACES],
        )
        for character, positions in places.items()
    ]


def _as_shown(text: str, sentences: Sequence[SentenceInZone]) -> list[ShownSentence]:
    shown, before = [], 0
    for sentence in sentences:
        shown.append(
            ShownSentence(
                position=sentence.position,
                zone=sentence.zone,
                text=text[sentence.start : sentence.end],
                begins_line="\n" in text[before : sentence.start],
            )
        )
        before = sentence.end
    return shown
