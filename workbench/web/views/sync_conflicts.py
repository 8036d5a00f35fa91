"""What here and in Label Studio was changed in two ways: shown side by side, and settled."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.tables import User
from workbench.adjudication.queries import list_hidden_articles
from workbench.clock import utc_now
from workbench.corpus.queries import read_headings
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import NotFoundError, WorkbenchError
from workbench.labelling.frames import Link, Span, StanceFrame
from workbench.labelling.registers import load_registers
from workbench.labelling.rules import CONTINUES, UNREAD
from workbench.labelstudio.rules import ConflictState
from workbench.projects.queries import newest_scheme
from workbench.projects.rules import Action
from workbench.projects.scheme import parse_scheme
from workbench.projects.tables import Membership
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.forms.label_studio import SettleForm
from workbench.web.languages import page_language

if TYPE_CHECKING:  # Loads lxml.
    from workbench.labelstudio.convert import Said
    from workbench.labelstudio.settling import ListedConflict

SHOWN_SETTLED = 50
NOTHING = "–"
FIELDS = {
    "decision": lazy_gettext("Decision"),
    "parts": lazy_gettext("Words of the claim"),
    "chain": lazy_gettext("Who says it"),
    "stances": lazy_gettext("Stances"),
}
OWN_WORDS = {
    CONTINUES: lazy_gettext("continues a claim that began before"),
    UNREAD: lazy_gettext("nothing"),
}
KINDS = {
    "claim": lazy_gettext("a claim"),
    "decision": lazy_gettext("the decision"),
    "stances": lazy_gettext("a stance"),
    "sentence": lazy_gettext("the whole sentence"),
}
STATES = {
    ConflictState.OURS: lazy_gettext("what was said here stands"),
    ConflictState.THEIRS: lazy_gettext("what was said there stands"),
    ConflictState.EDITED: lazy_gettext("chosen from both"),
    ConflictState.GONE: lazy_gettext("both sides came to say the same"),
}

blueprint = Blueprint(
    "sync_conflicts", __name__, url_prefix="/projects/<slug>/label-studio/conflicts"
)


@dataclass(frozen=True)
class ShownConflict:
    """A conflict in the list: where it is, whose answer it is, and what it is about."""

    id: str
    article: str
    sentence: str
    annotator: str
    about: str
    state: str
    opened_at: datetime


@dataclass(frozen=True)
class Side:
    """What one side says: the sentence with the claim marked, and the fields in words."""

    name: str
    pieces: Sequence[tuple[str, bool]]
    fields: Mapping[str, str]
    is_there: bool


@blueprint.get("/")
@in_project(Action.CHANGE_PROJECT)
def show_list(project: ProjectAccess) -> ResponseReturnValue:
    """List what is to be settled, the oldest first, and what was settled last."""
    session = db.session()
    places = _Places(session, project)
    found = [one for one in _list_conflicts(project) if not places.is_hidden(one)]
    settled = [one for one in _list_conflicts(project, is_open=False) if not places.is_hidden(one)]
    return render_template(
        "label_studio/conflicts.html",
        project=project,
        conflicts=[places.show(one) for one in found],
        settled=[places.show(one) for one in settled],
        hidden=places.hidden_count,
    )


@blueprint.route("/<conflict>", methods=["GET", "POST"])
@in_project(Action.CHANGE_PROJECT)
def settle(project: ProjectAccess, conflict: str) -> ResponseReturnValue:
    """Show what was agreed last and what each side says now; take one of them, or of both."""
    from workbench.labelstudio.choosing import combine, list_fields  # noqa: PLC0415  # loads lxml
    from workbench.labelstudio.settling import (  # noqa: PLC0415
        count_conflicts,
        refuse_unseen,
        settle_conflict,
    )

    session = db.session()
    places = _Places(session, project)
    found = next((one for one in _list_conflicts(project) if one.id == conflict), None)
    if found is None or places.is_hidden(found):
        raise NotFoundError("There is no such conflict any more.")
    clash = found.conflict
    words = _Words(session, project)
    differing = list_fields(clash.ours, clash.theirs)
    form = SettleForm()
    form.offer([(name, words.field(name)) for name in differing])
    try:
        if form.is_submitted():  # What was ticked of fields shown before is no slip of a person.
            refuse_unseen(clash, form.shown.data or "")
        if form.is_sent_well():
            take = ConflictState(form.take.data)
            edited = (
                combine(clash.ours, clash.theirs, form.from_there.data or ())
                if take is ConflictState.EDITED
                else None
            )
            with transaction() as writing:
                settle_conflict(
                    writing,
                    project_id=project.id,
                    conflict=conflict,
                    take=take,
                    edited=edited,
                    shown=found.shown,
                    by=project.person.id,
                    now=utc_now(),
                )
            flash(gettext("Settled. The next time both sides are brought together it goes there."))
            return _go_on(project)
    except WorkbenchError as error:
        form.refuse(error)
    form.shown.data = found.shown
    sides = (
        (gettext("Agreed before"), clash.base),
        (gettext("Said here"), clash.ours),
        (gettext("Said there"), clash.theirs),
    )
    page = render_template(
        "label_studio/conflict.html",
        project=project,
        shown=places.show(found),
        sides=[places.side(found, name, said, words) for name, said in sides],
        differing=differing,
        is_put_back=clash.is_put_back,
        words=words,
        form=form,
        language=project.language,
        left=count_conflicts(session, project_id=project.id),
    )
    return page, form.status


def _go_on(project: ProjectAccess) -> ResponseReturnValue:
    """Go to the next conflict, or to the list if that was the last one."""
    session = db.session()
    session.rollback()
    places = _Places(session, project)
    for one in _list_conflicts(project):
        if not places.is_hidden(one):
            return go_to("sync_conflicts.settle", slug=project.slug, conflict=one.id)
    return go_to("sync_conflicts.show_list", slug=project.slug)


def _list_conflicts(project: ProjectAccess, *, is_open: bool = True) -> "list[ListedConflict]":
    from workbench.labelstudio.settling import list_conflicts  # noqa: PLC0415  # loads lxml

    limit = None if is_open else SHOWN_SETTLED
    return list_conflicts(db.session(), project_id=project.id, is_open=is_open, limit=limit)


class _Places:
    """Where conflicts are, and whose; those that the reader may not see are counted."""

    def __init__(self, session: Session, project: ProjectAccess) -> None:
        self._session, self._project = session, project
        hidden = list_hidden_articles(session, project_id=project.id, reader=project.person.id)
        self._hidden = {one.id for one in hidden}
        self.hidden_count = 0
        rows = session.execute(
            select(Membership.id, User.name)
            .join(User, User.id == Membership.user_id)
            .where(Membership.project_id == project.id)
        )
        self._names = {row.id: row.name for row in rows}
        self._found: dict[tuple[int, int], tuple[int, str, int, int]] = {}

    def is_hidden(self, one: "ListedConflict") -> bool:
        """Tell whether the reader still works on the article; such a conflict is counted."""
        is_hidden = self._place(one)[0] in self._hidden
        self.hidden_count += is_hidden
        return is_hidden

    def show(self, one: "ListedConflict") -> ShownConflict:
        """Return a conflict for the list."""
        article, text, start, end = self._place(one)
        (heading,) = read_headings(self._session, article_ids=[article]).values()
        return ShownConflict(
            id=one.id,
            article=heading,
            sentence=text[start:end],
            annotator=self._names.get(one.membership_id, ""),
            about=str(KINDS[one.conflict.item.kind.value]),
            state=str(STATES.get(one.state, "")),
            opened_at=one.opened_at,
        )

    def side(self, one: "ListedConflict", name: str, said: "Said", words: "_Words") -> Side:
        """Return what a side says, with the sentence and whatever its claims reach."""
        _, text, start, end = self._place(one)
        spans = sorted(_spans(said), key=lambda span: span.start)
        first = min([start, *(span.start for span in spans)])
        last = max([end, *(span.end for span in spans)])
        is_there = bool(said.claims or said.stances or said.decision != UNREAD)
        return Side(name, [*_cut(text, spans, first, last)], words.fields(said), is_there)

    def _place(self, one: "ListedConflict") -> tuple[int, str, int, int]:
        key = (one.edition_id, one.conflict.position)
        if key not in self._found:
            row = self._session.execute(
                select(TextEdition.article_id, TextEdition.text, Sentence.start, Sentence.end)
                .join(Sentence, Sentence.edition_id == TextEdition.id)
                .join(Article, Article.id == TextEdition.article_id)
                .where(TextEdition.id == key[0], Sentence.position == key[1])
            ).one()
            self._found[key] = (row[0], row[1], row[2], row[3])
        return self._found[key]


class _Words:
    """Says answers in the reader's language."""

    def __init__(self, session: Session, project: ProjectAccess) -> None:
        scheme = parse_scheme(newest_scheme(session, project_id=project.id).document)
        registers = load_registers(session, project_id=project.id)
        self._fields = scheme.fields
        self._speakers = {one.id: one.name for one in registers.speakers}
        self._speakers |= {name: _label(own) for name, own in scheme.reserved_speakers.items()}
        self._targets = {one.id: _label(one.labels) for one in registers.targets}

    def field(self, name: str) -> str:
        """Name a field."""
        if name in FIELDS:
            return str(FIELDS[name])
        return _label(self._fields[name].label) if name in self._fields else name

    def fields(self, said: "Said") -> dict[str, str]:
        """Say every field of what is said of an item, by name."""
        found: dict[str, str] = {}
        if not said.claims:
            found["decision"] = self._value("decision", said.decision)
        for claim in said.claims:
            found["parts"] = " […] ".join(part.text for part in claim.parts)
            found["chain"] = " → ".join(self._link(link) for link in claim.chain) or NOTHING
            found |= self._values(claim.attributes)
        found |= self._values(said.attributes)
        if said.stances:
            found["stances"] = " · ".join(self._stance(one) for one in said.stances)
        return found

    def _link(self, link: Link) -> str:
        said = [self._speakers.get(link.speaker, link.speaker)]
        said += [f"« {span.text} »" for span in (link.mention, link.cue) if span]
        return " ".join([*said, *self._values(link.attributes).values()])

    def _stance(self, one: StanceFrame) -> str:
        holder = self._speakers.get(one.holder, one.holder)
        target = self._targets.get(one.target, one.target)
        return f"{holder}: {self._value('stance_value', one.value)} – {target}"

    def _values(self, attributes: Mapping[str, str | None]) -> dict[str, str]:
        return {name: self._value(name, value) for name, value in attributes.items() if value}

    def _value(self, field: str, value: str) -> str:
        if value in OWN_WORDS:
            return str(OWN_WORDS[value])
        asked = self._fields.get(field)
        return _label(asked.values[value].label) if asked and value in asked.values else value


def _spans(said: "Said") -> list[Span]:
    return [part for claim in said.claims for part in claim.parts]


def _cut(text: str, spans: Sequence[Span], start: int, end: int) -> Iterator[tuple[str, bool]]:
    """Yield a range of a text in pieces, those of the spans marked."""
    for span in spans:
        if start < span.start:
            yield text[start : span.start], False
        yield text[max(start, span.start) : span.end], True
        start = max(start, span.end)
    if start < end:
        yield text[start:end], False


def _label(labels: Mapping[str, str]) -> str:
    return labels.get(page_language()) or next(iter(labels.values()))
