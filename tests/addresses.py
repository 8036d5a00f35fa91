"""Every address of the program, filled in with things that exist or do not."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.evidence import GIVEN
from tests.factories import SENTENCES, make_article
from workbench.accounts.operations import create_user
from workbench.accounts.queries import list_invitations
from workbench.clock import utc_now
from workbench.corpus.queries import find_article
from workbench.factcheck.evidence import add_evidence
from workbench.factcheck.statements import Wording, make_statement
from workbench.labelling.frames import SentenceId, Span
from workbench.labelling.operations import start_assignment
from workbench.labelling.questions import GivenQuestion, ask
from workbench.labelling.registers import Proposal, propose_entry
from workbench.labelling.tables import Assignment
from workbench.projects.operations import add_member, create_project, invite_member
from workbench.projects.queries import list_own_projects
from workbench.projects.rules import Role
from workbench.storage.database import transaction

NOTHING: Mapping[str, str] = MappingProxyType({})


def calls(app: Flask, things: Mapping[str, str] = NOTHING) -> Iterator[tuple[Rule, str, str]]:
    """Yield each page's address with each of its methods, filled in with these things."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api_"):
            continue  # The API has its own door, and its own tests of that.
        built = rule.build({name: things.get(name, "0" * 16) for name in rule.arguments})
        assert built
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield rule, method, built[1]


def make_things(app: Flask) -> dict[str, str]:
    """Make the project ``demo`` and one of each thing that its addresses name."""
    with app.app_context(), transaction() as session:
        now = utc_now()
        project = create_project(session, slug="demo", name="Demo", language="fr", by=None, now=now)
        article = make_article(session, project.id)
        email = "member@example.org"
        member = create_user(session, email=email, name="Member", by=None, now=now)
        add_member(session, project_id=project.id, email=email, roles=Role, by=None, now=now)
        invite_member(
            session, project_id=project.id, email="x@y", roles=[Role.MANAGER], by=None, now=now
        )
        question = _ask(session, project.slug, article.slug, member.id)
        speaker = Proposal("speaker", "speaker" * 3, "Ada Lovelace", "person")
        propose_entry(
            session, project_id=project.id, proposal=speaker, language="fr", by=member.id, now=now
        )
        wording = Wording("OpenAI a fermé ses modèles.", "fr", "fact")
        statement = make_statement(
            session, project_id=project.id, wording=wording, by=member.id, now=now
        )
        evidence = add_evidence(
            session,
            project_id=project.id,
            statement=statement.public_id,
            given=GIVEN,
            by=member.id,
            now=now,
        )
        (invitation,) = list_invitations(session, project_id=project.id, now=now)
        return {
            "slug": project.slug,
            "article": article.slug,
            "member": member.public_id,
            "user": member.public_id,
            "project_slug": project.slug,
            "invitation": invitation.public_id,
            "kind": "jsonl",
            "question": question,
            "register": speaker.register,
            "entry": speaker.id,
            "statement": statement.public_id,
            "evidence": evidence,
            "slot": session.scalars(select(Assignment.public_id)).one(),
        }


def _ask(session: Session, slug: str, article: str, user_id: int) -> str:
    """Let the member begin the article and ask about its first words; return the question's id."""
    projects = list_own_projects(session, user_id=user_id)
    access = next(project for project in projects if project.slug == slug)
    now, project_id = utc_now(), access.project_id
    membership_id = access.memberships[Role.ANNOTATOR]
    start_assignment(
        session,
        project_id=project_id,
        membership_id=membership_id,
        slug=article,
        by=user_id,
        now=now,
    )
    public_id = find_article(session, project_id=project_id, name=article).public_id
    given = GivenQuestion(
        id="question" * 2,
        sentence=SentenceId(public_id, 1, 1),
        span=Span(0, 6, SENTENCES[0][:6]),
        claim=None,
        text="Why?",
    )
    ask(
        session,
        project_id=project_id,
        membership_id=membership_id,
        slug=article,
        given=given,
        by=user_id,
        now=now,
    )
    return given.id
