"""`workbench annotation`: the dataset as a file."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from workbench.canonical import JsonObject
from workbench.cli.opening import in_workbench
from workbench.cli.output import format_option, print_rows
from workbench.cli.project import project_option
from workbench.datasets.aggregating import Method
from workbench.datasets.features import attribute_names, record_features
from workbench.datasets.records import RecordKind, sentence_records
from workbench.datasets.soft_labels import soft_labels
from workbench.datasets.writers import write_csv, write_jsonl
from workbench.labelling.coverage import (
    Coverage,
    Covered,
    LedgerRow,
    count_coverage,
    read_ledger,
)
from workbench.labelling.rules import WORDS
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, read_one_instant
from workbench.storage.drafts import draft_folder

WRITERS = {"jsonl": write_jsonl, "csv": write_csv}


@click.group()
def annotation() -> None:
    """Get the answers out of the workbench."""


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
    type=click.Choice(list(WRITERS)),
    default="jsonl",
    show_default=True,
    help="JSON Lines is exact; CSV is for spreadsheets.",
)
@output_option
@in_workbench
def export_annotations(project: str, kind: str, format_: str, output: Path | None) -> None:
    """Write the dataset file.

    It has one record per sentence (gold), or per sentence and annotator (all).
    """
    session = db.session()
    read_one_instant(session)
    project_id = project_by_slug(session, slug=project).id
    records = sentence_records(session, project_id=project_id, kind=RecordKind(kind))
    _write(output, WRITERS[format_](records))


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
    `aggregation`, and many answers by the same annotators to say more than votes do.
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
