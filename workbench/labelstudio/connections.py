"""A project's connection with a Label Studio server: made, changed, ended, and what it knows.

A project has one connection at a time. One that has ended keeps its runs and what both sides agreed
on; its token is forgotten.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_act
from workbench.accounts.tables import User
from workbench.accounts.tokens import hash_token, make_token
from workbench.canonical import Json, JsonObject
from workbench.clock import utc_now
from workbench.corpus.tables import Article, TextEdition
from workbench.errors import ConflictError, FetchError, InvalidInputError, NotFoundError
from workbench.labelstudio.people import Annotator, Person, common_title, match_people
from workbench.labelstudio.rules import ConflictState
from workbench.labelstudio.tables import (
    RemoteAnswer,
    RemoteConnection,
    RemotePerson,
    RemoteProject,
    RemoteTask,
    SyncConflict,
)
from workbench.projects.queries import get_project, newest_scheme
from workbench.projects.rules import Role
from workbench.projects.scheme import parse_scheme
from workbench.projects.tables import Membership, Project
from workbench.storage.base import make_public_id
from workbench.storage.database import db, share_project, transaction
from workbench.storage.encryption import LostKeyError, decrypt, encrypt

if TYPE_CHECKING:  # The client is loaded when a server is asked.
    from workbench.fetching import Door
    from workbench.labelstudio.client import Server
    from workbench.labelstudio.connecting import Asked, Found, FoundProject, Own

ACTIVE, PAUSED, ENDED = "active", "paused", "ended"
PURPOSE = "label-studio"
MINUTES = range(1, 1441)


@dataclass(frozen=True)
class KnownPerson:
    """Somebody with an account there; ``membership_id`` is their own here, if they have one.

    Of one who ``is_nobody`` here somebody said so.
    """

    id: int
    email: str
    name: str
    membership_id: int | None
    is_nobody: bool


@dataclass(frozen=True)
class KnownConnection:
    """A project's connection, and how many conflicts are open."""

    slug: str
    connection: RemoteConnection
    conflicts: int


def find_connection(session: Session, *, project_id: int) -> RemoteConnection | None:
    """Return the connection of a project that has not ended, if there is one."""
    return session.scalar(
        select(RemoteConnection).where(
            RemoteConnection.project_id == project_id, RemoteConnection.state != ENDED
        )
    )


def get_connection(session: Session, *, project_id: int) -> RemoteConnection:
    """Return the connection of a project; ``NotFoundError`` where it has none."""
    found = find_connection(session, project_id=project_id)
    if found is None:
        raise NotFoundError("The project is not connected with Label Studio.")
    return found


def refuse_second(session: Session, *, project_id: int) -> None:
    """Refuse to connect a project that is connected."""
    if (known := find_connection(session, project_id=project_id)) is not None:
        raise ConflictError(
            "The project is connected with %(address)s: disconnect it first.",
            address=known.address,
        )


def list_connections(session: Session) -> list[KnownConnection]:
    """List the connections of all projects that have not ended, by project."""
    conflicts = (
        select(func.count(SyncConflict.id))
        .where(SyncConflict.connection_id == RemoteConnection.id, SyncConflict.state == "open")
        .correlate(RemoteConnection)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Project.slug, RemoteConnection, conflicts)
        .join(RemoteConnection, RemoteConnection.project_id == Project.id)
        .where(RemoteConnection.state != ENDED)
        .order_by(Project.slug)
    )
    return [KnownConnection(slug, connection, count) for slug, connection, count in rows]


def can_read_token(connection: RemoteConnection, *, key: str) -> bool:
    """Tell whether a connection's token was encrypted with this key."""
    try:
        decrypt(connection.token_cipher, key=key, purpose=PURPOSE)
    except LostKeyError:
        return False
    return True


def list_remote_projects(session: Session, *, connection_id: int) -> Sequence[RemoteProject]:
    """List the projects there that a connection uses, in the order in which it came to them."""
    return session.scalars(
        select(RemoteProject)
        .where(RemoteProject.connection_id == connection_id)
        .order_by(RemoteProject.id)
    ).all()


def list_people(session: Session, *, connection_id: int) -> list[KnownPerson]:
    """List everybody who has an account there, by e-mail address."""
    rows = session.scalars(
        select(RemotePerson)
        .where(RemotePerson.connection_id == connection_id)
        .order_by(func.lower(RemotePerson.email), RemotePerson.id)
    )
    return [
        KnownPerson(row.remote_id, row.email, row.name, row.membership_id, row.is_nobody)
        for row in rows
    ]


