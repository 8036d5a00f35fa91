"""French nouns for people and organisations, and first names with their gender."""

from workbench.suggestions.lexicon import word_set

# A person's part in the world; masculine and feminine where the noun shows it.
MASCULINE_ROLES = word_set(
    "président directeur patron député sénateur élu avocat chercheur dirigeant fondateur",
    "cofondateur entraîneur sélectionneur joueur attaquant champion auteur écrivain réalisateur",
    "acteur chanteur musicien enseignant préfet policier pompier suspect accusé prévenu homme père",
    "fils veuf frère étudiant agriculteur éleveur viticulteur commerçant boulanger restaurateur",
    "militant délégué représentant candidat conseiller adjoint chancelier roi prince pape évêque",
    "général colonel entrepreneur ingénieur expert historien infirmier patient intéressé gérant",
    "salarié ouvrier rédacteur vice-président coprésident procureur producteur metteur danseur",
    "dessinateur créateur inventeur développeur technicien mécanicien conducteur chauffeur pêcheur",
    "chasseur maraîcher animateur présentateur comédien compositeur photographe sculpteur",
    "romancier navigateur skipper gardien buteur milieu défenseur pilote coureur nageur perchiste",
    "tennisman rugbyman footballeur consultant trésorier coordinateur coordonnateur médiateur",
    "syndicaliste sous-préfet ambassadeur gouverneur inspecteur instituteur proviseur recteur",
    "doyen chirurgien pharmacien vétérinaire physicien mathématicien informaticien chef leader",
    "numéro ministre secrétaire garde premier milliardaire magnat homologue commissaire rapporteur",
    "négociateur émissaire garagiste vendeur artisan berger paysan apiculteur forestier vigneron",
    "brasseur torréfacteur libraire éditeur octogénaire ex-ministre ex-président ex-directeur",
    "garçon adolescent requérant plaignant retraité habitant riverain locataire propriétaire",
    "voisin client usager supporter monsieur prêtre abbé curé imam rabbin pasteur moine rameur",
    "avironneur collègue notaire chanoine administrateur superviseur organisateur",
    "directeur-général maire-adjoint",
)
FEMININE_ROLES = word_set(
    "présidente directrice patronne députée sénatrice élue avocate chercheuse dirigeante",
    "fondatrice cofondatrice entraîneuse entraîneure sélectionneuse joueuse attaquante championne",
    "autrice auteure écrivaine réalisatrice actrice chanteuse musicienne enseignante préfète",
    "policière pompière suspecte accusée prévenue femme mère fille veuve sœur étudiante",
    "agricultrice éleveuse viticultrice commerçante boulangère restauratrice militante déléguée",
    "représentante candidate conseillère adjointe chancelière reine princesse générale colonelle",
    "entrepreneuse entrepreneure ingénieure experte historienne infirmière patiente intéressée",
    "gérante salariée ouvrière rédactrice vice-présidente coprésidente procureure productrice",
    "metteuse danseuse dessinatrice créatrice inventrice développeuse technicienne mécanicienne",
    "conductrice chauffeuse maraîchère animatrice présentatrice comédienne compositrice sculptrice",
    "romancière navigatrice gardienne buteuse défenseuse coureuse nageuse footballeuse rugbywoman",
    "consultante trésorière coordinatrice coordonnatrice médiatrice sous-préfète ambassadrice",
    "gouverneure inspectrice institutrice rectrice doyenne chirurgienne pharmacienne physicienne",
    "mathématicienne informaticienne cheffe magnate rapporteuse rapporteure négociatrice vendeuse",
    "artisane bergère paysanne apicultrice vigneronne professeure éditrice adolescente requérante",
    "plaignante retraitée habitante riveraine voisine cliente usagère ex-présidente ex-directrice",
    "dame administratrice superviseuse organisatrice commandante lieutenante capitaine cavalière",
)
NEUTRAL_ROLES = word_set(
    "édile quidam estivant touriste chroniqueur chroniqueuse polémiste rescapé rescapée retraité",
    "ministre maire pdg dg ceo PDG DG CEO porte-parole secrétaire scientifique économiste",
    "responsable médecin professeur juge magistrat magistrate commissaire gendarme victime témoin",
    "quinquagénaire trentenaire quadragénaire sexagénaire septuagénaire octogénaire jeune",
    "milliardaire analyste spécialiste sociologue politologue climatologue astronaute biologiste",
    "virologue épidémiologiste journaliste éditorialiste essayiste philosophe anthropologue",
    "géographe démographe architecte locataire propriétaire cadre libraire photographe cinéaste",
    "artiste pilote athlète capitaine coach syndicaliste parlementaire eurodéputé eurodéputée",
    "socialiste écologiste centriste syndicat psychologue psychiatre pédiatre généraliste",
    "urgentiste cardiologue oncologue infectiologue géologue hydrologue glaciologue océanographe",
    "météorologue astrophysicienne astrophysicien archéologue juriste constitutionnaliste notaire",
    "huissier greffier greffière interprète cycliste judoka gymnaste escrimeur escrimeuse skieur",
    "skieuse arbitre diplomate vétérinaire dentiste céréalière céréalier ostréiculteur",
    "ostréicultrice arboriculteur arboricultrice fleuriste bourgmestre premier-ministre chancelier",
    "universitaire académicien académicienne vétéran vétérane star rappeur rappeuse humoriste",
    "chorégraphe plasticien plasticienne scénariste styliste écologue généticien généticienne",
    "chimiste statisticien statisticienne insoumis insoumise républicain républicaine nonagénaire",
    "centenaire intellectuel intellectuelle frontiste édile hydrogéologue primatologue neurologue",
    "astronome botaniste entomologiste linguiste conservateur conservatrice commandant lieutenant",
    "adjudant brigadier secouriste bénévole",
)
ROLES = MASCULINE_ROLES | FEMININE_ROLES | NEUTRAL_ROLES
# Offices that one person at a time holds: alone, they mean nobody but their own holder.
OFFICES = word_set(
    "président présidente directeur directrice ministre maire préfet préfète procureur procureure",
    "juge rapporteur rapporteure rapporteuse porte-parole secrétaire chef cheffe commissaire",
    "gouverneur gouverneure ambassadeur ambassadrice chancelier chancelière patron patronne avocat",
    "avocate pape médecin conseiller conseillère entraîneur entraîneuse gérant gérante trésorier",
    "trésorière adjoint adjointe inspecteur inspectrice recteur rectrice doyen doyenne proviseur",
    "propriétaire locataire voisin voisine client cliente témoin victime prévenu prévenue accusé",
    "accusée vendeur vendeuse roi reine guide conducteur conductrice pilote arbitre rédacteur",
    "rédactrice délégué déléguée premier coprésident coprésidente vice-président vice-présidente",
    "sous-préfet sous-préfète greffier notaire plaignant plaignante habitant habitante riverain",
    "riveraine représentant représentante pdg dg PDG DG CEO homologue émissaire négociateur",
    "coordinateur coordinatrice sélectionneur médiateur journaliste interprète collègue mari",
    "épouse père mère fils fille frère sœur bourgmestre tribunal",
)
# Words around a noun of role: "l'ancien ministre", "la jeune femme".
ROLE_ADJECTIVES = word_set(
    "ancien ancienne jeune premier première nouveau nouvelle nouvel ex futur future actuel",
    "actuelle célèbre vieil vieille grand grande petit petite seul seule propre même principal",
    "principale ex-premier second seconde dernier dernière",
)
ORGANISATION_NOUNS = word_set(
    "entreprise société groupe association ong compagnie start-up startup firme constructeur",
    "éditeur fabricant géant parti syndicat fédération agence institut ministère parquet",
    "préfecture mairie ville région département université club banque enseigne marque direction",
    "organisation institution commission gouvernement exécutif opposition collectif tribunal cour",
    "police gendarmerie armée journal quotidien hebdomadaire chaîne magazine plateforme",
    "distributeur laboratoire hôpital coopérative fondation confédération union intersyndicale",
    "multinationale opérateur équipementier avionneur transporteur assureur régulateur",
    "gestionnaire exploitant municipalité métropole collectivité intercommunalité école académie",
    "rectorat élysée matignon maison-mère filiale pme industriel prestataire mutuelle autorité",
    "organisme coalition alliance juridiction structure entité boîte maison éditrice armateur",
    "concessionnaire observatoire think-tank cabinet chambre ordre comité conseil ligue bureau",
    "mouvement",
)
# What speaks though nobody is named: papers and the like.
DOCUMENT_NOUNS = word_set(
    "étude études rapport rapports enquête enquêtes sondage document documents communiqué analyse",
    "note baromètre chiffres données bilan texte article lettre estimations statistiques recherche",
    "recherches travaux auteurs publication arrêté décret jugement arrêt loi recensement audit",
)
# What speaks for people: "la défense", "l'entourage du ministre".
SPEAKING = word_set(
    "opposition mairie préfecture gouvernement parquet syndicat défense accusation entourage",
    "famille gauche droite majorité partie camp équipe hôpital rédaction ambassade présidence",
    "vatican kremlin maison-blanche diplomatie patronat clergé public jury voisinage délégation",
    "secrétariat pouvoir état administration rectorat exécutif parlement sénat conseil assemblée",
    "source sources couple foule communauté conférence clan personnel",
)
# Names of institutions go on after their first word: "Commission européenne".
INSTITUTIONS = word_set(
    "commission conseil cour assemblée banque ministère parti union fédération confédération",
    "agence organisation université institut académie chambre ordre haut haute tribunal ligue",
    "syndicat bureau comité collectif observatoire centre école maison mairie ville région",
    "association fondation société caisse direction préfecture parlement sénat autorité défenseur",
    "fonds réseau office groupe mouvement rassemblement front alliance secours croix-rouge",
    "médecins reporters coordination cercle métropole département hôpital hospices chu gendarmerie",
    "police sécurité service inspection état",
)
# Where somebody is from, as "le Russe" says, beside the regular endings.
DEMONYMS = word_set(
    "belge suisse russe turc turque grec grecque allemand allemande espagnol espagnole corse",
    "breton bretonne catalan catalane serbe croate slovaque tchèque bulgare flamand flamande",
    "basque arabe franco-suisse germano-turque",
)
# Which of two people just named is meant: "le premier", "l'autre".
ONE_OF_TWO = {
    **dict.fromkeys(("premier", "première", "un", "une"), 0),
    **dict.fromkeys(("second", "seconde", "autre"), 1),
}
# Behind "France" they name a station, a party, an office, and no person.
BEHIND_FRANCE = word_set(
    "inter info bleu culture musique télévisions télévision tv travail insoumise nature bois",
    "stratégie active galop assureurs victimes universités relance titres compétences terre",
)
MALE_NAMES = word_set(
    "yusuf yousef omar rick mitt ron ted jeb mitch chuck keir boris rishi tony gordon tim jake",
    "ryan sean sundar satya sam elijah eli ethan liam jeremy gavin greg gary keith kenneth kirk",
    "kurt lance larry lloyd logan lou malcolm marvin mason milton morgan murray neil ned norman",
    "oliver owen perry pete phil philip ralph randy ray rex rob rod roger ross roy russell seth",
    "shawn sid spencer stanley stephen stuart terry theodore todd travis trevor vernon vic wade",
    "wallace walter warren wayne will zach imran recep tayyip vladimir sergueï alexeï dmitri",
    "mikhail evgueni oleksandr andriy bachar abdelaziz abdelmadjid abdel abdallah abdou abdoulaye",
    "adama alassane alpha amine anis anwar ashraf aziz babacar bassirou benyamin benjamin yitzhak",
    "shimon ehud naftali cheikh cheick daouda demba djibril el-hadj fouad ghassan hachemi hamed",
    "hamza hicham hussein idrissa ismail issa jamel jawad kofi lassana macky mahmoud mahamadou",
    "mamadi mehmet moustapha nasser ousmane papa rached sadio saïf seydou sékou tahar tariq",
    "tidjane yasser younes youssouf zakaria carlo alessandro andrea enrico fabrizio francesco",
    "gianni guido lorenzo luca massimo mauro michele paolo pietro renato riccardo romano silvano",
    "stefano alvaro alberto andrés camilo diego eduardo emilio ernesto esteban felipe gerardo",
    "guillermo gustavo hector ignacio iker javier joaquin juanma julio lionel mariano mateo",
    "nicolás rafa raúl ricardo rodolfo santiago víctor wolfgang angus aksel anders björn erik",
    "gunnar jens jörg jürgen klaus lars magnus manfred matthias mathias nils olof oskar per rainer",
    "ralf rolf stefan sven thorsten torsten ulf uwe werner xi akira haruki hiroshi jun ken kenji",
    "shinzo takeshi yoshi wei jin ming li narendra rahul arjun amit anil ashok raj ravi sanjay",
    "vijay viktor lech donald mateusz zbigniew tomasz bertil emil hubert joris kees mark pim ruud",
    "wim thijs adam adel adrien ahmed aimé alain alan albert aleksandr alex alexandre alexis",
    "alfred ali alphonse amadou amir andré andrew andy anthony antoine antonin antonio antónio",
    "armand arnaud arthur aurélien axel baptiste barack bartolomé basile bastien benoît bernard",
    "bernie bertrand bilal bill bob boubacar brad brahim brice bruno cédric césar charles chris",
    "christian christophe claude clément clovis corentin cyril cyrille damien daniel darío dario",
    "david denis didier dimitri dominique dylan ed eddy édouard edouard edwin elias elie élie elon",
    "émile emile emmanuel enzo éric eric ernest erwan étienne etienne eugène fabien fabio fabrice",
    "farid félix felix fernand fernando florent florian forrest françois francis franck frank fred",
    "frédéric gabriel gaël gaëtan gaspard gaston georges george gérald gérard gilbert gilles",
    "giovanni giuseppe grégoire grégory guillaume gustave guy habib hakim hamid hans harold harry",
    "hassan henri henry hervé hichem hugo hugues ibrahim idriss igor ilan imad ismaël ivan jack",
    "jacques jamal james jan janick jean jeff jérémie jérémy jérôme jerome jim joachim joe joël",
    "joel john johan johann jonas jonathan jordan jordi jorge josé jose joseph josh juan jules",
    "julien julian justin kamel karim karl kevin kévin khaled kyle kylian lamine laurent lee léo",
    "leo léon léonard loïc louis luc lucas lucien ludovic luigi luis luiz lukas maël malik mamadou",
    "manuel marc marcel marco marin mario marius martial martin marwan mathieu mathis matteo",
    "matthew matthieu maurice max maxence maxime mehdi michaël michael michel mickaël miguel mike",
    "mikhaïl mohamed mohammed moussa mustapha nabil nathan nathanaël nelson nicolas nick noah noël",
    "norbert olaf oleg olivier omar oscar otto oussama pablo pascal patrice patrick paul paulo",
    "pedro peter philippe pier pierre pierrick quentin rachid rafael raoul raphaël raymond régis",
    "rémi rémy renaud rené richard robert robin rodolphe rodrigue rodrigo roland romain roman",
    "ronan ruben rudy sacha said saïd salim salvador sami samir samuel scott sébastien sergeï",
    "sergio serge simon slimane sofiane souleymane stan stanislas stéphane steve steven sylvain",
    "tanguy théo théodore thibaud thibault thibaut thierry thomas timothée titouan tom tomas",
    "tristan ugo ulrich valentin valéry victor vincent vinod volodymyr wassim wilfried william",
    "xavier yacine yann yannick yanis yassine yohan yoann youssef yuri yvan yves yvon zacharie",
    "zinedine aymeric ambroise anatole augustin barnabé briac côme donatien eliott gauthier",
    "gautier ghislain gwenaël honoré jacky jacquot jean-baptiste jean-charles jean-christophe",
    "jean-claude jean-françois jean-jacques jean-louis jean-luc jean-marc jean-marie jean-michel",
    "jean-noël jean-paul jean-philippe jean-pierre jean-yves marc-antoine pierre-yves pierre-louis",
    "pierre-antoine paul-henri louis-philippe kader malo mathurin octave philibert rayan ronald",
    "alban edgar ernst amaury anselme archibald aristide armel arno aubin bastian célestin",
    "cyprien désiré edmond elio élio émilien evan ewen fantin firmin gabin giacomo gildas gontran",
    "gonzague isaac jonathas joris kilian killian lilian loïk loris lothaire maël marceau marin",
    "martial merlin milo modeste nino noa nolan octavio olympe pacôme placide quentin robinson",
    "roch sixte soren tancrède thiago timéo tiziano tony ulysse urbain valère yoan zéphyr",
    "sandro silvio tarek théophile tiago walid yvonnick",
)
FEMALE_NAMES = word_set(
    "angelina ann annette april arlene ashley audra becky beth betty beverly bonnie brenda bridget",
    "brittany candace carmen carol carolyn cathy charlene cheryl chloe christina cindy colleen",
    "connie courtney crystal dawn debbie debra diane donna doris dorothy eileen elaine ellie erica",
    "erin evelyn faith florence gail gina glenda gwen heather heidi hilary holly hope ivanka",
    "jackie jacinda jean jenny jill jo joy joyce judy june kaja kathleen kathy katie kelly kristen",
    "laurie lena leslie liz liza loretta lori lorraine lucy lynn mae maggie marcia margarita",
    "marilyn marissa mary megan meredith meryl michele mildred molly nikki norma oprah paige pam",
    "pat patty peggy penny phyllis priya rhonda robin robyn roxane ruth sally samantha sanna",
    "serena sharon sheila sherry shirley stacy sue susanna tara tatiana teresa tina tracy ursula",
    "vera vicky viola wilma zara giorgia emma chiara francesca federica paola silvia beatriz",
    "cristina dolores inés isabel mercedes pilar rocío soledad astrid birgit frauke gudrun hanna",
    "heike helga ilse ingrid jutta karin katrin lotte margrethe mette petra renate sigrid silke",
    "solveig svetlana olena oksana yulia ioulia maria anouchka aminata aïssata awa bineta coumba",
    "fatou hawa khady mariam ndeye rama safiatou salimata yasmin leyla aylin zeynep shirin narges",
    "mahsa asma hala lina rania samia soraya wafa mei yoko yuki akiko sakura adèle adeline adriana",
    "agathe agnès aïcha aïssatou alba albane alexandra alice alicia aline alix amandine amanda",
    "amel amélie amina amy ana anaïs andrea andréa angela angèle anita anna annabelle anne annick",
    "annie anouk ariane arlette armelle assia audrey aude aurélie aurore ava axelle barbara",
    "béatrice bénédicte bernadette blandine brigitte camille carla carine carole caroline",
    "catherine cécile céline célia chantal charlène charlotte chloé christelle christiane",
    "christine claire clara clarisse claudia claudine clémence clémentine clotilde colette coline",
    "constance coralie corinne cynthia dalila daniela danielle daphné deborah delphine denise",
    "diana dina dorothée édith elena éléonore eliane élisa elisa élisabeth elisabeth elizabeth",
    "ella ellen élodie elodie éloïse elsa emilie émilie émeline estelle esther eugénie eva eve",
    "fabienne fadila fanny farida fatima fatoumata faustine fiona flavie flora françoise",
    "frédérique gabrielle gaëlle geneviève georgette germaine ghislaine gisèle giulia gloria greta",
    "gwenaëlle habiba hannah hélène helen hélèna henriette hillary hortense houda huguette ilona",
    "ines inès irène iris isabelle isabella jacqueline jade jane janet janine jeanne jennifer",
    "jessica joan joanna jocelyne joëlle johanna josiane joséphine josette judith julia julie",
    "juliette justine kamala karen karima karine kate katherine khadija kim laetitia laëtitia",
    "laila lara laura laure laurence léa leïla leila léna léonie lila lili linda lisa lise loïse",
    "lola lorène louise lou luce lucia lucie lucienne lucile ludivine lydia lydie lyne madeleine",
    "maëlle maéva magali magalie malika manon manuela margaret margaux margot marguerite marianne",
    "marie marielle marina marine marion marjorie marlène marta martha martine maryline maryse",
    "mathilde maud maude mélanie melissa mélissa mia micheline michèle michelle mireille mona",
    "monique morgane muriel myriam nadège nadia nadine naïma nancy natacha nathalie nicole nina",
    "noémie nora nour océane odette odile olga olivia ophélie pamela pascale patricia paula paule",
    "pauline perrine rachel rachida raphaëlle raymonde rebecca régine renée rita romane rosa rose",
    "roselyne rosalie sabine sabrina safia salma salomé samira sandra sandrine sara sarah scarlett",
    "ségolène sheryl sibeth sidonie simone soizic solange solène solenn sonia sophia sophie stella",
    "stéphanie stephanie susan suzanne sylvaine sylvia sylvie tamara tania thérèse tiphaine",
    "valentina valentine valérie vanessa véronique victoire victoria violaine violette virginie",
    "viviane wendy yaël yasmina yasmine yolande yvette yvonne zineb zoé anne-claire anne-laure",
    "anne-marie anne-sophie marie-christine marie-claude marie-france marie-hélène marie-laure",
    "marie-ève marie-pierre marie-thérèse rose-marie marie-anne marie-josé apolline bérénice",
    "capucine cosima éloane émilienne faïza garance hermine jasmine joana kenza lilou ludmila",
    "maïwenn maylis nawel nolwenn philippine prune romy sasha soline suzie swann thaïs ysé mahaut",
    "abigaël adélaïde aglaé alma anaëlle anastasia annaëlle apolline ariel athénaïs aveline barbe",
    "bertille candice cassandre céleste charline clélia cléo clothilde domitille edmée élise elsie",
    "éva églantine ernestine faustine félicie flore gersende gladys guillemette hortense ida inaya",
    "isaure iseult jacinthe jessie joy laetitia léontine lison livia louisa loubna louna lucette",
    "maëlys maïa marcelle marilou marthe maureen mila mylène ninon noëlle ombeline oriane paola",
    "perle pétronille philomène quitterie rosalie rozenn salomé sibylle sidonie sixtine",
    "suzon sylviane tess tifenn ulrike valériane vinciane xavière yseult zélie zoé",
    "maya assa aya mariama rokhaya ramata bintou djamila",
)
# Capital letters that name an office, no organisation.
TITLES = word_set(
    "ONG PME ETI PDG DG DGA DRH DSI CEO CTO CFO RSSI VP DAF pdg dg ceo",
)


