"""Let the invented fact-checkers of a demo project do their work, as if their browsers had sent it.

What they do goes through the operations of a browser's requests, in the order of its times, and is
checked as that is: no gate of a verdict is opened for the demo.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict

from sqlalchemy.orm import Session

from workbench.factcheck.appearances import add_appearance, find_part
from workbench.factcheck.claims import find_claim
from workbench.factcheck.comments import add_comment
from workbench.factcheck.desks import DeskSettings, change_desk, default_texts
from workbench.factcheck.evidence import GivenEvidence, add_evidence
from workbench.factcheck.judging import OwnVerdict, judge
from workbench.factcheck.links import add_link
from workbench.factcheck.queries import count_statements, current_revision, find_statement
from workbench.factcheck.reviewing import approve, ask_review, return_verdict
from workbench.factcheck.rules import AnswerType, Bearing, LinkKind, Medium, Relation, SourceKind
from workbench.factcheck.searches import Search, log_search
from workbench.factcheck.statements import Wording, make_statement, reword_statement
from workbench.factcheck.tables import Statement
from workbench.factcheck.verdicts import GivenVerdict, find_newest, submit_verdict
from workbench.factcheck.workflow import assign, withdraw

STATEMENTS, DESK = "statements.jsonl", "desk.json"


@dataclass(frozen=True)
class Act:
    """What somebody does at a moment; ``words`` are what the form of it has."""

    at: datetime
    by: str
    do: str
    statement: str
    words: Mapping[str, str]
    evidence: GivenEvidence | None
    settings: DeskSettings | None


def check_facts(
    session: Session, *, project_id: int, folder: Path, people: Mapping[str, int]
) -> None:
    """Do what the folder's files say that these people did, unless there are statements already."""
    if not count_statements(session, project_id=project_id):
        for act in read_acts(folder):
            _do(session, project_id, people, act)


def read_acts(folder: Path) -> list[Act]:
    """Return what the fact-checkers of a folder do, in the order of its times."""
    return sorted([*_read_desk(folder), *_read_statements(folder)], key=lambda act: act.at)


def _read_desk(folder: Path) -> Iterator[Act]:
    entry = json.loads((folder / DESK).read_text("utf-8"))
    method = default_texts("method")
    settings = DeskSettings(
        publishes=False,
        blind_verdicts=False,
        organisation=entry["organisation"],
        organisation_url=entry["organisation_url"],
        contact=entry["contact"],
        is_nonpartisan=entry["is_nonpartisan"],
        funding=entry["funding"],
        method={one: f"{text}\n\n{method[one]}" for one, text in entry["before_method"].items()},
        corrections=default_texts("corrections"),
    )
    for act in entry["acts"]:
        changed = replace(
            settings, publishes=act["publishes"], blind_verdicts=act["blind_verdicts"]
        )
        at = datetime.fromisoformat(act["at"])
        yield Act(at, act["by"], "desk", "", {}, None, changed)


def _read_statements(folder: Path) -> Iterator[Act]:
    for line in (folder / STATEMENTS).read_text("utf-8").splitlines():
        entry = json.loads(line)
        for act in entry["acts"]:
            at = datetime.fromisoformat(act["at"])
            yield Act(
                at=at,
                by=act["by"],
                do=act["do"],
                statement=entry["id"],
                words={
                    name: value or "" for name, value in act.items() if not isinstance(value, dict)
                },
                evidence=_read_evidence(act["evidence"], at.date()) if "evidence" in act else None,
                settings=None,
            )


def _read_evidence(entry: Mapping[str, str], day: date) -> GivenEvidence:
    return GivenEvidence(
        question=entry["question"],
        answer=entry["answer"],
        answer_type=AnswerType(entry["answer_type"]),
        bearing=Bearing(entry["bearing"]),
        url=entry["url"],
        title=entry["title"],
        publisher=entry["publisher"],
        origin=entry["origin"],
        published=entry["published"],
        accessed=day,
        archived_url=None,
        passage=entry["passage"],
        medium=Medium.WEB_TEXT,
        source_kind=SourceKind(entry["source_kind"]),
        is_independent=bool(entry["is_independent"]),
        note=entry["note"],
    )


class _Doer(TypedDict):
    project_id: int
    by: int
    now: datetime


def _make(session: Session, act: Act, doer: _Doer) -> None:
    make_statement(session, **doer, wording=_wording(act), public_id=act.statement)


