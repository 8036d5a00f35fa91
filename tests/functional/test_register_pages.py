"""What leads do to the registers: accepted, changed, merged, taken back; and who follows."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, SENTENCES, claim_on
from tests.people import browser_of, hidden, join, make_person, send
from workbench.accounts.tables import AuditEvent
from workbench.datasets.records import RecordKind, sentence_records
from workbench.labelling.registers import Proposal, propose_entry
from workbench.labelling.suggesting import known_targets
from workbench.labelling.tables import RegisterRevision, Speaker, Target
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)
PATH = "/projects/demo/registers/"
NEW = "zuckerbergs" * 2
META = {"start": TEXT.index("Meta"), "end": TEXT.index("Meta") + 4, "text": "Meta"}


@dataclass
class Lead:
    """Somebody who looks after the registers."""

    app: Flask
    client: FlaskClient
    user_id: int

    def read(self, path: str = "", **query: str) -> str:
        answer = self.client.get(PATH + path, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, **fields: str) -> TestResponse:
        return send(self.client, PATH + path, **fields)

    def state(self, path: str) -> str:
        return self.read(path).partition('name="state" type="hidden" value="')[2][:64]


@pytest.fixture
def lead(app: Flask) -> Lead:
    """A lead of a project where somebody has proposed the speaker Zuckerberg."""
    make_corpus(app)
    user_id = make_person(app)
    with app.app_context(), transaction() as session:
        project_id = project_by_slug(session, slug="demo").id
        proposal = Proposal("speaker", NEW, "Zuckerberg", "person")
        propose_entry(
            session, project_id=project_id, proposal=proposal, language="fr", by=user_id, now=NOW
        )
    join(app, project_id, "ada@example.org", [Role.ADJUDICATOR])
    return Lead(app, browser_of(app, user_id), user_id)


def label(desk: Desk, speaker: str, target: str = "meta", number: int = 0) -> None:
    """Save and finish: somebody says the second sentence, for a target."""
    start = TEXT.index("C'est")
    chain = [{"speaker": "author"}, {"speaker": speaker, "mention": META, "cue": None}]
    claim = claim_on(TEXT, start, start + 16, chain=chain)
    claim["id"] = f"claim{number:016}"
    stance = {"claim": claim["id"], "holder": speaker, "target": target, "value": "favor"}
    answer = desk.answer(2, decision="claims", claims=[claim], stances=[stance], registers=2)
    saved = desk.post("answers", answer)
    assert saved.status_code == 200, saved.text


def revisions(app: Flask) -> list[object]:
    with app.app_context():
        found = db.session.scalars(select(RegisterRevision).order_by(RegisterRevision.number))
        return [one.change for one in found][1:]


def test_proposed_entries_come_first_with_what_looks_like_them(lead: Lead) -> None:
    page = lead.read()

    assert page.index("Zuckerberg</bdi>") < page.index(">AI Alliance<")
    assert "Same as Mark Zuckerberg?" in page
    assert "1 entry that annotators proposed waits for you." in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"search": "dario"}, ["Darío Gil"]),
        ({"search": "Narrod"}, ["Forrest Norrod"]),
        ({"state": "proposed"}, ["Zuckerberg"]),
        ({"search": "nobody at all"}, []),
        ({"register": "target", "search": "meta"}, ["Meta"]),
    ],
)
def test_entries_are_searched_by_any_name(
    lead: Lead, query: dict[str, str], names: list[str]
) -> None:
    page = lead.read(**query)

    rows = page.partition("<tbody>")[2].split("<tr>")[1:]
    assert [row.partition("<bdi>")[2].partition("</bdi>")[0] for row in rows] == names


def test_a_long_register_is_shown_in_pages(app: Flask, lead: Lead) -> None:
    with app.app_context(), transaction() as session:
        project_id = project_by_slug(session, slug="demo").id
        for number in range(60):
            proposal = Proposal("speaker", f"{number:016}", f"Person {number:02}", "person")
            propose_entry(
                session,
                project_id=project_id,
                proposal=proposal,
                language="fr",
                by=lead.user_id,
                now=NOW,
            )

    assert "Page 1 of 2" in lead.read()
    assert "Person 59" in lead.read(page="2")


def test_an_entry_is_accepted_once(app: Flask, lead: Lead) -> None:
    for _ in range(2):
        assert lead.send(f"speaker/{NEW}/accept").status_code == 303

    assert revisions(app)[1:] == [{"action": "accept", "register": "speaker", "id": NEW}]
    assert "proposed waits" not in lead.read()


def test_an_entry_is_changed_with_what_was_there_before(app: Flask, lead: Lead) -> None:
    answer = lead.send(
        f"speaker/{NEW}",
        state=lead.state(f"speaker/{NEW}"),
        name="Randi Zuckerberg",
        kind="person",
        named="y",
        aliases="Randi\n\n Zuckerberg ",
        periphrases="",
        role="autrice",
        employer="meta",
        note="",
    )

    assert answer.status_code == 303, answer.text
    before = {"id": NEW, "name": "Zuckerberg", "kind": "person", "named": True}
    after = {**before, "name": "Randi Zuckerberg", "role": "autrice", "employer": "meta"}
    assert revisions(app)[-1] == {
        "action": "change",
        "register": "speaker",
        "id": NEW,
        "before": {**before, "aliases": ["Zuckerberg"]},
        "after": {**after, "aliases": ["Randi", "Zuckerberg"]},
    }
    assert "Randi Zuckerberg" in lead.read(search="randi")
    assert "Randi Zuckerberg" not in lead.read(search="*")


def test_a_target_is_changed_in_both_languages(app: Flask, lead: Lead) -> None:
    fields = {"label_fr": "Méta", "label_en": "Meta", "question_fr": "", "question_en": "For Meta?"}
    state = lead.state("target/meta")

    answer = lead.send("target/meta", state=state, **fields, kind="actor", aliases="", note="")

    assert answer.status_code == 303, answer.text
    with app.app_context():
        found = db.session.scalars(select(Target).where(Target.public_id == "meta")).one()
        assert (found.labels, found.questions) == (
            {"fr": "Méta", "en": "Meta"},
            {"en": "For Meta?"},
        )
        assert found.speaker_id is not None


def test_of_two_who_change_an_entry_the_second_is_told(lead: Lead) -> None:
    fields = {"kind": "person", "named": "y", "aliases": "", "periphrases": "", "role": ""}
    fields |= {"employer": "", "note": "", "state": lead.state(f"speaker/{NEW}")}

    answers = [lead.send(f"speaker/{NEW}", name=name, **fields) for name in ("Randi", "Mark")]
    fields["state"] = hidden(answers[1].text, "state")
    answers.append(lead.send(f"speaker/{NEW}", name="Mark", **fields))

    assert [one.status_code for one in answers] == [303, 409, 303]
    assert "<dt>Name</dt><dd><bdi>Randi</bdi></dd>" in answers[1].text


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("kind", "organisation", "<dt>Kind</dt><dd><bdi>organisation</bdi></dd>"),
        ("employer", "meta", "<dt>Works for</dt><dd><bdi>Meta</bdi></dd>"),
    ],
)
def test_what_another_chose_is_told_in_words_and_nothing_else(
    lead: Lead, field: str, value: str, told: str
) -> None:
    fields = {"name": "Randi", "kind": "person", "named": "y", "aliases": "Mme Z.\r\nRandi Z."}
    fields |= {"periphrases": "", "role": "", "employer": "", "note": ""}
    fields |= {"state": lead.state(f"speaker/{NEW}")}

    lead.send(f"speaker/{NEW}", **fields | {field: value})
    second = lead.send(f"speaker/{NEW}", **fields)

    assert second.status_code == 409
    assert f'<dl class="newest">{told}</dl>' in second.text


@pytest.mark.parametrize(
    ("register", "fields"),
    [
        ("speaker", {"name": "", "kind": "person", "employer": ""}),
        ("speaker", {"name": "N" * 201, "kind": "person", "employer": ""}),
        ("speaker", {"name": "Meta", "kind": "idea", "employer": ""}),
        ("speaker", {"name": "Meta", "kind": "person", "employer": "nobody"}),
        ("speaker", {"name": "Meta", "kind": "person", "employer": "", "aliases": "A" * 201}),
        ("target", {"label_fr": "", "label_en": "", "kind": "actor"}),
    ],
)
def test_an_entry_that_no_file_could_have_is_refused(
    app: Flask, lead: Lead, register: str, fields: dict[str, str]
) -> None:
    path = f"{register}/meta"

    answer = lead.send(path, state=lead.state(path), **fields)

    assert answer.status_code == 422
    assert len(revisions(app)) == 1


def test_a_merge_is_followed_by_files_and_counts_and_is_taken_back(app: Flask, lead: Lead) -> None:
    label(open_desk(app), NEW, number=1)
    label(open_desk(app, name="bert"), "mark-zuckerberg", number=2)

    assert lead.send(f"speaker/{NEW}/merge", into="mark-zuckerberg").status_code == 303
    assert exported_speakers(app) == {"mark-zuckerberg"}
    page = lead.read("speaker/mark-zuckerberg")
    assert 'data-label="Uses">4<' in page  # two links of chains, two holders of stances
    assert "Meta</bdi></q>" in page

    assert lead.send(f"speaker/{NEW}/unmerge").status_code == 303
    assert exported_speakers(app) == {NEW, "mark-zuckerberg"}
    assert 'data-label="Uses">2<' in lead.read(f"speaker/{NEW}")
    assert [one["action"] for one in revisions(app)] == ["propose", "merge", "unmerge"]
    with app.app_context():
        events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(2))
        assert [one.details for one in events] == [
            {"from": "mark-zuckerberg"},
            {"into": "mark-zuckerberg"},
        ]


def exported_speakers(app: Flask) -> set[str]:
    with app.app_context():
        project_id = project_by_slug(db.session, slug="demo").id
        records = list(sentence_records(db.session, project_id=project_id, kind=RecordKind.ALL))
    links = [link for one in records for claim in one["claims"] for link in claim["chain"]]
    return {link["speaker"]["id"] for link in links if link["speaker"]}


def test_no_merge_goes_in_a_circle(app: Flask, lead: Lead) -> None:
    lead.send(f"speaker/{NEW}/merge", into="meta")

    again = [
        lead.send(f"speaker/{one}/merge", into=into).status_code
        for one, into in [(NEW, "ibm"), ("meta", NEW), ("ibm", "ibm"), (NEW, "meta")]
    ]

    assert again == [409, 409, 422, 303]
    assert len(revisions(app)) == 2


def test_a_merge_into_a_merged_entry_stays_when_that_one_is_taken_back(lead: Lead) -> None:
    lead.send(f"speaker/{NEW}/merge", into="meta")
    lead.send("speaker/meta/merge", into="ibm")
    assert f'href="{PATH}speaker/ibm"' in lead.read(f"speaker/{NEW}")

    lead.send("speaker/meta/unmerge")

    assert f'href="{PATH}speaker/meta"' in lead.read(f"speaker/{NEW}")


def test_the_words_of_a_merged_target_find_the_one_that_stands_for_it(
    app: Flask, lead: Lead
) -> None:
    with app.app_context():
        project_id = project_by_slug(db.session, slug="demo").id
        words = next(iter(known_targets(db.session, project_id=project_id).targets["meta"]))
    lead.send("target/meta/merge", into="openai")

    with app.app_context():
        found = known_targets(db.session, project_id=project_id)
    assert words in found.targets["openai"]
    assert "meta" not in found.targets


def test_what_a_lead_still_labels_is_not_counted(app: Flask, lead: Lead) -> None:
    desk = open_desk(app)
    label(desk, NEW)
    with app.app_context(), transaction() as session:
        project_id = project_by_slug(session, slug="demo").id
    join(app, project_id, "anna@example.org", [Role.ANNOTATOR, Role.MANAGER])
    other = open_desk(app, name="bert")
    label(other, NEW, number=2)
    assert 'data-label="Uses">4<' in lead.read(f"speaker/{NEW}")

    own = Lead(app, desk.client, desk.user_id).read(f"speaker/{NEW}")

    assert "data-label" not in own
    assert "Articles that you still work on are not counted." in own


def test_an_unknown_entry_or_register_is_no_page(lead: Lead) -> None:
    for path in ("speaker/nobody", "colour/meta", "target/nobody/merge"):
        assert lead.client.get(PATH + path).status_code == 404
    assert lead.client.get(f"{PATH}?register=colour").status_code == 404
    assert lead.send("speaker/nobody/accept").status_code == 303
    assert lead.send(f"speaker/{NEW}/merge", into="nobody").status_code == 404


def test_an_annotator_has_no_such_page(app: Flask, lead: Lead) -> None:
    assert open_desk(app).client.get(PATH).status_code == 403


def test_the_speaker_table_knows_who_merged(app: Flask, lead: Lead) -> None:
    lead.send(f"speaker/{NEW}/merge", into="meta")

    with app.app_context():
        found = db.session.scalars(select(Speaker).where(Speaker.public_id == NEW)).one()
        made = db.session.scalars(
            select(RegisterRevision).order_by(RegisterRevision.number.desc()).limit(1)
        ).one()
        assert (found.name, made.made_by) == ("Zuckerberg", lead.user_id)
