"""Every failure as people and programs see it: a page in their language, or a JSON problem."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from flask import (
    Flask,
    Response,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from workbench.canonical import Json
from workbench.errors import UnavailableError, WorkbenchError
from workbench.messages import Message
from workbench.web.access import SignedOutError

RETRY_AFTER_SECONDS = 5
MAX_FILES = 1000
MAX_FORM_PARTS = MAX_FILES + 10  # room for the token, and for a field left empty

TITLES = {
    400: lazy_gettext("That request could not be understood"),
    401: lazy_gettext("Please sign in"),
    403: lazy_gettext("You may not do this"),
    404: lazy_gettext("There is nothing here"),
    405: lazy_gettext("That cannot be done here"),
    409: lazy_gettext("Somebody was faster"),
    410: lazy_gettext("This link no longer works"),
    412: lazy_gettext("There is a newer version"),
    413: lazy_gettext("Too large"),
    422: lazy_gettext("Something is not right yet"),
    429: lazy_gettext("Too many attempts"),
    500: lazy_gettext("Something went wrong here"),
    503: lazy_gettext("Not available just now"),
}
DETAILS = {
    400: lazy_gettext("Go back, load the page again and try once more."),
    404: lazy_gettext("The address is wrong, or you have no access."),
    405: lazy_gettext("Go back and use the buttons of the page."),
    413: lazy_gettext("What you sent is larger than this workbench accepts."),
    500: lazy_gettext("Nothing was saved. The error has been noted; please try again."),
}
TO_PROGRAMS = {
    400: lazy_gettext("The request could not be read: send it as this operation is described."),
    405: lazy_gettext("This address is asked by another method."),
    412: lazy_gettext("It is not as the condition in the request's head says: read it anew."),
}


_PLACE = re.compile(r"(?P<name>.+) line (?P<line>\d+)", re.DOTALL)


def register(app: Flask) -> None:
    """Answer every error in one shape."""
    app.jinja_env.filters["said"] = say_again
    app.register_error_handler(WorkbenchError, _answer_expected)
    app.register_error_handler(CSRFError, _answer_csrf)
    app.register_error_handler(HTTPException, _answer_http)
    for kind in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(kind, _answer_unreachable)


def tell(error: WorkbenchError) -> str:
    """Say an error's sentence in the reader's language."""
    return say(error.message, error.values)


def say(message: str, values: Mapping[str, object]) -> str:
    """Say a message in the reader's language, the line of a file in its values too."""
    return str(gettext(message, **{name: _say_place(value) for name, value in values.items()}))


def say_again(message: Message) -> str:
    """Say a sentence that was kept in the reader's language."""
    return say(message.template, message.values)


def _say_place(value: object) -> object:
    if isinstance(value, WorkbenchError):
        return tell(value)
    if isinstance(value, str) and (place := _PLACE.fullmatch(value)):
        return gettext("%(name)s line %(line)s", name=place["name"], line=place["line"])
    return value


def wants_json() -> bool:
    """Tell whether whoever asks is a program."""
    view = current_app.view_functions.get(request.endpoint or "")
    return (
        getattr(view, "answers_json", False)
        or request.path.startswith("/api/v")
        or request.is_json
        or request.accept_mimetypes.best_match(["text/html", "application/json"])
        == "application/json"
    )


def problem(status: int, detail: str, code: str, **extra: Json) -> Response:
    """Answer a program: the one shape of every JSON error (RFC 9457)."""
    body = {"title": _title(status), "status": status, "detail": detail, "code": code}
    response = jsonify({**extra, **body})
    response.content_type = "application/problem+json"
    response.status_code = status
    return response


def _answer(status: int, detail: str, code: str, **extra: Json) -> Response:
    if wants_json():
        response = problem(status, detail, code, **extra)
    else:
        # What everybody may read has no form, and so sets no cookie.
        name = "public/error.html" if request.path.startswith("/checks/") else "errors/error.html"
        page = render_template(name, status=status, title=_title(status), detail=detail)
        response = make_response(page, status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _answer_expected(error: WorkbenchError) -> BaseResponse:
    if isinstance(error, SignedOutError) and not wants_json():
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("account.sign_in", next=target), 303)
    return _answer(error.status, tell(error), error.code, **error.extra)


def _answer_csrf(_error: CSRFError) -> Response:
    detail = gettext(
        "This did not come from a page opened recently: load the page again and try once more."
    )
    return _answer(400, detail, "csrf")


def _answer_http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        return error
    if isinstance(error, SecurityError):  # The host is not ours: no address can be written.
        return Response(f"{error.description}\n", status, mimetype="text/plain")
    details = DETAILS | TO_PROGRAMS if wants_json() else DETAILS
    detail = str(details.get(status) or error.description or "")
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and not wants_json():
        detail = gettext(
            "One upload may have %(most)s MiB and %(files)s files: send the rest in a second one,"
            " or put many articles into one .jsonl or .csv file.",
            most=current_app.config["MAX_CONTENT_LENGTH"] // 1024**2,
            files=MAX_FILES,
        )
    response = _answer(status, detail, HTTPStatus(status).name.lower())
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _answer_unreachable(error: Exception) -> Response:
    current_app.logger.warning("The database cannot be reached: %s", error)
    detail = gettext("The database cannot be reached; nothing was lost, try again in a moment.")
    return _answer(503, detail, UnavailableError.code)


def _title(status: int) -> str:
    return str(TITLES.get(status) or HTTPStatus(status).phrase)