def list_accounts(session: Session, *, project_id: int, address: str) -> set[int]:
    """Return by which accounts a project wrote on a server, be it by connections that ended."""
    kept = session.scalars(
        select(RemoteConnection.accounts).where(
            RemoteConnection.project_id == project_id, RemoteConnection.address == address
        )
    )
    return {account for accounts in kept for account in cast(list[int], accounts)}


def keep_account(session: Session, *, project_id: int, account: int) -> None:
    """Note by which account a project is about to write there."""
    connection = _lock(session, project_id)
    accounts = cast(list[Json], connection.accounts)
    if account not in accounts:
        connection.accounts = [*accounts, account]


def list_annotators(session: Session, *, project_id: int) -> list[Annotator]:
    """List the people who label in a project at present, by name."""
    rows = session.execute(
        select(Membership.id, User.email, User.name)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.project_id == project_id,
            Membership.role == Role.ANNOTATOR,
            Membership.ended_at.is_(None),
            User.active,
        )
        .order_by(func.lower(User.name), Membership.id)
    )
    return [Annotator(*row) for row in rows]


def read_own(session: Session, *, project_id: int) -> "Own":
    """Return what is to be known here before projects there are looked for."""
    from workbench.labelstudio.config import make_config  # noqa: PLC0415  # loads lxml
    from workbench.labelstudio.connecting import Own  # noqa: PLC0415  # loads the client

    return Own(
        make_config(
            parse_scheme(newest_scheme(session, project_id=project_id).document),
            language=get_project(session, project_id=project_id).language,
        ),
        list_annotators(session, project_id=project_id),
        _read_uids(session, project_id),
        _read_taken(session),
    )


def connect_there(
    asked: "Asked",
    *,
    project_id: int,
    submitted_means_read: bool,
    sync_minutes: int | None,
    key: str,
    door: "Door",
    by: int | None,
) -> None:
    """Connect a project: look there first, then write here, in a transaction of its own.

    Whatever is wrong is one sentence, and nothing has changed here.
    """
    from workbench.labelstudio.connecting import find_there  # noqa: PLC0415  # loads the client

    session = db.session()
    _check_minutes(sync_minutes)
    refuse_second(session, project_id=project_id)
    own = read_own(session, project_id=project_id)
    session.rollback()  # No database waits while a server is asked.
    found = find_there(asked, own, door=door)
    with transaction() as writing:
        connect_project(
            writing,
            project_id=project_id,
            found=found,
            submitted_means_read=submitted_means_read,
            sync_minutes=sync_minutes,
            key=key,
            by=by,
            now=utc_now(),
        )


def look_again(*, project_id: int, key: str, door: "Door") -> None:
    """Note who has an account there by now, and give newly known annotators their own projects.

    Its transactions are its own, since a server is asked between them.
    """
    from workbench.labelstudio.connecting import find_apart  # noqa: PLC0415  # loads the client

    session = db.session()
    connection = get_connection(session, project_id=project_id)
    used = list_remote_projects(session, connection_id=connection.id)
    title, is_apart = common_title(used[0].remote_title), used[0].membership_id is not None
    owners = {one.membership_id for one in used}
    own = read_own(session, project_id=project_id)
    new = [one for one in own.annotators if one.membership_id not in owners]
    session.expunge(connection)
    session.rollback()
    server = open_server(connection, key=key, door=door)
    people = server.list_people()
    with transaction() as writing:
        kept = get_connection(writing, project_id=project_id)
        known = {*keep_people(writing, connection=kept, people=people).values()}
    if is_apart and known - owners:
        projects = find_apart(server, title, replace(own, annotators=new), known - owners)
        with transaction() as writing:
            kept = get_connection(writing, project_id=project_id)
            add_projects(writing, connection=kept, projects=projects)


def tell_changes(*, project_id: int, to: str, key: str, door: "Door", by: int | None) -> None:
    """Have each project there tell of its changes at an address of ours, with a new secret.

    Its transactions are its own, since a server is asked between them.
    """
    session = db.session()
    connection = get_connection(session, project_id=project_id)
    used = [one.remote_id for one in list_remote_projects(session, connection_id=connection.id)]
    session.expunge(connection)
    session.rollback()
    server, secret = open_server(connection, key=key, door=door), make_token()
    for remote_id in used:
        server.tell_changes(remote_id, to=to, secret=secret)
    with transaction() as writing:
        keep_webhook_secret(writing, project_id=project_id, secret=secret, by=by, now=utc_now())


