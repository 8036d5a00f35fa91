"""`workbench demo`: everything to look around with, made once and kept; then the server."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from workbench.accounts.operations import create_user
from workbench.accounts.queries import user_by_email
from workbench.cli.database import prepare
from workbench.cli.demo_answers import (
    adjudicate,
    answer_articles,
    find_annotator,
    has_answered,
    propose_entries,
    talk,
)
from workbench.cli.demo_statements import check_facts
from workbench.cli.opening import hold_for_serving, opened_workbench, with_settings
from workbench.cli.serve import listen, serve_pages
from workbench.cli.user import new_link
from workbench.clock import utc_now
from workbench.corpus.importing import NamedFile
from workbench.corpus.searching import index_now
from workbench.datasets.profiles import Creator, Profile, change_profile, has_profile
from workbench.errors import NotFoundError, WorkbenchError
from workbench.labelling.assigning import request_another
from workbench.labelling.importing import import_files
from workbench.labelling.registers import install_registers
from workbench.labelling.remembered import stored_scheme
from workbench.projects.operations import add_member, create_project
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.resources import resource_folder
from workbench.settings import Settings
from workbench.storage.database import db, take_turn, transaction

SEEDS = resource_folder("seeds")
ANNOTATORS = 2  # Noor and Élie have read the same, so that their answers can be compared.
ONE_MORE = "Démo : une place de plus, pour essayer soi-même"
SEEDING = 0x7365_6564  # "seed": whoever comes second finds everything made.


@dataclass(frozen=True)
class DemoProject:
    """A project of the demo: its articles, registers, and the folder with the answers.

    ``open_to_anna`` are the short names of the articles that one person more may read; ``desk`` is
    the folder with what its fact-checkers do, where they do anything.
    """

    slug: str
    name: str
    articles: Path
    registers: Path
    answers: Path
    open_to_anna: tuple[str, ...]
    desk: Path | None = None


DEBATE = DemoProject(
    slug="open-ai-debate",
    name="L’IA ouverte ou fermée (démo)",
    articles=SEEDS / "articles",
    registers=SEEDS / "registers.json",
    answers=SEEDS / "demo",
    open_to_anna=("001-261cb179200dd163", "002-ce2e5229d9ed911e"),
    desk=SEEDS / "demo",
)
INVENTED = DemoProject(
    slug="invented-press",
    name="Presse inventée (démo)",
    articles=SEEDS / "invented" / "articles",
    registers=SEEDS / "invented" / "registers.json",
    answers=SEEDS / "invented",
    open_to_anna=("la-regie-des-eaux-de-brumeval-publie-son-modele",),
)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody invented; without a role in the project they administer the workbench."""

    part: str
    name: str
    email: str
    role: Role | None = None


NOOR = DemoPerson("annotator", "Noor Annotator", "noor@example.org", Role.ANNOTATOR)
ELIE = DemoPerson("annotator", "Élie Annotator", "elie@example.org", Role.ANNOTATOR)
FELIX = DemoPerson("fact-checker", "Felix Factchecker", "felix@example.org", Role.FACT_CHECKER)
VERA = DemoPerson("fact-checker", "Vera Verifier", "vera@example.org", Role.FACT_CHECKER)
MAX = DemoPerson("manager", "Max Manager", "max@example.org", Role.MANAGER)
ADA = DemoPerson("adjudicator", "Ada Adjudicator", "ada@example.org", Role.ADJUDICATOR)
PEOPLE = (
    DemoPerson("annotator", "Anna Annotator", "anna@example.org", Role.ANNOTATOR),
    NOOR,
    ELIE,
    ADA,
    FELIX,
    VERA,
    DemoPerson("data user", "Dora Datauser", "dora@example.org", Role.DATA_USER),
    MAX,
    DemoPerson("site administrator", "Sina Siteadmin", "sina@example.org"),
)


@click.command()
@click.option("--empty", is_flag=True, help="Without the five articles and the answers to them.")
@click.option("--invented", is_flag=True, help="Beside it a project of four invented articles.")
@with_settings
def demo(settings: Settings, empty: bool, invented: bool) -> None:
    """Try it out: five articles, invented people and answers.

    Makes the project open-ai-debate and serves it. Two of the people have labelled the articles,
    and what they answered to one is adjudicated: a demo, not a gold standard. Two others have
    checked some of what the articles claim: a demo, not real fact-checks. Run again, it keeps
    everything and prints new links.
    """
    listener = listen(settings)
    prepare(settings)
    with opened_workbench(settings, served=True) as app, hold_for_serving(settings):
        now = utc_now()
        make_demo(DEBATE, now, empty=empty)
        if invented:
            make_demo(INVENTED, now)
        with transaction() as session:
            links = _make_links(session, now)
        serve_pages(
            app, settings, listener, announce=lambda: _announce(settings, links, empty=empty)
        )


def make_demo(demo: DemoProject, now: datetime, *, empty: bool = False) -> None:
    """Make what is not there yet: project and people; unless ``empty``, articles and answers."""
    with transaction() as session:
        project_id = _make_project(session, demo, now)
    if empty:
        return
    _import_articles(project_id, demo.articles)
    try:
        _give_answers(project_id, demo, now)
    except WorkbenchError as error:  # Somebody has worked here before there were answers.
        click.echo(f"The answers of Noor and Élie are left out: {error}", err=True)
    _describe(project_id, demo, now)
    try:
        if demo.desk:
            _check_facts(project_id, demo, demo.desk)
    except WorkbenchError as error:  # Somebody has adjudicated or closed what is checked.
        click.echo(f"What Felix and Vera checked is left out: {error}", err=True)


