"""`workbench annotation`: the dataset as a file."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import click
from sqlalchemy.orm import Session

from workbench.canonical import JsonObject, canonical_json
from workbench.cli.errors import complain
from workbench.cli.opening import in_workbench, opened_settings, project_option
from workbench.cli.output import format_option, print_rows
from workbench.clock import utc_now
from workbench.datasets.aggregating import Method
from workbench.datasets.exporting import project_checks, project_documents, project_head
from workbench.datasets.features import attribute_names, record_features
from workbench.datasets.formats import CHECK_FORMATS, FORMATS, READABLE
from workbench.datasets.formats.checks import CheckFormat
from workbench.datasets.formats.documents import Document
from workbench.datasets.formats.format import Format, Head, Piece
from workbench.datasets.formats.reading import Refusal, SourceFile
from workbench.datasets.formats.writing import (
    LOSSES,
    FolderSink,
    FormatWriter,
    ZipSink,
    write_checks,
)
from workbench.datasets.importing import (
    Annotators,
    UnfitFileError,
    find_annotator,
    import_answers,
    read_label_map,
)
from workbench.datasets.records import RecordKind, sentence_records
from workbench.datasets.soft_labels import soft_labels
from workbench.datasets.writers import write_csv, write_jsonl
from workbench.errors import ConflictError, InvalidInputError
from workbench.labelling.coverage import (
    Coverage,
    Covered,
    LedgerRow,
    count_coverage,
    read_ledger,
)
from workbench.labelling.rules import WORDS
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, read_one_instant, transaction
from workbench.storage.drafts import draft_folder

WRITERS = {"jsonl": write_jsonl, "csv": write_csv}
IMPORTED = ("file", "answers", "claims", "stances", "repeated")
SHOWN_UNFIT = 200  # of a file; the rest are counted


@click.group()
def annotation() -> None:
    """Get the answers out of the workbench, and others' into it."""


output_option = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write, instead of standard output.",
)


@annotation.command("export")
@project_option
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in RecordKind]),
    default=RecordKind.GOLD.value,
    show_default=True,
    help="The settled answers, or every annotator's.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice([*WRITERS, *FORMATS, *CHECK_FORMATS]),
    default="jsonl",
    show_default=True,
    help="JSON Lines is exact; CSV is for spreadsheets; the others are for other programs.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The file to write, instead of standard output; a new folder, or a .zip, for formats of"
    " several files.",
)
@click.option(
    "--losses",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for what the format has no room for, in full.",
)
@in_workbench
def export_annotations(
    project: str, kind: str, format_: str, output: Path | None, losses: Path | None
) -> None:
    """Write the answers as a file, or in another program's format.

    The dataset file has one record per sentence (gold), or per sentence and annotator (all). Other
    formats have a document for each article, or for each article and annotator; averitec, fever
    and claimreview have the fact-checks of the settled claims instead. How much of what there is
    they have no room for is told.
    """
    session = db.session()
    read_one_instant(session)
    project_id = project_by_slug(session, slug=project).id
    if format_ in WRITERS:
        if losses:
            raise InvalidInputError("JSON Lines and CSV lose nothing: leave --losses out.")
        records = sentence_records(session, project_id=project_id, kind=RecordKind(kind))
        _write(output, WRITERS[format_](records))
        return
    if format_ in CHECK_FORMATS:
        account = _export_checks(CHECK_FORMATS[format_], project_id, output)
        _tell_losses(account, losses)
        return
    documents = project_documents(session, project_id=project_id, kind=RecordKind(kind))
    head = project_head(session, project_id=project_id)
    account = _export(FORMATS[format_], head, documents, output)
    _tell_losses(account, losses)


@annotation.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@project_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(READABLE)),
    required=True,
    help="The format of the files.",
)
@click.option(
    "--annotator",
    "annotators",
    multiple=True,
    required=True,
    metavar="[NAME=]EMAIL",
    help="Whose answers they become; NAME is what the file calls them, where it has several.",
)
@click.option(
    "--map",
    "map_",
    type=click.Path(path_type=Path, dir_okay=False),
    help="JSON: the claim type of each label that the scheme does not know, or null to leave it.",
)
@click.option("--skip-unfit", is_flag=True, help="Take the rest of a file with what does not fit.")
@click.option("--dry-run", is_flag=True, help="Tell what would happen, and change nothing.")
@in_workbench
def import_annotations(
    *,
    paths: tuple[str, ...],
    project: str,
    format_: str,
    annotators: tuple[str, ...],
    map_: Path | None,
    skip_unfit: bool,
    dry_run: bool,
) -> None:
    """Bring answers in from files and folders of another program, or from our own JSON Lines.

    The articles have to be there with the same texts. What does not fit is named with its file,
    line and reason, and then nothing of that file is taken, unless --skip-unfit. Answers that are
    there already are kept; an answer that differs from one does not fit.
    """
    session = db.session()
    project_id = project_by_slug(session, slug=project).id
    readable = READABLE[format_]
    whose = _read_annotators(session, project_id, annotators)
    labels = read_label_map(SourceFile(map_, map_.name).json()) if map_ else {}
    files = list(_find_sources(paths, readable.endings))
    session.rollback()
    rows: list[JsonObject] = []
    is_whole = True
    for file in files:
        done = None
        with _complaining(file.name) as problems, _transaction(is_kept=not dry_run) as writing:
            done = import_answers(
                writing,
                project_id=project_id,
                file=file,
                read=readable.read,
                annotators=whose,
                labels=labels,
                skip_unfit=skip_unfit,
                now=utc_now(),
            )
        is_whole = is_whole and not problems
        if done:
            _list_unfit(done.unfit)
            rows.append({name: getattr(done, name) for name in IMPORTED})
    print_rows(IMPORTED, rows, format_="table")
    if not is_whole:
        sys.exit(2)


