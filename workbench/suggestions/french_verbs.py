"""French verbs of speech: what they take, what the speaker does with what is said, all forms.

The frames say where the words of the speaker may stand:

    i  a quotation, with the verb in an incise, before a colon or before the mark
    q  a clause with *que*
    v  an infinitive (*assure avoir*)
    d  *de* and an infinitive (*promet de*)
    a  *à* and an infinitive or a noun (*appelle à*)
    p  *pour* or *en faveur de* (*plaide pour*)
    n  a noun phrase (*dénonce une dérive*)
    o  a person, then *de* or *à* (*accuse X de*, *reproche à X de*)
    s  *sur* and a noun phrase (*alerte sur une pénurie*)
    c  *contre* and a noun phrase (*met en garde contre une pénurie*)
    e  *de* and a noun phrase (*s'inquiète d'une pénurie*)

A capital N takes a noun phrase only where a part of it is quoted: *évoque une « erreur »*. So do E
(*parle d'une « erreur »*) and V (*y voit une « erreur »*).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workbench.suggestions.conjugation import conjugate
from workbench.suggestions.lexicon import word_set


class Act(StrEnum):
    """What a speaker does with the content."""

    ASSERTS = "asserts"
    DENIES = "denies"
    WANTS = "wants"


@dataclass(frozen=True)
class Cue:
    """A reporting word: its verb, what it takes, the act, and what kind of form it is."""

    lemma: str
    frames: str
    act: Act
    form: str  # finite, conditional, past, present (participles), infinitive, idiom
    noun: bool = False  # The form is a noun as well: "la critique".


_ASSERTING = """
    iqv: affirmer assurer dire redire prétendre déclarer soutenir jurer clamer confesser maintenir
    iqv: reconnaître avouer admettre proclamer estimer
    iq: croire penser considérer juger
    v: préciser indiquer expliquer raconter confirmer confier concéder répéter
    iqdn: annoncer promettre
    n: avancer évoquer concéder admettre reconnaître
    iqd: garantir
    iqdN: regretter déplorer suggérer
    iqdn: craindre redouter
    iqn: dénoncer confirmer révéler
    iqN: indiquer expliquer préciser ajouter souligner rappeler noter observer constater signaler
    iqN: relever remarquer raconter rapporter écrire détailler résumer conclure répéter marteler
    iqN: insister concéder confier répondre rétorquer répliquer objecter argumenter arguer argüer
    iqN: plaider avancer alléguer postuler énoncer exposer mentionner pointer prévenir avertir
    n: prédire pronostiquer
    iqN: alerter prédire prophétiser pronostiquer anticiper spéculer supposer présumer
    iqN: imaginer calculer évaluer parier trouver certifier attester divulguer dévoiler témoigner
    iqN: murmurer chuchoter souffler glisser lâcher lancer hurler crier s'écrier s'exclamer
    iqN: tweeter ironiser plaisanter tonner asséner assener trancher réaffirmer réitérer convenir
    iqN: s'indigner s'insurger s'offusquer s'alarmer s'inquiéter s'étonner se-plaindre se-réjouir
    iqN: se-féliciter se-désoler se-vanter se-lamenter se-souvenir se-remémorer se-targuer
    iqN: s'enorgueillir s'émouvoir s'agacer nuancer tempérer abonder renchérir surenchérir
    iqN: poursuivre reprendre compléter commenter analyser théoriser espérer songer rêver
    iqN: décréter édicter statuer ordonner informer apprendre justifier démontrer illustrer
    iqN: corriger rectifier communiquer notifier relater narrer conter exprimer acquiescer
    iqN: assumer revendiquer riposter protester professer montrer
    iN: développer citer chiffrer prévoir
    iN: twitter poster publier tempêter fulminer rager pester rugir tancer
    iN: blaguer railler moquer persifler s'amuser badiner sourire rire rigoler
    iN: s'emporter s'énerver s'irriter se-défendre se-justifier se-rassurer se-récrier
    iN: s'émerveiller s'enthousiasmer s'excuser s'interroger se-demander s'alerter
    iN: s'enflammer s'agiter s'enquérir se-persuader s'exaspérer
    iN: relativiser modérer temporiser appuyer enchaîner continuer embrayer
    iN: rebondir décrypter interpréter traduire philosopher
    iN: soupirer gémir sangloter pleurer maugréer grommeler grogner bougonner ronchonner marmonner
    iN: bredouiller balbutier bafouiller articuler fanfaronner pérorer
    iN: scander entonner arbitrer interroger questionner réagir contre-attaquer ricaner
    iN: raisonner ruminer méditer apprécier louer encenser
    iN: célébrer applaudir féliciter remercier flatter complimenter rassurer réconforter consoler
    iN: vilipender vitupérer étriller éreinter tacler attaquer flinguer
    iN: blâmer incriminer brocarder égratigner désapprouver réprouver s'opposer
    iN: décrire dépeindre présenter motiver schématiser simplifier synthétiser récapituler
    iN: aviser enseigner débiter réciter retenir retracer dépêcher télégraphier
    iN: ressasser seriner rabâcher balayer éluder esquiver
    iN: admonester sermonner morigéner gronder réprimander menacer
    iN: débattre discourir discuter deviser épiloguer gloser palabrer disserter monologuer
    iN: endosser fantasmer gouailler narguer provoquer défier
    iN: adresser formuler manifester épingler approuver opiner
    iN: intervenir interpeller héler apostropher interrompre couper
    iN: se-désespérer se-scandaliser s'attrister se-gargariser se-projeter se-risquer s'avancer
    iN: se-confier s'épancher s'expliquer s'exprimer s'exclaffer s'esclaffer s'époumoner
    i: entamer commencer débuter terminer finir achever démarrer tenter oser
    i: étrangler s'étrangler ajuster calmer doucher recadrer balancer envoyer claquer
    i: feindre hasarder improviser insinuer intimer préluder proférer prononcer
    i: tonitruer vociférer beugler brailler éructer aboyer cracher vomir siffler
    i: chanter fredonner chantonner psalmodier déclamer ânonner
    i: évacuer minimiser dédramatiser positiver admirer théâtraliser dramatiser miser jauger
    n: reprocher imputer
    s: alerter tabler parier insister
    e: s'inquiéter s'alarmer se-plaindre
    E: parler se-féliciter se-réjouir s'indigner s'étonner
    V: voir
    o: accuser soupçonner suspecter
    o: taxer
    dN: menacer
    iN: soulever
    iN: qualifier évoquer saluer brandir invoquer fustiger pourfendre stigmatiser
    iN: condamner critiquer défendre
    N: assimiler comparer
