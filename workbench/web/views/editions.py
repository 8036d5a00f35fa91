"""Corrected texts: the next edition shown before it is made, then beside the one before."""

from collections import Counter
from collections.abc import Callable

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from workbench.adjudication import editions as adjudication
from workbench.clock import utc_now
from workbench.corpus.correcting import (
    Correction,
    compare,
    correct_text,
    move_borders,
    pack,
    read_correction,
    unpack,
    write_lines,
)
from workbench.corpus.language import Language
from workbench.corpus.queries import (
    find_article,
    newest_edition,
    read_headings,
    read_version,
    refuse_older,
)
from workbench.corpus.rules import Version
from workbench.corpus.tables import Article, TextEdition
from workbench.errors import (
    ForbiddenError,
    InvalidInputError,
    StaleRevisionError,
    WorkbenchError,
)
from workbench.labelling.answers import answerer_of
from workbench.labelling.editions import confirm_moved
from workbench.labelling.editions import confirm_question as move_question
from workbench.labelling.importing import suggest_articles
from workbench.labelling.passages import (
    Carried,
    Standing,
    find_passage,
    foresee,
    read_carried,
    read_carried_questions,
    read_passage,
)
from workbench.labelling.queries import get_slot
from workbench.labelling.tables import GOLD, Assignment
from workbench.labelling.training import hides_answers
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import tell
from workbench.web.forms.base import WorkbenchForm
from workbench.web.forms.editions import (
    ApplyForm,
    ConfirmForm,
    ConfirmQuestionForm,
    SentencesForm,
    TextForm,
)
from workbench.web.side_by_side import lay_out, row_of
from workbench.web.words import DECISIONS

blueprint = Blueprint("editions", __name__, url_prefix="/projects/<slug>")


