"""After adjudication: one's answers beside the agreed ones, and what is held against these."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from workbench.adjudication.contests import (
    Final,
    answer_contest,
    list_final_files,
    list_objections,
    note_answers_seen,
    read_final,
)
from workbench.adjudication.contests import contest as hold_against
from workbench.clock import utc_now
from workbench.corpus.queries import read_headings
from workbench.errors import WorkbenchError
from workbench.projects.queries import get_project
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.differences import describe_sentences
from workbench.web.errors import tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.contests import ContestForm, ObjectionAnswerForm
from workbench.web.paging import page_of
from workbench.web.views.guideline import newest_in_own_language
from workbench.web.words import REASONS

blueprint = Blueprint("contests", __name__, url_prefix="/projects/<slug>")


@blueprint.get("/final/")
@in_project(Action.ANNOTATE)
def show_own(project: ProjectAccess) -> ResponseReturnValue:
    """List the person's finished articles that are adjudicated."""
    session = db.session()
    files = list_final_files(
        session,
        project=get_project(session, project_id=project.id),
        membership_id=project.memberships[Role.ANNOTATOR],
        reader=project.person.id,
    )
    paging = page_of(len(files))
    shown = files[paging.offset :][: paging.limit]
    return render_template(
        "contests/own.html",
        project=project,
        files=shown,
        headings=read_headings(session, article_ids=[one.piece.article_id for one in shown]),
        paging=paging,
    )


@blueprint.get("/annotate/<article>/final")
@in_project(Action.ANNOTATE)
def show_final(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Show where the person's answers differ from the agreed ones, and why."""
    return _show_final(project, article, None)


@blueprint.post("/annotate/<article>/contest")
@in_project(Action.ANNOTATE)
def contest(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Hold something against the agreed answer to a sentence."""
    form = ContestForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                hold_against(
                    session,
                    project_id=project.id,
                    membership_id=project.memberships[Role.ANNOTATOR],
                    slug=article,
                    position=form.position.data,
                    text=form.text.data,
                    edition=form.edition.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("Your objection is with the lead."))
            anchor = f"sentence-{form.position.data}"
            return go_to("contests.show_final", slug=project.slug, article=article, _anchor=anchor)
    return _show_final(project, article, form), form.status


@blueprint.post("/annotate/<article>/seen")
@in_project(Action.ANNOTATE)
def note_seen(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Note that the person has read the answers to what they objected to."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            note_answers_seen(
                session,
                project_id=project.id,
                membership_id=project.memberships[Role.ANNOTATOR],
                slug=article,
            )
    return go_to("contests.show_final", slug=project.slug, article=article)


@blueprint.get("/contests/")
@in_project(Action.ANSWER_QUESTIONS)
def show_objections(project: ProjectAccess) -> ResponseReturnValue:
    """Show leads what annotators hold against agreed answers, without names."""
    return _show_objections(project, None, "")


@blueprint.post("/contests/<contest>")
@in_project(Action.ANSWER_QUESTIONS)
def answer(project: ProjectAccess, contest: str) -> ResponseReturnValue:
    """Answer an objection."""
    form = ObjectionAnswerForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                answer_contest(
                    session,
                    project_id=project.id,
                    public_id=contest,
                    text=form.text.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            flash(tell(error), "problem")
        else:
            flash(gettext("Your answer is sent."))
        return go_to("contests.show_objections", slug=project.slug)
    return _show_objections(project, form, contest), form.status


def _show_final(project: ProjectAccess, article: str, form: ContestForm | None) -> str:
    session = db.session()
    final: Final = read_final(
        session,
        project=get_project(session, project_id=project.id),
        membership_id=project.memberships[Role.ANNOTATOR],
        slug=article,
        reader=project.person.id,
    )
    language, guideline = newest_in_own_language(project)
    sentences = [
        one
        for one in describe_sentences(final.compared, guideline)
        if one.differences or one.position in final.objections
    ]
    paging = page_of(len(sentences))
    return render_template(
        "contests/final.html",
        project=project,
        piece=final.file.piece,
        heading=final.matter.heading,
        sentences=sentences[paging.offset :][: paging.limit],
        decided=final.decided,
        objections=final.objections,
        has_news=any(not one.is_seen for one in final.objections.values()),
        reasons=REASONS,
        guideline=guideline,
        guideline_language=language,
        form=form,
        paging=paging,
    )


def _show_objections(project: ProjectAccess, form: ObjectionAnswerForm | None, contest: str) -> str:
    session = db.session()
    waiting, answered = (
        list_objections(
            session, project_id=project.id, reader=project.person.id, answered=is_answered
        )
        for is_answered in (False, True)
    )
    paging = page_of(len(answered))
    shown = [*reversed(answered)][paging.offset :][: paging.limit]
    return render_template(
        "contests/objections.html",
        project=project,
        waiting=waiting,
        answered=shown,
        headings=read_headings(session, article_ids={one.article_id for one in (*waiting, *shown)}),
        form=form,
        refused=contest,
        paging=paging,
    )
