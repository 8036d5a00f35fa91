"""Soft labels: how many annotators said what of a sentence and of each claim, as shares.

Nothing is decided here and nobody is named. The method is ``votes``: everybody who has read the
sentence counts as one. Their form is ``schemas/soft-label.v1.schema.json``.
"""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy.orm import Session

from workbench.adjudication.cases import Case, list_case_files, read_cases
from workbench.adjudication.clusters import Compared, Row, SlotValues
from workbench.canonical import Json, JsonObject
from workbench.corpus.queries import SentenceInZone
from workbench.labelling.registers import load_registers
from workbench.labelling.remembered import stored_scheme
from workbench.projects.queries import get_project, newest_scheme

FORMAT, METHOD = "soft-label.v1", "votes"
DECIMALS = 6
ARTICLES_AT_A_TIME = 20


def soft_labels(session: Session, *, project_id: int) -> Iterator[JsonObject]:
    """Yield one record for each sentence that needs a decision and was read, by slug and position.

    Of articles that everybody who has them has finished; few of them at a time are in memory.
    """
    project = get_project(session, project_id=project_id)
    number = newest_scheme(session, project_id=project_id).number
    scheme = stored_scheme(session, project_id=project_id, number=number).scheme
    registers = load_registers(session, project_id=project_id)
    files = [
        file
        for file in list_case_files(session, project=project)
        if file.readers and all(reader.is_finished for reader in file.readers)
    ]
    for begin in range(0, len(files), ARTICLES_AT_A_TIME):
        some = files[begin : begin + ARTICLES_AT_A_TIME]
        for case in read_cases(
            session, project=project, files=some, registers=registers, scheme=scheme
        ):
            for position, compared in sorted(case.compared.items()):
                yield {
                    "format": FORMAT,
                    "method": METHOD,
                    "project": project.slug,
                    **_sentence(case, case.sentences[position - 1]),
                    **_votes(compared),
                }


def _sentence(case: Case, sentence: SentenceInZone) -> JsonObject:
    return {
        "article": case.file.piece.slug,
        "sentence": str(case.file.piece.sentence_id(sentence.position)),
        "position": sentence.position,
        "zone": sentence.zone,
    }


def _votes(compared: Compared) -> JsonObject:
    readers = len(compared.readings)
    decisions = Counter(one.decision for one in compared.readings.values())
    return {
        "annotators": readers,
        "decision": [
            _vote(decision, votes, readers)
            for decision, votes in sorted(decisions.items(), key=lambda one: (-one[1], one[0]))
        ],
        "claims": [_claim(row) for cluster in compared.clusters for row in cluster.rows],
    }


def _claim(row: Row) -> JsonObject:
    """Return the share that found a claim, and of those the share of each value."""
    found = len(row.claims)
    return {
        "votes": found,
        "share": _share(found, found + len(row.lacking)),
        "slots": [_slot(slot) for slot in row.slots],
    }


def _slot(slot: SlotValues) -> JsonObject:
    given = sum(len(one.who) for one in slot.values)
    return {
        "slot": slot.name,
        "link": slot.link,
        "target": slot.target,
        "values": [_vote(one.value, len(one.who), given) for one in slot.values],
    }


def _vote(value: Json, votes: int, of: int) -> JsonObject:
    return {"value": value, "votes": votes, "share": _share(votes, of)}


def _share(part: int, whole: int) -> float:
    return round(part / whole, DECIMALS)