@blueprint.route("/articles/<article>/correct", methods=["GET", "POST"])
@in_project(Action.EDIT_ARTICLES)
def correct(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Take the corrected text and show what it changes."""
    form = TextForm()

    def read(old: Version, language: Language) -> Correction:
        if file := form.chosen:
            return read_correction(*file, old=old, language=language)
        return correct_text(form.text.data or "", old=old, language=language)

    return _plan(project, article, "editions/correct.html", form, read)


@blueprint.route("/articles/<article>/sentences", methods=["GET", "POST"])
@in_project(Action.MARK_ZONES)
def cut(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Take other sentence borders and show what they change."""
    form = SentencesForm()

    def read(old: Version, _language: Language) -> Correction:
        return move_borders(form.lines.data, old=old)

    return _plan(project, article, "editions/sentences.html", form, read)


@blueprint.post("/articles/<article>/apply")
@in_project(Action.MARK_ZONES)
def apply(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Make the next edition as it was shown."""
    form = ApplyForm()
    found, edition = _find(project, article)
    old = read_version(db.session(), edition=edition)
    if not form.is_sent_well():
        flash(gettext("The correction was not understood; begin it again."), "problem")
        return go_to("articles.show_article", slug=project.slug, article=found.slug)
    try:
        correction = _read_shown(form, old, "en" if found.language == "en" else "fr")
        if correction.version.text != old.text and not project.may(Action.EDIT_ARTICLES):
            raise ForbiddenError("Your roles in this project do not allow this.")
        if correction.is_doubtful and not form.sure.data:
            return _preview(project, found, edition, correction), 422
        slug = found.slug
        with transaction() as session:
            adjudication.correct_article(
                session,
                project_id=project.id,
                article_id=found.id,
                after=form.after.data,
                version=correction.version,
                file=correction.file,
                by=project.person.id,
                now=utc_now(),
            )
    except WorkbenchError as error:
        flash(tell(error), "problem")
        return go_to("articles.show_article", slug=project.slug, article=article)
    suggest_articles(project.id, [slug])
    flash(gettext("The text has a new edition."))
    return go_to("editions.show_editions", slug=project.slug, article=slug)


@blueprint.get("/articles/<article>/editions/")
@in_project(Action.SEE_ARTICLES)
def show_editions(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Show the newest edition beside the one before it, and what became of the answers."""
    session = db.session()
    found, newest = _find(project, article)
    is_blind = hides_answers(
        session, project_id=project.id, article_id=found.id, user_id=project.person.id
    )
    blocks, agreed = [], []
    counts: Counter[Standing] = Counter()
    by_position: dict[int, Counter[Standing]] = {}
    if newest.number > 1 and not found.erased_at:
        passage = read_passage(session, article=found, number=newest.number)
        blocks = lay_out(passage.alignment)
        gone_over = _gone_over(newest)
        for one in [] if is_blind else read_carried(session, passage):
            if one.stored.answerer in gone_over:
                counts[one.standing] += 1
                by_position.setdefault(one.position, Counter())[one.standing] += 1
            if one.stored.answerer == GOLD and one.standing is Standing.TO_CONFIRM:
                agreed.append(one)
    return render_template(
        "editions/editions.html",
        project=project,
        article=found,
        heading=_heading(found),
        edition=newest,
        blocks=blocks,
        counts=counts,
        by_position=by_position,
        standings=Standing,
        staying=0 if is_blind else _count_staying(newest),
        is_blind=is_blind,
        to_confirm=[(one, row_of(blocks, one.position, one.outcome.pieces)) for one in agreed],
        decisions=DECISIONS,
    )


@blueprint.post("/articles/<article>/editions/confirm")
@in_project(Action.ADJUDICATE)
def confirm_agreed(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Confirm an agreed answer that moved."""
    form = ConfirmForm()
    found, newest = _find(project, article)
    if hides_answers(
        db.session(), project_id=project.id, article_id=found.id, user_id=project.person.id
    ):
        raise ForbiddenError("You have still to label this article yourself.")
    if form.is_sent_well():
        with transaction() as session:
            adjudication.confirm_agreed(
                session,
                article=found,
                edition_id=newest.id,
                position=form.position.data,
                revision=form.revision.data,
                by=project.person.id,
                now=utc_now(),
            )
    return go_to("editions.show_editions", slug=project.slug, article=article)


@blueprint.get("/annotate/<article>/moved/")
@in_project(Action.ANNOTATE)
def show_moved(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Show what became of one's own answers when the text was corrected."""
    session, membership = db.session(), project.memberships[Role.ANNOTATOR]
    slot = get_slot(session, project_id=project.id, membership_id=membership, slug=article)
    found, newest = _find(project, article)
    who = answerer_of(membership)
    passage = find_passage(session, article=found, edition_id=slot.edition_id, answerer=who)
    answers: list[Carried] = []
    questions, blocks = [], []
    if passage and not found.erased_at:
        answers = read_carried(session, passage, answerer=who)
        questions = read_carried_questions(session, passage, user_id=project.person.id)
        blocks = lay_out(passage.alignment)
    shown = {
        standing: [
            (one, row_of(blocks, one.position, one.outcome.pieces))
            for one in answers
            if one.standing is standing
        ]
        for standing in Standing
    }
    return render_template(
        "editions/moved.html",
        project=project,
        article=found,
        heading=_heading(found),
        slot=slot,
        newest=newest.number,
        shown=shown,
        standings=Standing,
        questions=questions,
        blocks=blocks,
        decisions=DECISIONS,
    )


@blueprint.post("/annotate/<article>/moved/confirm")
@in_project(Action.ANNOTATE)
def confirm(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Confirm one's own answer that moved."""
    form, membership = ConfirmForm(), project.memberships[Role.ANNOTATOR]

    def act(found: Article, edition_id: int) -> None:
        with transaction() as session:
            confirm_moved(
                session,
                article=found,
                edition_id=edition_id,
                membership_id=membership,
                position=form.position.data,
                revision=form.revision.data,
                by=project.person.id,
                now=utc_now(),
            )

    return _confirm(project, article, form, act)


@blueprint.post("/annotate/<article>/moved/question")
@in_project(Action.ANNOTATE)
def confirm_question(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Put one's own question at the words it has now."""
    form, membership = ConfirmQuestionForm(), project.memberships[Role.ANNOTATOR]

    def act(found: Article, edition_id: int) -> None:
        with transaction() as session:
            move_question(
                session,
                article=found,
                edition_id=edition_id,
                membership_id=membership,
                question=form.question.data,
                by=project.person.id,
                now=utc_now(),
            )

    return _confirm(project, article, form, act)


def _confirm(
    project: ProjectAccess,
    article: str,
    form: WorkbenchForm,
    act: Callable[[Article, int], None],
) -> ResponseReturnValue:
    slot = get_slot(
        db.session(),
        project_id=project.id,
        membership_id=project.memberships[Role.ANNOTATOR],
        slug=article,
    )
    found, _ = _find(project, article)
    if form.is_sent_well():
        try:
            act(found, slot.edition_id)
        except WorkbenchError as error:
            flash(tell(error), "problem")
    return go_to("editions.show_moved", slug=project.slug, article=article)


def _plan(
    project: ProjectAccess,
    article: str,
    template: str,
    form: TextForm | SentencesForm,
    read: Callable[[Version, Language], Correction],
) -> ResponseReturnValue:
    """Show the form, or what the correction in it would change."""
    found, edition = _find(project, article)
    old = read_version(db.session(), edition=edition)
    if isinstance(form, SentencesForm):
        written, text = form.lines, write_lines(old)
    else:
        written, text = form.text, old.text
    newer = {}
    if form.is_sent_well():
        try:
            refuse_older(form.base.data, newest=edition.number, slug=found.slug)
            correction = read(old, "en" if found.language == "en" else "fr")
        except WorkbenchError as error:
            form.refuse(error)
            if isinstance(error, StaleRevisionError):
                newer = {gettext("Edition %(number)s", number=edition.number): text}
        else:
            return _preview(project, found, edition, correction)
    elif request.method == "GET":
        form.base.data, written.data = edition.number, text
    page = render_template(
        template,
        project=project,
        article=found,
        heading=_heading(found),
        form=form,
        edition=edition,
        newer=newer,
    )
    return page, form.status


def _read_shown(form: ApplyForm, old: Version, language: Language) -> Correction:
    """Read the correction as it was shown, with the file that it came in."""
    shown = compare(old, unpack(form.text.data, form.version.data))
    if not (kept := form.kept):
        return shown
    found = read_correction(*kept, old=old, language=language)
    if (found.version.text, pack(found.version)) != (shown.version.text, pack(shown.version)):
        raise InvalidInputError("The file has another text than was shown; begin it again.")
    return found


def _preview(
    project: ProjectAccess, article: Article, edition: TextEdition, correction: Correction
) -> str:
    session = db.session()
    is_blind = hides_answers(
        session, project_id=project.id, article_id=article.id, user_id=project.person.id
    )
    form = ApplyForm(formdata=None)
    form.after.data, form.text.data = edition.number, correction.version.text
    form.version.data = pack(correction.version)
    if correction.file:
        form.keep(correction.file)
    return render_template(
        "editions/preview.html",
        project=project,
        article=article,
        heading=_heading(article),
        edition=edition,
        correction=correction,
        written="editions.cut" if correction.version.text == edition.text else "editions.correct",
        blocks=lay_out(correction.alignment),
        form=form,
        fates={}
        if is_blind
        else foresee(session, article=article, edition=edition, correction=correction),
        staying=0 if is_blind else _count_staying(edition, is_newest=True),
        is_blind=is_blind,
    )


def _find(project: ProjectAccess, article: str) -> tuple[Article, TextEdition]:
    session = db.session()
    found = find_article(session, project_id=project.id, name=article)
    return found, newest_edition(session, project_id=project.id, article_id=found.id)


def _heading(article: Article) -> str:
    return read_headings(db.session(), article_ids=[article.id])[article.id]


def _gone_over(edition: TextEdition) -> set[str]:
    """Return the words by which those answer whose slot is on an edition, and the agreed one."""
    rows = db.session().scalars(
        select(Assignment.membership_id).where(
            Assignment.project_id == edition.project_id, Assignment.edition_id == edition.id
        )
    )
    return {GOLD, *(answerer_of(one) for one in rows if one is not None)}


def _count_staying(edition: TextEdition, *, is_newest: bool = False) -> int:
    """Count the slots at work on an edition, or on those before it."""
    on_it = Assignment.edition_id == edition.id
    before = Assignment.edition_id < edition.id
    return (
        db.session().scalar(
            select(func.count(Assignment.id)).where(
                Assignment.project_id == edition.project_id,
                Assignment.article_id == edition.article_id,
                on_it if is_newest else before,
                Assignment.started_at.is_not(None),
                Assignment.finished_at.is_(None),
                Assignment.is_training.is_(False),
            )
        )
        or 0
    )