def _reword(session: Session, act: Act, doer: _Doer) -> None:
    held = _find(session, act, doer)
    base = current_revision(session, statement_id=held.id).number
    reword_statement(session, **doer, public_id=act.statement, wording=_wording(act), base=base)


def _appear(session: Session, act: Act, doer: _Doer) -> None:
    words = act.words["words"]
    claim = find_claim(
        session, project_id=doer["project_id"], public_id=act.words["claim"], reader=doer["by"]
    )
    add_appearance(
        session,
        **doer,
        statement=act.statement,
        claim=claim.id,
        relation=Relation(act.words["relation"]),
        parts=None if words == claim.quote else find_part(claim, words, words),
    )


def _link(session: Session, act: Act, doer: _Doer) -> None:
    other, kind = act.words["to"], LinkKind(act.words["kind"])
    add_link(session, **doer, one=act.statement, other=other, kind=kind)


def _put_evidence(session: Session, act: Act, doer: _Doer) -> None:
    if act.evidence is not None:
        add_evidence(session, **doer, statement=act.statement, given=act.evidence)


def _search(session: Session, act: Act, doer: _Doer) -> None:
    words = act.words
    search = Search(words["query"], words["place"], act.at.date(), words["outcome"])
    log_search(session, **doer, statement=act.statement, search=search)


def _comment(session: Session, act: Act, doer: _Doer) -> None:
    words = act.words
    add_comment(session, **doer, statement=act.statement, public_id=words["id"], text=words["text"])


def _judge(session: Session, act: Act, doer: _Doer) -> None:
    words = act.words
    given = OwnVerdict(words["id"], 0, words["value"], words["justification"])
    judge(session, **doer, statement=act.statement, given=given)


def _judge_finally(session: Session, act: Act, doer: _Doer) -> None:
    words, held = act.words, _find(session, act, doer)
    given = GivenVerdict(
        id=words["id"],
        base=_newest(session, held),
        wording=current_revision(session, statement_id=held.id).number,
        value=words["value"],
        justification=words["justification"],
        context=words["context"],
        correction=words["correction"],
    )
    submit_verdict(session, **doer, statement=act.statement, given=given)


def _ask(session: Session, act: Act, doer: _Doer) -> None:
    number = _newest(session, _find(session, act, doer))
    ask_review(session, **doer, statement=act.statement, number=number)


def _approve(session: Session, act: Act, doer: _Doer) -> None:
    number, note = _newest(session, _find(session, act, doer)), act.words["note"]
    approve(session, **doer, statement=act.statement, number=number, note=note)


def _return(session: Session, act: Act, doer: _Doer) -> None:
    number, note = _newest(session, _find(session, act, doer)), act.words["note"]
    return_verdict(session, **doer, statement=act.statement, number=number, note=note)


def _withdraw(session: Session, act: Act, doer: _Doer) -> None:
    withdraw(session, **doer, public_id=act.statement, reason=act.words["reason"])


def _change_desk(session: Session, act: Act, doer: _Doer) -> None:
    if act.settings is not None:
        change_desk(session, **doer, settings=act.settings)


_DOINGS: Mapping[str, Callable[[Session, Act, _Doer], None]] = MappingProxyType(
    {
        "make": _make,
        "reword": _reword,
        "appear": _appear,
        "link": _link,
        "evidence": _put_evidence,
        "search": _search,
        "comment": _comment,
        "judge": _judge,
        "verdict": _judge_finally,
        "ask": _ask,
        "approve": _approve,
        "return": _return,
        "withdraw": _withdraw,
        "desk": _change_desk,
    }
)


def _do(session: Session, project_id: int, people: Mapping[str, int], act: Act) -> None:
    doer = _Doer(project_id=project_id, by=people[act.by], now=act.at)
    if act.do == "assign":
        due_on = date.fromisoformat(act.words["due_on"]) if act.words["due_on"] else None
        to = people[act.words["to"]]
        assign(session, **doer, public_id=act.statement, to=to, due_on=due_on)
    else:
        _DOINGS[act.do](session, act, doer)


def _find(session: Session, act: Act, doer: _Doer) -> Statement:
    return find_statement(session, project_id=doer["project_id"], public_id=act.statement)


def _newest(session: Session, statement: Statement) -> int:
    revision = find_newest(session, statement_id=statement.id)
    return revision.number if revision else 0


def _wording(act: Act) -> Wording:
    words = act.words
    return Wording(
        words["wording"], words["language"], words["claim_type"], words["strategy"] or None
    )