_PEOPLE = word_set(
    "apprenti apprentie stagiaire cousin cousine oncle tante neveu nièce ami amie époux compagnon",
    "compagne bébé gamin gamine gosse grand-père grand-mère grands-parents parent parents mari",
    "manifestant manifestante gérant assistant assistante fabricant exploitant intervenant",
    "participant participante passant passante survivant survivante suppléant remplaçant attaquant",
    "figurant correspondant correspondante opposant opposante partisan partisane débutant migrant",
    "migrante croyant croyante géant mendiant trafiquant votant résistant négociant savant amant",
    "enfant proche camarade élève habitué habituée",
)
_ANIMATE = (
    "eur", "euse", "ien", "ienne", "iste", "logue", "trice", "ier", "ière", "naire", "éen", "éenne",
)  # fmt: skip
_INANIMATE = word_set(
    "valeur couleur douleur chaleur peur erreur faveur ardeur lueur secteur moteur ordinateur",
    "facteur dossier papier chantier quartier métier courrier calendrier atelier escalier premier",
    "dernier manière matière lumière frontière rivière carrière première dernière bannière liste",
    "piste questionnaire séminaire scénario commissaire-priseur anniversaire salaire horaire",
    "sommaire lieu vecteur compteur radiateur indicateur réacteur bonheur malheur hauteur longueur",
    "largeur ampleur lenteur rumeur tumeur humeur fleur sœur cœur heure leur fichier clavier",
    "panier acier constructeur opérateur distributeur régulateur bien rien lien soutien maintien",
    "entretien",
)


def is_animate(noun: str) -> bool:
    """Tell a person from a thing by the noun, as far as its ending shows."""
    return noun in ROLES or noun in _PEOPLE or (noun.endswith(_ANIMATE) and noun not in _INANIMATE)
