"""What the map of stances says, in the languages of the pages."""

from collections.abc import Mapping

from workbench.adjudication.stances import Cell, Side

Text = Mapping[str, str]
LANGUAGES = ("en", "fr")

SIDES: Mapping[Side, Text] = {
    Side.FAVOR: {"en": "for", "fr": "pour"},
    Side.AGAINST: {"en": "against", "fr": "contre"},
    Side.NEUTRAL: {"en": "weighing both", "fr": "partagé"},
    Side.OTHER: {"en": "otherwise", "fr": "autrement"},
}
OWN: Text = {"en": "said by themselves", "fr": "dit par l’intéressé"}
DESCRIBED: Text = {"en": "described by others", "fr": "décrit par d’autres"}
TITLE: Text = {"en": "Who is for and against what", "fr": "Qui est pour, qui est contre"}
OVER_TIME: Text = {
    "en": "Stances over time: {what}",
    "fr": "Prises de position dans le temps : {what}",
}
UNDATED: Text = {"en": "date unknown", "fr": "date inconnue"}
NUMBERS: Text = {
    "en": "Numbers count sentences.",
    "fr": "Les nombres comptent des phrases.",
}
PRECISION: Text = {
    "en": "A band covers all days that the date may mean: a month, a year. ?: uncertain, ~: about.",
    "fr": "Une bande couvre tous les jours que la date peut désigner : un mois, une année."
    " ? : incertaine, ~ : approximative.",
}
OTHERS: Text = {"en": "and {count} others", "fr": "et {count} autres"}
ALL: Text = {"en": "all", "fr": "tous"}
AUTHOR_NAMED: Text = {"en": "{name} (author)", "fr": "{name} (auteur)"}
AUTHOR_OF: Text = {"en": "author of “{heading}”", "fr": "auteur de « {heading} »"}
COUNTED: Text = {
    "en": "{stances} stances of {holders} people and groups on {targets} targets"
    " in {articles} articles",
    "fr": "{stances} prises de position de {holders} personnes et groupes sur {targets} cibles"
    " dans {articles} articles",
}
HIDDEN: Text = {
    "en": "Articles left out because the reader still works on them: {count}.",
    "fr": "Articles laissés de côté parce que le lecteur y travaille encore : {count}.",
}


def describe_cell(cell: Cell, language: str) -> str:
    """Say in words what a cell's marks show."""
    return ", ".join(
        f"{SIDES[mark.side][language]} {mark.count}"
        f" ({(OWN if mark.is_own else DESCRIBED)[language]})"
        for mark in cell.marks
    )
