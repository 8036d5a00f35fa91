"""The data card of a release: README.md, with the head that Hugging Face reads.

Every number in it is counted in the snapshot or read from the files beside it; what only people
can say is in their words, escaped. English, with a summary in French.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import cast

from workbench.agreement.figures import LOWER_BAND, Measure
from workbench.agreement.words import ARM_NAMES, ARMS_COUNTED, ARMS_LEFT_OUT, NO_ARMS, NONE_IN_ARM
from workbench.canonical import Json, JsonObject
from workbench.datasets.checking import load_schema
from workbench.datasets.citations import LICENCES, creators_of, licence_url, write_bibtex
from workbench.datasets.columns import schema_name
from workbench.datasets.config_types import FULL, Config, hugging_face_features
from workbench.datasets.counting import UNNAMED, Counts, Head, titles
from workbench.datasets.markup import Markdown, escape_markdown, markdown_table, show, yaml_text
from workbench.datasets.profiles import SECTIONS
from workbench.datasets.release_pictures import (
    COVERED,
    FigureLine,
    ReleasePicture,
    arms_of,
    figure_name,
    figures_of,
    measure_name,
    outlet_rows,
)
from workbench.datasets.splits import FEWEST_ARTICLES, Rule
from workbench.datasets.texts import fill, join_words, percent, plural, said_by

Rows = list[list[str | int]]

TEMPLATE = "README.md.jinja"
PICTURES = "pictures"
EXTRACT = 200  # code points of a text that may not be passed on
MOST_ROWS = 20
DASH = "–"
SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
LARGEST = "1M<n<10M"
TAGS = (
    "claim-detection",
    "check-worthiness",
    "quotation-attribution",
    "speaker-attribution",
    "stance-detection",
    "fact-checking",
    "annotator-disagreement",
    "news",
    "croissant",
)
DECISIONS = {
    "claims": "has at least one claim",
    "no_claim": "has none",
    "undecided": "read, and left open",
    "not_annotatable": "not a sentence to be labelled",
    "continues": "belongs to a claim that starts before it",
    "unread": "nobody decided: no negative",
    "unsettled": "answers differ, and nobody has decided between them",
}
SETTLED = {
    "adjudicated": "a person decided between the answers",
    "unanimous": "two or more annotators said the same",
    "majority": "more than half of three or more said the same",
    "single": "one annotator's answer, alone",
    "continues": "by the claim that starts before it",
    "unsettled": "not settled",
    "unread": "not read",
}
SOURCES = {"author": "the article's author", "unspecified": "nobody in particular"}
LEVELS = {"annotation": "sentence", "claim": "claim", "link": "reported claim", "stance": "stance"}
LANGUAGES = {"fr": ("French", "français"), "en": ("English", "anglais")}
METHODS = {
    "votes": "`votes`: everybody who read the sentence counts as one",
    "dawid_skene": "`dawid_skene` (Dawid and Skene 1979): closed choices are weighed by how each"
    " annotator mixes up values; all else is counted by votes",
    "mace": "`mace` (Hovy and others 2013): closed choices are weighed by how often each annotator"
    " seems to know; all else is counted by votes",
}


def write_card(
    counts: Counts,
    configs: Sequence[Config],
    splits: JsonObject,
    losses: JsonObject,
    pictures: Sequence[ReleasePicture],
) -> str:
    """Return README.md.

    ``configs``, ``splits`` and ``losses`` (the documents ``splits.json`` and ``losses.json``) are
    what lies beside it; ``pictures`` the drawings under ``pictures/``.
    """
    head = counts.head
    shown = {one.name: _picture(one) for one in pictures}
    standoff = counts.articles - counts.full_articles
    return fill(
        TEMPLATE,
        head=Markdown(yaml_text(_head(counts, configs))),
        title=counts.title,
        counts=counts,
        dataset=Markdown(head["dataset"]),
        version=Markdown(head["version"]),
        path=Markdown(f"{head['dataset']}/{head['version']}"),
        date=counts.date,
        previous=head["previous"]["version"] if head["previous"] else None,
        said=said_by(head),
        summary=summarize(counts),
        french_summary=_summarize_in_french(counts),
        text=head["text"],
        text_words=describe_texts(counts),
        standoff_articles=standoff,
        licence=link_licence(head["licence"]),
        creators=Markdown(
            join_words([_link(one["name"], one["url"]) for one in creators_of(head)])
        ),
        load_snippet=_load_snippet(counts, configs),
        fixed_test=splits["rule"] == Rule.HASH,
        configs_table=_configs_table(configs),
        articles_table=outlets_table(counts),
        zones_table=count_table("zone", counts.zones),
        decisions_table=_shares("decision", counts.decisions, DECISIONS, counts.required),
        settled_table=_shares("settled", counts.settled, SETTLED, counts.required),
        unsettled_words=_describe_unsettled(counts),
        reasons_table=count_table("reason", counts.reasons) if counts.reasons else "",
        field_tables=_field_tables(counts),
        speaker_kinds=list_counted(counts.speaker_kinds) or "none",
        speakers_table=_speakers_table(counts),
        stances_table=_stances_table(counts),
        statement_states=list_counted(counts.statements),
        evidence_kinds=list_counted(counts.evidence) or "none",
        ratings_table=count_table("current verdict", counts.ratings) if counts.ratings else "",
        errata_words=describe_errata(counts),
        splits_words=describe_splits(counts, splits),
        splits_table=_splits_table(splits),
        crossing=cast(JsonObject, splits["proof"])["crossing"],
        published=describe_dates(counts),
        rights_table=_rights_table(counts),
        rights_words=_rights_words(counts),
        hidden_words=describe_hidden(counts),
        annotation_words=describe_annotation(counts),
        readers_table=_readers_table(counts),
        soft_words=describe_soft_labels(counts),
        rules_table=_rules_table(counts),
        agreement_words=describe_agreement(counts),
        agreement_pictures=[
            one for name, one in shown.items() if name in {"agreement.svg", "suggestions.svg"}
        ],
        figures_table=_figures_table(counts),
        undefined_words=_undefined_words(counts),
        arms_words=_arms_words(counts),
        arms_table=_arms_table(counts),
        coverage_picture=shown.get("coverage.svg", "Nothing is to be read yet."),
        coverage_table=_coverage_table(counts),
        limits=list_limits(counts),
        bibtex=Markdown(write_bibtex(head)),
        withdrawn_words=describe_withdrawn(counts),
        left_out_words=describe_left_out(counts),
        losses_table=_losses_table(losses),
        contact=head["contact"],
        other_sections=[
            (name, said_by(head)(name))
            for name in sorted(set(head["texts"]) - set(SECTIONS))
            if said_by(head)(name)
        ],
    )


def summarize(counts: Counts) -> str:
    """Return in a sentence or two what the dataset is."""
    return (
        f"Claims, who makes them, towards what they take a stand, and what evidence says of them:"
        f" {plural(counts.articles, 'press article')} read sentence by sentence by"
        f" {plural(counts.annotators, 'annotator')}."
    )


def describe_texts(counts: Counts) -> str:
    """Say of which articles the text is in the release."""
    full, all_of_them = counts.full_articles, counts.articles
    if full == all_of_them:
        return "in full"
    short = f"offsets, hashes and extracts of at most {EXTRACT} characters"
    return f"in full of {full} of {all_of_them} articles; of the others {short}"


def describe_dates(counts: Counts) -> str:
    """Say between which dates the articles were published."""
    if not counts.published:
        return "No date is noted of any article."
    first, last = counts.published
    return f"Published {'on' if first == last else 'between'} {join_words(sorted({first, last}))}."


def describe_annotation(counts: Counts) -> str:
    """Say how answers came about and what settles a sentence."""
    policy = counts.head["policy"]
    ways = [
        words
        for words, counted in (
            ("the one answer there is", policy["single"]),
            ("two or more annotators saying the same", policy["unanimous"]),
            ("more than half of three or more", policy["majority"]),
        )
        if counted
    ]
    settles = join_words(["a person who decides between the answers", *ways], "or")
    return (
        f"{plural(counts.annotators, 'annotator')} gave {plural(counts.answers.total(), 'answer')},"
        f" each alone with the article and the guideline. A sentence is settled by {settles}."
        " Whoever reads an article does not see the others' answers before being finished."
    )


def describe_soft_labels(counts: Counts) -> str:
    """Say how soft labels were weighed, as Markdown."""
    if not counts.soft:
        return Markdown("None: no article was finished by everybody who has it.")
    return Markdown(
        f"{plural(counts.soft, 'sentence', 'has/have')} the share of annotators behind each value,"
        f" by {METHODS[counts.head['soft_labels']]}. On {counts.soft_divided} of them annotators"
        " differ about the decision itself."
    )


def describe_agreement(counts: Counts) -> str:
    """Say who was compared on what."""
    report = cast(dict[str, int], counts.agreement)
    people = len(cast(list[Json], counts.agreement["annotators"]))
    if not figures_of(counts):
        return "Nothing can be compared: no article was finished by two annotators."
    undecided = report["sentences_with_undecided"]
    left = f"; {undecided} that somebody left undecided are no value" if undecided else ""
    return (
        f"{plural(people, 'annotator')} compared on {plural(report['sentences'], 'sentence')} of"
        f" {plural(report['articles'], 'article')} that at least two had finished{left}. Intervals"
        " come from drawing articles again, 1,000 times. agreement.json has every figure, pair by"
        " pair."
    )


def list_limits(counts: Counts) -> list[str]:
    """Return what the numbers themselves say against the dataset."""
    settled = counts.settled
    limits = []
    if counts.articles < FEWEST_ARTICLES:
        limits.append(
            f"{plural(counts.articles, 'article')}: one article more or less moves every figure."
        )
    if settled["unsettled"] or settled["unread"]:
        limits.append(
            f"No label: {plural(settled['unsettled'], 'sentence')} with differing answers,"
            f" {settled['unread']} that nobody read. They are in the data, marked."
        )
    if settled["single"]:
        limits.append(
            f"{plural(settled['single'], 'sentence', 'is/are')} settled by one annotator's answer"
            f" alone, of {counts.required}."
        )
    if counts.outlets and len(counts.outlets) > 1:
        name, most = max(counts.outlets.items(), key=lambda one: (one[1].sentences, one[0]))
        if most.sentences * 2 > counts.required:
            share = percent(most.sentences / counts.required)
            limits.append(f"{share} of the sentences come from one outlet, {name}.")
    if len(counts.languages) == 1:
        [language] = counts.languages
        limits.append(f"All articles are in {LANGUAGES[language][0]}.")
    low = [
        figure_name(counts, one["name"])
        for one in figures_of(counts)
        if one["value"] is not None
        and Measure(one["measure"]).is_alpha
        and one["value"] < LOWER_BAND
    ]
    if low:
        limits.append(f"Alpha is below {LOWER_BAND} for: {join_words(low)}.")
    if counts.machine_claims:
        limits.append(
            f"{plural(counts.machine_claims, 'claim', 'has/have')} a value that a rule proposed and"
            f" a person let stand or changed, of {counts.claims}: suggestions may sway people."
        )
    if counts.later_evidence:
        limits.append("Some evidence is later than the claim it is about (is_later).")
    limits.append(
        "Sentences and zones were cut by rules; where a cut is wrong, the label is of that cut."
    )
    return limits


def _head(counts: Counts, configs: Sequence[Config]) -> JsonObject:
    head = counts.head
    known = LICENCES.get(head["licence"])
    licence: JsonObject = (
        {"license": known[0]}
        if known
        else {
            "license": "other",
            "license_name": head["licence"].lower(),
            "license_link": licence_url(head["licence"]),
        }
    )
    languages: list[Json] = [*sorted(counts.languages or {head["language"]: 1})]
    machine = counts.slot_origins["machine"] + counts.slot_origins["machine_edited"]
    creators: list[Json] = ["expert-generated"] if counts.answers else ["no-annotation"]
    return {
        "language": languages,
        **licence,
        "pretty_name": counts.title,
        "annotations_creators": [*creators, *(["machine-generated"] if machine else [])],
        "language_creators": ["found"],
        "multilinguality": ["monolingual" if len(languages) == 1 else "multilingual"],
        "size_categories": [_size(counts.sentences)],
        "source_datasets": ["original"],
        "task_categories": ["text-classification", "token-classification"],
        "task_ids": ["fact-checking", "multi-class-classification"],
        "tags": [*TAGS],
        "configs": [
            {
                "config_name": config.name,
                **({"default": True} if config.name == "sentences" else {}),
                "data_files": [{"split": one.split, "path": one.path} for one in config.files],
            }
            for config in configs
        ],
        "dataset_info": [
            {"config_name": config.name, "features": hugging_face_features(config.schema)}
            for config in configs
        ],
    }


def _size(sentences: int) -> str:
    return next((name for most, name in SIZES.items() if sentences < most), LARGEST)


def _summarize_in_french(counts: Counts) -> Markdown:
    head = counts.head
    languages = join_words([LANGUAGES[one][1] for one in sorted(counts.languages)], "et") or "–"
    full = counts.full_articles
    texts = (
        "Les textes sont là en entier."
        if full == counts.articles
        else f"Textes là en entier : {full} sur {counts.articles} ; des autres,"
        f" des positions, des empreintes et des extraits d’au plus {EXTRACT} caractères."
    )

    def some(count: int, noun: str) -> str:
        return f"{show(count)} {noun}" if count < 2 else f"{show(count)} {noun}s"  # noqa: PLR2004

    words = (
        f"{escape_markdown(titles(head)['fr'])}, version {head['version']} du {counts.date} :"
        f" {some(counts.articles, 'article')} de presse ({languages}),"
        f" {some(counts.sentences, 'phrase')}, {some(counts.claims, 'affirmation')} avec qui parle,"
        f" {some(counts.stances.total(), 'prise')} de position,"
        f" {some(counts.statements.total(), 'énoncé')} à vérifier. Annotateurs :"
        f" {show(counts.annotators)} ; phrases tranchées : {show(counts.settled_sentences)} sur"
        f" {show(counts.required)}. {texts} Licence des annotations :"
        f" {link_licence(head['licence'])} ; les articles gardent leurs droits. Une phrase"
        " que personne n’a lue n’est pas une phrase sans affirmation."
    )
    return Markdown(words)


def _load_snippet(counts: Counts, configs: Sequence[Config]) -> Markdown:
    path = f"{counts.head['dataset']}/{counts.head['version']}"
    sentences = next(one for one in configs if one.name == "sentences")
    splits = [one.split for one in sentences.files]
    if splits == [FULL]:
        lines = [f'sentences = load_dataset("{path}", "sentences", split="{FULL}")']
    else:
        lines = [f'sentences = load_dataset("{path}", "sentences")  # by split']
    return Markdown("\n".join(lines))


def _configs_table(configs: Sequence[Config]) -> Markdown:
    rows: Rows = []
    for config in configs:
        described = str(load_schema(schema_name(config.name)).get("description", ""))
        words = described.partition(" One line of ")[0]
        rows.append([Markdown(f"[`{config.name}`]({config.lines})"), words, config.rows])
    return markdown_table(["config", "a row is", "rows"], rows, first=2)


def outlets_table(counts: Counts) -> Markdown:
    """Return how many articles and sentences are from which outlet."""
    articles: Counter[str] = Counter()
    sentences: Counter[str] = Counter()
    for one in counts.rights.values():
        articles[one.outlet] += one.articles
        sentences[one.outlet] += one.sentences
    rows: Rows = [[name, articles[name], count] for name, count in _ordered(sentences)]
    return _cut(["outlet", "articles", "sentences"], rows)


def count_table(what: str, found: Counter[str]) -> Markdown:
    """Return a table of names, as the data has them, with how often each occurs."""
    rows: Rows = [[Markdown(f"`{name}`"), count] for name, count in _ordered(found)]
    return markdown_table([what, "n"], rows)


def _shares(what: str, found: Counter[str], words: Mapping[str, str], of: int) -> Markdown:
    rows: Rows = [
        [Markdown(f"`{name}`"), words.get(name, ""), count, percent(count / of)]
        for name, count in _known_first(found, words)
    ]
    return markdown_table([what, "meaning", "sentences", "share"], rows, first=2)


def describe_settled(counts: Counts) -> str:
    """Say how many sentences have a label, and how they came by it."""
    if not counts.required:
        return "There is no sentence that needs one."
    ways = [f"{count} {name}" for name, count in _known_first(counts.settled, SETTLED)]
    return (
        f"Of {counts.settled_sentences} of the {plural(counts.required, 'sentence')} that need one"
        f" ({join_words(ways)})."
    )


def describe_rules(counts: Counts) -> str:
    """Say which rules proposed labels."""
    rules = [f"{name} (version {version})" for name, version in sorted(counts.rules)]
    if not rules:
        return "No machine proposed labels."
    proposed = "Rules, not models, proposed labels that people took, changed or refused"
    return f"{proposed}: {join_words(rules)}."


def _describe_unsettled(counts: Counts) -> Markdown:
    unsettled = counts.settled["unsettled"]
    if not unsettled:
        return Markdown("No sentence has differing answers that nobody has settled.")
    return Markdown(
        f"{plural(unsettled, 'sentence', 'is/are')} **not settled**: answers differ, and the"
        " release was built all the same. Such rows say `settled = unsettled` and lack a decision."
    )


def _field_tables(counts: Counts) -> list[Markdown]:
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
            for value, count in _known_first(fields[name], known) if known else ():
                words = known.get(value, value)
                rows.append([first, Markdown(f"`{value}`"), words, count, percent(count / total)])
                first = Markdown()
        if rows:
            heads = [f"asked of each {unit}", "value", "words", "n", "share"]
            tables.append(_cut(heads, rows, most=3 * MOST_ROWS, first=3))
    return tables


def _speakers_table(counts: Counts) -> Markdown:
    rows: Rows = [
        [words, DASH, counts.sources[source]]
        for source, words in SOURCES.items()
        if counts.sources[source]
    ]
    rows += [[*counts.names[one], count] for one, count in _ordered(counts.speakers)]
    return _cut(["speaker", "kind", "claims"], rows, first=2)


def _stances_table(counts: Counts) -> Markdown | str:
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
        for target, total in _ordered(totals)
    ]
    return _cut(["target", *values, "all"], rows)


def describe_errata(counts: Counts) -> Markdown:
    """Say how many verdicts were corrected."""
    if not counts.errata:
        return Markdown("No verdict was corrected or withdrawn so far.")
    return Markdown(
        f"Verdicts corrected or withdrawn so far: {counts.errata},"
        " all in [ERRATA.json](ERRATA.json)."
    )


def describe_splits(counts: Counts, splits: JsonObject) -> Markdown:
    """Say how articles were split, or why there is no fixed test set."""
    if splits["rule"] == Rule.LEAVE_ONE_OUT:
        return Markdown(
            f"None is fixed. A fifth of {plural(counts.articles, 'article')} would be a handful:"
            " a score on it would say more about those few articles than about a model, and"
            f" another draw would give another score. Below {FEWEST_ARTICLES} articles a fixed test"
            " set is therefore not meaningful. Instead `fold` numbers each article: test on it,"
            " train on the others (but for those in `neither`, which hang together with it), and"
            " report the mean and the spread over folds. `split` is `all` in every row."
        )
    words = (
        "`split` is `train`, `validation` or `test`, from a hash of each group's stable id (about"
        " 70, 10 and 20 of a hundred groups). What was for testing in an earlier version stays so."
    )
    if counts.articles < FEWEST_ARTICLES:
        words += (
            f" With {plural(counts.articles, 'article')} the test set is too small to be"
            " meaningful by itself: it is kept only since an earlier version had it."
        )
    return Markdown(words)


def _splits_table(splits: JsonObject) -> Markdown | str:
    if splits["rule"] == Rule.LEAVE_ONE_OUT:
        return ""
    counted = cast(dict[str, dict[str, int]], cast(JsonObject, splits["proof"])["counts"])
    kinds = ("groups", "articles", "statements", "sentences")
    order = [one for one in ("train", "validation", "test") if one in counted]
    rows: Rows = [[Markdown(f"`{one}`"), *(counted[one][kind] for kind in kinds)] for one in order]
    return markdown_table(["split", *kinds], rows)


def _rights_table(counts: Counts) -> Markdown:
    rows: Rows = [
        [one.outlet, one.note, "full" if one.is_full else "stand-off", one.articles]
        for one in sorted(
            counts.rights.values(), key=lambda one: (-one.articles, one.outlet, one.note)
        )
    ]
    return _cut(["source", "rights as noted", "text here", "articles"], rows, first=3)


def _rights_words(counts: Counts) -> Markdown:
    unknown = sum(one.articles for one in counts.rights.values() if one.note == UNNAMED)
    without = f" Of {plural(unknown, 'article')} no rights are noted." if unknown else ""
    return Markdown(
        f"{escape_markdown(counts.head['licence'])} covers the annotations alone. A text is in the"
        " release only where its noted rights allow to pass it on; of all others, offsets, the"
        f" SHA-256 of each sentence and extracts of at most {EXTRACT} characters.{without}"
    )


def describe_hidden(counts: Counts) -> str:
    """Say how many characters nobody sees stand in the texts."""
    if not counts.hidden:
        return "none."
    kinds = join_words([f"{count} {kind}" for kind, count in sorted(counts.hidden.items())])
    return (
        f"{kinds}, in {plural(counts.hidden_articles, 'article')}. They are kept, since offsets"
        " count them; strip them before a text goes to a language model, for which they can hide"
        " instructions."
    )


def _readers_table(counts: Counts) -> Markdown:
    rows: Rows = [
        [
            plural(people, "annotator") if people else "nobody",
            count,
            percent(count / counts.required),
        ]
        for people, count in sorted(counts.readers.items())
    ]
    return markdown_table(["read by", "sentences", "share"], rows)


def _rules_table(counts: Counts) -> Markdown | str:
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


def _figures_table(counts: Counts) -> Markdown | str:
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


def _undefined_words(counts: Counts) -> str:
    found = [
        f"{figure_name(counts, one['name'])} ({one['undefined']['words']})"
        for one in figures_of(counts)
        if one["undefined"]
    ]
    return f"Without a value: {join_words(found)}." if found else ""


def _arms_words(counts: Counts) -> str:
    arms = arms_of(counts)
    if arms is None:
        return (NONE_IN_ARM if counts.agreement["arms"] else NO_ARMS)["en"]
    sentences = arms["sentences"]
    words = ARMS_COUNTED["en"].format(**sentences)
    if sentences["neither"]:
        words += ARMS_LEFT_OUT["en"].format(count=sentences["neither"])
    return words


def _arms_table(counts: Counts) -> Markdown | str:
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


def _coverage_table(counts: Counts) -> Markdown:
    rows: Rows = [
        [name, each.sentences, *(getattr(each, kind) for kind in COVERED)]
        for name, each in outlet_rows(counts)
    ]
    return markdown_table(["outlet", "sentences to decide", *COVERED.values()], rows)


def describe_withdrawn(counts: Counts) -> str:
    """Say which earlier versions were withdrawn."""
    withdrawn = counts.head["withdrawn_versions"]
    if not withdrawn:
        return "No version was withdrawn."
    return f"Withdrawn, with a reason where it was published: {join_words(withdrawn)}."


def describe_left_out(counts: Counts) -> str:
    """Say what of the project is not in the release."""
    left = {name: count for name, count in counts.head["left_out"].items() if count}
    if not left:
        return "Nothing of the project was left out."
    found = [
        plural(count, name.replace("_", " ").removesuffix("s"))
        for name, count in sorted(left.items())
    ]
    return f"Left out of this version: {join_words(found)}."


def _losses_table(losses: JsonObject) -> Markdown | str:
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


def _known_first(found: Counter[str], known: Iterable[str]) -> list[tuple[str, int]]:
    """Return the counts of known values in their order, then of others, the largest first."""
    order = [one for one in known if found[one]]
    rest = [one for one in _ordered(found) if one[0] not in order and one[1]]
    return [*((one, found[one]) for one in order), *rest]


def _ordered(found: Counter[str]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def list_counted(found: Counter[str]) -> str:
    """Return names with how often each occurs, such as ``person 3, group 1``."""
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in _ordered(found))


def _number(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}"


def _between(low: float | None, high: float | None) -> str:
    return DASH if low is None or high is None else f"{low:.2f} to {high:.2f}"


def link_creators(head: Head) -> Markdown:
    """Return who made the dataset, with their pages."""
    return Markdown(join_words([_link(one["name"], one["url"]) for one in creators_of(head)]))


def link_licence(licence: str) -> Markdown:
    """Return a licence with the address where it is written."""
    return Markdown(f"[{escape_markdown(licence)}]({licence_url(licence)})")


def _link(name: str, url: str | None) -> Markdown:
    words = escape_markdown(name)
    if not url:
        return words
    address = url.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    return Markdown(f"[{words}](<{address}>)")


def _picture(one: ReleasePicture) -> Markdown:
    return Markdown(f"![{escape_markdown(one.alt)}]({PICTURES}/{one.name})")
