"""The pages of releases: trying, building, reading, downloading and withdrawing one."""

import re
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from flask import Flask
from flask.testing import FlaskClient

from tests.compared import run_jobs
from tests.people import browser_of, hidden, join, make_person, make_project, send
from tests.press import correct, open_press, publish
from workbench.datasets.manifests import MANIFEST, list_files
from workbench.datasets.profiles import Creator, read_profile
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import db, transaction

PAGE = "/projects/demo/releases/"
PROFILE = {
    "title_fr": "Le débat",
    "title_en": "The debate",
    "creators": "La régie | https://regie.example.org/\nAda",
    "licence": "CC0-1.0",
    "limitations_en": "Small.",
}

CREATORS = (Creator("La régie", "https://regie.example.org/"), Creator("Ada"))


def person(app: Flask, role: Role) -> FlaskClient:
    email = f"{role}@example.org"
    user = make_person(app, email)
    join(app, 1, email, [role])
    return browser_of(app, user)


def assert_first_pages_lead_there(lead: FlaskClient, reader: FlaskClient) -> None:
    assert '<a href="/projects/demo/releases/1.0.0/">' in reader.get("/projects/demo/").text
    assert "The card says that the project gives no reasons" in lead.get(f"{PAGE}profile").text


def assert_card_is_shown(page: str, card: Path) -> None:
    for words in ("It is the first release.", "@misc{", "Nothing is known to be wrong"):
        assert words in page
    for words in ("Withdraw this release", "Wrong in this version", " style="):
        assert words not in page
    printed = re.findall(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)
    programs = re.findall(r"```python\n(.*?)\n```", card.read_text("utf-8"), re.DOTALL)
    assert [unescape(one) for one in printed[:4]] == programs  # which a test of the card runs
    assert 'src="/projects/demo/releases/1.0.0/files/pictures/coverage.svg" alt="Of ' in page


def assert_archive_is_whole(reader: FlaskClient, address: str, folder: Path) -> None:
    sent = reader.get(address)
    known = reader.get(address, headers={"If-None-Match": sent.headers["ETag"]})
    other = reader.get(address.replace("demo-1", "other-1"))
    assert (sent.content_length, known.status_code, other.status_code) == (len(sent.data), 304, 404)
    with ZipFile(BytesIO(sent.data)) as unpacked:
        found = {name: unpacked.read(name) for name in unpacked.namelist()}
    files = (*list_files(folder), MANIFEST)
    assert found == {f"demo/{folder.name}/{one}": (folder / one).read_bytes() for one in files}


def assert_file_is_whole(reader: FlaskClient, address: str, place: Path) -> None:
    whole = reader.get(address, buffered=True)
    part = reader.get(address, headers={"Range": "bytes=2-5"}, buffered=True)
    known = reader.get(address, headers={"If-None-Match": whole.headers["ETag"]}, buffered=True)
    assert whole.data == place.read_bytes()
    assert whole.headers["Content-Disposition"].endswith("demo-1.0.0-claims-full.jsonl")
    assert (part.status_code, part.data, known.status_code) == (206, whole.data[2:6], 304)


def assert_correction_is_told(reader: FlaskClient, statement: str) -> None:
    wrong, right = (reader.get(f"{PAGE}{one}/").text for one in ("1.0.0", "2.0.0"))
    assert "1 verdict in it was found to be wrong since." in wrong
    assert 'right in <a href="/projects/demo/releases/2.0.0/">2.0.0</a>' in wrong
    assert "Wrong in versions before, and right in this one" in right
    assert "verdicts</a>: 1 added, 1 changed" in right
    assert "Wrong in this version" not in right
    changes = reader.get(f"{PAGE}2.0.0/changes?kind=verdict").text
    assert changes.count(f"<code>{statement}.") == 2
    assert "verdicts: 1 added, 1 changed" in reader.get(PAGE).text


def test_of_two_who_write_what_releases_say_the_second_is_told(app: Flask) -> None:
    make_project(app)
    lead = person(app, Role.MANAGER)
    fields = PROFILE | {"state": hidden(lead.get(f"{PAGE}profile").text, "state")}
    again = [send(lead, f"{PAGE}profile", **fields).status_code for _ in range(2)]

    refused = send(lead, f"{PAGE}profile", **fields | {"creators": "Max"})
    fields["state"] = hidden(refused.text, "state")
    sent = send(lead, f"{PAGE}profile", **fields | {"creators": "Max"})

    assert (again, refused.status_code, sent.status_code) == ([303, 303], 412, 303)
    told = "<dt>Creators</dt><dd><bdi>La régie | https://regie.example.org/\nAda</bdi></dd>"
    assert f'<dl class="newest">{told}</dl>' in refused.text