def _make_project(session: Session, demo: DemoProject, now: datetime) -> int:
    """Return the project; it and its people are made where they are not there yet."""
    take_turn(session, SEEDING)
    newcomers = [person for person in PEOPLE if _make_user(session, person, now)]
    try:
        project = project_by_slug(session, slug=demo.slug)
    except NotFoundError:
        project = create_project(
            session, slug=demo.slug, name=demo.name, language="fr", by=None, now=now
        )
        project.overlap = ANNOTATORS
        document = json.loads(demo.registers.read_text("utf-8"))
        install_registers(session, project_id=project.id, document=document, by=None, now=now)
        newcomers = [*PEOPLE]
    for person in newcomers:
        _take_in(session, project.id, person, now)
    return project.id


def _make_user(session: Session, person: DemoPerson, now: datetime) -> bool:
    """Make the person's account; tell whether there was none."""
    try:
        user_by_email(session, email=person.email)
    except NotFoundError:
        create_user(
            session,
            email=person.email,
            name=person.name,
            by=None,
            now=now,
            is_site_admin=person.role is None,
        )
        return True
    return False


def _take_in(session: Session, project_id: int, person: DemoPerson, now: datetime) -> None:
    if person.role:
        add_member(
            session,
            project_id=project_id,
            email=person.email,
            roles=[person.role],
            by=None,
            now=now,
        )


def _import_articles(project_id: int, folder: Path) -> None:
    files = [NamedFile(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    for _ in import_files(files, project_id=project_id, by=None):
        pass
    index_now(project_id)


def _give_answers(project_id: int, demo: DemoProject, now: datetime) -> None:
    """Let Noor and Élie have read everything, and Ada have settled an article; once only."""
    reading = db.session()
    stored_scheme(reading, project_id=project_id, number=1)  # Remembered; while writing, it is not.
    reading.rollback()
    with transaction() as session:
        take_turn(session, SEEDING)
        annotators = {
            name: find_annotator(session, project_id=project_id, email=person.email)
            for name, person in (("noor", NOOR), ("elie", ELIE))
        }
        present = {name: one for name, one in annotators.items() if one}
        if present != annotators or has_answered(
            session, project_id=project_id, folder=demo.answers, annotators=present.values()
        ):
            return
        propose_entries(session, project_id=project_id, folder=demo.answers, annotators=present)
        answer_articles(session, project_id=project_id, folder=demo.answers, annotators=present)
        ada = user_by_email(session, email=ADA.email)
        adjudicate(session, project_id=project_id, folder=demo.answers, by=ada.id)
        talk(session, project_id=project_id, folder=demo.answers, annotators=present, by=ada.id)
        for slug in demo.open_to_anna:
            request_another(
                session, project_id=project_id, article=slug, reason=ONE_MORE, by=None, now=now
            )


def _describe(project_id: int, demo: DemoProject, now: datetime) -> None:
    """Let Max have said what releases of the project say of themselves; once only."""
    document = json.loads((demo.answers / "profile.json").read_text("utf-8"))
    creators = tuple(Creator(**one) for one in document.pop("creators"))
    with transaction() as session:
        take_turn(session, SEEDING)
        if not has_profile(session, project_id=project_id):
            max_ = user_by_email(session, email=MAX.email)
            profile = Profile(**document, creators=creators)
            change_profile(session, project_id=project_id, profile=profile, by=max_.id, now=now)


def _check_facts(project_id: int, demo: DemoProject, folder: Path) -> None:
    """Let Felix and Vera have checked what articles claim; once only, and of Noor's answers."""
    with transaction() as session:
        take_turn(session, SEEDING)
        noor = find_annotator(session, project_id=project_id, email=NOOR.email)
        if noor is None or not has_answered(
            session, project_id=project_id, folder=demo.answers, annotators=[noor]
        ):
            return
        people = {
            name: user_by_email(session, email=person.email).id
            for name, person in (("felix", FELIX), ("vera", VERA), ("max", MAX))
        }
        check_facts(session, project_id=project_id, folder=folder, people=people)


def _make_links(session: Session, now: datetime) -> list[tuple[DemoPerson, str]]:
    take_turn(session, SEEDING)
    links = []
    for person in PEOPLE:
        user = user_by_email(session, email=person.email)
        if user.active:
            links.append((person, new_link(session, user, "sign_in", now)))
    return links


def _announce(settings: Settings, links: list[tuple[DemoPerson, str]], *, empty: bool) -> None:
    click.echo(f"\nThe workbench is at {settings.base_url} (Ctrl-C stops it).")
    click.echo("Each link signs in one invented person, once, within a day:\n")
    parts = max(len(person.part) for person in PEOPLE)
    names = max(len(person.name) for person in PEOPLE)
    for person, link in links:
        click.echo(f"  {person.part:<{parts}}  {person.name:<{names}}  {link}")
    if not empty:
        click.echo(f"\nWhat Felix and Vera checked: {settings.base_url}/checks/{DEBATE.slug}/")
        click.echo("\nAll of it is a demo: no gold standard, no real fact-check.")
    click.echo()
