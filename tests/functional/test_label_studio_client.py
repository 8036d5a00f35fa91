"""What the client makes of Label Studio, real and fake alike, and of who only looks like it."""

import base64
import json
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from tests.hostile import NAME, Names, article, local_names, open_site, page, raw, redirect
from tests.label_studio import EMAIL, TOKEN, LabelStudio
from workbench.canonical import JsonObject
from workbench.errors import FetchError, InvalidInputError, WorkbenchError
from workbench.fetching import Door, TooLargeError, UnclearError
from workbench.labelstudio.client import (
    ChangedThereError,
    GoneThereError,
    NotLabelStudioError,
    RefusedThereError,
    Server,
    TaskName,
    TokenKind,
    TokenRefusedError,
    connect,
    number_of,
)

XML = (
    '<View><Labels name="span" toName="text"><Label value="claim"/></Labels>'
    '<Text name="text" value="$text"/></View>'
)
WHOAMI = "/api/current-user/whoami"
UNKNOWN_TOKEN = "f" * 40
REGION = {
    "id": "r1",
    "from_name": "span",
    "to_name": "text",
    "type": "labels",
    "origin": "manual",
    "value": {"start": 0, "end": 3, "text": "Yes", "labels": ["claim"]},
}


def door_to(url: str) -> Door:
    return Door(frozenset({urlsplit(url).netloc}))


def task(uid: str) -> JsonObject:
    return {"data": {"uid": uid, "text": f"Yes: {uid} \u202f🚀."}}


@pytest.fixture
def server(either_label_studio: LabelStudio) -> Server:
    return connect(either_label_studio.url, TOKEN, door=door_to(either_label_studio.url))


@pytest.fixture
def project(server: Server) -> int:
    """An empty project; it goes with the server."""
    return server.make_project("Affirmations", XML).id


@pytest.fixture
def name(server: Server, project: int) -> TaskName:
    """A task in the project."""
    return TaskName(server.import_tasks(project, [task("a.1")])["a.1"], "a.1")


def test_a_server_says_who_is_there(server: Server) -> None:
    assert server.me.email == EMAIL
    assert server.token_kind is TokenKind.LEGACY
    assert server.me in server.list_people()


def test_a_personal_token_does_until_it_is_revoked(either_label_studio: LabelStudio) -> None:
    door = door_to(either_label_studio.url)
    pat = either_label_studio.call("POST", "/api/token/")["token"]

    personal = connect(either_label_studio.url, pat, door=door)
    access = either_label_studio.call("POST", "/api/token/refresh/", {"refresh": pat})["access"]
    either_label_studio.call("POST", "/api/token/blacklist/", {"refresh": pat})

    assert (personal.me.email, personal.token_kind) == (EMAIL, TokenKind.PERSONAL)
    with pytest.raises(TokenRefusedError, match="revoked"):
        connect(either_label_studio.url, pat, door=door)
    with pytest.raises(TokenRefusedError, match="short-lived"):
        connect(either_label_studio.url, access, door=door)


def test_an_unknown_token_and_a_wrong_path_are_told_apart(either_label_studio: LabelStudio) -> None:
    door = door_to(either_label_studio.url)
    with pytest.raises(TokenRefusedError, match="does not know the token"):
        connect(either_label_studio.url, UNKNOWN_TOKEN, door=door)
    with pytest.raises(NotLabelStudioError):
        connect(f"{either_label_studio.url}/projects", TOKEN, door=door)


def test_a_project_is_made_found_and_told_from_another(server: Server, project: int) -> None:
    made = server.read_project(project)

    assert made.config == XML
    assert made in server.find_projects(made.title)
    assert server.find_projects("Affirmation") == ()
    assert server.read_project(project, made_at=made.made_at) == made
    assert server.read_watermark(project) is None
    wider = XML.replace('<Label value="claim"/>', '<Label value="claim"/><Label value="cue"/>')
    assert server.change_config(project, wider).config == wider
    with pytest.raises(GoneThereError):
        server.read_project(project, made_at="2020-01-01T00:00:00.000000Z")
    with pytest.raises(RefusedThereError):
        server.change_config(project, "<View></Label>")


