"""The seed articles as an editor reads them, then each rule beside its near misses."""

import pytest

from workbench.corpus.segmentation import segment
from workbench.corpus.zones import Zone, mark_zones
from workbench.resources import resource_folder

FIRST, LAST = "Premier paragraphe.\n\n", "\n\nDernier paragraphe."

# Every sentence of the seed articles that is not body, by its first words.
SEEDS = {
    "000_e7126b3bda593139.txt": [
        ("headline", "Intelligence Artificielle : Open Models vs Open Data"),
        ("standfirst", "Il faudra choisir entre Innovation et Régulation..."),
        ("headline", "La Nuance entre Open Models et Open Data"),
        ("headline", "Open Source vs Propriété"),
        ("headline", "Open Source, Régulation, et Souveraineté: Un Équilibre Précaire"),
    ],
    "001_261cb179200dd163.txt": [
        ("boilerplate", "date 2023-12"),
        ("headline", "S’associer face à la dominance des modèles fermés"),
        ("boilerplate", "Inscrivez-vous à la newsletter En vous inscrivant vous acceptez"),
        ("headline", "Le débat autour de l’open source fait rage"),
    ],
    "002_ce2e5229d9ed911e.txt": [
        ("boilerplate", "Accéder au contenu principal"),
        ("headline", "Elon Musk lance la bagarre des IA en promettant"),
        ("standfirst", "Un dilemme réside en intelligence artificielle"),
        ("standfirst", "En annonçant déployer en « open source »"),
        ("standfirst", "Les motivations du patron de X sont-elles louables"),
        ("boilerplate", "Dans le secteur de l'intelligence artificielle, «l'open source»"),
        ("caption", "Dans le secteur de l'intelligence artificielle, «l'open source»"),
        ("caption", "REUTERS - Dado Ruvic"),
        ("boilerplate", "Publicité"),
        ("headline", "«\u00a0Voyant les avancées d'OpenAI, Musk veut désormais"),
        ("boilerplate", "À lire aussiVisite chez les Français Hugging Face"),
        ("glossary", "► GLOSSAIRE"),
        ("glossary", "Grok, kézako ?"),
        ("glossary", "Le nom du chatbot Grok provient du roman"),
        ("glossary", "Dans le contexte du roman, « grok » signifie"),
        ("glossary", "Le terme s’est répandu dans la culture informatique"),
        ("glossary", "Chatbot, kézako ?"),
        ("glossary", "C'est un programme informatique qui simule"),
        ("glossary", "Open Source, kézako ?"),
        ("glossary", "Un logiciel Open Source est un logiciel"),
        ("glossary", "Machine learning, kézako ?"),
        ("glossary", "C'est une forme d’intelligence artificielle"),
        ("glossary", "Deep learning, kézako ?"),
        ("glossary", "C'est une partie du machine learning"),
        ("boilerplate", "NewsletterRecevez toute l'actualité internationale"),
        ("boilerplate", "Suivez toute l'actualité internationale en téléchargeant"),
        ("boilerplate", "Partager :"),
        ("boilerplate", "Page non trouvée"),
        ("boilerplate", "Le contenu auquel vous tentez d'accéder n'existe pas"),
    ],
    "003_4aa242230e059d09.txt": [
        ("headline", "Génération AI: Une Révolution Développée en Source Ouverte?"),
    ],
    "004_5a9e3bb73b01d534.txt": [
        ("boilerplate", "date 2024-07"),
        ("headline", "IA Open vs. OpenAI"),
    ],
}


def zones_of(text: str) -> list[tuple[str, str]]:
    sentences = segment(text)
    zones = mark_zones(text, sentences)
    return [(zone, text[start:end]) for zone, (start, end) in zip(zones, sentences, strict=True)]


def zone_between(line: str) -> set[str]:
    return {zone for zone, _ in zones_of(FIRST + line + LAST)[1:-1]}


@pytest.mark.parametrize("name", SEEDS)
def test_the_seed_articles_are_read_as_an_editor_reads_them(name: str) -> None:
    text = (resource_folder("seeds") / "articles" / name).read_text("utf-8")

    found = [(zone, sentence) for zone, sentence in zones_of(text) if zone != Zone.BODY]

    assert [
        (zone, sentence[: len(first_words)])
        for (zone, sentence), (_, first_words) in zip(found, SEEDS[name], strict=True)
    ] == SEEDS[name]


