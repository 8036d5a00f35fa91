"""For whoever watches the server: is the process alive, can it work."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from workbench.errors import UnavailableError
from workbench.storage.database import db, is_writable
from workbench.storage.schema import SchemaState, schema_state
from workbench.web.access import anonymous, answers_json

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@anonymous
@answers_json
def show_life() -> ResponseReturnValue:
    """Answer as long as the process lives."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@anonymous
@answers_json
def show_readiness() -> ResponseReturnValue:
    """Answer when the database has the right schema, and could be written to."""
    session = db.session()
    if schema_state(session.connection()) is not SchemaState.CURRENT:
        raise UnavailableError("The database has another schema; run: workbench init")
    if not is_writable(session):
        raise UnavailableError("The database cannot be written to: is its disk full?")
    return jsonify(status="ready")
