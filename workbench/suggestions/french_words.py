"""Closed classes of French words, as far as the shape of a noun phrase or a clause needs them."""

from workbench.suggestions.lexicon import word_set

DETERMINERS = word_set(
    "le la les l' un une des du ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre",
    "vos leur leurs plusieurs certains certaines quelques chaque aucun aucune tout toute tous",
    "toutes nul nulle divers diverses deux trois quatre cinq six sept huit neuf dix onze douze",
    "quinze vingt trente quarante cinquante soixante cent mille différents différentes d'autres",
    "quelque maints maintes",
)
OF = word_set("de d' du des")
PREPOSITIONS = OF | word_set(
    "à au aux dans par pour en vers avec sans sous sur chez entre depuis pendant après avant",
    "contre selon malgré dès lors durant parmi devant derrière envers hors jusque jusqu' près",
    "auprès face quant via outre hormis suite grâce afin loin autour concernant d'après suivant",
    "excepté sauf",
)
CONJUNCTIONS = word_set(
    "et ou mais or car ni donc que qu' qui quand si s'il comme lorsque lorsqu' puisque puisqu'",
    "dont où parce tandis quoique quoi lequel laquelle lesquels lesquelles auquel duquel desquels",
    "tant alors pourtant sinon puis soit comment pourquoi combien",
)
SUBJECT_PRONOUNS = word_set("il elle ils elles on je j' tu nous vous")
STRONG_PRONOUNS = word_set(
    "lui elle eux elles moi nous celui-ci celle-ci ceux-ci celles-ci",
)
DEMONSTRATIVES = word_set(
    "celui-ci celle-ci ceux-ci celles-ci celui-là celle-là celui celle ceux celles beaucoup",
    "certains certaines d'aucuns autres plusieurs tous toutes chacun chacune quelqu'un personne",
    "nul l'un l'une",
)
CLITICS = word_set(
    "ne n' se s' le la les l' lui leur y en me m' te t' nous vous",
)
AUXILIARIES = word_set(
    "a ont avait avaient aura auront aurait auraient est sont était étaient sera seront serait",
    "seraient fut furent eut eurent ait aient soit soient ayant étant ai as avons avez suis es",
    "sommes êtes avais étais eût fût",
)
# Verbs between a subject and an infinitive that speaks: "a tenu à préciser", "vient d'annoncer".
MODALS = word_set(
    "tient tiennent tenait tenu tint fait font faisait fera veut veulent voulait voulu souhaite",
    "souhaité souhaitait aime aiment aimait préfère préféré hésite hésitent hésité plaît vient",
    "viennent venait venu contente contenté contentent continue continuent peut peuvent pouvait",
    "doit doivent devait dû ose osé plaisait empresse empressé finit fini commence commencé met",
    "refuse pu laisse laissé laissait cesse cessé borne borné allé va vont allait entend dit",
)
# Common finite forms: where one of these stands, a noun phrase has ended.
FINITE = AUXILIARIES | word_set(
    "peut peuvent pouvait pouvaient pourra pourront pourrait pourraient doit doivent devait",
    "devaient devra devront devrait devraient fait font faisait faisaient fera feront ferait",
    "feraient fit va vont allait allaient ira iront vient viennent venait veut veulent voulait",
    "voudrait sait savent savait semble semblent semblait reste restent restait devient deviennent",
    "prend prennent prenait met mettent mettait tient tiennent faut fallait faudra faudrait existe",
    "existent permet permettent voit voient voyait concerne représente représentent constitue",
    "constituent s'agit arrive passe devenait donne donnent donnait laisse laissent porte portent",
    "vaut valent sert servent compte comptent atteint perd gagne dépend dure entraîne entraînent",
    "provoque suffit risque risquent dispose disposent souhaite souhaitent",
)
NEGATIONS = word_set("ne n' pas jamais point guère plus rien aucun")
ADVERBS = word_set(
    "également aussi encore déjà ainsi toutefois cependant même bien enfin ensuite toujours plutôt",
    "pourtant alors donc néanmoins certes hier aujourd' hui demain pas jamais plus guère point",
    "ailleurs effet outre vite puis souvent parfois presque très trop mal mieux tard tôt désormais",
    "là-dessus là dessus surtout seulement quasi bref soudain tant quant-à-lui volontiers haut",
    "fort autant carrément longtemps bientôt jadis naguère aussitôt sitôt d'emblée emblée",
    "notamment auparavant parallèlement précédemment dernièrement sobrement tantôt quelquefois",
)
TIME_NOUNS = word_set(
    "lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin",
    "juillet août septembre octobre novembre décembre matin soir midi après-midi nuit semaine mois",
    "année an ans jour jours veille lendemain week-end printemps été automne hier aujourd' demain",
    "minuit heure heures minutes début fin dernier dernière prochain prochaine passé passée",
)
TIME = word_set(
    "lundi mardi mercredi jeudi vendredi samedi dimanche hier aujourd' demain avant-hier soir",
    "matin midi récemment mi-janvier mi-février mi-mars mi-avril mi-mai mi-juin mi-juillet mi-août",
    "mi-septembre mi-octobre mi-novembre mi-décembre jadis fin début",
)
# Forms of address and ranks: part of a name's mention, not of the name.
CIVILITIES = {
    **dict.fromkeys(word_set("m m. mm mm. monsieur messieurs mgr mgr. sir lord mr mr."), "m"),
    **dict.fromkeys(word_set("mme mme. mmes madame mlle mademoiselle lady mrs mrs. ms ms."), "f"),
    **dict.fromkeys(word_set("me me. maître dr dr. docteur pr pr. professeur général colonel"), ""),
}
# None of these is a name because it opens a sentence with its capital.
FUNCTION_WORDS = (
    DETERMINERS
    | PREPOSITIONS
    | CONJUNCTIONS
    | SUBJECT_PRONOUNS
    | STRONG_PRONOUNS
    | DEMONSTRATIVES
    | FINITE
    | ADVERBS
    | TIME_NOUNS
    | word_set(
        "ce c' ceci cela ça ci voilà voici oui non merci bonjour résultat problème idem autre",
        "exemple question réponse face objectif reste rien interrogé interrogée interrogés joint",
        "contacté cité quel quelle quels quelles j' n' s' t' m' l' d' qu' contactée sollicité",
        "sollicitée invité invitée bref certes voire toujours ainsi tel telle autrement notamment",
        "presque",
    )
)