@annotation.command("features")
@project_option
@output_option
@in_workbench
def export_features(project: str, output: Path | None) -> None:
    """Write the types of the dataset file as JSON.

    `datasets.Features.from_dict` takes them, so that nothing is guessed from the first sentences.
    """
    session = db.session()
    project_id = project_by_slug(session, slug=project).id
    types = record_features(attribute_names(session, project_id=project_id))
    _write(output, [f"{json.dumps(types, indent=1)}\n".encode()])


@annotation.command("soft-labels")
@project_option
@click.option(
    "--method",
    type=click.Choice([method.value for method in Method]),
    default=Method.VOTES.value,
    show_default=True,
    help="Count everybody as one, or let a model weigh annotators by how they answer.",
)
@output_option
@in_workbench
def export_soft_labels(project: str, method: str, output: Path | None) -> None:
    """Write how many annotators said what, as shares: one line of JSON for each sentence.

    For programs that learn from disagreement. Of articles that everybody who has them has finished;
    a claim is one for all who found it, and nobody is named. Dawid–Skene and MACE need the extra
    `aggregation`, and three annotators with twenty shared answers each; where they make nothing of
    the answers, nothing is written and a sentence says why.
    """
    session = db.session()
    read_one_instant(session)
    project_id = project_by_slug(session, slug=project).id
    records = soft_labels(session, project_id=project_id, method=Method(method))
    _write(output, write_jsonl(records))


@annotation.command("coverage")
@project_option
@click.option(
    "--by",
    type=click.Choice(["article", "annotator", "sentence"]),
    default="article",
    show_default=True,
    help="Count by article or annotator, or list each sentence of each slot.",
)
@format_option
@in_workbench
def show_coverage(project: str, by: str, format_: str) -> None:
    """Tell which sentences are read, and as what.

    The slots of an article are those that have a person; each sentence that needs a decision counts
    once in each of them. `never_read` are the sentences that nobody has read.
    """
    session = db.session()
    read_one_instant(session)
    project_id = project_by_slug(session, slug=project).id
    if by == "sentence":
        ledger = read_ledger(session, project_id=project_id)
        print_rows(LedgerRow._fields, (row._asdict() for row in ledger), format_=format_)
    else:
        found = count_coverage(session, project_id=project_id)
        rows = _by_article(found) if by == "article" else _by_annotator(found)
        columns = ["article", "sentences"] if by == "article" else ["annotator"]
        columns += ["slots", *WORDS, *(["never_read"] if by == "article" else [])]
        print_rows(columns, rows, format_=format_)


@contextmanager
def _complaining(file: str) -> Iterator[list[str]]:
    """Say what is wrong with a file and go on; give what was said."""
    said: list[str] = []
    try:
        yield said
    except UnfitFileError as error:
        complain(str(error))
        _list_unfit(error.unfit)
        said.append(str(error))
    except (InvalidInputError, OSError) as error:
        reason = f"{file}: {error.strerror}" if isinstance(error, OSError) else str(error)
        complain(reason)
        said.append(reason)


class _TrialOverError(Exception):
    """Undoes what was tried."""


@contextmanager
def _transaction(*, is_kept: bool) -> Iterator[Session]:
    """Open a transaction, and undo all that was done in it where nothing is to be kept."""
    try:
        with transaction() as session:
            yield session
            if not is_kept:
                raise _TrialOverError
    except _TrialOverError:
        pass


def _list_unfit(unfit: Sequence[Refusal]) -> None:
    for one in unfit[:SHOWN_UNFIT]:
        complain(str(one))
    if len(unfit) > SHOWN_UNFIT:
        complain(f"{len(unfit) - SHOWN_UNFIT} more do not fit")


