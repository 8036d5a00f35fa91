"""Soft labels: how many annotators said what of a sentence and of each claim, as shares.

Nothing is decided here and nobody is named. By ``votes`` everybody who has read the sentence counts
as one; the other methods weigh people by how they answer, where the answers are a closed choice
and enough for that.
Their form is ``schemas/soft-label.v1.schema.json``.
"""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from sqlalchemy.orm import Session

from workbench.adjudication.cases import Case, CaseFile, list_case_files, read_cases
from workbench.adjudication.clusters import (
    DECISION,
    Compared,
    Row,
    SlotValues,
    compare_readings,
)
from workbench.adjudication.queries import AnsweredEdition, read_agreed_editions
from workbench.canonical import Json, JsonObject, canonical_json
from workbench.corpus.queries import SentenceInZone
from workbench.datasets.aggregating import Method, UnweighedError, weigh_answers
from workbench.labelling.registers import load_registers
from workbench.labelling.remembered import stored_scheme
from workbench.projects.queries import get_project, newest_scheme
from workbench.projects.scheme import Scheme
from workbench.projects.tables import Project

FORMAT = "soft-label.v1"
DECIMALS = 6
ARTICLES_AT_A_TIME = 20
CLAIM, FOUND, LACKING = "claim", "found", "lacking"  # beside the decision and the slots

Bare = dict[tuple[str, ...], JsonObject]  # shares of sentences without claims, by the decisions
Given = Sequence[tuple[Json, Collection[str]]]  # values, and the letters of those who gave them


def soft_labels(
    session: Session,
    *,
    project_id: int,
    method: Method = Method.VOTES,
    hidden: Collection[int] = (),
) -> Iterator[JsonObject]:
    """Yield one record for each sentence that needs a decision and was read, by slug and position.

    Of articles that everybody who has them has finished, but for ``hidden`` ones, by row. Few of
    them at a time are in memory, but for a model of annotators the numbers of all answers. It needs
    crowd-kit, else ``UnavailableError``, and enough answers, else ``UnweighedError``; and it reads
    twice, so that nothing may change meanwhile.
    """
    weigher: Weigher = Votes()
    if method is not Method.VOTES:
        ballots = Ballots()
        for _ in _write(session, project_id, method, ballots, hidden):
            pass
        weigher = Weighed(method, ballots)
    yield from _write(session, project_id, method, weigher, hidden)


def _write(
    session: Session,
    project_id: int,
    method: Method,
    weigher: "Weigher",
    hidden: Collection[int],
) -> Iterator[JsonObject]:
    project = get_project(session, project_id=project_id)
    number = newest_scheme(session, project_id=project_id).number
    scheme = stored_scheme(session, project_id=project_id, number=number).scheme
    choices = _choices(scheme)
    registers = load_registers(session, project_id=project_id)
    files = [
        file for file in _finished_files(session, project) if file.piece.article_id not in hidden
    ]
    for begin in range(0, len(files), ARTICLES_AT_A_TIME):
        some = files[begin : begin + ARTICLES_AT_A_TIME]
        for case in read_cases(
            session, project=project, files=some, registers=registers, scheme=scheme
        ):
            people = {reader.letter: reader.membership_id for reader in case.file.readers}
            writer = _Writer(weigher, choices, people)
            for position, compared in sorted(case.compared.items()):
                yield {
                    "format": FORMAT,
                    "method": method.value,
                    "project": project.slug,
                    **_sentence(case, case.sentences[position - 1]),
                    **writer.write(compared),
                }


