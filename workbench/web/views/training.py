"""The lead's pages of the training: what is trained on, why, and how people do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from workbench.clock import utc_now
from workbench.corpus.queries import read_headings, read_sentences
from workbench.errors import ForbiddenError, WorkbenchError
from workbench.labelling.lessons import (
    give_reason,
    let_through,
    mark_article,
    move_article_up,
    set_training,
    unmark_article,
)
from workbench.labelling.remembered import edition_text, stored_scheme
from workbench.labelling.training import (
    Learner,
    Mark,
    compare_with_reference,
    get_mark,
    hides_answers,
    list_learners,
    list_marks,
    list_references,
    read_reasons,
    read_rule,
)
from workbench.projects.queries import get_member, newest_scheme
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.differences import component_names, describe_sentences, share_rows
from workbench.web.errors import tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.training import MarkForm, ReasonForm, TrainingForm
from workbench.web.paging import PAGE_SIZE, page_of
from workbench.web.views.guideline import newest_in_own_language

blueprint = Blueprint("training", __name__, url_prefix="/projects/<slug>/training")

MOST_MISSED = 10


@dataclass(frozen=True)
class MissedSentence:
    """A sentence that learners read otherwise at first: how many of how many, and in what."""

    slug: str
    position: int
    text: str
    language: str
    missed: int
    of: int
    components: Sequence[str]


@blueprint.get("/")
@in_project(Action.LEAD_TRAINING)
def show_training(project: ProjectAccess) -> ResponseReturnValue:
    """Show what is trained on, the score, and how the learners do."""
    rule = read_rule(db.session(), project_id=project.id)
    return _show(project, TrainingForm(formdata=None, obj=rule), _mark_form(project, is_sent=False))


@blueprint.post("/settings")
@in_project(Action.LEAD_TRAINING)
def change_settings(project: ProjectAccess) -> ResponseReturnValue:
    """Switch training on or off, and set the score."""
    form = TrainingForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                set_training(
                    session,
                    project_id=project.id,
                    is_on=form.is_on.data,
                    percent=form.percent.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The settings are saved."))
            return go_to("training.show_training", slug=project.slug)
    return _show(project, form, _mark_form(project, is_sent=False)), form.status


@blueprint.post("/articles/")
@in_project(Action.LEAD_TRAINING)
def mark(project: ProjectAccess) -> ResponseReturnValue:
    """Mark an article for training, or give it another reference."""
    form = _mark_form(project, is_sent=True)
    if form.is_sent_well():
        slug, reference = str(form.reference.data).split()
        try:
            with transaction() as session:
                mark_article(
                    session,
                    project_id=project.id,
                    slug=slug,
                    reference=reference,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The article is marked for training."))
            return go_to("training.show_training", slug=project.slug)
    rule = read_rule(db.session(), project_id=project.id)
    return _show(project, TrainingForm(formdata=None, obj=rule), form), form.status


@blueprint.get("/articles/<article>/")
@in_project(Action.LEAD_TRAINING)
def show_article(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Show the reference sentence by sentence, with a place for the reason of each."""
    return _show_article(project, article, None)