def stop_telling(*, project_id: int, key: str, door: "Door", by: int | None) -> bool:
    """Hear no hints any more, and have the projects there told so; tell whether that was done.

    Where it was not, they call in vain, and no harm is done.
    """
    with transaction() as writing:
        keep_webhook_secret(writing, project_id=project_id, secret=None, by=by, now=utc_now())
        connection = get_connection(writing, project_id=project_id)
        used = [one.remote_id for one in list_remote_projects(writing, connection_id=connection.id)]
        ending = hint_path(connection)
        writing.flush()
        writing.expunge(connection)
    try:
        server = open_server(connection, key=key, door=door)
        for remote_id in used:
            server.stop_telling(remote_id, ending=ending)
    except (FetchError, InvalidInputError, LostKeyError):
        return False
    return True


def hint_path(connection: RemoteConnection) -> str:
    """Return the path at which hints for a connection are heard."""
    return f"/hints/label-studio/{connection.public_id}"


def connect_project(
    session: Session,
    *,
    project_id: int,
    found: "Found",
    submitted_means_read: bool,
    sync_minutes: int | None,
    key: str,
    by: int | None,
    now: datetime,
) -> RemoteConnection:
    """Connect a project with what was found there; the token is kept encrypted.

    Without ``sync_minutes`` both sides meet only when somebody asks. Who was somebody at this
    address when an earlier connection ended still is.
    """
    share_project(session, project_id)
    session.scalar(select(Project.id).where(Project.id == project_id).with_for_update())
    refuse_second(session, project_id=project_id)
    connection = RemoteConnection(
        project_id=project_id,
        public_id=make_public_id(),
        address=found.address,
        token_cipher=encrypt(found.token, key=key, purpose=PURPOSE),
        token_kind=found.token_kind.value,
        submitted_means_read=submitted_means_read,
        sync_minutes=_check_minutes(sync_minutes),
        state=ACTIVE,
        problem=None,
        webhook_hash=None,
        made_by=by,
        made_at=now,
    )
    session.add(connection)
    session.flush()
    add_projects(session, connection=connection, projects=found.projects)
    _copy_people(session, connection)
    keep_people(session, connection=connection, people=found.people)
    details: JsonObject = {"address": found.address, "projects": len(found.projects)}
    record_act(session, connection, "connect_label_studio", by=by, now=now, details=details)
    return connection


def add_projects(
    session: Session, *, connection: RemoteConnection, projects: "Sequence[FoundProject]"
) -> None:
    """Use more projects there; those that are used already stay as they are."""
    used = {one.remote_id for one in list_remote_projects(session, connection_id=connection.id)}
    session.add_all(
        RemoteProject(
            project_id=connection.project_id,
            connection_id=connection.id,
            membership_id=one.membership_id,
            remote_id=one.id,
            remote_title=one.title,
            remote_made_at=one.made_at,
            config_sha=one.config_sha,
            watermark=None,
            cursor=0,
            swept_at=None,
        )
        for one in projects
        if one.id not in used
    )
    session.flush()


def _copy_people(session: Session, connection: RemoteConnection) -> None:
    """Note who was who under the project's last connection with the same address, if any."""
    last = (
        select(func.max(RemoteConnection.id))
        .where(
            RemoteConnection.project_id == connection.project_id,
            RemoteConnection.address == connection.address,
            RemoteConnection.id != connection.id,
        )
        .scalar_subquery()
    )
    earlier = session.scalars(select(RemotePerson).where(RemotePerson.connection_id == last))
    session.add_all(
        RemotePerson(
            project_id=connection.project_id,
            connection_id=connection.id,
            remote_id=one.remote_id,
            email=one.email,
            name=one.name,
            membership_id=one.membership_id,
            is_nobody=one.is_nobody,
        )
        for one in earlier
    )
    session.flush()


