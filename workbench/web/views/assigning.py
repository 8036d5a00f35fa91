"""Who reads what: the next article for oneself, and what managers give to whom."""

from collections.abc import Callable

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from workbench.clock import utc_now
from workbench.errors import WorkbenchError
from workbench.labelling import assigning
from workbench.labelling.operations import start_next
from workbench.projects.queries import get_member
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.project import ArticlesForm, MemberForm, MembersForm, PauseForm

blueprint = Blueprint("assigning", __name__, url_prefix="/projects/<slug>")


@blueprint.post("/next")
@in_project(Action.ANNOTATE)
def take_next(project: ProjectAccess) -> ResponseReturnValue:
    """Give the person their next article and show it, or say that there is none."""
    article = None
    if ButtonForm().is_sent_well():
        try:
            with transaction() as session:
                article = start_next(
                    session,
                    project_id=project.id,
                    membership_id=project.memberships[Role.ANNOTATOR],
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            flash(tell(error), "problem")
        else:
            if article is None:
                flash(gettext("There is nothing new to read for you in this project just now."))
    if article is None:
        return go_to("home.show_home")
    return go_to("workspace.show_page", slug=project.slug, article=article)


@blueprint.post("/articles/<article>/annotators")
@in_project(Action.ASSIGN_WORK)
def name_for_article(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Give an article to the people ticked."""
    form = MembersForm()
    form.members.choices = [(one, one) for one in request.form.getlist("members")]
    if form.is_sent_well():
        _name(project, [article], form.members.data or [])
    return go_to("articles.show_article", slug=project.slug, article=article)


@blueprint.post("/members/<member>/articles")
@in_project(Action.ASSIGN_WORK)
def name_for_member(project: ProjectAccess, member: str) -> ResponseReturnValue:
    """Give the articles ticked to a person."""
    found = get_member(db.session(), project_id=project.id, public_id=member)
    form = ArticlesForm()
    form.articles.choices = [(one, one) for one in request.form.getlist("articles")]
    if form.is_sent_well():
        _name(project, form.articles.data or [], [found.public_id])
    return go_to("members.change_roles", slug=project.slug, member=member)


@blueprint.post("/slots/<slot>/hand-over")
@in_project(Action.ASSIGN_WORK)
def hand_over(project: ProjectAccess, slot: str) -> ResponseReturnValue:
    """Give somebody's unfinished slot to another person."""
    article = assigning.get_article_of(db.session(), project_id=project.id, slot=slot)
    form = MemberForm()
    form.member.choices = [(one, one) for one in request.form.getlist("member")]
    if form.is_sent_well():
        _act(
            lambda session: assigning.hand_over(
                session,
                project_id=project.id,
                slot=slot,
                member=form.member.data,
                by=project.person.id,
                now=utc_now(),
            ),
            gettext("The article is handed over."),
        )
    return go_to("articles.show_article", slug=project.slug, article=article)


@blueprint.post("/slots/<slot>/take-back")
@in_project(Action.ASSIGN_WORK)
def take_back(project: ProjectAccess, slot: str) -> ResponseReturnValue:
    """Open somebody's unfinished slot to others."""
    article = assigning.get_article_of(db.session(), project_id=project.id, slot=slot)
    if ButtonForm().is_sent_well():
        _act(
            lambda session: assigning.take_back(
                session, project_id=project.id, slot=slot, by=project.person.id, now=utc_now()
            ),
            gettext("The article is open to others again."),
        )
    return go_to("articles.show_article", slug=project.slug, article=article)


@blueprint.post("/members/<member>/pause")
@in_project(Action.ASSIGN_WORK)
def pause(project: ProjectAccess, member: str) -> ResponseReturnValue:
    """Give a person no new articles for now."""
    found = get_member(db.session(), project_id=project.id, public_id=member)
    form = PauseForm()
    if form.is_sent_well():
        _act(
            lambda session: assigning.pause_member(
                session,
                project_id=project.id,
                user_id=found.user_id,
                frees_slots=form.frees_slots.data,
                by=project.person.id,
                now=utc_now(),
            ),
            gettext("They are given no new articles."),
        )
    return go_to("members.change_roles", slug=project.slug, member=member)


@blueprint.post("/members/<member>/resume")
@in_project(Action.ASSIGN_WORK)
def resume(project: ProjectAccess, member: str) -> ResponseReturnValue:
    """Give a person articles again."""
    found = get_member(db.session(), project_id=project.id, public_id=member)
    if ButtonForm().is_sent_well():
        _act(
            lambda session: assigning.resume_member(
                session,
                project_id=project.id,
                user_id=found.user_id,
                by=project.person.id,
                now=utc_now(),
            ),
            gettext("They are given articles again."),
        )
    return go_to("members.change_roles", slug=project.slug, member=member)


def _name(project: ProjectAccess, slugs: list[str], members: list[str]) -> None:
    try:
        with transaction() as session:
            given = assigning.name_annotators(
                session,
                project_id=project.id,
                slugs=slugs,
                members=members,
                by=project.person.id,
                now=utc_now(),
            )
    except WorkbenchError as error:
        flash(tell(error), "problem")
    else:
        flash(
            ngettext("%(num)s place is given out.", "%(num)s places are given out.", given)
            if given
            else gettext("Nobody was given anything new.")
        )


def _act(change: Callable[[Session], None], done: str) -> None:
    try:
        with transaction() as session:
            change(session)
    except WorkbenchError as error:
        flash(tell(error), "problem")
    else:
        flash(done)
