"""Releases in the database: recorded once, withdrawn with a reason, and told of by a lead."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, make_project
from workbench.accounts.operations import create_user
from workbench.accounts.tables import AuditEvent
from workbench.datasets.operations import (
    BuiltRelease,
    Wanted,
    bury_release,
    record_release,
    request_build,
    withdraw_release,
)
from workbench.datasets.profiles import Creator, Profile, change_profile, read_profile
from workbench.datasets.queries import (
    KnownFile,
    find_file,
    find_release,
    list_files,
    list_frozen,
    list_releases,
    newest_standing,
)
from workbench.datasets.rules import Version
from workbench.errors import ConflictError, InvalidInputError, NotFoundError

FILES = (KnownFile("README.md", 10, "a" * 64), KnownFile("data/sentences.jsonl", 32, "b" * 64))
BUILT = BuiltRelease(
    version=Version(1, 0, 0),
    previous=None,
    snapshot="c" * 64,
    manifest="d" * 64,
    instant=NOW,
    counts={"sentences": 4},
    files=FILES,
    verdicts=(),
    tests=(("article", "a1"), ("statement", "s1")),
)
NEXT = replace(
    BUILT,
    version=Version(1, 10, 0),
    previous=Version(1, 0, 0),
    tests=(("article", "a1"), ("article", "a2")),
)


def record(session: Session, project_id: int, *built: BuiltRelease) -> None:
    for one in built:
        record_release(session, project_id=project_id, built=one, by=None, now=NOW)


def test_releases_are_listed_with_their_files_and_what_stays_in_the_test(session: Session) -> None:
    project = make_project(session).id

    record(session, project, BUILT, replace(NEXT, version=Version(1, 9, 0)), NEXT)

    newest, _, first = list_releases(session, project_id=project)
    assert [str(newest.version), str(newest.previous)] == ["1.10.0", "1.0.0"]
    assert (first.files, first.size, first.counts) == (2, 42, {"sentences": 4})
    assert list_files(session, release_id=first.id) == list(FILES)
    assert list_frozen(session, project_id=project) == {
        "article": ["a1", "a2"],
        "statement": ["s1"],
    }


def test_a_withdrawn_release_keeps_its_version_and_a_tombstone_with_the_reason(
    session: Session, tmp_path: Path
) -> None:
    project = make_project(session).id
    record(session, project, BUILT, NEXT)
    folder = tmp_path / "demo" / "1.10.0"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "sentences.jsonl").touch()

    release = withdraw_release(
        session, project_id=project, version="1.10.0", reason=" A name. ", by=None, now=NOW
    )
    for _ in range(2):
        bury_release(folder, dataset="demo", release=release)

    assert [path.name for path in folder.parent.rglob("*")] == ["1.10.0", "WITHDRAWN.json"]
    stone = json.loads((folder / "WITHDRAWN.json").read_text())
    assert (stone["reason"], stone["withdrawn_at"]) == ("A name.", "2026-11-22T09:30:00Z")
    with pytest.raises(NotFoundError):
        find_file(session, release=release, path="README.md")
    standing = newest_standing(list_releases(session, project_id=project))
    assert standing
    assert standing.version == BUILT.version
    for version, problem in (("1.10.0", "withdrawn already"), ("1.11.0", "no release")):
        with pytest.raises((ConflictError, NotFoundError), match=problem):
            withdraw_release(
                session, project_id=project, version=version, reason="x", by=None, now=NOW
            )
    with pytest.raises(ConflictError, match=r"1\.10\.0 already"):
        request_build(
            session,
            project_id=project,
            wanted=Wanted(version=NEXT.version),
            by=None,
            now=NOW,
        )
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.project_id == project))
    assert {"build_release", "withdraw_release"} <= set(actions)


def test_a_release_is_withdrawn_for_a_reason_only(session: Session) -> None:
    project = make_project(session).id
    record(session, project, BUILT)

    with pytest.raises(InvalidInputError, match="Give a reason"):
        withdraw_release(session, project_id=project, version="1.0.0", reason=" ", by=None, now=NOW)

    assert not find_release(session, project_id=project, version="1.0.0").is_withdrawn


def test_one_release_is_built_at_a_time(session: Session) -> None:
    project, other = make_project(session).id, make_project(session, "other").id
    request_build(session, project_id=project, wanted=Wanted(), by=None, now=NOW)

    request_build(session, project_id=other, wanted=Wanted(), by=None, now=NOW)
    with pytest.raises(ConflictError, match="is being built"):
        request_build(session, project_id=project, wanted=Wanted(), by=None, now=NOW)


def test_a_profile_has_defaults_and_is_changed_as_a_whole(session: Session) -> None:
    project = make_project(session).id
    lead = create_user(session, email="lead@example.org", name="Lead", by=None, now=NOW).id
    first = read_profile(session, project_id=project)
    told = Profile(
        title={"fr": "Le débat", "en": "The debate"},
        texts={"limitations": {"fr": "Petit.", "en": "Small."}},
        creators=(Creator("La régie", "https://regie.example.org/"), Creator("Ada")),
        contact="data@example.org",
    )

    for profile in (replace(told, licence="CC0-1.0"), told):
        change_profile(session, project_id=project, profile=profile, by=lead, now=NOW)

    assert (first.title["en"], first.licence) == ("Demo", "CC-BY-4.0")
    assert read_profile(session, project_id=project) == told


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"title": {"fr": "Le débat", "en": ""}}, "a title in French and in English"),
        ({"texts": {"../x": {"fr": "", "en": ""}}}, "no section"),
        ({"licence": "do what you want"}, "short name"),
        ({"creators": (Creator(" "),)}, "needs a name"),
        ({"creators": (Creator("Ada", "javascript:alert(1)"),)}, "no address"),
        ({"contact": "x" * 255}, "at most 254"),
    ],
)
def test_a_wrong_profile_is_refused(change: dict[str, object], problem: str) -> None:
    profile = replace(Profile(title={"fr": "a", "en": "b"}), **change)

    with pytest.raises(InvalidInputError, match=problem):
        profile.check()