def _read_annotators(session: Session, project_id: int, given: Sequence[str]) -> Annotators:
    by_name: dict[str, str] = {}
    everybody: str | None = None
    for one in given:
        name, _, email = one.rpartition("=")
        user = find_annotator(session, project_id=project_id, email=email)
        if name:
            by_name[name] = user
        elif everybody is None:
            everybody = user
        else:
            raise InvalidInputError("Give one --annotator without a name, and others as NAME=EMAIL")
    return Annotators(by_name, everybody)


def _find_sources(paths: Sequence[str], endings: Sequence[str]) -> Iterator[SourceFile]:
    """Yield the files; of a folder those of the format, in order, and none by a link."""
    for path in map(Path, paths):
        if path.is_dir():
            found = [one for one in sorted(path.rglob("*")) if one.suffix in endings]
            sources = [one for one in found if _is_source(one)]
            if not sources:
                raise InvalidInputError(f"{path}: there is no {' or '.join(endings)} in it.")
            yield from (SourceFile(one, str(one.relative_to(path))) for one in sources)
        elif path.is_file():
            yield SourceFile(path, path.name)
        else:
            raise InvalidInputError(f"{path}: there is no such file or folder.")


def _is_source(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.name != LOSSES


def _export(
    format_: Format, head: Head, documents: Iterable[Document], output: Path | None
) -> JsonObject:
    """Write documents in a format, whole or not at all; return the account."""
    if output is None or not (output.suffix == ".zip" or format_.single is None):
        return _export_file(format_, head, documents, output)
    output = output.resolve()
    if output.exists() and not (output.suffix == ".zip" and output.is_file()):
        raise ConflictError(f"{output} is there already: name a new folder or a .zip.")
    with draft_folder(output) as drafts:
        draft = drafts / output.name
        sink = ZipSink(draft) if output.suffix == ".zip" else FolderSink(draft)
        with sink:
            writer = FormatWriter(format_, head, sink)
            for document in documents:
                writer.add(document)
            account = writer.close()
            sink.put([Piece(LOSSES, f"{canonical_json(account)}\n")])
        draft.replace(output)
    return account


def _export_file(
    format_: Format, head: Head, documents: Iterable[Document], output: Path | None
) -> JsonObject:
    if format_.single is None:
        raise InvalidInputError(
            f"{format_.title} is several files: name a new folder or a .zip by --output."
        )
    closed: list[JsonObject] = []

    def pieces() -> Iterator[bytes]:
        sink = _Waiting()
        writer = FormatWriter(format_, head, sink)
        for document in documents:
            writer.add(document)
            yield from sink.take()
        closed.append(writer.close())

    _write(output, pieces())
    return closed[0]


class _Waiting:
    """Keeps pieces of one file until they are written."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def put(self, pieces: Iterable[Piece]) -> None:
        self._texts += (piece.text for piece in pieces)

    def take(self) -> Iterator[bytes]:
        yield from (text.encode() for text in self._texts)
        self._texts.clear()


def _export_checks(format_: CheckFormat, project_id: int, output: Path | None) -> JsonObject:
    """Write the project's fact-checks in a format; return the account."""
    base_url, session = opened_settings().base_url, db.session()
    checks = project_checks(session, project_id=project_id, base_url=base_url, instant=utc_now())
    sink = _Waiting()
    account = write_checks(format_, checks, sink)
    _write(output, sink.take())
    return account


def _tell_losses(account: JsonObject, path: Path | None) -> None:
    """Say on stderr how much of what there is the format has not; in full in a file, if wanted."""
    if path:
        _write_whole(path, [f"{canonical_json(account)}\n".encode()])
    kinds = cast("dict[str, dict[str, int]]", account["kinds"])
    lost = [
        f"{one['lost']} of {one['source']} {kind}" for kind, one in kinds.items() if one["lost"]
    ]
    if lost:
        click.echo(f"Not in this format: {', '.join(lost)}; --losses FILE names them.", err=True)


def _by_article(found: Coverage) -> list[JsonObject]:
    return [
        {
            "article": one.name,
            "sentences": one.sentences,
            **_count(one),
            "never_read": one.never_read,
        }
        for one in found.articles
    ]


def _by_annotator(found: Coverage) -> list[JsonObject]:
    return [{"annotator": one.name, **_count(one)} for one in found.people]


def _count(covered: Covered) -> JsonObject:
    return {"slots": len(covered.slots), **{word: covered.words[word] for word in WORDS}}


def _write(output: Path | None, pieces: Iterable[bytes]) -> None:
    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.flush()
    else:
        _write_whole(output, pieces)


def _write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that appears only once all of it is there; a pipe or device is written to."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            stream.writelines(pieces)
        return
    with draft_folder(path) as folder:
        draft = folder / path.name
        with draft.open("wb") as file:
            file.writelines(pieces)
        draft.replace(path)