@pytest.mark.parametrize(
    "line",
    [
        "PUBLICITÉ",
        "La suite après cette publicité",
        "Advertisement",
        "Skip to main content",
        "Aller au contenu principal",
        "Partager :",
        "Partager sur Facebook, Twitter et LinkedIn",
        "Share this article",
        "Lire la suite →",
        "> Lire aussi : Les géants s’allient",
        "À lire aussi\u00a0: Les géants s’allient. Et se disputent.",
        "Read more",
        "Read more: What Llama can do",
        "Abonnez-vous à notre lettre du soir. C’est gratuit.",
        "Sign up for our newsletter and never miss a story.",
        "Ce site utilise des cookies. En savoir plus.",
        "We use cookies to improve your experience.",
        "Publié le 21 mai 2024 à 10h45, modifié le 21 mai 2024 à 15h10",
        "Mis à jour le : 12/03/2024 - 17:31",
        "Published on March 12, 2024 at 5:31 pm",
        "Tue 23 Jul 2024 16.00 BST",
        "Par Alexandre Piquard et Jeanne de La Tour",
        "By Dan Milmo, technology editor",
        "Temps de lecture : 3 min.",
        "5 min read",
        "12 commentaires",
        "Il vous reste 70\u00a0% de cet article à lire. La suite est réservée aux abonnés.",
        "© 2024 Guardian News & Media Limited. All rights reserved.",
        "Tous droits réservés",
        "Le Monde avec AFP",
        "404",
        "***",
        "• • •",
    ],
)
def test_site_furniture_is_told_by_its_wording(line: str) -> None:
    assert zone_between(line) == {Zone.BOILERPLATE}


@pytest.mark.parametrize(
    "line",
    [
        "La publicité en ligne rapporte des milliards.",
        "Publicité mensongère, selon Meta.",
        "Ils partagent : chacun publie ses modèles.",
        "Partager : un verbe que Meta aime.",
        "Partager sur les réseaux est un choix.",
        "Suivez son regard : il vise Google.",
        "« Abonnez-vous à ma chaîne », lance-t-il.",
        "La newsletter de l’éditeur l’a annoncé.",
        "Les cookies seront interdits.",
        "Read more than one paper and you will see.",
        "By continuing to invest, Meta hopes to win.",
        "Publié le 12 mars 2024, le rapport conclut que l’ouverture est utile.",
        "Par Toutatis, le ciel ne tombe pas.",
        "Il vous reste peu de temps.",
        "Meta a signé un accord avec l’AFP.",
        "En 2024, tous se disputent les droits.",
        "L’agence Reuters a publié un article.",
        "Il l’a dit à l’AFP. Le marché a réagi. (AFP)",
        "Les photos de Getty Images sont payantes.",
        "Un modèle est publié, a annoncé lundi Meta / Facebook.",
        "- la transparence des données",
        "• Le contrôle des modèles",
        "Les points à retenir :",
        "et la suite d’une ligne coupée",
        "Mais qui paiera ?",
        "Glossaire et dictionnaire sont en ligne.",
    ],
)
def test_running_text_that_looks_like_it_stays_body(line: str) -> None:
    assert zone_between(line) == {Zone.BODY}


@pytest.mark.parametrize(
    "line",
    [
        "Sam Altman à Davos. REUTERS/Denis Balibouse",
        "Sam Altman à Davos, le 18 janvier 2024. © Fabrice Coffrini, AFP",
        "Sam Altman à Davos KENZO TRIBOUILLARD / AFP",
        "Mark Zuckerberg in San Francisco. Photograph: Bloomberg/Getty Images",
        "The site of Meta. (Photo by Justin Sullivan/Getty Images)",
        "Crédit photo : Hugo Michel",
        "An example of a chip. Image: Jambula.",
        "Photo d’illustration",
        "AFP",
    ],
)
def test_a_line_that_ends_in_a_photo_credit_is_a_caption(line: str) -> None:
    assert zone_between(line) == {Zone.CAPTION}


@pytest.mark.parametrize(
    ("lines", "zones"),
    [
        ("Une légende sans fin\nUne légende sans fin © AFP", "boilerplate caption"),
        ("Une légende sans fin. © AFP\nUne légende sans fin.", "caption caption boilerplate"),
        ("Une phrase qui est doublée.\nUne phrase qui est doublée.", "body boilerplate"),
        ("Non, non.\nNon, non.", "body body"),
        (f"{'Une phrase ' * 20}fin.\n" * 2, "body body"),
        (f"{'Une phrase ' * 20}fin.\n" * 2 + "Photo © AFP", "body boilerplate caption"),
    ],
)
def test_of_a_doubled_line_the_copy_with_the_credit_stays(lines: str, zones: str) -> None:
    assert [zone for zone, _ in zones_of(FIRST + lines + LAST)[1:-1]] == zones.split()


