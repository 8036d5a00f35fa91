"""What rules proposed in text editions and what became of it, for snapshots; a few at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from workbench.canonical import Json, JsonObject, canonical_json
from workbench.corpus.queries import SentenceInZone
from workbench.datasets.frames import SpanWriter
from workbench.labelling.answers import StoredAnswer, answerer_of, read_by_ids
from workbench.labelling.arms import select_decisions
from workbench.labelling.frames import ClaimFrame, Span
from workbench.labelling.origins import Suggested, claim_origins, is_accepted
from workbench.labelling.suggesting import REJECTED
from workbench.labelling.tables import Suggestion, SuggestionRun
from workbench.storage.database import read_columns

Row = tuple[object, ...]
Answers = Mapping[str, Mapping[int, StoredAnswer]]
KEPT = ("speaker", "via", "quote_type", "act", "claim_type", "check_worthy", "hearsay", "certain")


@dataclass(frozen=True)
class ProposedIn:
    """The suggestions of one edition: all that were ever made, and the newest run's by sentence.

    ``rejected`` has suggestions by id with whoever rejected them, by the word of who answers.
    """

    made: Mapping[str, Suggested] = field(default_factory=dict)
    newest: Mapping[int, Sequence[str]] = field(default_factory=dict)
    rejected: Collection[tuple[str, str]] = frozenset()

    def describe(
        self, sentence: SentenceInZone, text: str, answers: Answers, write: SpanWriter
    ) -> list[Json]:
        """Return the newest suggestions of a sentence, and what annotators did with them."""
        found = [
            self._describe(id_, sentence, text, answers, write)
            for id_ in self.newest.get(sentence.id, ())
        ]
        if len(found) > 1:
            found.sort(key=lambda one: (one["start"], one["end"], canonical_json(one)))
        return [{"id": f"s{number}", **one} for number, one in enumerate(found, start=1)]

    def _describe(
        self,
        id_: str,
        sentence: SentenceInZone,
        text: str,
        answers: Answers,
        write: SpanWriter,
    ) -> JsonObject:
        suggested = self.made[id_]
        frame = suggested.frame

        def cut(range_: object) -> JsonObject | None:
            if range_ is None:
                return None
            start, end = cast("list[int]", range_)
            return write(Span(start, end, text[start:end]))

        parts = cast("list[list[int]]", frame["parts"])
        stances = cast("list[JsonObject]", frame["stances"])
        return {
            "rule": suggested.rule,
            "rule_version": suggested.rule_version,
            "start": parts[0][0],
            "end": parts[-1][1],
            "parts": [
                {
                    **write(Span(start, end, text[start:end])),
                    "start_in_sentence": start - sentence.start,
                    "end_in_sentence": end - sentence.start,
                }
                for start, end in parts
            ],
            **{name: frame.get(name) for name in KEPT},
            "mention": cut(frame["mention"]),
            "cue": cut(frame["cue"]),
            "reason": frame["reason"],
            "stances": [
                {"target": one["target"], "value": one["value"], "span": cut(one["span"])}
                for one in stances
            ],
            "decided": self._count(id_, suggested, sentence, answers),
        }

    def _count(
        self, id_: str, suggested: Suggested, sentence: SentenceInZone, answers: Answers
    ) -> JsonObject:
        counts = dict.fromkeys(("accepted", "edited", "rejected", "open"), 0)
        for who, theirs in answers.items():
            stored = theirs.get(sentence.position)
            claims = stored.answer.claims if stored else ()
            counts[self._became(id_, suggested, sentence, who, claims)] += 1
        return {**counts}

    def _became(
        self,
        id_: str,
        suggested: Suggested,
        sentence: SentenceInZone,
        who: str,
        claims: Sequence[ClaimFrame],
    ) -> str:
        own = [claim for claim in claims if claim.suggestion == id_]
        place = sentence.start, sentence.end
        if any(is_accepted(claim_origins(claim, suggested, place)) for claim in own):
            return "accepted"
        if own:
            return "edited"
        return "rejected" if (id_, who) in self.rejected else "open"


NOTHING = ProposedIn()


def read_proposed(
    session: Session, *, edition_ids: Sequence[int], names: Mapping[str, frozenset[str]]
) -> dict[int, ProposedIn]:
    """Return the suggestions of these editions, by edition; ``names`` are of the speakers."""
    rows = read_columns(session, _select_made(), {"ids": list(edition_ids)}).all()
    newest: dict[int, int] = {}
    for row in rows:
        newest[row.edition_id] = max(row.run_id, newest.get(row.edition_id, 0))
    made: dict[int, dict[str, Suggested]] = {}
    shown: dict[int, dict[int, list[str]]] = {}
    for row in rows:
        suggested = Suggested(row.rule, row.rule_version, cast(JsonObject, row.frame), names)
        made.setdefault(row.edition_id, {})[row.public_id] = suggested
        if row.run_id == newest[row.edition_id]:
            home = shown.setdefault(row.edition_id, {})
            home.setdefault(row.sentence_id, []).append(row.public_id)
    ids = {row.id: row.public_id for row in rows if row.run_id == newest[row.edition_id]}
    rejected = {
        (ids[one.suggestion_id], answerer_of(one.membership_id))
        for one in read_by_ids(session, select_decisions(), list(ids))
        if one.decision == REJECTED
    }
    return {
        edition: ProposedIn(theirs, shown[edition], rejected) for edition, theirs in made.items()
    }


@cache  # Building a statement takes longer than running it.
def _select_made() -> Select[*Row]:
    return (
        select(
            SuggestionRun.edition_id,
            Suggestion.run_id,
            Suggestion.id,
            Suggestion.public_id,
            Suggestion.sentence_id,
            Suggestion.rule,
            Suggestion.rule_version,
            Suggestion.frame,
        )
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .where(SuggestionRun.edition_id.in_(bindparam("ids", expanding=True)))
    )
