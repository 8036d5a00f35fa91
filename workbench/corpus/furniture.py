"""The words of what press sites put around an article: buttons, adverts, invitations, credits.

A line is folded before it is looked up: lower case, straight apostrophes, single plain blanks, no
outer marks. A phrase that could as well be a subheading ("Données personnelles") is not listed.
"""

import re

_ALONE = """
accéder au contenu | accéder au contenu principal | aller au contenu | aller au contenu principal |
aller au menu | aller à la navigation | aller à la recherche | passer au contenu |
passer au contenu principal | skip to content | skip to main content | skip to navigation |
menu | menu principal | main menu | fermer | fermer le menu | close | close menu | open menu |
rechercher | search | accueil | home | retour à l'accueil | back to home | haut de page |
retour en haut | retour en haut de page | back to top | page non trouvée | page introuvable |
page not found | erreur 404 | error 404 | 404 | 404 not found | article précédent |
article suivant | previous article | next article |

publicité | la suite après la publicité | la suite après cette publicité | contenu sponsorisé |
l'article continue après la publicité | contenu partenaire | advertisement | advertisements |
advertising | advert | ad | sponsored | sponsored content | paid content | scroll to continue |
advertisement - scroll to continue | story continues below advertisement |
article continues after advertisement | article continues below |

partager | partagez | partager l'article | partager cet article | partagez cet article |
partager la page | partager sur les réseaux sociaux | share | share this | share article |
share this article | share this story | share this page | share this post | envoyer par e-mail |
envoyer par mail | envoyer à un ami | email this article | imprimer | imprimer l'article | print |
print this article | copier le lien | lien copié | copy link | link copied | enregistrer | save |
sauvegarder | save article | ajouter à mes favoris | ajouter aux favoris | offrir l'article |
ajouter à vos sélections | offrir cet article | facebook | twitter | linkedin | whatsapp |
instagram | youtube | pinterest |
telegram | tiktok | bluesky | mastodon | messenger | e-mail | email | flux rss | rss |

réagir | commenter | commentaires | les commentaires | laisser un commentaire | comments |
ajouter un commentaire | voir les commentaires | leave a comment | leave a reply | add a comment |
view comments | post a comment | lire la suite | lire plus | lire plus tard | lire l'article |
read more |
lire l'article complet | voir plus | voir tout | afficher plus | en savoir plus | plus d'infos |
plus d'informations | read the full story | read full article | continue reading | keep reading |
learn more | show more | see more | see all | load more | lire aussi | à lire aussi | à lire |
à lire également | à voir aussi | à voir également | à écouter aussi | voir aussi | see also |
related | related articles | related stories | related content | related topics | more stories |
more on this story | more on this topic | you may also like | you might also like | recommended |
recommended for you | recommended stories | most read | most popular | trending | trending now |
latest news | top stories | editors' picks | sur le même sujet | sur le même thème |
dans la même rubrique | articles liés | articles similaires | articles associés | à ne pas manquer |
nos derniers articles | derniers articles | les plus lus | les plus populaires | mots-clés |
vous aimerez aussi | vous pourriez aussi aimer | mots clés | tags | écouter l'article |
écouter cet article | listen to this article | regarder la vidéo | suivez-nous | nous suivre |
follow | follow us |

newsletter | newsletters | la newsletter | notre newsletter | s'abonner | abonnez-vous |
je m'abonne | s'inscrire | inscrivez-vous | je m'inscris | se connecter | connexion | mon compte |
connectez-vous | créer un compte | subscribe | subscribe now | sign up | sign up now | sign in |
log in | login | register | my account | create an account | join now | réservé aux abonnés |
déjà abonné | déjà inscrit | already a subscriber | subscribers only | for subscribers |

contactez-nous | contact us | qui sommes-nous | about us | mentions légales | legal notice |
plan du site | sitemap | politique de confidentialité | privacy policy | gestion des cookies |
gérer les cookies | gérer mes cookies | paramétrer les cookies | cookie policy | cookie settings |
manage cookies | conditions générales d'utilisation | conditions d'utilisation | cgu | cgv |
terms of use | terms of service | terms and conditions | tout accepter | tout refuser |
j'accepte | continuer sans accepter | accept all | reject all | accept cookies |
accept all cookies | tous droits réservés | all rights reserved
"""

