"""Statements: the list, and the one page of each with its sections; making and rewording them."""

from collections.abc import Callable, Collection, Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from workbench.clock import utc_now
from workbench.errors import WorkbenchError
from workbench.factcheck.appearances import (
    add_appearance,
    change_appearance,
    feature,
    feature_appearance,
    find_part,
    hide_claims,
    keep_appearance,
    read_whole,
    remove_appearance,
)
from workbench.factcheck.claims import SeenClaim, find_claim, list_hidden
from workbench.factcheck.evidence_section import describe as describe_evidence
from workbench.factcheck.links import Link, add_link, read_group, read_links, remove_link
from workbench.factcheck.listing import count_listed, list_statements
from workbench.factcheck.proposals import (
    LikeClaim,
    LikeStatement,
    dismiss_claim,
    propose_claims,
    propose_statements,
)
from workbench.factcheck.publishing import Standing, describe_standing
from workbench.factcheck.queries import (
    StatementView,
    describe_statement,
    find_statement,
    read_scheme,
)
from workbench.factcheck.rules import LinkKind, Relation, State
from workbench.factcheck.searches import list_searches
from workbench.factcheck.statements import (
    StaleWordingError,
    list_revisions,
    make_statement,
    reword_statement,
)
from workbench.factcheck.tables import Statement
from workbench.factcheck.wording import warn_of
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Action
from workbench.projects.scheme import Scheme
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.statements import (
    LINK_KINDS,
    RELATIONS,
    STATES,
    STRATEGIES,
    AppearanceForm,
    ChangeForm,
    FeatureForm,
    LinkForm,
    WordingForm,
)
from workbench.web.languages import page_language
from workbench.web.paging import page_of
from workbench.web.views.verdicts import (
    describe_comments,
    describe_history,
    describe_verdict,
    words_of_verdicts,
)

blueprint = Blueprint("statements", __name__, url_prefix="/projects/<slug>/statements")

MAX_SEARCH = 200


