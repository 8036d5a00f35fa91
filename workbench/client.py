"""A small client of the API for ML teams: list and download releases, follow what is answered.

It imports nothing of the rest of the workbench; pandas only where a table is asked for::

    with Client("https://claims.example.org", token) as client:
        folder = client.download("open-ai-debate", folder="releases")
        sentences = client.read_table("open-ai-debate", "sentences", folder="releases")
"""

import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast
from urllib.parse import quote, urlsplit
from zipfile import BadZipFile, ZipFile

import httpx

if TYPE_CHECKING:
    import pandas

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Kind = TypeVar("Kind")

ATTEMPTS = 5
MOST_SECONDS = 60
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
RETRIED = frozenset({429, 502, 503, 504})
OK, PARTIAL = 200, 206
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class ClientError(Exception):
    """The workbench refused something, cannot be reached, or sent what cannot be right.

    ``status`` and ``code`` are those of its answer, if it gave one.
    """

    def __init__(self, message: str, *, status: int | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Dataset:
    """A dataset with its versions, the newest first."""

    slug: str
    name: str
    versions: tuple[str, ...]


@dataclass(frozen=True)
class ReleaseFile:
    """A file of a release."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Release:
    """One version of a dataset; a withdrawn one has a reason, and no files."""

    version: str
    previous: str | None
    snapshot: str
    manifest: str
    instant: str
    counts: Mapping[str, int]
    size: int
    withdrawal: str | None
    files: tuple[ReleaseFile, ...] = ()


@dataclass(frozen=True)
class Change:
    """A new revision of an answer; of the agreed one no annotator is known."""

    revision: str
    article: str
    sentence: str
    number: int
    annotator: str | None
    is_gold: bool
    decision: str
    cause: str
    made_at: str


class Changes:
    """What was answered after a revision, read page by page as one goes through it.

    Once through, ``since`` is where to go on another time, and ``hidden`` has the articles whose
    answers by others were left out, because the token's owner still labels them: one that is not
    among them the next time is to be read anew.
    """

    def __init__(
        self, ask: Callable[[Mapping[str, str]], Mapping[str, Json]], since: str | None
    ) -> None:
        self._ask = ask
        self.since = since
        self.hidden: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[Change]:
        """Yield changes in their order, until there is nothing more."""
        is_all = False
        while not is_all:
            found = self._ask({} if self.since is None else {"since": self.since})
            self.hidden |= frozenset(map(str, _list(found["hidden"])))
            is_all = bool(found["is_all"])
            for one in _list(found["items"]):
                change = _read(Change, _object(one))
                self.since = change.revision
                yield change


class Client:
    """Asks one workbench with one token; close it, or use it in a ``with`` block."""

    def __init__(
        self, url: str, token: str, *, timeout: float = 30, insecure_http: bool = False
    ) -> None:
        """Ask the workbench at ``url``; a token goes over plain http only when that is wanted."""
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" or parts.hostname in LOOPBACK or insecure_http
        if parts.scheme not in {"http", "https"} or not is_safe:
            raise ClientError(
                f"{url} would send the token in the clear: give an https address, or say"
                " insecure_http=True."
            )
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1/",
            headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
            timeout=timeout,
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def datasets(self) -> list[Dataset]:
        """List the datasets that the token may download."""
        return [
            Dataset(str(one["slug"]), str(one["name"]), tuple(map(str, _list(one["versions"]))))
            for one in self._items("datasets")
        ]

    def releases(self, dataset: str) -> list[Release]:
        """List the releases of a dataset, withdrawn ones too, the newest first."""
        return [_read(Release, one) for one in self._items(f"projects/{_step(dataset)}/releases")]

    def release(self, dataset: str, version: str | None = None) -> Release:
        """Return a release with its files; the newest that stands where no version is given."""
        if version is None:
            standing = [one for one in self.releases(dataset) if one.withdrawal is None]
            if not standing:
                raise ClientError(f"{dataset} has no release that stands.")
            version = standing[0].version
        found = self._ask(f"projects/{_step(dataset)}/releases/{_step(version)}")
        files = tuple(_read(ReleaseFile, _object(one)) for one in _list(found["files"]))
        return _read(Release, {**found, "files": cast(Json, files)})

    def download(
        self,
        dataset: str,
        version: str | None = None,
        *,
        folder: str | Path,
        only: Collection[str] | None = None,
    ) -> Path:
        """Download a release into ``folder/DATASET/VERSION``, every hash checked; return that.

        ``only`` names the files that are wanted. What is there already is kept; what was cut off
        goes on where it stopped.
        """
        release = self.release(dataset, version)
        if release.withdrawal is not None:
            raise ClientError(
                f"{dataset} {release.version} was withdrawn: {release.withdrawal}", status=410
            )
        home = Path(folder) / dataset / release.version
        wanted = [one for one in release.files if only is None or one.path in only]
        missing = sorted(set(only or ()) - {one.path for one in wanted})
        if missing:
            raise ClientError(f"{dataset} {release.version} has no file {missing[0]}.", status=404)
        for file in wanted:
            self._download(f"projects/{_step(dataset)}/releases/{release.version}", file, home)
        return home

    def download_archive(
        self, dataset: str, version: str | None = None, *, folder: str | Path
    ) -> Path:
        """Download a release as one ZIP into ``folder``, every hash in it checked; return its path.

        One that is cut off begins anew: ``download`` goes on where it stopped.
        """
        release = self.release(dataset, version)
        target = Path(folder) / f"{dataset}-{release.version}.zip"
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        path = f"projects/{_step(dataset)}/releases/{_step(release.version)}/archive"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                part.unlink(missing_ok=True)
                self._fetch(path, part)
            except httpx.TransportError as error:
                _give_up_or_wait(attempt, f"{target.name}: {error or type(error).__name__}")
                continue
            break
        _check_archive(
            part, {f"{dataset}/{release.version}/{one.path}": one.sha256 for one in release.files}
        )
        return part.replace(target)

    def read_table(
        self,
        dataset: str,
        config: str = "sentences",
        version: str | None = None,
        *,
        split: str | None = None,
        folder: str | Path,
    ) -> "pandas.DataFrame":
        """Return one config of a release as a table, downloaded into ``folder`` if need be.

        ``split`` is ``train``, ``validation`` or ``test``; without it the table has all rows.
        """
        import pandas  # noqa: PLC0415  # most programs want files

        release = self.release(dataset, version)
        there = [PurePosixPath(one.path) for one in release.files]
        parts = [one for one in there if one.match(f"data/{config}/{split or '*'}.parquet")]
        wanted = [str(one) for one in parts] or [f"data/{config}/{split or 'full'}.parquet"]
        home = self.download(dataset, release.version, folder=folder, only=wanted)
        tables = [pandas.read_parquet(home / path) for path in wanted]
        return pandas.concat(tables, ignore_index=True)

    def changes(self, project: str, *, since: str | None = None) -> Changes:
        """Return what was answered after the revision ``since``, to go through.

        Keep the last one's ``revision``, and go on from it another time: nothing is skipped.
        """
        path = f"projects/{_step(project)}/annotations/changes"
        return Changes(partial(self._ask, path), since)

    def annotations(self, project: str, article: str, *, kind: str = "gold") -> list[Json]:
        """Return the sentence records of an article: ``gold``, or ``all`` annotators'."""
        path = f"projects/{_step(project)}/articles/{_step(article)}/annotations"
        return _list(self._get(path, {"kind": kind}).json())

    def articles(self, project: str) -> Iterator[dict[str, Json]]:
        """Yield what is known of each article, page by page."""
        path, asked = f"projects/{_step(project)}/articles", {"limit": "200"}
        while True:
            found = self._ask(path, asked)
            yield from map(_object, _list(found["items"]))
            if found["next"] is None:
                return
            asked = dict(httpx.URL(str(found["next"])).params)

    def _items(self, path: str) -> list[dict[str, Json]]:
        return [_object(one) for one in _list(self._ask(path)["items"])]

    def _ask(self, path: str, asked: Mapping[str, str] | None = None) -> dict[str, Json]:
        return _object(self._get(path, asked).json())

    def _get(self, path: str, asked: Mapping[str, str] | None = None) -> httpx.Response:
        """Read what lies there; come again where the workbench is busy or the line was cut."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._http.get(path, params=asked)
            except httpx.TransportError as error:
                _give_up_or_wait(attempt, str(error) or type(error).__name__)
                continue
            if answer.status_code in RETRIED and attempt < ATTEMPTS:
                _wait(answer, attempt)
                continue
            if answer.status_code != OK:
                raise _refusal(answer)
            return answer
        raise AssertionError("the last attempt answers or raises")

    def _download(self, release: str, file: ReleaseFile, home: Path) -> None:
        target = home / _inside(file.path)
        if target.is_file() and _hash(target) == file.sha256:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                have = part.stat().st_size if part.exists() else 0
                if have < file.size or not have:
                    tag = {"Range": f"bytes={have}-", "If-Range": f'"{file.sha256}"'}
                    self._fetch(f"{release}/files/{quote(file.path)}", part, tag if have else {})
            except httpx.TransportError as error:
                _give_up_or_wait(attempt, f"{file.path}: {error or type(error).__name__}")
                continue
            if part.stat().st_size >= file.size:
                break
        if _hash(part) != file.sha256:
            part.unlink()
            raise ClientError(f"{file.path} came damaged and was thrown away: download it again.")
        part.replace(target)

    def _fetch(self, path: str, part: Path, headers: Mapping[str, str] = NO_HEADERS) -> None:
        """Add to ``part`` what is asked for; begin anew where the server sends all of it."""
        with self._http.stream("GET", path, headers=headers) as answer:
            if answer.status_code in RETRIED:
                _wait(answer, 1)
                raise httpx.RemoteProtocolError("The workbench is busy.")
            if answer.status_code not in {OK, PARTIAL}:
                answer.read()
                raise _refusal(answer)
            with part.open("ab" if answer.status_code == PARTIAL else "wb") as saved:
                for piece in answer.iter_raw():  # as it comes, so that nothing is lost when cut
                    saved.write(piece)


def _read(kind: type[Kind], given: Mapping[str, Json]) -> Kind:
    """Read a value; what a later workbench says beside it is passed over."""
    names = [field.name for field in fields(kind) if field.name in given]  # type: ignore[arg-type]
    return kind(**{name: given[name] for name in names})


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise ClientError("The answer is no object: is this the address of a workbench?")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise ClientError("The answer is no list: is this the address of a workbench?")
    return value


def _step(name: str) -> str:
    return quote(name, safe="")


def _inside(path: str) -> PurePosixPath:
    """Return a file's path below the folder of its release; refuse one that leads out of it."""
    found = PurePosixPath(path)
    if found.is_absolute() or ".." in found.parts or "\\" in path or ":" in path:
        raise ClientError(f"The workbench names a file {path!r}, which lies outside the release.")
    return found


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_archive(path: Path, hashes: Mapping[str, str]) -> None:
    """Throw away a ZIP that is not whole, or has other files than these."""
    try:
        with ZipFile(path) as zipped:
            found = {
                one: hashlib.file_digest(zipped.open(one), "sha256").hexdigest()  # type: ignore[arg-type]
                for one in zipped.namelist()
            }
    except BadZipFile:
        found = {}
    if found != hashes:
        path.unlink()
        raise ClientError(f"{path.stem} came damaged and was thrown away: download it again.")


def _refusal(answer: httpx.Response) -> ClientError:
    """Return the error that an answer tells of."""
    try:
        told = _object(answer.json())
        detail, code = str(told["detail"]), str(told["code"])
    except (ValueError, KeyError, ClientError):
        return ClientError(
            f"{answer.url} answered {answer.status_code} and not as a workbench does.",
            status=answer.status_code,
        )
    return ClientError(detail, status=answer.status_code, code=code)


def _wait(answer: httpx.Response, attempt: int) -> None:
    told = answer.headers.get("Retry-After", "")
    time.sleep(min(int(told) if told.isdigit() else 2**attempt, MOST_SECONDS))


def _give_up_or_wait(attempt: int, problem: str) -> None:
    if attempt == ATTEMPTS:
        raise ClientError(f"The workbench cannot be reached: {problem}.")
    time.sleep(2 ** (attempt - 1) / 4)
