"""Check the rows of a release against its snapshot and its splits, article by article.

Schemas, spans, offsets, ids, counts, places in splits. Only ids of registers and of what statements
name are kept, so that memory does not grow with the sentences.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypedDict, cast

from workbench import processes
from workbench.canonical import Json, JsonObject
from workbench.datasets.checking import line_problem, parse_object, schema_checker
from workbench.datasets.columns import schema_name
from workbench.datasets.configs import ARTICLE_ROWS, DECISIONS, ELLIPSIS, OTHER_ROWS
from workbench.datasets.layout import DATA, LINES, data_path, part_of
from workbench.datasets.manifests import file_hash
from workbench.datasets.problems import Problems
from workbench.datasets.releasing import SNAPSHOT, SPLITS

# What the first line of the snapshot counts, by config.
COUNTED = {
    "sentences": "sentences",
    "claims": "claims",
    "attributions": "attributions",
    "stances": "stances",
    "annotations": "answers",
    "suggestions": "suggestions",
    "soft_labels": "soft_labels",
    "speakers": "speakers",
    "targets": "targets",
    "statements": "statements",
    "verdicts": "verdicts",
    "evidence": "evidence",
}
# Columns that name rows of other configs.
REFERENCES = {
    "claims": {"speaker": "speakers", "statements": "statements"},
    "attributions": {"speaker": "speakers"},
    "stances": {"speaker": "speakers", "target": "targets"},
    "statements": {"verdict": "verdicts"},
    "verdicts": {"statement": "statements", "evidence": "evidence"},
    "evidence": {"statement": "statements", "verdicts": "verdicts"},
}

# Keys are sorted, so that the first one of this name is the row's own; within words, quotes would
# be escaped.
_ARTICLE = re.compile(rb'"article":"([^"\\]*)"')

# Where a row lies: its file and its line.
At = tuple[str, int]

# Of what the ids of rows are made; those of claims are their own.
MADE_OF: Mapping[str, Callable[[JsonObject], str]] = {
    "sentences": lambda row: f"{row['sentence']}",
    "attributions": lambda row: f"{row['claim']}.{row['depth']}",
    "stances": lambda row: f"{row['sentence']}/{row['position']}",
    "suggestions": lambda row: f"{row['sentence']}/{str(row['id']).rpartition('/')[2]}",
    "annotations": lambda row: f"{row['sentence']}/{row['annotator']}",
    "soft_labels": lambda row: f"{row['sentence']}",
    "coverage": lambda row: f"{row['article']}/{row['annotator']}",
}


class _Where(TypedDict):
    """Where all of a row stands, in the article and in its sentence."""

    start: int
    end: int
    start_in_sentence: int
    end_in_sentence: int


@dataclass(frozen=True)
class _Block:
    """An article of the snapshot, and what its rows may name."""

    article: JsonObject
    sentences: Mapping[str, JsonObject]

    @property
    def text(self) -> str | None:
        return cast("str | None", self.article["text"])

    @property
    def covered(self) -> set[str]:
        """The ids that the rows of coverage have."""
        answers = (one["answers"] for one in self.sentences.values())
        people = {one["annotator"] for some in answers for one in cast("list[JsonObject]", some)}
        return {f"{self.article['id']}/{one}" for one in people}


@dataclass
class _Named:
    """What the rows of an article name: its sentences and claims, and how often."""

    sentences: list[tuple[At, JsonObject]] = field(default_factory=list)
    claims: dict[str, tuple[At, JsonObject]] = field(default_factory=dict)
    links: Counter[str] = field(default_factory=Counter)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, config: str, at: At, row: JsonObject) -> str | None:
        """Note a row; return the claim that it names, if there is none of that id."""
        if config == "sentences":
            self.sentences.append((at, row))
        elif config in ("claims", "stances"):
            self.counts[config, str(row["sentence"])] += 1
        if config == "claims":
            self.claims[str(row["id"])] = (at, row)
        elif config in ("attributions", "stances") and row["claim"] is not None:
            claim = str(row["claim"])
            self.links[claim] += config == "attributions"
            return None if claim in self.claims else claim
        return None


class RowVerifier:
    """Checks the rows of a release against its snapshot, article by article.

    ``parts`` are those of each config that are there.
    """

    def __init__(self, folder: Path, parts: Mapping[str, Sequence[str]], found: Problems) -> None:
        self._folder, self._parts, self._found = folder, parts, found
        self._head: JsonObject = {"counts": {}}
        self._placed: dict[str, str] = {}
        self._folds: dict[str, Json] = {}
        self._met: set[str] = set()
        self.counts: Counter[str] = Counter()  # of rows by config
        self._splits: Counter[str] = Counter()  # of sentences
        self._order: dict[str, int] = {}
        self._ids: dict[str, set[str]] = {}
        self._wanted: dict[str, str] = {}  # claims that statements name, and in which sentence

    def verify(self) -> None:
        """Check all rows; what one check needs and another found broken is passed over."""
        splits = self._read_splits()
        if splits is None:
            return
        self._placed = {
            one: split
            for split, both in cast("dict[str, dict[str, list[str]]]", splits["splits"]).items()
            for one in (*both["articles"], *both["statements"])
        }
        self._folds = {
            str(one["test"]): one["fold"] for one in cast("list[JsonObject]", splits["folds"])
        }
        for config in OTHER_ROWS:
            self._ids[config] = {str(row.get("id")) for _, row in self._rows(config)}
        for config in OTHER_ROWS:
            self._verify_others(config)
        self._verify_articles()
        self._verify_counts(splits)
        self._verify_groups(splits)

    def _read_splits(self) -> JsonObject | None:
        try:
            splits = cast(Json, json.loads((self._folder / SPLITS).read_bytes()))
        except ValueError:
            self._found.add(SPLITS, None, "is no JSON")
            return None
        problem = schema_checker(schema_name("splits"))(splits)
        if problem:
            self._found.add(SPLITS, None, f"breaks its schema: it{problem}")
            return None
        found = cast(JsonObject, splits)
        if found["snapshot"] != file_hash(self._folder / SNAPSHOT):
            self._found.add(SPLITS, None, "names another snapshot than snapshot.jsonl")
        return found

    def verify_apart(self, begin: int, end: int) -> "RowVerifier":
        """Check a part of the articles, and nothing else; return this verifier."""
        self._verify_part(begin, end)
        return self

    def _begin_anew(self) -> "RowVerifier":
        """Return a verifier of the same release with nothing counted or found yet."""
        other = copy(self)
        other._found, other.counts = Problems(), Counter()
        other._splits, other._met = Counter(), set()
        return other

    # ---- rows that belong to no article

    def _verify_others(self, config: str) -> None:
        check = schema_checker(schema_name(config))
        for at, row in self._rows(config, say=True):
            self.counts[config] += 1
            if self.counts[config] > len(self._ids[config]):
                self._found.add(*at, "or one before has an id that is not its own")
            problem = check(row)
            if problem:
                self._found.add(*at, f"breaks its schema: the row{problem}")
                continue
            self._verify_references(config, at, row)
            statement = str(row.get("statement", row["id"]))
            if "split" in row and self._placed.get(statement) != row["split"]:
                self._found.add(*at, "has another split than splits.json")
            if part_of(row) != _part_at(at):
                self._found.add(*at, f"belongs in {part_of(row)}.{LINES}")
            if config == "statements":
                self._note_statement(at, row)

    def _note_statement(self, at: At, row: JsonObject) -> None:
        for one in cast("list[JsonObject]", row["appearances"]):
            self._wanted[str(one["claim"])] = str(one["sentence"])
        for one in cast("list[JsonObject]", row["links"]):
            if one["other"] not in self._ids["statements"]:
                self._found.add(*at, f"names {one['other']}, no statement here")

    def _verify_references(self, config: str, at: At, row: JsonObject) -> None:
        for column, other in REFERENCES.get(config, {}).items():
            named = row[column]
            for one in named if isinstance(named, list) else [named]:
                if one is not None and one not in self._ids[other]:
                    self._found.add(*at, f"names {one}, which {other} has not")

    # ---- articles

    def _verify_articles(self) -> None:
        self._order = {article: place for place, article in enumerate(self._article_ids())}
        size = (self._folder / SNAPSHOT).stat().st_size
        if size < processes.SHARED_BYTES:
            self._verify_part(0, size)
        else:
            with processes.second_process() as second:
                # A copy: it is pickled by a thread, while this one goes on counting.
                other = second.submit(_verify_apart, self._begin_anew(), size // 2, size)
                self._verify_part(0, size // 2)
                self._add(other.result())
        for claim in self._wanted.keys() - self._met:
            self._found.add(
                f"{DATA}/statements", None, f"names claim {claim}, which claims has not there"
            )

    def _add(self, other: "RowVerifier") -> None:
        """Take over what was found in another part, from a verifier that began as nothing."""
        for one in other._found.found:
            self._found.add(one.path, one.line, one.what)
        self.counts += other.counts
        self._splits += other._splits
        self._met |= other._met

    @processes.few_collections()
    def _verify_part(self, begin: int, end: int) -> None:
        """Check the articles whose lines begin in a part of the snapshot, and their rows."""
        readers: dict[tuple[str, str], _Peeked] = {}
        last = -1
        for block in self._blocks(begin, end):
            last = self._order[str(block.article["id"])]
            readers = readers or {
                (config, part): _Peeked(self._rows_since(last, config, part))
                for config in ARTICLE_ROWS
                for part in self._parts[config]
            }
            self._verify_article(block, readers)
        for reader in readers.values():
            for _ in self._rows_until(last + 1, reader):
                pass

    def _say_misplaced(self, at: At, row: JsonObject) -> None:
        article = str(row.get("article"))
        part = part_of({"split": self._placed.get(article)})
        if article not in self._order or part == _part_at(at):
            self._found.add(*at, f"is of article {article}, which the snapshot has not there")
        else:
            self._found.add(*at, f"is of article {article} and belongs in {part}.{LINES}")

    def _article_ids(self) -> Iterator[str]:
        with (self._folder / SNAPSHOT).open("rb") as file:
            for line in file:
                if b'"type":"article"' in line:
                    found = parse_object(line)
                    if found and found.get("type") == "article":
                        yield str(found.get("id"))

    def _blocks(self, begin: int, end: int) -> Iterator[_Block]:
        """Yield the articles in a part of the snapshot; all its lines are checked on the way."""
        article: JsonObject | None = None
        sentences: dict[str, JsonObject] = {}
        for number, raw in self._lines_since(begin, end):
            line = parse_object(raw)
            problem = line_problem(line)
            if line is None or problem:
                self._found.add(SNAPSHOT, number, f"breaks its schema: the line{problem}")
                continue
            if line["type"] == "sentence" and article is not None:
                sentences[str(line["id"])] = line
                self._verify_spans((SNAPSHOT, number), {**line, "soft": None}, article)
                continue
            if article is not None:
                yield _Block(article, sentences)
                article, sentences = None, {}
            if line["type"] == "article":
                article = line
                self._verify_text(number, line)
            elif line["type"] == "release":
                self._head = line
        if article is not None:
            yield _Block(article, sentences)

    def _lines_since(self, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Yield the lines of a part of the snapshot; sentences stay with their article."""
        place = 0
        with (self._folder / SNAPSHOT).open("rb") as file:
            has_begun = begin == 0
            for number, raw in enumerate(file, start=1):
                here, place = place, place + len(raw)
                if here < begin:
                    continue
                is_sentence = b'"type":"sentence"' in raw
                if here >= end and not is_sentence:
                    return
                has_begun = has_begun or not is_sentence
                if has_begun:
                    yield number, raw

    def _verify_text(self, number: int, article: JsonObject) -> None:
        text = article["text"]
        if text is not None and _hash(cast(str, text)) != article["sha256"]:
            self._found.add(SNAPSHOT, number, f"has a text of {article['slug']} that was changed")

    def _verify_article(self, block: _Block, readers: Mapping[tuple[str, str], "_Peeked"]) -> None:
        article, named = str(block.article["id"]), _Named()
        part = part_of({"split": self._placed.get(article)})
        for config in ARTICLE_ROWS:
            check, ids = schema_checker(schema_name(config)), set[str]()
            reader = readers.get((config, part))
            for at, whole in self._rows_until(self._order[article], reader) if reader else ():
                self.counts[config] += 1
                row = _without_copies(whole, block) if config == "annotations" else whole
                problem = check(row)
                if problem:
                    self._found.add(*at, f"breaks its schema: the row{problem}")
                    continue
                self._verify_row(config, at, row, block)
                if row["id"] in ids or (config in MADE_OF and MADE_OF[config](row) != row["id"]):
                    self._found.add(*at, f"has an id that is not its own, {row['id']}")
                ids.add(cast(str, row["id"]))
                claim = named.note(config, at, row)
                if claim is not None:
                    self._found.add(*at, f"names claim {claim}, which claims has not")
            if config == "coverage" and ids != block.covered:
                what = f"has not a row for each annotator of {block.article['slug']}"
                self._found.add(data_path(config, part, LINES), None, what)
        self._verify_sentences(block, part, named)
        self._verify_claims(named)

    def _verify_claims(self, named: "_Named") -> None:
        for claim, (at, row) in named.claims.items():
            if named.links[claim] != row["depth"]:
                self._found.add(*at, f"has not its {row['depth']} attributions")
            if self._wanted.get(claim) == row["sentence"]:
                self._met.add(claim)

    def _rows_until(self, here: int, reader: "_Peeked") -> Iterator[tuple[At, JsonObject]]:
        """Yield the rows of the article at a place; those of articles before are out of place."""
        while (following := reader.peek()) is not None:
            at, row = following
            place = self._order.get(str(row.get("article")), -1)
            if place > here:
                return
            next(reader)
            if place == here:
                yield at, row
            else:
                self._say_misplaced(at, row)

    def _verify_row(self, config: str, at: At, row: JsonObject, block: _Block) -> None:
        article = str(block.article["id"])
        if (row["slug"], row["split"], row["fold"]) != (
            block.article["slug"],
            self._placed.get(article),
            self._folds.get(article),
        ):
            self._found.add(*at, "has another slug, split or fold than its article")
        if config == "coverage":
            counted = sum(cast(int, row[decision]) for decision in DECISIONS)
            if not counted == row["sentences"] == len(block.sentences):
                self._found.add(*at, "has counts that do not add up to the sentences")
            return
        sentence = block.sentences.get(str(row["sentence"]))
        if sentence is None:
            self._found.add(*at, f"names sentence {row['sentence']}, which is not")
            return
        where, shift = cast(_Where, row), sentence["start"]
        if (
            where["start"] - where["start_in_sentence"] != shift
            or where["end"] - where["end_in_sentence"] != shift
            or not 0 <= where["start"] < where["end"] <= cast(int, block.article["length"])
        ):
            self._found.add(*at, "has offsets that do not fit its sentence")
        if config != "soft_labels":  # They have values, and no spans.
            self._verify_spans(at, row, block.article)
        self._verify_references(config, at, row)

    def _verify_spans(self, at: At, row: JsonObject, article: JsonObject) -> None:
        problem = _span_problem(row, cast("str | None", article["text"]))
        if problem:
            self._found.add(*at, problem)

    def _verify_sentences(self, block: _Block, part: str, named: "_Named") -> None:
        path, sentences = data_path("sentences", part, LINES), named.sentences
        self._splits.update(str(row["split"]) for _, row in sentences)
        if [row["id"] for _, row in sentences] != [*block.sentences]:
            self._found.add(path, None, f"has not the sentences of {block.article['slug']}")
        texts = [None, *(row["text"] for _, row in sentences), None]
        for place, (at, row) in enumerate(sentences):
            if (row["previous_text"], row["next_text"]) != (texts[place], texts[place + 2]):
                self._found.add(*at, "has other texts beside it than its neighbours")
            for config in ("claims", "stances"):
                if named.counts[config, str(row["id"])] != row[config]:
                    self._found.add(*at, f"counts {row[config]} {config}, which are not")

    # ---- the whole

    def _verify_counts(self, splits: JsonObject) -> None:
        head = cast("dict[str, int]", self._head["counts"])
        for config, name in COUNTED.items():
            if name in head and head[name] != self.counts[config]:
                self._found.add(
                    f"{DATA}/{config}",
                    None,
                    f"has {self.counts[config]} rows, and the snapshot counts {head[name]}",
                )
        proof = cast(JsonObject, splits["proof"])
        members = cast("dict[str, dict[str, list[str]]]", splits["splits"])
        for split, counts in cast("dict[str, dict[str, int]]", proof["counts"]).items():
            both = members.get(split, {"articles": [], "statements": []})
            if (counts["articles"], counts["statements"], counts["sentences"]) != (
                len(both["articles"]),
                len(both["statements"]),
                self._splits[split],
            ):
                self._found.add(SPLITS, None, f"has counts of {split} that do not add up")

    def _verify_groups(self, splits: JsonObject) -> None:
        """Check that no group crosses, by the groups named and by what makes groups."""
        for group in cast("list[JsonObject]", splits["groups"]):
            members = (
                *cast("list[str]", group["articles"]),
                *cast("list[str]", group["statements"]),
            )
            if {self._placed.get(one) for one in members} != {group["split"]}:
                self._found.add(SPLITS, None, f"has group {group['id']} in two splits")
        near: dict[str, str] = {}
        for line in self._lines("article"):
            split = self._placed.get(str(line["id"]), "none")
            if near.setdefault(str(line["fold_group"]), split) != split:
                self._found.add(SPLITS, None, f"parts {line['slug']} from its near-duplicates")
        for _, row in self._rows("statements"):
            for article in cast("list[str]", row.get("articles", [])):
                if self._placed.get(article) != self._placed.get(str(row["id"])):
                    self._found.add(SPLITS, None, f"parts statement {row['id']} from {article}")

    # ---- reading

    def _lines(self, type_: str) -> Iterator[JsonObject]:
        mark = f'"type":"{type_}"'.encode()
        with (self._folder / SNAPSHOT).open("rb") as file:
            for raw in file:
                line = parse_object(raw) if mark in raw else None
                if line and line.get("type") == type_ and not line_problem(line):
                    yield line

    def _rows(self, config: str, *, say: bool = False) -> Iterator[tuple[At, JsonObject]]:
        """Yield the rows of a config, part by part, with where they lie."""
        for part in self._parts[config]:
            path = data_path(config, part, LINES)
            for number, raw in self._raw_rows(path):
                row = parse_object(raw)
                if row is not None:
                    yield (path, number), row
                elif say:
                    self._found.add(path, number, "is no JSON object")

    def _rows_since(self, place: int, config: str, part: str) -> Iterator[tuple[At, JsonObject]]:
        """Yield the rows of a part from the first one whose article is there or after."""
        path, has_begun = data_path(config, part, LINES), place == 0
        for number, raw in self._raw_rows(path):
            has_begun = has_begun or self._place_of(raw) >= place
            row = parse_object(raw) if has_begun else None
            if row is not None:
                yield (path, number), row
            elif has_begun:
                self._found.add(path, number, "is no JSON object")

    def _place_of(self, raw: bytes) -> int:
        match = _ARTICLE.search(raw)
        return self._order.get(match[1].decode(errors="replace"), -1) if match else -1

    def _raw_rows(self, path: str) -> Iterator[tuple[int, bytes]]:
        with (self._folder / path).open("rb") as file:
            yield from enumerate(file, start=1)