"""
_DENYING = """
    iqvn: nier démentir
    iqn: contester réfuter
    n: récuser rejeter
    qn: exclure
    qiN: s'inscrire
    dN: se-défendre
"""
_WANTING = """
    iqdn: demander réclamer exiger revendiquer préconiser prôner
    iqdo: enjoindre sommer ordonner
    iqd: proposer recommander conseiller préconiser
    d: suggérer
    d: supplier implorer conjurer presser
    ia: appeler exhorter inviter encourager inciter
    p: plaider militer
    in: requérir
"""
# Forms that are more often nouns or adjectives; they count as verbs only beside a subject.
_NOUNS = word_set(
    "critique critiques demande demandes reproche reproches note notes avance avances annonce",
    "annonces rapporte rapport réplique répliques murmure murmures doute conteste nuance nuances",
    "lance lances attaque attaques balance tranche tranches glisse charge peste promesse conseil",
    "menace menaces excuse excuses réponse réponses cite cites moque observe pointe pointes relève",
    "rêve rêves rire dit dite dits dites fait faits précise précises lâche lâches célèbre célèbres",
    "retrace pousse presse souffle siffle coupe claque chante conte contes gronde juge juges",
    "témoigne signale estime trouve cri publie présente présent motive continue reprises reprise",
    "complète complètes traduit calme somme sommes plaide compare appelle oppose poste postes",
    "constat avancée avancées pensée pensées adresse adresses louange raille raisonne exprimée",
    "écrit écrits récit parie mise mises analyse analyses commente chiffre chiffres commande",
    "commence envoie finit démarre manifeste manifestes supposé supposée présumé présumés présumée",
    "supposés prétendu prétendue prétendus prévu prévue prévus prévues accusé accusés accusée",
    "condamné condamnée condamnés apprend défi convenu convenue retenu retenue confit interprète",
    "illustre illustres dépêche dépêches publié publiée publics conclu informe informes revendique",
)


def _read(table: str, act: Act) -> dict[str, tuple[str, Act]]:
    entries: dict[str, tuple[str, Act]] = {}
    for line in table.strip().splitlines():
        frames, verbs = line.split(":")
        for verb in verbs.split():
            earlier = entries.get(verb, ("", act))[0]
            entries[verb] = (earlier + frames.strip(), act)
    return entries


def _conjugate_all() -> Mapping[str, tuple[Cue, ...]]:
    found: dict[str, list[Cue]] = {}
    for table, act in ((_ASSERTING, Act.ASSERTS), (_DENYING, Act.DENIES), (_WANTING, Act.WANTS)):
        for verb, (frames, its_act) in _read(table, act).items():
            bare = verb.removeprefix("s'").removeprefix("se-")
            reflexive = "r" if bare != verb else ""
            forms = conjugate(bare)
            for kind, words in (
                ("finite", forms.finite),
                ("conditional", forms.conditional),
                ("past", forms.past_participle),
                ("present", {forms.present_participle}),
                ("infinitive", {forms.infinitive}),
            ):
                for word in words:
                    cue = Cue(verb, frames + reflexive, its_act, kind, word in _NOUNS)
                    found.setdefault(word, []).append(cue)
    for word in ("savoir", "valoir"):  # "fait savoir que"
        found[word] = [Cue(word, "iq", Act.ASSERTS, "infinitive")]
    # "met en garde contre", "fait état de", "fait part de": the noun carries the meaning.
    found["garde"] = [Cue("mettre-en-garde", "ic", Act.ASSERTS, "idiom")]
    found["part"] = [Cue("faire-part", "e", Act.ASSERTS, "idiom", noun=True)]
    found["état"] = [Cue("faire-état", "e", Act.ASSERTS, "idiom", noun=True)]
    return {word: tuple(cues) for word, cues in found.items()}


VERBS: Mapping[str, tuple[Cue, ...]] = _conjugate_all()
