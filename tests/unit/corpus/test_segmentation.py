"""Each rule of the segmenter in sentences, "|" where one ends, beside its near misses."""

import json
from pathlib import Path

import pytest

from workbench.corpus.segmentation import segment

HARD_CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "hard_cases.jsonl").read_text("utf-8").splitlines()
]

RULES = {
    "lines are apart": [
        "Un marché disputé|\n|Les prix baissent",
        "Les conditions :|\n|- publier ;|\n|- partager.",
        "un|\n\n \t\n|deux|\x0b|trois|\x0c|quatre|\u2028|cinq|\u2029|six|\x85|sept",
        "À lire aussiVisite chez les Français",
    ],
    "a title goes with its name": [
        "M. Le Pen et Mme. La Rue sont là.| Me. Dupond plaide.| MM. Un et Deux aussi.",
        "Mr. T. came with Lt. Col. Jones and Gen. He.| They talked.",
        "Le gén. Leclerc parle.| C'est un prof.| Il parle bien.",
    ],
    "an initial goes with its name": [
        "J. R. R. Tolkien, J.-P. Sartre, J.-Ch. Hourcade, S. de Beauvoir et J. Le Goff.| Fin.",
        "Ils prennent de la vitamine C.| Elle agit.| Le plan B.| Paul le sait.",
        "Il l'écrit sur X.| Elon Musk répond.| On cite X. Niel.",
        "Il mesure 3 m.| Paul en fait 2.| Il part à 20 h. 30 précises.",
    ],
    "letters with dots end a sentence only before a function word": [
        "The U.S. Army won.| He left the U.S.| However, she stayed in the U.K.| The end.",
        "It opens at 10 a.m. Monday and shuts at 5 p.m.| It is late.",
        "En 52 av. J.-C.| Les Gaulois perdent.| En 52 av. J.-C. en Gaule.",
        "He has a Ph.D. from Yale.| The S.A. Le Monde.",
    ],
    "an abbreviation does not end a sentence before a name": [
        "Acme Inc. Chief Jane Roe left Acme Corp.| It fell.| St. Louis, Mt. Everest.",
        "Bd. Voltaire, av. Foch, coll. « Folio », éd. Gallimard, trad. Anne Roux.| Fin.",
        "Dupont et al. Nature l'a publié.| Op. cit. Dupont.",
        "Approx. 5.| Env. 3.| Env. Paris.| Arr. Cass. 1re civ.| L'arr. Cass. Dupont.| Fin.",
    ],
    "a word that compares or explains never ends a sentence": [
        "Apple vs. Google.| Cf. Le Monde.| Smith v. Jones.| Some, e.g. The Times, i.e. Papers.",
    ],
    "etc. ends a sentence only before a capital": [
        "Chiens, chats, etc. sont là.| Chiens, etc.| Aucun chat.| Chiens, etc. 12 en tout.",
        "Des chiens (etc.) et des chats.| « Des chiens, etc. »| Fin.",
    ],
    "an abbreviation before a number goes with it": [
        "Voir p. 12, art. L. 123-4, vol. II, chap. IV, no. 5 et n. 6.| Tél. 01 02.| Sept. 11 came.",
        "He said no.| Then he left in Sept.| The end.| Il lit 500 p.| Le livre est long.",
    ],
    "numbers, addresses and names keep their dots": [
        "Il vaut 3.5 % ou 1 200,50 €.| La version 3.1 de Llama 3.| Il y en a 4.| 23 restent.",
        "Voir https://a.org/b.c?d=e.f et www.a.fr.| Écrire à a.b@c.fr.",
        "Ils ont Node.js, .NET et Booking.com.| Windows 3.1 aussi.",
    ],
    "a label is no sentence": [
        "1. Le début|\n|2.3. La suite|\n|IV. Le reste|\n|A. La fin|\n|P.-S. Merci.",
        "Il part.| 2. Il revient.| En 2012.| 13 sont là.",
        "... Et Paul dort.| « … Et Paul dort. »",
    ],
    "a small letter follows": [
        "Ah ! quelle surprise.| Vraiment ?! oui.| Il avance... lentement.| Il est prév. lundi.",
        "Ils attendent depuis longtemps.| le train passe.| Il est vite parti.| à midi, il rentre.",
        "La firme recrute.| iOS gagne.| eBay perd.| xAI suit.| La firme a ouv. hier.",
    ],
    "an ellipsis ends a sentence before a capital": [
        "Il hésite…| Puis il part...| Et revient… à savoir... 30 F. en poche.",
        "Paul dort . . . et rit.| Il dort.| ... Il rit.| Il dort.| […] Il rit.",
    ],
    "marks in a row are one": ["Quoi ?!| Non ! ! !| Si ?...| Ah bon ?!?| Oui‼| Non."],
    "a closing mark belongs to its sentence": [
        "« Oui. »| « Non\u00a0! »| «Si.»| «\u202fBon.\u202f»| Il dit « non ».| Fin.",
        "“Yes.”| ‘No.’| \"Maybe.\"| 'Well.'| He said “no”.| The end.",
        "Il m'a dit : « Je cite : “Ne signe pas.” »| Puis rien.",
        "„Eins.| Zwei.“| Fin.| ‚Drei.‘| “Yes.| No.”| Il dit “Oui.”| “Non.”",
        "C'est dit.[1]| C'est tout. [12]| Le prix.*| Fin.",
    ],
    "a quotation splits inside": [
        "« Nous publions tout.| Rien n'est caché », dit-elle.| « Tout. »",
        '"It is over.| We go," she said.| "Fine."',
    ],
    "an attribution stays": [
        "« Qui paiera ? » demande un élu.| « Jamais ! », dit-il.| « Non… » murmure-t-il.",
        '"Really?" he asked.| "Yes!" Ms. Smith said.| "No."| "Why?" I ask.| "So?"| Smith left.',
        '"It is over." he said.',
    ],
    "a straight mark between blanks opens and closes in turn": [
        'Il dit : " C\'est fini. "| Puis il part.| " Bonjour ", dit-elle.| " Adieu ! "| Fin.',
    ],
    "an aside belongs to the sentence around it": [
        "Le vote est reporté (il devait avoir lieu. Il aura lieu jeudi).| Rien d'autre.",
        "C'est fait (voir l'annexe (p. 2. Oui) ici. Non).| Il dort [Il rêve. Non] bien.",
        "La vérité est (...) qu'il part.| Il dort [...] Paul rêve.| Né en 1800 (?) Paul dort.",
        "Il dort (enfin !) Paul aussi.| (Rires.)| Il dort (il a beaucoup couru.)| Fin.",
        "Il sourit :( Paul part.| Puis Anne :) Fin (",
    ],
    "a lost blank is found before a function word": [
        "Le projet avance.|Le reste suit.|Il est prêt ?|On verra…|Mais lire lemonde.Le Monde.",
    ],
    "a name may carry a mark": [
        "Yahoo! News est là.| Yahoo! a gagné.| C'est Yahoo!| Elle perd.",
    ],
    "bullets and dashes begin sentences": [
        "— Tu viens ?| — Oui, dit-il.| - Bien.| • Un.| – Deux ! – dit-il.",
    ],
    "what is unseen stays with its neighbour": [
        "\ufeffIl dort.\u200b| \u200eIl rêve.",
    ],
    "the date marker of the seed articles is apart": [
        " |date 2023-12| |Le débat est vif.",
        "date 2023|\n|Le débat est vif.",
        "La date 2023-12 approche.",
    ],
}


@pytest.mark.parametrize(
    ("rule", "marked"), [(rule, text) for rule, texts in RULES.items() for text in texts]
)
def test_each_rule_holds_beside_its_near_misses(rule: str, marked: str) -> None:
    text = marked.replace("|", "")
    expected = [sentence.strip() for sentence in marked.split("|") if sentence.strip()]
    assert [text[start:end] for start, end in segment(text)] == expected, rule


@pytest.mark.parametrize("case", HARD_CASES, ids=lambda case: case["id"])
def test_the_policy_cases_are_met(case: dict[str, object]) -> None:
    assert [list(span) for span in segment(str(case["text"]))] == case["sentences"]


@pytest.mark.parametrize("text", ["", " ", "\n\u00a0\u202f\r\n\u2028"])
def test_white_space_has_no_sentences(text: str) -> None:
    assert segment(text) == []
