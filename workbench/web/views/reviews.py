"""The page that a reviewer from outside sees: one revision of one verdict, and nothing else."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from workbench.clock import utc_now
from workbench.errors import WorkbenchError
from workbench.factcheck.desks import read_desk
from workbench.factcheck.reviewing import approve_by_link, read_invited, return_by_link
from workbench.storage.database import db, transaction
from workbench.web.access import everybody, person_or_none
from workbench.web.forms.verdicts import OutsideForm
from workbench.web.views.verdicts import why_refused, words_of_verdicts

APPROVE, RETURN = "approve", "return"

blueprint = Blueprint("reviews", __name__)


@blueprint.route("/review/<token>", methods=["GET", "POST"])
@everybody
def show(token: str) -> ResponseReturnValue:
    """Show what would be published; approve it or return it, under one's name."""
    invited = read_invited(db.session(), token=token, now=utc_now())
    form = OutsideForm(data={"name": invited.name})
    refused: list[str] = []
    if form.is_sent_well():
        act = approve_by_link if form.act.data == APPROVE else return_by_link
        reader = person_or_none()
        try:
            with transaction() as session:
                act(
                    session,
                    token=token,
                    name=form.name.data,
                    note=form.note.data or "",
                    reader=reader.id if reader else None,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
            refused = why_refused(error)
        else:
            is_approved = form.act.data == APPROVE
            return render_template("factcheck/reviewed.html", is_approved=is_approved)
    page = render_template(
        "factcheck/outside_review.html",
        form=form,
        invited=invited,
        frozen=invited.verdict,
        desk=read_desk(db.session(), project_id=invited.project_id),
        refused=refused,
        hidden=(),
        **words_of_verdicts(),
    )
    return page, form.status
