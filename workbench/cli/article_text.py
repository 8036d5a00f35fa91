"""`workbench article correct` and `erase`: what touches answers, decisions and statements too."""

from pathlib import Path

import click

from workbench.adjudication.editions import correct_article
from workbench.adjudication.erasure import blank_notes
from workbench.cli.article import article_argument, reason_option
from workbench.cli.opening import in_workbench, project_option
from workbench.clock import utc_now
from workbench.corpus.correcting import read_correction
from workbench.corpus.language import Language
from workbench.corpus.operations import erase_article
from workbench.corpus.queries import find_article, newest_edition, read_version
from workbench.corpus.readers import read_bytes
from workbench.factcheck.erasure import blank_parts
from workbench.labelling.carrying import Fate
from workbench.labelling.erasure import blank_quotes
from workbench.labelling.importing import suggest_articles
from workbench.labelstudio.erasure import forget_agreed
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, empty_journal, transaction


@click.command()
@article_argument
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@project_option
@click.option("--yes", is_flag=True, help="Do it even if it looks like another article's text.")
@in_workbench
def correct(name: str, path: Path, project: str, yes: bool) -> None:
    """Give an article the corrected text that FILE has, as its next edition.

    Answers whose sentence and words stand unchanged in one place go over; those that moved wait
    for whoever gave them, and the others are listed. Who is still at work finishes on the text
    they began.
    """
    session = db.session()
    project_id = project_by_slug(session, slug=project).id
    found = find_article(session, project_id=project_id, name=name)
    edition = newest_edition(session, project_id=project_id, article_id=found.id)
    old, after = read_version(session, edition=edition), edition.number
    language: Language = "en" if found.language == "en" else "fr"
    article_id, slug = found.id, found.slug
    session.rollback()  # No read stays open while the file is read, and somebody thinks.
    correction = read_correction(path.name, read_bytes(path), old=old, language=language)
    if correction.is_doubtful and not yes:
        click.confirm(
            f"Only {correction.kept} of {len(old.sentences)} sentences stay: it may be another"
            " article's text. Correct it all the same?",
            abort=True,
        )
    with transaction() as writing:
        corrected = correct_article(
            writing,
            project_id=project_id,
            article_id=article_id,
            after=after,
            version=correction.version,
            file=correction.file,
            by=None,
            now=utc_now(),
        )
    suggest_articles(project_id, [slug])
    fates = corrected.fates
    click.echo(
        f"{slug} has edition {corrected.edition}: {correction.kept} of {len(old.sentences)}"
        f" sentences stay. Answers: {fates[Fate.EXACT]} carried, {fates[Fate.MOVED]} to confirm,"
        f" {fates[Fate.ORPHANED]} without a place; at work on edition {after}: {corrected.staying}."
    )


@click.command()
@article_argument
@project_option
@reason_option
@click.confirmation_option(prompt="Erase the text for good? It cannot come back.")
@in_workbench
def erase(name: str, project: str, reason: str) -> None:
    """Blank an article's text and quotes for good.

    Hashes and the offsets of sentences and labels stay.
    """
    with transaction() as session:
        project_id = project_by_slug(session, slug=project).id
        found = find_article(session, project_id=project_id, name=name)
        erase_article(
            session,
            project_id=project_id,
            article_id=found.id,
            reason=reason,
            by=None,
            now=utc_now(),
        )
        blank_quotes(session, article_id=found.id)
        blank_notes(session, article_id=found.id)
        blank_parts(session, article_id=found.id)
        forget_agreed(session, article_id=found.id)
    is_gone = empty_journal()
    click.echo(f"The text of {name} is erased; backups made before still have it.")
    if not is_gone:
        click.echo("So does the journal beside the database, until the server stops.")
