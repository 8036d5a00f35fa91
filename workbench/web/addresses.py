"""Addresses we send people to: our own pages only."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from workbench.settings import Settings


def own_path(text: str | None) -> str | None:
    """Return ``text`` if it is a path on this site; nothing for what leads elsewhere.

    Browsers read ``//host``, ``/\\host`` and ``/<tab>/host`` as other sites.
    """
    if not text or not text.startswith("/") or "\\" in text or not text.isprintable():
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    is_elsewhere = text.startswith("//") or parts.scheme or parts.netloc
    return None if is_elsewhere else text


def this_page_with(name: str, value: str) -> str:
    """Return the address of the page that is asked for, one thing asked otherwise.

    What strangers write after the ``?`` stays there: as a name, ``url_for`` would take ``_method``
    and its like for its own.
    """
    asked = {**request.args.to_dict(), name: value}
    return f"{quote(request.script_root + request.path)}?{urlencode(asked)}"


def go_to(endpoint: str, **values: str) -> Response:
    """Send the browser to one of our pages after a form was done."""
    return redirect(_address(endpoint, values), 303)


def full_address(endpoint: str, **values: str) -> str:
    """Return an address to pass on; its host is the configured one, whatever was asked for."""
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    return settings.base_url + _address(endpoint, values)


def _address(endpoint: str, values: Mapping[str, str]) -> str:
    return url_for(endpoint, **values)  # type: ignore[arg-type]  # a route's names, none of Flask's
