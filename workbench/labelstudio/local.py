"""This side of the exchange: texts as tasks, people's answers as what is said, and saving them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from workbench.accounts.tables import User
from workbench.canonical import JsonObject, content_hash
from workbench.corpus.queries import read_headings, read_sentences_of
from workbench.corpus.tables import Article, TextEdition
from workbench.errors import WorkbenchError
from workbench.labelling.answers import (
    Synced,
    answerer_of,
    find_synced,
    load_answers,
    load_revisions,
)
from workbench.labelling.assigning import name_annotators
from workbench.labelling.checking import SentAnswer, check_sent, read_sent, try_each
from workbench.labelling.frames import AUTHOR, UNSPECIFIED, Answer, SentenceId
from workbench.labelling.operations import start_assignment, submit_annotations
from workbench.labelling.parsing import Stamps
from workbench.labelling.queries import newest_revisions
from workbench.labelling.refitting import fit_answer
from workbench.labelling.registers import Registers, load_registers, register_number
from workbench.labelling.remembered import (
    edition_text,
    register_rows,
    stored_guideline,
    stored_scheme,
)
from workbench.labelling.rules import UNREAD
from workbench.labelling.slots import has_begun
from workbench.labelling.tables import GOLD, Assignment, TrainingArticle
from workbench.labelstudio.config import Config, join_configs, make_config
from workbench.labelstudio.convert import Article as Task
from workbench.labelstudio.convert import Place, Said, hide_astral, write_task
from workbench.labelstudio.merging import say, write_answer
from workbench.projects.queries import (
    get_project,
    list_schemes,
    newest_guideline,
    newest_scheme,
)
from workbench.projects.scheme import Scheme, parse_scheme
from workbench.projects.tables import Membership
from workbench.storage.base import make_public_id


@dataclass(frozen=True)
class Edition:
    """A text edition that is, or was, a task; ``is_wanted`` unless it was withdrawn or replaced."""

    id: int
    uid: str
    number: int
    article_id: int
    article: str
    slug: str
    heading: str
    sha256: str
    is_wanted: bool
    is_withdrawn: bool
    is_erased: bool


@dataclass(frozen=True)
class Reader:
    """An annotator of the project: the membership with its person."""

    membership_id: int
    member: str
    user_id: int
    user: str


@dataclass
class Answers:
    """One person's answers to a text: what they say, and the revisions that say it.

    ``newest`` is the row of the newest of these, or of one that came just before.
    """

    said: dict[int, Said] = field(default_factory=dict)
    revisions: dict[int, str] = field(default_factory=dict)
    newest: int = 0


class Local:
    """A project as it is now; to be made anew for each run.

    ``earlier`` is what earlier label schemes asked, ``known`` all that ever was: answers on both
    sides may still say it.
    """

    def __init__(self, session: Session, project_id: int) -> None:
        project = get_project(session, project_id=project_id)
        scheme = newest_scheme(session, project_id=project_id)
        guideline = newest_guideline(session, project_id=project_id)
        self.project_id, self.language = project_id, project.language
        self.scheme: Scheme = parse_scheme(scheme.document)
        self.config: Config = make_config(self.scheme, language=project.language)
        self.earlier = tuple(
            make_config(one, language=project.language)
            for one in list_schemes(session, project_id=project_id)[:-1]
        )
        self.known: Config = join_configs(self.config, *self.earlier)
        self.registers: Registers = load_registers(session, project_id=project_id)
        registers = register_number(session, project_id=project_id)
        self._stamps = Stamps(scheme.number, guideline.number, registers, elapsed_ms=0)
        self._speakers, self._targets = _names(self.registers, project.language)
        self.names_sha = content_hash([{**self._speakers}, {**self._targets}])
        self._unread_zones = {one.name for one in self.scheme.zones.values() if not one.annotatable}
        self.editions = _list_editions(session, project_id)
        self.readers = _list_readers(session, project_id)
        self._planned: dict[tuple[str, int], Mapping[int, Said]] = {}

    def remember(self, session: Session, editions: Iterable[Edition]) -> None:
        """Have at hand what each save looks up, which a transaction would read again each time."""
        stored_scheme(session, project_id=self.project_id, number=self._stamps.scheme)
        stored_guideline(session, project_id=self.project_id, number=self._stamps.guideline)
        register_rows(
            session,
            project_id=self.project_id,
            speakers=[one.id for one in self.registers.speakers],
            targets=[one.id for one in self.registers.targets],
        )
        for edition in editions:
            edition_text(session, edition_id=edition.id)
        session.rollback()

    def data_sha(self, edition: Edition) -> str:
        """Return what tells whether a task has to be given anew."""
        return content_hash([edition.sha256, edition.heading, edition.slug, self.names_sha])

    def texts(self, session: Session, editions: Iterable[Edition]) -> dict[str, Task]:
        """Return editions as they are given there, by uid."""
        by_id = {one.id: one for one in editions}
        sentences = read_sentences_of(session, project_id=self.project_id, edition_ids=by_id)
        return {
            by_id[id_].uid: Task(
                uid=by_id[id_].uid,
                slug=by_id[id_].slug,
                title=by_id[id_].heading,
                text=text,
                sha256=by_id[id_].sha256,
                sentences=tuple(Place(one.position, one.start, one.end) for one in sentences[id_]),
                speakers=self._speakers,
                targets=self._targets,
            )
            for id_, text in self.whole_texts(session, by_id.values()).items()
        }

    def whole_texts(self, session: Session, editions: Iterable[Edition]) -> dict[int, str]:
        """Return the texts of editions, by row."""
        wanted = TextEdition.id.in_([one.id for one in editions])
        rows = session.execute(select(TextEdition.id, TextEdition.text).where(wanted))
        return {row.id: row.text for row in rows}

    def answers(
        self, session: Session, editions: Iterable[Edition]
    ) -> dict[str, dict[int, Answers]]:
        """Return everybody's answers to texts, by uid and membership."""
        by_id = {one.id: one for one in editions}
        names = self._name_sentences(session, by_id.values())
        found: dict[str, dict[int, Answers]] = defaultdict(lambda: defaultdict(Answers))
        for (edition, member), row in self.newest(session, by_id).items():
            found[by_id[edition].uid][member].newest = row
        stored = load_answers(
            session, project_id=self.project_id, sentences=names, registers=self.registers
        )
        for one in stored:
            if one.answerer != GOLD:
                name = one.answer.sentence
                theirs = found[f"{name.article}.{name.edition}"][int(one.answerer)]
                theirs.said[name.position] = say(one.answer)
                theirs.revisions[name.position] = one.answer.id
        for (uid, member), said in self._planned.items():
            if uid in found:
                found[uid][member].said |= said
        return found

    def plan(self, edition: Edition, reader: Reader, said: Mapping[int, Said]) -> None:
        """Answer from now on as if this had been saved."""
        self._planned[edition.uid, reader.membership_id] = said

    def has_come(self, session: Session, edition: Edition, reader: Reader) -> bool:
        """Tell whether anything that a person says, or said, of a text came by a sync."""
        return bool(self._find_synced(session, edition, reader))

    def read_own(self, session: Session, edition: Edition, reader: Reader) -> dict[int, Said]:
        """Return what a person last said here of each sentence that stands as a sync brought it.

        It is said as the label scheme has it by now, in the order of the text.
        """
        found = self._find_synced(session, edition, reader)
        stands = {name.position: one.own for name, one in found.items() if one.stands}
        own = load_revisions(
            session,
            [row for row in stands.values() if row is not None],
            project_id=self.project_id,
            sentences=self._name_sentences(session, [edition]),
            registers=self.registers,
        )
        said = (say(fit_answer(one.answer, self.scheme)) for one in own)
        unread = {at: Said(at, UNREAD) for at in sorted(stands)}
        return unread | {one.position: one for one in said}

    def _find_synced(
        self, session: Session, edition: Edition, reader: Reader
    ) -> dict[SentenceId, Synced]:
        """Return what a sync brought to a person's sentences; a text is carried on from others."""
        editions = [one for one in self.editions.values() if one.article_id == edition.article_id]
        found = find_synced(
            session,
            project_id=self.project_id,
            sentences=self._name_sentences(session, editions),
            registers=self.registers,
            answerer=answerer_of(reader.membership_id),
        )
        names = self._name_sentences(session, [edition])
        return {names[row]: one for row, one in found.items() if row in names}

    def _name_sentences(
        self, session: Session, editions: Iterable[Edition]
    ) -> dict[int, SentenceId]:
        by_id = {one.id: one for one in editions}
        found = read_sentences_of(session, project_id=self.project_id, edition_ids=by_id)
        return {
            one.id: SentenceId(by_id[edition].article, by_id[edition].number, one.position)
            for edition, sentences in found.items()
            for one in sentences
        }

    @property
    def scheme_number(self) -> int:
        """The number of the label scheme by which answers are read."""
        return self._stamps.scheme

    def newest(self, session: Session, edition_ids: Collection[int]) -> dict[tuple[int, int], int]:
        """Return the row of each person's newest revision of texts, by edition and membership."""
        return newest_revisions(session, project_id=self.project_id, edition_ids=edition_ids)

    def asked(self, session: Session, edition: Edition) -> set[int]:
        """Return the positions of the sentences that need a decision."""
        found = read_sentences_of(session, project_id=self.project_id, edition_ids=[edition.id])
        return {one.position for one in found[edition.id] if one.zone not in self._unread_zones}

    def save(
        self,
        session: Session,
        edition: Edition,
        reader: Reader,
        said: Mapping[int, Said],
        *,
        parsed: Mapping[int, Answer] = MappingProxyType({}),
        upon: Mapping[int, str],
        now: datetime,
        by: int | None = None,
    ) -> dict[int, WorkbenchError]:
        """Save what was said of sentences as the person's answers; return what was refused.

        All are by position; ``upon`` are the revisions known, and ``parsed`` the answers that say
        just this, where labelling has read it by the newest scheme. ``by`` is who else gave them.
        """

        number = self._stamps.scheme
        scheme = stored_scheme(session, project_id=self.project_id, number=number)

        def read(at: int) -> SentAnswer:
            id_, base = make_public_id(), upon.get(at)
            sentence = SentenceId(edition.article, edition.number, at)
            if at in parsed:
                answer = replace(parsed[at], id=id_, base=base, sentence=sentence)
                return SentAnswer(self._stamps, scheme, answer)
            payload = write_answer(said[at], id_=id_, base=base, sentence=sentence)
            return read_sent(session, self.project_id, payload | asdict(self._stamps))

        checked = check_sent(
            session,
            project_id=self.project_id,
            membership_id=reader.membership_id,
            slug=edition.slug,
            sent=try_each(said, read),
        )
        right = {
            at: one
            for at, one in zip(said, checked, strict=True)
            if not isinstance(one, WorkbenchError)
        }
        saved = submit_annotations(
            session, answers=[*right.values()], by=by or reader.user_id, now=now, cause="sync"
        )
        done = dict(zip(said, checked, strict=True)) | dict(zip(right, saved, strict=True))
        return {at: one for at, one in done.items() if isinstance(one, WorkbenchError)}

    def begin(
        self, session: Session, editions: Sequence[Edition], reader: Reader, *, now: datetime
    ) -> dict[str, WorkbenchError]:
        """Let the person have begun articles, which they need not be given first.

        Returns why some could not be begun, by uid.
        """
        begun = {
            *session.scalars(
                select(Assignment.article_id).where(
                    Assignment.project_id == self.project_id,
                    Assignment.article_id.in_([one.article_id for one in editions]),
                    Assignment.membership_id == reader.membership_id,
                    has_begun(),
                )
            )
        }
        new = [one for one in editions if one.article_id not in begun]
        try:
            if new:
                name_annotators(
                    session,
                    project_id=self.project_id,
                    slugs=[one.slug for one in new],
                    members=[reader.user],
                    by=None,
                    now=now,
                )
        except WorkbenchError as error:
            if len(new) == 1:
                return {new[0].uid: error}
            each = (self.begin(session, [one], reader, now=now) for one in new)
            return {uid: why for refused in each for uid, why in refused.items()}

        def start(edition: Edition) -> None:
            start_assignment(
                session,
                project_id=self.project_id,
                membership_id=reader.membership_id,
                slug=edition.slug,
                by=reader.user_id,
                now=now,
            )

        started = zip(new, try_each(new, start), strict=True)
        return {one.uid: why for one, why in started if why is not None}


