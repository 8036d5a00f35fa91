"""Ask for one more annotator where the answers to an article differ much."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.adjudication.cases import list_case_files, read_cases
from workbench.corpus.queries import find_article
from workbench.labelling.assigning import request_another
from workbench.labelling.registers import load_registers
from workbench.labelling.remembered import stored_scheme
from workbench.labelling.rules import AssignmentState
from workbench.labelling.slots import counts_as_slot, lock_article
from workbench.labelling.tables import Assignment
from workbench.projects.queries import get_project, newest_scheme
from workbench.projects.rules import Role
from workbench.projects.tables import Membership

DISAGREEMENT = "disagreement"


def ask_where_answers_differ(
    session: Session, *, project_id: int, slug: str, now: datetime
) -> str | None:
    """Ask for one more annotator of an article if so many of its sentences differ; once for each.

    That is as the project's rules say, once all who have the article have finished it, and only
    if there is an annotator who has not had it. Belongs in the transaction in which somebody
    finishes. Returns the new slot's public id.
    """
    project = get_project(session, project_id=project_id)
    percent = project.extra_annotator_percent
    if percent is None:
        return None
    article = find_article(session, project_id=project_id, name=slug)
    # Of two who finish at once the second sees the first.
    lock_article(session, article_id=article.id)
    if not _may_ask(session, project_id, article.id):
        return None
    cases = read_cases(
        session,
        project=project,
        files=list_case_files(session, project=project, slug=slug),
        registers=load_registers(session, project_id=project_id),
        scheme=stored_scheme(
            session,
            project_id=project_id,
            number=newest_scheme(session, project_id=project_id).number,
        ).scheme,
    )
    for tally in (case.tally() for case in cases):
        if tally.differ and 100 * tally.differ >= percent * tally.read:
            return request_another(
                session, project_id=project_id, article=slug, reason=DISAGREEMENT, by=None, now=now
            )
    return None


def _may_ask(session: Session, project_id: int, article_id: int) -> bool:
    of_article = (Assignment.project_id == project_id, Assignment.article_id == article_id)
    was_asked = select(Assignment.id).where(*of_article, Assignment.extra_reason == DISAGREEMENT)
    unfinished = select(Assignment.id).where(
        *of_article, counts_as_slot(), Assignment.state != AssignmentState.FINISHED
    )
    had_it = select(Assignment.membership_id).where(
        *of_article, Assignment.membership_id.is_not(None)
    )
    somebody = select(Membership.id).where(
        Membership.project_id == project_id,
        Membership.role == Role.ANNOTATOR,
        Membership.ended_at.is_(None),
        Membership.id.not_in(had_it),
    )
    return bool(
        session.scalar(select(somebody.exists() & ~was_asked.exists() & ~unfinished.exists()))
    )
