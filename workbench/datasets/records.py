"""Sentence records: what leaves the workbench, one per sentence or per sentence and annotator.

Their form is ``schemas/sentence-record.v1.schema.json``. Equal databases give equal records in
equal order.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.tables import User
from workbench.adjudication.queries import (
    AnsweredEdition,
    policy_of,
    read_agreed_editions,
    read_answered_editions,
)
from workbench.canonical import JsonObject
from workbench.corpus.queries import SentenceInZone
from workbench.datasets.frames import read_frame_writer
from workbench.labelling.answers import StoredAnswer, answerer_of
from workbench.labelling.frames import ClaimFrame, Decision, SentenceId
from workbench.labelling.origins import Suggested
from workbench.labelling.suggesting import read_suggested
from workbench.projects.queries import get_project
from workbench.projects.tables import GuidelineRevision, Membership, SchemeRevision

FORMAT = "sentence-record.v1"


class RecordKind(StrEnum):
    """Which records are wanted: the settled answers, or everybody's own."""

    GOLD = "gold"
    ALL = "all"


def sentence_records(
    session: Session,
    *,
    project_id: int,
    kind: RecordKind,
    reader: int | None = None,
    article_id: int | None = None,
) -> Iterator[JsonObject]:
    """Yield the project's records by article slug, edition, position and annotator.

    ``gold`` has one for each sentence of the newest text of an article that anybody has answered,
    ``all`` one for each sentence and each person who began it. ``reader`` is the user who gets
    them: an article on which they are not finished yields nothing of others, and no gold.
    ``article_id`` asks for one article only. Few articles at a time are in memory.
    """
    writer = _Writer(session, project_id)
    if kind is RecordKind.ALL:
        for edition in read_answered_editions(
            session, project_id=project_id, reader=reader, article_id=article_id
        ):
            yield from writer.annotators_records(edition)
    else:
        for edition in read_agreed_editions(
            session, project_id=project_id, reader=reader, article_id=article_id
        ):
            if not edition.is_blind:
                yield from writer.gold_records(edition)


def pseudonym(secret: str, user: str) -> str:
    """Return the name under which a user appears in a project's datasets, and nowhere else."""
    digest = hmac.new(secret.encode(), user.encode(), hashlib.sha256).hexdigest()
    return f"annotator-{digest[:12]}"


