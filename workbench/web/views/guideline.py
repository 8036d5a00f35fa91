"""The guideline: read by everybody in the project, written by its managers."""

from collections.abc import Mapping

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from workbench.clock import utc_now
from workbench.errors import StaleRevisionError, WorkbenchError
from workbench.projects.guideline import Guideline, render_guideline
from workbench.projects.operations import record_guideline
from workbench.projects.queries import guideline_texts, list_guidelines, newest_guideline
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.forms.project import GuidelineForm

blueprint = Blueprint("guideline", __name__, url_prefix="/projects/<slug>/guideline")


def in_own_language(texts: Mapping[str, str]) -> tuple[str, Guideline]:
    """Return the guideline in the reader's language, or in the one it has, with that language."""
    locale = str(get_locale())
    language = locale if locale in texts else min(texts)
    return language, render_guideline(texts[language])


def newest_in_own_language(project: ProjectAccess) -> tuple[str, Guideline]:
    """Return the project's newest guideline as ``in_own_language`` does."""
    return in_own_language(guideline_texts(newest_guideline(db.session(), project_id=project.id)))


@blueprint.get("/")
@in_project(Action.SEE_PROJECT)
def show_guideline(project: ProjectAccess) -> ResponseReturnValue:
    """Show the newest guideline, section by section."""
    session = db.session()
    revision = newest_guideline(session, project_id=project.id)
    language, guideline = in_own_language(guideline_texts(revision))
    return render_template(
        "guideline/guideline.html",
        project=project,
        guideline=guideline,
        language=language,
        revision=revision,
        revisions=list_guidelines(session, project_id=project.id),
    )


@blueprint.route("/change", methods=["GET", "POST"])
@in_project(Action.CHANGE_PROJECT)
def change_guideline(project: ProjectAccess) -> ResponseReturnValue:
    """Write the guideline's next revision; answers keep the one they were given under."""
    newest, is_stale = newest_guideline(db.session(), project_id=project.id), False
    form = GuidelineForm(data={"base": newest.number, **guideline_texts(newest)})
    if form.is_sent_well():
        try:
            with transaction() as session:
                revision = record_guideline(
                    session,
                    project_id=project.id,
                    texts=form.texts,
                    base=form.base.data,
                    by=project.person.id,
                    now=utc_now(),
                )
                number = revision.number
        except WorkbenchError as error:
            form.refuse(error)
            is_stale = isinstance(error, StaleRevisionError)
        else:
            flash(gettext("The guideline is at revision %(number)s.", number=number))
            return go_to("guideline.show_guideline", slug=project.slug)
    texts = guideline_texts(newest_guideline(db.session(), project_id=project.id))
    page = render_template(
        "guideline/change.html", project=project, form=form, newest=texts if is_stale else {}
    )
    return page, form.status
