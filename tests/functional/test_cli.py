"""The command line: every command helps, lists in three forms, and fails in one sentence."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from tests.server import environment
from workbench.accounts.tables import AuditEvent, User
from workbench.app import command_group
from workbench.cli.errors import printable
from workbench.cli.output import print_rows
from workbench.resources import resource_folder
from workbench.settings import Settings
from workbench.storage.database import db

Cli = Callable[..., Result]


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*words, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))


ALL = list(commands(command_group()))
LISTS = [
    ("project", "list"),
    ("project", "show", "demo"),
    ("project", "list-members", "--project", "demo"),
    ("user", "list"),
    ("article", "list", "--project", "demo"),
    ("article", "show", "a", "--project", "demo"),
    ("project", "suggestions", "--project", "demo"),
    ("doctor",),
]


@pytest.fixture
def ready(cli: Cli, tmp_path: Path) -> Cli:
    """The command line with a project, a person in it, and an article."""
    (tmp_path / "a.txt").write_text("Un titre\n\n=1+1 n’est pas une formule.")
    for words in (
        ("init",),
        ("project", "add", "--slug", "demo", "--name", "Démo"),
        ("user", "add", "ada@example.org", "--name", "Ada", "--site-admin"),
        ("project", "add-member", "ada@example.org", "--project", "demo", "--role", "manager"),
        ("article", "import", str(tmp_path / "a.txt"), "--project", "demo"),
    ):
        result = cli(*words)
        assert result.exit_code == 0, result.output
    return cli


def failure(result: Result) -> tuple[int, str]:
    """Return exit code and sentence of a command that failed as it should."""
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.exit_code, result.stderr.strip()


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_each_command_says_what_it_does(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(command_group(), [*words, "--help"])

    says, _, options = result.stdout.partition("Options:")
    assert result.exit_code == 0
    assert re.search(r"\n  [A-Z][^\n]{10,}", says)
    assert not re.search(r"^  --[\w-]+( [A-Z]+)?$\n(?! {10})", options, re.M), "an option is mute"


def test_what_commands_do_fits_the_line() -> None:
    _, _, listed = CliRunner().invoke(command_group(), ["--help"]).stdout.partition("Commands:")

    assert "..." not in listed


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_each_list_comes_in_three_forms_that_say_the_same(
    ready: Cli, words: tuple[str, ...]
) -> None:
    tabled, lines, cells = (ready(*words, "--format", form) for form in ("table", "jsonl", "csv"))

    records = [json.loads(line) for line in lines.stdout.splitlines()]
    rows = list(csv.DictReader(io.StringIO(cells.stdout)))
    assert len(rows) == len(records) >= 1
    assert set(rows[0]) == set(records[0])
    assert len(tabled.stdout.splitlines()) >= len(records) + 1


def test_a_cell_that_a_spreadsheet_would_run_is_defused(ready: Cli) -> None:
    listed = ready("article", "show", "a", "--project", "demo", "--format", "csv").stdout

    assert "'=1+1 n’est pas une formule." in listed


def test_a_table_keeps_its_columns_and_obeys_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": "é", "n": 1}, {"name": "日本\x1b[31m", "n": None}]

    print_rows(("name", "n"), rows, format_="table")

    assert capsys.readouterr().out.splitlines() == [
        "NAME          N",
        "é             1",
        "日本\\x1b[31m",
    ]


@pytest.mark.parametrize(("text", "shown"), [("a\u202eb", "a\\u202eb"), ("a\nb", "a\\nb")])
def test_what_a_terminal_would_obey_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("bake",), 2, "No such command 'bake'"),
        (("article", "list"), 2, "Missing option '--project'"),
        (("article", "list", "--project", "x"), 2, "There is no project x."),
        (("article", "list", "--project", "demo", "--format", "xml"), 2, "'xml' is not one of"),
        (("article", "show", "x", "--project", "demo"), 2, "There is no article x"),
        (("user", "reset-link", "x@example.org"), 2, "no account with the address"),
        (("user", "add", "nonsense", "--name", "N"), 2, "is no e-mail address"),
        (("user", "add", "ADA@example.org", "--name", "N"), 1, "already an account"),
        (("user", "disable", "ada@example.org"), 1, "last administrator"),
        (("project", "add", "--slug", "A b", "--name", "N"), 2, "cannot be part of an address"),
        (("project", "add", "--slug", "demo", "--name", "N"), 1, "already a project demo"),
        (("restore", "nowhere"), 2, "'nowhere' does not exist"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_failure_is_one_sentence(
    ready: Cli, words: tuple[str, ...], code: int, sentence: str
) -> None:
    exit_code, said = failure(ready(*words))

    assert exit_code == code
    assert said.startswith("Error: ")
    assert sentence in said
    assert said.endswith(".")


def test_an_unknown_setting_is_bad_input() -> None:
    result = CliRunner().invoke(command_group(), ["user", "list"], env={"WORKBENCH_PROT": "1"})

    assert failure(result)[0] == 2


def test_a_command_needs_a_database(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        command_group(), ["user", "list"], env={"WORKBENCH_DATA_DIR": str(tmp_path / "data")}
    )

    code, said = failure(result)
    assert (code, "run `workbench init`" in said) == (2, True)
    assert not (tmp_path / "data").exists()


def test_a_database_that_cannot_be_reached_is_a_failure(tmp_path: Path) -> None:
    settings = {
        "WORKBENCH_DATA_DIR": str(tmp_path),
        "WORKBENCH_DATABASE_URL": f"postgresql://nobody:secret@/none?host={tmp_path}",
    }

    for words in (["user", "list"], ["init"]):
        code, said = failure(CliRunner().invoke(command_group(), words, env=settings))
        assert code == 1
        assert "secret" not in said


def test_a_reset_link_is_printed_and_nothing_else(ready: Cli, settings: Settings) -> None:
    printed = ready("user", "reset-link", "ada@example.org").stdout

    assert re.fullmatch(rf"{settings.base_url}/link/[\w-]{{43}}\n", printed)


def test_a_disabled_person_is_enabled_again(ready: Cli, app: Flask) -> None:
    ready("user", "add", "bo@example.org", "--name", "Bo", "--locale", "fr")
    assert ready("user", "disable", "bo@example.org").exit_code == 0
    assert failure(ready("user", "reset-link", "bo@example.org"))[0] == 2
    assert ready("user", "enable", "bo@example.org").exit_code == 0

    with app.app_context():
        bo = db.session.scalars(select(User).where(User.email == "bo@example.org")).one()
        assert (bo.active, bo.locale) == (True, "fr")


def test_a_member_is_let_go(ready: Cli) -> None:
    ready("user", "add", "bo@example.org", "--name", "Bo")
    who = ("bo@example.org", "--project", "demo")
    ready("project", "add-member", *who, "--role", "annotator", "--role", "data_user")
    listed = ready("project", "list-members", "--project", "demo", "--format", "jsonl").stdout
    assert json.loads(listed.splitlines()[1])["roles"] == ["annotator", "data_user"]

    assert ready("project", "remove-member", *who).exit_code == 0

    members = ready("project", "list-members", "--project", "demo", "--format", "csv").stdout
    assert "bo@" not in members


def test_scheme_guideline_and_registers_come_from_files(ready: Cli, tmp_path: Path) -> None:
    seeds = resource_folder("seeds")
    project = ("--project", "demo")
    (tmp_path / "guide.md").write_text("# The guide")

    registers = ready("project", "import-registers", seeds / "registers.json", *project)
    scheme = ready("project", "scheme", seeds / "claims.v1.json", *project)
    guide = tmp_path / "guide.md"
    guideline = ready("project", "import-guideline", guide, "--language", "en", *project)

    assert "number 1" in registers.stdout
    assert "revision 2" in guideline.stdout
    assert "revision 1" in scheme.stdout  # the same as before
    for content in ("{", '"\\ud800"', '{"\\ud800": 1}'):
        (tmp_path / "bad.json").write_text(content)
        bad = ready("project", "scheme", tmp_path / "bad.json", *project)
        assert failure(bad)[0] == 2


def test_articles_are_withdrawn_and_erased_after_asking(ready: Cli, app: Flask) -> None:
    article = ("a", "--project", "demo")
    reason = ("--reason", "Author asked")

    assert ready("article", "withdraw", *article, *reason, input="n\n").exit_code == 1
    assert ready("article", "withdraw", *article, *reason, input="y\n").exit_code == 0
    assert ready("article", "restore", *article).exit_code == 0
    assert ready("article", "erase", *article, *reason, "--yes").exit_code == 0
    assert failure(ready("article", "restore", *article))[0] == 1
    shown = ready("article", "show", *article, "--format", "jsonl").stdout
    assert {json.loads(line)["text"] for line in shown.splitlines()} == {""}
    with app.app_context():
        done = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert (done.action, done.details["reason"]) == ("erase_article", "Author asked")


def test_text_is_segmented_without_a_database(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Un titre\r\n\r\n« Oui ! », dit-il. 💩 Fin.".encode())

    result = CliRunner().invoke(command_group(), ["text", "segment", str(path)])

    text = "Un titre\n\n« Oui ! », dit-il. 💩 Fin."
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [set(line) for line in lines] == [{"start", "end", "zone", "text"}] * len(lines)
    assert all(text[line["start"] : line["end"]] == line["text"] for line in lines)
    assert [line["zone"] for line in lines][:1] == ["headline"]


def test_segmenting_several_articles_says_which(tmp_path: Path) -> None:
    content = b'{"text": "One. Two."}\n{"text": "Three."}\n'

    result = CliRunner().invoke(
        command_group(), ["text", "segment", "-", "--name", "a.jsonl"], input=content
    )

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["article"] for line in lines] == [1, 1, 2]


def test_the_export_is_written_whole(ready: Cli, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"

    ready("annotation", "export", "--project", "demo", "--kind", "gold", "--output", path)
    printed = ready("annotation", "export", "--project", "demo").stdout
    table = ready("annotation", "export", "--project", "demo", "--format", "csv").stdout

    assert path.read_text() == printed
    assert [json.loads(line)["decision"] for line in printed.splitlines()] == ["unread"] * 2
    assert len(list(csv.DictReader(io.StringIO(table)))) == 2


def test_four_at_once_may_make_the_database(settings: Settings) -> None:
    def init() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "workbench", "init"],
            env=environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    started = [init() for _ in range(4)]

    said = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0] * 4, said
    assert len(set(said)) == 1


def test_ctrl_c_ends_without_a_traceback(tmp_path: Path) -> None:
    pipe = tmp_path / "slow.txt"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", "text", "segment", pipe],
        stderr=subprocess.PIPE,
        text=True,
    )

    with pipe.open("wb"):  # goes on once the program reads the other end
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()

    assert (process.returncode, said.strip()) == (1, "Error: Stopped.")


def test_ctrl_c_ends_without_a_traceback_while_the_program_is_loaded() -> None:
    program = """if True:
        import os, signal, sys

        class Finder:
            def find_spec(self, name, path, target=None):
                if name == "flask":
                    os.kill(os.getpid(), signal.SIGINT)

        sys.meta_path.insert(0, Finder())
        from workbench.__main__ import main
        main()"""

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, b"")


def test_whoever_gets_another_role_is_told_with_all_they_have(ready: Cli) -> None:
    added = ready("project", "add-member", "Ada@example.org", "--project=demo", "--role=annotator")

    assert added.stdout == "ada@example.org is in demo as annotator, manager.\n"


def test_the_doctor_sends_a_damaged_file_to_its_backup(ready: Cli, settings: Settings) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("a server looks after its own files")
    Path(settings.database_url.removeprefix("sqlite:///")).write_bytes(b"no database" * 1000)

    result = ready("doctor")

    assert result.exit_code == 1
    assert "restore a backup" in result.stdout
    assert "WORKBENCH_DATABASE_URL" not in result.stdout


def test_a_healthy_workbench_passes_the_doctor(ready: Cli, settings: Settings) -> None:
    settings.data_dir.chmod(0o700)

    result = ready("doctor", "--format", "jsonl")

    found = {line["check"]: line["state"] for line in map(json.loads, result.stdout.splitlines())}
    assert set(found.values()) <= {"ok", "warn"}
    assert result.exit_code == 0
    assert {"settings", "secret key", "database", "schema", "jobs", "disk space"} <= set(found)


def test_the_doctor_names_what_is_wrong(ready: Cli, settings: Settings) -> None:
    (settings.data_dir / "secret_key").chmod(0o644)
    settings.data_dir.chmod(0o755)

    result = ready("doctor")

    assert result.exit_code == 1
    assert re.search(r"FAIL +secret key +others may read", result.stdout)
    assert re.search(r"warn +data folder +others may look", result.stdout)


@pytest.mark.parametrize("key", ["", "short", "\n" * 64], ids=repr)
def test_a_key_that_can_be_guessed_is_not_used(ready: Cli, settings: Settings, key: str) -> None:
    (settings.data_dir / "secret_key").write_text(key)

    code, said = failure(ready("user", "list"))

    assert (code, "secret_key holds no key" in said) == (1, True)
    assert re.search(r"FAIL +secret key ", ready("doctor").stdout)


def test_the_doctor_makes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "none"

    result = CliRunner().invoke(
        command_group(), ["doctor"], env={"WORKBENCH_DATA_DIR": str(folder)}
    )

    assert result.exit_code == 1
    assert "run `workbench init`" in result.stdout
    assert not folder.exists()


def test_a_scheme_is_changed_after_its_plan_was_read(ready: Cli, tmp_path: Path) -> None:
    document = json.loads((resource_folder("seeds") / "claims.v1.json").read_text())
    (field,) = [field for field in document["fields"] if field["name"] == "medium"]
    field["values"] = [value for value in field["values"] if value["name"] != "essay"]
    file = tmp_path / "scheme.json"
    file.write_text(json.dumps(document))
    change = ("project", "scheme", file, "--project", "demo", "--step", "medium.essay=other")

    planned = ready(*change)
    assert "essay: retired" in planned.stdout
    assert "Nothing is changed yet" in planned.stdout

    done = ready(*change, "--yes")
    assert "revision 2" in done.stdout
    assert "0 answers are mapped, 0 asked again, 0 left as they are." in done.stdout
    assert "revision 2" in ready(*change, "--yes").stdout
    bad = ready("project", "scheme", file, "--project", "demo", "--step", "medium")
    assert failure(bad)[0] == 2
