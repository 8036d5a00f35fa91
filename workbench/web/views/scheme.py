"""The label scheme: what it asks, its revisions, and how it is changed under answers."""

import json

from flask import Blueprint, Response, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from workbench.adjudication.queries import list_hidden_articles
from workbench.canonical import Json
from workbench.clock import utc_now
from workbench.datasets.queries import versions_since
from workbench.errors import WorkbenchError
from workbench.jobs.queries import get_job
from workbench.jobs.runner import wake_runner
from workbench.labelling.scheme_changes import (
    Plan,
    change_scheme,
    list_scheme_revisions,
    plan_change,
)
from workbench.projects.queries import newest_scheme
from workbench.projects.rules import Action
from workbench.projects.scheme import Words, parse_scheme
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import say_again
from workbench.web.forms.scheme import ChangeForm, SchemeForm

blueprint = Blueprint("scheme", __name__, url_prefix="/projects/<slug>/scheme")


@blueprint.route("/", methods=["GET", "POST"])
@in_project(Action.CHANGE_PROJECT)
def show_scheme(project: ProjectAccess) -> ResponseReturnValue:
    """Show the scheme, its revisions, and the plan of another one that was sent; write nothing."""
    newest = newest_scheme(db.session(), project_id=project.id)
    form = SchemeForm(data={"document": _written(newest.document)})
    if form.is_sent_well():
        try:
            document = form.read()
            plan = _plan(project, document)
        except WorkbenchError as error:
            form.refuse(error)
        else:
            change = ChangeForm(
                formdata=None, data={"document": _written(document), "base": plan.base}
            )
            return _plan_page(project, plan, change)
    page = render_template(
        "scheme/scheme.html",
        project=project,
        form=form,
        scheme=parse_scheme(newest.document),
        number=newest.number,
        revisions=list_scheme_revisions(
            db.session(), project_id=project.id, without=_hidden(project)
        ),
        say=_say,
    )
    return page, form.status


@blueprint.post("/change")
@in_project(Action.CHANGE_PROJECT)
def change(project: ProjectAccess) -> ResponseReturnValue:
    """Make a document the newest scheme, with what was chosen for its labels."""
    form = ChangeForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                asked = change_scheme(
                    session,
                    project_id=project.id,
                    document=form.read(),
                    base=form.base.data,
                    steps=form.taken,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
            form.sure.data = False  # of another plan than this one
        else:
            flash(gettext("The label scheme is at revision %(number)s.", number=asked.number))
            if asked.job is not None:
                wake_runner()
                return go_to("scheme.show_job", slug=project.slug, job=asked.job)
            return go_to("scheme.show_scheme", slug=project.slug)
    status = form.status  # A document that is no plan any more shows its own reason.
    return _plan_page(project, _plan(project, form.read()), form)[0], status


@blueprint.get("/job/<job>")
@in_project(Action.CHANGE_PROJECT)
def show_job(project: ProjectAccess, job: str) -> ResponseReturnValue:
    """Show how far a change of scheme is; without numbers to who still labels beside others."""
    found = get_job(db.session(), project_id=project.id, public_id=job)
    return render_template(
        "scheme/job.html",
        project=project,
        job=found,
        tally=found.result if isinstance(found.result, dict) else {},
        is_blind=bool(_hidden(project)),
        problem=say_again(found.problem) if found.problem else None,
    )


@blueprint.get("/document.json")
@in_project(Action.CHANGE_PROJECT)
def send_document(project: ProjectAccess) -> ResponseReturnValue:
    """Send the present scheme as a file."""
    newest = newest_scheme(db.session(), project_id=project.id)
    answer = Response(_written(newest.document), mimetype="application/json")
    name = f"{project.slug}-scheme-{newest.number}.json"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _plan(project: ProjectAccess, document: Json) -> Plan:
    return plan_change(
        db.session(), project_id=project.id, document=document, without=_hidden(project)
    )


def _hidden(project: ProjectAccess) -> list[int]:
    """The articles whose answers by others the manager may not know anything of yet."""
    hidden = list_hidden_articles(db.session(), project_id=project.id, reader=project.person.id)
    return [article.id for article in hidden]


def _plan_page(project: ProjectAccess, plan: Plan, form: ChangeForm) -> tuple[str, int]:
    decided = {(one.name, value.name) for one in plan.fields for value in one.to_decide()}
    moments = {place: touched.since for place, touched in plan.touched.items()}
    page = render_template(
        "scheme/plan.html",
        project=project,
        plan=plan,
        form=form,
        decided=decided,
        releases=versions_since(db.session(), project_id=project.id, moments=moments),
        hidden=_hidden(project),
        chosen=form.steps.data or [],
        say=_say,
    )
    return page, 200


def _say(words: Words) -> str:
    return words.get(str(get_locale())) or words.get("en") or next(iter(words.values()), "")


def _written(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
