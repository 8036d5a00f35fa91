"""Give a demo project the answers of its invented annotators, as if their browsers had sent them.

They go through the operations of a browser's requests and are checked as those are. Ids and times
are those of the files.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import TypedDict, cast

from sqlalchemy.orm import Session

from workbench.accounts.queries import user_by_email
from workbench.adjudication.checking import check_adjudication
from workbench.adjudication.contests import answer_contest, contest, list_objections
from workbench.adjudication.operations import submit_adjudication
from workbench.canonical import Json, JsonObject
from workbench.corpus.queries import find_article
from workbench.errors import InvalidInputError
from workbench.labelling.checking import check_annotation
from workbench.labelling.frames import SentenceId, Span
from workbench.labelling.operations import finish_assignment, start_assignment, submit_annotation
from workbench.labelling.parsing import parse_span
from workbench.labelling.queries import find_slot
from workbench.labelling.questions import GivenMessage, GivenQuestion, ask, reply, settle
from workbench.labelling.registers import parse_proposal, propose_entry, register_number
from workbench.labelling.suggesting import (
    REJECTED,
    GivenDecision,
    ShownSuggestion,
    decide_suggestion,
    list_suggestions,
)
from workbench.labelling.threads import Viewer
from workbench.projects.queries import list_own_projects
from workbench.projects.rules import Role
from workbench.storage.base import make_public_id

A_MOMENT = timedelta(seconds=1)
ANSWERS, ADJUDICATION = "answers.jsonl", "adjudication.jsonl"
PROPOSALS, TALK = "proposals.jsonl", "talk.jsonl"  # which not every folder has


@dataclass(frozen=True)
class DemoAnnotator:
    """An annotator of the demo, by their user and by their membership."""

    user_id: int
    membership_id: int


@dataclass(frozen=True)
class DemoAnswer:
    """One line of a file: an answer as a browser sends it, but for sentence and revisions.

    It is an annotator's, on the text of this hash, or else the agreed one, and then
    ``adjudication`` says what it was made from.
    """

    article: str
    position: int
    made_at: datetime
    elapsed_ms: int
    answer: JsonObject
    annotator: str | None
    edition_sha256: str | None
    adjudication: JsonObject | None

    @property
    def claims(self) -> list[JsonObject]:
        """The claims of the answer."""
        return cast("list[JsonObject]", self.answer["claims"])

    def payload(self, article: str, *, registers: int) -> JsonObject:
        """Return what a browser would send for the text with this public id."""
        sentence = str(SentenceId(article, 1, self.position))
        stamps: JsonObject = {"scheme": 1, "guideline": 1, "registers": registers}
        return {**self.answer, **stamps, "sentence": sentence, "elapsed_ms": self.elapsed_ms}


@dataclass(frozen=True)
class DemoReply:
    """What a lead answers; an answer to an objection has no id of its own."""

    id: str
    text: str
    made_at: datetime


@dataclass(frozen=True)
class DemoTalk:
    """What an annotator asks at some words, or, without a span, holds against a decision."""

    id: str
    annotator: str
    article: str
    position: int
    span: Span | None
    text: str
    made_at: datetime
    reply: DemoReply | None
    settled_at: datetime | None


class _Thread(TypedDict):
    project_id: int
    viewer: Viewer
    question: str


class _Member(TypedDict):
    project_id: int
    membership_id: int


def find_annotator(session: Session, *, project_id: int, email: str) -> DemoAnnotator | None:
    """Return the annotator of a project who has this address, if there is one."""
    user = user_by_email(session, email=email)
    for access in list_own_projects(session, user_id=user.id):
        if access.project_id == project_id and Role.ANNOTATOR in access.memberships:
            return DemoAnnotator(user.id, access.memberships[Role.ANNOTATOR])
    return None


def has_answered(
    session: Session, *, project_id: int, folder: Path, annotators: Collection[DemoAnnotator]
) -> bool:
    """Tell whether one of the annotators has begun any of the articles of the folder."""
    return any(
        find_slot(session, project_id=project_id, membership_id=one.membership_id, slug=slug)
        for slug in sorted({line.article for line in _read_lines(folder / ANSWERS)})
        for one in annotators
    )


def propose_entries(
    session: Session, *, project_id: int, folder: Path, annotators: Mapping[str, DemoAnnotator]
) -> None:
    """Let the annotators propose the speakers and targets that they have missed."""
    for entry in map(json.loads, _lines(folder / PROPOSALS)):
        propose_entry(
            session,
            project_id=project_id,
            proposal=parse_proposal(entry["proposal"]),
            language="fr",
            by=annotators[entry["annotator"]].user_id,
            now=datetime.fromisoformat(entry["made_at"]),
        )


def answer_articles(
    session: Session, *, project_id: int, folder: Path, annotators: Mapping[str, DemoAnnotator]
) -> None:
    """Let the annotators answer and finish the articles that the folder has answers to."""
    lines = _read_lines(folder / ANSWERS)
    for (name, slug), theirs in groupby(lines, lambda line: (line.annotator or "", line.article)):
        _answer_article(session, project_id, annotators[name], slug, [*theirs])


def adjudicate(session: Session, *, project_id: int, folder: Path, by: int) -> None:
    """Record the agreed answers that the folder has."""
    registers = register_number(session, project_id=project_id)
    for line in _read_lines(folder / ADJUDICATION):
        article = find_article(session, project_id=project_id, name=line.article)
        payload = line.payload(article.public_id, registers=registers)
        payload["adjudication"] = line.adjudication
        checked = check_adjudication(
            session, project_id=project_id, slug=article.slug, payload=payload
        )
        submit_adjudication(session, checked=checked, slug=article.slug, by=by, now=line.made_at)


def talk(
    session: Session,
    *,
    project_id: int,
    folder: Path,
    annotators: Mapping[str, DemoAnnotator],
    by: int,
) -> None:
    """Let the annotators ask and object as the folder has it, and a lead answer."""
    for line in _read_talk(folder / TALK):
        person = annotators[line.annotator]
        if line.span is not None:
            _ask(session, project_id, person, line, line.span, by=by)
        else:
            _object(session, project_id, person, line, by=by)


def _ask(
    session: Session,
    project_id: int,
    person: DemoAnnotator,
    line: DemoTalk,
    span: Span,
    *,
    by: int,
) -> None:
    article = find_article(session, project_id=project_id, name=line.article).public_id
    ask(
        session,
        project_id=project_id,
        membership_id=person.membership_id,
        slug=line.article,
        given=GivenQuestion(
            id=line.id,
            sentence=SentenceId(article, 1, line.position),
            span=span,
            claim=None,
            text=line.text,
        ),
        by=person.user_id,
        now=line.made_at,
    )
    thread: _Thread = {
        "project_id": project_id,
        "viewer": Viewer(by, is_lead=True),
        "question": line.id,
    }
    if line.reply:
        given = GivenMessage(line.reply.id, line.reply.text)
        reply(session, **thread, given=given, now=line.reply.made_at)
    if line.settled_at:
        settle(session, **thread, now=line.settled_at)


def _object(
    session: Session, project_id: int, person: DemoAnnotator, line: DemoTalk, *, by: int
) -> None:
    contest(
        session,
        project_id=project_id,
        membership_id=person.membership_id,
        slug=line.article,
        position=line.position,
        text=line.text,
        by=person.user_id,
        now=line.made_at,
    )
    if line.reply:
        listed = list_objections(session, project_id=project_id, reader=by, answered=False)
        (made,) = [one.objection.id for one in listed if one.objection.text == line.text]
        answer_contest(
            session,
            project_id=project_id,
            public_id=made,
            text=line.reply.text,
            by=by,
            now=line.reply.made_at,
        )


def _read_talk(path: Path) -> Iterator[DemoTalk]:
    for entry in map(json.loads, _lines(path)):
        replied, settled_at = entry["reply"], entry["settled_at"]
        yield DemoTalk(
            id=entry["id"],
            annotator=entry["annotator"],
            article=entry["article"],
            position=entry["position"],
            span=parse_span(entry["span"], "span") if entry["span"] else None,
            text=entry["text"],
            made_at=datetime.fromisoformat(entry["made_at"]),
            reply=DemoReply(
                replied["id"], replied["text"], datetime.fromisoformat(replied["made_at"])
            )
            if replied
            else None,
            settled_at=datetime.fromisoformat(settled_at) if settled_at else None,
        )


def _read_lines(path: Path) -> Iterator[DemoAnswer]:
    for entry in map(json.loads, _lines(path)):
        yield DemoAnswer(
            article=entry["article"],
            position=entry["position"],
            made_at=datetime.fromisoformat(entry["made_at"]),
            elapsed_ms=entry["elapsed_ms"],
            answer=entry["answer"],
            annotator=entry.get("annotator"),
            edition_sha256=entry.get("edition_sha256"),
            adjudication=entry.get("adjudication"),
        )


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


def _answer_article(
    session: Session, project_id: int, person: DemoAnnotator, slug: str, lines: Sequence[DemoAnswer]
) -> None:
    member: _Member = {"project_id": project_id, "membership_id": person.membership_id}
    begun = lines[0].made_at - timedelta(milliseconds=lines[0].elapsed_ms)
    slot = start_assignment(session, **member, slug=slug, by=person.user_id, now=begun)
    if slot.edition_sha256 != lines[0].edition_sha256:
        raise InvalidInputError("The article %(slug)s is not the text of the demo.", slug=slug)
    suggested = list_suggestions(
        session, **member, edition_id=slot.edition_id, sentence_id=slot.sentence_id
    )
    registers = register_number(session, project_id=project_id)
    accepted: set[str] = set()
    for line in lines:
        payload = line.payload(slot.article, registers=registers)
        payload["claims"] = [_take_over(claim, suggested) for claim in line.claims]
        checked = check_annotation(session, **member, slug=slug, payload=payload)
        submit_annotation(session, checked=checked, by=person.user_id, now=line.made_at)
        accepted |= checked.answer.suggestions
    answered_at = {line.position: line.made_at for line in lines}
    for one in suggested:
        at = answered_at.get(one.sentences[0])
        if at and one.id not in accepted:
            given = GivenDecision(make_public_id(), one.id, REJECTED)
            decide_suggestion(session, **member, edition_id=slot.edition_id, given=given, now=at)
    finished = lines[-1].made_at + A_MOMENT
    finish_assignment(session, **member, slug=slug, by=person.user_id, now=finished)


def _take_over(claim: JsonObject, suggested: Sequence[ShownSuggestion]) -> JsonObject:
    """Return a claim as made from the suggestion that most of its words are in, if from any.

    What the author says is never made of what somebody else is to have said, nor the reverse.
    """
    is_reported = len(_list(claim["chain"])) > 1
    shared = {
        one.id: _count_shared(claim, one)
        for one in suggested
        if is_reported is (one.frame["speaker"] is not None)
    }
    most = max(shared, key=shared.__getitem__, default=None)
    return {**claim, "suggestion": most} if most and shared[most] else claim


def _count_shared(claim: JsonObject, suggestion: ShownSuggestion) -> int:
    """Return how many characters a claim shares with what a suggestion proposes."""
    proposed = [cast("list[int]", part) for part in _list(suggestion.frame["parts"])]
    own = [cast("dict[str, int]", part) for part in _list(claim["parts"])]
    return sum(
        max(0, min(part["end"], end) - max(part["start"], start))
        for start, end in proposed
        for part in own
    )


def _list(value: Json) -> list[Json]:
    return cast("list[Json]", value)