class _Writer:
    """Makes the records of one project: what is the same for all of them is read once."""

    def __init__(self, session: Session, project_id: int) -> None:
        self._project = get_project(session, project_id=project_id)
        self._session = session
        self._frames = read_frame_writer(session, project_id=project_id)
        self._edition_read: int | None = None
        self._suggestions: Mapping[str, Suggested] = {}
        self._annotators = annotator_names(
            session, project_id=project_id, secret=self._project.dataset_secret
        )
        self._schemes = revision_numbers(session, SchemeRevision, project_id)
        self._guidelines = revision_numbers(session, GuidelineRevision, project_id)

    def gold_records(self, edition: AnsweredEdition) -> Iterator[JsonObject]:
        """Yield one record for each sentence: how it is settled, and as what."""
        settlements = edition.settle(policy_of(self._project))
        stored = {
            one.answer.id: one
            for theirs in (*edition.answers.values(), edition.gold)
            for one in theirs.values()
        }
        for sentence, settlement in zip(edition.sentences, settlements, strict=True):
            who: JsonObject = {"kind": "gold", "annotator": None}
            if sentence.position in edition.outside:
                yield self._record(edition, sentence, {**who, **_OUTSIDE})
            else:
                chosen = stored[settlement.answer.id] if settlement.answer else None
                said: JsonObject = {
                    "settled": settlement.settled.value,
                    "decision": settlement.decision,
                }
                yield self._record(edition, sentence, {**who, **said}, chosen)

    def annotators_records(self, edition: AnsweredEdition) -> Iterator[JsonObject]:
        """Yield for each sentence one record of each person who began the article.

        What a person said stays said, though the sentence's zone needs no decision any more.
        """
        people = [
            (self._annotators[who], theirs, edition.readings[who])
            for who, theirs in edition.answers.items()
        ]
        people.sort(key=lambda person: person[0])
        for sentence in edition.sentences:
            for annotator, theirs, readings in people:
                who: JsonObject = {"kind": "annotator", "annotator": annotator}
                own = theirs.get(sentence.position)
                if own is None and sentence.position in edition.outside:
                    yield self._record(edition, sentence, {**who, **_OUTSIDE})
                else:
                    decision = readings[sentence.position - 1].decision
                    said: JsonObject = {"settled": None, "decision": decision}
                    yield self._record(edition, sentence, {**who, **said}, own)

    def _record(
        self,
        edition: AnsweredEdition,
        sentence: SentenceInZone,
        said: JsonObject,
        stored: StoredAnswer | None = None,
    ) -> JsonObject:
        article, text = edition.article, edition.edition
        answer = stored.answer if stored else None
        claims = answer.claims if answer else ()
        suggested = self._suggested(edition, claims)
        return {
            "format": FORMAT,
            "project": self._project.slug,
            "article": {
                "id": article.public_id,
                "slug": article.slug,
                "title": article.title,
                "outlet": article.outlet,
                "author": article.author,
                "published": article.published,
                "url": article.url,
                "language": article.language,
                "rights": article.rights,
            },
            "edition": {"number": text.number, "sha256": text.sha256},
            "sentence": {
                "id": str(SentenceId(article.public_id, text.number, sentence.position)),
                "position": sentence.position,
                "start": sentence.start,
                "end": sentence.end,
                "text": text.text[sentence.start : sentence.end],
                "zone": sentence.zone,
            },
            **said,
            "revision": self._revision(stored) if stored else None,
            "attributes": self._frames.attributes(
                "annotation", answer.attributes if answer else {}
            ),
            "claims": [
                self._frames.claim(
                    claim, position, (sentence.start, sentence.end), suggested.get(claim.id)
                )
                for position, claim in enumerate(claims, start=1)
            ],
            "stances": [
                self._frames.stance(stance, suggested.get(stance.claim or ""))
                for stance in (answer.stances if answer else ())
            ],
        }

    def _suggested(
        self, edition: AnsweredEdition, claims: Sequence[ClaimFrame]
    ) -> dict[str, Suggested]:
        """Return by claim the suggestion it came from; an edition's are read at its first one."""
        if not any(claim.suggestion for claim in claims):
            return {}
        if self._edition_read != edition.edition.id:
            self._edition_read = edition.edition.id
            self._suggestions = read_suggested(
                self._session, edition_id=edition.edition.id, names=self._frames.known_names
            )
        return {
            claim.id: self._suggestions[claim.suggestion] for claim in claims if claim.suggestion
        }

    def _revision(self, stored: StoredAnswer) -> JsonObject:
        return {
            "id": stored.answer.id,
            "number": stored.number,
            "made_at": stored.made_at.isoformat(),
            "cause": stored.cause,
            "scheme": self._schemes[stored.scheme_revision_id],
            "guideline": self._guidelines[stored.guideline_revision_id],
            "registers": stored.register_number,
        }


# What a sentence counts as in whose zone no decision is needed, such as a caption.
_OUTSIDE: JsonObject = {"settled": None, "decision": Decision.NOT_ANNOTATABLE.value}


def annotator_names(session: Session, *, project_id: int, secret: str) -> dict[str, str]:
    """Return the pseudonyms of a project's members by the words under which they answer."""
    rows = session.execute(
        select(Membership.id, User.public_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.project_id == project_id)
    )
    return {answerer_of(membership_id): pseudonym(secret, user) for membership_id, user in rows}


def revision_numbers(
    session: Session, table: type[SchemeRevision] | type[GuidelineRevision], project_id: int
) -> dict[int, int]:
    """Return the numbers of the revisions of label scheme or guideline by their rows."""
    rows = session.execute(select(table.id, table.number).where(table.project_id == project_id))
    return {row.id: row.number for row in rows}
