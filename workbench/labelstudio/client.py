"""The one door to a Label Studio server: what it is asked, and what its answers are taken for.

The server says little when something is wrong: it takes any result, forgets ids, sends on what it
does not know as a page, and has no lock. So tasks are paged by key, a task is known by its
``uid`` alone, a write is sent once and only after a look at what is there, and every answer that
is not what was asked for is an error. Nothing of an answer gets into an error.
"""

import base64
import binascii
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from workbench.canonical import Json, JsonObject
from workbench.errors import ConflictError, FetchError, InvalidInputError
from workbench.fetching import Door, Reply, TooLargeError
from workbench.labelstudio.people import Person
from workbench.links import DEFAULT_PORTS, ClosedNetworkError, check_link, join_place, place_of

SECONDS = 120.0  # for one request; of many tasks the server makes a minute's work
MAX_BYTES = 64 << 20
FIRST, MOST = 20, 200  # tasks of a page, with whole texts and everybody's answers
AIMED = 4 << 20  # bytes of such a page: each costs the server a start, and memory here
# Of a whole task and of its annotations; else predictions come, too, and much that is made up.
WHOLE = {
    "fields": "all",
    "include": "id,data,created_at,updated_at,annotations,result,completed_by,import_id,updated_by,"
    "was_cancelled,ground_truth",
}
SWEPT = 2000  # tasks, without answers
LOOKED_UP = 100  # uids, which all stand in the address
WRITTEN = 200  # tasks, all or none of which are imported
SECRET_HEADER = "X-Workbench-Secret"  # noqa: S105  # the name of it
TOLD = (
    *("ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_CREATED", "ANNOTATIONS_DELETED"),
    *("TASKS_CREATED", "TASKS_DELETED", "PROJECT_UPDATED"),
)
_ACCESS_SECONDS = 200  # A personal token is exchanged for one of 300.
_TOKEN = re.compile(r"[!-~]{6,4000}")
LEAST_TITLE, MOST_TITLE = 3, 50  # characters of a project's title

_T = TypeVar("_T")


class TokenKind(StrEnum):
    """What a person's token is: it is sent as it is, or exchanged for a short-lived one."""

    LEGACY = "legacy"
    PERSONAL = "personal"


class NotLabelStudioError(FetchError):
    """Whoever answers at the address is no Label Studio, or is not at this address."""

    code = "not_label_studio"


class TokenRefusedError(FetchError):
    """The server does not take the token, or does not let its person do this."""

    code = "token_refused"


class GoneThereError(FetchError):
    """What was asked for is no more there; nothing was changed."""

    code = "gone_there"


class RefusedThereError(FetchError):
    """The server did not take what was sent; nothing was changed."""

    code = "refused_there"


class ChangedThereError(ConflictError):
    """Something else stands there than was seen before; nothing was changed."""

    code = "changed_there"


@dataclass(frozen=True)
class Project:
    """A project there; ids are used again, ``made_at`` tells one from another."""

    id: int
    title: str
    config: str
    made_at: str


@dataclass(frozen=True)
class TaskName:
    """Where a task is and which it is; ``uid`` is ours."""

    id: int
    uid: str


@dataclass(frozen=True)
class RemoteAnnotation:
    """One person's answer to a task; ``result`` is anything, ``number`` tells ours again."""

    id: int
    person: int | None
    result: Json
    number: int | None
    changed_at: str
    changed_by: int | None
    is_skipped: bool
    is_ground_truth: bool


@dataclass(frozen=True)
class RemoteTask:
    """A task with all its annotations; ``uid`` is none where we did not make it."""

    id: int
    uid: str | None
    data: JsonObject
    made_at: str
    changed_at: str
    annotations: tuple[RemoteAnnotation, ...]


@dataclass(frozen=True)
class Watermark:
    """When the newest change of a project was, by their clock, and how many tasks it has."""

    changed_at: str
    tasks: int


@dataclass(frozen=True)
class SweptTask:
    """A task as a list of all of them has it."""

    id: int
    uid: str | None
    made_at: str
    changed_at: str


