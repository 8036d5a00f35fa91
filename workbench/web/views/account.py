"""Signing in and out, one-time links, invitations, and one's own account."""

from collections.abc import Sequence

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from workbench.accounts import operations
from workbench.accounts.api_tokens import is_usable, list_tokens, revoke_all
from workbench.accounts.queries import (
    OwnSession,
    find_credentials,
    list_browser_sessions,
    usable_link,
)
from workbench.clock import utc_now
from workbench.errors import NotFoundError, WorkbenchError
from workbench.projects.operations import accept_invitation, join_by_invitation
from workbench.projects.queries import get_project, invited_roles, valid_invitation
from workbench.storage.database import db, transaction
from workbench.web.access import (
    Person,
    answers_json,
    current_person,
    everybody,
    give_cookie,
    person_or_none,
    session_limits,
    signed_in,
    take_cookie,
)
from workbench.web.addresses import go_to, own_path
from workbench.web.checking import check_and_start, check_current, hash_new
from workbench.web.forms.account import (
    AcceptInvitationForm,
    ButtonForm,
    ChangePasswordForm,
    LanguageForm,
    NameForm,
    NewPasswordForm,
    SignInForm,
)
from workbench.web.forms.keys import GOLD_LABELS, LABELS, KeysForm
from workbench.web.languages import COOKIE, COOKIE_SECONDS, page_language
from workbench.web.words import ROLES

