"""What is found at a Label Studio server before a project is connected: people, and its projects.

No database is met here. Whatever is wrong there is said before anything is written here.
"""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

from workbench.errors import ConflictError, FetchError, InvalidInputError
from workbench.fetching import Door
from workbench.labelstudio.client import (
    LEAST_TITLE,
    MOST_TITLE,
    GoneThereError,
    Project,
    Server,
    TokenKind,
    connect,
)
from workbench.labelstudio.config import (
    Config,
    find_differences,
    hash_config,
    read_config,
    write_config,
)
from workbench.labelstudio.people import Annotator, Person, match_people, name_projects
from workbench.links import place_of

SECONDS = 20.0  # for one request, while a person waits


@dataclass(frozen=True)
class Asked:
    """What a lead asks for.

    ``project`` is the title of a project there, made if there is none, or ``#`` with its number.
    Where ``is_apart``, each annotator gets a project of their own instead, titled alike.
    """

    address: str
    token: str
    project: str
    is_apart: bool


@dataclass(frozen=True)
class Own:
    """What is known here of the project that is to be connected.

    ``uids`` are of its text editions; ``taken`` are the projects that are connected already, each
    by its server's address, its number and when it was made.
    """

    config: Config
    annotators: Sequence[Annotator]
    uids: Set[str]
    taken: Set[tuple[str, int, str]]


@dataclass(frozen=True)
class FoundProject:
    """A project there to be used, for everybody or for one annotator."""

    membership_id: int | None
    id: int
    title: str
    made_at: str
    config_sha: str


@dataclass(frozen=True)
class Found:
    """What was found there, or made."""

    address: str
    token: str
    token_kind: TokenKind
    people: tuple[Person, ...]
    projects: tuple[FoundProject, ...]


def find_there(asked: Asked, own: Own, *, door: Door) -> Found:
    """Return what is needed to connect; projects that are missing there are made.

    Raises ``InvalidInputError`` for an address that may not be asked or a project that is not
    ours to use, ``FetchError`` where the server cannot be used.
    """
    wanted = " ".join(asked.project.split())
    _check_wanted(wanted, is_apart=asked.is_apart)
    server = connect(asked.address, asked.token, door=door, seconds=SECONDS)
    people = server.list_people()
    if asked.is_apart:
        members = {*match_people(people, own.annotators, linked={}).values()}
        projects = find_apart(server, wanted, own, members)
    else:
        projects = (_find_project(server, wanted, own, None),)
    return Found(server.address, asked.token.strip(), server.token_kind, people, projects)


def find_apart(
    server: Server, title: str, own: Own, members: Collection[int]
) -> tuple[FoundProject, ...]:
    """Return a project for each of these annotators, who have an account there."""
    here = [one for one in own.annotators if one.membership_id in members]
    if not here:
        raise InvalidInputError(
            "Nobody at %(host)s has the e-mail address of an annotator here: let them sign up there"
            " first, or use one project for all.",
            host=place_of(server.address),
        )

    def is_taken(title: str) -> bool:
        return any(_is_taken(server, one, own) for one in server.find_projects(title))

    titles = name_projects(title, own.annotators, longest=MOST_TITLE, is_taken=is_taken)
    found: list[FoundProject] = []
    for one in here:
        try:
            found.append(_find_project(server, titles[one.membership_id], own, one.membership_id))
        except FetchError as error:
            raise _half_done(error, found) from error
    return tuple(found)


def _is_taken(server: Server, project: Project, own: Own) -> bool:
    return (server.address, project.id, project.made_at) in own.taken


def _half_done(error: FetchError, found: Sequence[FoundProject]) -> FetchError:
    """Return an error that also says which projects stand there by now; they are found again."""
    if not found:
        return error
    return FetchError(
        "%(why)s Before that, these projects were made or found there, and the next try uses them:"
        " %(titles)s.",
        why=error,
        titles=", ".join(one.title for one in found),
    )


def _check_wanted(wanted: str, *, is_apart: bool) -> None:
    if wanted.startswith("#") and not is_apart:
        if not (wanted[1:].isascii() and wanted[1:].isdigit() and len(wanted) <= len("#999999999")):
            raise InvalidInputError("Write the number of a project there like #12.")
    elif wanted.startswith("#"):
        raise InvalidInputError(
            "Annotators' own projects are made there: give the title that they begin with."
        )
    elif not LEAST_TITLE <= len(wanted) <= MOST_TITLE or not wanted.isprintable():
        raise InvalidInputError("A project there has a title of 3 to 50 characters.")


def _find_project(server: Server, wanted: str, own: Own, membership_id: int | None) -> FoundProject:
    config = write_config(own.config)
    if wanted.startswith("#"):
        try:
            project = server.read_project(int(wanted[1:]))
        except GoneThereError:
            raise InvalidInputError(
                "There is no project %(number)s at %(host)s: name another one, or a title.",
                number=wanted,
                host=place_of(server.address),
            ) from None
    else:
        titled = server.find_projects(wanted)
        if len(titled) > 1:
            raise InvalidInputError(
                "%(host)s has %(count)s projects of this title: name the one by its number, such as"
                " #%(number)s.",
                host=place_of(server.address),
                count=len(titled),
                number=titled[0].id,
            )
        project = titled[0] if titled else server.make_project(wanted, config)
    used = _check_ours(server, project, own, config)
    return FoundProject(
        membership_id, used.id, used.title[:200], used.made_at, hash_config(used.config)
    )


def _check_ours(server: Server, project: Project, own: Own, config: str) -> Project:
    """Return a project that asks what ours does and has no tasks but ours, or say which has not."""
    if _is_taken(server, project, own):
        raise ConflictError(
            "Project #%(number)s there is connected with a project of this workbench: choose"
            " another one.",
            number=project.id,
        )
    theirs = read_config(project.config)
    tasks = server.sweep_tasks(project.id)
    if any(task.uid not in own.uids for task in tasks):
        raise InvalidInputError(
            "Project #%(number)s there has tasks that are no articles of this project: choose"
            " another one, or a title that is not taken.",
            number=project.id,
        )
    is_blank = not (theirs.labels or theirs.controls or theirs.foreign or tasks)
    if is_blank:
        return server.change_config(project.id, config)
    if find_differences(own.config, theirs):
        raise InvalidInputError(
            "Project #%(number)s there asks something else than the label scheme here: choose"
            " another one, or a title that is not taken.",
            number=project.id,
        )
    return project
