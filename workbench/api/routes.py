"""One way to declare an operation of the API: its door, what it takes, and what it answers.

What is said here is what the program does and what the OpenAPI document tells.
"""

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from workbench.accounts.api_tokens import Scope
from workbench.api.access import ProjectCaller, open_door, open_project
from workbench.api.fields import read_fields, read_query
from workbench.bodies import MAX_BYTES, read_json
from workbench.canonical import JsonObject
from workbench.corpus.queries import find_slug
from workbench.projects.rules import Action
from workbench.storage.database import db

PREFIX = "/api/v1"
BEARER = "bearer"  # the word by which the pages' door knows that this one is ours
ALWAYS = (400, 401, 403, 422, 429, 503)
WITH_BODY = (409, 413, 415)
View = Callable[..., object]
Answer = type[Schema] | JsonObject


class NoQuery(Schema):
    """An address without anything after the question mark."""


class Nothing(Schema):
    """A body that says nothing: {}."""


@dataclass(frozen=True)
class Operation:
    """An operation as it is declared: what its view does and what the document tells."""

    name: str
    rule: str
    method: str
    view: View
    status: int
    answer: Answer | None
    document: Mapping[str, object]


class Part(Blueprint):
    """A part of the API, a heading in its description; it knows its operations."""

    def __init__(self, name: str, description: str) -> None:
        super().__init__(f"api_{name}", __name__, url_prefix=PREFIX)
        self.description = description
        self.operations: list[Operation] = []
        self.after_request(_finish)


def operation(
    blueprint: Part,
    rule: str,
    *,
    answer: Answer,
    scope: Scope | None = None,
    action: Action | None = None,
    method: str = "GET",
    query: type[Schema] = NoQuery,
    body: type[Schema] | None = None,
    body_document: JsonObject | None = None,
    most_bytes: int = MAX_BYTES,
    status: int = 200,
    problems: Collection[int] = (),
    also: Mapping[int, Mapping[str, object]] = MappingProxyType({}),
) -> Callable[[View], View]:
    """Declare an operation.

    A view in a project gets a ``ProjectCaller``, any other the ``Bearer``; then the names in the
    address and each field of ``query`` and ``body``. A view with ``body_document`` reads its body
    itself. ``problems`` are statuses beside those that every operation may answer, ``also`` other
    answers than its usual one.
    """

    def decorate(view: View) -> View:
        is_inside = "<slug>" in rule

        @wraps(view)
        def guarded(**names: object) -> ResponseReturnValue:
            slug = names.pop("slug") if is_inside else None
            bearer = open_door(scope=scope, slug=str(slug) if is_inside else None)
            subject = open_project(bearer, action=action) if is_inside else bearer
            if isinstance(subject, ProjectCaller) and "article" in names:
                names["article"] = find_slug(
                    db.session(), project_id=subject.id, name=str(names["article"])
                )
            given = read_query(query())
            if body is not None:
                given |= read_fields(body(), read_json(most_bytes))
            found = view(subject, **names, **given)
            if isinstance(found, Response):
                return found
            written = answer().dump(found) if isinstance(answer, type) else found
            return jsonify(written), status

        codes = {*ALWAYS, *problems, *((404,) if "<" in rule else ())}
        codes |= {*WITH_BODY} if method != "GET" else set()
        document: dict[str, object] = {
            "responses": {code: _problem(code) for code in sorted(codes)} | dict(also),
            "security": [{"token": [scope.value] if scope else []}],
            "parameters": [{"in": "query", "schema": query}] if query is not NoQuery else [],
        }
        if body is not None or body_document is not None:
            sent = body if body is not None else body_document
            document["requestBody"] = {
                "required": True,
                "content": {"application/json": {"schema": sent}},
            }
        if scope or action:
            document["description"] = _say_rights(view, scope, action)
        guarded.access = BEARER  # type: ignore[attr-defined]  # the pages' door looks for it
        guarded.rights = (scope, action)  # type: ignore[attr-defined]
        blueprint.add_url_rule(rule, view.__name__, guarded, methods=[method])
        known = None if status in also else answer
        blueprint.operations.append(
            Operation(view.__name__, rule, method, view, status, known, document)
        )
        return view

    return decorate


def paged(items: list[JsonObject], cursor: str | None) -> JsonObject:
    """Return a page of a list with the address of the next one."""
    following = None
    if cursor is not None:
        asked = {**request.args.to_dict(), "cursor": cursor}
        following = f"{quote(request.script_root + request.path)}?{urlencode(asked)}"
    return {"items": [*items], "next": following}


def api_document(app: Flask, parts: Collection[Part]) -> JsonObject:
    """Return the OpenAPI document, made from the operations when it is first asked for."""
    if not _written:
        from workbench.api.document import write_document  # noqa: PLC0415  # start without it

        _written.update(write_document(app, parts))
    return _written


_written: JsonObject = {}  # Each application has the same operations.


def _problem(code: int) -> JsonObject:
    return {
        "description": HTTPStatus(code).phrase,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }


def _say_rights(view: View, scope: Scope | None, action: Action | None) -> str:
    """Return what the view's docstring says below its first line, and what it needs."""
    told = " ".join(" ".join(inspect.cleandoc(view.__doc__ or "").split("\n\n")[1:]).split())
    needs = [
        *([f"the scope `{scope.value}`"] if scope else []),
        *([f"the right `{action.value}` in the project"] if action else []),
    ]
    return f"{told} Needs {' and '.join(needs)}.".strip()


def _finish(response: Response) -> Response:
    """Say what all answers of the API say beside their body."""
    match response.status_code:
        case HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Bearer realm="workbench"'
        case HTTPStatus.FORBIDDEN if scope := g.get("missing_scope"):
            told = f'Bearer error="insufficient_scope", scope="{scope}"'
            response.headers["WWW-Authenticate"] = told
        case HTTPStatus.TOO_MANY_REQUESTS:
            response.headers["Retry-After"] = str(g.get("retry_after", 1))
        case HTTPStatus.OK if request.method == "GET" and response.is_json:
            response.add_etag()
            response.make_conditional(request)
    return response
