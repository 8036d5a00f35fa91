"""English nouns for people and organisations, and capitals that are no part of a name."""

from workbench.suggestions.lexicon import word_set

ROLES = word_set(
    "minister premier president senator mayor governor chancellor secretary director chief",
    "executive boss chairman chairwoman chair founder co-founder cofounder ceo billionaire",
    "entrepreneur tycoon lawyer attorney barrister solicitor judge prosecutor professor researcher",
    "scientist author writer singer actor actress player coach manager striker captain goalkeeper",
    "politician lawmaker congressman congresswoman representative mp candidate nominee activist",
    "campaigner doctor surgeon physician nurse economist analyst teacher headteacher pensioner",
    "farmer fisherman resident widow widower teenager man woman mother father son daughter",
    "brother sister husband wife star novelist poet artist painter republican democrat leader",
    "conservative spokesman spokeswoman spokesperson ambassador diplomat commissioner sheriff",
    "detective officer general colonel sergeant engineer inventor developer owner landlord tenant",
    "shopkeeper",
    "baker chef architect historian sociologist psychologist biologist geologist physicist",
    "epidemiologist virologist chemist journalist reporter editor columnist presenter broadcaster",
    "filmmaker photographer musician composer conductor champion runner swimmer cyclist sprinter",
    "boxer golfer defender midfielder winger trader investor banker consultant envoy negotiator",
    "trustee treasurer councillor councilman councilwoman deputy pilot driver survivor witness",
    "defendant plaintiff suspect patient student pupil graduate veteran soldier priest bishop",
    "archbishop rabbi imam pope king queen prince princess american briton australian",
)
ORGANISATIONS = word_set(
    "company firm group agency charity watchdog union bank retailer party body council department",
    "ministry regulator airline carrier maker carmaker automaker manufacturer giant startup",
    "start-up organisation organization association institute foundation federation commission",
    "committee club team university school hospital trust developer publisher newspaper network",
    "broadcaster operator supplier insurer lender brewer chain brand platform publisher coalition",
    "alliance nonprofit non-profit corporation conglomerate authority bureau board think-tank",
)
_ANIMATE = ("ist", "logian", "ician", "arian")
_MANY = ("ors", "ers", "ists", "ics", "ials", "ants", "ents", "esses", "ians", "ives")


def is_person(noun: str) -> bool:
    """Tell a person from a thing by the noun, as far as its ending shows."""
    return noun in ROLES or noun.endswith("-year-old") or noun.endswith(_ANIMATE)


def is_many(noun: str) -> bool:
    """Tell "critics" and "prosecutors", who may open a sentence, from a name."""
    return noun.removesuffix("s") in ROLES or noun.endswith(_MANY)


# Words that open a sentence or stand before a name, and name nobody.
NO_NAMES = word_set(
    "neither nor both either when while if after before as since although though because his her",
    "their its our my your these those there here what who whom whose which why how not no yes so",
    "then now some many most more each every all one two three four five six seven eight nine ten",
    "several few other another such once until unless despite under over about between during",
    "from by with without into onto against among through like asked speaking according meanwhile",
    "however still yet also even only just last next earlier later today yesterday tomorrow",
    "monday tuesday wednesday thursday friday saturday sunday january february march april may",
    "june july august september october november december",
)
# Offices and ranks before a name: "Prime Minister Laura Finch".
TITLES = word_set(
    "prime senator president minister secretary governor mayor judge justice chief professor prof",
    "spokesperson spokesman spokeswoman representative congressman congresswoman sheriff colonel",
    "sergeant detective inspector superintendent conductor attorney coach captain lieutenant",
    "chancellor councillor chairman chairwoman director ambassador commissioner mp rep sen gov sgt",
    "lt col gen capt rev reverend archbishop bishop deputy vice former democrat republican",
    "democratic labour tory conservative",
)
