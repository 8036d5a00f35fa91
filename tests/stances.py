"""An article in which one holder is described, and another speaks."""

from flask import Flask

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import SENTENCES, claim_on
from workbench.canonical import Json, JsonObject

TEXT = " ".join(SENTENCES)


def make_stances(app: Flask) -> Desk:
    """Let anna find OpenAI for closed models, as the author tells, and Meta against OpenAI."""
    make_corpus(app)
    desk = open_desk(app)
    told = claim_on(TEXT, 0, 27)
    link = {"speaker": "meta", "mention": None, "cue": None, "attributes": {"quote_type": "direct"}}
    said = claim_on(TEXT, 30, 47, chain=[{"speaker": "author"}, link])
    for position, claim, holder, target, value in (
        (1, told, "openai", "closed-models", "favor"),
        (2, said, "meta", "openai", "against"),
    ):
        stance = stance_of(claim["id"], holder, target, value)
        saved = desk.save(position, decision="claims", claims=[claim], stances=[stance])
        assert saved.status_code == 200, saved.text
    return desk


def stance_of(claim: Json, holder: str, target: str, value: str) -> JsonObject:
    """Return a stance as the workspace sends it."""
    who: JsonObject = {"claim": claim, "holder": holder, "target": target}
    return {**who, "target_span": None, "value": value, "attributes": {}}
