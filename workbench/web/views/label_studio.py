"""A project's connection with Label Studio: made, looked after and ended by whoever leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from flask import Blueprint, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from workbench.clock import utc_now
from workbench.errors import ConflictError, FetchError, InvalidInputError, WorkbenchError
from workbench.jobs.queries import get_job
from workbench.jobs.runner import wake_runner
from workbench.labelstudio.connections import (
    PAUSED,
    KnownPerson,
    change_connection,
    change_token,
    connect_there,
    disconnect_there,
    find_connection,
    get_connection,
    link_person,
    list_annotators,
    list_people,
    list_remote_projects,
    look_again,
    pause_connection,
    stop_telling,
    tell_changes,
)
from workbench.labelstudio.people import Annotator, list_missing, tell_earlier
from workbench.labelstudio.rules import SyncKind
from workbench.labelstudio.runs import get_run, list_runs, request_sync
from workbench.labelstudio.tables import RemoteConnection
from workbench.projects.rules import Action
from workbench.settings import Settings
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import full_address, go_to
from workbench.web.errors import say, say_again, tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.label_studio import ConnectForm, LinkForm, RunForm, TermsForm, TokenForm
from workbench.web.sync_words import KINDS, say_changes, say_counts

if TYPE_CHECKING:  # The client is loaded when a server is asked.
    from workbench.fetching import Door

SHOWN_RUNS = 20
MOST_TITLE = 50  # characters, of a project there

blueprint = Blueprint("label_studio", __name__, url_prefix="/projects/<slug>/label-studio")


_RUN_WORDS = {"kinds": KINDS, "say_changes": say_changes, "say_problem": say}


@dataclass(frozen=True)
class ShownPerson:
    """Somebody with an account there, and who that is here; ``link`` is to change it."""

    there: KnownPerson
    here: Annotator | None
    link: LinkForm


@blueprint.get("/")
@in_project(Action.CHANGE_PROJECT)
def show_page(project: ProjectAccess) -> ResponseReturnValue:
    """Show how the connection fares, or how to make one."""
    connection = find_connection(db.session(), project_id=project.id)
    if connection is None:
        return _connect_page(project, ConnectForm(formdata=None, project=project.name[:MOST_TITLE]))
    return _page(project, connection)


@blueprint.post("/")
@in_project(Action.CHANGE_PROJECT)
def connect(project: ProjectAccess) -> ResponseReturnValue:
    """Connect the project with a server, which is looked at first."""
    from workbench.labelstudio.connecting import Asked  # noqa: PLC0415  # loads the client

    form = ConnectForm()
    if form.is_sent_well():
        asked = Asked(
            form.address.data, form.token.data, form.project.data, is_apart=form.is_apart.data
        )
        try:
            connect_there(
                asked,
                project_id=project.id,
                submitted_means_read=form.submitted_means_read.data,
                sync_minutes=form.sync_minutes.data,
                by=project.person.id,
                **_means(),
            )
        except WorkbenchError as error:
            _refuse(form, error)
        else:
            flash(gettext("The project is connected. Nothing has gone either way yet."))
            return _go_back(project)
    return _connect_page(project, form), form.status


@blueprint.post("/terms")
@in_project(Action.CHANGE_PROJECT)
def change_terms(project: ProjectAccess) -> ResponseReturnValue:
    """Change what is agreed for the connection."""
    connection = get_connection(db.session(), project_id=project.id)
    form = TermsForm()
    if form.is_sent_well():
        with transaction() as session:
            change_connection(
                session,
                project_id=project.id,
                submitted_means_read=form.submitted_means_read.data,
                sync_minutes=form.sync_minutes.data,
                by=project.person.id,
                now=utc_now(),
            )
        flash(gettext("The settings are saved."))
        return _go_back(project)
    return _page(project, connection, terms=form), form.status


@blueprint.post("/token")
@in_project(Action.CHANGE_PROJECT)
def renew_token(project: ProjectAccess) -> ResponseReturnValue:
    """Take another token for the same server, which must know it."""
    get_connection(db.session(), project_id=project.id)
    form = TokenForm()
    if form.is_sent_well():
        try:
            change_token(
                project_id=project.id, token=form.token.data, by=project.person.id, **_means()
            )
        except WorkbenchError as error:
            _refuse(form, error)
        else:
            flash(gettext("The new token is in use."))
            return _go_back(project)
    connection = get_connection(db.session(), project_id=project.id)
    return _page(project, connection, token=form), form.status


@blueprint.post("/people")
@in_project(Action.CHANGE_PROJECT)
def look_for_people(project: ProjectAccess) -> ResponseReturnValue:
    """Look who has an account there by now."""
    if ButtonForm().is_sent_well():
        try:
            look_again(project_id=project.id, **_means())
        except WorkbenchError as error:
            flash(tell(error), "problem")
        else:
            flash(gettext("The list of people is as it is there."))
    return _go_back(project, "people")


@blueprint.post("/people/<int:account>")
@in_project(Action.CHANGE_PROJECT)
def link(project: ProjectAccess, account: int) -> ResponseReturnValue:
    """Say who somebody there is here."""
    form, annotators = LinkForm(), list_annotators(db.session(), project_id=project.id)
    form.offer(annotators)
    if form.is_sent_well():
        try:
            with transaction() as session:
                earlier = link_person(
                    session,
                    project_id=project.id,
                    remote_id=account,
                    membership_id=int(form.member.data) if form.member.data else None,
                    by=project.person.id,
                    now=utc_now(),
                )
        except ConflictError as error:
            flash(tell(error), "problem")
        else:
            who = [one.name for one in annotators if str(one.membership_id) == form.member.data]
            if earlier:
                flash(say_again(tell_earlier(who[0], earlier)))
    else:
        flash(gettext("Choose an annotator of the list."), "problem")
    return _go_back(project, "people")


@blueprint.post("/pause", defaults={"is_paused": True}, endpoint="pause")
@blueprint.post("/resume", defaults={"is_paused": False}, endpoint="resume")
@in_project(Action.CHANGE_PROJECT)
def pause(project: ProjectAccess, is_paused: bool) -> ResponseReturnValue:
    """Let the connection rest, or go on."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            pause_connection(
                session,
                project_id=project.id,
                paused=is_paused,
                by=project.person.id,
                now=utc_now(),
            )
    return _go_back(project)