@dataclass(frozen=True)
class Labeller:
    """Labels text editions whose answers were read for something else, in the order of reading.

    ``files`` are those that everybody who has them has finished, by edition.
    """

    method: Method
    weigher: "Weigher"
    choices: Collection[str]
    files: Mapping[int, CaseFile]
    bare: "Bare" = field(default_factory=dict)

    def label(self, edition: AnsweredEdition) -> dict[int, JsonObject]:
        """Return what ``soft_labels`` says of the edition's sentences, by position."""
        file = self.files.get(edition.edition.id)
        if file is None:
            return {}
        people = {reader.letter: reader.membership_id for reader in file.readers}
        writer = _Writer(self.weigher, self.choices, people, self.bare)
        compared = compare_readings(
            {
                letter: edition.readings[answerer]
                for answerer, letter in file.letters.items()
                if answerer in edition.readings
            }
        )
        return {
            position: writer.write(compared[position])
            for position in sorted(compared.keys() - edition.outside)
        }


def open_labeller(session: Session, *, project_id: int, method: Method) -> Labeller:
    """Return what labels the editions of ``read_agreed_editions``, all of them and in its order.

    A model of annotators reads them first, so that nothing may change meanwhile; it needs
    crowd-kit, else ``UnavailableError``, and enough answers, else ``UnweighedError``.
    """
    project = get_project(session, project_id=project_id)
    number = newest_scheme(session, project_id=project_id).number
    scheme = stored_scheme(session, project_id=project_id, number=number).scheme
    files = {file.piece.edition_id: file for file in _finished_files(session, project)}
    labeller = Labeller(method, Votes(), _choices(scheme), files)
    if method is Method.VOTES:
        return labeller
    ballots = Ballots()
    reader = replace(labeller, weigher=ballots)
    for edition in read_agreed_editions(session, project_id=project_id):
        reader.label(edition)
    return replace(labeller, weigher=Weighed(method, ballots))


def _finished_files(session: Session, project: Project) -> list[CaseFile]:
    return [
        file
        for file in list_case_files(session, project=project)
        if file.readers and all(reader.is_finished for reader in file.readers)
    ]


def _choices(scheme: Scheme) -> set[str]:
    return {one.name for one in scheme.fields.values() if one.kind == "choice"}


class Vote(NamedTuple):
    """A value, how many gave it, and its share."""

    value: Json
    votes: int
    share: float

    def json(self) -> JsonObject:
        """Return the vote as a record has it."""
        return {"share": round(self.share, DECIMALS), "value": self.value, "votes": self.votes}


class Weigher(Protocol):
    """What makes shares of who gave which value."""

    def method_of(self, question: str) -> Method:
        """Return how the shares of a question come about."""

    def weigh(self, question: str, given: Given, people: Mapping[str, int]) -> list[Vote]:
        """Return the values with their shares, in the order of a record."""


class Votes:
    """Everybody counts as one."""

    def method_of(self, question: str) -> Method:
        """Return that everybody counts as one."""
        return Method.VOTES

    def weigh(self, question: str, given: Given, people: Mapping[str, int]) -> list[Vote]:
        """Return the shares of those who answered."""
        whole = sum(len(who) for _, who in given)
        return [Vote(value, len(who), len(who) / whole) for value, who in given if whole]


@dataclass
class _Ballot:
    """The answers to one question: its tasks, by whom, and which of the values, as numbers."""

    tasks: "array[int]" = field(default_factory=lambda: array("q"))
    people: "array[int]" = field(default_factory=lambda: array("q"))
    answers: "array[int]" = field(default_factory=lambda: array("q"))
    values: dict[str, tuple[int, Json]] = field(default_factory=dict)
    size: int = 0


class Ballots(Votes):
    """Collects who gave which value, question by question, for a model to weigh."""

    def __init__(self) -> None:
        self.by_question: dict[str, _Ballot] = {}

    def weigh(self, question: str, given: Given, people: Mapping[str, int]) -> list[Vote]:
        """Note the next task of a question."""
        ballot = self.by_question.setdefault(question, _Ballot())
        for value, who in [one for one in given if one[1]]:
            number, _ = ballot.values.setdefault(canonical_json(value), (len(ballot.values), value))
            for letter in who:
                ballot.tasks.append(ballot.size)
                ballot.people.append(people[letter])
                ballot.answers.append(number)
        ballot.size += 1
        return super().weigh(question, given, people)


