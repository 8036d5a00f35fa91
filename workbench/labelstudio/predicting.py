"""Gives each task what the rules suggest in its text, as a prediction: shown there, no answer.

A prediction is never read back. Whoever takes it over there submits an answer of their own, whose
claims name the suggestions that they came from. Sentences whose suggestions are held back have
none there, since people there answer no sentence by itself. What a task was given is kept as a
hash, so that it is replaced once it would say something else, and only then. A task whose text was
changed there is left alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from workbench.canonical import Json, content_hash
from workbench.labelling.frames import SentenceId
from workbench.labelling.suggesting import VERSION, list_suggestions
from workbench.labelling.tables import Suggestion, SuggestionDecision, SuggestionRun
from workbench.labelstudio.client import RefusedThereError
from workbench.labelstudio.config import hash_config, write_config
from workbench.labelstudio.convert import write_result
from workbench.labelstudio.exchange import Exchange
from workbench.labelstudio.local import Edition
from workbench.labelstudio.proposing import known_speakers, propose
from workbench.labelstudio.rules import Count
from workbench.labelstudio.tables import RemoteTask
from workbench.projects.queries import get_project
from workbench.storage.database import db

OURS = "workbench "  # How the names of our models begin: of nobody else's anything is deleted.
MODEL = f"{OURS}{VERSION[:12]}"
AT_ONCE = 50  # tasks
_NOBODY = 0  # A project of many has nobody's rejections.
_ON_ITS_WAY = ""


@dataclass(frozen=True)
class _Given:
    """What a task was given, as a hash, and a hash of what that followed from here."""

    state: str | None = None
    sha: str | None = None


def give_predictions(exchange: Exchange) -> None:
    """Give tasks what is suggested in their texts, where that is not what they have."""
    session = db.session()
    states = _read_states(session, exchange)
    given = _read_given(session, exchange)
    session.rollback()
    due = [
        exchange.local.editions[uid]
        for uid, state in states.items()
        if given.get(uid, _Given()).state != state and uid not in exchange.rewritten
    ]
    is_any = False
    for start in range(0, len(due), AT_ONCE):
        some = due[start : start + AT_ONCE]
        results = _write_results(session, exchange, some)
        session.rollback()
        changed = [
            uid for uid, result in results.items() if given.get(uid, _Given()).sha != _hash(result)
        ]
        exchange.report.counts[Count.PREDICTIONS_GIVEN] += len(changed)
        if exchange.is_plan:
            continue
        try:
            is_any |= _replace(exchange, {uid: results[uid] for uid in changed}, given)
        except RefusedThereError as error:
            exchange.report.add(exchange.title, error)
            continue
        _keep(exchange, {one.uid: _Given(states[one.uid], _hash(results[one.uid])) for one in some})
    if is_any:
        exchange.server.use_model(exchange.at, MODEL, ours=OURS)


def _read_states(session: Session, exchange: Exchange) -> dict[str, str]:
    """Return a hash of all that decides what a task is given, by uid; without reading it."""
    local, only = exchange.local, exchange.only or _NOBODY
    project = get_project(session, project_id=local.project_id)
    runs = session.execute(
        select(SuggestionRun.edition_id, func.max(SuggestionRun.id))
        .where(SuggestionRun.project_id == local.project_id)
        .group_by(SuggestionRun.edition_id)
    )
    newest = {row[0]: row[1] for row in runs}
    decisions = session.execute(
        select(SuggestionRun.edition_id, func.max(SuggestionDecision.id))
        .join(Suggestion, Suggestion.run_id == SuggestionRun.id)
        .join(SuggestionDecision, SuggestionDecision.suggestion_id == Suggestion.id)
        .where(SuggestionDecision.membership_id == only)
        .group_by(SuggestionRun.edition_id)
    )
    decided = {row[0]: row[1] for row in decisions}
    common: list[Json] = [
        MODEL,
        project.seed,
        project.suggestion_free_percent,
        hash_config(write_config(local.config)),
        local.names_sha,
    ]
    editions = (local.editions[uid] for uid in exchange.wanted)
    return {
        one.uid: content_hash([*common, newest[one.id], decided.get(one.id)])
        for one in editions
        if one.id in newest
    }


def _read_given(session: Session, exchange: Exchange) -> dict[str, _Given]:
    uids = {link.row: uid for uid, link in exchange.ledger.links.items()}
    rows = session.execute(
        select(RemoteTask.id, RemoteTask.predicted_from, RemoteTask.predicted_sha).where(
            RemoteTask.remote_project_id == exchange.ledger.row
        )
    )
    return {uids[id_]: _Given(state, sha) for id_, state, sha in rows if id_ in uids}


def _write_results(
    session: Session, exchange: Exchange, editions: Sequence[Edition]
) -> dict[str, list[Json]]:
    local, only = exchange.local, exchange.only or _NOBODY
    speakers = known_speakers(local.registers)
    texts = local.texts(session, editions)
    results = {}
    for one in editions:
        suggested = list_suggestions(
            session,
            project_id=local.project_id,
            edition_id=one.id,
            membership_id=only,
            sentence_id=SentenceId(one.article, one.number, 1).beside,
            answered=(),
        )
        waiting = [each for each in suggested if not each.is_rejected]
        text = texts[one.uid]
        said = propose(waiting, text, local.scheme, speakers)
        results[one.uid] = write_result(text.text, text.sentences, said, local.config).result
    return results


def _replace(exchange: Exchange, results: dict[str, list[Json]], given: dict[str, _Given]) -> bool:
    """Replace what tasks were given; tell whether anything was."""
    server, links = exchange.server, exchange.ledger.links
    there = {uid: result for uid, result in results.items() if uid in links}
    for uid in there:
        if given.get(uid, _Given()).sha is not None:
            server.drop_predictions(links[uid].remote_id, ours=OURS)
    # Should nobody see them arrive, they are dropped before they are given again.
    _keep(exchange, {uid: _Given(None, _ON_ITS_WAY) for uid in there})
    wanted = {links[uid].remote_id: result for uid, result in there.items() if result}
    if wanted:
        server.give_predictions(exchange.at, wanted, model=MODEL)
    return bool(wanted)


def _keep(exchange: Exchange, given: dict[str, _Given]) -> None:
    links = exchange.ledger.links
    rows = [
        {"id": links[uid].row, "predicted_from": one.state, "predicted_sha": one.sha}
        for uid, one in given.items()
        if uid in links
    ]
    with exchange.ledger.writing() as session:
        if rows:
            session.execute(update(RemoteTask), rows)
        exchange.ledger.step(session)


def _hash(result: Sequence[Json]) -> str | None:
    """Return the hash of what a task is given; none for nothing."""
    return content_hash([*result]) if result else None