def write_data(task: Task) -> JsonObject:
    """Return a task's data as it is given there, the text without what its editor miscounts."""
    data = cast(JsonObject, write_task(task)["data"])
    return {**data, "text": hide_astral(task.text)}


def _names(registers: Registers, language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the words for the entries of both registers, those that people choose from first."""
    speakers = {AUTHOR: AUTHOR, UNSPECIFIED: UNSPECIFIED}
    speakers |= {one.id: one.name for one in registers.speakers if one.merged_into is None}
    speakers |= {one.id: one.name for one in registers.speakers if one.merged_into}
    targets = {
        one.id: one.labels.get(language) or next(iter(one.labels.values()), one.id)
        for one in sorted(registers.targets, key=lambda one: one.merged_into is not None)
    }
    return speakers, targets


def _list_editions(session: Session, project_id: int) -> dict[str, Edition]:
    """Return all editions of articles that nobody trains on, by uid."""
    later = aliased(TextEdition)
    newer = select(later.id).where(
        later.article_id == Article.id, later.number > TextEdition.number
    )
    in_work = select(Assignment.id).where(
        Assignment.project_id == project_id, Assignment.edition_id == TextEdition.id, has_begun()
    )
    training = select(TrainingArticle.article_id).where(TrainingArticle.project_id == project_id)
    rows = session.execute(
        select(
            TextEdition.id,
            TextEdition.number,
            TextEdition.sha256,
            Article.id.label("article_id"),
            Article.public_id,
            Article.slug,
            Article.withdrawn_at,
            Article.erased_at,
            or_(~newer.exists(), in_work.exists()).label("is_used"),
        )
        .join(Article, Article.id == TextEdition.article_id)
        .where(Article.project_id == project_id, Article.id.not_in(training))
        .order_by(TextEdition.id)
    ).all()
    headings = read_headings(session, article_ids={row.article_id for row in rows})
    found = (
        Edition(
            id=row.id,
            uid=f"{row.public_id}.{row.number}",
            number=row.number,
            article_id=row.article_id,
            article=row.public_id,
            slug=row.slug,
            heading=headings[row.article_id],
            sha256=row.sha256,
            is_wanted=row.withdrawn_at is None and bool(row.is_used),
            is_withdrawn=row.withdrawn_at is not None,
            is_erased=row.erased_at is not None,
        )
        for row in rows
    )
    return {one.uid: one for one in found}


def _list_readers(session: Session, project_id: int) -> dict[int, Reader]:
    rows = session.execute(
        select(
            Membership.id,
            Membership.public_id,
            User.id.label("user_id"),
            User.public_id.label("user"),
        )
        .join(User, User.id == Membership.user_id)
        .where(Membership.project_id == project_id, Membership.role == "annotator")
    )
    return {row.id: Reader(row.id, row.public_id, row.user_id, row.user) for row in rows}
