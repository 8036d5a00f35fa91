"""A project is connected with a real Label Studio, or one sentence says why not."""

from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, make_annotator, make_project
from tests.label_studio import EMAIL, TOKEN, LabelStudio
from tests.proxy import open_proxy
from workbench.accounts.tables import AuditEvent
from workbench.canonical import Json
from workbench.errors import (
    ConflictError,
    FetchError,
    InvalidInputError,
    NotFoundError,
    WorkbenchError,
)
from workbench.fetching import Door
from workbench.labelstudio.client import NotLabelStudioError, TokenRefusedError
from workbench.labelstudio.config import hash_config
from workbench.labelstudio.connecting import Asked, find_there
from workbench.labelstudio.connections import (
    change_connection,
    connect_project,
    disconnect_project,
    find_connection,
    get_connection,
    hear_hint,
    keep_people,
    keep_webhook_secret,
    link_person,
    list_people,
    list_remote_projects,
    open_server,
    pause_connection,
    read_own,
    refuse_second,
)
from workbench.labelstudio.people import Person
from workbench.labelstudio.tables import RemoteConnection
from workbench.storage.encryption import LostKeyError

pytestmark = pytest.mark.labelstudio

KEY = "k" * 64


@pytest.fixture
def asked(label_studio: LabelStudio) -> Asked:
    return Asked(label_studio.url, TOKEN, f"Débat {uuid4().hex[:12]}", is_apart=False)


@pytest.fixture
def door(label_studio: LabelStudio) -> Door:
    return Door(frozenset({urlsplit(label_studio.url).netloc}))


def connect(session: Session, project_id: int, asked: Asked, door: Door) -> RemoteConnection:
    found = find_there(asked, read_own(session, project_id=project_id), door=door)
    return connect_project(
        session,
        project_id=project_id,
        found=found,
        submitted_means_read=False,
        sync_minutes=None,
        key=KEY,
        by=None,
        now=NOW,
    )


def test_a_project_is_made_there_and_its_token_is_no_longer_to_be_seen(
    session: Session, asked: Asked, door: Door
) -> None:
    project = make_project(session)
    made = connect(session, project.id, asked, door)

    (used,) = list_remote_projects(session, connection_id=made.id)
    server = open_server(made, key=KEY, door=door)
    assert server.read_project(used.remote_id, made_at=used.remote_made_at).title == asked.project
    (event,) = session.scalars(
        select(AuditEvent).where(AuditEvent.subject.like("remote_connection %"))
    )
    assert TOKEN not in f"{vars(made)} {vars(event)}"
    assert EMAIL in {person.email for person in list_people(session, connection_id=made.id)}
    with pytest.raises(LostKeyError):
        open_server(made, key="K" * 64, door=door)


def test_the_same_project_is_found_again_by_title_and_by_number(
    session: Session, asked: Asked, door: Door
) -> None:
    project = make_project(session)
    first = connect(session, project.id, asked, door)
    number = list_remote_projects(session, connection_id=first.id)[0].remote_id
    for named in (asked.project, f"#{number}"):
        disconnect_project(session, project_id=project.id, by=None, now=NOW)
        again = connect(session, project.id, replace(asked, project=named), door)
        assert list_remote_projects(session, connection_id=again.id)[0].remote_id == number
    assert first.token_cipher == ""


def test_each_annotator_gets_a_project_who_has_an_account_there(
    session: Session, asked: Asked, door: Door, label_studio: LabelStudio
) -> None:
    project = make_project(session)
    for _ in range(2):
        make_annotator(session, project, uuid4().hex)
    with pytest.raises(InvalidInputError, match="Nobody at"):
        connect(session, project.id, replace(asked, is_apart=True), door)
    email = f"{uuid4().hex[:8]}@example.org"
    label_studio.call("POST", "/api/users/", {"email": email, "username": email})
    _, membership_id = make_annotator(session, project, email.partition("@")[0])

    made = connect(session, project.id, replace(asked, is_apart=True), door)

    (used,) = list_remote_projects(session, connection_id=made.id)
    assert used.membership_id == membership_id
    assert used.remote_title.endswith(f" · {email.partition('@')[0]}")


