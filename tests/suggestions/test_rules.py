"""Each rule in sentences: [content], {cue}, <mention>; a sentence without marks quotes nobody."""

import re
from collections.abc import Iterator

import pytest

from workbench.corpus.segmentation import segment
from workbench.suggestions.rules import RULES, Suggestion
from workbench.suggestions.suggesting import suggest

MARK = re.compile(r"[\[\]{}<>]")
PATTERNS = {"content": r"\[(.*?)\]", "cue": r"\{(.*?)\}", "mention": r"<(.*?)>"}

CASES = {
    "incise": [
        "« [Le texte est prêt] », {assure} <la ministre>.",
        "« [Le texte est prêt.] » a {déclaré} mardi <le porte-parole du gouvernement>.",
        '"[Le texte est prêt]", a-t-<elle> {ajouté} devant la presse.',
        "“[On verra bien]”, s'{amuse} <Karim Belaïd>, qui tient la buvette.",
        "« [Le compte y est] », se {réjouissent} <les élus de la majorité>.",
        "« [C’est une honte !] », s’est {indigné} <le syndicat>.",
        "« [Qui paiera ?] » {interroge} <Marie-Laure Dupuis>.",
        "« [On verra] », {répond}-<il>, « [mais pas avant mars.] »",
        "« [On verra] », a fait {savoir} <la préfecture>.",
        "« [On verra] », {tempère} sobrement <M. Roche>.",
        "« [On verra] », lui a {rétorqué} le député <Jean Morel>.",
        "« [On verra] » ({explique} <Paul Roux>).",
        "« [On verra] » – {dixit} <Paul Roux>.",
        "‘[On verra]’, {dit} <Paul Roux>.",
        "« [On verra] », {prévient} d'emblée <le commerçant>.",
        "« [Un hasard] », comme l'a {rappelé} <l'opposition>.",
        "« [Les “vraies gens” attendent] », {lance} <Anne Petit>.",
        "« [Nous irons] », {assure}-t-on dans <son entourage>.",
        "« [Nous irons] », {balaie} <la ministre>.",
        "« [Nous irons] », a {répondu} de son côté <la capitaine>.",
        "« [Nous n'irons pas] », a {prévenu} à l'AFP <Yves Le Goff>, maire de Brest.",
        "« [L'accord est signé] », a {confirmé} jeudi 12 juin à l'AFP <une source>.",
        "« [Nous irons] », a {prévenu} mardi 1er juillet 2025 <Yves Le Goff>.",
    ],
    "incise-inside": [
        "« [Nous irons], {explique}-t-<il>, [quoi qu'il arrive.] »",
        "« [Nous irons], a {promis} <Ana Ruiz>, présidente du club, [quoi qu'il arrive.] »",
        "[La route sera fermée jusqu'à lundi], {indique} <la mairie>.",
        "[La route], {précise} <le département>, [sera fermée jusqu'à lundi].",
        "[Il n'y a pas d'autre solution], {estime}-t-<elle>.",
        "[Il n'y a pas urgence], {répètent} à l'envi <les experts>.",
        "[Le texte est prêt], {indique} <une source gouvernementale>.",
        "[Le texte est prêt], a {ajouté} <ce dernier>.",
        "[Le texte est prêt], a-t-on {appris} auprès du <parquet>.",
        "Comme le {rappelle} <Paul Roux>, [la grève avait duré onze semaines].",
        "Comme l'indique son nom, la rue descend à la mer.",
        "Comme prévu, la rue a rouvert lundi.",
        "Le rapport, qu'un journal a lu, estime à 27 000 le nombre de places.",
        "Le ministre entre, salue le public, puis s'assied.",
        "Le président du club, Paul Roux, a balayé ces critiques.",
        "Le héros, un ancien soldat, écrit un journal.",
        "Le favori, un gouverneur, a réitéré ses charges, qu'il maintient.",
        "Il arrive, demande un café, et repart.",
    ],
    "colon": [
        "<Paul Roux> a {déclaré} : « [Nous irons.] »",
        "<Le maire> {résume} : « [Nous irons.] »",
        "<Paul Roux>, agacé{:} « [Nous irons.] »",
        "Interrogé, <le procureur> s'est borné à {répondre} : « [L'enquête suit son cours.] »",
        "Des propos qui font bondir <Éric Petit>{:} « [C'est une insulte !] »",
        "« [La page est bien tournée] » {:} <Paul Roux> ne cache pas sa joie.",
        "Assise devant son café, <Anne Roy> ne décolère pas{:} « [On nous a menti.] »",
        "La décision a fait bondir le sénateur <Edgar Montfort>{:} « [C'est un scandale.] »",
        "<Le maire> {prévient} : [la piscine restera fermée].",
        "<Marie Dupont> {soulève} un point : [l'approche ouverte aide les petits].",
        "Le programme de samedi : deux jours de marche.",
        "Paul Roux soulève une caisse : elle pèse vingt kilos.",
        "Les trois mots de la devise : « Liberté », « Égalité », « Fraternité ».",
    ],
    "verb-quotation": [
        "<La ministre> a {dénoncé} [une « dérive » de la presse].",
        "<Le club> {évoque} [un « malentendu »].",
        "<Paul Roux> a {fustigé} « [une réforme hors-sol] ».",
        "La <CGT> {fustige} [une réforme « hors-sol »], sans appeler à la grève.",
        "<Le maire> a {fustigé} « [un mépris] » et {dénoncé} « [une trahison] ».",
        "Sur place, on {dénonce} « [un passage en force] ».",
        "<Elle> s'est {dite} « [très préoccupée] » par la situation.",
        "<Elle> se {dit} « [soulagée] » mais « [inquiète] ».",
        "<Keir Starmer> a {promis} d'« [agir vite] ».",
        "<Le patron du port> {parle} d'[une « catastrophe annoncée »].",
        "<Paul Roux> y {voit} « [la fin d'un monde] ».",
        "<Paul Roux> {voit} dans ce texte [une « dérive »].",
        "Les ornithologues parlent d'« effet de lisière » quand la forêt s'arrête.",
        "Paul Roux voit « Les Marées » mercredi.",
        "Elle a raconté sa vie dans « Paris Match ».",
        "Le film « Les Marées » sort mercredi.",
        "Il a visité le « musée de la Mer ».",
        "Ce que l'on appelle la « mort subite » reste rare.",
    ],
    "that-clause": [
        "<Le préfet> {affirme} que [la crue est passée].",
        "<Le préfet>, arrivé lundi, {affirme} que [la crue est passée].",
        "<Le préfet> a {rappelé}, mardi, devant les élus, que [la crue était passée].",
        "<Paul Roux>, qui dirige le port depuis 2012, a {dit} que [la crue était passée].",
        "<Elle> {pense} qu'[il faut attendre].",
        "Aussi {estime}-t-<il> que [la partie est jouée].",
        "<Le préfet> {affirme} que [la crue est passée] et {ajoute} que [les routes rouvriront].",
        "Du côté de <la préfecture>, on {assure} que [la crue est passée].",
        "Au <ministère>, on {assure} que [la crue est passée].",
        "<Une étude> publiée dans la revue Oceanica {montre} que [la crue est passée].",
        "Dans la rue, on dit que la crue est passée.",
        "<Les experts> {jugent} que [le pont est sûr].",
        "Le patron des députés LR, <Marc Petit>, a {dit} que [le pont est sûr].",
        "<Il> ne {croit} pas que [le pont soit sûr].",
        "Personne ne conteste que le pont est sûr.",
        "Aucun élu ne nie que le pont est sûr.",
        "<Une personne> ne {conteste} pas que [le pont est sûr].",
        "Le maire (PS) de Nantes, <Anne Roy>, {estime} que [le pont est sûr].",
        "<Le groupe> a fait {savoir} que [le pont est sûr].",
        "<Les élus> ont, dans une lettre, {rappelé} que [le pont est sûr].",
        "<Le maire> a quant à lui {indiqué} que [le pont est sûr].",
        "Il faut que le pont soit sûr.",
        "Il convient que le pont soit sûr.",
        "Il est recommandé que le pont soit fermé.",
        "Les murs garantissent que le pont tient.",
        "On dirait que le pont bouge.",
        "Le fait que le pont bouge inquiète.",
        "Il n'a pas dit que le pont bougeait.",
        "C'est-à-dire que le pont bouge.",
    ],
    "infinitive": [
        "<Elle> {assure} [n'avoir rien signé].",
        "<Elle> {précise} [avoir informé les riverains].",
        "<Le maire> {promet} de [rouvrir la piscine].",
        "<L'ONG> {accuse} le groupe d'[avoir menti].",
        "<Elle> {reproche} à son ancien employeur de [l'avoir écartée].",
        "<Les syndicats> {demandent} au gouvernement de [revoir sa copie].",
        "<Le pape> a {exhorté} les dirigeants à [déposer les armes].",
        "<Le pape> a {appelé} les fidèles à « [prier] ».",
        "Il a été {reproché} au maire d'[avoir menti].",
        "Il demande un café.",
        "Cette plante pousse à l'ombre.",
        "La marque propose des outils de plus en plus fins.",
        "<Le couple> {jure} [ne rien regretter].",
        "<Le physicien> {invite} à [la patience].",
        "Elle a refusé de commenter l'affaire.",
    ],
    "speech-act": [
        "<L'association> {réclame} [un moratoire].",
        "<Le collectif> {plaide} pour [une limitation à 30 km/h].",
        "<Marc Andreessen> {prône} [l'ouverture des modèles].",
        "<Le chercheur> met en {garde} contre [un point de non-retour].",
        "<Les élus> ont mis en {garde} les riverains contre [une crue].",
        "<Les autorités> font {état} d'[au moins 34 morts].",
        "<Une centaine de médecins> {alertent} sur [la fermeture du service].",
        "<Paul Roux> s'{inquiète} d'[une baisse du niveau de l'eau].",
        "<L'institut> {explique} [ce record par un dôme de chaleur].",
        "<Le parquet> a {requis} [dix-huit mois de prison].",
        "<Le maire> fait {part} de [son inquiétude].",
        "<La syndicaliste> {craint} [d'autres fermetures].",
        "Une part de la somme manque.",
        "Le chien garde la maison contre les voleurs.",
        "Il appuie sur la sonnette.",
        "L'état de la route inquiète les riverains.",
        "Le virage annonce un village.",
        "La demande de logements augmente.",
    ],
    "according-to": [
        "{Selon} <la police>, [deux cents personnes ont défilé].",
        "[Deux cents personnes ont défilé], {selon} <la police>.",
        "{D'après} <Lucie Garnier>, économiste, [les prix baisseront].",
        "{Selon} <elle>, [les prix baisseront].",
        "{Pour} <les riverains>, [c'est une victoire].",
        "À en {croire} <le maire>, [tout est prêt].",
        "Aux {yeux} de <la défense>, [le dossier est vide].",
        "« [Rien de neuf] », {pour} <Michel Foucher>, ancien ambassadeur.",
        "{Selon} <une étude> parue dans la revue « Nature », [les océans chauffent].",
        "{Pour} le procureur, <Paul Roux>, [la piste est sérieuse].",
        "{De} <source policière>, [l'homme était inconnu].",
        "{Pour} le Prix Nobel de physique <Paul Roux>, [la course est lancée].",
        "Aux {yeux} des <analystes>, [la baisse arrive trop tard].",
        "Les horaires varient selon les jours.",
        "Il est parti pour Lyon, une ville qu'il aime.",
        "Pour réussir, il faut du temps.",
        "Selon les cas, le délai varie.",
        "C'est, selon moi, le meilleur.",
    ],
    "denial": [
        "<Le groupe> {dément} [avoir versé une commission].",
        "<Il> {nie} que [la lettre existe].",
        "La gendarmerie n'exclut aucune piste.",
        "<Elle> {conteste} [toute pression].",
        "<Arthur Mensch> {réfute} l'idée d'[un abandon].",
    ],
    "carried-on": [
        "« [On verra] », {dit} <Paul Roux>. « [Rien ne presse.] »",
        "<Paul Roux> {répond} : « [On verra.] » Puis{:} « [Rien ne presse.] »",
    ],
    "dialogue": [
        "— [Vous partez ?] {demande} <la boulangère>.\n— [Demain], {répond} <le facteur>.",
        "Il faut :\n- publier la carte ;\n- ouvrir les données.",
        "- Une salle, assure-toi.\n- Deux portes.",
    ],
    "interview": [
        "Le Progrès : Avez-vous peur ?\n<Ana Roy>{:} [Non, je travaille.]",
        "Bilan : trois blessés.\nMétéo : pluie.",
    ],
    "press-conditional": [
        "[Le groupe serait sur le point de céder sa filiale].",
        "[Le suspect aurait quitté le pays lundi].",
        "[Le ministre devrait présenter son plan jeudi].",
        "S'il pleuvait, le match serait reporté.",
        "Il serait temps d'agir.",
        "On aurait pu le dire plus tôt.",
        "Le ministre devrait avoir honte.",
        "La piscine aurait besoin de travaux.",
    ],
    "free-indirect": [
        "{Selon} <lui>, [la mesure est juste]. [Elle créerait mille emplois].",
    ],
}
SENTENCES = [(rule, marked) for rule, cases in CASES.items() for marked in cases]