@blueprint.post("/articles/<article>/reasons")
@in_project(Action.LEAD_TRAINING)
def save_reason(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Write the reason of a sentence, or take it away."""
    form = ReasonForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                give_reason(
                    session,
                    project_id=project.id,
                    slug=article,
                    position=form.position.data,
                    text=form.text.data.replace("\r\n", "\n"),
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The reason is saved."))
            page = str(_page_of(form.position.data))
            anchor = f"sentence-{form.position.data}"
            return go_to(
                "training.show_article",
                slug=project.slug,
                article=article,
                page=page,
                _anchor=anchor,
            )
    return _show_article(project, article, form), form.status


@blueprint.post("/articles/<article>/up")
@in_project(Action.LEAD_TRAINING)
def move_up(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Let a training article come one earlier."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            move_article_up(session, project_id=project.id, slug=article)
    return go_to("training.show_training", slug=project.slug)


@blueprint.post("/articles/<article>/unmark")
@in_project(Action.LEAD_TRAINING)
def unmark(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Take an article out of the training."""
    if ButtonForm().is_sent_well():
        try:
            with transaction() as session:
                unmark_article(
                    session,
                    project_id=project.id,
                    slug=article,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            flash(tell(error), "problem")
        else:
            flash(gettext("The article is out of the training."))
    return go_to("training.show_training", slug=project.slug)


@blueprint.post("/people/<member>")
@in_project(Action.LEAD_TRAINING)
def pass_learner(project: ProjectAccess, member: str) -> ResponseReturnValue:
    """Let an annotator begin real work, whatever their score."""
    found = get_member(db.session(), project_id=project.id, public_id=member)
    if ButtonForm().is_sent_well():
        with transaction() as session:
            let_through(
                session,
                project_id=project.id,
                user_id=found.user_id,
                by=project.person.id,
                now=utc_now(),
            )
        flash(gettext("%(name)s may begin real work now.", name=found.name))
    return go_to("training.show_training", slug=project.slug)


def _show(project: ProjectAccess, form: TrainingForm, mark_form: MarkForm) -> str:
    session = db.session()
    marks = list_marks(session, project_id=project.id)
    learners = list_learners(session, project_id=project.id)
    number = newest_scheme(session, project_id=project.id).number
    scheme = stored_scheme(session, project_id=project.id, number=number).scheme
    return render_template(
        "training/training.html",
        project=project,
        rule=read_rule(session, project_id=project.id),
        form=form,
        mark_form=mark_form,
        marks=marks,
        headings=read_headings(session, article_ids=[one.article_id for one in marks]),
        learners=learners,
        lessons={
            learner.person: {lesson.article_id: lesson for lesson in learner.lessons}
            for learner in learners
        },
        rows={learner.person: share_rows(learner.shares, scheme) for learner in learners},
        missed=_most_missed(project, marks, learners, component_names(scheme)),
        button=ButtonForm(formdata=None),
    )


def _mark_form(project: ProjectAccess, *, is_sent: bool) -> MarkForm:
    """Return the form that marks an article; a choice is an article's and a membership's name."""
    session = db.session()
    candidates = list_references(session, project_id=project.id, viewer=project.person.id)
    headings = read_headings(session, article_ids={article.id for article, _, _ in candidates})
    form = MarkForm() if is_sent else MarkForm(formdata=None)
    form.reference.choices = [
        SelectChoice(f"{article.slug} {membership.public_id}", f"{headings[article.id]} – {name}")
        for article, membership, name in candidates
    ]
    return form


def _page_of(position: int) -> int:
    return 1 + (position - 1) // PAGE_SIZE


def _show_article(project: ProjectAccess, slug: str, form: ReasonForm | None) -> str:
    session = db.session()
    mark = get_mark(session, project_id=project.id, slug=slug)
    if hides_answers(
        session, project_id=project.id, article_id=mark.article_id, user_id=project.person.id
    ):
        raise ForbiddenError(
            "You have still to label this article yourself; its answers show once you have"
            " finished it."
        )
    compared = compare_with_reference(
        session, project_id=project.id, mark=mark, membership_id=mark.reference_id
    )
    _, guideline = newest_in_own_language(project)
    paging = page_of(len(compared.sentences))
    if form and isinstance(form.position.data, int):  # What was refused is shown where it was sent.
        paging = replace(paging, number=max(1, min(_page_of(form.position.data), paging.last)))
    shown = {one.position for one in compared.sentences[paging.offset :][: paging.limit]}
    sentences = describe_sentences(compared, guideline)
    return render_template(
        "training/article.html",
        project=project,
        mark=mark,
        heading=read_headings(session, article_ids=[mark.article_id])[mark.article_id],
        sentences=[one for one in sentences if one.position in shown],
        reasons=read_reasons(session, edition_id=mark.edition_id or 0),
        paging=paging,
        form=form,
    )


def _most_missed(
    project: ProjectAccess,
    marks: Sequence[Mark],
    learners: Sequence[Learner],
    names: Mapping[str, str],
) -> list[MissedSentence]:
    """Return the sentences that most learners read otherwise in their first try."""
    found: list[MissedSentence] = []
    for one in marks:
        first = [
            lesson.tries[0].missed
            for learner in learners
            for lesson in learner.lessons
            if lesson.article_id == one.article_id and lesson.tries
        ]
        if first and one.edition_id:
            found += _missed_in(project, one, one.edition_id, first, names)
    return sorted(found, key=lambda each: (-each.missed / each.of, -each.missed))[:MOST_MISSED]


def _missed_in(
    project: ProjectAccess,
    mark: Mark,
    edition_id: int,
    first: Sequence[Mapping[int, Sequence[str]]],
    names: Mapping[str, str],
) -> list[MissedSentence]:
    session = db.session()
    counts = Counter(position for missed in first for position in missed)
    text = edition_text(session, edition_id=edition_id)
    return [
        MissedSentence(
            slug=mark.slug,
            position=sentence.position,
            text=text[sentence.start : sentence.end],
            language=mark.language,
            missed=counts[sentence.position],
            of=len(first),
            components=[
                name
                for component, name in names.items()
                if any(component in missed.get(sentence.position, ()) for missed in first)
            ],
        )
        for sentence in read_sentences(session, project_id=project.id, edition_id=edition_id)
        if counts[sentence.position]
    ]
