"""Suggestions as the rules would make them, put beside an article without asking the rules."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from tests.factories import NOW
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.labelling.suggesting import store_proposals
from workbench.storage.database import transaction
from workbench.suggestions.french_verbs import Act
from workbench.suggestions.rules import QuoteType, Range, Suggestion, Words

WHOLE = Suggestion(
    rule="check-worthy",
    rule_version=1,
    parts=(),
    quote_type=None,
    act=Act.ASSERTS,
    speaker=None,
    mention=None,
    cue=None,
    check_worthy=True,
    hearsay=False,
    reason="a test",
    sentences=(),
    claim_type="fact",
)


def quotation(
    text: str, *parts: str, speaker: str, cue: str, mention: str | None = None
) -> Suggestion:
    """Return what a rule proposes for a direct quotation of these words of the text."""
    return replace(
        WHOLE,
        rule="incise",
        parts=tuple(_place(text, part) for part in parts),
        quote_type=QuoteType.DIRECT,
        speaker=speaker,
        mention=_words(text, mention or speaker),
        cue=_words(text, cue),
        check_worthy=False,
        claim_type="opinion",
    )


def whole_sentence(text: str, words: str) -> Suggestion:
    """Return what a rule proposes for a sentence of the author that is worth a check."""
    return replace(WHOLE, parts=(_place(text, words),))


def suggest(app: Flask, suggestions: Sequence[Suggestion], slug: str = "article") -> None:
    """Store suggestions for an article as one run of the rules."""
    with app.app_context(), transaction() as session:
        edition = session.scalars(
            select(TextEdition)
            .join(Article, Article.id == TextEdition.article_id)
            .where(Article.slug == slug)
        ).one()
        sentences = session.execute(
            select(Sentence.id, Sentence.start, Sentence.end)
            .where(Sentence.edition_id == edition.id)
            .order_by(Sentence.position)
        ).all()
        proposals = []
        for one in suggestions:
            touched = [
                number
                for number, (_, start, end) in enumerate(sentences)
                if any(part[0] < end and start < part[1] for part in one.parts)
            ]
            proposals.append((sentences[touched[0]].id, replace(one, sentences=tuple(touched))))
        store_proposals(
            session, project_id=edition.project_id, proposals={edition.id: proposals}, now=NOW
        )


def _place(text: str, words: str) -> Range:
    start = text.index(words)
    return start, start + len(words)


def _words(text: str, words: str) -> Words:
    return Words(*_place(text, words), words)
