"""Where Label Studio says that something changed: a hint to look there, and nothing more.

Label Studio signs nothing, so the secret that came with the connection is in a header. Nothing of
what is sent is read: who replays a hint, or makes one up with the secret, has us look once more.
"""

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue

from workbench.clock import utc_now
from workbench.errors import NotFoundError, TooManyAttemptsError
from workbench.jobs.runner import wake_runner
from workbench.labelstudio.connections import hear_hint
from workbench.labelstudio.rules import SyncKind
from workbench.labelstudio.runs import request_sync
from workbench.limits import Buckets
from workbench.storage.database import db, transaction
from workbench.web.access import anonymous, answers_json

SECRET_HEADER = "X-Workbench-Secret"  # noqa: S105  # the name of it

HINTS = "WORKBENCH_HINTS"

blueprint = Blueprint("hints", __name__, url_prefix="/hints/label-studio")


def register(app: Flask) -> None:
    """Let Label Studio in without a cookie, and not too often."""
    app.extensions["csrf"].exempt(blueprint)  # No cookie is read, so none is misused.
    app.extensions[HINTS] = Buckets(at_once=30, per_second=1)


@blueprint.post("/<connection>")
@anonymous
@answers_json
def hear(connection: str) -> ResponseReturnValue:
    """Ask for a pull, unless one waits; whoever lacks the secret finds nothing here."""
    session = db.session()
    secret = request.headers.get(SECRET_HEADER, "")
    try:
        found = hear_hint(session, public_id=connection, secret=secret)
    except NotFoundError:
        _take(request.remote_addr)  # Whoever guesses takes nothing from whoever knows.
        raise
    _take(found.id)
    project_id = found.project_id
    session.rollback()
    with transaction() as writing:
        request_sync(writing, project_id=project_id, kind=SyncKind.PULL, by=None, now=utc_now())
    wake_runner()
    return "", 204


def _take(asker: int | str | None) -> None:
    buckets: Buckets = current_app.extensions[HINTS]
    if wait := buckets.take(asker):
        raise TooManyAttemptsError("Wait %(seconds)s seconds before the next hint.", seconds=wait)
