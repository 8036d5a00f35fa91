"""Say in sentences what was counted: for the data card, the data statement and croissant.json.

A sentence says what the figures say, and that nothing is known where nobody has said it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import cast

from workbench.agreement.figures import LOWER_BAND, Measure
from workbench.agreement.words import ARMS_COUNTED, ARMS_LEFT_OUT, NO_ARMS, NONE_IN_ARM
from workbench.canonical import Json, JsonObject
from workbench.datasets.citations import creators_of, licence_url
from workbench.datasets.counting import UNNAMED, Counts, Head, known_first, most_first, titles
from workbench.datasets.markup import Markdown, escape_markdown, show
from workbench.datasets.release_pictures import (
    arms_of,
    figure_name,
    figures_of,
)
from workbench.datasets.rights import LONGEST_EXTRACT
from workbench.datasets.splits import FEWEST_ARTICLES, Rule
from workbench.datasets.texts import join_words, percent, plural

SETTLED = {
    "adjudicated": "a person decided between the answers",
    "unanimous": "two or more annotators said the same",
    "majority": "more than half of three or more said the same",
    "single": "one annotator's answer, alone",
    "continues": "by the claim that starts before it",
    "unsettled": "not settled",
    "unread": "not read",
}
LANGUAGES = {"fr": ("French", "français"), "en": ("English", "anglais")}
METHODS = {
    "votes": "`votes`: everybody who read the sentence counts as one",
    "dawid_skene": "`dawid_skene` (Dawid and Skene 1979): closed choices are weighed by how each"
    " annotator mixes up values, where there are enough; all else is counted by votes",
    "mace": "`mace` (Hovy and others 2013): closed choices are weighed by how often each annotator"
    " seems to know, where there are enough; all else is counted by votes",
}


def summarize(counts: Counts) -> str:
    """Return in a sentence or two what the dataset is."""
    return (
        f"Claims, who makes them, towards what they take a stand, and what evidence says of them:"
        f" {plural(counts.articles, 'press article')} read sentence by sentence by"
        f" {plural(counts.annotators, 'annotator')}."
    )


def summarize_in_french(counts: Counts) -> Markdown:
    """Return the dataset in a paragraph of French."""
    head = counts.head
    languages = join_words([LANGUAGES[one][1] for one in sorted(counts.languages)], "et") or "–"
    full = counts.full_articles
    texts = (
        "Les textes sont là en entier."
        if full == counts.articles
        else f"Textes entiers : {full} sur {counts.articles} ; des autres,"
        f" des positions, des empreintes et des extraits d’au plus {LONGEST_EXTRACT} caractères."
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


def describe_texts(counts: Counts) -> str:
    """Say of which articles the text is in the release: ``here in full``."""
    full, all_of_them = counts.full_articles, counts.articles
    short = f"offsets, hashes and extracts of at most {LONGEST_EXTRACT} characters"
    if full == all_of_them:
        return "here in full"
    if not full:
        return f"here only as {short}"
    return f"here in full of {full} of {all_of_them} articles; of the others {short}"


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


def describe_settled(counts: Counts) -> str:
    """Say how many sentences have a label, and how they came by it."""
    if not counts.required:
        return "There is no sentence that needs one."
    ways = [f"{count} {name}" for name, count in known_first(counts.settled, SETTLED)]
    return (
        f"Of {counts.settled_sentences} of the {plural(counts.required, 'sentence')} that need one"
        f" ({join_words(ways)})."
    )


def describe_unsettled(counts: Counts) -> Markdown:
    """Say how many sentences nobody decided and no answers settle."""
    unsettled = counts.settled["unsettled"]
    if not unsettled:
        return Markdown("Every sentence that somebody answered is settled.")
    return Markdown(
        f"{plural(unsettled, 'sentence', 'is/are')} **not settled**: answers differ, are not"
        " finished or are too few, and the release was built all the same. Such rows say"
        " `settled = unsettled` and lack a decision."
    )


def describe_rules(counts: Counts) -> str:
    """Say which rules proposed labels."""
    rules = [f"{name} (version {version})" for name, version in sorted(counts.rules)]
    if not rules:
        return "No machine proposed labels."
    proposed = "Rules, not models, proposed labels that people took, changed or refused"
    return f"{proposed}: {join_words(rules)}."


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


def describe_undefined(counts: Counts) -> str:
    """Say which figures have no value, and why."""
    found = [
        f"{figure_name(counts, one['name'])} ({one['undefined']['words']})"
        for one in figures_of(counts)
        if one["undefined"]
    ]
    return f"Without a value: {join_words(found)}." if found else ""


def describe_arms(counts: Counts) -> str:
    """Say whether it was measured if suggestions sway people."""
    arms = arms_of(counts)
    if arms is None:
        return (NONE_IN_ARM if counts.agreement["arms"] else NO_ARMS)["en"]
    sentences = arms["sentences"]
    words = ARMS_COUNTED["en"].format(**sentences)
    if sentences["neither"]:
        words += ARMS_LEFT_OUT["en"].format(count=sentences["neither"])
    return words


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


def describe_rights(counts: Counts) -> Markdown:
    """Say which texts are in the release, and under what terms."""
    unknown = sum(one.articles for one in counts.rights.values() if one.note == UNNAMED)
    without = f" Of {plural(unknown, 'article')} no rights are noted." if unknown else ""
    return Markdown(
        f"{escape_markdown(counts.head['licence'])} covers the annotations alone. A text is in the"
        " release only where its noted rights allow to pass it on; of all others, offsets, the"
        f" SHA-256 of each sentence and extracts of at most {LONGEST_EXTRACT} characters.{without}"
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


def describe_errata(counts: Counts) -> Markdown:
    """Say how many verdicts were corrected."""
    if not counts.errata:
        return Markdown("No verdict was corrected or withdrawn so far.")
    return Markdown(
        f"Verdicts corrected or withdrawn so far: {counts.errata},"
        " all in [ERRATA.json](ERRATA.json)."
    )


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


def list_limits(counts: Counts) -> list[str]:
    """Return what the numbers themselves say against the dataset."""
    return [
        *_limits_of_articles(counts),
        *_limits_of_labels(counts),
        "Sentences and zones were cut by rules; where a cut is wrong, the label is of that cut.",
    ]


def _limits_of_articles(counts: Counts) -> Iterator[str]:
    if counts.articles < FEWEST_ARTICLES:
        yield f"{plural(counts.articles, 'article')}: one more or less moves every figure."
    if len(counts.outlets) > 1:
        name, most = max(counts.outlets.items(), key=lambda one: (one[1].sentences, one[0]))
        if most.sentences * 2 > counts.required:
            share = percent(most.sentences / counts.required)
            yield f"{share} of the sentences come from one outlet, {name}."
    if len(counts.languages) == 1:
        [language] = counts.languages
        yield f"All articles are in {LANGUAGES[language][0]}."
    if counts.later_evidence:
        yield "Some evidence is later than the claim it is about (is_later)."


def _limits_of_labels(counts: Counts) -> Iterator[str]:
    settled = counts.settled
    if settled["unsettled"] or settled["unread"]:
        yield (
            f"No label: {plural(settled['unsettled'], 'sentence')} that no answers settle,"
            f" {settled['unread']} that nobody read. They are in the data, marked."
        )
    if settled["unsettled"]:
        yield (
            "What is not settled is often what people find hard: a score on settled sentences alone"
            " flatters."
        )
    if settled["single"]:
        yield (
            f"{plural(settled['single'], 'sentence', 'is/are')} settled by one annotator's answer"
            f" alone, of {counts.required}."
        )
    low = [
        figure_name(counts, one["name"])
        for one in figures_of(counts)
        if one["value"] is not None
        and Measure(one["measure"]).is_alpha
        and one["value"] < LOWER_BAND
    ]
    if low:
        yield f"Alpha is below {LOWER_BAND} for: {join_words(low)}."
    if counts.machine_claims:
        yield (
            f"{plural(counts.machine_claims, 'claim', 'has/have')} a value that a rule proposed and"
            f" a person let stand or changed, of {counts.claims}: suggestions may sway people."
        )


def list_counted(found: Counter[str]) -> str:
    """Return names with how often each occurs, such as ``person 3, group 1``."""
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in most_first(found))


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