def _part_at(at: At) -> str:
    return PurePosixPath(at[0]).stem


def _verify_apart(verifier: "RowVerifier", begin: int, end: int) -> "RowVerifier":
    """Check a part in another process."""
    return verifier.verify_apart(begin, end)


class _Peeked:
    """Rows of which the next one can be looked at."""

    def __init__(self, rows: Iterable[tuple[At, JsonObject]]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def __iter__(self) -> Iterator[tuple[At, JsonObject]]:
        return self

    def __next__(self) -> tuple[At, JsonObject]:
        if self._next is None:
            raise StopIteration
        current, self._next = self._next, next(self._rows, None)
        return current

    def peek(self) -> tuple[At, JsonObject] | None:
        """Return what comes next, if anything does."""
        return self._next


def _without_copies(row: JsonObject, block: _Block) -> JsonObject:
    """Leave out what an annotator's row has word for word from the snapshot: it is checked there.

    That is most of a release, and comparing is quicker than checking.
    """
    line = block.sentences.get(str(row.get("sentence")))
    for answer in cast("list[JsonObject]", line["answers"] if line else []):
        if (
            answer["annotator"] == row.get("annotator")
            and row.get("claims") == answer["claims"]
            and row.get("stances") == answer["stances"]
            and row.get("attributes") == answer["attributes"]
        ):
            return {**row, "claims": [], "stances": [], "attributes": {}}
    return row


def _span_problem(value: Json, text: str | None) -> str | None:
    """Say which of the spans in a row does not have the words that stand there."""
    if isinstance(value, dict):
        if "text" in value and "start" in value:
            problem = _words_problem(value, text)
            if problem:
                return problem
        inner: Iterable[Json] = value.values()
    else:
        inner = value if isinstance(value, list) else ()
    for one in inner:
        if one and type(one) in _CONTAINERS:
            problem = _span_problem(one, text)
            if problem:
                return problem
    return None


_CONTAINERS = frozenset((dict, list))


def _words_problem(span: JsonObject, text: str | None) -> str | None:
    """Compare the words of a span with the text, or with their hash, or with a claim's parts."""
    words, start, end = cast("str | None", span["text"]), cast(int, span["start"]), span["end"]
    where = f"has words at {start}-{end} that do not stand there"
    if "parts" in span:
        parts = [cast("str | None", one["text"]) for one in cast("list[JsonObject]", span["parts"])]
        joined = None if None in parts else ELLIPSIS.join(cast("list[str]", parts))
        return None if words == joined else where
    if text is not None:
        return None if text[start : cast(int, end)] == words and words else where
    if words is None:
        return None if span["sha256"] else f"has neither words nor their hash at {start}-{end}"
    is_right = len(words) == cast(int, end) - start and _hash(words) == span["sha256"]
    return None if is_right else where


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
