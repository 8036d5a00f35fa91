"""A project's own pages: what it holds, and its settings."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from workbench.adjudication.contests import count_new_answers, count_open_objections
from workbench.clock import utc_now
from workbench.corpus.queries import count_articles, read_headings
from workbench.datasets.queries import list_releases
from workbench.errors import WorkbenchError
from workbench.labelling.assigning import change_work_rules, read_work_rules, work_rules_of
from workbench.labelling.slots import fit_slots
from workbench.labelling.threads import count_questions
from workbench.labelling.training import Learner, find_learner
from workbench.projects.operations import change_project
from workbench.projects.queries import count_members, get_project
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.forms.project import SettingsForm, WorkForm
from workbench.web.views.questions import viewer_of
from workbench.web.words import ROLES

blueprint = Blueprint("project", __name__, url_prefix="/projects/<slug>")


@blueprint.get("/")
@in_project(Action.SEE_PROJECT)
def show_project(project: ProjectAccess) -> ResponseReturnValue:
    """Show what the project holds and what the person may do in it."""
    session = db.session()
    learner = _find_learner(project)
    lessons = learner.lessons if learner else ()
    return render_template(
        "project/project.html",
        project=project,
        learner=learner,
        rules=read_work_rules(session, project_id=project.id),
        headings=read_headings(session, article_ids=[lesson.article_id for lesson in lessons]),
        roles=ROLES,
        articles=count_articles(session, project_id=project.id, withdrawn=False),
        members=count_members(session, project_id=project.id),
        open_questions=count_questions(
            session, project_id=project.id, viewer=viewer_of(project), settled=False
        )
        if project.may(Action.ANSWER_QUESTIONS)
        else None,
        open_objections=count_open_objections(
            session, project_id=project.id, reader=project.person.id
        )
        if project.may(Action.ANSWER_QUESTIONS)
        else 0,
        releases=list_releases(session, project_id=project.id)
        if project.may(Action.DOWNLOAD_RELEASE)
        else [],
        new_answers=count_new_answers(
            session, project_id=project.id, membership_id=project.memberships[Role.ANNOTATOR]
        )
        if project.may(Action.ANNOTATE)
        else 0,
    )


def _find_learner(project: ProjectAccess) -> Learner | None:
    membership = project.memberships.get(Role.ANNOTATOR)
    if membership is None:
        return None
    found = find_learner(db.session(), project_id=project.id, membership_id=membership)
    return None if found is None or found.is_through else found


@blueprint.route("/settings", methods=["GET", "POST"])
@in_project(Action.CHANGE_PROJECT)
def change_settings(project: ProjectAccess) -> ResponseReturnValue:
    """Change the project's name and how many answers settle a sentence."""
    found = get_project(db.session(), project_id=project.id)
    form, work = SettingsForm(obj=found), WorkForm(formdata=None, obj=work_rules_of(found))
    if form.is_sent_well():
        try:
            with transaction() as session:
                change_project(
                    session,
                    project_id=project.id,
                    name=form.name.data,
                    overlap=form.overlap.data,
                    single_settles=form.single_settles.data,
                    unanimous_settles=form.unanimous_settles.data,
                    majority_settles=form.majority_settles.data,
                    suggestion_free_percent=form.suggestion_free_percent.data,
                    by=project.person.id,
                    now=utc_now(),
                )
                fit_slots(session, project_id=project.id)
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The settings are saved."))
            return go_to("project.change_settings", slug=project.slug)
    return _settings_page(project, form, work), form.status


@blueprint.post("/settings/work")
@in_project(Action.CHANGE_PROJECT)
def change_work(project: ProjectAccess) -> ResponseReturnValue:
    """Change how articles are given to annotators."""
    form = WorkForm()
    found = get_project(db.session(), project_id=project.id)
    if form.is_sent_well():
        try:
            rules = form.rules(found.overlap)
            with transaction() as session:
                change_work_rules(
                    session,
                    project_id=project.id,
                    rules=rules,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The settings are saved."))
            return go_to("project.change_settings", slug=project.slug)
    return _settings_page(project, SettingsForm(formdata=None, obj=found), form), form.status


def _settings_page(project: ProjectAccess, form: SettingsForm, work: WorkForm) -> str:
    return render_template("project/settings.html", project=project, form=form, work=work)
