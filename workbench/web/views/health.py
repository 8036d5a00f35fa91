"""For whoever watches the server: is the process alive, can it work."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from workbench.errors import UnavailableError
from workbench.storage.database import db
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
    """Answer when the database can be read and has the right schema."""
    if schema_state(db.session().connection()) is not SchemaState.CURRENT:
        raise UnavailableError("The database has another schema; run: workbench init")
    return jsonify(status="ready")
