"""What a project's releases say of themselves, in the words of those who lead it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.canonical import Json, JsonObject, content_hash
from workbench.datasets.tables import DatasetProfile
from workbench.errors import InvalidInputError, StaleRevisionError
from workbench.links import is_link
from workbench.projects.operations import LANGUAGES
from workbench.projects.queries import get_project

LICENCE = "CC-BY-4.0"
SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}", re.ASCII)
MOST_CREATORS = 50
MAX_TITLE, MAX_TEXT, MAX_NAME, MAX_CONTACT = 200, 10_000, 200, 254
# The sections of the data card that only people can write.
SECTIONS = (
    "summary",
    "curation",
    "collection",
    "annotators",
    "personal_data",
    "uses",
    "limitations",
    "maintenance",
)


@dataclass(frozen=True)
class Creator:
    """Who made the dataset: a person or a house, with a page about them if there is one."""

    name: str
    url: str | None = None


@dataclass(frozen=True)
class Profile:
    """A dataset's title and texts by language, its makers, licence, address and contact.

    ``licence`` is an SPDX name: of the annotations, not of the articles.
    """

    title: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    creators: tuple[Creator, ...] = ()
    licence: str = LICENCE
    url: str | None = None
    contact: str | None = None

    @property
    def state(self) -> str:
        """What tells this profile from a later one."""
        return content_hash(self.document())

    def document(self) -> JsonObject:
        """Return the profile as the head of a snapshot has it."""
        return {
            "title": {language: self.title.get(language, "") for language in LANGUAGES},
            "texts": {
                section: {language: texts.get(language, "") for language in LANGUAGES}
                for section, texts in sorted(self.texts.items())
            },
            "creators": [cast(Json, asdict(creator)) for creator in self.creators],
            "licence": self.licence,
            "url": self.url,
            "contact": self.contact,
        }

    def check(self) -> None:
        """Refuse what a data card cannot say, with ``InvalidInputError``."""
        if not all(self.title.get(language, "").strip() for language in LANGUAGES):
            raise InvalidInputError("Give the dataset a title in French and in English.")
        if unknown := set(self.texts) - set(SECTIONS):
            raise InvalidInputError(
                "The data card has no section %(name)s; there are: %(names)s.",
                name=min(unknown),
                names=", ".join(SECTIONS),
            )
        if not SPDX.fullmatch(self.licence):
            raise InvalidInputError(
                "%(licence)s is no licence's short name; give one of SPDX such as CC-BY-4.0.",
                licence=repr(self.licence),
            )
        if len(self.creators) > MOST_CREATORS:
            raise InvalidInputError("A dataset has at most %(most)s creators.", most=MOST_CREATORS)
        if not all(creator.name.strip() for creator in self.creators):
            raise InvalidInputError("Each creator needs a name.")
        texts = [text for section in self.texts.values() for text in section.values()]
        names = [creator.name for creator in self.creators]
        for what, given, most in (
            ("title", self.title.values(), MAX_TITLE),
            ("section", texts, MAX_TEXT),
            ("creator's name", names, MAX_NAME),
            ("contact", [self.contact or ""], MAX_CONTACT),
        ):
            if max(map(len, given), default=0) > most:
                raise InvalidInputError(
                    "A %(what)s has at most %(most)s characters.", what=what, most=most
                )
        for url in (self.url, *(creator.url for creator in self.creators)):
            if url is not None and not is_link(url):
                raise InvalidInputError(
                    "%(url)s is no address of a page; give one that begins with https://.",
                    url=repr(url),
                )


def read_profile(session: Session, *, project_id: int) -> Profile:
    """Return a project's profile; until one is written, the project's name and CC-BY-4.0."""
    row = _find(session, project_id)
    if row is None:
        name = get_project(session, project_id=project_id).name
        return Profile(title=dict.fromkeys(LANGUAGES, name))
    creators = cast(list[JsonObject], row.creators)
    return Profile(
        title=cast(Mapping[str, str], row.title),
        texts=cast(Mapping[str, Mapping[str, str]], row.texts),
        creators=tuple(Creator(str(one["name"]), cast(str | None, one["url"])) for one in creators),
        licence=row.licence,
        url=row.url,
        contact=row.contact,
    )


def has_profile(session: Session, *, project_id: int) -> bool:
    """Tell whether anybody has written the project's profile."""
    return _find(session, project_id) is not None


def change_profile(
    session: Session,
    *,
    project_id: int,
    profile: Profile,
    state: str | None = None,
    by: int,
    now: datetime,
) -> None:
    """Write a project's profile; releases that are finished keep theirs.

    Raises ``StaleRevisionError`` when the profile is not in ``state`` any more.
    """
    profile.check()
    document = profile.document()
    row = session.scalar(
        select(DatasetProfile).where(DatasetProfile.project_id == project_id).with_for_update()
    )
    newest = read_profile(session, project_id=project_id)
    if state not in (None, newest.state) and newest.document() != document:
        raise StaleRevisionError(
            "Somebody has changed these texts meanwhile; look at how they are now."
        )
    values = {**document, "changed_by": by, "changed_at": now}
    if row is None:
        session.add(DatasetProfile(project_id=project_id, **values))
    else:
        for name, value in values.items():
            setattr(row, name, value)
    record_event(
        session,
        "change_dataset_profile",
        "dataset profile",
        project_id=project_id,
        by=by,
        now=now,
    )


def _find(session: Session, project_id: int) -> DatasetProfile | None:
    return session.scalar(select(DatasetProfile).where(DatasetProfile.project_id == project_id))
