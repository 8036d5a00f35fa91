"""How often each rule's suggestions are accepted: for whoever leads the project."""

from collections.abc import Sequence
from datetime import date
from itertools import chain

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from workbench.adjudication.queries import list_hidden_articles
from workbench.corpus.queries import count_articles, find_article, list_articles, read_headings
from workbench.errors import InvalidInputError
from workbench.labelling.precision import RulePrecision, Which, measure_precision
from workbench.pictures import Interval, draw_intervals
from workbench.projects.rules import Action
from workbench.storage.database import db
from workbench.suggestions.rules import RULES
from workbench.web.access import ProjectAccess, in_project
from workbench.web.languages import page_language, show_share

OFFERED = 200  # articles to choose from; any other is found by its short name

blueprint = Blueprint("suggestions", __name__, url_prefix="/projects/<slug>/suggestions")


@blueprint.get("/")
@in_project(Action.JUDGE_RULES)
def show_precision(project: ProjectAccess) -> ResponseReturnValue:
    """Show what became of each rule's suggestions, of one article or all, in a period or ever.

    Others' decisions on an article on which the person still works are not counted.
    """
    session = db.session()
    article = request.args.get("article", "").strip()
    since, until = _day("since"), _day("until")
    if since and until and until < since:
        raise InvalidInputError("The period ends before it begins; exchange the two days.")
    if article:
        find_article(session, project_id=project.id, name=article)
    hidden = list_hidden_articles(session, project_id=project.id, reader=project.person.id)
    which = Which(project.id, article or None, since, until, [one.id for one in hidden])
    rules = sorted(measure_precision(session, which), key=_best_first)
    headings = read_headings(session, article_ids=[one.id for one in hidden])
    return render_template(
        "suggestions/precision.html",
        project=project,
        decided=[_described(rule) for rule in rules if rule.decided],
        undecided=[_described(rule) for rule in rules if not rule.decided],
        picture=_draw([rule for rule in rules if rule.decided]),
        has_articles=count_articles(session, project_id=project.id) > 0,
        articles=list_articles(session, project_id=project.id, limit=OFFERED, offset=0),
        article=article,
        since=since,
        until=until,
        hidden=[headings[one.id] for one in hidden],
    )


def _day(name: str) -> date | None:
    value = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise InvalidInputError(
            "“%(value)s” is no day; write it like 2026-11-22.", value=value[:40]
        ) from None


def _best_first(rule: RulePrecision) -> tuple[float, str, int]:
    return (-rule.precision.value if rule.precision else 1, rule.rule, rule.version)


def _described(rule: RulePrecision) -> tuple[RulePrecision, str, str]:
    return rule, _label(rule), _explanation(rule)


def _label(rule: RulePrecision) -> str:
    """Name a rule, with its version if that is no longer the one in use."""
    present = RULES.get(rule.rule)
    return rule.rule if present and present.version == rule.version else _with_version(rule)


def _with_version(rule: RulePrecision) -> str:
    return str(gettext("%(rule)s (version %(version)s)", rule=rule.rule, version=rule.version))


def _explanation(rule: RulePrecision) -> str:
    known = RULES.get(rule.rule)
    return known.explanation[page_language()].replace("'", "’") if known else ""


def _draw(rules: Sequence[RulePrecision]) -> Markup | None:
    if not rules:
        return None
    first, last = rules[0], rules[-1]
    description = gettext(
        "%(best)s comes first with %(high)s, %(worst)s last with %(low)s; the table below"
        " has every figure.",
        best=_label(first),
        high=show_share(first.as_proposed + first.changed, first.decided),
        worst=_label(last),
        low=show_share(last.as_proposed + last.changed, last.decided),
    )
    return Markup(  # noqa: S704  # our own drawing; the words in it are escaped
        draw_intervals(
            list(chain.from_iterable(map(_intervals, rules))),
            title=str(gettext("Precision of each rule, with its interval")),
            description=str(description),
            language=page_language(),
        )
    )


def _intervals(rule: RulePrecision) -> list[Interval]:
    series = (
        (str(gettext("accepted")), rule.precision),
        (str(gettext("accepted as proposed")), rule.exact_precision),
    )
    return [
        Interval(_label(rule), name, share.low, share.value, share.high)
        for name, share in series
        if share
    ]
