"""English verbs of speech with their forms, and the closed classes beside them."""

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.suggestions.french_verbs import Act
from workbench.suggestions.lexicon import word_set


@dataclass(frozen=True)
class Verb:
    """A form of a verb of speech: its verb, what it does, whether it is finite."""

    lemma: str
    act: Act
    finite: bool


SAYING = word_set(
    "say tell write think swear add admit acknowledge affirm agree allege announce answer argue",
    "assert assure believe boast caution charge claim comment complain concede conclude confess",
    "confirm contend counter declare disclose emphasize emphasise estimate exclaim explain fear",
    "feel find hint hold imply indicate inform insist joke lament maintain mention mutter note",
    "object observe opine point predict promise propose protest quip recall reckon remark remember",
    "remind repeat reply report respond reveal retort shout sigh snap state stress suggest suspect",
    "testify tweet underline vow warn whisper wonder worry yell pledge reiterate recount smile",
    "laugh muse grumble fume post",
)
ACCUSING = word_set("accuse blame")
DENOUNCING = word_set("denounce condemn slam blast criticize criticise decry praise describe")
_ASKING = word_set("urge demand ask call request implore beg press advise recommend encourage")
_DENYING = word_set("deny reject dispute refute rebut dismiss")
# These may do without "that"; forms that are nouns as well may not.
UNDERTAKING = word_set("vow pledge promise propose claim agree threaten offer")  # to do something
PLAIN = word_set(
    "say think believe claim argue admit add warn insist suggest estimate predict fear acknowledge",
    "maintain note tell feel reckon allege promise confirm announce reply explain",
)
NOUNS = word_set(
    "fear fears claim claims report reports note notes promise promises estimate estimates comment",
    "comments answer answers reply replies charge charges call calls demand demands request",
    "requests state states point points find finds hold holds post posts press sign object objects",
    "protest protests worry worries remark remarks praise blast smile laugh feel tweet tweets",
    "thought",
)
_IRREGULAR = {
    "say": "says said saying",
    "tell": "tells told telling",
    "write": "writes wrote written writing",
    "think": "thinks thought thinking",
    "hold": "holds held holding",
    "swear": "swears swore sworn swearing",
    "find": "finds found",
    "feel": "feels felt",
}
_DOUBLED = word_set("quip snap admit beg slam")


def _inflect(verb: str) -> list[str]:
    if verb in _IRREGULAR:
        return [verb, *_IRREGULAR[verb].split()]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return [verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"]
    stem = verb + verb[-1] if verb in _DOUBLED else verb.removesuffix("e")
    singular = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"
    return [verb, singular, f"{stem}ed", f"{stem}ing"]


VERBS: Mapping[str, Verb] = {
    form: Verb(verb, act, finite=not form.endswith("ing"))
    for verbs, act in (
        (SAYING | ACCUSING | DENOUNCING, Act.ASSERTS),
        (_ASKING, Act.WANTS),
        (_DENYING, Act.DENIES),
    )
    for verb in sorted(verbs)
    for form in _inflect(verb)
}

PRONOUNS = {"he": "m", "she": "f", "they": "", "it": "", "we": "", "i": "", "you": ""}
AUXILIARIES = word_set(
    "has have had was were is are be been did does do will would may might must could can should",
    "also later then further already never not just",
)
ADVERBS = word_set(
    "also later then further already yesterday today monday tuesday wednesday thursday friday",
    "saturday sunday recently repeatedly once again however earlier",
)
# They open a clause that is no reporting clause beside a content.
SUBORDINATING = word_set(
    "though although while whereas because when if who which whom whose where since unless until",
    "as that after before once",
)
_VERBS_TO_BE = "is are was were am be been being"
# A phrase with one of these holds a clause.
CLAUSAL = word_set(
    _VERBS_TO_BE,
    "has have had do does did will would may might must could can should shall won't wouldn't",
    "can't couldn't isn't wasn't aren't weren't hasn't haven't hadn't don't doesn't didn't",
)
BOUNDARIES = word_set("but that which because while although though if when where whose whom")
AFTER_SUBJECT = word_set(
    "who whose which that in on at during after before when while as told adding but of-course",
)
TITLES = word_set(
    "senator president minister secretary governor mayor judge justice chief professor dr mr mrs",
    "ms sir lady lord captain coach spokesperson spokesman spokeswoman representative congressman",
    "sgt sen gov rep lt col gen capt prof rev congresswoman sheriff colonel sergeant detective",
    "conductor attorney prime mp deputy vice former democrat republican democratic labour tory",
    "chancellor councillor chairman chairwoman director ambassador commissioner",
)
PREPOSITIONS = word_set("of at for in on from with by to the a an and")
WEEKDAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
NO_CLAUSE = word_set(
    ". , ; : so nothing something goodbye no yes to of about in for on what how why whether if and",
    "or as when with out",
)