def read_marks(marked: str) -> tuple[str, dict[str, list[str]]]:
    """Return the sentence without its marks, and what stands between marks of each kind."""
    found = {
        kind: re.findall(pattern, marked)
        for kind, pattern in (
            ("content", r"\[(.*?)\]"),
            ("cue", r"\{(.*?)\}"),
            ("mention", "<(.*?)>"),
        )
    }
    return MARK.sub("", marked), found


def quoted(text: str) -> Iterator[Suggestion]:
    for suggestion in suggest(text, segment(text)):
        if suggestion.quote_type:
            yield suggestion


@pytest.mark.parametrize(("rule", "marked"), SENTENCES, ids=[marked for _, marked in SENTENCES])
def test_a_rule_finds_content_cue_and_mention(rule: str, marked: str) -> None:
    text, wanted = read_marks(marked)

    found = list(quoted(text))

    mentions = [one.mention.text for one in found if one.mention]
    assert {
        "content": [text[start:end] for one in found for start, end in one.parts],
        "cue": [one.cue.text for one in found if one.cue],
        "mention": list(dict.fromkeys(mentions)),  # one may say two things
    } == wanted


SPEAKERS = [  # a text, who says the last thing in it
    ("Le ministre Nikos Velis est là. Le texte est prêt, dit le chef de la diplomatie grecque.",
     "Nikos Velis"),
    ("« Il faut payer », dit Alban Roy. « C'est juste », dit l'ancien maire de Royan.",
     "Alban Roy"),
    ("« J'hésite », dit Carlo Benvegnù. Ce passionné de marionnettes dit que le texte est prêt.",
     "Carlo Benvegnù"),
    ("« J'hésite », dit Bernard Petit. Le PDG de Sodexal indique que le texte est prêt.",
     "Bernard Petit"),
    ("« J'hésite », dit le maire Bernard Petit. Le préfet de l'Ain dit que le texte est prêt.",
     "Le préfet de l'Ain"),
    ("« Cela, a dit la secrétaire du SNPA, Ingrid Roy, est fini. » Le syndicat dit que c'est tout.",
     "SNPA"),
    ("Lou, 17 ans, attend. « Le lycée est à une heure », calcule l'adolescente.", "Lou"),
    ("Me Florence Aubier plaide la relaxe. Selon l'avocate, le dossier est vide.",
     "Florence Aubier"),
    ("« J'hésite », dit l'historienne Rose Petit. L'universitaire dit que le texte est prêt.",
     "Rose Petit"),
    ("« J'hésite », dit Ivan Petrov. Le Russe dit que le texte est prêt.", "Ivan Petrov"),
    ("Un porte-parole du port dit que oui. Le texte est prêt, ajoute le porte-parole.",
     "Un porte-parole du port"),
    ("« J'hésite », dit la magistrate Rose Petit. La défense dit que non. La magistrate dit que "
     "c'est fini.", "Rose Petit"),
    ("Hier, l'ancien gérant a pleuré. « Je n'ai rien fait », a-t-il dit.", "l'ancien gérant"),
    ("Paul Roux parle. Cette étude montre que la mer monte.", "Cette étude"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "speaker"), SPEAKERS, ids=[text for text, _ in SPEAKERS])
