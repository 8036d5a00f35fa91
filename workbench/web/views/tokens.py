"""One's own keys to the API: made and shown once, rotated, revoked."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from workbench.accounts.api_tokens import (
    Scope,
    add_token,
    is_usable,
    list_tokens,
    revoke_token,
    rotate_token,
)
from workbench.clock import utc_now
from workbench.errors import WorkbenchError
from workbench.projects.bearers import find_own_project
from workbench.projects.queries import list_own_projects
from workbench.storage.database import db, transaction
from workbench.web.access import current_person, signed_in
from workbench.web.addresses import go_to
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.tokens import SCOPES, TokenForm

blueprint = Blueprint("tokens", __name__, url_prefix="/account/tokens")


@blueprint.route("/", methods=["GET", "POST"])
@signed_in
def show_list() -> ResponseReturnValue:
    """List one's own tokens; make another one, whose key the answer shows and nothing keeps."""
    form, person = TokenForm(), current_person()
    form.offer(list_own_projects(db.session(), user_id=person.id))
    if form.is_sent_well():
        try:
            with transaction() as session:
                slug = form.project.data
                _, secret = add_token(
                    session,
                    user_id=person.id,
                    name=form.name.data,
                    scopes={Scope(scope) for scope in form.scopes.data},
                    project_id=find_own_project(session, user_id=person.id, slug=slug)
                    if slug
                    else None,
                    days=form.days.data,
                    by=person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            return _show(TokenForm(formdata=None), secret)
    return _show(form), form.status


@blueprint.post("/<key>/rotate")
@signed_in
def rotate(key: str) -> ResponseReturnValue:
    """Make a new key in place of an old one, which goes on for a day."""
    secret = None
    if ButtonForm().is_sent_well():
        with transaction() as session:
            person = current_person()
            _, secret = rotate_token(
                session, user_id=person.id, public_id=key, by=person.id, now=utc_now()
            )
    return _show(TokenForm(formdata=None), secret)


@blueprint.post("/<key>/revoke")
@signed_in
def revoke(key: str) -> ResponseReturnValue:
    """Let one of one's own tokens open nothing any more."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            person = current_person()
            revoke_token(session, user_id=person.id, public_id=key, by=person.id, now=utc_now())
        flash(gettext("The token opens nothing any more."))
    return go_to("tokens.show_list")


def _show(form: TokenForm, secret: str | None = None) -> str:
    session, person, now = db.session(), current_person(), utc_now()
    projects = list_own_projects(session, user_id=person.id)
    form.offer(projects)
    return render_template(
        "account/tokens.html",
        form=form,
        secret=secret,
        tokens=[one for one in list_tokens(session, user_id=person.id) if is_usable(one, now)],
        names={access.project_id: access.name for access in projects},
        scopes={scope.value: words for scope, words in SCOPES.items()},
    )