def test_a_lead_tries_builds_and_withdraws_a_release_and_a_data_user_downloads_it(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    with app.app_context(), transaction() as session:
        case = open_press(session)
        publish(session, case)
    lead, reader = person(app, Role.MANAGER), person(app, Role.DATA_USER)
    assert "There is no release yet." in lead.get(PAGE).text

    profile = PROFILE | {"state": hidden(lead.get(f"{PAGE}profile").text, "state")}
    changed = send(lead, f"{PAGE}profile", **profile)
    wrong = send(lead, f"{PAGE}profile", **profile | {"creators": "Ada | javascript:alert(1)"})
    tried = send(lead, f"{PAGE}build", act="try", soft_labels="votes", version="")
    again = send(lead, f"{PAGE}build", act="build", soft_labels="votes", version="")
    begun = lead.get(tried.location).text
    run_jobs(app)
    told = lead.get(tried.location).text
    assert not (settings.export_dir / "demo").exists()
    built = send(lead, f"{PAGE}build", act="build", soft_labels="votes", version="")
    run_jobs(app)

    assert (changed.status_code, wrong.status_code, again.status_code) == (303, 422, 409)
    with app.app_context():
        assert read_profile(db.session(), project_id=1).creators == CREATORS
    assert 'http-equiv="refresh"' in begun
    assert "It would be version 1.0.0." in told
    for words in ("not known", f"verdicts would begin with {settings.base_url} for ever"):
        assert words in told  # the rights of the article, and where its verdicts lie
    assert "Version 1.0.0 is built." in lead.get(built.location).text
    page = reader.get(f"{PAGE}1.0.0/").text
    assert_first_pages_lead_there(lead, reader)
    assert_card_is_shown(page, settings.export_dir / "demo/1.0.0/README.md")
    archive = f"{PAGE}1.0.0/demo-1.0.0.zip"
    assert_archive_is_whole(reader, archive, settings.export_dir / "demo/1.0.0")

    file = f"{PAGE}1.0.0/files/data/claims/full.jsonl"
    assert_file_is_whole(reader, file, settings.export_dir / "demo/1.0.0/data/claims/full.jsonl")
    for path in ("../../../secret", "data/none.jsonl", "%2e%2e/1.0.0/README.md"):
        assert reader.get(f"{PAGE}1.0.0/files/{path}").status_code == 404

    with app.app_context(), transaction() as session:
        correct(session, case)
    for public in ("/checks/demo/errata.atom?lang=en", "/checks/demo/corrections?lang=en"):
        assert f"Wrong in dataset releases: demo 1.0.0 (statements {case.statement}," in (
            client.get(public).text
        )

    assert "no version has it right yet" in reader.get(f"{PAGE}1.0.0/").text

    send(lead, f"{PAGE}build", act="build", soft_labels="votes", version="")
    run_jobs(app)
    assert_correction_is_told(reader, case.statement)

    (settings.export_dir / "demo/1.0.0/data/claims/full.jsonl").write_text("other")
    assert (reader.get(file).status_code, reader.get(archive).status_code) == (503, 503)
    silent = send(lead, f"{PAGE}1.0.0/withdrawal", reason="")
    gone = send(lead, f"{PAGE}1.0.0/withdrawal", reason="A <b>name</b>.")
    assert (silent.status_code, gone.status_code) == (422, 303)
    page = reader.get(f"{PAGE}1.0.0/").text
    assert "A &lt;b&gt;name&lt;/b&gt;." in page
    assert "Use another:" in page
    assert reader.get(f"{PAGE}1.0.0/changes").status_code == 404
    assert (reader.get(file).status_code, reader.get(archive).status_code) == (410, 410)
    assert [one.name for one in Path(settings.export_dir / "demo/1.0.0").iterdir()] == [
        "WITHDRAWN.json"
    ]
    assert send(reader, f"{PAGE}build", act="build").status_code == 403
