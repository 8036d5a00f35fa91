"""Articles with everything that is said of their sentences, as lines of a snapshot have them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from workbench.adjudication.queries import AnsweredEdition, policy_of
from workbench.adjudication.rules import Settled, Settlement
from workbench.adjudication.tables import Adjudication
from workbench.canonical import Json, JsonObject
from workbench.corpus.queries import SentenceInZone
from workbench.datasets.frames import FrameWriter, SpanWriter, read_frame_writer
from workbench.datasets.proposed import NOTHING, ProposedIn, read_proposed
from workbench.datasets.records import annotator_names, revision_numbers
from workbench.datasets.rights import allows_text, span_writer, text_hash, write_hashed
from workbench.datasets.snapshots import ArticleBlock
from workbench.datasets.soft_labels import Labeller
from workbench.labelling.answers import StoredAnswer, read_by_ids
from workbench.labelling.frames import Answer, ClaimFrame, Decision, SentenceId, canonical_frame
from workbench.projects.tables import GuidelineRevision, Project, SchemeRevision

CHARACTERS_AT_A_TIME = 100_000
# What a sentence counts as in whose zone no decision is needed, such as a caption.
OUTSIDE = Settlement(Settled.UNREAD, Decision.NOT_ANNOTATABLE.value)


@dataclass
class Named:
    """What the blocks written so far name: it must be in the snapshot, and is counted.

    ``places`` has by claim, of those ``wanted`` alone, the gold claim that says it, with its
    sentence and article.
    """

    wanted: Collection[str] = frozenset()
    schemes: set[int] = field(default_factory=set)
    guidelines: set[int] = field(default_factory=set)
    speakers: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)
    annotators: set[str] = field(default_factory=set)
    places: dict[str, "Place"] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def join(self, later: "Named") -> None:
        """Add what the blocks name that come after these."""
        self.schemes |= later.schemes
        self.guidelines |= later.guidelines
        self.speakers |= later.speakers
        self.targets |= later.targets
        self.annotators |= later.annotators
        self.places |= later.places
        self.counts.update(later.counts)


@dataclass(frozen=True)
class Place:
    """Where a gold claim stands; ``start`` is the sentence's."""

    claim: str
    sentence: str
    article: str
    start: int
    text_allowed: bool


