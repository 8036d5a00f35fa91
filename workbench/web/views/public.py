"""What everybody may read without signing in: the checks that desks publish, feeds and sitemap.

An answer depends on its address and the language asked for, on nobody who asks: no cookie is set or
read, and whoever keeps copies asks each time whether there is a newer one.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from workbench.accounts.rules import LOCALES
from workbench.canonical import JsonObject
from workbench.datasets.queries import releases_with_verdict
from workbench.errors import WorkbenchError
from workbench.factcheck.claimreview import check_review, feed_of, review_of
from workbench.factcheck.eligibility import RULES
from workbench.factcheck.prose import plain_prose, render_prose
from workbench.factcheck.published import PublishedCheck
from workbench.factcheck.publishing import (
    Correction,
    PublicDesk,
    Wanted,
    Withdrawal,
    count_checks,
    count_corrections,
    find_desk,
    list_addresses,
    list_checks,
    list_corrections,
    list_desks,
    read_check,
    without_later_evidence,
)
from workbench.factcheck.rules import Rating
from workbench.factcheck.scales import SHOWN_AS, ShownAs, read_scale
from workbench.links import is_link
from workbench.settings import Settings
from workbench.storage.database import db
from workbench.web import feeds
from workbench.web.access import anonymous, answers_json
from workbench.web.addresses import this_page_with
from workbench.web.languages import page_language, show_colon, show_date
from workbench.web.paging import Paging, page_of

blueprint = Blueprint("public", __name__)
blueprint.add_app_template_global(is_link, "is_link")
blueprint.add_app_template_global(plain_prose, "plain")

FEED_ENTRIES = 50
MOST_SITES = 50_000  # addresses that a sitemap may have
MAX_SEARCH = 200


class WithdrawnError(WorkbenchError):
    """A check was published here and taken back."""

    code = "withdrawn"
    status = HTTPStatus.GONE


@blueprint.before_request
def choose_language() -> None:
    """Take the language that the address asks for, else the browser's; never a cookie's."""
    asked = request.args.get("lang", "")
    g.language = asked if asked in LOCALES else request.accept_languages.best_match(LOCALES)


@blueprint.app_template_global("kept_language")
def _asked_language() -> str | None:
    """Return the language that the address asks for; links on the page ask for it, too."""
    asked = request.args.get("lang", "")
    return asked if asked in LOCALES else None


@blueprint.app_template_global("day")
def show_day(moment: datetime) -> Markup:
    """Write the day of a moment for people and for programs."""
    text = show_date(moment.date().isoformat())
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), text)


@blueprint.app_template_global("own_link")
def own_link(url: str) -> str:
    """Return an address that may be linked to, or none; whoever wrote it into the database."""
    return url if is_link(url) else ""


@blueprint.get("/checks/")
@anonymous
def show_desks() -> ResponseReturnValue:
    """List the projects that publish."""
    desks = list_desks(db.session(), base_url=_base_url())
    return _page("public/desks.html", desks=desks)


@blueprint.get("/checks/<slug>/")
@anonymous
def show_list(slug: str) -> ResponseReturnValue:
    """List what a desk has published, the newest first."""
    desk = _open(slug)
    wanted, verdict = _wanted()
    session = db.session()
    paging = page_of(count_checks(session, desk=desk, wanted=wanted))
    return _page(
        "public/list.html",
        desk=desk,
        checks=list_checks(
            session, desk=desk, wanted=wanted, limit=paging.limit, offset=paging.offset
        ),
        paging=paging,
        text=wanted.text,
        verdict=verdict,
        verdicts=list(ShownAs),
    )


@blueprint.get("/checks/<slug>.json")
@anonymous
@answers_json
def send_list(slug: str) -> ResponseReturnValue:
    """Send the same list as a feed of ClaimReviews, page by page."""
    desk = _open(slug)
    wanted, _verdict = _wanted()
    session = db.session()
    paging = page_of(count_checks(session, desk=desk, wanted=wanted))
    checks = list_checks(
        session, desk=desk, wanted=wanted, limit=paging.limit, offset=paging.offset
    )
    response = _json(feed_of(checks, language=_asked_language()))
    if links := _neighbours(paging):
        response.headers["Link"] = links
    return response


@blueprint.get("/checks/<slug>/<statement>/")
@anonymous
def show_check(slug: str, statement: str) -> ResponseReturnValue:
    """Show one check, or that it was withdrawn; ``?time_safe=1`` leaves later evidence out."""
    desk = _open(slug)
    found = read_check(db.session(), desk=desk, statement=statement)
    if isinstance(found, Withdrawal):
        return _page("public/withdrawn.html", HTTPStatus.GONE, desk=desk, withdrawal=found)
    is_time_safe = request.args.get("time_safe") == "1"
    early = without_later_evidence(found)
    shown = early if is_time_safe and early is not None else found.sources
    language = page_language()
    return _page(
        "public/check.html",
        desk=desk,
        check=found,
        review=check_review(review_of(found, language=language)),
        sources=shown,
        is_time_safe=is_time_safe,
        later=len(found.sources) - len(early) if early is not None else None,
        reason=render_prose(found.justification),
        context=render_prose(found.context),
        version=found.versions[-1],
    )


@blueprint.get("/checks/<slug>/<statement>.json")
@anonymous
@answers_json
def send_check(slug: str, statement: str) -> ResponseReturnValue:
    """Send one check as a ClaimReview, in its own language unless another is asked for."""
    desk = _open(slug)
    found = read_check(db.session(), desk=desk, statement=statement)
    if isinstance(found, Withdrawal):
        error = WithdrawnError("This check was withdrawn: %(reason)s", reason=found.reason)
        error.extra = {"at": found.at.isoformat(), "reason": found.reason}
        raise error
    return _json(review_of(found, language=_asked_language() or found.language))


@blueprint.get("/checks/<slug>/method")
@anonymous
def show_method(slug: str) -> ResponseReturnValue:
    """Show who publishes, how they work and rate, and the rules that every check keeps."""
    desk = _open(slug)
    organisation = desk.organisation
    return _page(
        "public/method.html",
        desk=desk,
        method=_prose(organisation.method),
        funding=_prose(organisation.funding),
        scale=read_scale(db.session(), project_id=desk.project_id).scale,
        rules=[rule for rule in RULES if not rule.is_advice],
    )


@blueprint.get("/checks/<slug>/corrections")
@anonymous
def show_corrections(slug: str) -> ResponseReturnValue:
    """Show how errors are corrected and reported, and what was corrected."""
    desk, session = _open(slug), db.session()
    paging = page_of(count_corrections(session, desk=desk))
    corrections = list_corrections(session, desk=desk, limit=paging.limit, offset=paging.offset)
    return _page(
        "public/corrections.html",
        desk=desk,
        policy=_prose(desk.organisation.corrections),
        corrections=corrections,
        touched=_touched(desk, corrections),
        paging=paging,
    )


@blueprint.get("/checks/<slug>/feed.atom")
@anonymous
def send_feed(slug: str) -> ResponseReturnValue:
    """Send the newest checks to feed readers."""
    desk = _open(slug)
    checks = list_checks(db.session(), desk=desk, wanted=Wanted(), limit=FEED_ENTRIES)
    entries = [_entry(one) for one in checks]
    return _feed(desk, entries, gettext("Fact-checks"), "feed.atom")


@blueprint.get("/checks/<slug>/errata.atom")
@anonymous
def send_errata(slug: str) -> ResponseReturnValue:
    """Send what was corrected to feed readers, and to whoever uses the data."""
    desk = _open(slug)
    corrections = list_corrections(db.session(), desk=desk, limit=FEED_ENTRIES)
    touched = _touched(desk, corrections)
    entries = [_erratum(one, desk, touched.get(one.id, "")) for one in corrections]
    return _feed(desk, entries, gettext("Corrections"), "errata.atom")


@blueprint.get("/sitemap.xml")
@anonymous
def send_sitemap() -> ResponseReturnValue:
    """Tell search engines what is published."""
    session = db.session()
    places: list[tuple[str, str | None]] = []
    for desk in list_desks(session, base_url=_base_url()):
        places += [(desk.root, None), (desk.organisation.method_url, None)]
        places += [
            (address, changed.date().isoformat())
            for address, changed in list_addresses(session, desk=desk, limit=MOST_SITES)
        ]
    body = render_template("public/sitemap.xml", places=places[:MOST_SITES])
    return _cacheable(make_response(body), "application/xml")


@blueprint.get("/robots.txt")
@anonymous
def send_robots() -> ResponseReturnValue:
    """Let search engines see what is published, and nothing else."""
    lines = (
        "User-agent: *",
        "Allow: /checks/",
        "Allow: /static/",
        "Allow: /sitemap.xml",
        "Disallow: /",
        "",
        f"Sitemap: {_base_url()}/sitemap.xml",
        "",
    )
    return _cacheable(make_response("\n".join(lines)), "text/plain")


def _open(slug: str) -> PublicDesk:
    desk = find_desk(db.session(), slug=slug, base_url=_base_url())
    g.language = g.language or desk.language
    return desk


def _base_url() -> str:
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    return settings.base_url


def _wanted() -> tuple[Wanted, str]:
    """Return which checks the address asks for, and the stamp it names."""
    verdict = request.args.get("verdict", "")
    shown = verdict if verdict in set(ShownAs) else ""
    ratings: Sequence[Rating] = [one for one in Rating if shown and SHOWN_AS[one] == shown]
    return Wanted(request.args.get("q", "").strip()[:MAX_SEARCH], ratings), shown


def _prose(texts: object) -> dict[str, str]:
    """Return a desk's text as HTML in the reader's language, or in the one there is."""
    words = texts if isinstance(texts, dict) else {}
    order = (page_language(), *LOCALES)
    language = next((one for one in order if words.get(one, "").strip()), page_language())
    return {"language": language, "html": render_prose(words.get(language, ""))}


def _entry(check: PublishedCheck) -> feeds.Entry:
    words = check.verdict.alternate_name[page_language()]
    return feeds.Entry(
        id=check.url,
        url=check.url,
        title=f"{check.wording} — {words}",
        summary=plain_prose(check.justification),
        published=check.published_at,
        updated=check.modified_at or check.published_at,
    )


def _touched(desk: PublicDesk, corrections: Sequence[Correction]) -> dict[str, str]:
    """Name by correction the records of dataset releases that have what was wrong."""
    releases = releases_with_verdict(db.session(), project_id=desk.project_id)
    return {
        one.id: ", ".join(
            f"{desk.slug} {version} (statements {one.statement},"
            f" verdicts {one.statement}.{one.old.number})"
            for version in releases[one.old.row]
        )
        for one in corrections
        if one.old.row in releases
    }


def _erratum(one: Correction, desk: PublicDesk, touched: str) -> feeds.Entry:
    if one.before is None or one.after is None:
        change = gettext("Withdrawn: %(reason)s", reason=one.reason)
    elif one.before == one.after:
        name = one.after.alternate_name[page_language()]
        change = gettext("%(verdict)s as before: %(reason)s", verdict=name, reason=one.reason)
    else:
        change = gettext(
            "%(before)s is now %(after)s: %(reason)s",
            before=one.before.alternate_name[page_language()],
            after=one.after.alternate_name[page_language()],
            reason=one.reason,
        )
        if one.earlier_wording:
            change += " " + gettext("The wording was:") + " " + one.earlier_wording
    if touched:
        change += " " + gettext("Wrong in dataset releases: %(records)s.", records=touched)
    return feeds.Entry(
        id=f"{one.url}#correction-{one.id}",
        url=one.url if one.is_shown else desk.organisation.corrections_url,
        title=one.wording,
        summary=change,
        published=one.at,
        updated=one.at,
    )


def _feed(desk: PublicDesk, entries: Sequence[feeds.Entry], title: str, name: str) -> BaseResponse:
    body = feeds.write_feed(
        entries,
        title=f"{desk.organisation.name}{show_colon()} {title}",
        url=desk.root,
        feed_url=f"{desk.root}{name}",
        author=desk.organisation.name,
        language=page_language(),
    )
    return _cacheable(make_response(body), feeds.MIMETYPE)


def _page(template: str, status: HTTPStatus = HTTPStatus.OK, **values: object) -> BaseResponse:
    addresses = {language: this_page_with("lang", language) for language in LOCALES}
    body = render_template(template, language_addresses=addresses, **values)
    return _cacheable(make_response(body, status), "text/html")


def _json(document: JsonObject) -> BaseResponse:
    response = jsonify(check_review(document))
    response.headers["Access-Control-Allow-Origin"] = "*"  # It is for everybody's programs.
    return _cacheable(response, "application/ld+json")


def _cacheable(response: Response, mimetype: str) -> BaseResponse:
    """Let anybody keep a copy, who then asks each time whether there is a newer one."""
    response.mimetype = mimetype
    response.set_etag(sha256(response.get_data()).hexdigest())
    response.cache_control.public = True
    response.cache_control.no_cache = True
    response.vary.add("Accept-Language")
    return response.make_conditional(request) if response.status_code == HTTPStatus.OK else response


def _neighbours(paging: Paging) -> str:
    """Return the pages before and after this one, as a Link header names them."""
    pages = (
        ("prev", paging.number - 1, paging.number > 1),
        ("next", paging.number + 1, paging.number < paging.last),
    )
    return ", ".join(
        f'<{paging.address(number)}>; rel="{name}"' for name, number, is_there in pages if is_there
    )
