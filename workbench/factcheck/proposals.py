"""What may belong to a statement: claims and statements of like words, for a person to judge.

Candidates come from the index of words and are few. How alike they are is half RapidFuzz's word
ratio, half how much of the statement's words they have, rare ones counting more: a name that few
candidates have says more than the subject of all. Nothing is joined by the program.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import log

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.corpus.rules import words_of
from workbench.corpus.searching import matches_pairs
from workbench.corpus.tables import SentenceSearch
from workbench.factcheck.claims import (
    SeenClaim,
    find_ancestors,
    list_hidden,
    read_claims,
    resolve_claims,
)
from workbench.factcheck.links import Linked, read_links
from workbench.factcheck.queries import newest_wording
from workbench.factcheck.statements import open_statement
from workbench.factcheck.tables import (
    Appearance,
    DismissedClaim,
    Statement,
    StatementRevision,
)
from workbench.labelling.answers import newest_revision
from workbench.labelling.tables import Annotation, Claim, ClaimRevision

MOST = 8
SENTENCES = 1_000  # with words of a statement are looked at for claims, the newest ones
WORDINGS = 600  # with such words are looked at for statements
CANDIDATES = 300  # are likened by their sentences
CLOSER = 40  # of them are looked at by their own words
ENOUGH = 45  # of 100; of the shorter one's words most are in the other
TELLING = 6  # words of a statement that are looked for, the longest ones
_LEAST = 3
_SMALL = frozenset(
    """
    les des une est sont que qui dans pour par sur avec son ses aux ont pas plus leur leurs cette
    ces comme ainsi entre etre the and for are was with that this from has have had its not but
    they their which will been
    """.split()  # noqa: SIM905  # read more easily than fifty quotation marks
)


@dataclass(frozen=True)
class LikeClaim:
    """A claim like a statement, with how alike their words are, of 100."""

    claim: SeenClaim
    likeness: int


@dataclass(frozen=True)
class LikeStatement:
    """A statement like another."""

    statement: Linked
    likeness: int


def propose_claims(
    session: Session, *, project_id: int, statement: Statement, wording: str, reader: int
) -> list[LikeClaim]:
    """Return claims like a statement, the likest first: none that is with it, or was refused."""
    groups = telling_groups(wording)
    if not groups:
        return []
    key = SentenceSearch.sentence_id
    sentences = select(key).where(matches_pairs(session, key, groups, most=SENTENCES))
    rows = session.execute(
        select(Claim.id, SentenceSearch.search_text)
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .join(SentenceSearch, SentenceSearch.sentence_id == Annotation.sentence_id)
        .join(ClaimRevision, ClaimRevision.claim_id == Claim.id)
        .where(
            Annotation.project_id == project_id,  # by its index: a claim's would name all of them
            Annotation.sentence_id.in_(sentences),
            ClaimRevision.annotation_revision_id == newest_revision(),
        )
        .order_by(Claim.id.desc())
        .limit(CANDIDATES)
    ).all()
    weights = weigh(wording, [row.search_text for row in rows])
    scores = [(liken(wording, row.search_text, weights), row.id) for row in rows]
    closer = {row for _, row in sorted(scores, reverse=True)[:CLOSER]}
    standing = resolve_claims(session, project_id=project_id, claims=closer)
    known = _known_claims(session, project_id, statement.id)
    claims = read_claims(session, project_id=project_id, claims=known | set(standing.values()))
    judged = {_words_in_place(claims[row]) for row in known if row in claims}
    hidden = list_hidden(session, project_id=project_id, reader=reader)
    scored = [
        LikeClaim(claim, liken(wording, claim.quote, weights))
        for claim in claims.values()
        if claim.revision is not None
        and _words_in_place(claim) not in judged
        and not claim.is_replaced
        and not claim.passage.is_closed
        and claim.passage.article_id not in hidden
    ]
    return _likest(_without_doubles(scored))


def propose_statements(
    session: Session, *, project_id: int, statement: Statement, wording: str
) -> list[LikeStatement]:
    """Return statements like this one, the likest first: none that a link names already."""
    groups = telling_groups(wording)
    if not groups:
        return []
    rows = session.execute(
        select(
            Statement.id,
            Statement.public_id,
            StatementRevision.wording,
            StatementRevision.language,
        )
        .join(StatementRevision, StatementRevision.id == newest_wording())
        .where(
            Statement.project_id == project_id,
            Statement.id != statement.id,
            matches_pairs(session, StatementRevision.id, groups, most=WORDINGS),
        )
        .order_by(Statement.id.desc())
        .limit(CANDIDATES)
    ).all()
    links = read_links(session, project_id=project_id, statements=[statement.id])
    linked = {end.row for link in links for end in (link.one, link.other)}
    weights = weigh(wording, [row.wording for row in rows])
    scored = [
        LikeStatement(
            Linked(row.id, row.public_id, row.wording, row.language),
            liken(wording, row.wording, weights),
        )
        for row in rows
        if row.id not in linked
    ]
    alike = [one for one in scored if one.likeness >= ENOUGH]
    return sorted(alike, key=lambda one: (-one.likeness, one.statement.row))[:MOST]


def dismiss_claim(
    session: Session, *, project_id: int, statement: str, claim: int, by: int, now: datetime
) -> None:
    """Note that a claim, given by its row, is about something else; again changes nothing."""
    held, _ = open_statement(session, project_id=project_id, public_id=statement)
    known = session.scalar(
        select(DismissedClaim.id).where(
            DismissedClaim.project_id == project_id,
            DismissedClaim.statement_id == held.id,
            DismissedClaim.claim_id == claim,
        )
    )
    if known is None:
        session.add(
            DismissedClaim(
                project_id=project_id,
                statement_id=held.id,
                claim_id=claim,
                made_by=by,
                made_at=now,
            )
        )
        session.flush()


def weigh(wording: str, texts: Sequence[str]) -> dict[str, float]:
    """Say how much each telling word of a wording tells, rare ones in these texts more."""
    counts = Counter(word for text in texts for word in set(words_of(text)))
    return {
        word: log((1 + len(texts)) / (1 + counts[word])) + 0.1
        for word in words_of(wording)
        if _tells(word)
    }


def liken(wording: str, other: str, weights: Mapping[str, float]) -> int:
    """Say how like a wording another text is, of 100; order and accents do not count."""
    own, theirs = words_of(wording), words_of(other)
    whole = sum(weights.values()) or 1
    shared = sum(weights[word] for word in weights.keys() & set(theirs)) / whole
    return round(fuzz.token_set_ratio(" ".join(own), " ".join(theirs)) / 2 + 50 * shared)


def telling_groups(wording: str) -> list[tuple[str, ...]]:
    """Return pairs of the words that say most of what a wording is about, or the only one."""
    telling = {word for word in words_of(wording) if _tells(word)}
    longest = sorted(telling, key=lambda word: (-len(word), word))[:TELLING]
    return list(combinations(longest, 2)) or [(word,) for word in longest]


def _tells(word: str) -> bool:
    return word.isdecimal() or (len(word) >= _LEAST and word not in _SMALL)


def _known_claims(session: Session, project_id: int, statement_id: int) -> set[int]:
    """Return the claims that are with a statement or were refused, and what stands for them."""
    with_it = select(Appearance.claim_id).where(
        Appearance.statement_id == statement_id, Appearance.removed_at.is_(None)
    )
    refused = select(DismissedClaim.claim_id).where(
        DismissedClaim.project_id == project_id, DismissedClaim.statement_id == statement_id
    )
    known = set(session.scalars(with_it)) | set(session.scalars(refused))
    ends = resolve_claims(session, project_id=project_id, claims=known)
    before = find_ancestors(session, project_id=project_id, claims=set(ends.values()))
    return known | set(ends.values()) | {one for some in before.values() for one in some}


def _words_in_place(claim: SeenClaim) -> tuple[int, str]:
    """Return what two annotators' claims have in common when they marked the same."""
    return claim.passage.sentence_id, claim.quote


def _without_doubles(scored: Sequence[LikeClaim]) -> list[LikeClaim]:
    """Leave of equal claims of a sentence one: the agreed one, else the first."""
    kept: dict[tuple[int, str], LikeClaim] = {}
    for one in sorted(scored, key=lambda one: (not one.claim.is_agreed, one.claim.row)):
        kept.setdefault(_words_in_place(one.claim), one)
    return list(kept.values())


def _likest(scored: Sequence[LikeClaim]) -> list[LikeClaim]:
    alike = [one for one in scored if one.likeness >= ENOUGH]
    return sorted(alike, key=lambda one: (-one.likeness, one.claim.row))[:MOST]