def test_a_phrase_stands_for_whom_the_text_has_named(text: str, speaker: str) -> None:
    assert [*quoted(text)][-1].speaker == speaker


@pytest.mark.parametrize(
    ("text", "claim_type"),
    [
        ("Paul Roux affirme que Llama 2 est gratuit.", None),
        ("Paul Roux affirme que GPT-4 est gratuit.", None),
        ("Paul Roux affirme que xAI 1.5 est gratuit.", None),
        ("Paul Roux affirme que Lyon est la 2e ville du pays.", None),
        ("Paul Roux affirme que Llama 2 coûte 30 dollars.", "number"),
        ("Paul Roux affirme que 12 élèves sont venus.", "number"),
        ("Paul Roux affirme que Lyon a perdu 3 % de ses habitants.", "number"),
        ("Paul Roux plaide pour un moratoire.", "position"),
        ("Paul Roux prône une baisse de 3 %.", "position"),
        ("Paul Roux appelle à la prudence.", "position"),
        ("Paul Roux demande que le texte soit retiré.", "position"),
    ],
)
def test_the_type_follows_from_what_is_counted_or_wanted(text: str, claim_type: str | None) -> None:
    [suggestion] = quoted(text)

    assert suggestion.claim_type == claim_type


def test_each_rule_has_its_cases_and_is_explained_in_both_languages() -> None:
    assert set(CASES) | {"check-worthy"} == set(RULES)
    for rule in RULES.values():
        assert set(rule.explanation) == {"fr", "en"}


