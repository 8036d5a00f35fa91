"""Suggestions as the rules would make them, put beside an article without asking the rules."""

from collections.abc import Sequence
from typing import cast

from flask import Flask
from sqlalchemy import select

from tests.factories import NOW
from workbench.canonical import Json, JsonObject
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.labelling.suggesting import NewSuggestion, store_proposals
from workbench.storage.database import transaction


def quotation(
    text: str, *parts: str, speaker: str, cue: str, mention: str | None = None, **changes: Json
) -> JsonObject:
    """Return what the rules say of a direct quotation of these words of the text."""
    return {
        **whole_sentence(text, *parts),
        "rule": "incise",
        "quote_type": "direct",
        "speaker": speaker,
        "mention": _place(text, mention or speaker),
        "cue": _place(text, cue),
        "check_worthy": False,
        "claim_type": "opinion",
        **changes,
    }


def whole_sentence(text: str, *parts: str) -> JsonObject:
    """Return what the rules say of words of the author that are worth a check."""
    return {
        "rule": "check-worthy",
        "parts": [_place(text, part) for part in parts],
        "quote_type": None,
        "act": "asserts",
        "speaker": None,
        "via": None,
        "mention": None,
        "cue": None,
        "check_worthy": True,
        "hearsay": False,
        "certain": True,
        "claim_type": "fact",
        "reason": "a test",
        "stances": [],
    }


def stance(text: str, target: str, words: str, value: str | None) -> JsonObject:
    """Return what the rules say of a target that these words of the text name."""
    return {"target": target, "span": _place(text, words), "value": value}


def suggest(app: Flask, *suggestions: JsonObject, slug: str = "article") -> None:
    """Store suggestions for an article as one run of the rules."""
    with app.app_context(), transaction() as session:
        edition = session.scalars(
            select(TextEdition)
            .join(Article, Article.id == TextEdition.article_id)
            .where(Article.slug == slug)
        ).one()
        sentences = session.scalars(
            select(Sentence).where(Sentence.edition_id == edition.id).order_by(Sentence.position)
        ).all()
        proposals = {edition.id: [_stored(one, sentences) for one in suggestions]}
        store_proposals(session, project_id=edition.project_id, proposals=proposals, now=NOW)


def _stored(suggestion: JsonObject, sentences: Sequence[Sentence]) -> NewSuggestion:
    parts = cast("list[list[int]]", suggestion["parts"])
    touched = [one for one in sentences if any(a < one.end and one.start < b for a, b in parts)]
    frame = {name: value for name, value in suggestion.items() if name != "rule"}
    positions: list[Json] = [one.position for one in touched]
    rule = str(suggestion["rule"])
    return NewSuggestion(touched[0].id, rule, 1, {**frame, "sentences": positions})


def _place(text: str, words: str) -> list[Json]:
    start = text.index(words)
    return [start, start + len(words)]
