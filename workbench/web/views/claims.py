"""The queue of claims: what annotators found worth checking, to be made statements of."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workbench.corpus.dates import day_range
from workbench.corpus.queries import list_outlets
from workbench.corpus.rules import fold
from workbench.errors import InvalidInputError
from workbench.factcheck.queries import read_scheme
from workbench.factcheck.queue import Filters, parse_place, read_queue
from workbench.labelling.registers import Registers, register_number
from workbench.labelling.remembered import stored_registers
from workbench.projects.rules import Action
from workbench.storage.database import db
from workbench.web.access import ProjectAccess, in_project
from workbench.web.languages import page_language
from workbench.web.views.statements import type_words, value_words

blueprint = Blueprint("claims", __name__, url_prefix="/projects/<slug>/claims")

MAX_TYPED = 200


@dataclass(frozen=True)
class Choice:
    """An entry of a register that can be chosen as a filter."""

    id: str
    name: str


@blueprint.get("/")
@in_project(Action.SEE_DESK)
def show_queue(project: ProjectAccess) -> ResponseReturnValue:
    """List claims to be checked: agreed ones first, then single answers', by check-worthiness."""
    session = db.session()
    filters = _read_filters()
    at = parse_place(request.args.get("at", ""))
    page = read_queue(
        session, project_id=project.id, reader=project.person.id, filters=filters, at=at
    )
    number = register_number(session, project_id=project.id)
    registers = stored_registers(session, project_id=project.id, number=number)
    scheme = read_scheme(session, project_id=project.id)
    return render_template(
        "factcheck/claims.html",
        project=project,
        page=page,
        filters=filters,
        is_filtered=filters != Filters(),
        is_first=at.is_first,
        further=_address(project, str(page.further)) if page.further else None,
        speakers=_speakers(registers),
        targets=_targets(registers),
        outlets=list_outlets(session, project_id=project.id),
        types=type_words(scheme),
        worths=value_words(scheme, "check_worthiness"),
    )


def _read_filters() -> Filters:
    typed = {name: request.args.get(name, "")[:MAX_TYPED] for name in Filters.__annotations__}
    typed = {name: words.replace("\0", "") for name, words in typed.items()}
    (since, _), (_, until) = _days_of(typed["since"]), _days_of(typed["until"])
    if since and until and until < since:
        raise InvalidInputError("The period ends before it begins; exchange the two days.")
    words = request.args.get("words", "")[:MAX_TYPED]
    return Filters(**{**typed, "since": since, "until": until, "words": words})


def _days_of(typed: str) -> tuple[str, str]:
    """Return the first and the last day of a day, month or year; nothing typed has neither."""
    if not typed.strip():
        return "", ""
    first, last = day_range(typed.strip())
    return first.isoformat(), last.isoformat()


def _address(project: ProjectAccess, at: str) -> str:
    kept = {name: value for name, value in request.args.items() if value and name != "at"}
    known = {name: value for name, value in kept.items() if name in Filters.__annotations__}
    return url_for("claims.show_queue", slug=project.slug, **{**known, "at": at})  # type: ignore[arg-type]  # our own names


def _speakers(registers: Registers) -> list[Choice]:
    named = [Choice(one.id, one.name) for one in registers.speakers if not one.merged_into]
    return sorted(named, key=lambda one: fold(one.name))


def _targets(registers: Registers) -> list[Choice]:
    language = page_language()
    named = [
        Choice(one.id, one.labels.get(language) or next(iter(one.labels.values()), one.id))
        for one in registers.targets
        if not one.merged_into
    ]
    return sorted(named, key=lambda one: fold(one.name))
