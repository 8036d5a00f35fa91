"""Things to test with, made with fixed and readable defaults."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from workbench.accounts.operations import create_user
from workbench.canonical import JsonObject
from workbench.corpus.operations import store_files
from workbench.corpus.queries import find_article
from workbench.corpus.readers.source import Metadata
from workbench.corpus.rules import PreparedArticle, PreparedFile
from workbench.corpus.tables import Article
from workbench.labelling.registers import install_registers
from workbench.projects.operations import add_member, create_project
from workbench.projects.queries import list_own_projects
from workbench.projects.rules import Role
from workbench.projects.tables import Project
from workbench.resources import resource_folder

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SENTENCES = (
    "OpenAI a fermé ses modèles.",
    "« C'est une erreur », affirme Meta.",
    "Pourquoi ?",
    "Nul ne le sait.",
)


def make_project(session: Session, slug: str = "demo") -> Project:
    """Make a project with the label scheme, the guideline and the registers of the seeds."""
    project = create_project(session, slug=slug, name="Demo", language="fr", by=None, now=NOW)
    document = json.loads((resource_folder("seeds") / "registers.json").read_text())
    install_registers(session, project_id=project.id, document=document, by=None, now=NOW)
    return project


def make_article(
    session: Session,
    project_id: int,
    *sentences: str,
    name: str = "article",
    zones: Sequence[str] = (),
    metadata: Metadata | None = None,
) -> Article:
    """Store an article of these sentences, a blank between them, each in the body by default."""
    sentences = sentences or SENTENCES
    starts = [sum(len(before) + 1 for before in sentences[:n]) for n in range(len(sentences))]
    ranges = tuple(
        (start, start + len(sentence)) for start, sentence in zip(starts, sentences, strict=True)
    )
    text = " ".join(sentences)
    return store_text(session, project_id, text, ranges, name=name, zones=zones, metadata=metadata)


def store_text(
    session: Session,
    project_id: int,
    text: str,
    sentences: Sequence[tuple[int, int]],
    *,
    name: str = "article",
    zones: Sequence[str] = (),
    metadata: Metadata | None = None,
) -> Article:
    """Store an article of this text, cut into these ranges."""
    content = f"{name}: {text}".encode()
    prepared = PreparedArticle(
        place=name,
        name=name,
        text=text,
        metadata=metadata or Metadata(title="Un titre", language="fr"),
        sentences=tuple(sentences),
        zones=tuple(zones) or ("body",) * len(sentences),
    )
    sha256 = hashlib.sha256(content).hexdigest()
    file = PreparedFile(f"{name}.txt", content, sha256, (prepared,))
    outcome = store_files(session, project_id=project_id, files=[file], by=None, now=NOW)[0][0]
    return find_article(session, project_id=project_id, name=outcome.articles[0])


def make_annotator(session: Session, project: Project, name: str = "anna") -> tuple[int, int]:
    """Make a person who annotates in the project; return the rows of user and membership."""
    email = f"{name}@example.org"
    user = create_user(session, email=email, name=name, by=None, now=NOW)
    add_member(
        session, project_id=project.id, email=email, roles=[Role.ANNOTATOR], by=None, now=NOW
    )
    (access,) = list_own_projects(session, user_id=user.id)
    return user.id, access.memberships[Role.ANNOTATOR]


def answer_to(sentence: str, number: int = 1, **changes: object) -> JsonObject:
    """Make what a browser sends: by default that the sentence has no claim.

    ``number`` makes the id, so that a test can name revisions by counting.
    """
    answer: JsonObject = {
        "id": f"revision{number:016}",
        "base": None,
        "sentence": sentence,
        "decision": "no_claim",
        "attributes": {},
        "claims": [],
        "stances": [],
        "scheme": 1,
        "guideline": 1,
        "registers": 1,
        "elapsed_ms": 900,
    }
    return {**answer, **changes}  # type: ignore[dict-item]  # tests send what they like


def claim_on(
    text: str, start: int, end: int, *more: tuple[int, int], **changes: object
) -> JsonObject:
    """Make a claim, said by the author, whose parts are these ranges of the text."""
    claim: JsonObject = {
        "id": f"claim{start:08}{end:08}",
        "parts": [
            {"start": first, "end": last, "text": text[first:last]}
            for first, last in ((start, end), *more)
        ],
        "attributes": {"claim_type": "fact", "check_worthiness": "yes"},
        "chain": [{"speaker": "author"}],
    }
    return {**claim, **changes}  # type: ignore[dict-item]  # tests send what they like
