"""Statements with a claim and evidence, ready to be judged by the people of a desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import (
    NOW,
    SENTENCES,
    answer_to,
    claim_on,
    make_annotator,
    make_article,
    make_project,
)
from workbench.accounts.operations import create_user
from workbench.corpus.readers.source import Metadata
from workbench.factcheck.appearances import add_appearance
from workbench.factcheck.desks import DeskSettings, change_desk, read_desk
from workbench.factcheck.queries import current_revision
from workbench.factcheck.rules import AnswerType, Bearing, Medium, Relation, SourceKind
from workbench.factcheck.statements import Wording, make_statement
from workbench.factcheck.tables import Evidence, EvidenceRevision, SearchLog, VerdictRevision
from workbench.factcheck.verdicts import GivenVerdict, find_newest, submit_verdict
from workbench.labelling.checking import check_annotation
from workbench.labelling.operations import finish_assignment, start_assignment, submit_annotation
from workbench.projects.operations import add_member
from workbench.projects.queries import get_project, project_by_slug
from workbench.projects.rules import Role
from workbench.storage.base import make_public_id

WORDING = "OpenAI a fermé ses modèles."
ARTICLE_URL = "https://press.example.org/openai"


@dataclass
class Case:
    """A statement on the desk of a project, and the people of that desk by their names."""

    project_id: int
    statement: str
    row: int
    people: dict[str, int]
    articles: list[str]

    def add_evidence(
        self,
        session: Session,
        *,
        bearing: Bearing = Bearing.SUPPORTS,
        kind: SourceKind = SourceKind.PRIMARY,
        is_independent: bool = True,
        publisher: str = "OpenAI",
        origin: str = "OpenAI",
        passage: str = "The weights are no longer published.",
        url: str = "",
    ) -> str:
        """Add a piece of evidence, by default a primary source that supports the statement."""
        evidence = Evidence(
            project_id=self.project_id, public_id=make_public_id(), statement_id=self.row
        )
        session.add(evidence)
        session.flush()
        session.add(
            EvidenceRevision(
                project_id=self.project_id,
                evidence_id=evidence.id,
                number=1,
                question="Are the weights published?",
                answer="No.",
                answer_type=AnswerType.BOOLEAN,
                bearing=bearing,
                url=url or f"https://source.example.org/{evidence.public_id}",
                title=f"Source {evidence.public_id}",
                publisher=publisher,
                origin=origin,
                published="2023-11",
                accessed=date(2026, 11, 1),
                archived_url=None,
                passage=passage,
                medium=Medium.WEB_TEXT,
                source_kind=kind,
                is_independent=is_independent,
                note="",
                is_removed=False,
                made_by=self.people["felix"],
                made_at=NOW,
            )
        )
        session.flush()
        return evidence.public_id

    def change_evidence(self, session: Session, public_id: str, **changes: object) -> None:
        """Add a revision of a piece of evidence; ``is_removed=True`` takes it away."""
        row = session.scalars(
            select(EvidenceRevision)
            .join(Evidence, Evidence.id == EvidenceRevision.evidence_id)
            .where(Evidence.public_id == public_id)
            .order_by(EvidenceRevision.number.desc())
        ).first()
        assert row
        kept = {
            column.name: getattr(row, column.name)
            for column in EvidenceRevision.__table__.columns
            if column.name != "id"
        }
        session.add(EvidenceRevision(**kept | {"number": row.number + 1} | changes))
        session.flush()

    def log_search(self, session: Session, *, now: datetime = NOW) -> None:
        """Note that something was looked for in vain."""
        session.add(
            SearchLog(
                project_id=self.project_id,
                public_id=make_public_id(),
                statement_id=self.row,
                query="OpenAI weights",
                place="the web",
                searched_on=date(2026, 11, 1),
                outcome="Nothing.",
                made_by=self.people["felix"],
                made_at=now,
            )
        )
        session.flush()

    def judge(
        self,
        session: Session,
        value: str = "supported",
        *,
        by: str = "felix",
        now: datetime = NOW,
        **changes: object,
    ) -> VerdictRevision:
        """Submit a final verdict, made from the newest revision."""
        newest = find_newest(session, statement_id=self.row)
        given = {
            "id": make_public_id(),
            "base": newest.number if newest else 0,
            "wording": current_revision(session, statement_id=self.row).number,
            "value": value,
            "justification": "It says so itself.",
        }
        return submit_verdict(
            session,
            project_id=self.project_id,
            statement=self.statement,
            given=GivenVerdict(**given | changes),  # type: ignore[arg-type]  # tests send what they like
            by=self.people[by],
            now=now,
        )

    def set_desk(self, session: Session, **changes: object) -> None:
        """Change the settings of the desk."""
        settings = read_desk(session, project_id=self.project_id)
        changed = DeskSettings(**vars(settings) | changes)
        change_desk(
            session,
            project_id=self.project_id,
            settings=changed,
            by=self.people["mona"],
            now=NOW,
        )


def open_case(
    session: Session,
    *,
    checkers: Collection[str] = ("felix", "greta"),
    slug: str = "demo",
    claim_type: str = "fact",
) -> Case:
    """Make a project with a manager, fact-checkers, and a statement that one claim asserts."""
    project = make_project(session, slug)
    people = {name: _join(session, slug, name, Role.FACT_CHECKER) for name in checkers}
    people["mona"] = _join(session, slug, "mona", Role.MANAGER)
    article, claim = make_claim(session, project.id, slug)
    statement = make_statement(
        session,
        project_id=project.id,
        wording=Wording(WORDING, "fr", claim_type),
        by=people["felix"],
        now=NOW,
    )
    case = Case(project.id, statement.public_id, statement.id, people, [article])
    add_appearance(
        session,
        project_id=project.id,
        statement=statement.public_id,
        claim=claim,
        relation=Relation.ASSERTS,
        parts=None,
        by=people["felix"],
        now=NOW,
    )
    return case


def make_claim(
    session: Session, project_id: int, slug: str, name: str = "article"
) -> tuple[str, str]:
    """Make an article that somebody has read, with a claim; return the slug and the claim's id."""
    project = get_project(session, project_id=project_id)
    metadata = Metadata(title="Un titre", outlet="Le Journal", url=ARTICLE_URL, language="fr")
    article = make_article(session, project_id, name=name, metadata=metadata)
    user, membership = make_annotator(session, project, f"ada-{name}-{slug}")
    place = {"project_id": project_id, "membership_id": membership, "slug": article.slug}
    start_assignment(session, **place, by=user, now=NOW)
    claim = claim_on(" ".join(SENTENCES), 0, 26) | {"id": f"claim{project_id:05}{article.id:06}"}
    for position in range(1, len(SENTENCES) + 1):
        changes = {"decision": "claims", "claims": [claim]} if position == 1 else {}
        payload = answer_to(
            f"{article.public_id}.1.{position}", article.id * 100 + position, **changes
        )
        checked = check_annotation(session, **place, payload=payload)
        submit_annotation(session, checked=checked, by=user, now=NOW)
    finish_assignment(session, **place, by=user, now=NOW)
    return article.slug, str(claim["id"])


def _join(session: Session, slug: str, name: str, role: Role) -> int:
    email = f"{name}@{slug}.example.org"
    user = create_user(session, email=email, name=name.title(), by=None, now=NOW)
    project = project_by_slug(session, slug=slug)
    add_member(session, project_id=project.id, email=email, roles=[role], by=None, now=NOW)
    return user.id
