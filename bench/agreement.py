"""The report of agreement: time and memory at 100,000 sentences that three have finished.

By the command line, its start included; memory is that of the larger of its two processes. Three
of ten sentences have a claim with its chain and a stance, as in the press; a tenth of what the
second and third say differs. A fifth of the sentences was read without suggestions first, so that
both arms are counted.
"""

import argparse
import json
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, delete, insert, select, update
from sqlalchemy.orm import Session

import workbench.app  # noqa: F401  # for all tables
from bench.annotators import PROJECT, Workbench, database_of
from bench.corpus import Density
from tests.server import WORKBENCH, environment
from workbench.clock import utc_now
from workbench.corpus.tables import Sentence, TextEdition
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    AttributionLink,
    Claim,
    ClaimRevision,
    Speaker,
    Stance,
    Target,
)
from workbench.projects.tables import GuidelineRevision, Membership, Project, SchemeRevision
from workbench.settings import Settings

PEOPLE = 3
SHARE_OF_CLAIMS, SHARE_OF_ERRORS = 0.3, 0.1
PERCENT_WITHHELD = 20
AT_A_TIME = 20_000

Rows = dict[type, list[dict[str, object]]]


class Answers:
    """Rows of answers, made as fast as the database takes them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.chance = random.Random(1)  # noqa: S311  # the same answers each time
        self.now = utc_now()
        self.project = session.scalars(select(Project.id).where(Project.slug == PROJECT)).one()
        self.members = session.execute(
            select(Membership.id, Membership.user_id).order_by(Membership.id)
        ).all()
        self.scheme = session.scalars(select(SchemeRevision.id)).first()
        self.guideline = session.scalars(select(GuidelineRevision.id)).first()
        self.speakers = session.scalars(select(Speaker.id).order_by(Speaker.id)).all()
        self.targets = session.scalars(select(Target.id).order_by(Target.id)).all()
        self.rows: Rows = {}
        self.number = 0

    def store(self) -> None:
        """Let everybody finish every article, instead of the open slots that came with it."""
        self.session.execute(delete(Assignment))
        self.session.execute(update(Project).values(suggestion_free_percent=PERCENT_WITHHELD))
        editions = self.session.execute(select(TextEdition.id, TextEdition.article_id)).all()
        for edition, article in editions:
            for number, (member, _) in enumerate(self.members, 1):
                self.number += 1
                self.add(
                    Assignment,
                    public_id=f"slot{self.number:012}",
                    article_id=article,
                    edition_id=edition,
                    number=1_000 + number,  # beside those made with the article
                    membership_id=member,
                    state="finished",
                    started_at=self.now,
                    finished_at=self.now,
                )
        sentences = self.session.execute(
            select(Sentence.id, Sentence.start, Sentence.end, Sentence.edition_id).order_by(
                Sentence.id
            )
        ).all()
        edition, text = 0, ""
        for sentence, start, end, home in sentences:
            if home != edition:
                edition, text = home, self.session.get_one(TextEdition, home).text
            self.answer(sentence, text, start, end)
            if len(self.rows[Annotation]) >= AT_A_TIME:
                self.flush()
        self.flush()
        self.session.commit()

    def flush(self) -> None:
        """Insert what waits."""
        for table, rows in self.rows.items():  # past the ORM, which leaves out nulls
            self.session.execute(insert(table.__table__), rows)
        self.rows = {}

    def add(self, table: type, **columns: object) -> None:
        """Let a row wait."""
        self.rows.setdefault(table, []).append({"project_id": self.project, **columns})

    def errs(self) -> bool:
        """Tell by chance whether somebody differs here."""
        return self.chance.random() < SHARE_OF_ERRORS

    def answer(self, sentence: int, text: str, start: int, end: int) -> None:
        """Let everybody answer a sentence, the second and the third not always as the first."""
        has_claim = self.chance.random() < SHARE_OF_CLAIMS
        right = (
            self.chance.choice(["fact", "number", "cause", "position"]),
            self.chance.choice(["no", "maybe", "yes"]),
            self.chance.choice(self.speakers),
            self.chance.choice(self.targets),
            self.chance.choice(["favor", "against"]),
        )
        for place, (member, user) in enumerate(self.members):
            self.number += 1
            claims = has_claim if place == 0 or not self.errs() else not has_claim
            self.add(
                Annotation,
                id=self.number,
                sentence_id=sentence,
                answerer=str(member),
                membership_id=member,
            )
            self.add(
                AnnotationRevision,
                id=self.number,
                public_id=f"revision{self.number:012}",
                annotation_id=self.number,
                number=1,
                decision="claims" if claims else "no_claim",
                attributes={},
                scheme_revision_id=self.scheme,
                guideline_revision_id=self.guideline,
                register_number=1,
                elapsed_ms=1,
                cause="human",
                made_by=user,
                made_at=self.now,
                content_hash=f"{self.number:064}",
            )
            if claims:
                self.claim(text, start + self.errs(), end, right, is_first=place == 0)

    def claim(self, text: str, start: int, end: int, right: tuple, *, is_first: bool) -> None:
        """Let somebody claim a sentence."""
        wrong = ("opinion", "yes", self.speakers[0], self.targets[0], "neutral")
        kind, worth, speaker, target, value = (
            given if is_first or not self.errs() else other
            for given, other in zip(right, wrong, strict=True)
        )
        self.add(
            Claim, id=self.number, public_id=f"claim{self.number:015}", annotation_id=self.number
        )
        self.add(
            ClaimRevision,
            id=self.number,
            annotation_revision_id=self.number,
            claim_id=self.number,
            position=0,
            parts=[{"start": start, "end": end, "text": text[start:end]}],
            attributes={"claim_type": kind, "check_worthiness": worth},
        )
        link = {"claim_revision_id": self.number, "mention": None}
        self.add(
            AttributionLink,
            **link,
            depth=0,
            source="author",
            cue=None,
            attributes={},
            speaker_id=None,
        )
        self.add(
            AttributionLink,
            **link,
            depth=1,
            source="speaker",
            speaker_id=speaker,
            cue={"start": end - 6, "end": end, "text": text[end - 6 : end]},
            attributes={"quote_type": "direct" if worth == "no" else "indirect"},
        )
        self.add(
            Stance,
            annotation_revision_id=self.number,
            position=0,
            claim_id=self.number,
            holder="speaker",
            speaker_id=speaker,
            target_id=target,
            target_span=None,
            value=value,
            attributes={},
        )


def time_report(bench: Workbench, folder: Path) -> tuple[float, float, dict]:
    """Run the command; return its seconds, its memory in MB, and what it says."""
    output = folder / "report.json"
    words = [WORKBENCH, "agreement", "report", "--project", PROJECT, "--format", "json"]
    began = time.perf_counter()
    with output.open("wb") as file:
        process = subprocess.Popen(words, env=environment(bench.settings), stdout=file)
        _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    seconds = time.perf_counter() - began
    return seconds, used.ru_maxrss / 1024, json.loads(output.read_text())


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    args = parser.parse_args(arguments)
    print("| database | sentences × annotators | seconds | budget | memory MB |")
    print("|--|--|--:|--:|--:|")
    for kind in args.database or ["SQLite", "PostgreSQL"]:
        with tempfile.TemporaryDirectory() as name, database_of(kind) as url:
            settings = Settings(data_dir=Path(name) / "data", database_url=url)
            bench = Workbench(settings, args.sentences, PEOPLE, Density.PRESS)
            engine = create_engine(settings.database)
            with Session(engine) as session:
                Answers(session).store()
            engine.dispose()
            seconds, megabytes, found = time_report(bench, Path(name))
        size = f"{found['sentences']:,} × {len(found['annotators'])}"
        print(f"| {kind} | {size} | {seconds:.1f} | ≤ 20 | {megabytes:.0f} |", flush=True)


if __name__ == "__main__":
    main()
