"""The registers: who speaks and what stances are towards; proposals accepted, doubles merged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from workbench.adjudication.queries import list_hidden_articles
from workbench.clock import utc_now
from workbench.corpus.queries import read_headings_by_slug
from workbench.corpus.rules import fold
from workbench.errors import NotFoundError, WorkbenchError
from workbench.labelling.register_changes import (
    REGISTERS,
    Entry,
    accept_entry,
    change_entry,
    get_entry,
    merge_entries,
    unmerge_entry,
)
from workbench.labelling.register_uses import count_by_article, count_uses, list_mentions
from workbench.labelling.registers import (
    SpeakerEntry,
    TargetEntry,
    find_redirects,
    load_registers,
)
from workbench.labelling.similar import find_similar
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.registers import KINDS, MergeForm, SpeakerForm, TargetForm
from workbench.web.paging import page_of

blueprint = Blueprint("registers", __name__, url_prefix="/projects/<slug>/registers")

STATES = ("proposed", "in-use", "merged")
OFFERED = 20
MENTIONS = 12

RegisterEntry = SpeakerEntry | TargetEntry


@dataclass(frozen=True)
class _Book:
    """One register of a project as its pages read it."""

    register: str
    entries: Mapping[str, RegisterEntry]
    redirects: Mapping[str, str]
    locale: str

    def name_of(self, public_id: str) -> str:
        """Return what to call an entry in the reader's language."""
        entry = self.entries[public_id]
        if isinstance(entry, SpeakerEntry):
            return entry.name
        words = entry.labels
        return words.get(self.locale) or words.get("en") or next(iter(words.values()), entry.id)

    def names_of(self, public_id: str) -> list[str]:
        """Return all names by which an entry is known."""
        entry = self.entries[public_id]
        words = entry.labels.values() if isinstance(entry, TargetEntry) else [entry.name]
        return [*dict.fromkeys([*words, *entry.aliases])]

    def rows_of(self, public_id: str) -> list[int]:
        """Return the rows of an entry and of all that went into it."""
        into = [one for one, end in self.redirects.items() if end == public_id]
        return [self.entries[one].row for one in (public_id, *into)]

    def find(self, search: str, state: str) -> list[str]:
        """Return the entries that are sought: proposed ones first, merged ones last, by name."""
        sought = fold(search)
        found = [
            one
            for one, entry in self.entries.items()
            if (not state or _state_of(entry) == state)
            and (
                not search.strip()
                or (sought and any(sought in fold(name) for name in self.names_of(one)))
            )
        ]
        return sorted(
            found,
            key=lambda one: (STATES.index(_state_of(self.entries[one])), fold(self.name_of(one))),
        )

    def similar_to(self, wanted: Sequence[str], most: int) -> dict[str, list[str]]:
        """Return for each wanted entry others that look like it and stand for themselves."""
        names = {
            one: self.names_of(one)
            for one, entry in self.entries.items()
            if not entry.merged_into or one in wanted
        }
        alike = find_similar(names, wanted, most=most)
        return {
            one: [other for other in others if not self.entries[other].merged_into]
            for one, others in alike.items()
        }


@blueprint.get("/")
@in_project(Action.EDIT_REGISTERS)
def show_list(project: ProjectAccess) -> ResponseReturnValue:
    """List a register's entries, those that are proposed first, with what looks like them."""
    session = db.session()
    register = request.args.get("register", "speaker")
    book = _open(session, project, register)
    search, state = request.args.get("search", "").strip(), request.args.get("state", "")
    found = book.find(search, state)
    paging = page_of(len(found))
    shown = found[paging.offset : paging.offset + paging.limit]
    rows = {one: book.rows_of(one) for one in shown}
    uses = count_uses(
        session,
        project_id=project.id,
        register=register,
        rows=[row for some in rows.values() for row in some],
        without=_hidden(session, project),
    )
    proposed = [one for one in shown if _state_of(book.entries[one]) == "proposed"]
    return render_template(
        "registers/list.html",
        project=project,
        book=book,
        search=search,
        state=state,
        entries=[book.entries[one] for one in shown],
        uses={one: sum(uses[row] for row in some) for one, some in rows.items()},
        similar=book.similar_to(proposed, 1) if proposed else {},
        waiting=sum(_state_of(entry) == "proposed" for entry in book.entries.values()),
        kinds=KINDS,
        paging=paging,
    )


