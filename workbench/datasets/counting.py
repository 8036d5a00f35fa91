"""Count what a snapshot holds: every number that a release's texts and pictures say.

The snapshot is read once, an article at a time. What is kept grows with the words that people use
(outlets, speakers, values), not with the sentences.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict, cast

from workbench.canonical import JsonObject
from workbench.corpus.text import HiddenKind, hidden_characters
from workbench.datasets.snapshots import ArticleBlock, Snapshot

UNREAD, CONTINUES = "unread", "continues"
UNNAMED = "(not noted)"  # an outlet, or rights
Words = Mapping[str, str]


class _Attributed(TypedDict):
    attributes: dict[str, str | None]


class _Speaker(TypedDict):
    id: str
    name: str
    kind: str


class _Link(_Attributed):
    source: str
    speaker: _Speaker | None


class _Claim(_Attributed):
    parts: list[object]
    chain: list[_Link]
    origin: dict[str, str | int | None]


class _Target(TypedDict):
    id: str
    labels: dict[str, str | None]


class _Stance(_Attributed):
    target: _Target
    value: str
    origin: str


class _Gold(_Attributed):
    settled: str | None
    decision: str | None
    reason: str | None
    claims: list[_Claim]
    stances: list[_Stance]


class _Answer(TypedDict):
    annotator: str
    decision: str


class _Vote(TypedDict):
    share: float


class _Soft(TypedDict):
    decision: list[_Vote]


class _Suggestion(TypedDict):
    rule: str
    rule_version: int
    decided: dict[str, int]


class _Sentence(TypedDict):
    zone: str
    text: str | None
    gold: _Gold
    answers: list[_Answer]
    soft: _Soft | None
    suggestions: list[_Suggestion]


class _Article(TypedDict):
    title: str | None
    outlet: str | None
    published: str | None
    language: str
    rights: str | None
    text_allowed: bool
    length: int
    text: str | None
    annotators: int


class Creator(TypedDict):
    """Who made a dataset."""

    name: str
    url: str | None


class Head(TypedDict):
    """The first line of a snapshot."""

    dataset: str
    version: str
    previous: dict[str, str] | None
    instant: str
    language: str
    title: dict[str, str]
    texts: dict[str, dict[str, str]]
    creators: list[Creator]
    licence: str
    url: str | None
    contact: str | None
    policy: dict[str, bool]
    text: str
    soft_labels: str
    scheme: int
    guideline: int
    software: dict[str, str]
    allow_unsettled: bool
    left_out: dict[str, int]
    counts: dict[str, int]
    withdrawn_versions: list[str]


@dataclass
class Coverage:
    """Of the sentences that need a decision: how many were read by how many, and are settled."""

    sentences: int = 0
    once: int = 0
    twice: int = 0
    settled: int = 0

    def share(self, name: str) -> float:
        """Return the share of the sentences that one of the counts is."""
        return int(getattr(self, name)) / self.sentences if self.sentences else 0.0


@dataclass
class Rights:
    """The articles of one source under one note of rights."""

    outlet: str
    note: str
    is_full: bool
    articles: int = 0
    sentences: int = 0


@dataclass
class Rule:
    """What became of the suggestions of one version of a rule."""

    name: str
    version: int
    made: int = 0
    decided: Counter[str] = field(default_factory=Counter)


@dataclass
class Counts:
    """Everything counted in one snapshot; ``agreement`` is its report, ``head`` its first line.

    ``fields`` has the values of each field of the label scheme in settled answers, by level;
    ``labels`` what fields and their values are called.
    """

    snapshot: str
    head: Head
    agreement: JsonObject
    labels: Mapping[str, Words] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)
    articles: int = 0
    characters: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    published: list[str] = field(default_factory=list)
    rights: dict[tuple[str, str, bool], Rights] = field(default_factory=dict)
    article_readers: Counter[int] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    hidden_articles: int = 0
    sentences: int = 0
    zones: Counter[str] = field(default_factory=Counter)
    outside: int = 0
    decisions: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    readers: Counter[int] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    coverage: Coverage = field(default_factory=Coverage)
    outlets: dict[str, Coverage] = field(default_factory=dict)
    claims: int = 0
    claims_in_parts: int = 0
    reported_claims: int = 0
    claim_origins: Counter[str] = field(default_factory=Counter)
    slot_origins: Counter[str] = field(default_factory=Counter)
    fields: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    sources: Counter[str] = field(default_factory=Counter)
    speakers: Counter[str] = field(default_factory=Counter)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    speaker_kinds: Counter[str] = field(default_factory=Counter)
    stances: Counter[tuple[str, str]] = field(default_factory=Counter)
    targets: dict[str, Words] = field(default_factory=dict)
    soft: int = 0
    soft_divided: int = 0
    rules: dict[tuple[str, int], Rule] = field(default_factory=dict)
    statements: Counter[str] = field(default_factory=Counter)
    appearances: Counter[str] = field(default_factory=Counter)
    verdicts: int = 0
    ratings: Counter[str] = field(default_factory=Counter)
    evidence: Counter[str] = field(default_factory=Counter)
    later_evidence: int = 0
    errata: int = 0

    @property
    def title(self) -> str:
        """The dataset's title, in English where it has one."""
        return titles(self.head)["en"]

    @property
    def date(self) -> str:
        """The day of the snapshot's instant."""
        return self.head["instant"][:10]

    @property
    def annotators(self) -> int:
        """How many people gave answers."""
        return len(self.answers)

    @property
    def full_articles(self) -> int:
        """Articles whose text is in the release."""
        return sum(one.articles for one in self.rights.values() if one.is_full)

    @property
    def required(self) -> int:
        """Sentences in whose zone a decision is needed."""
        return self.sentences - self.outside

    @property
    def settled_sentences(self) -> int:
        """Sentences that need a decision and have one that counts."""
        return self.coverage.settled

    @property
    def machine_claims(self) -> int:
        """Settled claims that have something as a rule proposed it."""
        return self.claims - self.claim_origins["human"]


