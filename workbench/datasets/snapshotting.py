"""Write a snapshot: all that a release may say, read from the database in one instant.

What may not be published never gets into it: texts whose rights do not allow it, people's names,
notes, and ids by which rows or revisions could be told apart; see ``docs/releases.md``.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as installed_version
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.accounts.tables import User
from workbench.adjudication.agreeing import AgreementCount
from workbench.adjudication.queries import (
    policy_of,
)
from workbench.adjudication.rules import Settled
from workbench.agreement.document import report_document
from workbench.canonical import Json, JsonObject, canonical_json, canonical_line, read_line
from workbench.corpus.tables import Article
from workbench.datasets.aggregating import Method
from workbench.datasets.article_lines import (
    ArticleLines,
    ArticleTask,
    repays_second_reader,
    write_articles,
)
from workbench.datasets.blocks import Named
from workbench.datasets.checked import CheckedLines, checked_lines, read_statements
from workbench.datasets.operations import to_instant
from workbench.datasets.profiles import read_profile
from workbench.datasets.queries import list_frozen
from workbench.datasets.records import pseudonym
from workbench.datasets.rules import Version
from workbench.datasets.snapshots import FORMAT
from workbench.errors import InvalidInputError
from workbench.labelling.registers import load_registers
from workbench.projects.operations import LANGUAGES
from workbench.projects.queries import get_project, newest_guideline, newest_scheme
from workbench.projects.tables import GuidelineRevision, Membership, SchemeRevision
from workbench.storage.second_reader import SecondReader, open_instant

BETWEEN = ("pairs", "each_against_rest", "each_against_settled", "each_against_disputed")
PIECE = 1 << 20  # bytes copied at a time
FIRST = Version(1, 0, 0)


class UnsettledError(InvalidInputError):
    """Nobody decided some sentences, and no answers settle them; ``extra`` says how many."""

    code = "unsettled"


class NothingToReleaseError(InvalidInputError):
    """Nobody has answered anything."""

    code = "nothing_to_release"


@dataclass(frozen=True)
class SnapshotHead:
    """What is known of a release before it is read.

    ``previous`` is the release before with its snapshot id; its major version names annotators,
    until ``rename_annotators`` gives them other names. ``instant`` is when the caller opened it,
    ``base_url`` where the project's pages are.
    """

    instant: datetime
    base_url: str
    version: Version = FIRST
    previous: tuple[Version, str] | None = None
    withdrawn: Sequence[Version] = ()

    @property
    def major(self) -> int:
        """The major version whose names annotators have."""
        return self.previous[0].major if self.previous else self.version.major


@dataclass(frozen=True)
class SnapshotFacts:
    """What a snapshot is and has; ``verdict_revisions`` are rows, ``annotators`` pseudonyms."""

    id: str
    size: int
    counts: Mapping[str, int]
    unsettled: int
    verdict_revisions: Sequence[int]
    annotators: Sequence[str]


Progress = Callable[[int, int], None]  # is told how many of how many articles are written


def _keep_quiet(_done: int, _total: int) -> None:
    pass


def write_snapshot(
    session: Session,
    path: Path,
    *,
    project_id: int,
    head: SnapshotHead,
    soft: Method = Method.VOTES,
    allow_unsettled: bool = False,
    on_progress: Progress = _keep_quiet,
) -> SnapshotFacts:
    """Write the snapshot of a project as it is at one instant, which begins here.

    Equal data give equal bytes. ``UnsettledError`` unless every sentence is settled or that is
    allowed; ``NothingToReleaseError`` where nobody has answered anything. Then there is no file.
    """
    body = path.with_name(f"{path.name}.body")
    # A model of annotators is asked for their answers in one order.
    shared = soft is Method.VOTES and repays_second_reader(session, project_id=project_id)
    try:
        with open_instant(session, shared=shared) as second:
            written = _Writing(
                session,
                project_id,
                head,
                second,
                on_progress=on_progress,
                soft=soft,
                allow_unsettled=allow_unsettled,
            ).write(body)
        with body.open("rb") as file, path.open("wb") as target:
            id_, size = _join(target, [*written.before], file, written.after)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        body.unlink(missing_ok=True)
    return SnapshotFacts(
        id=id_,
        size=size,
        counts=written.counts,
        unsettled=written.counts["unsettled"],
        verdict_revisions=written.verdict_revisions,
        annotators=written.annotators,
    )


def rename_annotators(
    source: Path,
    target: Path,
    *,
    names: Mapping[str, str] | None = None,
    head: Mapping[str, Json] | None = None,
) -> str:
    """Copy a snapshot with other pseudonyms and other values in its head; return its new id.

    ``names`` has the new pseudonyms by the old ones, see ``annotator_names_of``; who was erased
    meanwhile keeps the one of the draft, which no release has had. Line by line; lines in which
    nothing changes are copied as they are.
    """
    digest = hashlib.sha256()
    with source.open("rb") as lines, target.open("wb") as file:
        for number, line in enumerate(lines):
            if number == 0:
                line = _to_line({**read_line(line), **(head or {})})  # noqa: PLW2901
            elif names and b"annotator-" in line:
                line = _renamed(read_line(line), names)  # noqa: PLW2901
            digest.update(line)
            file.write(line)
    return digest.hexdigest()


def annotator_names_of(session: Session, *, project_id: int, old: int, new: int) -> dict[str, str]:
    """Return the pseudonyms of a project's members in one major version by those in another."""
    secret = get_project(session, project_id=project_id).dataset_secret
    users = session.scalars(
        select(User.public_id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id)
    )
    return {
        pseudonym(secret_of(secret, old), user): pseudonym(secret_of(secret, new), user)
        for user in users
    }