class BlockWriter:
    """Writes the blocks of one project: what is the same for all of them is read once."""

    def __init__(
        self,
        session: Session,
        *,
        project: Project,
        secret: str,
        labeller: Labeller,
        groups: Mapping[int, str],
        wanted: Collection[str] = frozenset(),
    ) -> None:
        """Take pseudonyms from ``secret``; ``groups`` has near-duplicate groups by article row."""
        self._session = session
        self._policy = policy_of(project)
        self._frames = read_frame_writer(session, project_id=project.id)
        self._annotators = annotator_names(session, project_id=project.id, secret=secret)
        self._schemes = revision_numbers(session, SchemeRevision, project.id)
        self._guidelines = revision_numbers(session, GuidelineRevision, project.id)
        self._labeller, self._groups = labeller, groups
        self._bare: dict[tuple[object, ...], JsonObject] = {}
        self.named = Named(wanted)

    def write(self, editions: Iterable[AnsweredEdition]) -> Iterator[ArticleBlock]:
        """Yield the blocks of editions, in their order; few at a time are in memory."""
        for batch in in_batches(editions):
            ids = [one.edition.id for one in batch]
            proposed = read_proposed(self._session, edition_ids=ids, names=self._frames.known_names)
            reasons = _read_reasons(self._session, batch)
            for edition in batch:
                yield self._block(edition, proposed.get(edition.edition.id, NOTHING), reasons)

    def count_unsettled(self, edition: AnsweredEdition) -> int:
        """Count the sentences of an edition that nobody decided and no answers settle."""
        return sum(
            one.settled is Settled.UNSETTLED and position not in edition.outside
            for position, one in enumerate(edition.settle(self._policy), start=1)
        )

    def _block(
        self, edition: AnsweredEdition, proposed: ProposedIn, reasons: Mapping[int, str]
    ) -> ArticleBlock:
        article, text = edition.article, edition.edition
        is_allowed = allows_text(article.rights)
        of_article = _OfArticle(
            edition, proposed, is_allowed, span_writer(is_allowed=is_allowed), self._frames
        )
        soft = self._labeller.label(edition)
        people = [
            (self._annotators[who], theirs, edition.readings[who])
            for who, theirs in edition.answers.items()
        ]
        people.sort(key=lambda person: person[0])
        self.named.annotators.update(name for name, _, _ in people)
        stored = {
            one.answer.id: one
            for theirs in (*edition.answers.values(), edition.gold)
            for one in theirs.values()
        }
        sentences: list[JsonObject] = []
        for sentence, own in zip(edition.sentences, edition.settle(self._policy), strict=True):
            settled = OUTSIDE if sentence.position in edition.outside else own
            chosen = stored[settled.answer.id] if settled.answer else None
            gold = self._gold(of_article, sentence, settled, chosen, reasons.get(sentence.id))
            sentences.append(
                {
                    "answers": [
                        self._answer(
                            of_article,
                            sentence,
                            name,
                            theirs.get(sentence.position),
                            readings[sentence.position - 1].decision,
                        )
                        for name, theirs, readings in people
                    ],
                    "gold": gold,
                    **of_article.sentence(sentence),
                    "soft": soft.get(sentence.position),
                    "suggestions": proposed.describe(
                        sentence,
                        text.text,
                        edition.answers,
                        of_article.write if is_allowed else write_hashed,
                    ),
                }
            )
            if chosen and self.named.wanted:
                self._place(of_article, sentence, chosen.answer)
        self._count(edition, sentences)
        return ArticleBlock(
            {
                "type": "article",
                "id": article.public_id,
                "slug": article.slug,
                "title": article.title,
                "outlet": article.outlet,
                "author": article.author,
                "published": article.published,
                "url": article.url,
                "language": article.language,
                "rights": article.rights,
                "text_allowed": is_allowed,
                "edition": text.number,
                "sha256": text.sha256,
                "length": text.length,
                "text": text.text if is_allowed else None,
                "annotators": len(people),
                "fold_group": self._groups.get(article.id, article.public_id),
            },
            tuple(sentences),
        )

    def _gold(
        self,
        of_article: "_OfArticle",
        sentence: SentenceInZone,
        settled: Settlement,
        stored: StoredAnswer | None,
        reason: str | None,
    ) -> JsonObject:
        is_adjudicated = settled.settled is Settled.ADJUDICATED and settled is not OUTSIDE
        return {
            "settled": None if settled is OUTSIDE else settled.settled.value,
            "decision": settled.decision,
            "reason": reason if is_adjudicated else None,
            "registers": stored.register_number if stored else None,
            **self._revision(stored),
            **of_article.frame(sentence, stored.answer if stored else None),
        }

    def _answer(
        self,
        of_article: "_OfArticle",
        sentence: SentenceInZone,
        name: str,
        stored: StoredAnswer | None,
        decision: str,
    ) -> JsonObject:
        """Return what one person says of a sentence, said before its zone was changed or not.

        Most say no more than a decision; those of them that are equal are one object.
        """
        said = stored.answer if stored else None
        if stored is None and sentence.position in of_article.edition.outside:
            decision = Decision.NOT_ANNOTATABLE.value
        if said and _is_more_than_bare(said):
            return {
                "annotator": name,
                "decision": decision,
                **self._revision(stored),
                **of_article.frame(sentence, said, is_named=False),
            }
        under = (
            (stored.cause, stored.scheme_revision_id, stored.guideline_revision_id)
            if stored
            else None
        )
        bare = self._bare.get((name, decision, under))
        if bare is None:
            bare = {
                "annotator": name,
                "decision": decision,
                **self._revision(stored),
                **of_article.frame(sentence, None, is_named=False),
            }
            self._bare[name, decision, under] = bare
        return bare

    def _revision(self, stored: StoredAnswer | None) -> JsonObject:
        if stored is None:
            return {"cause": None, "scheme": None, "guideline": None}
        scheme = self._schemes[stored.scheme_revision_id]
        guideline = self._guidelines[stored.guideline_revision_id]
        self.named.schemes.add(scheme)
        self.named.guidelines.add(guideline)
        for name in stored.answer.speakers if stored.answer.claims else ():
            self.named.speakers.add(name)
        if stored.answer.stances:
            self.named.speakers |= stored.answer.speakers
            self.named.targets |= stored.answer.targets
        return {"cause": stored.cause, "scheme": scheme, "guideline": guideline}

    def _place(self, of_article: "_OfArticle", sentence: SentenceInZone, chosen: Answer) -> None:
        """Note which gold claim stands for those that are wanted here.

        Of a sentence that nobody decided, the same claims of others are this one, too.
        """
        edition = of_article.edition
        frame = canonical_frame(chosen)
        others = [
            theirs[sentence.position].answer
            for theirs in edition.answers.values()
            if sentence.position in theirs
        ]
        same = [chosen, *(one for one in others if canonical_frame(one) == frame)]
        for claim in chosen.claims:
            place = Place(
                claim.id,
                str(chosen.sentence),
                edition.article.public_id,
                sentence.start,
                of_article.is_allowed,
            )
            for answer in same:
                for other in answer.claims:
                    if other.id in self.named.wanted and _ranges(other) == _ranges(claim):
                        self.named.places[other.id] = place

    def _count(self, edition: AnsweredEdition, sentences: Sequence[JsonObject]) -> None:
        counts = self.named.counts
        counts["articles"] += 1
        counts["characters"] += edition.edition.length
        counts["sentences"] += len(sentences)
        for line in sentences:
            gold = cast(JsonObject, line["gold"])
            counts[f"settled.{gold['settled'] or 'outside'}"] += 1
            counts["unsettled"] += gold["settled"] == Settled.UNSETTLED.value
            claims = cast("list[JsonObject]", gold["claims"])
            counts["claims"] += len(claims)
            counts["attributions"] += sum(len(cast(list[Json], one["chain"])) for one in claims)
            counts["stances"] += len(cast(list[Json], gold["stances"]))
            answers = cast("list[JsonObject]", line["answers"])
            counts["answers"] += len(answers)
            counts["annotator_claims"] += sum(
                len(cast(list[Json], one["claims"])) for one in answers
            )
            counts["suggestions"] += len(cast(list[Json], line["suggestions"]))
            counts["soft_labels"] += line["soft"] is not None