class Weighed:
    """Gives back what a model makes of ballots, task by task in the order of collecting.

    Raises ``UnweighedError`` where it makes nothing of the decisions, or of whether there is a
    claim; a slot of which it makes nothing stays with the votes.
    """

    def __init__(self, method: Method, ballots: Ballots) -> None:
        self._method, self._ballots = method, ballots.by_question
        self._shares: dict[str, Iterator[Sequence[float]]] = {}
        for question, one in self._ballots.items():
            try:
                self._shares[question] = weigh_answers(
                    method, one.tasks, one.people, one.answers, size=one.size
                )
            except UnweighedError:
                if question in {DECISION, CLAIM}:
                    raise

    def method_of(self, question: str) -> Method:
        """Return the model, or votes where it makes nothing of the question."""
        return self._method if question in self._shares else Method.VOTES

    def weigh(self, question: str, given: Given, people: Mapping[str, int]) -> list[Vote]:
        """Return all values that have a share or a vote in the next task, the likeliest first."""
        if question not in self._shares:
            return Votes().weigh(question, given, people)
        shares = next(self._shares[question])
        counts = {canonical_json(value): len(who) for value, who in given}
        votes = [
            Vote(value, counts.get(name, 0), shares[number])
            for name, (number, value) in self._ballots[question].values.items()
        ]
        votes = [one for one in votes if one.votes or round(one.share, DECIMALS)]
        return sorted(votes, key=lambda one: (-one.share, canonical_json(one.value)))


def _sentence(case: Case, sentence: SentenceInZone) -> JsonObject:
    return {
        "article": case.file.piece.slug,
        "sentence": str(case.file.piece.sentence_id(sentence.position)),
        "position": sentence.position,
        "zone": sentence.zone,
    }


@dataclass(frozen=True)
class _Writer:
    """Writes what was said of the sentences of one article."""

    weigher: Weigher
    choices: Collection[str]
    people: Mapping[str, int]
    bare: "Bare" = field(default_factory=dict)

    def write(self, compared: Compared) -> JsonObject:
        """Return the shares of a sentence.

        Most have decisions and no claims; those with the same, by votes, are one object.
        """
        if compared.clusters or type(self.weigher) is not Votes:
            return self._write(compared)
        said = tuple(sorted(one.decision for one in compared.readings.values()))
        if said not in self.bare:
            self.bare[said] = self._write(compared)
        return self.bare[said]

    def _write(self, compared: Compared) -> JsonObject:
        decisions: dict[str, list[str]] = {}
        for who, one in compared.readings.items():
            decisions.setdefault(one.decision, []).append(who)
        given = sorted(decisions.items(), key=lambda one: (-len(one[1]), one[0]))
        votes = self.weigher.weigh(DECISION, given, self.people)
        return {
            "annotators": len(compared.readings),
            "claims": [self._claim(row) for cluster in compared.clusters for row in cluster.rows],
            "decision": [one.json() for one in votes],
        }

    def _claim(self, row: Row) -> JsonObject:
        """Return the share that found a claim, and of those the share of each value."""
        given = [(FOUND, tuple(row.claims)), (LACKING, row.lacking)]
        votes = self.weigher.weigh(CLAIM, given, self.people)
        share = next((one.share for one in votes if one.value == FOUND), 0.0)
        return {
            "share": round(share, DECIMALS),
            "slots": [self._slot(slot) for slot in row.slots],
            "votes": len(row.claims),
        }

    def _slot(self, slot: SlotValues) -> JsonObject:
        weigher = self.weigher if slot.name in self.choices else Votes()
        given = [(one.value, one.who) for one in slot.values]
        votes = weigher.weigh(slot.name, given, self.people)
        return {
            "link": slot.link,
            "method": weigher.method_of(slot.name).value,
            "slot": slot.name,
            "target": slot.target,
            "values": [one.json() for one in votes],
        }