def test_what_was_made_there_before_it_broke_off_is_said_and_used_next_time(
    session: Session, asked: Asked, door: Door, label_studio: LabelStudio
) -> None:
    project = make_project(session)
    for name in (uuid4().hex[:8], uuid4().hex[:8]):
        email = f"{name}@example.org"
        label_studio.call("POST", "/api/users/", {"email": email, "username": email})
        make_annotator(session, project, name)
    asked = replace(asked, is_apart=True)
    made = 0

    def drop(line: str) -> bool:
        nonlocal made
        made += line.startswith("POST /api/projects/")
        return made == 2

    with open_proxy(label_studio.url) as proxy:
        proxy.listener = drop
        door = Door(frozenset({*door.private_hosts, urlsplit(proxy.url).netloc}))
        with pytest.raises(FetchError, match=f"next try uses them: {asked.project} · ") as said:
            connect(session, project.id, replace(asked, address=proxy.url), door)
    first = connect(session, project.id, asked, door)

    used = [one.remote_title for one in list_remote_projects(session, connection_id=first.id)]
    assert len({one for one in used if one in str(said.value)}) == 1
    there = label_studio.call("GET", f"/api/projects/?title={asked.project}&page_size=9")
    assert len(there["results"]) == 2


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"address": "https://10.0.0.1"}, (InvalidInputError, "closed network")),
        ({"address": "http://labels.example.org"}, (InvalidInputError, "https only")),
        ({"address": "labels"}, (InvalidInputError, "labels")),
        ({"token": "f" * 40}, (TokenRefusedError, "does not know the token")),
        ({"token": "é"}, (TokenRefusedError, "no token")),
        ({"project": "ab"}, (InvalidInputError, "3 to 50")),
        ({"project": "#x"}, (InvalidInputError, "#12")),
        ({"project": "#99999"}, (InvalidInputError, "There is no project #99999 at")),
        ({"address": " "}, (InvalidInputError, "is missing")),
        ({"project": "#1", "is_apart": True}, (InvalidInputError, "title that they begin with")),
    ],
)
def test_what_cannot_be_connected_is_said_in_a_sentence(
    session: Session,
    asked: Asked,
    door: Door,
    change: dict[str, str],
    refusal: tuple[type[WorkbenchError], str],
) -> None:
    project = make_project(session)
    with pytest.raises(refusal[0], match=refusal[1]) as said:
        connect(session, project.id, replace(asked, **change), door)
    assert TOKEN not in str(said.value)
    assert session.scalars(select(RemoteConnection)).all() == []


def test_a_server_of_our_own_network_is_asked_only_with_permission(
    session: Session, asked: Asked
) -> None:
    project = make_project(session)
    with pytest.raises(InvalidInputError):
        connect(session, project.id, asked, Door())
    assert find_connection(session, project_id=project.id) is None


def test_a_path_of_the_server_is_no_label_studio(
    session: Session, asked: Asked, door: Door
) -> None:
    project = make_project(session)
    with pytest.raises(NotLabelStudioError):
        connect(session, project.id, replace(asked, address=f"{asked.address}/user"), door)


OTHER = (
    '<View><Choices name="c" toName="text"><Choice value="a"/></Choices>'
    '<Text name="text" value="$text"/></View>'
)


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        ([], "asks something else"),
        ([{"data": {"text": "…"}}], "no articles of this project"),
        ([{"data": {"text": "…", "uid": "other.1"}}], "no articles of this project"),
    ],
)
def test_somebody_else_s_project_is_left_as_it_is(
    session: Session, asked: Asked, door: Door, tasks: list[Json], words: str
) -> None:
    project, there = make_project(session), LabelStudio(asked.address)
    given = {"title": asked.project, "label_config": OTHER}
    path = f"/api/projects/{there.call('POST', '/api/projects/', given)['id']}/"
    if tasks:
        there.call("POST", f"{path}import", tasks)

    with pytest.raises(InvalidInputError, match=words):
        connect(session, project.id, asked, door)
    assert there.call("GET", path)["label_config"] == OTHER


