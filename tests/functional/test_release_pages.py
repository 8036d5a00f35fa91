"""The pages of releases: trying, building, reading, downloading and withdrawing one."""

from pathlib import Path
from typing import Any

import pandas
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.compared import run_jobs
from tests.people import browser_of, join, make_person, send
from tests.press import correct, open_press, publish
from workbench.datasets.profiles import Creator, read_profile
from workbench.datasets.queries import KnownFile
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import db, transaction
from workbench.web.views.releases import _snippets

PAGE = "/projects/demo/releases/"
PROFILE = {
    "title_fr": "Le débat",
    "title_en": "The debate",
    "creators": "La régie | https://regie.example.org/\nAda",
    "licence": "CC0-1.0",
    "limitations_en": "Small.",
}


def person(app: Flask, role: Role) -> FlaskClient:
    email = f"{role}@example.org"
    user = make_person(app, email)
    join(app, 1, email, [role])
    return browser_of(app, user)


def test_a_lead_tries_builds_and_withdraws_a_release_and_a_data_user_downloads_it(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    with app.app_context(), transaction() as session:
        case = open_press(session)
        publish(session, case)
    lead, reader = person(app, Role.MANAGER), person(app, Role.DATA_USER)
    assert "There is no release yet." in lead.get(PAGE).text

    changed = send(lead, f"{PAGE}profile", **PROFILE)
    wrong = send(lead, f"{PAGE}profile", **{**PROFILE, "creators": "Ada | javascript:alert(1)"})
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
        profile = read_profile(db.session(), project_id=1)
    assert profile.creators == (Creator("La régie", "https://regie.example.org/"), Creator("Ada"))
    assert 'http-equiv="refresh"' in begun
    assert "It would be version 1.0.0." in told
    assert "not known" in told  # the rights of the article
    assert "Version 1.0.0 is built." in lead.get(built.location).text
    page = reader.get(f"{PAGE}1.0.0/").text
    for words in ("The first release.", "claims/full.parquet", "@misc{", "Nothing is known to be"):
        assert words in page
    assert "Withdraw this release" not in page

    file = f"{PAGE}1.0.0/files/data/claims/full.jsonl"
    whole = reader.get(file, buffered=True)
    part = reader.get(file, headers={"Range": "bytes=2-5"}, buffered=True)
    known = reader.get(file, headers={"If-None-Match": whole.headers["ETag"]}, buffered=True)
    assert whole.data == (settings.export_dir / "demo/1.0.0/data/claims/full.jsonl").read_bytes()
    assert whole.headers["Content-Disposition"].endswith("demo-1.0.0-claims-full.jsonl")
    assert (part.status_code, part.data, known.status_code) == (206, whole.data[2:6], 304)
    for path in ("../../../secret", "data/none.jsonl", "%2e%2e/1.0.0/README.md"):
        assert reader.get(f"{PAGE}1.0.0/files/{path}").status_code == 404

    with app.app_context(), transaction() as session:
        correct(session, case)
    for public in ("/checks/demo/errata.atom?lang=en", "/checks/demo/corrections?lang=en"):
        assert f"Wrong in dataset releases: demo 1.0.0 (statements {case.statement}," in (
            client.get(public).text
        )

    (settings.export_dir / "demo/1.0.0/data/claims/full.jsonl").write_text("other")
    assert reader.get(file).status_code == 503
    silent = send(lead, f"{PAGE}1.0.0/withdrawal", reason="")
    gone = send(lead, f"{PAGE}1.0.0/withdrawal", reason="A <b>name</b>.")
    assert (silent.status_code, gone.status_code) == (422, 303)
    page = reader.get(f"{PAGE}1.0.0/").text
    assert "A &lt;b&gt;name&lt;/b&gt;." in page
    assert reader.get(file).status_code == 404
    assert [one.name for one in Path(settings.export_dir / "demo/1.0.0").iterdir()] == [
        "WITHDRAWN.json"
    ]
    assert send(reader, f"{PAGE}build", act="build").status_code == 403


def test_snippets_work_as_printed_on_files_as_they_are_named_when_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = {"train": 3, "test": 2}
    files = [KnownFile(f"data/claims/{part}.parquet", 1, "") for part in parts]
    for part, count in parts.items():
        table = pandas.DataFrame({"id": [f"{part}{place}" for place in range(count)]})
        table.to_parquet(tmp_path / f"demo-1.0.0-claims-{part}.parquet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path)

    found = {}
    for one in _snippets("demo-1.0.0", files):
        names: dict[str, Any] = {}
        exec(one.code, names)  # noqa: S102  # as printed
        found[one.library] = len(names["claims"])

    assert found == {"pandas": 3, "datasets": 3, "DuckDB": 5, "polars": 5}
