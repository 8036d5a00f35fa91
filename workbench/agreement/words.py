"""What figures of agreement are called, ask and advise, in the languages of the pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from babel.numbers import format_decimal, format_percent

from workbench.agreement.figures import Arm, Arms, Difference, Figure, Measure, Undefined
from workbench.agreement.units import (
    BOUNDARY,
    CLAIM,
    CLAIM_FOUND,
    CUE,
    HAS_CLAIM,
    NO_CLAIM,
    NOT_ANNOTATABLE,
    SPEAKER,
    SPLIT,
    STANCE,
    TARGETS,
)

Text = Mapping[str, str]
UNDEFINED = "–"
VERDICT_CLASS = "verdict_class"  # of statements, not of articles: see the fact-check desk


LANGUAGES = ("en", "fr")


def _text(en: str, fr: str) -> Text:
    return {"en": en, "fr": fr}


@dataclass(frozen=True)
class FigureWords:
    """How a figure is called, on little room too, what it asks, and what to do when it is low."""

    name: Text
    short: Text
    question: Text
    remedy: Text


_FIGURES = {
    HAS_CLAIM: FigureWords(
        _text("sentence has a claim", "phrase à affirmation"),
        _text("claim?", "affirm."),
        _text(
            "Do they see a claim in the same sentences?",
            "Voient-ils une affirmation dans les mêmes phrases ?",
        ),
        _text(
            "Look at what counts as a claim in the guideline, and add examples of what is none.",
            "Revoyez dans le guide ce qui compte comme affirmation, avec des contre-exemples.",
        ),
    ),
    CLAIM_FOUND: FigureWords(
        _text("claim found", "affirmation trouvée"),
        _text("found", "trouvée"),
        _text(
            "Do they find the same claims in them?",
            "Y trouvent-ils les mêmes affirmations ?",
        ),
        _text(
            "Somebody misses claims or adds some: compare a few articles in the adjudication.",
            "Quelqu’un en oublie ou en ajoute : comparez quelques articles dans l’arbitrage.",
        ),
    ),
    SPLIT: FigureWords(
        _text("split or merged claims", "coupées ou réunies"),
        _text("split", "coupées"),
        _text(
            "How many of the claims that both have are one here and several there?",
            "Combien d’affirmations communes en sont une ici et plusieurs là ?",
        ),
        _text(
            "When it is high, look at the rule on one claim or several.",
            "S’il est haut, revoyez la règle : une affirmation, ou plusieurs.",
        ),
    ),
    BOUNDARY: FigureWords(
        _text("border of the claim", "bornes du passage"),
        _text("border", "bornes"),
        _text(
            "How much do two claims that match overlap?",
            "Dans quelle mesure deux affirmations appariées se recouvrent-elles ?",
        ),
        _text(
            "Look at the boundary rule of the guideline.",
            "Revoyez la règle des bornes dans le guide.",
        ),
    ),
    "claim_type": FigureWords(
        _text("type of the claim", "genre de l’affirmation"),
        _text("type", "genre"),
        _text(
            "Given the same claim, do they give it the same type?",
            "À la même affirmation, donnent-ils le même genre ?",
        ),
        _text(
            "See which types are mixed up in the adjudication, and set them apart by examples.",
            "Voyez dans l’arbitrage quels genres sont confondus, et séparez-les par des exemples.",
        ),
    ),
    "check_worthiness": FigureWords(
        _text("check-worthiness", "à vérifier"),
        _text("worth", "vérif."),
        _text(
            "Given the same claim, do they find it as much worth checking?",
            "La même affirmation leur paraît-elle autant à vérifier ?",
        ),
        _text(
            "Say in the guideline for whom a check would matter; near values cost little here.",
            "Dites dans le guide à qui une vérification servirait ; un écart d’un cran pèse peu.",
        ),
    ),
    "quote_type": FigureWords(
        _text("kind of quotation", "forme du discours"),
        _text("quote", "disc."),
        _text(
            "Given the same reported claim, do they see the same kind of quotation?",
            "À la même affirmation rapportée, voient-ils la même forme de discours ?",
        ),
        _text(
            "Look at the rule on mixed and free indirect speech, where most go apart.",
            "Revoyez la règle des discours mixte et indirect libre, où l’on diverge le plus.",
        ),
    ),
    SPEAKER: FigureWords(
        _text("speaker", "qui le dit"),
        _text("speaker", "qui"),
        _text(
            "Given the same claim, do they name the same speaker?",
            "À la même affirmation, nomment-ils la même personne ?",
        ),
        _text(
            "Look for one speaker entered twice in the register; then at the rule on who speaks.",
            "Cherchez une source inscrite deux fois au registre, puis revoyez qui parle.",
        ),
    ),
    CUE: FigureWords(
        _text("cue", "mot repère"),
        _text("cue", "repère"),
        _text(
            "Given a claim that both say is reported, how much do the cues overlap?",
            "Pour une affirmation rapportée selon deux, les mots repères se recouvrent-ils ?",
        ),
        _text(
            "Say in the guideline whether auxiliaries and pronouns belong to the cue.",
            "Dites dans le guide si auxiliaires et pronoms font partie du mot repère.",
        ),
    ),
    STANCE: FigureWords(
        _text("stance", "prise de position"),
        _text("stance", "posit."),
        _text(
            "Given the same holder and target, do they see the same stance?",
            "Pour qui et envers quoi étant les mêmes, la position est-elle la même ?",
        ),
        _text(
            "Look at where the guideline draws the line between weighing both sides and a side.",
            "Revoyez où le guide sépare qui balance le pour et le contre et qui prend parti.",
        ),
    ),
    **{
        name: FigureWords(_text(*called), _text(*called), _text(*asked), _text("", ""))
        for name, called, asked in (
            (
                "first_words",
                ("first answer: same words", "1re réponse : mêmes mots"),
                (
                    "Does the first answer claim the words of the suggestion?",
                    "La première réponse porte-t-elle sur les mots de la suggestion ?",
                ),
            ),
            (
                "first_all",
                ("first answer: all of it", "1re réponse : tout pareil"),
                (
                    "Does it say all that the suggestion says? Without suggestions, that is found"
                    " alone.",
                    "Dit-elle tout ce que dit la suggestion ? Sans suggestions, c’est trouvé seul.",
                ),
            ),
            (
                "as_proposed",
                ("in the end as proposed", "à la fin telle quelle"),
                (
                    "Does the answer as it stands say all that the suggestion says?",
                    "La réponse actuelle dit-elle tout ce que dit la suggestion ?",
                ),
            ),
            (
                "changed",
                ("accepted with changes", "acceptée avec retouches"),
                (
                    "Was it accepted, and something in it changed?",
                    "A-t-elle été acceptée, puis retouchée ?",
                ),
            ),
            (
                "rejected",
                ("rejected", "refusée"),
                ("Was it rejected?", "A-t-elle été refusée ?"),
            ),
        )
    },
    TARGETS: FigureWords(
        _text("targets of stances", "cibles des positions"),
        _text("target", "cibles"),
        _text(
            "Given the same claim, do they see stances towards the same targets?",
            "À la même affirmation, voient-ils des positions envers les mêmes cibles ?",
        ),
        _text(
            "Look whether targets of the register overlap, and when to note a stance at all.",
            "Voyez si des cibles du registre se recoupent, et quand une position est à noter.",
        ),
    ),
    VERDICT_CLASS: FigureWords(
        _text("verdict class", "classe du verdict"),
        _text("verdict", "verdict"),
        _text(
            "On the same statement, do fact-checkers come to the same class before they talk?",
            "Sur le même énoncé, arrive-t-on à la même classe avant d’en parler ?",
        ),
        _text(
            "Talk about the statements judged differently, and say in the method what decides.",
            "Parlez des énoncés jugés différemment, et dites dans la méthode ce qui tranche.",
        ),
    ),
}
MEASURES = {
    Measure.NOMINAL: _text("alpha, nominal", "alpha, nominal"),
    Measure.ORDINAL: _text("alpha, ordinal", "alpha, ordinal"),
    Measure.MASI: _text("alpha, MASI", "alpha, MASI"),
    Measure.F1: _text("F1", "F1"),
    Measure.OVERLAP: _text("mean overlap", "recouvrement moyen"),
    Measure.SHARE: _text("share (0 is best)", "part (0 : le mieux)"),
    Measure.OUTCOME: _text("share of suggestions", "part des suggestions"),
}
UNDEFINED_WORDS = {
    Undefined.ONE_ANNOTATOR: _text(
        Undefined.ONE_ANNOTATOR.words, "aucun article n’a été terminé par deux personnes"
    ),
    Undefined.NOTHING_COMPARED: _text(
        Undefined.NOTHING_COMPARED.words, "rien que deux aient à comparer"
    ),
    Undefined.NO_VARIATION: _text(
        Undefined.NO_VARIATION.words, "tous ont donné partout la même valeur"
    ),
    Undefined.ONE_ARTICLE: _text(Undefined.ONE_ARTICLE.words, "aucun : un seul article"),
    Undefined.FEW_DRAWS: _text(Undefined.FEW_DRAWS.words, "aucun : souvent absent ou constant"),
    Undefined.NO_SPREAD: _text(Undefined.NO_SPREAD.words, "aucun : partout pareil"),
    Undefined.NO_SUGGESTIONS: _text(Undefined.NO_SUGGESTIONS.words, "aucune suggestion"),
}
ARM_NAMES = {
    Arm.SHOWN: _text("with suggestions", "avec suggestions"),
    Arm.WITHHELD: _text("without them at first", "d’abord sans"),
}
DIFFERENCE = _text("difference", "différence")
NO_ARMS = _text(
    "Whether suggestions sway annotators is not measured: no share of the sentences is set to be"
    " read without them first.",
    "On ne mesure pas si les suggestions influencent : aucune part des phrases n’est réglée pour"
    " être lue d’abord sans elles.",
)
NONE_IN_ARM = _text(
    "Whether suggestions sway annotators cannot be told yet: none of the sentences compared was"
    " read without them first.",
    "On ne peut pas encore dire si les suggestions influencent : aucune des phrases comparées n’a"
    " été lue d’abord sans elles.",
)
ARMS_COUNTED = _text(
    "The suggestions of some sentences, drawn by chance, came only after the first answer:"
    " {withheld} of the sentences compared, beside {shown} with suggestions.",
    "Les suggestions de phrases tirées au sort ne sont venues qu’après la première réponse :"
    " {withheld} des phrases comparées, face à {shown} avec suggestions.",
)
ARMS_LEFT_OUT = _text(
    " {count} are in neither arm: the share was changed while they were read, or an answer came"
    " from an earlier text or an import.",
    " {count} ne sont ni d’un côté ni de l’autre : la part a changé pendant leur lecture, ou une"
    " réponse venait d’un texte antérieur ou d’un import.",
)
ARM_NOTES = (
    _text(
        "A difference whose interval does not hold 0 is hardly chance. Higher agreement with"
        " suggestions means that people agree with these, too: it does not say who is right.",
        "Une différence dont l’intervalle exclut 0 n’est guère due au hasard. Un accord plus haut"
        " avec suggestions veut dire qu’on s’accorde aussi avec elles : non qui a raison.",
    ),
    _text(
        "Of suggestions count those that were there when the sentence was first answered, once for"
        " each annotator; shares are of all of these, those on which nothing was decided too.",
        "Comptent les suggestions présentes à la première réponse, une fois par personne ; les"
        " parts sont de toutes celles-ci, même sans décision.",
    ),
    _text(
        "A dash: nothing to compare there, or always the same value. Without an interval: a single"
        " article, or most lack it.",
        "Un tiret : rien à comparer là, ou toujours la même valeur. Sans intervalle : un seul"
        " article, ou la plupart n’en ont pas.",
    ),
)
# With the heads of the columns that they speak of.
NOTES = (
    _text(
        "“{compared}”: the sentences, claims or stances that at least two gave a value; of F1 and"
        " of split claims, claims of pairs of annotators.",
        "« {compared} » : les phrases, affirmations ou positions auxquelles deux personnes au moins"
        " ont donné une valeur ; pour F1 et les affirmations coupées, celles de chaque paire.",
    ),
    _text(
        "“{same}”: how many pairs of values are equal, before alpha takes out what chance would"
        " give.",
        "« {same} » : la part des paires de valeurs égales, avant qu’alpha n’ôte la part du"
        " hasard.",
    ),
    _text(
        "A claim cut in pieces by somebody counts as found, as split, and in nothing else; the"
        " figures below “claim found” are of claims that two have.",
        "Une affirmation que quelqu’un a coupée compte comme trouvée, comme coupée, et nulle part"
        " ailleurs ; les chiffres sous « affirmation trouvée » portent sur ce que deux ont trouvé.",
    ),
    _text(
        "Most agreed answers are settled because everybody said the same, and with those all agree"
        " by themselves: “all settled sentences” flatters. Where annotators differ somebody must be"
        " wrong: values are low there, and alpha may fall below 0. Alike means alike in all that"
        " is compared here.",
        "La plupart des réponses sont retenues parce que tous ont dit la même chose, et l’accord y"
        " va de soi : « toutes les phrases tranchées » flatte. Là où l’on diffère, quelqu’un a"
        " forcément tort : les valeurs y sont basses, et alpha peut descendre sous 0. « La même"
        " chose » : dans tout ce qui est comparé ici.",
    ),
    _text(
        "Intervals come from 1,000 draws of the articles; few articles give wide ones.",
        "Les intervalles viennent de 1 000 tirages des articles ; peu d’articles en donnent de"
        " larges.",
    ),
)
BANDS = _text(
    "Krippendorff (2004, p. 241): rely only on variables with alpha ≥ 0.800; draw tentative"
    " conclusions from 0.667 to 0.800; discard data below.",
    "Krippendorff (2004, p. 241) : ne se fier qu’aux variables dont alpha ≥ 0,800 ; de 0,667 à"
    " 0,800, ne conclure qu’avec réserve ; écarter les données en dessous.",
)
_VALUES = {
    HAS_CLAIM: {
        CLAIM: _text("claim", "affirmation"),
        NO_CLAIM: _text("no claim", "aucune affirmation"),
        NOT_ANNOTATABLE: _text("not annotatable", "hors texte"),
    },
    VERDICT_CLASS: {
        "supported": _text("supported", "confirmé"),
        "refuted": _text("refuted", "réfuté"),
        "conflicting": _text("conflicting", "contradictoire"),
        "not_enough_evidence": _text("not enough evidence", "preuves insuffisantes"),
    },
}
NO_TARGET = _text("none", "aucune")
TARGETS_JOINED, EMPTY_TARGETS = " + ", "∅"


@dataclass(frozen=True)
class Names:
    """Names that a project gives to fields, and to values by the figure that has them."""

    fields: Mapping[str, Text]
    values: Mapping[str, Mapping[str, Text]]


def words_of(figure: str, names: Names) -> FigureWords:
    """Return a figure's words; of a field that only this project has, by its label."""
    if figure in _FIGURES:
        return _FIGURES[figure]
    label = names.fields.get(figure, _text(figure, figure))
    return FigureWords(
        name=label,
        short=label,
        question={
            "en": f"Given the same claim, do they give the same “{label['en']}”?",
            "fr": f"À la même affirmation, donnent-ils le même « {label['fr']} » ?",
        },
        remedy=_text(
            "Look at its values in the guideline, and set apart by examples those mixed up.",
            "Revoyez ses valeurs dans le guide, et séparez par des exemples celles confondues.",
        ),
    )


