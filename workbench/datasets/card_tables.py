"""The tables of the data card, as Markdown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import cast

from workbench.agreement.words import ARM_NAMES
from workbench.canonical import JsonObject
from workbench.datasets.checking import load_schema
from workbench.datasets.columns import schema_name
from workbench.datasets.config_types import Config
from workbench.datasets.counting import Counts, known_first, most_first
from workbench.datasets.markup import Markdown, escape_markdown, markdown_table
from workbench.datasets.release_pictures import (
    COVERED,
    FigureLine,
    arms_of,
    figure_name,
    figures_of,
    measure_name,
    outlet_rows,
)
from workbench.datasets.splits import Rule
from workbench.datasets.texts import percent, plural

Rows = list[list[str | int]]
MOST_ROWS = 20
DASH = "–"
SOURCES = {"author": "the article's author", "unspecified": "nobody in particular"}
LEVELS = {"annotation": "sentence", "claim": "claim", "link": "reported claim", "stance": "stance"}


def configs_table(configs: Sequence[Config]) -> Markdown:
    """Return what the rows of each config are, and how many there are."""
    rows: Rows = []
    for config in configs:
        described = str(load_schema(schema_name(config.name)).get("description", ""))
        words = described.partition(" One line of ")[0]
        rows.append([Markdown(f"[`{config.name}`]({config.folder})"), words, config.rows])
    return markdown_table(["config", "a row is", "rows"], rows, first=2)


def outlets_table(counts: Counts) -> Markdown:
    """Return how many articles and sentences are from which outlet."""
    articles: Counter[str] = Counter()
    sentences: Counter[str] = Counter()
    for one in counts.rights.values():
        articles[one.outlet] += one.articles
        sentences[one.outlet] += one.sentences
    rows: Rows = [[name, articles[name], count] for name, count in most_first(sentences)]
    return _cut(["outlet", "articles", "sentences"], rows)


def count_table(what: str, found: Counter[str]) -> Markdown:
    """Return a table of names, as the data has them, with how often each occurs."""
    rows: Rows = [[Markdown(f"`{name}`"), count] for name, count in most_first(found)]
    return markdown_table([what, "n"], rows)


def shares_table(what: str, found: Counter[str], words: Mapping[str, str], of: int) -> Markdown:
    """Return how many sentences have each value, what that means, and their share."""
    rows: Rows = [
        [Markdown(f"`{name}`"), words.get(name, ""), count, percent(count / of)]
        for name, count in known_first(found, words)
    ]
    return markdown_table([what, "meaning", "sentences", "share"], rows, first=2)


def field_tables(counts: Counts) -> list[Markdown]:
    """Return what settled answers say in each field of the scheme, a table for each level."""
    tables = []
    for level, unit in LEVELS.items():
        fields = counts.fields.get(level, {})
        rows: Rows = []
        ordered = [name for name in counts.labels if name in fields]
        for name in [*ordered, *sorted(set(fields) - set(ordered))]:
            known = {
                value: words.get("en", value)
                for value, words in counts.value_labels.get(name, {}).items()
            }
            total = fields[name].total()
            label = escape_markdown(counts.labels.get(name, {}).get("en", name))
            first = Markdown(f"{label} (`{name}`)")
            if not known:
                rows.append([first, DASH, "in words of their own", total, percent(1)])
            for value, count in known_first(fields[name], known) if known else ():
                words = known.get(value, value)
                rows.append([first, Markdown(f"`{value}`"), words, count, percent(count / total)])
                first = Markdown()
        if rows:
            heads = [f"asked of each {unit}", "value", "words", "n", "share"]
            tables.append(_cut(heads, rows, most=3 * MOST_ROWS, first=3))
    return tables


def speakers_table(counts: Counts) -> Markdown:
    """Return who says how many claims."""
    rows: Rows = [
        [words, DASH, counts.sources[source]]
        for source, words in SOURCES.items()
        if counts.sources[source]
    ]
    rows += [[*counts.names[one], count] for one, count in most_first(counts.speakers)]
    return _cut(["speaker", "kind", "claims"], rows, first=2)


def stances_table(counts: Counts) -> Markdown | str:
    """Return how many stances there are towards each target, by value; empty if none."""
    if not counts.stances:
        return ""
    known = list(counts.value_labels.get("value", {}))
    found = {value for _, value in counts.stances}
    values = [*(one for one in known if one in found), *sorted(found - set(known))]
    totals: Counter[str] = Counter()
    for (target, _), count in counts.stances.items():
        totals[target] += count
    rows: Rows = [
        [
            counts.targets[target].get("en") or counts.targets[target].get("fr") or target,
            *(counts.stances[target, value] for value in values),
            total,
        ]
        for target, total in most_first(totals)
    ]
    return _cut(["target", *values, "all"], rows)


def splits_table(splits: JsonObject) -> Markdown | str:
    """Return what is in each split; empty where there are folds instead."""
    if splits["rule"] == Rule.LEAVE_ONE_OUT:
        return ""
    counted = cast(dict[str, dict[str, int]], cast(JsonObject, splits["proof"])["counts"])
    kinds = ("groups", "articles", "statements", "sentences")
    order = [one for one in ("train", "validation", "test") if one in counted]
    rows: Rows = [[Markdown(f"`{one}`"), *(counted[one][kind] for kind in kinds)] for one in order]
    return markdown_table(["split", *kinds], rows)


def rights_table(counts: Counts) -> Markdown:
    """Return the rights noted of each source, and whether its texts are here."""
    rows: Rows = [
        [one.outlet, one.note, "full" if one.is_full else "stand-off", one.articles]
        for one in sorted(
            counts.rights.values(), key=lambda one: (-one.articles, one.outlet, one.note)
        )
    ]
    return _cut(["source", "rights as noted", "text here", "articles"], rows, first=3)


def readers_table(counts: Counts) -> Markdown:
    """Return how many sentences were read by how many annotators."""
    rows: Rows = [
        [
            plural(people, "annotator") if people else "nobody",
            count,
            percent(count / counts.required),
        ]
        for people, count in sorted(counts.readers.items())
    ]
    return markdown_table(["read by", "sentences", "share"], rows)


def rules_table(counts: Counts) -> Markdown | str:
    """Return what became of the suggestions of each rule; empty if there are none."""
    outcomes = ("accepted", "edited", "rejected", "open")
    rows: Rows = [
        [
            Markdown(f"`{rule.name}`"),
            rule.version,
            rule.made,
            *map(rule.decided.__getitem__, outcomes),
        ]
        for _, rule in sorted(counts.rules.items())
    ]
    heads = ["rule", "version", "suggestions", "accepted", "accepted with changes", "rejected"]
    return markdown_table([*heads, "not decided"], rows) if rows else ""


def figures_table(counts: Counts) -> Markdown | str:
    """Return the figures of agreement with n and intervals; empty if there are none."""
    figures = figures_of(counts)
    verdicts = cast(dict[str, FigureLine] | None, counts.agreement.get("verdicts"))
    if verdicts:
        figures = [*figures, verdicts["figure"]]
    rows: Rows = [
        [
            figure_name(counts, one["name"]),
            measure_name(one),
            _number(one["value"]),
            _between(one["low"], one["high"]),
            one["n"],
            one["articles"],
            DASH if one["observed"] is None else percent(one["observed"]),
        ]
        for one in figures
    ]
    heads = ["figure", "measure", "value", "95 % interval", "n", "articles", "the same"]
    return markdown_table(heads, rows, first=2) if rows else ""


def arms_table(counts: Counts) -> Markdown | str:
    """Return the figures with suggestions and without them at first; empty if not measured."""
    arms = arms_of(counts)
    if arms is None:
        return ""
    rows: Rows = [
        [
            figure_name(counts, one["shown"]["name"]),
            _number(one["shown"]["value"]),
            _number(one["withheld"]["value"]),
            _number(one["difference"]["value"]),
            _between(one["difference"]["low"], one["difference"]["high"]),
            one["shown"]["n"],
            one["withheld"]["n"],
        ]
        for one in (*arms["figures"], *arms["suggestions"])
    ]
    names = [words["en"] for words in ARM_NAMES.values()]
    heads = ["figure", *names, "difference", "95 % interval", "n with", "n without"]
    return markdown_table(heads, rows)


def coverage_table(counts: Counts) -> Markdown:
    """Return how much of each outlet was read and settled."""
    rows: Rows = [
        [name, each.sentences, *(getattr(each, kind) for kind in COVERED)]
        for name, each in outlet_rows(counts)
    ]
    return markdown_table(["outlet", "sentences to decide", *COVERED.values()], rows)


def losses_table(losses: JsonObject) -> Markdown | str:
    """Return what each format has of each kind of record, a format a row."""
    rows: Rows = []
    for account in cast(list[dict[str, dict[str, dict[str, int]]]], losses["formats"]):
        kept = [
            f"{counted['exported']} of {counted['source']} {kind}"
            for kind, counted in sorted(account["kinds"].items())
            if counted["source"]
        ]
        lost = sum(counted["lost"] for counted in account["kinds"].values())
        rows.append([Markdown(f"`{account['format']}`"), ", ".join(kept) or DASH, lost])
    return markdown_table(["format", "has", "lost"], rows, first=2) if rows else ""


def _cut(
    heads: Sequence[str],
    rows: Sequence[Sequence[str | int]],
    *,
    most: int = MOST_ROWS,
    first: int = 1,
) -> Markdown:
    """Return a table of the first rows, saying how many there are more."""
    table = markdown_table(heads, islice(rows, most), first=first)
    more = len(rows) - most
    return Markdown(f"{table}\n\n*and {plural(more, 'row')} more*") if more > 0 else table


def _number(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}"


def _between(low: float | None, high: float | None) -> str:
    return DASH if low is None or high is None else f"{low:.2f} to {high:.2f}"
