"""What a project's fact-check desk says of itself, and whether it publishes.

Before anybody has changed anything a desk publishes nothing, and has the method and the rule of
corrections that come with the program.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.accounts.rules import parse_email
from workbench.canonical import Json, JsonObject, content_hash
from workbench.corpus.text import refuse_unstorable
from workbench.errors import InvalidInputError, StaleRevisionError
from workbench.factcheck.eligibility import list_missing_disclosures
from workbench.factcheck.published import Organisation
from workbench.factcheck.tables import Desk
from workbench.links import check_link
from workbench.resources import resource_folder
from workbench.storage.database import share_project

LANGUAGES = ("fr", "en")
MAX_TEXT = 20_000
MAX_ORGANISATION = 200

Texts = Mapping[str, str]


@dataclass(frozen=True)
class DeskSettings:
    """How a desk works, and what it tells its readers of itself; texts are Markdown by language."""

    publishes: bool
    blind_verdicts: bool
    organisation: str
    organisation_url: str
    contact: str
    is_nonpartisan: bool
    funding: Texts
    method: Texts
    corrections: Texts

    @property
    def state(self) -> str:
        """What tells these settings from later ones."""
        return content_hash(_stored(self))


def read_desk(session: Session, *, project_id: int) -> DeskSettings:
    """Return the settings of a project's desk: those that come with the program at first."""
    row = session.scalar(select(Desk).where(Desk.project_id == project_id))
    if row is None:
        return _default()
    return DeskSettings(
        publishes=row.publishes,
        blind_verdicts=row.blind_verdicts,
        organisation=row.organisation,
        organisation_url=row.organisation_url,
        contact=row.contact,
        is_nonpartisan=row.is_nonpartisan,
        funding=_texts(row.funding),
        method=_texts(row.method),
        corrections=_texts(row.corrections),
    )


def change_desk(
    session: Session,
    *,
    project_id: int,
    settings: DeskSettings,
    state: str | None = None,
    by: int,
    now: datetime,
) -> DeskSettings:
    """Change how the desk works; it publishes only when readers can know who checks, and how.

    Raises ``InvalidInputError`` naming what is missing first, ``StaleRevisionError`` when the
    settings are not in ``state`` any more.
    """
    checked = _check(settings)
    if checked.publishes:
        for problem in list_missing_disclosures(describe_organisation(checked, root="")):
            raise problem
    share_project(session, project_id)
    row = session.scalar(select(Desk).where(Desk.project_id == project_id).with_for_update())
    newest = read_desk(session, project_id=project_id)
    if state not in (None, newest.state) and newest != checked:
        raise StaleRevisionError(
            "Somebody has changed these settings meanwhile; look at how they are now."
        )
    if row is None:
        row = Desk(project_id=project_id)
        session.add(row)
    before = {field.name: getattr(row, field.name) for field in fields(DeskSettings)}
    for name, value in _stored(checked).items():
        setattr(row, name, value)
    row.changed_by, row.changed_at = by, now
    session.flush()
    changed: list[Json] = [
        name for name, value in _stored(checked).items() if before.get(name) != value
    ]
    record_event(
        session,
        "change_desk",
        "desk",
        project_id=project_id,
        by=by,
        now=now,
        details={
            "changed": changed,
            "publishes": checked.publishes,
            "blind_verdicts": checked.blind_verdicts,
        },
    )
    return checked


def describe_organisation(settings: DeskSettings, *, root: str) -> Organisation:
    """Return what a desk says of itself to its readers, on pages whose addresses begin alike."""
    return Organisation(
        name=settings.organisation,
        url=settings.organisation_url,
        contact=settings.contact,
        is_nonpartisan=settings.is_nonpartisan,
        funding=settings.funding,
        method=settings.method,
        corrections=settings.corrections,
        method_url=f"{root}method",
        corrections_url=f"{root}corrections",
    )


def default_texts(name: str) -> dict[str, str]:
    """Return a text that comes with the program, ``method`` or ``corrections``, by language."""
    seeds = resource_folder("seeds")
    return {one: (seeds / f"desk-{name}.{one}.md").read_text().strip() for one in LANGUAGES}


@cache
def _default() -> DeskSettings:
    return DeskSettings(
        publishes=False,
        blind_verdicts=False,
        organisation="",
        organisation_url="",
        contact="",
        is_nonpartisan=False,
        funding=dict.fromkeys(LANGUAGES, ""),
        method=default_texts("method"),
        corrections=default_texts("corrections"),
    )


def _check(settings: DeskSettings) -> DeskSettings:
    organisation = " ".join(settings.organisation.split())
    if len(organisation) > MAX_ORGANISATION or not organisation.isprintable():
        raise InvalidInputError(
            "Give the organisation's name in at most 200 letters, without control characters."
        )
    return DeskSettings(
        publishes=settings.publishes,
        blind_verdicts=settings.blind_verdicts,
        organisation=organisation,
        organisation_url=check_link(settings.organisation_url)
        if settings.organisation_url.strip()
        else "",
        contact=parse_email(settings.contact) if settings.contact.strip() else "",
        is_nonpartisan=settings.is_nonpartisan,
        funding=_check_texts(settings.funding),
        method=_check_texts(settings.method),
        corrections=_check_texts(settings.corrections),
    )


def _check_texts(texts: Texts) -> Texts:
    checked = {}
    for language in LANGUAGES:
        text = texts.get(language, "").replace("\r\n", "\n").strip()
        if len(text) > MAX_TEXT:
            raise InvalidInputError("At most %(most)s characters.", most=MAX_TEXT)
        refuse_unstorable(text, "text")
        checked[language] = text
    return checked


def _stored(settings: DeskSettings) -> JsonObject:
    values = {field.name: getattr(settings, field.name) for field in fields(DeskSettings)}
    return {
        name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()
    }


def _texts(stored: Json) -> Texts:
    words = stored if isinstance(stored, dict) else {}
    return {language: str(words.get(language) or "") for language in LANGUAGES}
