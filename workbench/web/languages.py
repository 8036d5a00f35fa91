"""The language of the pages: the person's choice, else the browser's."""

import re
from datetime import date, datetime

from flask import Flask, g, request
from flask_babel import Babel, format_date, format_datetime, format_decimal, get_locale, gettext
from markupsafe import Markup

from workbench.accounts.rules import LOCALES
from workbench.web.access import person_or_none
from workbench.web.words import LANGUAGES

COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 3600
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # marks of writing direction
NAMES = {"en": "English", "fr": "Français"}


def register(app: Flask) -> None:
    """Translate the pages."""
    app.config.update(BABEL_DEFAULT_LOCALE="en", BABEL_TRANSLATION_DIRECTORIES="translations")
    Babel(app, locale_selector=_choose)
    app.context_processor(_words_of_the_page)
    app.add_template_global(show_moment, "moment")
    app.add_template_global(show_share, "share")
    app.add_template_global(show_colon, "colon")
    app.add_template_global(show_date, "date_in_words")
    app.add_template_global(LANGUAGES.__getitem__, "language_name")


def page_language() -> str:
    """Return the language of this page: ``en`` or ``fr``."""
    return str(get_locale() or "en")


def show_moment(moment: datetime) -> Markup:
    """Write a moment, in UTC, for people and for programs."""
    text = format_datetime(moment, "d MMM y, HH:mm")
    return Markup('<time datetime="{}">{} UTC</time>').format(moment.isoformat(), text)


def show_colon() -> str:
    """Return a colon as the page’s language sets it: after a no-break space in French."""
    return "\N{NO-BREAK SPACE}:" if page_language() == "fr" else ":"


def show_date(edtf: str) -> str:
    """Write a date that ``check_edtf`` takes in words; ``~`` is "about"."""
    return " – ".join(map(_date_in_words, edtf.split("/")))


def _date_in_words(text: str) -> str:
    plain = text.rstrip("?~%")
    parts = [int(part) for part in plain.split("-")]
    pattern = ("y", "MMMM y", "d MMMM y")[len(parts) - 1]
    words = format_date(date(*(*parts, 1, 1)[:3]), pattern)
    match text[len(plain) :]:
        case "?":
            return str(gettext("%(date)s (uncertain)", date=words))
        case "~":
            return str(gettext("about %(date)s", date=words))
        case "%":
            return str(gettext("about %(date)s (uncertain)", date=words))
    return str(words)


def show_share(part: int, whole: int) -> str:
    """Write what part of a whole something is, in percent with one decimal."""
    space = "\N{NARROW NO-BREAK SPACE}" if page_language() == "fr" else ""
    return f"{format_decimal(100 * part / whole, '0.0')}{space}%"


def isolated(text: str) -> str:
    """Keep marks of writing direction in a text from what stands beside it, where no tag can."""
    return (
        f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
        if _TURNS.search(text)
        else text
    )


def _words_of_the_page() -> dict[str, object]:
    is_read = request.method == "GET" and request.endpoint is not None
    return {
        "locale": page_language(),
        "language_names": NAMES,
        "isolated": isolated,
        "this_page": request.full_path.rstrip("?") if is_read else "/",
    }


def _choose() -> str:
    if "language" in g:  # A page for everybody: nothing of who reads it decides.
        return str(g.language or "en")
    person = person_or_none()
    if person and person.locale:
        return person.locale
    chosen = request.cookies.get(COOKIE)
    if chosen in LOCALES:
        return chosen
    return request.accept_languages.best_match(LOCALES) or "en"