def check_address(address: str, *, private_hosts: frozenset[str]) -> str:
    """Return the address of a server, without a slash at its end.

    It is https; http is for what ``private_hosts`` list as ``host:port``.
    """
    if not address.strip():
        raise InvalidInputError(
            "The address of the Label Studio is missing: give it, such as"
            " https://labels.example.org."
        )
    try:
        link = check_link(address, private_hosts=private_hosts)
    except ClosedNetworkError:
        raise _closed(address.strip()) from None
    parts = urlsplit(link)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    if parts.scheme != "https" and join_place(parts.hostname or "", port) not in private_hosts:
        raise InvalidInputError(
            "%(place)s is asked over https only: a token would be read on the way.",
            place=place_of(link),
        )
    if parts.query or parts.fragment:
        raise InvalidInputError(
            "The address of a Label Studio ends with its name or a path: leave out what comes"
            " after a question mark or a number sign."
        )
    return link.rstrip("/")


def _closed(address: str) -> ClosedNetworkError:
    parts = urlsplit(address)
    return ClosedNetworkError(
        "%(place)s is a machine of a closed network, which is asked only if the setting"
        " WORKBENCH_ALLOWED_PRIVATE_HOSTS names it.",
        place=join_place(parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]),
    )


def number_of(unique_id: UUID) -> int:
    """Return the number by which an annotation is found again; its own id is not shown there."""
    return unique_id.int >> 65


def connect(address: str, token: str, *, door: Door, seconds: float = SECONDS) -> "Server":
    """Return the server at an address, as the person of the token, or say what is wrong.

    A request may take so many seconds.
    """
    checked = check_address(address, private_hosts=door.private_hosts)
    return Server(checked, _Key(token.strip()), replace(door, seconds=seconds))