@blueprint.get("/")
@in_project(Action.SEE_DESK)
def show_list(project: ProjectAccess) -> ResponseReturnValue:
    """List and search statements; for a claim or a statement, to be joined to one of them."""
    if request.args.get("view") == "board":
        return go_to("desk.show_board", slug=project.slug)
    session = db.session()
    search, state = request.args.get("search", "")[:MAX_SEARCH], request.args.get("state", "")
    may_join = project.may(Action.CHECK_FACTS)
    claim, other = request.args.get("claim", ""), request.args.get("link", "")
    paging = page_of(count_listed(session, project_id=project.id, search=search, state=state))
    return render_template(
        "factcheck/statements.html",
        project=project,
        statements=list_statements(
            session,
            project_id=project.id,
            search=search,
            state=state,
            limit=paging.limit,
            offset=paging.offset,
        ),
        search=search,
        state=state,
        states=STATES,
        claim=_find_claim(project, claim) if claim and may_join else None,
        linked=_describe(session, project, other) if other and may_join else None,
        types=type_words(read_scheme(session, project_id=project.id)),
        relations=RELATIONS,
        link_kinds=LINK_KINDS,
        paging=paging,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@in_project(Action.CHECK_FACTS)
def make(project: ProjectAccess) -> ResponseReturnValue:
    """Word what is to be checked, of a claim or without one."""
    session = db.session()
    scheme = read_scheme(session, project_id=project.id)
    form = WordingForm()
    form.offer(type_words(scheme).items())
    wanted = form.claim.data or request.args.get("claim", "")
    claim = _find_claim(project, wanted) if wanted else None
    if form.is_sent_well():
        try:
            with transaction() as writing:
                statement = make_statement(
                    writing,
                    project_id=project.id,
                    wording=form.read(),
                    by=project.person.id,
                    now=utc_now(),
                ).public_id
                if claim is not None:
                    add_appearance(
                        writing,
                        project_id=project.id,
                        statement=statement,
                        claim=claim.id,
                        relation=claim.relation,
                        parts=None,
                        by=project.person.id,
                        now=utc_now(),
                    )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The statement is made."))
            return go_to("statements.show", slug=project.slug, statement=statement)
    if request.method == "GET":
        form.claim.data = wanted
        form.language.data = claim.passage.language if claim else project.language
        form.claim_type.data = (claim and claim.claim_type) or "fact"
        form.wording.data = (claim.wording or claim.quote) if claim else ""
    page = render_template(
        "factcheck/new.html", project=project, form=form, claim=claim, warnings=_warnings(form)
    )
    return page, form.status


@blueprint.get("/<statement>/")
@in_project(Action.SEE_DESK)
def show(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Show a statement with everything about it."""
    return _show(project, statement)


@blueprint.route("/<statement>/edit", methods=["GET", "POST"])
@in_project(Action.CHECK_FACTS)
def edit(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Give a statement another wording; whoever comes second sees both."""
    session = db.session()
    form = WordingForm()
    form.offer(type_words(read_scheme(session, project_id=project.id)).items())
    found = _describe(session, project, statement)
    is_stale = False
    if form.is_sent_well():
        try:
            with transaction() as writing:
                reword_statement(
                    writing,
                    project_id=project.id,
                    public_id=statement,
                    wording=form.read(),
                    base=form.number.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
            is_stale = isinstance(error, StaleWordingError)
            found = _describe(db.session(), project, statement)
        else:
            flash(gettext("The wording is saved; earlier ones stay below it."))
            return go_to("statements.show", slug=project.slug, statement=statement)
    if request.method == "GET":
        form.wording.data, form.language.data = found.wording, found.language
        form.claim_type.data, form.strategy.data = found.claim_type, found.strategy or ""
    if request.method == "GET" or is_stale:
        form.rest_on("number", found.number)
    page = render_template(
        "factcheck/edit.html",
        project=project,
        statement=found,
        form=form,
        is_stale=is_stale,
        warnings=_warnings(form),
    )
    return page, form.status


@blueprint.post("/<statement>/appearances")
@in_project(Action.CHECK_FACTS)
def add(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Say that a claim says something of the statement."""
    form = AppearanceForm()
    if form.is_sent_well():

        def act(session: Session) -> None:
            claim = find_claim(
                session,
                project_id=project.id,
                public_id=form.claim.data,
                reader=project.person.id,
            )
            add_appearance(
                session,
                project_id=project.id,
                statement=statement,
                claim=claim.id,
                relation=Relation(form.relation.data),
                parts=find_part(claim, form.first.data or "", form.last.data or ""),
                by=project.person.id,
                now=utc_now(),
            )

        return _act(project, statement, act, gettext("The claim is with the statement."))
    return _show(project, statement), form.status


@blueprint.post("/<statement>/appearances/<appearance>/remove")
@in_project(Action.CHECK_FACTS)
def remove(project: ProjectAccess, statement: str, appearance: str) -> ResponseReturnValue:
    """Take a claim away from the statement."""

    def act(session: Session) -> None:
        remove_appearance(
            session,
            project_id=project.id,
            statement=statement,
            appearance=appearance,
            by=project.person.id,
            now=utc_now(),
        )

    return _press(project, statement, act, gettext("The claim is taken away."))


@blueprint.post("/<statement>/appearances/<appearance>/change")
@in_project(Action.CHECK_FACTS)
def change(project: ProjectAccess, statement: str, appearance: str) -> ResponseReturnValue:
    """Say otherwise what a claim does with the statement, and with which of its words."""
    form = ChangeForm()
    if form.is_sent_well():

        def act(session: Session) -> None:
            change_appearance(
                session,
                project_id=project.id,
                statement=statement,
                appearance=appearance,
                relation=Relation(form.relation.data),
                first=form.first.data or "",
                last=form.last.data or "",
                by=project.person.id,
                now=utc_now(),
            )

        return _act(project, statement, act, gettext("It is noted."))
    return _show(project, statement), form.status


@blueprint.post("/<statement>/appearances/<appearance>/keep")
@in_project(Action.CHECK_FACTS)
def keep(project: ProjectAccess, statement: str, appearance: str) -> ResponseReturnValue:
    """Note that somebody looked at a changed claim and keeps it."""

    def act(session: Session) -> None:
        keep_appearance(
            session,
            project_id=project.id,
            statement=statement,
            appearance=appearance,
            by=project.person.id,
            now=utc_now(),
        )

    return _press(project, statement, act, gettext("Looked at, and kept."))


@blueprint.post("/<statement>/appearances/<appearance>/feature")
@in_project(Action.CHECK_FACTS)
def choose(project: ProjectAccess, statement: str, appearance: str) -> ResponseReturnValue:
    """Let this appearance's speaker, date and place stand with the statement."""
    form = FeatureForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                feature_appearance(
                    session,
                    project_id=project.id,
                    statement=statement,
                    appearance=appearance,
                    base=form.number.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except StaleWordingError as error:
            flash(tell(error), "problem")
            return _show(project, statement), error.status
        except WorkbenchError as error:
            flash(tell(error), "problem")
        else:
            flash(gettext("This appearance stands with the statement."))
        return go_to("statements.show", slug=project.slug, statement=statement)
    return _show(project, statement), form.status


@blueprint.post("/<statement>/claims/<claim>/dismiss")
@in_project(Action.CHECK_FACTS)
def dismiss(project: ProjectAccess, statement: str, claim: str) -> ResponseReturnValue:
    """Note that a proposed claim is about something else."""

    def act(session: Session) -> None:
        found = find_claim(
            session, project_id=project.id, public_id=claim, reader=project.person.id
        )
        dismiss_claim(
            session,
            project_id=project.id,
            statement=statement,
            claim=found.row,
            by=project.person.id,
            now=utc_now(),
        )

    return _press(project, statement, act, gettext("It is not proposed any more."))


@blueprint.post("/<statement>/links")
@in_project(Action.CHECK_FACTS)
def link(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Say what the statement is to another one."""
    form = LinkForm()
    if form.is_sent_well():

        def act(session: Session) -> None:
            add_link(
                session,
                project_id=project.id,
                one=statement,
                other=form.other.data,
                kind=LinkKind(form.kind.data),
                by=project.person.id,
                now=utc_now(),
            )

        return _act(project, statement, act, gettext("It is noted."))
    return _show(project, statement), form.status


@blueprint.post("/<statement>/links/<link>/remove")
@in_project(Action.CHECK_FACTS)
def unlink(project: ProjectAccess, statement: str, link: str) -> ResponseReturnValue:
    """Take a link away."""

    def act(session: Session) -> None:
        remove_link(
            session,
            project_id=project.id,
            statement=statement,
            link=link,
            by=project.person.id,
            now=utc_now(),
        )

    return _press(project, statement, act, gettext("The link is taken away."))


@blueprint.get("/<statement>/group")
@in_project(Action.SEE_DESK)
def show_group(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Show all statements that hang together with one, and what contradicts."""
    session = db.session()
    found = _describe(session, project, statement)
    return render_template(
        "factcheck/group.html",
        project=project,
        statement=found,
        group=read_group(
            session, project_id=project.id, statement_id=found.row, reader=project.person.id
        ),
        relations=RELATIONS,
    )


def type_words(scheme: Scheme) -> dict[str, str]:
    """Return the words for the types of claims in the language of the page."""
    return value_words(scheme, "claim_type")


def value_words(scheme: Scheme, name: str) -> dict[str, str]:
    """Return the words for the values of a field in the language of the page."""
    field = scheme.fields.get(name)
    language = page_language()
    return {
        value.name: value.label.get(language) or next(iter(value.label.values()))
        for value in (field.values.values() if field else ())
    }


def _show(project: ProjectAccess, public_id: str) -> str:
    session = db.session()
    row = find_statement(session, project_id=project.id, public_id=public_id)
    statement = describe_statement(session, statement=row)
    hidden = list_hidden(session, project_id=project.id, reader=project.person.id)
    whole = read_whole(session, statement=row)
    appearances, featured = feature(hide_claims(whole, hidden), statement.featured_id)
    links = read_links(session, project_id=project.id, statements=[row.id])
    return render_template(
        "factcheck/statement.html",
        project=project,
        statement=statement,
        warnings=warn_of(statement.wording, statement.language),
        types=type_words(read_scheme(session, project_id=project.id)),
        strategies=STRATEGIES,
        standing=_read_standing(session, project, row, statement.state),
        tell=tell,
        revisions=list_revisions(session, statement_id=row.id),
        appearances=appearances,
        featured=featured,
        evidence=describe_evidence(
            session,
            statement=row,
            appearances=appearances,
            claim_date=featured.published if featured else None,
            time_safe=request.args.get("time_safe") == "1",
        ),
        searches=list_searches(session, statement_id=row.id),
        links=links,
        link_kinds=LINK_KINDS,
        like_claims=_propose_claims(session, project, row, statement, hidden),
        like_statements=_propose_statements(session, project, row, statement, links),
        verdict=describe_verdict(project, row, whole),
        comments=describe_comments(project, row),
        history=describe_history(row),
        **words_of_verdicts(),
    )


def _read_standing(
    session: Session, project: ProjectAccess, row: Statement, state: State
) -> Standing | None:
    """Tell whether readers see a statement; none before a verdict on it can be approved."""
    if state in {State.OPEN, State.ASSIGNED}:
        return None
    return describe_standing(
        session,
        project=project_by_slug(session, slug=project.slug),
        statement=row,
        base_url=request.root_url.rstrip("/"),
    )


def _propose_claims(
    session: Session,
    project: ProjectAccess,
    row: Statement,
    view: StatementView,
    hidden: Collection[int],
) -> list[LikeClaim]:
    if not project.may(Action.CHECK_FACTS):
        return []
    return propose_claims(
        session,
        project_id=project.id,
        statement=row,
        wording=view.wording,
        hidden=hidden,
    )


def _propose_statements(
    session: Session,
    project: ProjectAccess,
    row: Statement,
    view: StatementView,
    links: Sequence[Link],
) -> list[LikeStatement]:
    if not project.may(Action.CHECK_FACTS):
        return []
    return propose_statements(
        session, project_id=project.id, statement=row, wording=view.wording, links=links
    )


def _describe(session: Session, project: ProjectAccess, public_id: str) -> StatementView:
    row = find_statement(session, project_id=project.id, public_id=public_id)
    return describe_statement(session, statement=row)


def _find_claim(project: ProjectAccess, public_id: str) -> SeenClaim:
    return find_claim(
        db.session(), project_id=project.id, public_id=public_id, reader=project.person.id
    )


def _warnings(form: WordingForm) -> object:
    return warn_of(form.wording.data or "", form.language.data or "")


def _press(
    project: ProjectAccess, statement: str, act: Callable[[Session], None], done: str
) -> ResponseReturnValue:
    """Do what a button says, if the form is one of our pages'."""
    if ButtonForm().is_sent_well():
        return _act(project, statement, act, done)
    return go_to("statements.show", slug=project.slug, statement=statement)


def _act(
    project: ProjectAccess, statement: str, act: Callable[[Session], None], done: str
) -> ResponseReturnValue:
    """Do something to a statement, and go back to its page."""
    try:
        with transaction() as session:
            act(session)
    except WorkbenchError as error:
        flash(tell(error), "problem")
    else:
        flash(done)
    return go_to("statements.show", slug=project.slug, statement=statement)