def keep_people(
    session: Session, *, connection: RemoteConnection, people: Sequence[Person]
) -> dict[int, int]:
    """Note who has an account there; return the memberships of those who are somebody here.

    Whom somebody linked stays linked; whoever has gone there is forgotten.
    """
    where = RemotePerson.connection_id == connection.id
    rows = {row.remote_id: row for row in session.scalars(select(RemotePerson).where(where))}
    annotators = list_annotators(session, project_id=connection.project_id)
    linked = {at: row.membership_id for at, row in rows.items() if row.membership_id is not None}
    nobody = {at for at, row in rows.items() if row.is_nobody}
    matched = match_people(people, annotators, linked=linked, nobody=nobody)
    gone = rows.keys() - {one.id for one in people}
    session.execute(delete(RemotePerson).where(where, RemotePerson.remote_id.in_(sorted(gone))))
    for one in people:
        row = rows.get(one.id)
        if row is None:
            row = RemotePerson(
                project_id=connection.project_id,
                connection_id=connection.id,
                remote_id=one.id,
            )
            session.add(row)
        row.email, row.name = one.email[:254], one.name[:200]
        row.membership_id = matched.get(one.id)
    session.flush()
    return matched


def link_person(
    session: Session,
    *,
    project_id: int,
    remote_id: int,
    membership_id: int | None,
    by: int | None,
    now: datetime,
) -> list[Annotator]:
    """Say who somebody there is here, or with ``None`` that they are nobody here.

    Returns in whose names their answers are until now; the next pull puts that right.
    """
    connection = _lock(session, project_id)
    rows = session.scalars(
        select(RemotePerson).where(RemotePerson.connection_id == connection.id)
    ).all()
    row = next((one for one in rows if one.remote_id == remote_id), None)
    if row is None:
        raise NotFoundError("There is no such account there.")
    if membership_id is not None:
        annotators = list_annotators(session, project_id=project_id)
        if membership_id not in {one.membership_id for one in annotators}:
            raise NotFoundError("There is no such annotator in this project.")
        other = next((one for one in rows if one.membership_id == membership_id), None)
        if other is not None and other is not row:
            raise ConflictError(
                "This annotator is %(email)s there already: one person has one account.",
                email=other.email,
            )
    row.membership_id, row.is_nobody = membership_id, membership_id is None
    # What they said already may have been left out until now: so all of it is read again.
    of_connection = RemoteProject.connection_id == connection.id
    session.execute(update(RemoteProject).where(of_connection).values(swept_at=None))
    earlier = _find_earlier(session, row) if membership_id is not None else []
    details: JsonObject = {
        "remote_id": remote_id,
        "membership": membership_id,
        "earlier": [one.membership_id for one in earlier],
    }
    record_act(session, connection, "link_label_studio", by=by, now=now, details=details)
    return earlier


def _find_earlier(session: Session, person: RemotePerson) -> list[Annotator]:
    """Return who else answers there by somebody's account, projects of one's own left out."""
    rows = session.execute(
        select(Membership.id, User.email, User.name)
        .join(User, User.id == Membership.user_id)
        .join(RemoteAnswer, RemoteAnswer.membership_id == Membership.id)
        .join(RemoteTask, RemoteTask.id == RemoteAnswer.remote_task_id)
        .join(RemoteProject, RemoteProject.id == RemoteTask.remote_project_id)
        .where(
            RemoteProject.connection_id == person.connection_id,
            RemoteProject.membership_id.is_(None),
            RemoteAnswer.account == person.remote_id,
            RemoteAnswer.state == "there",
            RemoteAnswer.membership_id != person.membership_id,
        )
        .distinct()
        .order_by(User.name, Membership.id)
    )
    return [Annotator(*row) for row in rows]


def change_connection(
    session: Session,
    *,
    project_id: int,
    submitted_means_read: bool,
    sync_minutes: int | None,
    by: int | None,
    now: datetime,
) -> None:
    """Change what a submitted task says of untouched sentences, and how often both sides meet."""
    connection = _lock(session, project_id)
    connection.submitted_means_read = submitted_means_read
    connection.sync_minutes = _check_minutes(sync_minutes)
    details: JsonObject = {
        "submitted_means_read": submitted_means_read,
        "sync_minutes": sync_minutes,
    }
    record_act(session, connection, "change_label_studio", by=by, now=now, details=details)


def pause_connection(
    session: Session, *, project_id: int, paused: bool, by: int | None, now: datetime
) -> None:
    """Let a connection rest, or go on: while it rests nothing goes either way."""
    connection = _lock(session, project_id)
    connection.state = PAUSED if paused else ACTIVE
    action = "pause_label_studio" if paused else "resume_label_studio"
    record_act(session, connection, action, by=by, now=now)


