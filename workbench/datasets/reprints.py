"""Which articles have nearly the same text, so that no split may tear them apart.

Two articles are one group if at least half of the least hashes of their paragraphs are the same
(a bottom-k sketch, Broder 1997): a reprint, or an agency's copy with a new headline. Paragraphs
that are short, such as a byline, do not count; letters' case and blanks do not count either.
"""

import hashlib
import heapq
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from workbench.corpus.rules import in_chunks
from workbench.corpus.tables import Article, TextEdition

SKETCH = 16  # hashes kept of an article
TEXTS_AT_A_TIME = 200
SHORTEST = 40  # characters of a paragraph that counts


def group_reprints(session: Session, *, project_id: int) -> dict[int, str]:
    """Return by the row of each article the id of its group: of the first imported in it.

    By the newest texts; withdrawn articles count, so that a group keeps its name.
    """
    later = aliased(TextEdition)
    newest = (
        select(func.max(later.number))
        .where(later.article_id == Article.id)
        .correlate(Article)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Article.id, Article.public_id, TextEdition.id)
        .join(TextEdition, TextEdition.article_id == Article.id)
        .where(
            Article.project_id == project_id,
            Article.erased_at.is_(None),
            TextEdition.number == newest,
        )
        .order_by(Article.id)
    ).all()
    names = {article: public_id for article, public_id, _ in rows}
    homes = {edition: article for article, _, edition in rows}
    sketches: dict[int, frozenset[int]] = {}
    for some in in_chunks([*homes], TEXTS_AT_A_TIME):
        texts = session.execute(
            select(TextEdition.id, TextEdition.text).where(TextEdition.id.in_(some))
        )
        sketches |= {homes[edition]: sketch(text) for edition, text in texts}
    return {row: names[first] for row, first in join_alike(sketches).items()}


def sketch(text: str) -> frozenset[int]:
    """Return the least hashes of a text's paragraphs; a text without long ones is one paragraph."""
    folded = (" ".join(paragraph.casefold().split()) for paragraph in text.split("\n"))
    paragraphs = {one for one in folded if len(one) >= SHORTEST} or {
        " ".join(text.casefold().split())
    }
    return frozenset(heapq.nsmallest(SKETCH, map(_hash, paragraphs)))


def join_alike(sketches: Mapping[int, frozenset[int]]) -> dict[int, int]:
    """Return for each article the first of those that are alike, directly or through others."""
    first: dict[int, int] = {}
    holders: dict[int, list[int]] = {}
    for article, hashes in sorted(sketches.items()):
        near = {other for one in hashes for other in holders.get(one, ())}
        alike = {_root(first, other) for other in near if _is_alike(hashes, sketches[other])}
        root = min(alike, default=article)
        first[article] = root
        for other in alike:
            first[other] = root
        for one in hashes:
            holders.setdefault(one, []).append(article)
    return {article: _root(first, article) for article in first}


def _is_alike(one: frozenset[int], other: frozenset[int]) -> bool:
    return 2 * len(one & other) >= min(len(one), len(other))


def _root(first: Mapping[int, int], article: int) -> int:
    while first[article] != article:
        article = first[article]
    return article


def _hash(paragraph: str) -> int:
    return int.from_bytes(hashlib.sha256(paragraph.encode()).digest()[:8], "big")
