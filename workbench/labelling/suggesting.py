"""Suggestions joined with text: made for each text edition, shown to those who may see them.

A run is one version of all rules over one edition. Suggestions of an earlier run stay, since
claims and decisions refer to them, and are shown no more.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple, cast

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from workbench.canonical import Json, JsonObject, content_hash
from workbench.corpus.queries import SentenceInZone, read_sentences_of
from workbench.corpus.rules import NOT_THE_ARTICLE, StoredArticle
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.labelling.answers import answerer_of
from workbench.labelling.frames import AUTHOR, SentenceId
from workbench.labelling.origins import Suggested
from workbench.labelling.parsing import BROWSER_ID, REGISTER_ID
from workbench.labelling.registers import find_redirects, load_registers
from workbench.labelling.tables import Annotation, Suggestion, SuggestionDecision, SuggestionRun
from workbench.projects.tables import Project
from workbench.storage.base import make_public_ids
from workbench.storage.bulk import insert_and_find, insert_rows
from workbench.storage.database import read_columns, share_project
from workbench.suggestions.registers import Register
from workbench.suggestions.rules import RULES, Range, Words
from workbench.suggestions.rules import Suggestion as Proposal
from workbench.suggestions.suggesting import Language, suggest

# What a run is known by: any rule that changes makes another one.
VERSION = content_hash({name: rule.version for name, rule in RULES.items()})
REJECTED, REOPENED = "rejected", "reopened"


@dataclass(frozen=True)
class EditionToRead:
    """A text edition that the present rules have not read; site furniture and captions apart."""

    id: int
    text: str
    language: str
    sentences: Sequence[SentenceInZone]


class NewSuggestion(NamedTuple):
    """A suggestion to be stored, at the sentence where it begins."""

    sentence_id: int
    rule: str
    rule_version: int
    frame: JsonObject


@dataclass(frozen=True)
class ShownSuggestion:
    """A suggestion, the positions of the sentences it touches, and whether it was rejected."""

    id: str
    rule: str
    rule_version: int
    frame: JsonObject
    sentences: tuple[int, ...]
    is_rejected: bool

    def json(self) -> JsonObject:
        """Return the suggestion as the workspace gets it."""
        return {
            "id": self.id,
            "rule": self.rule,
            "rule_version": self.rule_version,
            "sentences": [*self.sentences],
            "rejected": self.is_rejected,
            **self.frame,
        }


@dataclass(frozen=True)
class GivenDecision:
    """What a browser says of a suggestion, under an id of its own making."""

    id: str
    suggestion: str
    decision: str


def parse_decision(payload: Json) -> GivenDecision:
    """Read ``{"id", "suggestion", "decision": "rejected" or "reopened"}``, and nothing else."""
    match payload:
        case {"id": str(id_), "suggestion": str(suggestion), "decision": str(decision), **rest}:
            is_formed = BROWSER_ID.fullmatch(id_) and REGISTER_ID.fullmatch(suggestion)
            if is_formed and decision in {REJECTED, REOPENED} and not rest:
                return GivenDecision(id_, suggestion, decision)
    raise InvalidInputError(
        "A decision on a suggestion has an id, a suggestion, and “rejected” or “reopened”."
    )


def is_withheld(seed: str, sentence: str, percent: int) -> bool:
    """Tell whether suggestions at a sentence come only after its first answer.

    The share is drawn from the project's seed and the sentence's id: the same sentences for
    everybody, and for always.
    """
    drawn = hashlib.sha256(f"{seed} {sentence}".encode()).digest()
    return int.from_bytes(drawn[:8]) % 10_000 < percent * 100


def known_targets(session: Session, *, project_id: int) -> Register:
    """Return the words by which the project's targets are known, as the rules look for them.

    The words of a merged target find the one that stands for it.
    """
    targets = load_registers(session, project_id=project_id).targets
    redirects = find_redirects(targets)
    known: dict[str, list[str]] = {}
    for one in targets:
        words = known.setdefault(redirects.get(one.id, one.id), [])
        words += [*one.labels.values(), *one.aliases]
    return Register(known)


def propose(edition: EditionToRead, register: Register) -> list[NewSuggestion]:
    """Return what the rules propose, as it is stored."""
    ranges = [(start, end) for _, _, start, end, _ in edition.sentences]
    return [
        _new_suggestion(one, [edition.sentences[index] for index in one.sentences])
        for one in suggest(edition.text, ranges, cast("Language", edition.language), register)
    ]


def editions_to_read(
    session: Session, *, project_id: int, limit: int, articles: Collection[str] | None = None
) -> list[EditionToRead]:
    """Return newest editions, at most ``limit``, that the present rules have not read yet.

    ``articles`` are slugs; without them any article of the project is meant.
    """
    later = aliased(TextEdition)
    statement = (
        select(TextEdition.id, TextEdition.text, Article.language)
        .join(Article, Article.id == TextEdition.article_id)
        .where(
            TextEdition.project_id == project_id,
            Article.erased_at.is_(None),
            ~exists().where(
                SuggestionRun.project_id == project_id,
                SuggestionRun.edition_id == TextEdition.id,
                SuggestionRun.version == VERSION,
            ),
            ~exists().where(
                later.article_id == TextEdition.article_id, later.number > TextEdition.number
            ),
        )
        .order_by(TextEdition.id)
        .limit(limit)
    )
    if articles is not None:
        statement = statement.where(Article.slug.in_(articles))
    editions = session.execute(statement).all()
    sentences = read_sentences_of(
        session, project_id=project_id, edition_ids=[edition.id for edition in editions]
    )
    return [
        EditionToRead(
            id_,
            text,
            language,
            [one for one in sentences[id_] if one.zone not in NOT_THE_ARTICLE],
        )
        for id_, text, language in editions
    ]


def as_edition(stored: StoredArticle) -> EditionToRead:
    """Return an article just stored as the rules read it, without asking the database for it."""
    article = stored.article
    each = zip(stored.sentence_ids, article.sentences, article.zones, strict=True)
    return EditionToRead(
        stored.edition_id,
        article.text,
        str(article.metadata.language),
        [
            SentenceInZone(id_, position, start, end, zone)
            for position, (id_, (start, end), zone) in enumerate(each, start=1)
            if zone not in NOT_THE_ARTICLE
        ],
    )


def store_proposals(
    session: Session,
    *,
    project_id: int,
    proposals: Mapping[int, Sequence[NewSuggestion]],
    now: datetime,
) -> None:
    """Store what was proposed for editions, by edition; one that was read meanwhile is left."""
    share_project(session, project_id)
    # Two imports may have read the same edition: on PostgreSQL they store one after the other.
    session.execute(
        select(Project.id).where(Project.id == project_id).with_for_update(key_share=True)
    )
    read = set(
        session.scalars(
            select(SuggestionRun.edition_id).where(
                SuggestionRun.project_id == project_id,
                SuggestionRun.edition_id.in_(proposals),
                SuggestionRun.version == VERSION,
            )
        )
    )
    erased = _hold_erased(session, proposals)
    unread = [edition for edition in proposals if edition not in read | erased]
    if not unread:
        return
    stamp = {"project_id": project_id, "version": VERSION, "made_at": now}
    run_rows = [{**stamp, "edition_id": edition} for edition in unread]
    runs = insert_and_find(session, SuggestionRun, run_rows, known_by="edition_id")
    rows = [
        (run, new.sentence_id, new.rule, new.rule_version, new.frame)
        for run, edition in zip(runs, unread, strict=True)
        for new in proposals[edition]
    ]
    ids = make_public_ids(len(rows))
    insert_rows(
        session,
        Suggestion,
        ("run_id", "sentence_id", "rule", "rule_version", "frame", "public_id"),
        [(*row, public_id) for row, public_id in zip(rows, ids, strict=True)],
        same={"project_id": project_id},
    )


def _hold_erased(session: Session, editions: Collection[int]) -> set[int]:
    """Return those of erased articles; the others stay so until the transaction ends."""
    rows = session.execute(
        select(TextEdition.id, Article.erased_at)
        .join(Article, Article.id == TextEdition.article_id)
        .where(TextEdition.id.in_(editions))
        .order_by(Article.id)
        .with_for_update(key_share=True, of=Article)
    )
    return {edition for edition, erased_at in rows if erased_at is not None}


def list_suggestions(
    session: Session,
    *,
    project_id: int,
    edition_id: int,
    membership_id: int,
    sentence_id: Callable[[int], SentenceId],
    answered: Collection[int] | None = None,
) -> list[ShownSuggestion]:
    """Return the suggestions of an edition that the person may see, in the order of the text.

    ``sentence_id`` gives a public id by position, ``answered`` the positions that the person has
    answered, read where they are not given. A suggestion that touches a sentence whose
    suggestions come only after its first answer waits for it.
    """
    values = {
        "project": project_id,
        "edition": edition_id,
        "membership": membership_id,
        "answerer": answerer_of(membership_id),
    }
    if answered is None:
        answered = set(session.scalars(_select_answered(), values))
    shown = []
    for row in read_columns(session, _select_shown(), values):
        frame = cast(JsonObject, row.frame)
        touched = cast("list[int]", frame["sentences"])
        if any(
            position not in answered
            and is_withheld(row.seed, str(sentence_id(position)), row.suggestion_free_percent)
            for position in touched
        ):
            continue
        shown.append(
            ShownSuggestion(
                id=row.public_id,
                rule=row.rule,
                rule_version=row.rule_version,
                frame={name: value for name, value in frame.items() if name != "sentences"},
                sentences=tuple(touched),
                is_rejected=row.decision == REJECTED,
            )
        )
    return shown


def read_suggested(
    session: Session, *, edition_id: int, names: Mapping[str, frozenset[str]]
) -> dict[str, Suggested]:
    """Return every suggestion ever made for an edition, by id; ``names`` are as it keeps them."""
    rows = session.execute(
        select(Suggestion.public_id, Suggestion.rule, Suggestion.rule_version, Suggestion.frame)
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .where(SuggestionRun.edition_id == edition_id)
    )
    return {
        id_: Suggested(rule, version, cast(JsonObject, frame), names)
        for id_, rule, version, frame in rows
    }


def decide_suggestion(
    session: Session,
    *,
    project_id: int,
    membership_id: int,
    edition_id: int,
    given: GivenDecision,
    now: datetime,
) -> None:
    """Record that the person rejects a suggestion, or takes that back; a repeat changes nothing."""
    share_project(session, project_id)
    row = session.execute(
        select(Suggestion.id)
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .where(
            Suggestion.project_id == project_id,
            Suggestion.public_id == given.suggestion,
            SuggestionRun.edition_id == edition_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError(
            "The suggestion %(id)s does not belong to this text of the article; load the page"
            " again.",
            id=given.suggestion,
        )
    same = session.scalar(
        select(SuggestionDecision).where(
            SuggestionDecision.project_id == project_id,
            SuggestionDecision.public_id == given.id,
        )
    )
    said = (row.id, membership_id, given.decision)
    if same and (same.suggestion_id, same.membership_id, same.decision) != said:
        raise ConflictError("Another decision has this id already; make a new id for a new one.")
    if same is None:
        session.add(
            SuggestionDecision(
                project_id=project_id,
                public_id=given.id,
                suggestion_id=row.id,
                membership_id=membership_id,
                decision=given.decision,
                made_at=now,
            )
        )
        session.flush()


def _new_suggestion(proposal: Proposal, sentences: Sequence[SentenceInZone]) -> NewSuggestion:
    """Make of a proposal what is stored: offsets and words of the rules, no words of the text.

    Names excepted, which may be put together from several places. ``sentences`` of the frame are
    positions, ``parts`` are in the order of the text.
    """
    is_reported = proposal.speaker != AUTHOR
    frame: JsonObject = {
        "sentences": [sentence.position for sentence in sentences],
        "parts": [_range(part) for part in proposal.parts],
        "quote_type": proposal.quote_type.value if proposal.quote_type and is_reported else None,
        "act": proposal.act.value,
        "speaker": proposal.speaker if is_reported else None,
        "via": proposal.via,
        "mention": _words(proposal.mention),
        "cue": _words(proposal.cue),
        "check_worthy": proposal.check_worthy,
        "hearsay": proposal.hearsay,
        "certain": proposal.certain,
        "claim_type": proposal.claim_type,
        "reason": proposal.reason,
        "stances": [
            {"target": stance.target, "span": _words(stance.span), "value": stance.value}
            for stance in proposal.stances
        ],
    }
    first, rule = sentences[0], RULES[proposal.rule]
    return NewSuggestion(first.id, rule.name, rule.version, frame)


@cache
def _select_shown() -> Select[*tuple[object, ...]]:
    project: BindParameter[int] = bindparam("project")
    newest_run = (
        select(func.max(SuggestionRun.id))
        .where(
            SuggestionRun.project_id == project, SuggestionRun.edition_id == bindparam("edition")
        )
        .scalar_subquery()
    )
    newest_decision = (
        select(func.max(SuggestionDecision.id))
        .where(
            SuggestionDecision.suggestion_id == Suggestion.id,
            SuggestionDecision.membership_id == bindparam("membership"),
        )
        .correlate(Suggestion)
        .scalar_subquery()
    )
    return (
        select(
            Suggestion.public_id,
            Suggestion.rule,
            Suggestion.rule_version,
            Suggestion.frame,
            Sentence.position,
            SuggestionDecision.decision,
            Project.seed,
            Project.suggestion_free_percent,
        )
        .join(Sentence, Sentence.id == Suggestion.sentence_id)
        .join(Project, Project.id == Suggestion.project_id)
        .outerjoin(SuggestionDecision, and_(SuggestionDecision.id == newest_decision))
        .where(Suggestion.run_id == newest_run)
        .order_by(Suggestion.id)
    )


@cache
def _select_answered() -> Select[int]:
    project: BindParameter[int] = bindparam("project")
    return (
        select(Sentence.position)
        .join(Annotation, Annotation.sentence_id == Sentence.id)
        .where(
            Sentence.project_id == project,
            Sentence.edition_id == bindparam("edition"),
            Annotation.project_id == project,
            Annotation.answerer == bindparam("answerer"),
        )
    )


def _range(part: Range) -> Json:
    return [*part]


def _words(words: Words | None) -> Json:
    return [words.start, words.end] if words else None