def name_value(figure: str, value: str, names: Names, language: str) -> str:
    """Return what people call a value of a figure: of a set of targets, their names."""
    if figure == TARGETS:
        if value == EMPTY_TARGETS:
            return NO_TARGET[language]
        parts = value.split(TARGETS_JOINED)
        return TARGETS_JOINED.join(_name(figure, part, names, language) for part in parts)
    return _name(figure, value, names, language)


def _name(figure: str, value: str, names: Names, language: str) -> str:
    known = names.values.get(figure, {}).get(value) or _VALUES.get(figure, {}).get(value)
    return known[language] if known else value


def name_prevalence(figure: Figure, names: Names, language: str, most: int) -> str:
    """Return the most frequent values with their shares, the greatest first."""
    # A report that was kept as JSON has them in another order.
    shares = sorted(figure.prevalence.items(), key=lambda item: -item[1])
    return ", ".join(
        f"{name_value(figure.name, value, names, language)} {show_share(share, language)}"
        for value, share in shares[:most]
    )


def show_interval(figure: Figure | Difference, language: str) -> str:
    """Return a figure's interval, or why it has none; of one without value, why it has no value."""
    reason = figure.undefined or figure.no_interval
    if reason:
        return UNDEFINED_WORDS[reason][language]
    to = {"en": "to", "fr": "à"}[language]
    return f"{show_number(figure.low, language)} {to} {show_number(figure.high, language)}"


def show_arms(arms: Arms, language: str) -> str:
    """Return how many sentences are in which arm."""
    shown, withheld = show_count(arms.shown, language), show_count(arms.withheld, language)
    said = ARMS_COUNTED[language].format(shown=shown, withheld=withheld)
    if not arms.left_out:
        return said
    return said + ARMS_LEFT_OUT[language].format(count=show_count(arms.left_out, language))


def show_difference(found: Difference, language: str) -> str:
    """Return a difference with its sign; a dash where there is none."""
    shown = show_number(found.value, language)
    return f"+{shown}" if found.value is not None and round(found.value, 2) > 0 else shown


def show_number(value: float | None, language: str) -> str:
    """Return a figure's value with two decimals; a dash where there is none."""
    if value is None:
        return UNDEFINED
    written = format_decimal(round(value, 2) + 0.0, "0.00", locale=language)  # + 0: no “-0.00”
    return written.replace("-", "\N{MINUS SIGN}")


def show_count(count: int, language: str) -> str:
    """Return a count as it is written."""
    return format_decimal(count, locale=language)


def show_share(share: float, language: str) -> str:
    """Return a share in whole percent."""
    return format_percent(share, "0%" if language == "en" else "0\N{NO-BREAK SPACE}%", language)