def titles(head: Head) -> dict[str, str]:
    """Return the dataset's title in both languages; a missing one is the other, or its name."""
    given = [head["title"].get(language, "").strip() for language in ("en", "fr")]
    english = given[0] or given[1] or head["dataset"]
    return {"en": english, "fr": given[1] or english}


def count_snapshot(snapshot: Snapshot) -> Counts:
    """Count all lines of a snapshot."""
    counts = count_short_lines(snapshot)
    for block in snapshot.articles():
        count_article(counts, block)
    return counts


def count_short_lines(snapshot: Snapshot) -> Counts:
    """Count all lines but the articles, each of which ``count_article`` is to add."""
    [report] = snapshot.lines("agreement")
    counts = Counts(snapshot.id, cast(Head, snapshot.head), cast(JsonObject, report["document"]))
    counts.labels, counts.value_labels = _read_labels(snapshot)
    for line in snapshot.lines("speaker"):
        counts.speaker_kinds[str(line["kind"])] += 1
    for line in snapshot.lines("statement"):
        counts.statements[str(line["state"])] += 1
        for one in cast(list[dict[str, str]], line["appearances"]):
            counts.appearances[one["relation"]] += 1
    for line in snapshot.lines("verdict"):
        counts.verdicts += 1
        if line["is_current"]:
            counts.ratings[str(line["rating"])] += 1
    for line in snapshot.lines("evidence"):
        counts.evidence[str(line["bearing"])] += 1
        counts.later_evidence += bool(line["is_later"])
    counts.errata = sum(1 for _ in snapshot.lines("erratum"))
    return counts


def _read_labels(
    snapshot: Snapshot,
) -> tuple[dict[str, Words], dict[str, dict[str, Words]]]:
    """Return what the schemes call their fields and values; the newest has the last word."""
    labels: dict[str, Words] = {}
    values: dict[str, dict[str, Words]] = {}
    for line in snapshot.lines("scheme"):
        document = cast(dict[str, list[dict[str, object]]], line["document"])
        for one in document.get("fields", []):
            name = str(one["name"])
            labels[name] = cast(Words, one.get("label", {}))
            for value in cast(Sequence[dict[str, object]], one.get("values") or []):
                known = values.setdefault(name, {})
                known[str(value["name"])] = cast(Words, value.get("label", {}))
    return labels, values


