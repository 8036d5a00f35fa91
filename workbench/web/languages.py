"""The language of the pages: the person's choice, else the browser's."""

from datetime import datetime

from flask import Flask, request
from flask_babel import Babel, format_datetime, get_locale
from markupsafe import Markup

from workbench.accounts.rules import LOCALES
from workbench.web.access import person_or_none

COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 3600
NAMES = {"en": "English", "fr": "Français"}


def register(app: Flask) -> None:
    """Translate the pages."""
    app.config.update(BABEL_DEFAULT_LOCALE="en", BABEL_TRANSLATION_DIRECTORIES="translations")
    Babel(app, locale_selector=_choose)
    app.context_processor(_words_of_the_page)
    app.add_template_global(show_moment, "moment")


def page_language() -> str:
    """Return the language of this page: ``en`` or ``fr``."""
    return str(get_locale() or "en")


def show_moment(moment: datetime) -> Markup:
    """Write a moment, in UTC, for people and for programs."""
    text = format_datetime(moment, "d MMM y, HH:mm")
    return Markup('<time datetime="{}">{} UTC</time>').format(moment.isoformat(), text)


def _words_of_the_page() -> dict[str, object]:
    is_read = request.method == "GET" and request.endpoint is not None
    return {
        "locale": page_language(),
        "language_names": NAMES,
        "this_page": request.full_path.rstrip("?") if is_read else "/",
    }


def _choose() -> str:
    person = person_or_none()
    if person and person.locale:
        return person.locale
    chosen = request.cookies.get(COOKIE)
    if chosen in LOCALES:
        return chosen
    return request.accept_languages.best_match(LOCALES) or "en"
