"""Backup and restore: everything in one file, taken under load, proved whole, brought back."""

import fcntl
import json
import os
import re
import shutil
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from errno import ENOSPC
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select, update

from tests.factories import make_article
from tests.people import make_person, make_project
from tests.postgres import PostgresServer
from tests.server import environment, running_server
from workbench.accounts.operations import rename_user
from workbench.accounts.tables import AuditEvent
from workbench.app import command_group, create_app
from workbench.clock import utc_now
from workbench.corpus.queries import count_articles
from workbench.errors import UnavailableError
from workbench.jobs.operations import request_job
from workbench.jobs.tables import Job
from workbench.resources import resource_folder
from workbench.settings import Settings
from workbench.storage.backup import FORMAT, SQLITE, restore_backup, write_backup
from workbench.storage.database import close_connections, db, transaction
from workbench.storage.drafts import draft_folder
from workbench.storage.migrations import downgrade
from workbench.storage.schema import known_revisions, newest_revision
from workbench.storage.sealed import pack

Cli = Callable[..., Result]


def run(settings: Settings, *words: str | Path, answer: str | None = None) -> Result:
    arguments = [str(word) for word in words]
    return CliRunner().invoke(command_group(), arguments, input=answer, env=environment(settings))


@pytest.fixture
def elsewhere(
    settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Settings]:
    """The settings of an empty place of the same kind."""
    folder = tmp_path / "elsewhere"
    if settings.database_url.startswith("sqlite"):
        yield replace(settings, data_dir=folder, database_url="")
        return
    server: PostgresServer = request.getfixturevalue("migrated_postgresql")[0]
    with server.database() as name:
        yield replace(settings, data_dir=folder, database_url=server.url(name))


@pytest.fixture
def backup(app: Flask, settings: Settings, tmp_path: Path) -> Path:
    """A backup of a workbench with one article."""
    project_id = make_project(app)
    with app.app_context(), transaction() as session:
        make_article(session, project_id)
    path = tmp_path / "backup.tar"
    result = run(settings, "backup", path)
    assert result.exit_code == 0, result.stderr
    return path


def articles_in(settings: Settings) -> int:
    app = create_app(settings)
    with app.app_context():
        try:
            return count_articles(db.session(), project_id=1)
        finally:
            close_connections()


def test_what_was_saved_comes_back(backup: Path, settings: Settings, elsewhere: Settings) -> None:
    result = run(elsewhere, "restore", backup)

    assert result.exit_code == 0, result.stderr
    assert articles_in(elsewhere) == 1
    keys = [place.data_dir / "secret_key" for place in (settings, elsewhere)]
    assert keys[0].read_bytes() == keys[1].read_bytes()
    assert stat.S_IMODE(keys[1].stat().st_mode) == 0o600
    assert run(elsewhere, "doctor").exit_code == 0


