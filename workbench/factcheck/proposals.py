"""What may belong to a statement: claims and statements of like words, for a person to judge.

Candidates come from the index of words and are few. How alike they are is half RapidFuzz's word
ratio, half how much of the statement's words they have, rare ones counting more: a name that few
candidates have says more than the subject of all. Nothing is joined by the program.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log

from rapidfuzz import fuzz
from sqlalchemy import exists, select, union
from sqlalchemy.orm import Session, aliased

from workbench.corpus.rules import words_of
from workbench.corpus.searching import matches_two
from workbench.corpus.tables import SentenceSearch
from workbench.factcheck.claims import (
    SeenClaim,
    find_ancestors,
    read_claims,
    resolve_claims,
)
from workbench.factcheck.links import Link, Linked
from workbench.factcheck.statements import open_statement
from workbench.factcheck.tables import (
    Appearance,
    DismissedClaim,
    Statement,
    StatementRevision,
)
from workbench.labelling.tables import Annotation, AnnotationRevision, Claim, ClaimRevision

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
    session: Session,
    *,
    project_id: int,
    statement: Statement,
    wording: str,
    hidden: Collection[int],
) -> list[LikeClaim]:
    """Return claims like a statement, the likest first: none that is with it, or was refused.

    Those of ``hidden`` articles, which the reader still labels, are left out.
    """
    sought = telling_words(wording)
    if not sought:
        return []
    key, later = SentenceSearch.sentence_id, aliased(AnnotationRevision)
    of_words = matches_two(session, key, sought, project_id=project_id, most=SENTENCES)
    sentences = select(key).where(of_words)
    rows = session.execute(
        select(Claim.id, SentenceSearch.search_text)
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .join(SentenceSearch, SentenceSearch.sentence_id == Annotation.sentence_id)
        .join(ClaimRevision, ClaimRevision.claim_id == Claim.id)
        .join(AnnotationRevision, AnnotationRevision.id == ClaimRevision.annotation_revision_id)
        .where(
            Annotation.project_id == project_id,  # by its index: a claim's would name all of them
            Annotation.sentence_id.in_(sentences),
            ~exists().where(
                later.annotation_id == AnnotationRevision.annotation_id,
                later.number > AnnotationRevision.number,
            ),
        )
        .order_by(Claim.id.desc())
        .limit(CANDIDATES)
    ).all()
    words, texts = words_of(wording), {row.id: row.search_text.split() for row in rows}
    weights = weigh(words, list(texts.values()))
    scores = [(liken(words, text, weights), row) for row, text in texts.items()]
    closer = {row for _, row in sorted(scores, reverse=True)[:CLOSER]}
    told = _list_told(session, project_id, statement.id)
    standing = resolve_claims(session, project_id=project_id, claims=closer | told)
    known = _all_of(session, project_id, {row: standing[row] for row in told})
    claims = read_claims(session, project_id=project_id, claims=known | set(standing.values()))
    judged = {_words_in_place(claims[row]) for row in known if row in claims}
    scored = [
        LikeClaim(claim, liken(words, words_of(claim.quote), weights))
        for claim in claims.values()
        if claim.revision is not None
        and _words_in_place(claim) not in judged
        and not claim.is_replaced
        and not claim.passage.is_closed
        and claim.passage.article_id not in hidden
    ]
    return _likest(_without_doubles(scored))


def propose_statements(
    session: Session, *, project_id: int, statement: Statement, wording: str, links: Sequence[Link]
) -> list[LikeStatement]:
    """Return statements like this one, the likest first: none that one of its links names."""
    sought = telling_words(wording)
    if not sought:
        return []
    later = aliased(StatementRevision)
    rows = session.execute(
        select(
            Statement.id,
            Statement.public_id,
            StatementRevision.wording,
            StatementRevision.language,
            StatementRevision.search_text,
        )
        .join(StatementRevision, StatementRevision.statement_id == Statement.id)
        .where(
            Statement.project_id == project_id,
            Statement.id != statement.id,
            ~exists().where(
                later.statement_id == StatementRevision.statement_id,
                later.number > StatementRevision.number,
            ),
            matches_two(
                session, StatementRevision.id, sought, project_id=project_id, most=WORDINGS
            ),
        )
        .order_by(Statement.id.desc())
        .limit(CANDIDATES)
    ).all()
    linked = {end.row for link in links for end in (link.one, link.other)}
    words, texts = words_of(wording), {row.id: row.search_text.split() for row in rows}
    weights = weigh(words, list(texts.values()))
    scored = [
        LikeStatement(
            Linked(row.id, row.public_id, row.wording, row.language),
            liken(words, texts[row.id], weights),
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


def weigh(words: Sequence[str], texts: Collection[Sequence[str]]) -> dict[str, float]:
    """Say how much each telling word of a wording tells, rare ones in these texts more."""
    counts = Counter(word for text in texts for word in set(text))
    return {
        word: log((1 + len(texts)) / (1 + counts[word])) + 0.1 for word in words if _tells(word)
    }


def liken(words: Sequence[str], others: Sequence[str], weights: Mapping[str, float]) -> int:
    """Say how like one another the words of two texts are, of 100; their order does not count."""
    whole = sum(weights.values()) or 1
    shared = sum(weights[word] for word in weights.keys() & set(others)) / whole
    return round(fuzz.token_set_ratio(" ".join(words), " ".join(others)) / 2 + 50 * shared)


def telling_words(wording: str) -> list[str]:
    """Return the words that say most of what a wording is about, the longest first."""
    telling = {word for word in words_of(wording) if _tells(word)}
    return sorted(telling, key=lambda word: (-len(word), word))[:TELLING]


def _tells(word: str) -> bool:
    return word.isdecimal() or (len(word) >= _LEAST and word not in _SMALL)


def _list_told(session: Session, project_id: int, statement_id: int) -> set[int]:
    """Return the claims of which somebody said that they are with a statement, or are not."""
    with_it = select(Appearance.claim_id).where(
        Appearance.statement_id == statement_id, Appearance.removed_at.is_(None)
    )
    refused = select(DismissedClaim.claim_id).where(
        DismissedClaim.project_id == project_id, DismissedClaim.statement_id == statement_id
    )
    return set(session.scalars(union(with_it, refused)))


def _all_of(session: Session, project_id: int, standing: Mapping[int, int]) -> set[int]:
    """Return claims, what stands for them, and all that this stands for."""
    ends = set(standing.values())
    before = find_ancestors(session, project_id=project_id, claims=ends)
    return standing.keys() | ends | {one for some in before.values() for one in some}


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
