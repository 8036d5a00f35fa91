"""The first page: my projects, and what there is to read for me."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from workbench.accounts.operations import mark_welcomed
from workbench.clock import utc_now
from workbench.labelling.progress import count_home_articles, home_list, list_queues
from workbench.labelling.threads import count_answered_by_project
from workbench.labelling.training import list_own_trainings
from workbench.projects.queries import Access, list_own_projects
from workbench.storage.database import db, transaction
from workbench.web.access import current_person, signed_in
from workbench.web.addresses import go_to
from workbench.web.forms.account import ButtonForm
from workbench.web.paging import page_of
from workbench.web.words import ADMINISTRATION, ROLES, TASK_OF_ADMINISTRATORS, TASKS

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@signed_in
def show_home() -> ResponseReturnValue:
    """List the articles the person may label, and their projects."""
    session, user_id = db.session(), current_person().id
    projects = list_own_projects(session, user_id=user_id)
    learners = list_own_trainings(session, user_id=user_id)
    learning = [one.membership_id for one in learners if not one.is_through]
    paging = page_of(count_home_articles(session, user_id=user_id, learning=learning))
    return render_template(
        "home/home.html",
        articles=home_list(
            session,
            user_id=user_id,
            learning=learning,
            limit=paging.limit,
            offset=paging.offset,
        ),
        learners={one.project_id: one for one in learners if not one.is_through},
        queues=list_queues(session, user_id=user_id),
        paging=paging,
        projects=projects,
        answered=count_answered_by_project(session, user_id=user_id),
        welcome=_welcome(projects),
        roles=ROLES,
    )


def _welcome(projects: Sequence[Access]) -> list[tuple[str, str]]:
    """Say what a newcomer may do in their roles; annotators are told where they read."""
    person = current_person()
    if person.is_welcomed:
        return []
    held = {role for project in projects for role in project.memberships}
    lines = [(str(ROLES[role]), str(words)) for role, words in TASKS.items() if role in held]
    if person.is_site_admin:
        lines.append((str(ADMINISTRATION), str(TASK_OF_ADMINISTRATORS)))
    return lines


@blueprint.post("/welcome")
@signed_in
def close_welcome() -> ResponseReturnValue:
    """Do not show the lines of the first visit again."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            mark_welcomed(session, user_id=current_person().id, now=utc_now())
    return go_to("home.show_home")
