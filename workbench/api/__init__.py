"""JSON for programs, under ``/api/v1``: tokens in, the rules of the pages, one shape of errors."""

from flask import Flask, Response, current_app, jsonify

from workbench.api.access import BUCKETS
from workbench.api.routes import PREFIX, api_document
from workbench.api.v1 import (
    adjudication,
    annotations,
    articles,
    corpus,
    desk,
    editions,
    evidence,
    general,
    guides,
    label_studio,
    project,
    questions,
    registers,
    releases,
    stances,
    statements,
    training,
    verdicts,
)
from workbench.canonical import JsonObject
from workbench.limits import Buckets

PARTS = (
    general,
    releases,
    corpus,
    articles,
    editions,
    annotations,
    questions,
    registers,
    adjudication,
    stances,
    statements,
    evidence,
    verdicts,
    desk,
    guides,
    training,
    project,
    label_studio,
)


def register(app: Flask) -> None:
    """Join the API to the application, which must guard its forms already."""
    app.extensions[BUCKETS] = Buckets()
    for part in PARTS:
        app.extensions["csrf"].exempt(part.blueprint)  # No cookie is read, so none is misused.
        app.register_blueprint(part.blueprint)
    app.add_url_rule(f"{PREFIX}/openapi.json", "api.send_document", send_document)


def read_document() -> JsonObject:
    """Return the OpenAPI document of the running application."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    return api_document(app, [part.blueprint for part in PARTS])


def send_document() -> Response:
    """Send the OpenAPI document, which is the same for all."""
    return jsonify(read_document())


send_document.access = "anonymous"  # type: ignore[attr-defined]  # a mark of the pages' door