def count_article(counts: Counts, block: ArticleBlock) -> None:
    """Add an article with its sentences."""
    article = cast(_Article, block.article)
    counts.articles += 1
    counts.characters += article["length"]
    counts.languages[article["language"]] += 1
    counts.article_readers[article["annotators"]] += 1
    if article["published"]:
        days = sorted([*counts.published, article["published"]])
        counts.published = [days[0], days[-1]]
    outlet = article["outlet"] or UNNAMED
    key = (outlet, article["rights"] or UNNAMED, article["text_allowed"])
    rights = counts.rights.setdefault(key, Rights(*key))
    rights.articles += 1
    rights.sentences += len(block.sentences)
    coverage = counts.outlets.setdefault(outlet, Coverage())
    sentences = cast(tuple[_Sentence, ...], block.sentences)
    for sentence in sentences:
        _count_sentence(counts, coverage, sentence)
    texts = [article["text"]] if article["text"] else [one["text"] for one in sentences]
    hidden = [one.kind for text in texts if text for one in hidden_characters(text)]
    counts.hidden.update(HiddenKind(kind).value for kind in hidden)
    counts.hidden_articles += bool(hidden)


def _count_sentence(counts: Counts, outlet: Coverage, sentence: _Sentence) -> None:
    gold = sentence["gold"]
    counts.sentences += 1
    counts.zones[sentence["zone"]] += 1
    read = [one["annotator"] for one in sentence["answers"] if one["decision"] != UNREAD]
    if gold["settled"] is None:
        counts.outside += 1
    else:
        for annotator in read:
            counts.answers[annotator] += 1
        counts.readers[len(read)] += 1
        counts.settled[gold["settled"]] += 1
        counts.decisions[gold["decision"] or "unsettled"] += 1
        for each in (counts.coverage, outlet):
            each.sentences += 1
            each.once += bool(read)
            each.twice += len(read) > 1
            each.settled += gold["settled"] not in {"unread", "unsettled"}
    if gold["reason"]:
        counts.reasons[gold["reason"]] += 1
    _count_values(counts, "annotation", gold)
    for claim in gold["claims"]:
        _count_claim(counts, claim)
    for stance in gold["stances"]:
        target = stance["target"]
        counts.stances[target["id"], stance["value"]] += 1
        counts.targets[target["id"]] = {
            language: label for language, label in target["labels"].items() if label
        }
        _count_values(counts, "stance", stance)
    if sentence["soft"]:
        counts.soft += 1
        counts.soft_divided += len(sentence["soft"]["decision"]) > 1
    for suggestion in sentence["suggestions"]:
        name, version = suggestion["rule"], suggestion["rule_version"]
        rule = counts.rules.setdefault((name, version), Rule(name, version))
        rule.made += 1
        rule.decided.update(suggestion["decided"])


def _count_claim(counts: Counts, claim: _Claim) -> None:
    counts.claims += 1
    counts.claims_in_parts += len(claim["parts"]) > 1
    counts.reported_claims += len(claim["chain"]) > 1
    slots = [
        str(origin)
        for slot, origin in claim["origin"].items()
        if slot not in {"rule", "rule_version"}
    ]
    counts.slot_origins.update(slots)
    changed = {"machine", "machine_edited"}.intersection(slots)
    counts.claim_origins["suggested" if changed else "human"] += 1
    _count_values(counts, "claim", claim)
    for link in claim["chain"][-1:]:
        counts.sources[link["source"]] += 1
        if link["speaker"]:
            speaker = link["speaker"]
            counts.speakers[speaker["id"]] += 1
            counts.names[speaker["id"]] = (speaker["name"], speaker["kind"])
        if len(claim["chain"]) > 1:
            _count_values(counts, "link", link)


def _count_values(counts: Counts, level: str, said: _Attributed) -> None:
    for name, value in said["attributes"].items():
        if value is not None:
            counts.fields.setdefault(level, {}).setdefault(name, Counter())[value] += 1


def known_first(found: Counter[str], known: Iterable[str]) -> list[tuple[str, int]]:
    """Return the counts of known values in their order, then of others, the largest first."""
    order = [one for one in known if found[one]]
    rest = [one for one in most_first(found) if one[0] not in order and one[1]]
    return [*((one, found[one]) for one in order), *rest]


def most_first(found: Counter[str]) -> list[tuple[str, int]]:
    """Return counts, the largest first, then by name."""
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))