blueprint = Blueprint("account", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@everybody
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail address and password."""
    form = SignInForm()
    target = own_path(form.next.data or request.args.get("next"))
    # Whose answers wait here signs in again while somebody else is.
    if person_or_none() and request.method == "GET" and "again" not in request.args:
        return redirect(target or url_for("home.show_home"), 303)
    form.next.data = target
    if form.is_sent_well():
        try:
            token = check_and_start(form.email.data, form.password.data)
        except WorkbenchError as error:
            form.refuse(error)
        else:
            give_cookie(token)
            return redirect(target or url_for("home.show_home"), 303)
    return render_template("account/sign_in.html", form=form), form.status


@blueprint.post("/sign-out")
@everybody
def sign_out() -> ResponseReturnValue:
    """End this browser's session, here and in the database."""
    person = person_or_none()
    if ButtonForm().is_sent_well() and person:
        with transaction() as session:
            operations.end_session(
                session, user_id=person.id, session_id=person.session_id, now=utc_now()
            )
    take_cookie()
    return go_to("account.sign_in")


@blueprint.route("/link/<token>", methods=["GET", "POST"])
@everybody
def use_link(token: str) -> ResponseReturnValue:
    """Show whom a one-time link signs in; use it up when they press the button."""
    link, user = usable_link(db.session(), token=token, now=utc_now())
    email, name, purpose = user.email, user.name, link.purpose
    form = NewPasswordForm() if purpose == "new_password" else ButtonForm()
    if form.is_sent_well():
        try:
            chosen = hash_new(form.password.data, email) if purpose == "new_password" else None
        except WorkbenchError as error:
            form.refuse(error)
        else:
            give_cookie(_use_link(token, chosen))
            return go_to("home.show_home")
    page = render_template("account/link.html", form=form, name=name, email=email, purpose=purpose)
    return page, form.status


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@everybody
def use_invitation(token: str) -> ResponseReturnValue:
    """Show what an invitation is to; accept it with a new account, or one's own."""
    invitation = valid_invitation(db.session(), token=token, now=utc_now())
    email, roles = invitation.email, invited_roles(invitation)
    project = (
        get_project(db.session(), project_id=invitation.project_id).name
        if invitation.project_id
        else None
    )
    person = person_or_none()
    form = ButtonForm() if person else AcceptInvitationForm()
    if form.is_sent_well():
        try:
            if person:
                _join(token, person)
            else:
                give_cookie(_accept(token, email, form))
        except WorkbenchError as error:
            form.refuse(error)
        else:
            return go_to("home.show_home")
    page = render_template(
        "account/invitation.html",
        form=form,
        email=email,
        project=project,
        roles=[ROLES[role] for role in roles],
    )
    return page, form.status


@blueprint.get("/account")
@signed_in
def show_account() -> ResponseReturnValue:
    """Show one's own account."""
    return _account_page(NameForm(obj=current_person()), ChangePasswordForm())


@blueprint.post("/account/name")
@signed_in
def change_name() -> ResponseReturnValue:
    """Change one's own name."""
    form, person = NameForm(), current_person()
    if form.is_sent_well():
        try:
            with transaction() as session:
                operations.rename_user(
                    session, user_id=person.id, name=form.name.data, by=person.id, now=utc_now()
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("Your name is changed."))
            return go_to("account.show_account")
    return _account_page(form, ChangePasswordForm(formdata=None)), form.status


@blueprint.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change one's own password; every other session ends."""
    form, person = ChangePasswordForm(), current_person()
    if form.is_sent_well():
        try:
            check_current(person, form.current.data)
            chosen = hash_new(form.password.data, person.email)
        except WorkbenchError as error:
            form.refuse(error)
        else:
            with transaction() as session:
                operations.set_password(
                    session,
                    user_id=person.id,
                    password_hash=chosen,
                    by=person.id,
                    now=utc_now(),
                    except_session=person.session_id,
                )
                if form.revokes_tokens.data:
                    revoke_all(session, user_id=person.id, by=person.id, now=utc_now())
            flash(gettext("Your password is changed; all your other sessions have ended."))
            return go_to("account.show_account")
    return _account_page(NameForm(formdata=None, obj=person), form), form.status


@blueprint.post("/account/sessions/<handle>/end")
@signed_in
def end_session(handle: str) -> ResponseReturnValue:
    """End one of one's own sessions."""
    person = current_person()
    found = [row.id for row in _sessions_of(person) if row.handle == handle]
    if not found:
        raise NotFoundError("There is no such session.")
    if ButtonForm().is_sent_well():
        with transaction() as session:
            operations.end_session(session, user_id=person.id, session_id=found[0], now=utc_now())
        flash(gettext("That session has ended."))
    return go_to("account.show_account")


@blueprint.post("/language")
@everybody
def change_language() -> ResponseReturnValue:
    """Show the pages in another language from now on."""
    form, person = LanguageForm(), person_or_none()
    response = make_response(redirect(own_path(form.next.data) or url_for("home.show_home"), 303))
    if form.is_sent_well():
        if person:
            with transaction() as session:
                operations.set_locale(session, user_id=person.id, locale=form.language.data)
        response.set_cookie(
            COOKIE,
            form.language.data,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )
    return response


@blueprint.route("/account/keys", methods=["GET", "POST"])
@signed_in
def change_keys() -> ResponseReturnValue:
    """Show and change one's own keys of the workspace."""
    person = current_person()
    form = KeysForm(data={name: key.upper() for name, key in person.keys.items()})
    if form.is_sent_well():
        with transaction() as session:
            operations.set_keys(session, user_id=person.id, keys=form.own())
        flash(gettext("Your keys are kept; a workspace that is open takes them when it is loaded."))
        return go_to("account.change_keys")
    page = render_template(
        "account/keys.html",
        form=form,
        labels=LABELS,
        gold_labels=GOLD_LABELS,
        has_own=bool(person.keys),
    )
    return page, form.status


@blueprint.post("/account/keys/as-they-come")
@signed_in
def forget_keys() -> ResponseReturnValue:
    """Give every action the key again that it comes with."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            operations.set_keys(session, user_id=current_person().id, keys={})
        flash(gettext("All keys are as they come."))
    return go_to("account.change_keys")


@blueprint.get("/csrf")
@signed_in
@answers_json
def show_csrf() -> ResponseReturnValue:
    """Give a page that has been open for long a fresh token, and say whose it is."""
    return jsonify(token=generate_csrf(), person=current_person().public_id)


def _use_link(token: str, password_hash: str | None) -> str:
    with transaction() as session:
        return operations.use_sign_in_link(
            session, token=token, password_hash=password_hash, now=utc_now()
        )


def _accept(token: str, email: str, form: AcceptInvitationForm) -> str:
    chosen = hash_new(form.password.data, email)
    with transaction() as session:
        user = accept_invitation(
            session,
            token=token,
            name=form.name.data,
            password_hash=chosen,
            locale=page_language(),
            now=utc_now(),
        )
        return operations.start_session(session, user_id=user.id, now=utc_now())


def _join(token: str, person: Person) -> None:
    with transaction() as session:
        join_by_invitation(session, token=token, user_id=person.id, now=utc_now())


def _account_page(name: NameForm, password: ChangePasswordForm) -> str:
    person = current_person()
    found = find_credentials(db.session(), email=person.email)
    return render_template(
        "account/account.html",
        name_form=name,
        password_form=password,
        button=ButtonForm(formdata=None),
        sessions=_sessions_of(person),
        has_password=bool(found and found.password_hash),
        has_tokens=any(
            is_usable(one, utc_now()) for one in list_tokens(db.session(), user_id=person.id)
        ),
    )


def _sessions_of(person: Person) -> Sequence[OwnSession]:
    limits = session_limits()
    return list_browser_sessions(
        db.session(), user_id=person.id, now=utc_now(), idle=limits.idle, lifetime=limits.lifetime
    )
