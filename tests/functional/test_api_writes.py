"""What programs change beside answers and verdicts: by the operations of the pages."""

import pytest
from flask import Flask

from tests.annotators import make_corpus
from tests.factcheckers import make_shared_corpus, sit_at_desk
from tests.people import join, make_person
from tests.programs import Program, program_of
from workbench.projects.rules import Role

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
P = "/projects/demo"


def somebody(app: Flask, *roles: Role, email: str = "ada@example.org") -> Program:
    """Let a program ask for a new person of the project ``demo``."""
    user = make_person(app, email, name=email.partition("@")[0].title())
    join(app, 1, email, roles)
    return program_of(app, user)


@ON_SQLITE
def test_a_statement_is_given_to_a_checker_and_talked_about(app: Flask) -> None:
    make_shared_corpus(app)
    gina = program_of(app, sit_at_desk(app, "gina").user_id)
    made = {"wording": "La terre est ronde.", "language": "fr", "claim_type": "fact"}
    one = f"{P}/statements/{gina.post(f'{P}/statements', made).json['id']}"
    said = {"id": "c" * 16, "text": "Qui le sait ?"}

    (checker,) = gina.get(f"{P}/checkers").json["items"]
    given = gina.post(f"{one}/assign", {"checker": checker["id"], "due_on": "2999-01-01"})
    state = gina.get(one).json["state"]
    past = gina.post(f"{one}/assign", {"checker": checker["id"], "due_on": "2001-01-01"})
    other = gina.post(f"{one}/assign", {"checker": "nobody"})
    nobody = gina.post(f"{one}/assign", {"checker": None})
    comments = [gina.post(f"{one}/comments", said).status_code for _ in range(2)]
    twice = gina.post(f"{one}/comments", {**said, "text": "Moi."})

    assert (given.status_code, given.json["due_on"], state) == (200, "2999-01-01", "assigned")
    assert (past.status_code, other.status_code, nobody.json["checker"]) == (422, 422, None)
    assert gina.get(one).json["state"] == "open"
    assert (comments, twice.status_code) == ([201, 201], 409)
    assert [item["text"] for item in gina.get(f"{one}/comments").json["items"]] == [said["text"]]


@ON_SQLITE
def test_what_is_known_of_an_article_is_changed(app: Flask) -> None:
    make_corpus(app)
    program, one = somebody(app, Role.MANAGER), f"{P}/articles/article"
    known = program.get(one).json
    fields = ("title", "outlet", "author", "published", "url", "language", "rights")
    body = {name: known[name] for name in fields}

    edited = program.post(f"{one}/metadata", {**body, "title": "  Un  titre ", "author": None})
    wrong = program.post(f"{one}/metadata", {**body, "published": "yesterday"})
    zones = {"zones": [{"position": 1, "zone": "caption"}, {"position": 2, "zone": "caption"}]}
    marked = program.post(f"{one}/zones", zones)
    beyond = program.post(f"{one}/zones", {"zones": [{"position": 999, "zone": "body"}]})
    gone = program.post(f"{one}/withdraw", {"reason": "Un doublon."})
    again = program.post(f"{one}/withdraw", {"reason": "Un doublon."})
    back = program.post(f"{one}/restore")

    assert (edited.json["title"], edited.json["author"]) == ("Un titre", None)
    assert (wrong.status_code, marked.status_code, beyond.status_code) == (422, 200, 404)
    found = program.get(f"{one}/sentences?limit=2").json["items"]
    assert [sentence["zone"] for sentence in found] == ["caption", "caption"]
    assert (gone.json["is_withdrawn"], again.status_code) == (True, 409)
    assert back.json["is_withdrawn"] is False