@blueprint.post("/run")
@in_project(Action.CHANGE_PROJECT)
def begin(project: ProjectAccess) -> ResponseReturnValue:
    """Bring both sides together, or find out what that would do."""
    form = RunForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                job = request_sync(
                    session,
                    project_id=project.id,
                    kind=SyncKind(form.kind.data),
                    is_plan=form.is_plan.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except ConflictError as error:
            flash(tell(error), "problem")
        else:
            wake_runner()
            return go_to("label_studio.show_progress", slug=project.slug, job=job)
    return _go_back(project)


@blueprint.get("/progress/<job>")
@in_project(Action.CHANGE_PROJECT)
def show_progress(project: ProjectAccess, job: str) -> ResponseReturnValue:
    """Show how far a run is; a page with script asks again for the part that changes."""
    session = db.session()
    found = get_job(session, project_id=project.id, public_id=job)
    result = found.result if isinstance(found.result, dict) else {}
    part = "_progress" if "HX-Request" in request.headers else "progress"
    name = result.get("run")
    counts = {key: count for key, count in result.items() if isinstance(count, int)}
    return render_template(
        f"label_studio/{part}.html",
        project=project,
        job=found,
        run=get_run(session, project_id=project.id, run=str(name)) if name else None,
        counts=say_counts(counts),
        problem=say_again(found.problem) if found.problem else None,
        **_RUN_WORDS,
    )


@blueprint.get("/runs/<run>")
@in_project(Action.CHANGE_PROJECT)
def show_run(project: ProjectAccess, run: str) -> ResponseReturnValue:
    """Show what a run did, and what it could not do."""
    found = get_run(db.session(), project_id=project.id, run=run)
    return render_template("label_studio/run.html", project=project, run=found, **_RUN_WORDS)


@blueprint.post("/hints")
@in_project(Action.CHANGE_PROJECT)
def begin_hints(project: ProjectAccess) -> ResponseReturnValue:
    """Have Label Studio say when something changes."""
    connection = get_connection(db.session(), project_id=project.id)
    if ButtonForm().is_sent_well():
        to = hint_address(connection)
        try:
            tell_changes(project_id=project.id, to=to, by=project.person.id, **_means())
        except WorkbenchError as error:
            flash(tell(error), "problem")
            flash(
                gettext(
                    "Label Studio does not call addresses of a closed network unless its settings"
                    " allow it; without hints, changes come with the next sync."
                )
            )
    return _go_back(project)


@blueprint.post("/hints/end")
@in_project(Action.CHANGE_PROJECT)
def end_hints(project: ProjectAccess) -> ResponseReturnValue:
    """Hear nothing from Label Studio any more."""
    get_connection(db.session(), project_id=project.id)
    if ButtonForm().is_sent_well():
        is_told = stop_telling(project_id=project.id, by=project.person.id, **_means())
        _say_left(is_told=is_told)
    return _go_back(project)


@blueprint.post("/disconnect")
@in_project(Action.CHANGE_PROJECT)
def disconnect(project: ProjectAccess) -> ResponseReturnValue:
    """End the connection; what is on either side stays there."""
    get_connection(db.session(), project_id=project.id)
    if ButtonForm().is_sent_well():
        is_told = disconnect_there(project_id=project.id, by=project.person.id, **_means())
        _say_left(is_told=is_told)
        flash(gettext("The project is no longer connected; what is there stays there."))
    return _go_back(project)


def _say_left(*, is_told: bool) -> None:
    """Say that the webhook stays there, where it could not be deleted."""
    if not is_told:
        flash(
            gettext(
                "Label Studio could not be told to give no more hints: delete the webhook there, in"
                " the project’s settings. Until then it calls in vain."
            ),
            "problem",
        )


class _Means(TypedDict):
    key: str
    door: "Door"


def _means() -> _Means:
    """Return what it takes to speak with the server."""
    from workbench.fetching import Door  # noqa: PLC0415  # a fifth of a second, and memory

    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    return {"key": current_app.config["SECRET_KEY"], "door": Door(settings.private_hosts)}


def hint_address(connection: RemoteConnection) -> str:
    """Return where Label Studio says that something changed."""
    return full_address("hints.hear", connection=connection.public_id)


def _refuse(form: ConnectForm | TokenForm, error: WorkbenchError) -> None:
    """Show what is wrong; that another server failed is no failure of this one."""
    form.refuse(error)
    if isinstance(error, FetchError):
        form.refusal = InvalidInputError.status


def _go_back(project: ProjectAccess, anchor: str = "content") -> Response:
    return go_to("label_studio.show_page", slug=project.slug, _anchor=anchor)


def _connect_page(project: ProjectAccess, form: ConnectForm) -> str:
    return render_template("label_studio/connect.html", project=project, form=form)


def _page(
    project: ProjectAccess,
    connection: RemoteConnection,
    *,
    terms: TermsForm | None = None,
    token: TokenForm | None = None,
) -> str:
    from workbench.labelstudio.settling import count_conflicts  # noqa: PLC0415  # loads lxml

    session = db.session()
    annotators = list_annotators(session, project_id=project.id)
    people = [
        _show_person(one, annotators) for one in list_people(session, connection_id=connection.id)
    ]
    return render_template(
        "label_studio/connection.html",
        project=project,
        connection=connection,
        is_paused=connection.state == PAUSED,
        used=list_remote_projects(session, connection_id=connection.id),
        names={one.membership_id: one.name for one in annotators},
        known=[one for one in people if one.here],
        unknown=[one for one in people if not one.here],
        missing=list_missing(annotators, {one.here.membership_id for one in people if one.here}),
        terms=terms or TermsForm(formdata=None, obj=connection),
        token=token or TokenForm(formdata=None),
        run=RunForm(formdata=None),
        runs=list_runs(session, project_id=project.id, limit=SHOWN_RUNS),
        conflicts=count_conflicts(session, project_id=project.id),
        **_RUN_WORDS,
    )


def _show_person(there: KnownPerson, annotators: Sequence[Annotator]) -> ShownPerson:
    here = next((one for one in annotators if one.membership_id == there.membership_id), None)
    form = LinkForm(formdata=None, member=str(here.membership_id) if here else "")
    form.offer(annotators)
    form.member.id = f"member-{there.id}"
    return ShownPerson(there, here, form)