_BEGINNINGS = """
à lire aussi | a lire aussi | à lire également | lire aussi | lire également | lire la suite de |
lire la suite sur | lire l'article complet | à voir aussi | à écouter aussi | voir aussi : |
read also | also read | read more: | read more about | read more on | read next | see also: |
related: | la suite après la publicité | la suite après cette publicité |

inscrivez-vous à la newsletter | inscrivez-vous à notre | inscrivez-vous à nos |
inscrivez-vous gratuitement | abonnez-vous à | abonnez-vous pour | abonnez-vous dès |
newsletter recevez | newsletterrecevez | newsletter : recevez | newsletter inscri |
newsletterinscri | newsletter abonn | newsletterabonn | recevez toute l'actualité |
recevez l'actualité | recevez l'essentiel de | recevez chaque | recevez gratuitement |
recevez notre | recevez nos | recevez le meilleur | suivez toute l'actualité |
suivez l'actualité | suivez-nous sur | retrouvez toute l'actualité | retrouvez-nous sur |
rejoignez-nous sur | téléchargez l'application | téléchargez notre application |
en vous inscrivant | en vous abonnant | votre adresse e-mail | votre adresse email |
votre adresse mail | sign up for our | sign up for the | sign up to our | sign up to the |
sign up here | sign up today | subscribe to our | subscribe to the | get our | get the latest |
get the best of | join our newsletter | join our mailing list | by signing up, you |
by signing up you | by subscribing, you | by subscribing you | enter your email |
your email address | follow us on | find us on | download our app | download the app |
click here to | cliquez ici pour | vous avez déjà un compte | déjà abonné | already a subscriber |

ce site utilise des cookies | ce site web utilise des cookies | nous utilisons des cookies |
en poursuivant votre navigation | en continuant à naviguer | we use cookies |
this site uses cookies | this website uses cookies | by continuing to use this |
by continuing to browse | nous et nos partenaires stockons | nous et nos partenaires utilisons |
we and our partners store | we and our partners use | pour afficher ce contenu |
l'accès à ce contenu | ce contenu est bloqué | javascript est désactivé | activez javascript |
please enable javascript |

le contenu auquel vous tentez d'accéder | la page que vous cherchez | la page que vous recherchez |
la page que vous demandez | la page demandée n' | cette page n'existe | the page you requested |
the page you are looking for | this page doesn't exist | this page does not exist |
cet article est réservé aux | article réservé aux | ce contenu est réservé aux |
la suite est réservée aux | this article is for subscribers | this content is for subscribers |
cet article vous a plu | did you like this article | une correction à signaler |
signaler une erreur | propos recueillis par | mots-clés : | mots clés : | tags : | tags: |
copyright ©
"""

_MONTH = (
    r"(?:janv(?:ier|\.)?|févr?(?:ier|\.)?|mars|avr(?:il|\.)?|mai|juin|juil(?:let|\.)?|août|"
    r"sept(?:embre|\.)?|oct(?:obre|\.)?|nov(?:embre|\.)?|déc(?:embre|\.)?|jan(?:uary|\.)?|"
    r"feb(?:ruary|\.)?|march|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?|sep(?:tember|\.)?|"
    r"october|november|dec(?:ember|\.)?)"
)
_DAY = (
    rf"(?:\d{{1,2}}(?:er)?[ /.-](?:{_MONTH}|\d{{1,2}})[ /.-]\d{{4}}|{_MONTH} \d{{1,2}},? \d{{4}})"
)
_TIMES = (
    rf"(?:[ ,:()|–—./-]|\d|(?<=\d)(?:h|am|pm)|\b(?:à|at|le|on|h|am|pm|gmt|bst|utc|est|edt|cet|cest|"
    rf"{_MONTH}|mis à jour|modifié|actualisé|last|updated)\b)*"
)
_SITE = (
    r"(?:facebook|twitter|x|linkedin|whatsapp|instagram|youtube|pinterest|telegram|bluesky|reddit|"
    r"e-?mail|mail|messenger)"
)