def test_a_project_that_asks_nothing_yet_is_given_the_scheme(
    session: Session, asked: Asked, door: Door, label_studio: LabelStudio
) -> None:
    project = make_project(session)
    label_studio.call("POST", "/api/projects/", {"title": asked.project})
    made = connect(session, project.id, asked, door)
    (used,) = list_remote_projects(session, connection_id=made.id)
    there = open_server(made, key=KEY, door=door).read_project(used.remote_id)
    assert hash_config(there.config) == used.config_sha


def test_a_project_there_has_one_project_here_and_the_other_way_round(
    session: Session, asked: Asked, door: Door
) -> None:
    project, other = make_project(session), make_project(session, "other")
    connect(session, project.id, asked, door)
    with pytest.raises(ConflictError, match="disconnect it first"):
        refuse_second(session, project_id=project.id)
    with pytest.raises(ConflictError, match="choose another one"):
        connect(session, other.id, asked, door)


def test_two_projects_of_one_title_are_named_by_number(
    session: Session, asked: Asked, door: Door, label_studio: LabelStudio
) -> None:
    project = make_project(session)
    for _ in range(2):
        label_studio.call("POST", "/api/projects/", {"title": asked.project})
    with pytest.raises(InvalidInputError, match="has 2 projects of this title"):
        connect(session, project.id, asked, door)


def test_a_person_whose_address_is_unknown_is_linked_by_hand(
    session: Session, asked: Asked, door: Door
) -> None:
    project = make_project(session)
    _, anna = make_annotator(session, project, uuid4().hex)
    made = connect(session, project.id, asked, door)
    people = [Person(1, "a.nonyme@example.org", "A."), Person(2, "b@example.org", "B.")]
    assert keep_people(session, connection=made, people=people) == {}
    named = {"project_id": project.id, "by": None, "now": NOW}

    link_person(session, remote_id=1, membership_id=anna, **named)
    with pytest.raises(ConflictError, match=r"a\.nonyme@example.org"):
        link_person(session, remote_id=2, membership_id=anna, **named)
    with pytest.raises(NotFoundError):
        link_person(session, remote_id=3, membership_id=anna, **named)

    assert keep_people(session, connection=made, people=people) == {1: anna}
    assert keep_people(session, connection=made, people=people[1:]) == {}


def test_a_connection_rests_and_goes_on(session: Session, asked: Asked, door: Door) -> None:
    project = make_project(session)
    made = connect(session, project.id, asked, door)
    named = {"project_id": project.id, "by": None, "now": NOW}

    pause_connection(session, paused=True, **named)
    assert made.state == "paused"
    pause_connection(session, paused=False, **named)
    change_connection(session, submitted_means_read=True, sync_minutes=5, **named)
    assert (made.state, made.sync_minutes) == ("active", 5)
    with pytest.raises(InvalidInputError, match="1 to 1440"):
        change_connection(session, submitted_means_read=True, sync_minutes=0, **named)


def test_a_hint_without_its_secret_is_not_heard(session: Session, asked: Asked, door: Door) -> None:
    project = make_project(session)
    made = connect(session, project.id, asked, door)
    named = {"project_id": project.id, "by": None, "now": NOW}
    secret = "s" * 43
    keep_webhook_secret(session, secret=secret, **named)

    assert hear_hint(session, public_id=made.public_id, secret=secret) is made
    for public_id, said in ((made.public_id, "é"), (made.public_id, ""), ("0" * 16, secret)):
        with pytest.raises(NotFoundError):
            hear_hint(session, public_id=public_id, secret=said)
    pause_connection(session, paused=True, **named)
    with pytest.raises(NotFoundError):
        hear_hint(session, public_id=made.public_id, secret=secret)
    disconnect_project(session, **named)
    with pytest.raises(NotFoundError):
        get_connection(session, project_id=project.id)
