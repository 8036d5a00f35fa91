"""The OpenAPI document, written by flask-smorest from the operations as they are declared.

Imported only when somebody asks for it, so that the server starts without it.
"""

from collections.abc import Collection

from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]  # flask-smorest has no types
from flask_smorest import Blueprint as DocumentedBlueprint

from workbench.api.routes import Part
from workbench.api.schemas import PARTS, read_part
from workbench.canonical import JsonObject

PROBLEM: JsonObject = {
    "type": "object",
    "description": "What went wrong, in one sentence (RFC 9457); some problems say more.",
    "required": ["title", "status", "detail", "code"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence that names the remedy."},
        "code": {"type": "string", "description": "A word for programs, such as not_found."},
        "fields": {
            "type": "object",
            "description": "Each field that is wrong, and why.",
            "additionalProperties": {"type": "string"},
        },
    },
}
TOKEN: JsonObject = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "cwb_…",
    "description": "A token made under Your account; it is read from this header only.",
}
ABOUT = (
    "Releases, articles, answers and fact-checks of a workbench, with the rules of its pages: a"
    " token does what its scopes and its owner's roles both allow, in the owner's name. Lists come"
    " in pages; `next` is the address of the following one. Errors have one shape (RFC 9457). Each"
    " token may ask 20 times a second and 200 times at once; then the answer is 429 with"
    " Retry-After. A GET answers 304 to an If-None-Match with the ETag that it gave before."
)


class _Api(Api):  # type: ignore[misc]  # flask-smorest has no types
    """Writes the document only: errors are answered as on all other addresses."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass


def write_document(app: Flask, parts: Collection[Part]) -> JsonObject:
    """Return the document of an application to which these parts are registered."""
    api = _Api(
        app,
        spec_kwargs={
            "title": "Claim workbench",
            "version": "1",
            "openapi_version": "3.1.0",
            "info": {"description": ABOUT},
        },
    )
    api.spec.components.schema("Problem", PROBLEM)
    for name in PARTS:
        api.spec.components.schema(name, read_part(name))
    api.spec.components.security_scheme("token", TOKEN)
    for part in parts:
        documented = DocumentedBlueprint(part.name, __name__, url_prefix=part.url_prefix)
        for one in part.operations:
            view = documented.doc(**one.document)(one.view)
            if one.answer is not None:
                view = documented.response(one.status, one.answer)(view)
            documented.route(one.rule, endpoint=one.name, methods=[one.method])(view)
        documented.register_views_in_doc(api, app, api.spec, name=part.name, parameters=None)
        api.spec.tag({"name": part.name, "description": part.description})
    document: JsonObject = api.spec.to_dict()
    return document