@pytest.mark.parametrize(
    "line",
    [
        "Le débat fait rage",
        "« Musk veut ce succès pour lui-même »",
        "Qui paiera ?",
        "## Une partie",
        "► Le point sur le marché",
        "1. Le contexte",
        "xAI ouvre son modèle",
        "Un marché de 13 milliards de $",
    ],
)
def test_a_short_line_without_full_stop_is_a_headline_between_paragraphs(line: str) -> None:
    assert zone_between(line) == {Zone.HEADLINE}


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("Titre\n\nTexte. Fin.", "headline body body"),
        ("Tech\nLe vrai titre de l’article\nTexte.", "headline headline body"),
        (
            "Le titre de l’article\nUn second titre sous le premier\nTexte.",
            "headline standfirst body",
        ),
        ("Le titre de l’article\nPourquoi l’avez-vous choisi ?\nTexte.", "headline headline body"),
        ("Titre\nÀ suivre...\nTexte.", "headline standfirst body"),
        ("Titre\n\nRésumé.\n\nPar Jean Dupont\n\nTexte.", "headline standfirst boilerplate body"),
        ("Titre\n\nAFP\n\nTexte.\n\nPublicité\n\nFin.", "headline caption body boilerplate body"),
        ("Titre\n\nRésumé.\n\nA.\nB.\nC.", "headline standfirst body body body"),
        ("Titre\n\nUn.\n\nDeux.\n\nTrois.\n\nQuatre.", "headline body body body body"),
        ("Texte long. Fin.\n\nJean Dupont", "body body body"),
        ("Une ligne", "body"),
        ("Un\nDeux\nTrois", "body body body"),
        ("Texte.\nUn\nDeux\nTrois\nTexte.", "body body body body body"),
        ("date 2023-12 Titre\n\nTexte.", "boilerplate headline body"),
        ("Texte. date 2023-12", "body body"),
    ],
)
def test_the_top_of_an_article_is_told_from_its_shape(text: str, zones: str) -> None:
    assert [zone for zone, _ in zones_of(text)] == zones.split()


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        (
            "► Glossaire\n\nPuce\n\nUne pièce.\n\nPublicité",
            "glossary glossary glossary boilerplate",
        ),
        ("LEXIQUE\nPuce : une pièce.\nCe que dit la loi aujourd’hui\nFin.", "glossary glossary"),
        ("Glossary\nChip: a part.\n► À suivre\nFin.", "glossary glossary headline body"),
        ("Puce, c’est quoi ? Une pièce.\n\nFin.", "glossary glossary body"),
    ],
)
def test_a_glossary_lasts_until_the_next_marker_or_heading(text: str, zones: str) -> None:
    found = [zone for zone, _ in zones_of(FIRST + text)][1:]

    assert found[: len(zones.split())] == zones.split()
    assert Zone.GLOSSARY not in found[len(zones.split()) :]


def test_a_glossary_that_is_the_article_has_a_headline() -> None:
    assert zones_of("Glossaire de l’IA\n\nUne puce calcule.")[0][0] == Zone.HEADLINE


def test_a_line_that_its_page_calls_a_caption_is_one() -> None:
    text = f"{FIRST}Une légende. Sa suite.\n\nUn autre texte.{LAST}"

    zones = mark_zones(text, segment(text), captions={"Une légende. Sa suite."})

    assert " ".join(zones) == "body caption caption body body"


@pytest.mark.parametrize(
    ("text", "headings", "zones"),
    [
        ("Les mesures\nla transparence\nle contrôle\nle prix", 1, "headline body body body"),
        ("La colère monte.", 1, "headline"),
        ("Le plan. Les mesures. Le prix.", 1, "body body body"),
        ("À lire aussi\nLe plan", 2, "boilerplate headline"),
    ],
)
def test_a_line_that_its_page_calls_a_heading_is_one(text: str, headings: int, zones: str) -> None:
    named = text.split("\n")[:headings]
    text = f"{FIRST}{text}{LAST}"

    found = mark_zones(text, segment(text), headings=named)

    assert " ".join(found) == f"body {zones} body"


def test_no_sentences_have_no_zones() -> None:
    assert mark_zones(" \n", []) == []
