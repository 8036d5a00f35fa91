"""What a format cannot say: each derived format of a release counts what it kept and lost.

``losses.json`` has the accounts of all formats of a release. Nothing is lost silently: of each kind
of record, what was exported and what was lost add up to what there is, and each record that was
lost is named with its reason; where all of an article are lost, or all of a kind, that is said
instead. What every record of a kind lacks in a format, such as the origin of
each value, is said once, as ``lacks``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workbench.canonical import Json, JsonObject

FORMAT = "losses.v1"


@dataclass
class _Together:
    count: int = 0
    articles: list[str] = field(default_factory=list)

    def json(self) -> JsonObject:
        return {"count": self.count, "articles": [*sorted(self.articles)]}


@dataclass
class Account:
    """What one format exported and lost, counted while it is written.

    ``name`` is the format's, which is its folder under ``formats/``; ``reasons`` says in a
    sentence what each code of a loss means; ``lacks`` says what no record of a kind has there.
    Kinds are names of configs, such as ``claims``; a lost record is named by its id there.
    """

    name: str
    reasons: Mapping[str, str]
    lacks: Mapping[str, str] = field(default_factory=dict)
    _exported: Counter[str] = field(default_factory=Counter, init=False)
    _lost: dict[str, dict[str, list[str]]] = field(default_factory=dict, init=False)
    _together: dict[str, dict[str, _Together]] = field(default_factory=dict, init=False)

    def export(self, kind: str, count: int = 1) -> None:
        """Count records that the format has whole."""
        self._exported[kind] += count

    def lose(self, kind: str, record: str, reason: str) -> None:
        """Name a record that the format does not have, or not whole; ``reason`` is a code."""
        self._check_reason(record, reason)
        self._lost.setdefault(kind, {}).setdefault(reason, []).append(record)

    def lose_together(
        self, kind: str, count: int, reason: str, *, article: str | None = None
    ) -> None:
        """Count records that need no names: all of an article's, or all of which a reason tells.

        A format that has no place for stances would else name every stance there is.
        """
        self._check_reason(kind, reason)
        if count:
            together = self._together.setdefault(kind, {}).setdefault(reason, _Together())
            together.count += count
            if article is not None:
                together.articles.append(article)

    def close(self, source: Mapping[str, int]) -> JsonObject:
        """Return the account as ``losses.json`` has it.

        ``source`` says how many records of each kind there are; of every kind of it, as many must
        be exported or lost, each once, else ``ValueError``: its writer is at fault.
        """
        kinds: JsonObject = {}
        for kind in sorted({*source, *self._exported, *self._lost, *self._together}):
            by_reason = self._lost.get(kind, {})
            together = self._together.get(kind, {})
            exported, lost = self._exported[kind], sum(map(len, by_reason.values()))
            lost += sum(one.count for one in together.values())
            if exported + lost != source.get(kind, 0):
                raise ValueError(
                    f"{self.name} exported {exported} and lost {lost} {kind}, and there are"
                    f" {source.get(kind, 0)}: each is one of both, once"
                )
            records: JsonObject = {}
            for reason, ids in sorted(by_reason.items()):
                records[reason] = [*sorted(ids)]
            kinds[kind] = {
                "source": source.get(kind, 0),
                "exported": exported,
                "lost": lost,
                "lost_records": records,
                "lost_together": {reason: one.json() for reason, one in sorted(together.items())},
            }
        used = {reason for by_reason in self._lost.values() for reason in by_reason}
        used |= {reason for by_reason in self._together.values() for reason in by_reason}
        return {
            "format": self.name,
            "kinds": kinds,
            "reasons": {reason: self.reasons[reason] for reason in sorted(used)},
            "lacks": dict(sorted(self.lacks.items())),
        }

    def _check_reason(self, what: str, reason: str) -> None:
        if reason not in self.reasons:
            raise ValueError(f"{self.name} loses {what} for “{reason}”, which it does not explain")


def join_losses(head: JsonObject, snapshot: str, accounts: Iterable[JsonObject]) -> JsonObject:
    """Return ``losses.json`` of a release: the closed accounts of its formats, by name.

    ``head`` is the first line of the snapshot, ``snapshot`` its id.
    """
    formats: list[Json] = [*sorted(accounts, key=lambda one: str(one["format"]))]
    return {
        "format": FORMAT,
        "dataset": head["dataset"],
        "version": head["version"],
        "snapshot": snapshot,
        "formats": formats,
    }