def change_token(*, project_id: int, token: str, key: str, door: "Door", by: int | None) -> None:
    """Use another token for the same server, which must know it, in a transaction of its own."""
    from workbench.labelstudio.client import connect  # noqa: PLC0415  # loads httpx

    session = db.session()
    address = get_connection(session, project_id=project_id).address
    session.rollback()
    server = connect(address, token, door=door)
    with transaction() as writing:
        connection = _lock(writing, project_id)
        connection.token_cipher = encrypt(token.strip(), key=key, purpose=PURPOSE)
        connection.token_kind = server.token_kind.value
        connection.problem = None
        record_act(writing, connection, "change_label_studio_token", by=by, now=utc_now())


def disconnect_there(*, project_id: int, key: str, door: "Door", by: int | None) -> bool:
    """End a project's connection; tell whether its hints, if it had any, were ended there, too.

    Its transactions are its own, since a server is asked between them.
    """
    session = db.session()
    has_hints = get_connection(session, project_id=project_id).webhook_hash is not None
    session.rollback()
    is_told = not has_hints or stop_telling(project_id=project_id, key=key, door=door, by=by)
    with transaction() as writing:
        disconnect_project(writing, project_id=project_id, by=by, now=utc_now())
    return is_told


def disconnect_project(session: Session, *, project_id: int, by: int | None, now: datetime) -> None:
    """End a project's connection; what is on either side stays there.

    Its open conflicts go: the next connection finds anew what clashes then.
    """
    connection = _lock(session, project_id)
    connection.state = ENDED
    connection.token_cipher = ""
    connection.webhook_hash = connection.problem = None
    is_open = SyncConflict.state == ConflictState.OPEN
    session.execute(
        update(SyncConflict)
        .where(SyncConflict.connection_id == connection.id, is_open)
        .values(state=ConflictState.GONE, settled_at=now)
    )
    record_act(session, connection, "disconnect_label_studio", by=by, now=now)


def open_server(connection: RemoteConnection, *, key: str, door: "Door") -> "Server":
    """Return the server of a connection, as the person of its token."""
    from workbench.labelstudio.client import connect  # noqa: PLC0415  # loads httpx

    token = decrypt(connection.token_cipher, key=key, purpose=PURPOSE)
    return connect(connection.address, token, door=door)


def keep_webhook_secret(
    session: Session, *, project_id: int, secret: str | None, by: int | None, now: datetime
) -> None:
    """Keep the hash of the secret that hints of changes must bring; without one none is heard."""
    connection = _lock(session, project_id)
    connection.webhook_hash = hash_token(secret) if secret is not None else None
    action = "stop_hearing_label_studio" if secret is None else "hear_label_studio"
    record_act(session, connection, action, by=by, now=now)


def hear_hint(session: Session, *, public_id: str, secret: str) -> RemoteConnection:
    """Return the connection that a hint is for; ``NotFoundError`` unless it brings its secret."""
    connection = session.scalar(
        select(RemoteConnection).where(RemoteConnection.public_id == public_id)
    )
    kept = connection.webhook_hash if connection and connection.state == ACTIVE else None
    # Compared in any case, so that the time taken tells nothing.
    is_right = hmac.compare_digest(hash_token(secret), kept or hash_token(make_token()))
    if connection is None or not is_right:
        raise NotFoundError("The address is wrong, or you have no access.")
    return connection


def _lock(session: Session, project_id: int) -> RemoteConnection:
    share_project(session, project_id)
    found = get_connection(session, project_id=project_id)
    session.refresh(found, with_for_update=True)
    return found


def _check_minutes(minutes: int | None) -> int | None:
    if minutes is not None and minutes not in MINUTES:
        raise InvalidInputError("Both sides meet every 1 to 1440 minutes, or when somebody asks.")
    return minutes


def _read_uids(session: Session, project_id: int) -> set[str]:
    rows = session.execute(
        select(Article.public_id, TextEdition.number)
        .join(TextEdition, TextEdition.article_id == Article.id)
        .where(Article.project_id == project_id)
    )
    return {f"{article}.{number}" for article, number in rows}


def _read_taken(session: Session) -> set[tuple[str, int, str]]:
    rows = session.execute(
        select(RemoteConnection.address, RemoteProject.remote_id, RemoteProject.remote_made_at)
        .join(RemoteProject, RemoteProject.connection_id == RemoteConnection.id)
        .where(RemoteConnection.state != ENDED)
    )
    return {(row[0], row[1], row[2]) for row in rows}
