"""Write a snapshot in every format, each in its folder, reading its articles once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from workbench.canonical import JsonObject, canonical_json
from workbench.datasets.formats import CHECK_FORMATS, FORMATS
from workbench.datasets.formats.checks import Check, CheckFormat, FeaturedClaims, read_checks
from workbench.datasets.formats.documents import Document, gold_documents
from workbench.datasets.formats.format import (
    TEXT_WITHHELD,
    Books,
    Format,
    Head,
    Piece,
)
from workbench.datasets.losses import Account
from workbench.datasets.manifests import is_inside
from workbench.datasets.snapshots import ArticleBlock, Snapshot

LOSSES = "losses.json"


class Sink(Protocol):
    """Takes pieces of files."""

    def put(self, pieces: Iterable[Piece]) -> None:
        """Add each piece to the end of its file."""


class FolderSink(AbstractContextManager["FolderSink"]):
    """Writes files below a folder; the one written last stays open for its next piece."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, ""
        self._made: set[Path] = set()
        self._file: IO[str] | None = None

    def put(self, pieces: Iterable[Piece]) -> None:
        """Add each piece to the end of its file."""
        for path, text in pieces:
            if path != self._path or self._file is None:
                self._file = self._open(path)
            self._file.write(text)

    def _open(self, path: str) -> IO[str]:
        self._close()
        if not is_inside(path):
            raise ValueError(f"{path!r} would lie outside of the release")
        file = self._folder / path
        if file.parent not in self._made:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(file.parent)
        self._path = path
        return file.open("a", encoding="utf-8", newline="\n")

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._close()


class ZipSink(AbstractContextManager["ZipSink"]):
    """Writes files into a zip, whose pieces come one after the other; equal files, equal bytes."""

    def __init__(self, target: Path) -> None:
        self._zip = ZipFile(target, "w", ZIP_DEFLATED)
        self._path = ""
        self._file: IO[bytes] | None = None

    def put(self, pieces: Iterable[Piece]) -> None:
        """Add each piece to the end of its file."""
        for path, text in pieces:
            if path != self._path or self._file is None:
                self._close()
                entry = ZipInfo(path)  # Of 1980: a zip has no word for "no date".
                entry.compress_type = ZIP_DEFLATED
                self._path, self._file = path, self._zip.open(entry, "w", force_zip64=True)
            self._file.write(text.encode())

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the zip."""
        self._close()
        self._zip.close()


class FormatWriter:
    """Writes documents in one format, and keeps its account."""

    def __init__(self, format_: Format, head: Head, sink: Sink) -> None:
        self._format, self._sink = format_, sink
        self._books: Books = format_.books(head)
        self._source: Counter[str] = Counter()
        sink.put(format_.begin(head))
        if format_.single:  # It is there, though there be nothing to put into it.
            sink.put([Piece(format_.single, "")])

    def add(self, document: Document) -> None:
        """Write what the format has of a document."""
        self._source.update(document.things)
        if document.text is None and self._format.needs_text:
            self._books.lose_document(document, TEXT_WITHHELD)
        else:
            self._sink.put(self._format.write(document, self._books))

    def close(self) -> JsonObject:
        """Return the account; what was neither written nor lost is a fault, and ``ValueError``."""
        return self._books.account.close(self._source)


def write_formats(
    snapshot: Snapshot,
    folder: Path,
    *,
    on_article: Callable[[ArticleBlock], None] = lambda _block: None,
    on_sentences: Callable[[int], None] = lambda _done: None,
) -> None:
    """Write the settled answers and the checks in every format, each with its ``losses.json``.

    Each format gets a folder of its name below ``folder``, which has none of them yet;
    ``on_article`` gets each article, for whoever else needs them read; ``on_sentences`` hears how
    many sentences are done.
    """

    def articles() -> Iterator[ArticleBlock]:
        for block in snapshot.articles():
            on_article(block)
            yield block

    head = read_head(snapshot)
    featured = FeaturedClaims(snapshot.lines("statement"))
    accounts: list[JsonObject] = []
    done = 0
    with ExitStack() as stack:
        writers = [
            FormatWriter(one, head, stack.enter_context(FolderSink(folder / one.name)))
            for one in FORMATS.values()
        ]
        for document in gold_documents(articles()):
            featured.look_in(document)
            for writer in writers:
                writer.add(document)
            done += len(document.sentences)
            on_sentences(done)
        accounts += [writer.close() for writer in writers]
    checks = find_checks(snapshot, featured)
    for one in CHECK_FORMATS.values():
        with FolderSink(folder / one.name) as sink:
            accounts.append(write_checks(one, checks, sink))
    for account in accounts:
        path = folder / cast(str, account["format"]) / LOSSES
        path.parent.mkdir(parents=True, exist_ok=True)  # It may have lost everything.
        path.write_text(f"{canonical_json(account)}\n", "utf-8", newline="\n")


def write_checks(format_: CheckFormat, checks: Sequence[Check], sink: Sink) -> JsonObject:
    """Write the file of a format of fact-checks; return its closed account."""
    account: Account = format_.open_account()
    sink.put(Piece(format_.single, text) for text in _whole(format_.write(checks, account)))
    return account.close(
        {
            "statements": len(checks),
            "verdicts": sum(len(check.verdicts) for check in checks),
            "evidence": sum(len(check.evidence) for check in checks),
        }
    )


def find_checks(snapshot: Snapshot, featured: FeaturedClaims) -> list[Check]:
    """Return the statements with all that is known of them."""
    checks = read_checks(
        snapshot.lines("statement"), snapshot.lines("verdict"), snapshot.lines("evidence")
    )
    return [featured.add_to(check) for check in checks]


def read_head(snapshot: Snapshot) -> Head:
    """Return what is the same for all documents of a snapshot."""
    lines = sorted(snapshot.lines("scheme"), key=lambda line: cast(int, line["number"]))
    schemes = [cast(JsonObject, line["document"]) for line in lines]
    title = cast("dict[str, str]", snapshot.head["title"])
    language = cast(str, snapshot.head["language"])
    return Head(title.get(language, ""), language, choices_of(schemes), schemes[-1])


def choices_of(schemes: Iterable[JsonObject]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the choices of label schemes by level and field, each value once."""
    found: dict[str, dict[str, list[str]]] = {}
    for scheme in schemes:
        for field in cast("list[JsonObject]", scheme["fields"]):
            named = found.setdefault(cast(str, field["on"]), {})
            values = cast("list[JsonObject]", field.get("values") or [])
            known = named.setdefault(cast(str, field["name"]), []) if values else []
            known += [one for value in values if (one := cast(str, value["name"])) not in known]
    return {
        level: {name: tuple(values) for name, values in named.items()}
        for level, named in found.items()
    }


def _whole(texts: Iterable[str]) -> Iterator[str]:
    yield ""
    yield from texts