@blueprint.route("/<register>/<entry>", methods=["GET", "POST"])
@in_project(Action.EDIT_REGISTERS)
def show_entry(project: ProjectAccess, register: str, entry: str) -> ResponseReturnValue:
    """Show an entry with where it is used, and change what is known of it."""
    session = db.session()
    found = get_entry(session, project_id=project.id, register=register, public_id=entry)
    book = _open(session, project, register)
    form, newer = _form_for(found, book), {}
    if form.is_sent_well():
        try:
            with transaction() as writing:
                change_entry(
                    writing,
                    project_id=project.id,
                    register=register,
                    document=form.document(found.document),
                    state=form.state.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
            found = get_entry(session, project_id=project.id, register=register, public_id=entry)
            if found.state != form.state.data:
                newer = form.rest_on_newest(form.values_of(found.document), found.state)
        else:
            flash(gettext("The entry is saved."))
            return go_to("registers.show_entry", slug=project.slug, register=register, entry=entry)
    hidden, rows = _hidden(session, project), book.rows_of(entry)
    uses = count_by_article(
        session, project_id=project.id, register=register, rows=rows, without=hidden
    )
    mentions = list_mentions(
        session, project_id=project.id, register=register, rows=rows, without=hidden
    )
    headings = read_headings_by_slug(session, project_id=project.id, slugs=uses)
    page = render_template(
        "registers/entry.html",
        project=project,
        book=book,
        entry=found,
        form=form,
        newer=newer,
        uses=[(one, headings[one], count) for one, count in uses.most_common()],
        mentions=mentions[:MENTIONS],
        merged=[one for one, other in book.entries.items() if other.merged_into == entry],
        hidden=len(hidden),
    )
    return page, form.status


@blueprint.post("/<register>/<entry>/accept")
@in_project(Action.EDIT_REGISTERS)
def accept(project: ProjectAccess, register: str, entry: str) -> ResponseReturnValue:
    """Take a proposed entry into the register."""
    _act(project, register, entry, accept_entry, gettext("The entry is accepted."))
    return go_to("registers.show_list", slug=project.slug, register=register)


@blueprint.route("/<register>/<entry>/merge", methods=["GET", "POST"])
@in_project(Action.EDIT_REGISTERS)
def merge(project: ProjectAccess, register: str, entry: str) -> ResponseReturnValue:
    """Choose which entry this one is the same as; a person always says so."""
    session = db.session()
    found = get_entry(session, project_id=project.id, register=register, public_id=entry)
    book = _open(session, project, register)
    search = request.args.get("search", "").strip()
    offered = _offered(book, entry, search)
    form = MergeForm()
    if form.is_sent_well():
        try:
            with transaction() as writing:
                merge_entries(
                    writing,
                    project_id=project.id,
                    register=register,
                    public_id=entry,
                    into=form.into.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The two are one now. You can take that back on this page."))
            return go_to("registers.show_entry", slug=project.slug, register=register, entry=entry)
    rows = {one: book.rows_of(one) for one in (entry, *offered)}
    uses = count_uses(
        session,
        project_id=project.id,
        register=register,
        rows=[row for some in rows.values() for row in some],
        without=_hidden(session, project),
    )
    page = render_template(
        "registers/merge.html",
        project=project,
        book=book,
        entry=found,
        form=form,
        search=search,
        offered=[book.entries[one] for one in offered],
        chosen=form.into.data or (offered[0] if offered and not search else None),
        uses={one: sum(uses[row] for row in some) for one, some in rows.items()},
        kinds=KINDS,
    )
    return page, form.status


@blueprint.post("/<register>/<entry>/unmerge")
@in_project(Action.EDIT_REGISTERS)
def unmerge(project: ProjectAccess, register: str, entry: str) -> ResponseReturnValue:
    """Let a merged entry stand for itself again."""
    _act(project, register, entry, unmerge_entry, gettext("The entry stands for itself again."))
    return go_to("registers.show_entry", slug=project.slug, register=register, entry=entry)


def _open(session: Session, project: ProjectAccess, register: str) -> _Book:
    if register not in REGISTERS:
        raise NotFoundError("There are two registers, speaker and target.")
    registers = load_registers(session, project_id=project.id)
    entries: Sequence[RegisterEntry] = (
        registers.speakers if register == "speaker" else registers.targets
    )
    return _Book(
        register=register,
        entries={entry.id: entry for entry in entries},
        redirects=find_redirects(entries),
        locale=str(get_locale()),
    )


def _offered(book: _Book, entry: str, search: str) -> list[str]:
    """The entries that this one may be: those found, else those that look like it."""
    if search:
        found = [one for one in book.find(search, "") if not book.entries[one].merged_into]
    else:
        found = book.similar_to([entry], OFFERED)[entry]
    return [one for one in found if one != entry][:OFFERED]


def _form_for(entry: Entry, book: _Book) -> SpeakerForm | TargetForm:
    if entry.register == "target":
        target = TargetForm(state=entry.state)
        target.show(entry.document)
        return target
    speaker = SpeakerForm(state=entry.state)
    speaker.show(
        entry.document, _employers(cast("Mapping[str, SpeakerEntry]", book.entries), entry)
    )
    return speaker


def _employers(entries: Mapping[str, SpeakerEntry], entry: Entry) -> list[SelectChoice]:
    now = entry.document.get("employer")
    offered = [
        other
        for other in entries.values()
        if other.id != entry.id
        and (other.id == now or (other.kind != "person" and not other.merged_into))
    ]
    return [
        SelectChoice(other.id, other.name)
        for other in sorted(offered, key=lambda other: fold(other.name))
    ]


def _hidden(session: Session, project: ProjectAccess) -> list[int]:
    hidden = list_hidden_articles(session, project_id=project.id, reader=project.person.id)
    return [article.id for article in hidden]


def _state_of(entry: RegisterEntry) -> str:
    if entry.merged_into:
        return "merged"
    return "proposed" if entry.proposed else "in-use"


def _act(
    project: ProjectAccess, register: str, entry: str, change: Callable[..., int], done: str
) -> None:
    """Do one thing with an entry if the button was sent well, and say that it is done."""
    if not ButtonForm().is_sent_well():
        return
    try:
        with transaction() as session:
            change(
                session,
                project_id=project.id,
                register=register,
                public_id=entry,
                by=project.person.id,
                now=utc_now(),
            )
    except WorkbenchError as error:
        flash(tell(error), "problem")
    else:
        flash(done)
