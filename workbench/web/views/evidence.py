"""Evidence and the search log of a statement, and how the pages of all evidence fare."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workbench.clock import utc_now
from workbench.errors import NotFoundError, WorkbenchError
from workbench.factcheck.evidence import (
    Claimants,
    EvidenceItem,
    GivenEvidence,
    StaleEvidenceError,
    add_evidence,
    edit_evidence,
    find_evidence,
    list_revisions,
    list_same_pages,
    name_statements,
    read_evidence,
    remove_evidence,
)
from workbench.factcheck.evidence_section import claimants_of, with_anchor
from workbench.factcheck.keeping import (
    RECHECK,
    FetchProblem,
    list_fetches,
    list_page_states,
    name_evidence,
    read_kept,
    read_page_text,
    request_fetch,
    request_recheck,
)
from workbench.factcheck.passages import find_passage
from workbench.factcheck.queries import describe_statement, find_statement
from workbench.factcheck.rules import FetchOutcome
from workbench.factcheck.searches import list_searches, log_search
from workbench.factcheck.tables import Statement
from workbench.jobs.queries import list_jobs, read_results
from workbench.jobs.rules import JobStatus
from workbench.jobs.runner import wake_runner
from workbench.labelling.frames import Span
from workbench.links import is_link
from workbench.projects.queries import list_members
from workbench.projects.rules import Action
from workbench.settings import Settings
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import say, tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.evidence import (
    ANSWER_TYPES,
    BEARINGS,
    MEDIA,
    NO,
    OUTCOMES,
    SOURCE_KINDS,
    EvidenceForm,
    NumberForm,
    SearchForm,
)
from workbench.web.paging import page_of

AROUND = 4000  # characters of a kept page before the passage, and as many after it

_CHOSEN: dict[str, dict[str, object]] = {
    "bearing": {str(word): name for word, name in BEARINGS.items()},
    "source_kind": {str(word): name for word, name in SOURCE_KINDS.items()},
    "medium": {str(word): name for word, name in MEDIA.items()},
    "answer_type": {str(word): name for word, name in ANSWER_TYPES.items()},
    "is_independent": {"True": lazy_gettext("yes"), "False": lazy_gettext("no")},
}

blueprint = Blueprint("evidence", __name__, url_prefix="/projects/<slug>")


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "evidence_words": {
            "bearing": BEARINGS,
            "source_kind": SOURCE_KINDS,
            "medium": MEDIA,
            "answer_type": ANSWER_TYPES,
            "outcome": OUTCOMES,
        },
        "is_link": is_link,
        "say_problem": lambda problem: say(problem.message, problem.values),
    }


@dataclass(frozen=True)
class Excerpt:
    """What was kept of a page around its passage; ``is_cut`` says at which ends there is more."""

    before: str
    passage: str
    after: str
    is_cut: tuple[bool, bool]


@blueprint.route("/statements/<statement>/evidence/new", methods=["GET", "POST"])
@in_project(Action.CHECK_FACTS)
def add(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Write down a piece of evidence."""
    form = EvidenceForm()
    if form.is_sent_well() and _is_independence_said(project, statement, form):
        try:
            with transaction() as session:
                evidence = add_evidence(
                    session,
                    project_id=project.id,
                    statement=statement,
                    given=form.read(),
                    by=project.person.id,
                    now=utc_now(),
                    private_hosts=_private_hosts(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The evidence is with the statement."))
            _warn_of_same_page(project, statement, evidence)
            return _go_to_card(project, statement, evidence)
    if request.method == "GET":
        form.accessed.data = utc_now().date()
    return _show_form(project, statement, form, None)


@blueprint.route("/statements/<statement>/evidence/<evidence>/edit", methods=["GET", "POST"])
@in_project(Action.CHECK_FACTS)
def edit(project: ProjectAccess, statement: str, evidence: str) -> ResponseReturnValue:
    """Write a piece of evidence down anew; whoever comes second sees both."""
    form = EvidenceForm()
    item = _find(project, statement, evidence)
    newest: EvidenceItem | None = None
    if form.is_sent_well() and _is_independence_said(project, statement, form):
        try:
            with transaction() as session:
                edit_evidence(
                    session,
                    project_id=project.id,
                    statement=statement,
                    evidence=evidence,
                    base=form.number.data,
                    given=form.read(),
                    by=project.person.id,
                    now=utc_now(),
                    private_hosts=_private_hosts(),
                )
        except StaleEvidenceError as error:
            form.refuse(error)
            newest = item = _find(project, statement, evidence)
            form.number.raw_data, form.number.data = None, newest.number
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The evidence is saved; what it was before stays in its history."))
            _warn_of_same_page(project, statement, evidence)
            return _go_to_card(project, statement, evidence)
    if request.method == "GET":
        form.fill(item.given)
        form.number.data = item.number
    return _show_form(project, statement, form, item, newest)


@blueprint.get("/statements/<statement>/evidence/<evidence>/")
@in_project(Action.SEE_DESK)
def show(project: ProjectAccess, statement: str, evidence: str) -> ResponseReturnValue:
    """Show all that is known of a piece of evidence, with what was kept of its page."""
    session = db.session()
    row = _find_statement(project, statement)
    item = find_evidence(session, statement_id=row.id, public_id=evidence)
    page = with_anchor(session, item, read_kept(session, items=[item])[item.revision])
    return render_template(
        "factcheck/evidence.html",
        project=project,
        statement=describe_statement(session, statement=row),
        item=item,
        page=page,
        excerpt=_excerpt(item, read_page_text(session, item=item, sha256=page.sha256)),
        seen=_excerpt(item, read_page_text(session, item=item, sha256=page.seen_sha256))
        if page.outcome == FetchOutcome.DRIFTED
        else None,
        revisions=list_revisions(session, statement_id=row.id, public_id=evidence),
        looks=list_fetches(session, item=item),
        names=_names(session, project),
    )


@blueprint.post("/statements/<statement>/evidence/<evidence>/remove")
@in_project(Action.CHECK_FACTS)
def remove(project: ProjectAccess, statement: str, evidence: str) -> ResponseReturnValue:
    """Take a piece of evidence away."""
    form = NumberForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                remove_evidence(
                    session,
                    project_id=project.id,
                    statement=statement,
                    evidence=evidence,
                    base=form.number.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            flash(tell(error), "problem")
        else:
            flash(gettext("The evidence is taken away; verdicts that rest on it keep it."))
    return _go_to_card(project, statement)


@blueprint.post("/statements/<statement>/evidence/<evidence>/fetch")
@in_project(Action.CHECK_FACTS)
def fetch(project: ProjectAccess, statement: str, evidence: str) -> ResponseReturnValue:
    """Let the page of evidence be fetched and kept as it is now."""
    return _request_fetch(project, statement, evidence, keep=True)


@blueprint.post("/statements/<statement>/evidence/<evidence>/recheck")
@in_project(Action.CHECK_FACTS)
def recheck(project: ProjectAccess, statement: str, evidence: str) -> ResponseReturnValue:
    """Let the page of evidence be compared with what was kept of it."""
    return _request_fetch(project, statement, evidence, keep=False)


@blueprint.route("/statements/<statement>/searches", methods=["GET", "POST"])
@in_project(Action.CHECK_FACTS)
def log(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Add a search to the log of a statement."""
    form = SearchForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                log_search(
                    session,
                    project_id=project.id,
                    statement=statement,
                    search=form.read(),
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The search is in the log."))
            return go_to(
                "statements.show", slug=project.slug, statement=statement, _anchor="searches"
            )
    if request.method == "GET":
        form.searched_on.data = utc_now().date()
    session = db.session()
    row = _find_statement(project, statement)
    page = render_template(
        "factcheck/search.html",
        project=project,
        statement=describe_statement(session, statement=row),
        form=form,
        searches=list_searches(session, statement_id=row.id),
    )
    return page, form.status


@blueprint.get("/evidence/")
@in_project(Action.SEE_DESK)
def show_pages(project: ProjectAccess) -> ResponseReturnValue:
    """Show how the pages of all evidence fare: first those that somebody has to look at."""
    session = db.session()
    states = list_page_states(session, project_id=project.id)
    listed = sorted(states, key=lambda state: not state.is_unsound)
    paging = page_of(len(listed))
    shown = [state.revision for state in listed[paging.offset :][: paging.limit]]
    items = {item.revision: item for item in read_evidence(session, revisions=shown)}
    pages = read_kept(session, items=list(items.values()))
    jobs = list_jobs(session, project_id=project.id, kind=RECHECK)
    failures = list(_failures(session, project, jobs[0])) if jobs else []
    return render_template(
        "factcheck/pages.html",
        project=project,
        shown=[(items[revision], pages[revision]) for revision in shown],
        statements=name_statements(
            session, statements={item.statement_id for item in items.values()}
        ),
        tally=Counter(state.outcome or "none" for state in states),
        job=jobs[0] if jobs else None,
        failures=failures,
        titles=name_evidence(
            session, project_id=project.id, evidence={evidence for evidence, _ in failures}
        ),
        paging=paging,
    )


@blueprint.post("/evidence/recheck")
@in_project(Action.LEAD_DESK)
def recheck_all(project: ProjectAccess) -> ResponseReturnValue:
    """Let all pages be looked at again."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            job = request_recheck(
                session, project_id=project.id, by=project.person.id, now=utc_now()
            )
        if job is None:
            flash(gettext("There is no evidence to look at yet."))
        wake_runner()
    return go_to("evidence.show_pages", slug=project.slug)


def _request_fetch(
    project: ProjectAccess, statement: str, evidence: str, *, keep: bool
) -> ResponseReturnValue:
    if ButtonForm().is_sent_well():
        with transaction() as session:
            request_fetch(
                session,
                project_id=project.id,
                statement=statement,
                evidence=evidence,
                keep=keep,
                by=project.person.id,
                now=utc_now(),
            )
        wake_runner()
    return _go_to_card(project, statement, evidence)


def _warn_of_same_page(project: ProjectAccess, statement: str, evidence: str) -> None:
    """Say which other evidence is of the same page; it may stand twice, but proves once."""
    row = _find_statement(project, statement)
    same = list_same_pages(db.session(), statement_id=row.id, public_id=evidence)
    if same:
        flash(
            gettext(
                "“%(title)s” is of the same page: both may stand here, but they count as one"
                " source.",
                title=same[0].given.title,
            ),
            "problem",
        )


def _is_independence_said(project: ProjectAccess, statement: str, form: EvidenceForm) -> bool:
    """Ask whether a source is independent where nobody has said it, and propose what it seems."""
    if form.independence.data:
        return True
    url, publisher = form.url.data or "", form.publisher.data or ""
    claimants = _claimants(project, statement)
    problem = gettext("Please choose: only a person can tell.")
    if claimants.are_behind(publisher=publisher, url=url):
        form.independence.data = NO
        problem = gettext(
            "%(publisher)s looks like whoever claims it, or whom they work for; please check what"
            " is proposed here, and send it again.",
            publisher=publisher,
        )
    form.independence.errors = [problem]
    return False


def _show_form(
    project: ProjectAccess,
    statement: str,
    form: EvidenceForm,
    item: EvidenceItem | None,
    newest: EvidenceItem | None = None,
) -> ResponseReturnValue:
    session = db.session()
    row = _find_statement(project, statement)
    page = render_template(
        "factcheck/evidence_form.html",
        project=project,
        statement=describe_statement(session, statement=row),
        claimants=_claimants(project, statement).names,
        form=form,
        item=item,
        changes=list(_differences(form, newest.given)) if newest else [],
    )
    return page, form.status


def _differences(form: EvidenceForm, newest: GivenEvidence) -> Iterator[tuple[str, object, object]]:
    """Yield the name of each field that differs, what stands in the newest, and what was sent."""
    sent = form.read()
    for name, value in vars(newest).items():
        own = getattr(sent, name)
        if own != value:
            words = _CHOSEN.get(name, {})
            label = form["independence" if name == "is_independent" else name].label
            yield label.text, words.get(str(value), value), words.get(str(own), own)


def _excerpt(item: EvidenceItem, text: str) -> Excerpt | None:
    """Return what was kept around the passage, or its beginning where the passage is not in it."""
    if not text:
        return None
    span = find_passage(text, item.given.passage) or Span(0, 0, "")
    first, last = max(0, span.start - AROUND), min(len(text), span.end + AROUND)
    return Excerpt(
        before=text[first : span.start],
        passage=text[span.start : span.end],
        after=text[span.end : last],
        is_cut=(first > 0, last < len(text)),
    )


def _failures(
    session: Session, project: ProjectAccess, job: JobStatus
) -> Iterator[tuple[str, FetchProblem]]:
    """Yield the pages that the newest look at all could not have, with the reason."""
    results = read_results(session, project_id=project.id, public_ids=[job.public_id])
    match results.get(job.public_id):
        case {"failed": list(failed)}:
            for one in failed:
                match one:
                    case {
                        "evidence": str(evidence),
                        "problem": str(message),
                        "values": dict(values),
                    }:
                        yield evidence, FetchProblem(message, values)


def _names(session: Session, project: ProjectAccess) -> dict[int, str]:
    return {one.user_id: one.name for one in list_members(session, project_id=project.id)}


def _claimants(project: ProjectAccess, statement: str) -> Claimants:
    session = db.session()
    row = _find_statement(project, statement)
    return claimants_of(session, statement=row, reader=project.person.id)


def _find_statement(project: ProjectAccess, statement: str) -> Statement:
    return find_statement(db.session(), project_id=project.id, public_id=statement)


def _find(project: ProjectAccess, statement: str, evidence: str) -> EvidenceItem:
    row = _find_statement(project, statement)
    item = find_evidence(db.session(), statement_id=row.id, public_id=evidence)
    if item.is_removed:
        raise NotFoundError("This evidence was taken away.")
    return item


def _private_hosts() -> frozenset[str]:
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    return settings.private_hosts


def _go_to_card(project: ProjectAccess, statement: str, evidence: str = "") -> Response:
    anchor = f"evidence-{evidence}" if evidence else "evidence"
    return go_to("statements.show", slug=project.slug, statement=statement, _anchor=anchor)