def test_the_same_import_twice_makes_each_task_once(server: Server, project: int) -> None:
    first = server.import_tasks(project, [task("a.1"), task("b.1")])
    again = server.import_tasks(project, [task("c.1"), task("a.1"), task("b.1")])

    assert {uid: again[uid] for uid in first} == first
    assert server.find_tasks(project, ["a.1", "d.1"]) == {"a.1": (first["a.1"],)}
    assert [one.uid for one in server.sweep_tasks(project, page=2)] == ["a.1", "b.1", "c.1"]
    read = [*server.read_tasks(project, most=1)]
    assert {one.uid: one.id for one in read} == again
    assert read[0].data == task("a.1")["data"]


def test_one_task_that_does_not_fit_keeps_all_out(server: Server, project: int) -> None:
    with pytest.raises(RefusedThereError):
        server.import_tasks(project, [task("a.1"), {"data": {"uid": "b.1"}}])
    with pytest.raises(InvalidInputError):
        server.import_tasks(project, [{"data": {"text": "without a uid"}}])

    assert server.sweep_tasks(project) == ()


def test_an_annotation_is_created_once(server: Server, name: TaskName) -> None:
    unique = uuid4()
    made = server.create_annotation(name, [REGION], unique_id=unique, person=server.me.id)
    again = server.create_annotation(name, [], unique_id=unique, person=server.me.id)

    assert (again.id, again.result) == (made.id, [REGION])
    assert (made.number, made.person) == (number_of(unique), server.me.id)
    assert not made.is_ground_truth
    assert [one.id for one in server.read_task(name).annotations] == [made.id]


def test_what_changed_there_meanwhile_is_not_written_over(
    server: Server, either_label_studio: LabelStudio, name: TaskName
) -> None:
    made = server.create_annotation(name, [], unique_id=uuid4(), person=server.me.id)
    ours = server.update_annotation(name, made, [REGION])
    edited = {**REGION, "id": "r2"}
    either_label_studio.call("PATCH", f"/api/annotations/{made.id}/", {"result": [edited]})

    for write in (
        lambda: server.update_annotation(name, ours, []),
        lambda: server.delete_annotation(name, ours),
    ):
        with pytest.raises(ChangedThereError):
            write()

    (theirs,) = server.read_task(name).annotations
    assert theirs.result == [edited]
    server.delete_annotation(name, theirs)
    server.delete_annotation(name, theirs)
    with pytest.raises(GoneThereError):
        server.update_annotation(name, theirs, [])


def test_another_task_under_the_same_number_is_left_alone(server: Server, name: TaskName) -> None:
    before = replace(name, uid="b.1")

    server.delete_task(before)
    with pytest.raises(GoneThereError):
        server.create_annotation(before, [], unique_id=uuid4(), person=server.me.id)
    with pytest.raises(GoneThereError):
        server.read_task(before)

    assert server.read_task(name).annotations == ()
    server.delete_task(name)
    server.delete_task(name)


def test_what_changed_since_is_read_and_nothing_else(server: Server, project: int) -> None:
    ids = server.import_tasks(project, [task("a.1"), task("b.1"), task("c.1")])
    watermark = server.read_watermark(project).changed_at
    name = TaskName(ids["b.1"], "b.1")
    made = server.create_annotation(name, [REGION], unique_id=uuid4(), person=server.me.id)
    changed = server.read_watermark(project).changed_at

    assert watermark is not None
    assert changed is not None
    assert changed > watermark
    (read,) = server.read_tasks(project, since=changed)
    assert (read.uid, read.annotations[0].id) == ("b.1", made.id)
    server.delete_annotation(name, made)
    after = [one for one in server.read_tasks(project, since=changed) if one.uid == "b.1"]
    assert [one.annotations for one in after] == [()]


def test_a_task_deleted_between_two_pages_hides_no_other(server: Server, project: int) -> None:
    ids = server.import_tasks(project, [task(f"{number}.1") for number in range(6)])
    pages = server.read_tasks(project, most=2)

    read = [next(pages).uid, next(pages).uid]
    server.delete_task(TaskName(ids["0.1"], "0.1"))

    assert [*read, *(one.uid for one in pages)] == [*ids]