def test_a_backup_is_for_its_owner_and_any_tar_program(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with tarfile.open(backup) as tar:
        manifest = json.load(tar.extractfile("manifest.json") or pytest.fail("no manifest"))
        assert set(manifest["sha256"]) | {"manifest.json"} == set(tar.getnames())


def test_any_damage_is_noticed(backup: Path, elsewhere: Settings, tmp_path: Path) -> None:
    content = backup.read_bytes()
    damaged = tmp_path / "damaged.tar"
    places = [0, 100, 300, 511, 600, len(content) // 2, len(content) - 1, len(content) - 5000]

    for place in places:
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert_refused(run(elsewhere, "restore", damaged))
    for whole in (content[:-1], content[: len(content) // 2], b"", content + b"\n"):
        damaged.write_bytes(whole)
        assert_refused(run(elsewhere, "restore", damaged))

    assert not (elsewhere.data_dir / "secret_key").exists()


def assert_refused(result: Result) -> None:
    assert result.exit_code == 2
    assert re.fullmatch(r"Error: [^\n]* is damaged, or no backup[^\n]*\n", result.stderr)


def test_a_backup_is_not_replaced_unless_asked(backup: Path, settings: Settings) -> None:
    before = backup.read_bytes()

    assert run(settings, "backup", backup).exit_code == 1
    assert backup.read_bytes() == before
    assert run(settings, "backup", backup, "--replace").exit_code == 0


@pytest.mark.parametrize("place", ["/dev/null", "folder", "missing/backup.tar"])
def test_a_backup_goes_into_a_file_and_nowhere_else(
    backup: Path, settings: Settings, tmp_path: Path, place: str
) -> None:
    (tmp_path / "folder").mkdir()

    result = run(settings, "backup", tmp_path / place, "--replace")

    assert result.exit_code == 2
    assert ".workbench-" not in result.stderr
    assert Path("/dev/null").is_char_device()


def test_a_full_disk_is_told_of_the_backup_and_not_of_its_source(tmp_path: Path) -> None:
    target = tmp_path / "backup.tar"

    with (
        pytest.raises(UnavailableError, match=r"backup\.tar cannot be written: No space left"),
        draft_folder(target) as folder,
    ):  # as shutil.copyfile says it
        raise OSError(ENOSPC, "No space left", "data/secret_key", None, f"{folder}/secret_key")


def test_what_a_link_leads_to_is_replaced_and_not_the_link(
    backup: Path, settings: Settings, tmp_path: Path
) -> None:
    link = tmp_path / "newest.tar"
    link.symlink_to(backup)
    backup.write_bytes(b"old")

    assert run(settings, "backup", link, "--replace").exit_code == 0

    assert link.is_symlink()
    assert backup.read_bytes() != b"old"


def test_folders_that_killed_backups_left_are_removed_and_no_others(
    backup: Path, settings: Settings
) -> None:
    names = [".workbench-left", ".workbench-in-use", ".workbench-new"]
    left, in_use, new = (backup.parent / name for name in names)
    for folder in (left, in_use, new):
        folder.mkdir()
        (folder / "secret_key").write_text("k")
    for folder in (left, in_use):
        os.utime(folder, (0, 0))
    with closing_handle(in_use) as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        assert run(settings, "backup", backup, "--replace").exit_code == 0

    assert [folder.exists() for folder in (left, in_use, new)] == [False, True, True]


def test_a_backup_is_no_larger_for_what_was_thrown_away(
    backup: Path, app: Flask, settings: Settings
) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL copies rows, not pages")
    size = backup.stat().st_size
    with app.app_context():
        with transaction() as session:
            where = {"project_id": None, "by": None, "now": utc_now()}
            request_job(session, kind="x", arguments={}, payload=b"k" * 20_000_000, **where)
        with transaction() as session:
            session.execute(update(Job).values(payload=None))

    assert run(settings, "backup", backup, "--replace").exit_code == 0

    assert backup.stat().st_size < size + 100_000


@contextmanager
def closing_handle(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def test_what_is_in_place_is_replaced_only_when_asked_twice(
    backup: Path, app: Flask, settings: Settings
) -> None:
    with app.app_context(), transaction() as session:
        make_article(session, 1, "Später.", name="later")
    with app.app_context():
        close_connections()

    assert run(settings, "restore", backup).exit_code == 1
    assert run(settings, "restore", backup, "--replace", answer="n\n").exit_code == 1
    assert articles_in(settings) == 2

    result = run(settings, "restore", backup, "--replace", answer="y\n")

    assert result.exit_code == 0, result.stderr
    assert articles_in(settings) == 1


def test_a_replaced_file_is_kept_with_its_journal(migrated_sqlite: Path, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    shutil.copy(migrated_sqlite, tmp_path / "workbench.sqlite3")
    app = create_app(settings)
    write_backup(settings, tmp_path / "empty.tar", replace=False, now=utc_now())
    make_project(app)  # is in the journal only

    kept = restore_backup(settings, tmp_path / "empty.tar", replace=True)

    with app.app_context():
        close_connections()
    assert kept
    for database, projects in ((kept, 1), (tmp_path / "workbench.sqlite3", 0)):
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("SELECT count(*) FROM project").fetchone() == (projects,)


def test_a_database_that_a_killed_restore_left_aside_is_named(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    for name in ("-replaced-1", "-replaced-1-wal", "-restored"):
        shutil.copyfile(migrated_sqlite, tmp_path / f"workbench.sqlite3{name}")

    for command in ("init", "doctor", "backup"):
        words = [tmp_path / "backup.tar"] if command == "backup" else []
        result = run(settings, command, *words)
        assert result.exit_code == 1
        assert (
            "beside it workbench.sqlite3-replaced-1 and workbench.sqlite3-restored: run"
            " `workbench restore FILE --replace` again"
        ) in result.output
    assert not (tmp_path / "workbench.sqlite3").exists()


def test_nothing_is_restored_while_the_workbench_is_served(
    backup: Path, settings: Settings
) -> None:
    with running_server(settings):
        result = run(settings, "restore", backup, "--replace", "--yes")

    assert result.exit_code == 1
    assert "stop it first" in result.stderr


def test_nothing_is_restored_under_a_server_that_has_another_data_folder(
    backup: Path, app: Flask, settings: Settings, tmp_path: Path
) -> None:
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("an SQLite file is known by its folder")
    other = replace(settings, data_dir=tmp_path / "other")
    other.data_dir.mkdir()
    with app.app_context():
        close_connections()

    with running_server(settings):
        refused = run(other, "restore", backup, "--replace", "--yes")
    restored = run(other, "restore", backup, "--replace", "--yes")

    assert (refused.exit_code, restored.exit_code) == (1, 0)
    assert "stop it first" in refused.stderr


@pytest.mark.parametrize(
    ("about", "code", "sentence"),
    [
        ({"database": "database.pgdump"}, 2, "holds a PostgreSQL database"),
        ({"schema": "9999"}, 1, "was made by a newer workbench"),
        ({"format": "workbench-backup.v2"}, 1, "was made by a newer workbench"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused(
    about: dict[str, str], code: int, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "secret_key").write_text("k" * 64)
    fits = {"format": FORMAT, "database": SQLITE, "schema": newest_revision()}
    backup = pack(tmp_path, ("secret_key",), fits | about)

    result = run(Settings(data_dir=tmp_path / "new"), "restore", backup)

    assert (result.exit_code, sentence in result.stderr) == (code, True)


def test_backups_taken_under_load_hold_all_that_was_saved_before(
    app: Flask, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    person = make_person(app)
    over = threading.Event()
    saved: list[int] = []

    def save() -> None:
        while not over.is_set():
            with app.app_context(), transaction() as session:
                number = len(saved)
                rename_user(session, user_id=person, name=f"Ada {number}", by=None, now=utc_now())
            saved.append(number)

    thread = threading.Thread(target=save)
    thread.start()
    try:
        taken = []
        for number in range(5):
            path = tmp_path / f"{number}.tar"
            before = len(saved)
            write_backup(settings, path, replace=False, now=utc_now())
            taken.append((path, before))
    finally:
        over.set()
        thread.join()

    for path, before in taken:
        restore_backup(elsewhere, path, replace=True)
        assert renames_in(elsewhere) >= before > 0 or path.name == "0.tar"


def renames_in(settings: Settings) -> int:
    app = create_app(settings)
    with app.app_context():
        try:
            renames = select(func.count()).where(AuditEvent.action == "rename_user")
            return db.session.scalar(renames) or 0
        finally:
            close_connections()


def test_a_workbench_without_database_has_no_backup(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "none")

    assert run(settings, "backup", tmp_path / "b.tar").exit_code == 2


def test_an_empty_database_has_no_backup(settings: Settings, tmp_path: Path) -> None:
    downgrade(settings.database, "base")

    result = run(settings, "backup", tmp_path / "b.tar")

    assert (result.exit_code, "nothing to back up" in result.stderr) == (1, True)


def test_the_newest_schema_is_the_one_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")))
    steps = ScriptDirectory.from_config(config)

    assert steps.get_heads() == [newest_revision()]
    assert {step.revision: step.down_revision for step in steps.walk_revisions()} == (
        known_revisions()
    )