@dataclass(frozen=True)
class _OfArticle:
    """What the sentences of one article share."""

    edition: AnsweredEdition
    proposed: ProposedIn
    is_allowed: bool
    write: SpanWriter
    frames: FrameWriter

    def sentence(self, sentence: SentenceInZone) -> JsonObject:
        """Return the sentence itself."""
        article, text = self.edition.article, self.edition.edition
        words = text.text[sentence.start : sentence.end]
        return {
            "type": "sentence",
            "id": str(SentenceId(article.public_id, text.number, sentence.position)),
            "article": article.public_id,
            "position": sentence.position,
            "start": sentence.start,
            "end": sentence.end,
            "zone": sentence.zone,
            "text": words if self.is_allowed else None,
            "sha256": text_hash(words),
        }

    def frame(
        self, sentence: SentenceInZone, answer: Answer | None, *, is_named: bool = True
    ) -> JsonObject:
        """Return what an answer says beside its decision.

        Unless they are named, claims go by their places, so that nothing tells whose they were.
        """
        if answer is None or not _is_more_than_bare(answer):
            return {
                "attributes": self.frames.attributes("annotation", {}),
                "claims": [],
                "stances": [],
            }
        made = {
            claim.id: self.proposed.made[claim.suggestion]
            for claim in answer.claims
            if claim.suggestion
        }
        place = sentence.start, sentence.end
        claims = [
            self.frames.claim(claim, position, place, made.get(claim.id), self.write)
            for position, claim in enumerate(answer.claims, start=1)
        ]
        stances = [
            self.frames.stance(stance, made.get(stance.claim or ""), self.write)
            for stance in answer.stances
        ]
        if not is_named:
            names = {str(one["id"]): str(one["position"]) for one in claims}
            claims = [{**one, "id": str(one["position"])} for one in claims]
            stances = [
                {**one, "claim": names[str(one["claim"])]} if one["claim"] else one
                for one in stances
            ]
        return {
            "attributes": self.frames.attributes("annotation", answer.attributes),
            "claims": [*claims],
            "stances": [*stances],
        }


def _is_more_than_bare(answer: Answer) -> bool:
    """Tell whether an answer says anything beside its decision."""
    return bool(answer.claims or answer.stances or answer.attributes)


def in_batches(editions: Iterable[AnsweredEdition]) -> Iterator[list[AnsweredEdition]]:
    """Yield a few editions at a time, so that memory stays bounded."""
    batch: list[AnsweredEdition] = []
    characters = 0
    for edition in editions:
        batch.append(edition)
        characters += edition.edition.length
        if characters >= CHARACTERS_AT_A_TIME:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _ranges(claim: ClaimFrame) -> list[tuple[int, int]]:
    return [(part.start, part.end) for part in claim.parts]


def _read_reasons(session: Session, editions: Sequence[AnsweredEdition]) -> dict[int, str]:
    """Return why answers differed, by the row of the sentence, where somebody said it."""
    ids = [
        sentence.id
        for edition in editions
        for sentence in edition.sentences
        if sentence.position in edition.gold
    ]
    rows = read_by_ids(session, _select_reasons(), ids)
    newest: dict[int, tuple[int, str | None]] = {}
    for row in rows:
        if row.id > newest.get(row.sentence_id, (0, None))[0]:
            newest[row.sentence_id] = row.id, row.reason
    return {sentence: reason for sentence, (_, reason) in newest.items() if reason}


@cache  # Building a statement takes longer than running it.
def _select_reasons() -> Select[*tuple[object, ...]]:
    return select(Adjudication.id, Adjudication.sentence_id, Adjudication.reason).where(
        Adjudication.sentence_id.in_(bindparam("ids", expanding=True)),
        Adjudication.annotation_revision_id.is_not(None),
    )
