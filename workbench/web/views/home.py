"""The first page: my projects, and what there is to read for me."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from workbench.accounts.operations import mark_welcomed
from workbench.clock import utc_now
from workbench.projects.queries import list_own_projects
from workbench.storage.database import db, transaction
from workbench.web.access import current_person, signed_in
from workbench.web.addresses import go_to
from workbench.web.forms.account import ButtonForm
from workbench.web.words import ROLES

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@signed_in
def show_home() -> ResponseReturnValue:
    """List the person's projects."""
    projects = list_own_projects(db.session(), user_id=current_person().id)
    return render_template("home/home.html", projects=projects, roles=ROLES, button=ButtonForm())


@blueprint.post("/welcome")
@signed_in
def close_welcome() -> ResponseReturnValue:
    """Do not show the lines of the first visit again."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            mark_welcomed(session, user_id=current_person().id, now=utc_now())
    return go_to("home.show_home")
