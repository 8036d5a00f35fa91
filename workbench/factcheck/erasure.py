"""Blank what statements quote of an erased text, and who somebody was; their work stays."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import erase_user
from workbench.accounts.queries import user_by_email
from workbench.accounts.rules import nameless
from workbench.accounts.tables import User
from workbench.canonical import Json
from workbench.corpus.rules import heading_of
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.factcheck.known import known_json, read_known
from workbench.factcheck.tables import Appearance, ReviewInvitation, VerdictAppearance
from workbench.labelling.answers import read_parts
from workbench.labelling.assigning import free_left_slots
from workbench.labelling.frames import Span, span_json
from workbench.labelling.tables import Annotation, Claim
from workbench.projects.operations import leave_projects


def blank_parts(session: Session, *, article_id: int) -> None:
    """Blank the words of claims that appearances have chosen; belongs where the text is erased.

    Verdicts forget how its text opened, by which an article without a title is called.
    """
    rows = session.scalars(
        select(Appearance)
        .join(Claim, Claim.id == Appearance.claim_id)
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(TextEdition.article_id == article_id)
    ).all()
    for row in rows:
        if row.parts:
            blank: Json = [
                span_json(Span(part.start, part.end, "")) for part in read_parts(row.parts)
            ]
            row.parts = blank
    article = session.get_one(Article, article_id)
    ids = [row.id for row in rows]
    for one in session.scalars(
        select(VerdictAppearance).where(VerdictAppearance.appearance_id.in_(ids))
    ):
        if known := read_known(one.known):
            title = heading_of(article.title, None, article.slug)
            one.known = known_json(replace(known, title=title))
    session.flush()


def erase_person(session: Session, *, email: str, by: int | None, now: datetime) -> None:
    """Take from the whole workbench who has this (case-folded) address; their work stays.

    Their account, if they have one, leaves its projects and opens nothing any more; invitations to
    review from outside lose name and address. Raises ``NotFoundError`` for an address that nobody
    has, ``ConflictError`` for the last manager of a project or administrator.
    """
    invitations = session.scalars(
        select(ReviewInvitation).where(ReviewInvitation.email == email).with_for_update()
    ).all()
    for invitation in invitations:
        invitation.name, invitation.email = nameless(invitation.public_id)
        invitation.revoked_at = invitation.revoked_at or now
    session.flush()
    if invitations and session.scalar(select(User.id).where(User.email == email)) is None:
        return
    user_id = user_by_email(session, email=email).id
    leave_projects(session, user_id=user_id, by=by, now=now)
    erase_user(session, user_id=user_id, by=by, now=now)
    free_left_slots(session, user_id=user_id, by=by, now=now)
