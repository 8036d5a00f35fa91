"""For whoever watches the server: is the process alive, can it work."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from workbench.errors import UnavailableError
from workbench.storage.database import db
from workbench.storage.migrations import is_current
from workbench.web.access import answers_json, everybody

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@everybody
@answers_json
def show_life() -> ResponseReturnValue:
    """Answer as long as the process lives."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@everybody
@answers_json
def show_readiness() -> ResponseReturnValue:
    """Answer when the database can be read and has the right schema."""
    if not is_current(db.session().connection()):
        raise UnavailableError("The database has another schema; run: workbench init")
    return jsonify(status="ready")