@pytest.mark.parametrize("text", ["L’usine a perdu 8 % de ses postes.", "D'ici, 8 % sont perdus."])
def test_an_elided_word_with_a_capital_is_no_name_worth_a_check(text: str) -> None:
    [found] = suggest(text, [(0, len(text))])

    assert found.rule == "check-worthy"
    assert "name" not in found.reason


def test_reports_that_follow_one_another_for_a_page_are_all_found() -> None:
    text = "Le maire dit que oui" + ", tandis que le préfet affirme que non" * 120 + "."

    assert len([*quoted(text)]) == 121


@pytest.mark.parametrize(
    "text",
    [
        "Économie : une année difficile\n\nQue faut-il en attendre ? Beaucoup.",
        "Faut-il ouvrir les modèles ?\n\nLa question touche notre quotidien."
        "\n\nQui décidera ?\n\nNul ne le sait, mais nos élus y pensent.",
    ],
)
def test_headings_are_no_interview(text: str) -> None:
    assert [*quoted(text)] == []


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Selon Le Monde, la loi sera votée en mai.", "Le Monde"),
        ("D'après L'Équipe, le match sera rejoué.", "L'Équipe"),
        ("Selon le maire, la loi sera votée en mai.", "le maire"),
        ("Jean Roux critique Meta : « Cette entreprise ment. »", "Jean Roux"),
        ("Zoé Roux défend les modèles ouverts : « Ils aident tout le monde. »", "Zoé Roux"),
        ("Rien ne bouge, s'agace l'élu Paul Roux : « On nous oublie. »", "Paul Roux"),
    ],
)
def test_who_says_it_is_named_whole_and_never_what_it_is_about(text: str, speaker: str) -> None:
    assert suggest(text, segment(text))[-1].speaker == speaker


def test_a_line_that_is_left_out_lends_no_words_to_the_next() -> None:
    text = (
        "La « sobriété » heureuse. AGENCE - Jo Vidal\nMarie Lebrun a annoncé que le prix baissera."
    )
    [suggestion] = suggest(text, segment(text)[-1:])

    assert suggestion.speaker == "Marie Lebrun"
