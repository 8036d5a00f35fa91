"""The words by which `segmentation` decides: abbreviations, by what may follow their dot, and words
that begin sentences. French and English are side by side; the last dot is left out.
"""


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# More of the sentence always follows: "M. Le Pen", "Apple vs. Google". Case as written.
NEVER_LAST = _words(
    # French forms of address and ranks
    "M MM Mme Mmes Mlle Mlles Mgr Dr Drs Pr Prof Gal Cdt Lt Vve",
    # English forms of address and ranks
    "Mr Mrs Ms Mx Messrs Msgr Rev Hon Gen Gov Sen Sens Rep Reps Amb Supt Insp Det Atty",
    "Col Maj Capt Cpl Cmdr Adm Sgt Brig",
    # What compares or explains
    "cf Cf vs Vs v c viz i.e I.e e.g E.g p.ex P.ex c.-à-d C.-à-d c.à.d càd",
)

# A number follows, or the sentence ends: "p. 12", "art. L. 123-4", "vol. II". In small letters.
BEFORE_NUMBER = _words(
    # Parts of a work or a law
    "p pp f ff fol col n nn nº no nos nr num art arts § par para al l vol t tome chap ch sect sec",
    "fig figs tab tabl pl pt ex éq eq ann append app ver éd op cap livr rubr fasc",
    # Quantities
    "h min max",
    # Telephones and addresses
    "tel tél ext fax apt bldg rm rte hwy",
    # Months
    "janv févr fév avr juil juill sept oct nov déc jan feb mar apr jun jul aug sep dec",
)

# A capital follows, or the sentence goes on: "des outils, etc. Aucun", "etc. 12 euros".
BEFORE_CAPITAL = _words("etc Etc suiv ss sq sqq")

# A name may follow; only a word that begins no name tells the end: "Acme Inc. It grows."
BEFORE_FUNCTION_WORD = _words(
    # Companies
    "Inc Corp Ltd Co Cos Bros Plc Pty Cie Sté Éts Ets",
    # People
    "Jr Sr Esq Me Card Ch Th Ph Chr Cl Fr Alex Wm Geo Chas Jos dr prof gén gal lieut",
    # Places and institutions
    "St Ste Sts Mt Ft Ave Blvd Bd bd Av av Pl pl Fg fg Rd arr dép dépt Dépt Dept dept Gov't Govt",
    "Univ univ Inst Assn Assoc Natl Intl internat comm Calif Conn Fla Mass Mich Minn Tenn Wash Wis",
    # Books and references
    "éd éds ed eds Éd Ed coll Coll dir trad rééd préf intro illustr ill publ impr bibl bull suppl",
    "p pp ibid Ibid id op loc cit al réf Réf",
    # What stands before a noun or a number
    "env Env hab ex Ex anc Anc apr Apr ca Ca approx Approx incl Incl resp",
    # Courts
    "Arr Cass",
)

# Names that carry a mark of their own.
NAMES_WITH_MARK = _words("Yahoo Jeopardy Joomla Wham")

# After these nouns a single letter is a name, no initial: "un plan B. Paul arrive".
LETTERED_NOUNS = _words(
    "plan vitamine vitamines série groupe jour classe type génération hépatite point ligne zone",
    "catégorie annexe ligue vitamin group class series generation hepatitis exhibit appendix",
)

# After these, X is the network: "sur X. Elon Musk répond".
BEFORE_X = _words("sur on via réseau")

# These begin sentences and, as a rule, no names.
FUNCTION_WORDS = _words(
    # French
    "Il Elle Ils Elles On Nous Vous Je J' Tu Ce C' Cet Cette Ces Cela Ça Ceux Celui Celle Celles",
    "Les Des Un Une Son Ses Leur Leurs Notre Nos Votre Vos Mon Mes S' N' M' T' Qu' Y",
    "Et Mais Ou Où Or Donc Car Puis Ainsi Alors Aussi Toutefois Cependant Enfin Ensuite Pourtant",
    "Néanmoins Désormais Aujourd' Parmi Outre Sinon Bref Hier Demain Là Ici",
    "Dans Sur Sous Pour Par Avec Sans Selon Depuis Pendant Après Avant En À A Au Aux Chez Entre",
    "Vers Contre Malgré Dès Quand Si Comme Lorsque Lorsqu' Puisque Puisqu' Qui Que Quoi",
    "Quel Quelle Quels Quelles Tout Tous Toute Toutes Plus Certains Certaines Plusieurs",
    "Aucun Aucune Chaque",
    # English
    "The An He She It They We I You This That These Those His Her Its Their Our My Your",
    "And But Or So Yet In On At For From With By To Of As After Before During Since While When",
    "Where If Although Though Because Until Under According Then However Meanwhile Also Both Some",
    "Many Most All Each Every Other Another Such Not Now Only There Here What Who Which How Why",
)

# These begin sentences, and names too: "Le Pen". They count where a small letter follows.
NAME_PARTICLES = _words("Le La L' Du De D'")

# After a speaker's name in: "Really?" Ms. Smith asked.
SPEECH_VERBS = _words(
    "said says say told added asked asks ask wondered demanded answered replied replies",
    "wrote writes called cried exclaimed shouted yelled whispered insisted argued explained",
    "joked quipped tweeted posted",
)