class Server:
    """A server that knows a token; ``me`` is the person whom the token is of."""

    def __init__(self, address: str, key: "_Key", door: Door) -> None:
        self.address = address
        self._host = place_of(address)
        self._key, self._door = key, door
        self._is_known = False
        self.me = _person(_Reader(self._host, self._get("/api/current-user/whoami")))
        self._is_known = True

    @property
    def token_kind(self) -> TokenKind:
        """Which kind of token is used."""
        return self._key.kind

    def list_people(self) -> tuple[Person, ...]:
        """Return everybody who has an account there."""
        found = _Reader(self._host, self._get("/api/users/"))
        return tuple(_person(one) for one in found.entries())

    def find_projects(self, title: str) -> tuple[Project, ...]:
        """Return the projects of exactly this title, of which there may be several."""
        query = {"title": title, "page_size": str(SWEPT)}
        found = _Reader(self._host, self._get("/api/projects/", query))
        listed = [_project(one) for one in found.part("results").entries()]
        return tuple(one for one in listed if one.title == title)

    def make_project(self, title: str, config: str) -> Project:
        """Make a project; titles have 3 to 50 characters and need not be unique."""
        if not LEAST_TITLE <= len(title) <= MOST_TITLE:
            raise InvalidInputError("A project there has a title of 3 to 50 characters.")
        made = self._write("POST", "/api/projects/", {"title": title, "label_config": config})
        return _project(_Reader(self._host, made))

    def read_project(self, project_id: int, *, made_at: str | None = None) -> Project:
        """Return a project; ``GoneThereError`` also where another has got its id since."""
        found = _project(_Reader(self._host, self._get(_project_path(project_id))))
        if made_at is not None and found.made_at != made_at:
            raise self._gone()
        return found

    def delete_project(self, project_id: int) -> None:
        """Delete a project with all that it has."""
        self._write("DELETE", _project_path(project_id))

    def change_config(self, project_id: int, config: str) -> Project:
        """Give a project another labelling configuration."""
        changed = self._write("PATCH", _project_path(project_id), {"label_config": config})
        return _project(_Reader(self._host, changed))

    def tell_changes(self, project_id: int, *, to: str, secret: str) -> None:
        """Have changes of a project told to an address, with a secret in a header; once only.

        ``RefusedThereError`` or ``TokenRefusedError`` where the server does not call such an
        address, as of its own network.
        """
        self.stop_telling(project_id, ending=urlsplit(to).path)
        wanted: JsonObject = {
            "url": to,
            "project": project_id,
            "headers": {SECRET_HEADER: secret},
            "send_payload": False,
            "send_for_all_actions": False,
            "actions": [*TOLD],
        }
        self._write("POST", "/api/webhooks/", wanted)

    def stop_telling(self, project_id: int, *, ending: str) -> None:
        """Have changes of a project told no more to addresses that end so."""
        query = {"project": str(project_id)}
        for one in _Reader(self._host, self._get("/api/webhooks/", query)).entries():
            if one.text("url").endswith(ending):
                self._write("DELETE", f"/api/webhooks/{one.number('id')}/")

    def read_watermark(self, project_id: int) -> Watermark | None:
        """Return up to where a project can be read just now; none without tasks."""
        query = {
            "query": _query([], "-tasks:updated_at"),
            "page_size": "1",
            "include": "id,updated_at",
        }
        answer, _ = self._read_page(project_id, query)
        found = answer.part("tasks").entries()
        if not found:
            return None
        return Watermark(found[0].moment("updated_at"), answer.number("total"))

    def read_tasks(
        self, project_id: int, *, since: str | None = None, most: int = MOST
    ) -> Iterator[RemoteTask]:
        """Yield whole tasks by id, those changed at ``since`` or later if that is given.

        Each page is asked for by the last id, so that none is lost or doubled by what happens
        meanwhile; it has as many tasks, ``most`` at most, as those before make likely to be small.
        Any failure ends it with an error: what was yielded is then not all there is.
        """
        filters: list[Json] = []
        if since is not None:
            filters.append(_filter("updated_at", "greater_or_equal", "Datetime", since))
        for entry in self._read_by_key(project_id, filters, WHOLE, min(FIRST, most), most):
            yield _task(entry)

    def sweep_tasks(self, project_id: int, *, page: int = SWEPT) -> tuple[SweptTask, ...]:
        """Return all tasks without their annotations: what is missing here is gone there."""
        fields = {"include": "id,data,created_at,updated_at"}
        return tuple(
            SweptTask(
                one.number("id"), _uid(one), one.moment("created_at"), one.moment("updated_at")
            )
            for one in self._read_by_key(project_id, [], fields, page)
        )

    def find_tasks(self, project_id: int, uids: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Return the ids of the tasks with these uids; a uid of several has the lowest first."""
        found: dict[str, tuple[int, ...]] = {}
        for some in _cut([*dict.fromkeys(uids)], LOOKED_UP):
            wanted = _filter("data.uid", "in_list", "List", [*some])
            fields = {"include": "id,data,updated_at"}
            for one in self._read_by_key(project_id, [wanted], fields, SWEPT):
                uid = _uid(one)
                if uid is not None and uid in some:
                    found[uid] = (*found.get(uid, ()), one.number("id"))
        return found

    def import_tasks(self, project_id: int, tasks: Sequence[JsonObject]) -> dict[str, int]:
        """Import the tasks that are not there yet; return the ids of all by their uids.

        Each has its ``uid`` in its data. A part of at most 200 comes in whole or not; after an
        error it is enough to call again. After ``UnclearError`` they may still be coming in: call
        again once two look-ups agree.
        """
        ids: dict[str, int] = {}
        for some in _cut(tasks, WRITTEN):
            by_uid = {_own_uid(task): task for task in some}
            ids |= {uid: at[0] for uid, at in self.find_tasks(project_id, [*by_uid]).items()}
            missing = {uid: task for uid, task in by_uid.items() if uid not in ids}
            if missing:
                given: list[Json] = [*missing.values()]
                path = f"{_project_path(project_id)}import"
                done = self._write("POST", path, given, {"return_task_ids": "true"})
                made = _Reader(self._host, done).numbers("task_ids")
                if len(made) != len(missing):
                    raise self._strange()
                ids |= dict(zip(missing, made, strict=True))
        return ids

    def read_task(self, name: TaskName) -> RemoteTask:
        """Return a task; ``GoneThereError`` also where another has got its id since."""
        found = _task(_Reader(self._host, self._get(_task_path(name))))
        if found.uid != name.uid:
            raise self._gone()
        return found

    def change_task(self, task: RemoteTask, data: JsonObject) -> None:
        """Replace the data of a task that was just read; all of it is given."""
        self._write("PATCH", _task_path(task), {"data": {**data, "uid": task.uid}})

    def delete_task(self, name: TaskName) -> None:
        """Delete a task with everybody's annotations; one that is gone is no error."""
        try:
            self.read_task(name)
            self._write("DELETE", _task_path(name))
        except GoneThereError:
            return

    def create_annotation(
        self, name: TaskName, result: Sequence[Json], *, unique_id: UUID, person: int
    ) -> RemoteAnnotation:
        """Create an annotation, or return the one that was created under this id before."""
        if known := self._find(name, unique_id):
            return known
        number = number_of(unique_id)
        wanted: JsonObject = {
            "result": [*result],
            "unique_id": str(unique_id),
            "import_id": number,
            "completed_by": person,
            "ground_truth": False,
        }
        try:
            made = self._write("POST", f"{_task_path(name)}annotations/", wanted)
        except ChangedThereError:  # It came in since, from an earlier try.
            if known := self._find(name, unique_id):
                return known
            raise
        return _annotation(_Reader(self._host, made))

    def update_annotation(
        self, name: TaskName, before: RemoteAnnotation, result: Sequence[Json]
    ) -> RemoteAnnotation:
        """Replace the result of an annotation that still says what it said ``before``.

        ``ChangedThereError`` where it says something else, is another's or marked as ground
        truth, ``GoneThereError`` where it was deleted.
        """
        self._check_same(name, before)
        wanted: list[Json] = [*result]
        changed = self._write("PATCH", _annotation_path(before.id), {"result": wanted})
        after = _annotation(_Reader(self._host, changed))
        if after.result != wanted:
            raise self._changed()
        return after

    def delete_annotation(self, name: TaskName, before: RemoteAnnotation) -> None:
        """Delete an annotation that still says what it said; one that is gone is no error."""
        try:
            self._check_same(name, before)
            self._write("DELETE", _annotation_path(before.id))
        except GoneThereError:
            return

    def give_predictions(
        self, project_id: int, results: Mapping[int, Sequence[Json]], *, model: str
    ) -> None:
        """Add to tasks, by number, what a model says of each; what they have stays."""
        for some in _cut([*results.items()], WRITTEN):
            wanted: list[Json] = [
                {"task": number, "result": [*result], "model_version": model}
                for number, result in some
            ]
            self._write("POST", f"{_project_path(project_id)}import/predictions", wanted)

    def drop_predictions(self, task_id: int, *, ours: str) -> None:
        """Delete from a task what models said of it whose names begin so."""
        found = self._get("/api/predictions/", {"task": str(task_id)})
        for one in _Reader(self._host, found).entries():
            if str(one.part("model_version").value).startswith(ours):
                try:
                    self._write("DELETE", f"/api/predictions/{one.number('id')}/")
                except GoneThereError:
                    continue

    def use_model(self, project_id: int, model: str, *, ours: str) -> None:
        """Let people begin with what a model says, unless they begin with another's than ours."""
        found = _Reader(self._host, self._get(_project_path(project_id)))
        before = str(found.part("model_version").value or "")
        if before != model and (not before or before.startswith(ours)):
            self._write("PATCH", _project_path(project_id), {"model_version": model})

    def _find(self, name: TaskName, unique_id: UUID) -> RemoteAnnotation | None:
        number = number_of(unique_id)
        found = self.read_task(name).annotations
        return next((one for one in found if one.number == number), None)

    def _check_same(self, name: TaskName, before: RemoteAnnotation) -> None:
        found = {one.id: one for one in self.read_task(name).annotations}
        now = found.get(before.id)
        if now is None or now.number != before.number:
            raise self._gone()
        if now.is_ground_truth or (now.result, now.person) != (before.result, before.person):
            raise self._changed()

    def _read_by_key(
        self,
        project_id: int,
        filters: Sequence[Json],
        fields: Mapping[str, str],
        page: int,
        most: int | None = None,
    ) -> Iterator["_Reader"]:
        """Yield what a list has, ``page`` at a time; with ``most``, as many as are ``AIMED``."""
        last = 0
        while True:
            after = _filter("id", "greater", "Number", last)
            query = _query([after, *filters], "tasks:id")
            asked = {**fields, "page_size": str(page), "query": query}
            try:
                answer, size = self._read_page(project_id, asked)
            except TooLargeError:
                if page == 1:
                    raise
                page //= 2
                continue
            entries, total = answer.part("tasks").entries(), answer.number("total")
            if most and entries:
                page = max(1, min(most, len(entries) * AIMED // size))
            if total and not entries:
                raise self._strange()
            for entry in entries:
                if entry.number("id") <= last:
                    raise self._strange()
                last = entry.number("id")
                yield entry
            if len(entries) >= total:
                return

    def _read_page(self, project_id: int, query: Mapping[str, str]) -> tuple["_Reader", int]:
        """Return a page of tasks, and of how many bytes it is."""
        reply = self._send("GET", "/api/tasks", {"project": str(project_id), **query})
        read = _Reader(self._host, self._parse(reply, {HTTPStatus.OK}))
        return read, len(reply.content)

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        return self._parse(self._send("GET", path, query), {HTTPStatus.OK})

    def _write(
        self, method: str, path: str, body: Json = None, query: Mapping[str, str] | None = None
    ) -> Json:
        reply = self._send(method, path, query, body)
        if reply.status == HTTPStatus.NO_CONTENT:
            return None
        return self._parse(reply, {HTTPStatus.OK, HTTPStatus.CREATED})

    def _send(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Json = None
    ) -> Reply:
        if self._key.needs_exchange:
            reply = self._ask("POST", "/api/token/refresh/", None, {}, {"refresh": self._key.token})
            exchanged = _Reader(self._host, self._parse(reply, {HTTPStatus.OK}))
            self._key.keep(exchanged.text("access"))
        return self._ask(method, path, query, self._key.headers(), body)

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str],
        body: Json,
    ) -> Reply:
        content = b"" if body is None else orjson.dumps(body)
        kinds = {"Accept": "application/json", "Content-Type": "application/json"}
        try:
            return self._door.send(
                method,
                f"{self.address}{path}",
                query=query,
                headers={**kinds, **headers},
                content=content,
                most=MAX_BYTES,
            )
        except ClosedNetworkError:
            raise _closed(self.address) from None

    def _parse(self, reply: Reply, wanted: set[HTTPStatus]) -> Json:
        if reply.content_type != "application/json":
            if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise self._failed(reply.status)
            # It says with a page that the project of an import is gone.
            is_gone = self._is_known and reply.status == HTTPStatus.NOT_FOUND
            raise self._gone() if is_gone else self._strange()
        try:
            answer = _load(reply.content)
        except (ValueError, RecursionError):
            raise self._strange() from None
        if reply.status in wanted:
            return answer
        raise self._refusal(reply.status, answer)

    def _refusal(self, status: int, answer: Json) -> Exception:
        if status == HTTPStatus.UNAUTHORIZED:
            said = answer.get("detail") if isinstance(answer, dict) else None
            return self._unauthorized(said if isinstance(said, str) else "")
        if status == HTTPStatus.FORBIDDEN:
            return TokenRefusedError(
                "%(host)s does not let the token's person do this: ask an administrator there.",
                host=self._host,
            )
        if status == HTTPStatus.NOT_FOUND:
            return self._gone()
        if status == HTTPStatus.CONFLICT:
            return self._changed()
        if status == HTTPStatus.BAD_REQUEST:
            return RefusedThereError(
                "%(host)s refused what was sent, all of it: its project may ask for something"
                " else, or know fewer people.",
                host=self._host,
            )
        return self._failed(status)

    def _unauthorized(self, said: str) -> TokenRefusedError:
        host = self._host
        if "has been disabled" in said:
            return TokenRefusedError(
                "%(host)s takes no legacy tokens any more: give a personal access token, or have an"
                " administrator there switch them on.",
                host=host,
            )
        if "blacklisted" in said:
            return TokenRefusedError(
                "The token was revoked at %(host)s: make a new one there.", host=host
            )
        if "expired" in said:
            return TokenRefusedError(
                "The token has run out at %(host)s: make a new one there.", host=host
            )
        return TokenRefusedError(
            "%(host)s does not know the token: copy it anew from your account there.",
            host=host,
        )

    def _failed(self, status: int) -> FetchError:
        return FetchError(
            "%(host)s failed by itself (answer %(status)s): try again later.",
            host=self._host,
            status=status,
        )

    def _strange(self) -> NotLabelStudioError:
        return _strange(self._host)

    def _gone(self) -> GoneThereError:
        return GoneThereError(
            "What was asked for was deleted at %(host)s, or another has its number now.",
            host=self._host,
        )

    def _changed(self) -> ChangedThereError:
        return ChangedThereError(
            "At %(host)s somebody changed this meanwhile: bring it in first.", host=self._host
        )


class _Key:
    """A token, and what it was last exchanged for; neither is ever shown."""

    def __init__(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise TokenRefusedError(
                "This is no token: copy it whole from your account in Label Studio."
            )
        self.token = token
        claims = _read_claims(token)
        self.kind = TokenKind.LEGACY if claims is None else TokenKind.PERSONAL
        if claims is not None and claims.get("token_type") != "refresh":
            raise TokenRefusedError(
                "The token is a short-lived one: give the personal access token itself."
            )
        until = claims.get("exp") if claims else None
        if isinstance(until, int | float) and until < time.time():
            raise TokenRefusedError("The token has run out: make a new one in Label Studio.")
        self._access, self._until = "", 0.0

    def __repr__(self) -> str:
        return f"<a {self.kind} token>"

    @property
    def needs_exchange(self) -> bool:
        """Whether a new short-lived token is to be asked for first."""
        return self.kind is TokenKind.PERSONAL and time.monotonic() >= self._until

    def keep(self, access: str) -> None:
        """Take the short-lived token that the server gave."""
        if not _TOKEN.fullmatch(access):
            raise TokenRefusedError("Label Studio gave a token that cannot be used.")
        self._access, self._until = access, time.monotonic() + _ACCESS_SECONDS

    def headers(self) -> dict[str, str]:
        """Return what lets a request in."""
        if self.kind is TokenKind.PERSONAL:
            return {"Authorization": f"Bearer {self._access}"}
        return {"Authorization": f"Token {self.token}"}


def _read_claims(token: str) -> JsonObject | None:
    """Return what a JSON Web Token says of itself; a legacy token says nothing."""
    parts = token.split(".")
    if len(parts) != len(("head", "claims", "signature")):
        return None
    try:
        read = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return None
    return cast(JsonObject, read) if isinstance(read, dict) else None


@dataclass(frozen=True)
class _Reader:
    """Reads a part of an answer; what is not as it must be is an error of whoever answered."""

    host: str
    value: Json

    def part(self, name: str) -> "_Reader":
        if not isinstance(self.value, dict) or name not in self.value:
            raise _strange(self.host)
        return _Reader(self.host, self.value[name])

    def entries(self) -> list["_Reader"]:
        if not isinstance(self.value, list):
            raise _strange(self.host)
        return [_Reader(self.host, one) for one in self.value]

    def object(self, name: str) -> JsonObject:
        value = self.part(name).value
        if not isinstance(value, dict):
            raise _strange(self.host)
        return value

    def number(self, name: str) -> int:
        value = self.part(name).value
        if not isinstance(value, int) or isinstance(value, bool):
            raise _strange(self.host)
        return value

    def numbers(self, name: str) -> list[int]:
        found = self.part(name).entries()
        return [_Reader(self.host, {"one": one.value}).number("one") for one in found]

    def text(self, name: str) -> str:
        value = self.part(name).value
        if not isinstance(value, str):
            raise _strange(self.host)
        return value

    def moment(self, name: str) -> str:
        """Return a moment in the only form in which the server can be asked about it."""
        value = self.text(name)
        if not _MOMENT.fullmatch(value):
            raise _strange(self.host)
        return value if "." in value else value.replace("Z", ".000000Z")

    def maybe_number(self, name: str) -> int | None:
        return None if self.part(name).value is None else self.number(name)

    def flag(self, name: str) -> bool:
        value = self.part(name).value
        if not isinstance(value, bool):
            raise _strange(self.host)
        return value


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def _load(content: bytes) -> Json:
    try:
        return cast(Json, orjson.loads(content))
    except orjson.JSONDecodeError:  # Half a surrogate pair, for one, is nothing to it.
        return cast(Json, json.loads(content, parse_constant=_refuse_constant))


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity, which no database keeps.


def _strange(host: str) -> NotLabelStudioError:
    return NotLabelStudioError(
        "%(host)s does not answer as Label Studio does: give the address at which it shows its"
        " first page, such as https://labels.example.org.",
        host=host,
    )


def _person(one: _Reader) -> Person:
    names = (one.text("first_name"), one.text("last_name"))
    return Person(one.number("id"), one.text("email"), " ".join(names).strip())


def _project(one: _Reader) -> Project:
    title, config = one.text("title"), one.text("label_config")
    return Project(one.number("id"), title, config, one.moment("created_at"))


def _task(one: _Reader) -> RemoteTask:
    return RemoteTask(
        one.number("id"),
        _uid(one),
        one.object("data"),
        one.moment("created_at"),
        one.moment("updated_at"),
        tuple(_annotation(each) for each in one.part("annotations").entries()),
    )


def _annotation(one: _Reader) -> RemoteAnnotation:
    person = one.part("completed_by")
    is_told_whole = isinstance(person.value, dict)
    return RemoteAnnotation(
        id=one.number("id"),
        person=person.number("id") if is_told_whole else one.maybe_number("completed_by"),
        result=one.part("result").value,
        number=one.maybe_number("import_id"),
        changed_at=one.moment("updated_at"),
        changed_by=one.maybe_number("updated_by"),
        is_skipped=one.flag("was_cancelled"),
        is_ground_truth=one.flag("ground_truth"),
    )


def _uid(one: _Reader) -> str | None:
    uid = one.object("data").get("uid")
    return uid if isinstance(uid, str) else None


def _own_uid(task: JsonObject) -> str:
    data = task.get("data")
    uid = data.get("uid") if isinstance(data, dict) else None
    if not isinstance(uid, str):
        raise InvalidInputError("A task to be imported has its uid in its data.")
    return uid


def _cut(some: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (some[start : start + size] for start in range(0, len(some), size))


def _filter(column: str, operator: str, kind: str, value: Json) -> JsonObject:
    name = f"filter:tasks:{column}"
    return {"filter": name, "operator": operator, "type": kind, "value": value}


def _query(filters: Sequence[Json], order: str) -> str:
    """Return the filter as text: an object would be passed over, and everything returned."""
    wanted: JsonObject = {"conjunction": "and", "items": [*filters]}
    return json.dumps({"filters": wanted, "ordering": [order]}, separators=(",", ":"))


def _project_path(project_id: int) -> str:
    return f"/api/projects/{project_id}/"


def _task_path(task: TaskName | RemoteTask) -> str:
    return f"/api/tasks/{task.id}/"


def _annotation_path(annotation_id: int) -> str:
    return f"/api/annotations/{annotation_id}/"
