"""Many answers saved at once are what they are saved one after the other, refused ones too."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, SENTENCES, answer_to, claim_on
from workbench.canonical import Json, JsonObject
from workbench.errors import WorkbenchError
from workbench.labelling.checking import check_annotation, check_annotations
from workbench.labelling.operations import submit_annotation, submit_annotations
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    AttributionLink,
    Claim,
    ClaimRevision,
    Stance,
)
from workbench.projects.queries import project_by_slug
from workbench.storage.database import transaction

TEXT = " ".join(SENTENCES)
ENDS = [len(" ".join(SENTENCES[:number])) for number in range(len(SENTENCES) + 1)]
TABLES = (Annotation, AnnotationRevision, Claim, ClaimRevision, AttributionLink, Stance, Assignment)
LAST = len(SENTENCES)
EXAMPLES = settings(max_examples=30, deadline=None)

Way = Callable[[Session, dict[str, object], Sequence[JsonObject], int], list[str]]


@st.composite
def answers(draw: st.DrawFn) -> list[JsonObject]:
    """Return answers to some sentences: claims that reach far, bases and names that are wrong."""
    made = []
    for position in draw(st.lists(st.sampled_from(range(1, LAST + 2)), min_size=1, unique=True)):
        answer = answer_to(f"?.1.{position}", 100 + position)
        # The first and the third sentence were answered before.
        answer["base"] = draw(st.sampled_from([None, f"revision{position:016}"]))
        if position <= LAST and draw(st.booleans()):
            start = ENDS[position - 1] + (position > 1)
            end = draw(st.sampled_from([ENDS[position], len(TEXT)]))
            speakers = ["author", draw(st.sampled_from(["meta", "meta", "nobody"]))]
            chain: list[Json] = [{"speaker": one} for one in speakers]
            suggestion = draw(st.sampled_from([None, None, "unknown"]))
            claim = claim_on(TEXT, start, end, chain=chain, suggestion=suggestion)
            stance = {
                "claim": claim["id"],
                "holder": "meta",
                "target": "openai",
                "value": "against",
            }
            answer |= {"decision": "claims", "claims": [claim], "stances": [stance]}
        made.append(answer)
    return made


def save_each(
    session: Session, place: dict[str, object], given: Sequence[JsonObject], by: int
) -> list[str]:
    """Save one answer after the other; return what was refused."""
    told = []
    for payload in given:
        try:
            checked = check_annotation(session, **place, payload=payload)
            told.append(submit_annotation(session, checked=checked, by=by, now=NOW).id)
        except WorkbenchError as error:
            told.append(str(error))
    return told


def save_all(
    session: Session, place: dict[str, object], given: Sequence[JsonObject], by: int
) -> list[str]:
    """Save all answers at once; return what was refused."""
    checked = check_annotations(session, **place, payloads=given)
    right = [one for one in checked if not isinstance(one, WorkbenchError)]
    saved = iter(submit_annotations(session, answers=right, by=by, now=NOW))
    done = [one if isinstance(one, WorkbenchError) else next(saved) for one in checked]
    return [str(one) if isinstance(one, WorkbenchError) else one.id for one in done]


def rows(session: Session) -> list[list[tuple[object, ...]]]:
    """Return all rows in their order; PostgreSQL counts on after a rollback."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return [
        session.execute(
            select(
                *(
                    one
                    for one in table.__table__.c
                    if is_sqlite or not (one.primary_key or one.foreign_keys)
                )
            ).order_by(table.id)
        ).all()
        for table in TABLES
    ]


def try_out(way: Way, desk: Desk, given: Sequence[JsonObject]) -> object:
    """Return what a way of saving tells and leaves behind; nothing of it stays."""
    found: list[object] = []
    with desk.app.app_context(), suppress(Undone), transaction() as session:
        project = project_by_slug(session, slug="demo").id
        place = {"project_id": project, "membership_id": desk.membership_id, "slug": "article"}
        found = [way(session, place, given, desk.user_id), rows(session)]
        raise Undone
    return found


class Undone(Exception):  # noqa: N818  # none that is wrong
    """Takes back what was tried."""


def test_answers_saved_at_once_are_as_if_saved_one_by_one(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    name = desk.page["sentences"][0]["id"].split(".")[0]
    zones = {"decision": "claims", "claims": [claim_on(TEXT, 0, ENDS[2])]}
    assert desk.save(1, id="revision0000000000000001", **zones).status_code == 200
    assert desk.save(3, id="revision0000000000000003").status_code == 200

    @EXAMPLES
    @given(given=answers())
    def check(given: list[JsonObject]) -> None:
        for answer in given:
            answer["sentence"] = str(answer["sentence"]).replace("?", name)
        assert try_out(save_all, desk, given) == try_out(save_each, desk, given)

    check()