def secret_of(secret: str, major: int) -> str:
    """Return what names annotators in a major version, so that nothing links them to another."""
    return f"{secret}.{major}"


@dataclass(frozen=True)
class _Written:
    """What comes before and after the articles, and what was counted."""

    before: Sequence[bytes]
    after: Sequence[bytes]
    counts: Mapping[str, int]
    verdict_revisions: Sequence[int]
    annotators: Sequence[str]


class _Writing:
    """Writes one snapshot: the articles at once, what they name when all of it is known."""

    def __init__(
        self,
        session: Session,
        project_id: int,
        head: SnapshotHead,
        second: SecondReader | None,
        *,
        on_progress: Progress,
        soft: Method,
        allow_unsettled: bool,
    ) -> None:
        self._session, self._head, self._second = session, head, second
        self._project = get_project(session, project_id=project_id)
        self._on_progress = on_progress
        self._left_out: Counter[str] = Counter()
        secret = secret_of(self._project.dataset_secret, head.major)
        self._task = ArticleTask(project_id, secret, soft, allow_unsettled)

    def write(self, body: Path) -> _Written:
        session, project_id = self._session, self._project.id
        agreement = AgreementCount(session, project_id=project_id)
        lines = self._write_articles(body, agreement)
        checked = checked_lines(
            session,
            project=self._project,
            statements=read_statements(session, project_id=project_id),
            places=lines.named.places,
            base_url=self._head.base_url,
        )
        names = _members(session, project_id, self._task.secret)
        report = report_document(
            agreement.agreement().report,
            project=self._project.slug,
            names={member: member for member in names},
        )
        after: list[JsonObject] = [
            *checked.statements,
            *checked.verdicts,
            *checked.evidence,
            *checked.errata,
            {"type": "agreement", "document": _named_agreement(report, names)},
        ]
        before = [*self._register_lines(lines.named, checked)]
        counts = self._count(lines.named, checked)
        self._left_out.update(checked.left_out)
        if lines.unread:
            self._left_out["unread_articles"] = lines.unread
        first = self._first_line(lines, counts)
        return _Written(
            before=[_to_line(line) for line in (first, *before)],
            after=[_to_line(line) for line in after],
            counts=counts,
            verdict_revisions=checked.revisions,
            annotators=sorted(lines.named.annotators),
        )

    def _write_articles(self, body: Path, agreement: AgreementCount) -> ArticleLines:
        """Write the articles; see that there is something, and settled if it must be."""
        total = self._count_articles()
        lines = write_articles(
            self._session,
            body,
            self._task,
            second=self._second,
            agreement=agreement,
            on_article=lambda done: self._on_progress(min(done, total), total),
        )
        counts = lines.named.counts
        if counts["unsettled"] and not self._task.allow_unsettled:
            raise UnsettledError(
                "%(count)s of %(of)s sentences are not settled: decide them on the adjudication"
                " page of the project, or build with --allow-unsettled, which marks them.",
                count=counts["unsettled"],
                of=counts["sentences"] + lines.skipped,
            )
        if not counts["sentences"]:
            raise NothingToReleaseError(
                "Nobody has answered any sentence of this project: there is nothing to release."
            )
        return lines

    def _count_articles(self) -> int:
        """Count the articles that are read, and those that are left out."""
        rows = self._session.execute(
            select(
                func.count(Article.id),
                func.count(Article.withdrawn_at),
                func.count(Article.erased_at),
            ).where(Article.project_id == self._project.id)
        ).one()
        whole, withdrawn, erased = rows
        self._left_out["withdrawn_articles"] = withdrawn - erased
        self._left_out["erased_articles"] = erased
        return int(whole - withdrawn)

    def _first_line(self, lines: ArticleLines, counts: Mapping[str, int]) -> JsonObject:
        head, project = self._head, self._project
        policy = policy_of(project)
        frozen = list_frozen(self._session, project_id=project.id)
        profile = read_profile(self._session, project_id=project.id).document()
        return {
            "type": "release",
            "format": FORMAT,
            "dataset": project.slug,
            "version": str(head.version),
            "previous": (
                {"version": str(head.previous[0]), "snapshot": head.previous[1]}
                if head.previous
                else None
            ),
            "instant": to_instant(head.instant),
            "language": project.language,
            **profile,
            "creators": profile["creators"] or [{"name": project.name, "url": None}],
            "policy": {
                "single": policy.single,
                "unanimous": policy.unanimous,
                "majority": policy.majority,
            },
            "text": _tell_texts(lines.texts),
            "soft_labels": self._task.soft.value,
            "scheme": newest_scheme(self._session, project_id=project.id).number,
            "guideline": newest_guideline(self._session, project_id=project.id).number,
            "software": {"workbench": installed_version("claim-workbench")},
            "allow_unsettled": self._task.allow_unsettled,
            "left_out": dict(self._left_out),
            "counts": dict(counts),
            "frozen_test": {"articles": [*frozen["article"]], "statements": [*frozen["statement"]]},
            "withdrawn_versions": [str(one) for one in sorted(head.withdrawn)],
        }

    def _register_lines(self, named: Named, checked: CheckedLines) -> Iterator[JsonObject]:
        """Yield what articles and verdicts name: schemes, guidelines, scales, registers."""
        for number, document in self._revisions(SchemeRevision, named.schemes):
            yield {"type": "scheme", "number": number, "document": document}
        for number, texts in self._revisions(GuidelineRevision, named.guidelines):
            yield {"type": "guideline", "number": number, "texts": texts}
        for number, document in checked.scales.items():
            yield {"type": "verdict_scale", "number": number, "document": document}
        registers = load_registers(self._session, project_id=self._project.id)
        for speaker in sorted(registers.speakers, key=lambda one: one.id):
            if speaker.id in named.speakers:
                yield {
                    "type": "speaker",
                    "id": speaker.id,
                    "name": speaker.name,
                    "kind": speaker.kind,
                    "aliases": [*speaker.aliases],
                }
        for target in sorted(registers.targets, key=lambda one: one.id):
            if target.id in named.targets:
                yield {
                    "type": "target",
                    "id": target.id,
                    "kind": target.kind,
                    "labels": {code: target.labels.get(code) for code in LANGUAGES},
                    "aliases": [*target.aliases],
                }

    def _revisions(
        self, table: type[SchemeRevision] | type[GuidelineRevision], numbers: Collection[int]
    ) -> list[tuple[int, Json]]:
        """Return the revisions of these numbers, and the newest."""
        column = table.document if table is SchemeRevision else GuidelineRevision.texts
        rows = self._session.execute(
            select(table.number, column)
            .where(table.project_id == self._project.id)
            .order_by(table.number)
        ).all()
        return [(row[0], row[1]) for row in rows if row[0] in numbers or row[0] == rows[-1][0]]

    def _count(self, named: Named, checked: CheckedLines) -> dict[str, int]:
        counts = {f"settled.{one.value}": 0 for one in Settled}
        return {
            **counts,
            "settled.outside": 0,
            **named.counts,
            "annotators": len(named.annotators),
            "speakers": len(named.speakers),
            "targets": len(named.targets),
            "statements": len(checked.statements),
            "verdicts": len(checked.verdicts),
            "evidence": len(checked.evidence),
            "errata": len(checked.errata),
        }


