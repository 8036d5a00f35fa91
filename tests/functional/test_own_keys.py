"""One's own keys of the workspace: chosen, refused, given back."""

import re
from typing import Any, cast

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import select

from tests.annotators import make_corpus, open_desk
from tests.people import browser_of, send
from workbench.accounts.keys import KEYS, SCHEME_KEYS, find_clash, is_possible
from workbench.accounts.operations import set_keys
from workbench.accounts.tables import User
from workbench.errors import InvalidInputError
from workbench.storage.database import db, transaction
from workbench.web.forms.keys import LABELS


def keep(app: Flask, user_id: int, **keys: str) -> tuple[int, str]:
    """Send the form of one's own keys; return status and page."""
    client = browser_of(app, user_id)
    token = client.get("/csrf").json["token"]
    answer = client.post("/account/keys", data={"csrf_token": token, **keys})
    return answer.status_code, answer.text


def stored(app: Flask, user_id: int) -> object:
    with app.app_context():
        return db.session().scalar(select(User.keys).where(User.id == user_id))


def test_the_keys_that_come_are_possible_and_differ() -> None:
    assert find_clash(KEYS) is None
    assert [name for name, key in KEYS.items() if not is_possible(name, key)] == []
    assert set(LABELS) == set(KEYS)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_the_scheme_names_is_called_as_there(app: Flask, language: str) -> None:
    desk = open_desk(app, make_corpus(app))
    send(desk.client, "/language", language=language, next="/")
    scheme = cast("dict[str, list[dict[str, Any]]]", desk.open()["scheme"])
    page = desk.client.get("/account/keys").text

    decisions = next(one["values"] for one in scheme["fields"] if one["name"] == "decision")
    words = [
        one["label"][language] for one in (*scheme["fields"], *decisions) if one["name"] in KEYS
    ]

    assert len(words) == len(SCHEME_KEYS)
    assert [word for word in words if f">{escape(word)}</label>" not in page] == []


@pytest.mark.parametrize("key", ["1", "?", " ", "", "qq", "\t", "É", "Enter"])
def test_what_the_browser_or_the_page_needs_is_no_key(key: str) -> None:
    assert not is_possible("next", key)


def test_a_mark_is_no_key_of_what_shift_changes() -> None:
    assert is_possible("next", ",")
    assert not is_possible("grow", ",")


def test_chosen_keys_reach_the_workspace(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))

    status, _ = keep(app, desk.user_id, next=";", claim_type=",", no_claim="!")
    page = desk.open()

    assert status == 303
    assert page["scheme_keys"] == {"claim_type": ",", "no_claim": "!"}
    keys = cast("dict[str, str]", page["keys"])
    assert (keys["next"], keys["previous"]) == (";", "k")
    assert stored(app, desk.user_id) == {"next": ";", "claim_type": ",", "no_claim": "!"}


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"next": "k"}, "K would be both “Next sentence” and “Previous sentence”."),
        ({"next": ";", "search": ";"}, "; would be both “Next sentence” and “Search”."),
        ({"next": "7"}, "One letter, or a mark that is no digit"),
        ({"next": "Tab"}, "One letter, or a mark that is no digit"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_the_reason(
    app: Flask, keys: dict[str, str], told: str
) -> None:
    desk = open_desk(app, make_corpus(app))

    status, page = keep(app, desk.user_id, **keys)

    assert status == 422
    assert told in page
    assert stored(app, desk.user_id) == {}


def test_two_keys_may_change_places_and_all_come_back(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    assert keep(app, desk.user_id, next="k", previous="j")[0] == 303
    client = browser_of(app, desk.user_id)
    page = client.get("/account/keys").text
    assert re.search(r'name="next"[^>]*value="K"', page)

    token = client.get("/csrf").json["token"]
    client.post("/account/keys/as-they-come", data={"csrf_token": token})

    assert stored(app, desk.user_id) == {}


@pytest.mark.parametrize("keys", [{"fly": ";"}, {"next": "1"}, {"next": "k"}])
def test_the_operation_refuses_what_the_form_would(app: Flask, keys: dict[str, str]) -> None:
    desk = open_desk(app, make_corpus(app))

    with (
        app.app_context(),
        pytest.raises(InvalidInputError),
        transaction() as session,
    ):
        set_keys(session, user_id=desk.user_id, keys=keys)