_WITH_NUMBERS_OR_NAMES = re.compile(
    rf"(?:publié|mis à jour|modifié|actualisé|posté|published|updated|posted|last updated)\b"
    rf"[^.]{{0,20}}?\b{_DAY}{_TIMES}"
    rf"|(?:le |on )?(?:\w{{3,9}},? )?{_DAY}{_TIMES}"
    r"|(?:temps de )?lecture ?:? ?\d+ ?min(?:utes?)?|\d+ ?min(?:utes?)?\.? (?:de lecture|read)"
    r"|reading time ?:? ?\d+ ?min(?:utes?)?"
    r"|il vous reste \d+(?:[.,]\d+)? ?% .{0,80}"
    r"|\d+ (?:commentaires?|comments?|partages?|shares?|likes?|vues|views)"
    rf"|(?:partager|partagez|share|suivre|suivez-nous|follow|follow us|tweeter)(?: \w+){{0,2}} "
    rf"(?:sur|on|via|par|by) {_SITE}(?:[ ,]+(?:et |and |ou |or )?{_SITE})*"
    r"|(?:©|\(c\)|copyright(?= (?:©|\(c\)|\d{4}))).{0,40}\b(?:19|20)\d\d\b.{0,200}"
    r"|.{0,80}\b(?:tous droits réservés|all rights reserved)"
    r"|(?:\w+ ){0,3}\(?avec (?:afp|agences)\)?"
)
_AGENCY = (
    r"(?:REUTERS|Reuters|AFP|AP|EPA|EFE|ANP|DPA|dpa|SIPA|Sipa|Getty(?: Images)?|Shutterstock|"
    r"iStock|Unsplash|Pexels|Pixabay|Adobe ?Stock|MAXPPP|MaxPPP|Hans Lucas|ABACA(?:PRESS)?|"
    r"Belga|Keystone|Bloomberg|Xinhua|Wikimedia(?: Commons)?|Flickr|Magnum(?: Photos)?|PA Media)"
)
_CAPITAL = r"[^\W\d_a-zà-ÿ][\w.'’&-]*"
_FURTHER = rf" (?:(?:de|du|des|la|le|van|von|der|di|el|al|of) )?{_CAPITAL}"
_NAME = rf"{_CAPITAL}(?:{_FURTHER}){{0,4}}"
_FULL_NAME = rf"{_CAPITAL}(?:{_FURTHER}){{1,4}}"
_BYLINE = re.compile(
    rf"(?:Par|By|Texte|Texte de|Publié par|Écrit par|Written by|Posted by)\s?:?\s{_FULL_NAME}"
    rf"(?:(?:, | et | and | & ){_FULL_NAME})*(?:, .{{1,60}}| [|–—-] .{{1,60}})?"
)
_BREAK = r" ?[-–—/|,] ?"
_CREDITED = rf"(?:{_NAME}{_BREAK}){{0,3}}{_AGENCY}(?:{_BREAK}{_NAME}| via {_NAME}| {_NAME}){{0,3}}"
_CREDIT_WORD = (
    r"(?:(?:[Pp]hoto|PHOTO|[Cc]rédit|[Cc]redit|[Ii]mage)s?|[Cc]rédits? photos?|[Pp]hoto credits?|"
    r"[Ii]llustration|[Vv]isuel|[Pp]icture)"
)
_CREDIT = (
    rf"(?:© ?(?!\d).{{1,80}}|\([cC]\) ?.{{1,80}}|{_CREDITED}"
    r"|[Pp]hoto d['’](?:illustration|archives?)"
    rf"|{_CREDIT_WORD}(?: ?[:/©]| by| par) ?{_NAME}(?:{_BREAK}{_NAME}| via {_NAME}){{0,3}})"
)
_LONGEST_FURNITURE = 300
_OUTER_MARKS = " :.!…>»→►▶■●•*|·–—-_=~#"
_PHRASES_ALONE = frozenset(phrase.strip() for phrase in _ALONE.split("|"))
_PHRASES_FIRST = tuple(phrase.strip() for phrase in _BEGINNINGS.split("|"))
_FIRST_LETTERS = frozenset(phrase[:4] for phrase in _PHRASES_FIRST)

_LONGEST_CREDIT, _LONGEST_CREDIT_WITH_STOP = 120, 60
_ENDS_SENTENCE = (".", "?", "!", "…", "»", "”", '"')
_SIGNATURE = re.compile(rf"[(\[]?{_AGENCY}[)\]]?\.?")
_CREDIT_SENTENCE = re.compile(rf"(?:{_CREDIT}|[(\[]{_CREDIT}[)\]])\.?")
_CREDIT_HINT = re.compile(r"[©/(\[]|REUTERS")
_CREDIT_BEHIND = re.compile(
    rf"(?:[(\[](?!{_AGENCY}[)\]]){_CREDIT}[)\]]|© ?(?!\d).{{1,80}}|REUTERS{_BREAK}{_NAME}"
    rf"|{_NAME} ?/ ?{_AGENCY})\.?$"
)


def is_furniture(line: str) -> bool:
    """Tell whether a line as a whole belongs to the site and not to the article."""
    if len(line) > _LONGEST_FURNITURE:
        return False
    folded = fold(line)
    return (
        not folded
        or folded in _PHRASES_ALONE
        or (folded[:4] in _FIRST_LETTERS and folded.startswith(_PHRASES_FIRST))
        or bool(_WITH_NUMBERS_OR_NAMES.fullmatch(folded))
        or bool(_BYLINE.fullmatch(line))
    )


def is_signature(sentence: str) -> bool:
    """Tell whether a sentence is the bare name of an agency, which signs photos and dispatches."""
    return bool(_SIGNATURE.fullmatch(sentence))


def has_credit(sentence: str) -> bool:
    """Tell whether the last sentence of a line is a photo credit or runs out into one."""
    ends = sentence.endswith(_ENDS_SENTENCE)
    longest = _LONGEST_CREDIT_WITH_STOP if ends else _LONGEST_CREDIT
    if len(sentence) <= longest and _CREDIT_SENTENCE.fullmatch(sentence):
        return True
    end = sentence[-_LONGEST_CREDIT:]
    return not ends and bool(_CREDIT_HINT.search(end) and _CREDIT_BEHIND.search(end))


def fold(line: str) -> str:
    """Return a line in the form in which phrases are looked up."""
    return " ".join(line.casefold().replace("’", "'").split()).strip(_OUTER_MARKS)