def test_a_project_deleted_while_it_is_read_is_an_error(server: Server, project: int) -> None:
    server.import_tasks(project, [task(f"{number}.1") for number in range(4)])
    pages = server.read_tasks(project, most=2)
    assert [next(pages).uid, next(pages).uid] == ["0.1", "1.1"]

    server.delete_project(project)

    with pytest.raises(GoneThereError):
        next(pages)
    with pytest.raises(GoneThereError):
        server.sweep_tasks(project)
    with pytest.raises(GoneThereError):
        server.import_tasks(project, [task("a.1")])


ANSWERS = {
    "another program's page": (page(article("Welcome")), NotLabelStudioError),
    "no JSON": (page("{", content_type="application/json"), NotLabelStudioError),
    "no number": (page('{"id": NaN}', content_type="application/json"), NotLabelStudioError),
    "JSON without end": (page("[" * 9999, content_type="application/json"), NotLabelStudioError),
    "JSON of something else": (
        page('{"id": "1"}', content_type="application/json"),
        NotLabelStudioError,
    ),
    "a list for an object": (page("[1]", content_type="application/json"), NotLabelStudioError),
    "a way to somewhere else": (redirect("/login"), NotLabelStudioError),
    "a broken answer": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), UnclearError),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH\r\n"), UnclearError),
}


@pytest.mark.parametrize(("answer", "error"), ANSWERS.values(), ids=ANSWERS)
def test_whoever_is_no_label_studio_is_told_so(answer: object, error: type[FetchError]) -> None:
    with open_site({WHOAMI: answer}) as site:
        door = Door(frozenset({site.place}), resolve=local_names())
        with pytest.raises(error) as caught:
            connect(site.url(""), TOKEN, door=door)
        assert site.asked == [WHOAMI]
    assert_says_little(caught.value)


def assert_says_little(error: WorkbenchError) -> None:
    said = str(error)
    assert TOKEN not in said
    assert said.count(". ") == 0
    assert said.endswith(".")


def token_of(claims: JsonObject) -> str:
    told = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{told}.c2lnbmF0dXJl"


BAD_TOKENS = {
    "empty": "",
    "with a line": f"{TOKEN}\nX-Other: 1",
    "run out": token_of({"token_type": "refresh", "exp": 1}),
    "short-lived": token_of({"token_type": "access", "exp": 1 << 40}),
}


@pytest.mark.parametrize("token", BAD_TOKENS.values(), ids=BAD_TOKENS)
def test_a_token_that_cannot_be_one_goes_nowhere(token: str) -> None:
    with open_site({}) as site:
        door = Door(frozenset({site.place}), resolve=local_names())
        with pytest.raises(TokenRefusedError) as caught:
            connect(site.url(""), token, door=door)
        assert site.asked == []
    assert_says_little(caught.value)


BAD_ADDRESSES = {
    "no address": "label studio",
    "http on the web": "http://labels.example.org",
    "this machine": "https://127.0.0.1:8080",
    "a name within": "https://labels.internal",
    "a cloud's own": "https://169.254.169.254",
    "a password in it": "https://admin:secret@labels.example.org",
    "a search in it": "https://labels.example.org/?next=1",
    "a name that leads within": f"https://{NAME}",
}


@pytest.mark.parametrize("address", BAD_ADDRESSES.values(), ids=BAD_ADDRESSES)
def test_an_address_that_may_not_be_asked_is_not_asked(address: str) -> None:
    names = local_names()
    assert isinstance(names, Names)
    with pytest.raises(InvalidInputError) as caught:
        connect(address, TOKEN, door=Door(resolve=names))
    assert_says_little(caught.value)
    assert "secret" not in str(caught.value)


def test_a_number_fits_the_server_s_column() -> None:
    assert number_of(UUID(int=(1 << 128) - 1)) == (1 << 63) - 1


def test_pages_too_large_are_asked_for_again_in_parts(
    server: Server, project: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = [{"data": {"uid": f"{at}.1", "text": "Yes. " * 2000}} for at in range(5)]
    ids = server.import_tasks(project, [*map(task, "abc"), *long])

    monkeypatch.setattr("workbench.labelstudio.client.MAX_BYTES", 30_000)

    assert [one.id for one in server.read_tasks(project)] == sorted(ids.values())
    monkeypatch.setattr("workbench.labelstudio.client.MAX_BYTES", 9_000)
    with pytest.raises(TooLargeError):
        [*server.read_tasks(project)]
