"""Who gets checked, and who does not: the balance of a desk's choice of claims."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from workbench.factcheck.balance import Balance, Share
from workbench.factcheck.eligibility import RULES
from workbench.factcheck.queries import read_scheme
from workbench.factcheck.weighing import Weighed, read_balance, read_unchecked
from workbench.pictures import Interval, Picture, draw_pictures
from workbench.projects.rules import Action
from workbench.storage.database import db
from workbench.web.access import ProjectAccess, in_project
from workbench.web.languages import page_language
from workbench.web.paging import page_of
from workbench.web.views.statements import type_words

blueprint = Blueprint("balance", __name__, url_prefix="/projects/<slug>/balance")

DRAWN = 12  # rows of a picture
LISTED = 50  # rows of a table
SAME_STANDARD = "R9"


@blueprint.get("/")
@in_project(Action.SEE_DESK)
def show_balance(project: ProjectAccess) -> ResponseReturnValue:
    """Show what share of the check-worthy claims is checked, by side, speaker and outlet."""
    session = db.session()
    weighed = read_balance(session, project_id=project.id, reader=project.person.id)
    paging = page_of(len(weighed.unchecked))
    return render_template(
        "factcheck/balance.html",
        project=project,
        balance=weighed.balance,
        weighed=weighed,
        names=_name_targets(weighed),
        pictures=_draw(weighed),
        listed=LISTED,
        same_standard=next(rule for rule in RULES if rule.id == SAME_STANDARD),
        paging=paging,
        unchecked=read_unchecked(
            session,
            project_id=project.id,
            rows=weighed.unchecked[paging.offset :][: paging.limit],
        ),
        types=type_words(read_scheme(session, project_id=project.id)),
    )


def _name_targets(weighed: Weighed) -> dict[str, str]:
    language = page_language()
    return {
        name: labels.get(language) or next(iter(labels.values()), name)
        for name, labels in weighed.targets.items()
    }


def _draw(weighed: Weighed) -> dict[str, Markup]:
    """Draw the shares of the sides, and of those who have most claims; none of nothing."""
    balance, names = weighed.balance, _name_targets(weighed)
    wanted = {
        "sides": _sides(balance, names),
        "speakers": _rows(balance.speakers, gettext("nobody named")),
        "outlets": _rows(balance.outlets, gettext("no outlet named")),
    }
    titles = {
        "sides": gettext("Share of claims checked, for and against each target"),
        "speakers": gettext("Share of claims checked, by who makes them"),
        "outlets": gettext("Share of claims checked, by outlet"),
    }
    drawn = {name: rows for name, rows in wanted.items() if rows}
    pictures = [
        Picture(
            rows,
            titles[name],
            gettext("The table below has the same numbers."),
            page_language(),
        )
        for name, rows in drawn.items()
    ]
    return dict(zip(drawn, map(Markup, draw_pictures(pictures)), strict=True))


def _sides(balance: Balance, names: dict[str, str]) -> list[Interval]:
    return [
        Interval(names.get(one.target, one.target), series, *_values(share))
        for one in balance.targets[:DRAWN]
        for series, share in ((gettext("for"), one.favor), (gettext("against"), one.against))
        if share.total
    ]


def _rows(shares: Sequence[Share], unnamed: str) -> list[Interval]:
    series = gettext("checked")
    return [Interval(one.of or unnamed, series, *_values(one)) for one in shares[:DRAWN]]


def _values(share: Share) -> tuple[float, float, float]:
    found = share.proportion
    assert found  # noqa: S101  # only what has claims is drawn
    return found.low, found.value, found.high