def _tell_texts(allowed: Collection[bool]) -> str:
    return "mixed" if len(allowed) > 1 else "full" if True in allowed else "stand-off"


def _members(session: Session, project_id: int, secret: str) -> dict[str, str]:
    """Return the pseudonyms by the ids under which a report of agreement has members."""
    rows = session.execute(
        select(Membership.public_id, User.public_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.project_id == project_id)
    )
    return {member: pseudonym(secret, user) for member, user in rows}


def _to_line(value: JsonObject) -> bytes:
    """Return a line, whatever numbers are in it."""
    return f"{canonical_json(value)}\n".encode()


def _renamed(line: JsonObject, names: Mapping[str, str]) -> bytes:
    """Return a line with other pseudonyms, sorted by these."""
    if line["type"] == "agreement":
        document = _named_agreement(cast(JsonObject, line["document"]), names)
        return _to_line({**line, "document": document})
    answers = [
        {**one, "annotator": names.get(str(one["annotator"]), one["annotator"])}
        for one in cast("list[JsonObject]", line["answers"])
    ]
    answers.sort(key=lambda one: str(one["annotator"]))
    return canonical_line({**line, "answers": [*answers]})


def _named_agreement(report: JsonObject, names: Mapping[str, str]) -> JsonObject:
    """Return a report of agreement with other names of people, in the order of these.

    Its own order is that of their real names; when they finished is told to the day.
    """

    def name(one: Json) -> str:
        return names.get(str(one), str(one))

    def between(key: str) -> list[Json]:
        renamed = [
            {**one, **dict(zip(("one", "other"), sorted_pair(one, key), strict=True))}
            for one in cast("list[JsonObject]", report[key])
        ]
        return [*sorted(renamed, key=lambda one: (str(one["one"]), str(one["other"])))]

    def sorted_pair(one: JsonObject, key: str) -> list[str]:
        pair = [name(one["one"]), name(one["other"])]
        return sorted(pair) if key == "pairs" else pair

    people = sorted(name(one["id"]) for one in cast("list[JsonObject]", report["annotators"]))
    return {
        **report,
        "annotators": [{"id": one, "name": one} for one in people],
        **{key: between(key) for key in BETWEEN},
        "periods": [
            {**one, "begins": _to_day(one["begins"]), "ends": _to_day(one["ends"])}
            for one in cast("list[JsonObject]", report["periods"])
        ],
    }


def _to_day(moment: Json) -> str:
    return f"{str(moment)[:10]}T00:00:00+00:00"


def _join(
    target: BinaryIO, before: Sequence[bytes], body: BinaryIO, after: Sequence[bytes]
) -> tuple[str, int]:
    """Write the parts of a snapshot one after the other; return its hash and size."""
    digest = hashlib.sha256()
    pieces = chain(before, iter(lambda: body.read(PIECE), b""), after)
    for piece in pieces:
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest(), target.tell()
