"""`workbench article`: import, list, show, correct, withdraw, restore, erase."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from workbench.canonical import Json
from workbench.cli.errors import complain, printable
from workbench.cli.groups import CommandsApart
from workbench.cli.opening import in_workbench, project_option
from workbench.cli.output import Row, format_option, print_rows
from workbench.clock import utc_now
from workbench.corpus.importing import NamedFile
from workbench.corpus.operations import restore_article, withdraw_article
from workbench.corpus.queries import find_article, list_articles, newest_edition, read_sentences
from workbench.corpus.readers import (
    ENDINGS,
    MANIFEST,
    Metadata,
    read_bytes,
    read_folder,
    read_manifest,
)
from workbench.corpus.rules import EDITABLE, FileOutcome, ImportState, refuse_file
from workbench.corpus.searching import index_now
from workbench.corpus.tables import Article
from workbench.corpus.text import MAX_FILE_BYTES
from workbench.errors import InvalidInputError, UnreadableFileError
from workbench.labelling.importing import import_files
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

IMPORTED = ("file", "state", "articles", "sentences")
LISTED = ("slug", "heading", "outlet", "published", "language", "sentences", "state")
SENTENCE = ("position", "zone", "start", "end", "text")

STDIN = Path("-")

article_argument = click.argument("name", metavar="ARTICLE")
reason_option = click.option("--reason", required=True, help="Why; it is kept in the audit trail.")


class _Articles(CommandsApart):
    files = dict.fromkeys(("correct", "erase"), "article_text")


@click.group(cls=_Articles)
def article() -> None:
    """Import articles and look after them.

    ARTICLE is the slug or the public id of one.
    """


@article.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@project_option
@click.option("--name", default="stdin.txt", show_default=True, help="The file name of PATH -.")
@click.option(
    "--index-later", is_flag=True, help="Leave it to the server to index the words for searching."
)
@format_option
@in_workbench
def import_articles(
    paths: tuple[str, ...], project: str, name: str, index_later: bool, format_: str
) -> None:
    """Import files and folders; - reads standard input.

    Files are .txt, .md, .html, .jsonl or .csv. A manifest.jsonl beside them may say more of
    each. A file is taken whole or not at all; bytes imported before change nothing.
    """
    project_id = project_by_slug(db.session(), slug=project).id
    files = _find_files(paths)
    manifests = _read_manifests(files)
    outcomes: list[FileOutcome] = []
    with click.progressbar(
        length=len(files), label="Importing", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        for batch in import_files(_read(files, name, manifests), project_id=project_id, by=None):
            outcomes += batch
            bar.update(len(batch))
    if not index_later:
        index_now(project_id)
    rows: list[Row] = [_outcome_row(outcome) for outcome in outcomes if outcome.problem is None]
    refused = [outcome for outcome in outcomes if outcome.problem is not None]
    if rows or not refused:
        print_rows(IMPORTED, rows, format_=format_)
    for outcome in refused:
        complain(outcome.reason)
    if refused:
        sys.exit(2)


@article.command("index")
@project_option
@in_workbench
def index_words(project: str) -> None:
    """Index the words of sentences that are not indexed yet, for searching.

    An import does it at its end, or the server soon after; this does it now.
    """
    project_id = project_by_slug(db.session(), slug=project).id
    click.echo(f"Indexed {index_now(project_id)} sentences.")


@article.command("list")
@project_option
@click.option("--search", default="", help="Words in heading, outlet, author or slug.")
@format_option
@in_workbench
def show_articles(project: str, search: str, format_: str) -> None:
    """List a project's articles, the newest import first.

    The heading is the title, or how the text opens where there is none.
    """
    session = db.session()
    project_id = project_by_slug(session, slug=project).id
    rows: list[Row] = [
        {
            "slug": listed.article.slug,
            "heading": listed.heading,
            "outlet": listed.article.outlet,
            "published": listed.article.published,
            "language": listed.article.language,
            "sentences": listed.sentences,
            "state": _state(listed.article),
        }
        for listed in list_articles(session, project_id=project_id, search=search)
    ]
    print_rows(LISTED, rows, format_=format_)


@article.command("show")
@article_argument
@project_option
@format_option
@in_workbench
def show_article(name: str, project: str, format_: str) -> None:
    """Show what is known of an article, and its sentences."""
    session = db.session()
    project_id = project_by_slug(session, slug=project).id
    found = find_article(session, project_id=project_id, name=name)
    edition = newest_edition(session, project_id=project_id, article_id=found.id)
    if format_ == "table":
        for field in ("slug", "public_id", *EDITABLE):
            click.echo(f"{field + ':':<11}{printable(getattr(found, field) or '')}".rstrip())
        click.echo(f"edition:   {edition.number}, SHA-256 {edition.sha256}")
        click.echo(f"state:     {_state(found)}\n")
    rows: list[Row] = [
        {
            "position": sentence.position,
            "zone": sentence.zone,
            "start": sentence.start,
            "end": sentence.end,
            "text": edition.text[sentence.start : sentence.end],
        }
        for sentence in read_sentences(session, project_id=project_id, edition_id=edition.id)
    ]
    print_rows(SENTENCE, rows, format_=format_)


@article.command("withdraw")
@article_argument
@project_option
@reason_option
@click.confirmation_option(prompt="Take the article out of queues and later exports?")
@in_workbench
def withdraw(name: str, project: str, reason: str) -> None:
    """Take an article out of queues and exports; `restore` undoes it."""
    with transaction() as session:
        project_id = project_by_slug(session, slug=project).id
        found = find_article(session, project_id=project_id, name=name)
        withdraw_article(
            session,
            project_id=project_id,
            article_id=found.id,
            reason=reason,
            by=None,
            now=utc_now(),
        )
    click.echo(f"{name} is withdrawn.")


@article.command("restore")
@article_argument
@project_option
@in_workbench
def restore(name: str, project: str) -> None:
    """Bring a withdrawn article back into queues and exports."""
    with transaction() as session:
        project_id = project_by_slug(session, slug=project).id
        found = find_article(session, project_id=project_id, name=name)
        restore_article(session, project_id=project_id, article_id=found.id, by=None, now=utc_now())
    click.echo(f"{name} is back.")


def _find_files(paths: Sequence[str]) -> list[Path]:
    files: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            files += _article_files(path)
        elif path == STDIN or path.exists():
            files.append(path)
        else:
            raise InvalidInputError("There is no file or folder %(path)s.", path=path)
    # A manifest is among files that a shell found by a pattern.
    articles = [file for file in files if file.name != MANIFEST]
    if not articles:
        raise InvalidInputError(
            "%(path)s only describes the files beside it: name those, or their folder.",
            path=files[0],
        )
    return articles


def _article_files(path: Path) -> list[Path]:
    folder = read_folder(path)
    for entry in folder.skipped:
        click.echo(f"Passed over {printable(entry.name)}: {entry.reason}.", err=True)
    if not folder.names:
        raise InvalidInputError(
            "The folder %(folder)s has no article files; they end in %(endings)s.",
            folder=path,
            endings=", ".join(ENDINGS),
        )
    return [path / name for name in folder.names]


def _read_manifests(files: Sequence[Path]) -> dict[Path, Mapping[str, Metadata]]:
    manifests: dict[Path, Mapping[str, Metadata]] = {}
    for folder in {file.parent for file in files if file != STDIN}:
        manifest = folder / MANIFEST
        if manifest.is_file():
            names = [entry.name for entry in folder.iterdir()]
            manifests[folder] = read_manifest(read_bytes(manifest), files=names, name=str(manifest))
    return manifests


def _read(
    files: Sequence[Path], stdin_name: str, manifests: Mapping[Path, Mapping[str, Metadata]]
) -> Iterator[NamedFile | FileOutcome]:
    for file in files:
        if file == STDIN:
            yield NamedFile(stdin_name, sys.stdin.buffer.read(MAX_FILE_BYTES + 1))
            continue
        try:
            content = read_bytes(file)
        except UnreadableFileError as error:
            yield refuse_file(file.name, error)
        else:
            yield NamedFile(file.name, content, manifests.get(file.parent, {}).get(file.name))


def _outcome_row(outcome: FileOutcome) -> dict[str, Json]:
    return {
        "file": outcome.name,
        "state": outcome.state.value,
        "articles": list(outcome.articles),
        "sentences": outcome.sentences if outcome.state is ImportState.IMPORTED else None,
    }


def _state(article: Article) -> str:
    if article.erased_at:
        return "erased"
    return "withdrawn" if article.withdrawn_at else "in use"
