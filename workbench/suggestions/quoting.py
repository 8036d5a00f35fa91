"""Who says what a reporting clause or a colon attributes, and which marks set off no speech."""

from collections.abc import Iterator, Set
from itertools import pairwise

from workbench.suggestions.according import read_according
from workbench.suggestions.cues import Group, find_group
from workbench.suggestions.findings import Finding, content_parts
from workbench.suggestions.french_people import ORGANISATION_NOUNS, ROLES, SPEAKING, is_animate
from workbench.suggestions.french_verbs import VERBS, Act
from workbench.suggestions.french_words import DETERMINERS, FINITE, PREPOSITIONS
from workbench.suggestions.incises import OPENERS, Incise, close_incise, read_incise
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.phrases import (
    FIRST_NAMES,
    Phrase,
    is_verb_form,
    read_phrase,
    with_apposition,
)
from workbench.suggestions.reading import QUOTED, Unit, read_words
from workbench.suggestions.reported import end_of_content, main_subject, subject_of
from workbench.suggestions.rules import QuoteType, Range
from workbench.suggestions.signs import INCISE, LEADS, read_signs
from workbench.suggestions.subjects import skip_adjuncts

_SHORTEST_SPEECH = 4  # words of a quotation that stands on its own
_SHORTEST_CLAUSE = 60  # characters of a quotation before which a few words are its circumstances
_SHORT_SENTENCE = 20
_LONGEST_APPOSITION = 25
_SHORTEST_PARTICIPLE = 6
_STOPS = frozenset({".", "!", "?", "…", "..."})
_SET_OFF = frozenset({",", "–", "—", "-", "?", "!"})
_CLOSERS = frozenset({",", ".", "!", "?", "–", "—"})
_TURNS = _SET_OFF | {QUOTED, ";", ".", ":"}  # a reporting clause stands behind one of these
_PASSED = frozenset({",", "-", "–", "—", ")", ":", "."})
_RELATIVES = word_set("qui dont que qu' où lequel laquelle")
_OPENS_APPOSITION = word_set(
    "qui dont cité citée cités interrogé interrogée ancien ancienne publié publiée cofondateur",
    "membre spécialiste",
)
_FINITE_ENDINGS = ("ait", "aient", "èrent", "ra", "ront", "ît", "ez")
_IMPERSONAL = word_set("c' ce on cela ça")
_SPEECH_FRAMES = frozenset("iqn")
_FURTHEST_VERB = 9
_OPENING_MARKS = frozenset('«"“[(-–—')
# What a colon fills: "soulève un point : …".
_POINTS = word_set(
    "point points chose choses constat raison raisons argument arguments question risque risques",
    "évidence explication problème condition conditions principe règle crainte inquiétude bémol",
    "réserve réserves nuance paradoxe conclusion certitude",
)
# Behind a comma, what follows these is their object: ", salue le public,".
_TRANSITIVE = word_set(
    "saluer remercier féliciter attaquer critiquer interroger questionner consoler rassurer",
    "présenter décrire interrompre couper applaudir provoquer défier retenir célébrer condamner",
    "accuser flatter encenser commencer terminer finir entamer achever démarrer envoyer balancer",
    "chanter calmer citer tancer sermonner gronder fustiger étriller tacler blâmer appeler inviter",
    "encourager exhorter inciter pousser louer vilipender éreinter égratigner épingler héler",
    "apostropher interpeller complimenter admonester réprimander narguer évacuer retracer publier",
    "poster révéler découvrir réclamer exiger défendre qualifier évoquer brandir lancer",
    "trouver",
)


_Content = tuple[list[Range], QuoteType]


# --- reporting clauses ---------------------------------------------------------------------------


def read_incises(unit: Unit) -> Iterator[Finding]:
    """Yield each quotation or clause that a reporting clause beside it attributes."""
    words, size = unit.words, len(unit.words)
    begin = 0  # of the words that may still be content
    for at in [place for place, word in enumerate(words) if word in _TURNS]:
        if at < begin:
            continue
        finding = None
        if words[at] == QUOTED:
            finding = _read_inside(unit, at) or _read_behind_quotation(unit, begin, at)
        elif words[at] in _SET_OFF and begin < at < size - 1:
            finding = _read_behind_words(unit, begin, at)
        elif words[at] in (";", ".", ":") and at + 1 < size:
            begin = at + 1
        if finding:
            yield finding
            begin = finding.words[-1][1]


def _read_inside(unit: Unit, at: int) -> Finding | None:
    """Read a reporting clause inside the marks of a quotation: « A, dit X, B »."""
    quotation = unit.quotations[at]
    span = quotation.inner_start, quotation.inner_end
    if not read_signs(unit.text[slice(*span)], english=False).bits & (INCISE | LEADS):
        return None
    finding = read_interrupted(unit.text, span, (unit.first_sentence, unit.stop_sentence))
    if finding:
        finding.words = [(at, at + 1)]
    return finding


def read_interrupted(text: str, span: Range, sentences: Range) -> Finding | None:
    """Read spoken words that a reporting clause interrupts or closes; None where none does."""
    words, starts, ends, _ = read_words(text, *span, [])
    inner = Unit(text, *span, *sentences, words, starts, ends, {})
    for at in range(1, len(words) - 1):
        incise = _read_bare_incise(inner, at, spoken=True) if words[at] in _SET_OFF else None
        if incise is None:
            continue
        last = at if words[at] in ("?", "!") else at - 1
        parts = [(starts[0], ends[last])]
        rest = _close_apposition(inner, incise) + 1
        if rest < len(words):
            parts.append((starts[rest], span[1]))
        return _finding(inner, "incise-inside", (parts, QuoteType.DIRECT), incise, used=(0, rest))
    return None


def _finding(unit: Unit, rule: str, content: _Content, incise: Incise, *, used: Range) -> Finding:
    first, stop = incise.cue
    return Finding(
        unit,
        rule,
        *content,
        incise.act,
        (unit.starts[first], unit.ends[stop - 1]),
        incise.subject,
        cue_word=unit.words[first],
        words=[used],
    )


def _read_behind_quotation(unit: Unit, begin: int, at: int) -> Finding | None:
    incise = read_incise(unit, at + 1) if at + 1 < len(unit.words) else None
    if incise is None or not _stands_apart(unit, at, incise):
        return None
    return _gather(unit, begin, at, incise)


def _stands_apart(unit: Unit, at: int, incise: Incise) -> bool:
    """Tell « … », a dit X from « … » a dit son nom."""
    words = unit.words
    if words[at + 1] in OPENERS or unit.text[unit.quotations[at].inner_end - 1] in ".,!?…":
        return True
    behind = words[incise.stop] if incise.stop < len(words) else "."
    return behind in (",", ".", QUOTED) or len(words) < _SHORT_SENTENCE


def _read_behind_words(unit: Unit, begin: int, at: int) -> Finding | None:
    incise = _read_bare_incise(unit, at)
    if incise is None:
        return None
    subject = incise.subject
    closing = close_incise(unit, incise)
    goes_on = unit.words[closing : closing + 1] == [","]
    rest = unit.words[closing + 1 :] if goes_on else []
    clause = unit.words[begin:at] + ([] if rest and rest[0] in _RELATIVES else rest)
    if not (subject.name or subject.pronoun or _has_verb(clause)):
        return None  # "X, son auteur, écrit un journal": the object of a verb
    return _gather(unit, begin, at - 1, incise)


def _has_verb(words: list[str]) -> bool:
    """Tell whether some words may be a clause, by what its verb would end with."""
    return any(
        word in FINITE
        or word.endswith(_FINITE_ENDINGS)
        or is_verb_form(word)
        or (word.endswith("ent") and before.endswith(("s", "x")))
        for before, word in pairwise(["", *words])
    )


def _read_bare_incise(unit: Unit, at: int, *, spoken: bool = False) -> Incise | None:
    """Read an incise behind words without marks: "Le texte est prêt, assure le ministre.".

    In ``spoken`` words whatever is inverted is one.
    """
    words = unit.words
    incise = read_incise(unit, at + 1)
    if incise is None:
        return None
    behind = words[incise.stop] if incise.stop < len(words) else "."
    if behind in ("que", "qu'", "de", "d'"):
        return None
    if read_according(unit, _first_word(unit, incise)) is not None:
        return incise
    return incise if _names_speaker(unit, incise, spoken=spoken) else None


def _names_speaker(unit: Unit, incise: Incise, *, spoken: bool) -> bool:
    """Tell the subject of an inverted clause from the object of a verb: ", salue le public,"."""
    subject = incise.subject
    inverted = subject.first >= incise.cue[0] or subject.pronoun
    if not inverted or subject.head in _IMPERSONAL:
        return False
    if subject.pronoun:
        return True
    if any(cue.lemma in _TRANSITIVE for cue in VERBS.get(unit.words[incise.cue[0]], ())):
        return False
    head = subject.head
    return spoken or bool(
        subject.name
        or subject.plural
        or is_animate(head)
        or head in ORGANISATION_NOUNS
        or head in SPEAKING
        or head in ("dernier", "dernière")
    )


def _first_word(unit: Unit, incise: Incise) -> int:
    at = incise.first
    while unit.words[at] in OPENERS or unit.words[at] == "ainsi":
        at += 1
    return at


def _close_apposition(unit: Unit, incise: Incise) -> int:
    """Return the mark that closes a reporting clause, behind what is said of its speaker."""
    words, size = unit.words, len(unit.words)
    closing = close_incise(unit, incise)
    if words[closing : closing + 1] == [","] and is_apposition(unit, closing + 1):
        return next((i for i in range(closing + 1, size) if words[i] in _CLOSERS), size)
    return closing


def _gather(unit: Unit, begin: int, at: int, incise: Incise) -> Finding | None:
    """Put together the content before an incise and what goes on behind it."""
    first = _content_start(unit, begin, at)
    content = content_parts(unit, first, at + 1)
    if content is None:
        return None
    parts, kind = content
    more, stop = None, 0
    if kind is not QuoteType.INDIRECT:
        more, stop = _rest_of_quotation(unit, incise)
    if more is None and kind is not QuoteType.DIRECT:
        more, stop = _rest_of_words(unit, incise)
    if more:
        parts += more[0]
        kind = kind if kind is more[1] else QuoteType.MIXED
    according = read_according(unit, _first_word(unit, incise)) is not None
    bare = kind is QuoteType.INDIRECT
    rule = "according-to" if according else "incise-inside" if bare else "incise"
    return _finding(unit, rule, (parts, kind), incise, used=(first, stop))


def _rest_of_quotation(unit: Unit, incise: Incise) -> tuple[_Content | None, int]:
    """Return the quotation that goes on behind an incise; behind a full stop it is another."""
    words, size = unit.words, len(unit.words)
    closing = at = close_incise(unit, incise)
    while at < size and words[at] in _PASSED:
        at += 1
    if at >= size or words[at] != QUOTED or words[closing] in (":", "."):
        return None, closing
    return content_parts(unit, at, at + 1), at + 1


def _rest_of_words(unit: Unit, incise: Incise) -> tuple[_Content | None, int]:
    """Return the clause that goes on behind an incise: "Le texte, dit X, sera voté"."""
    words, size = unit.words, len(unit.words)
    closing = _close_apposition(unit, incise)
    if closing + 1 >= size or words[closing] not in (",", "–", "—"):
        return None, closing
    following = words[closing + 1]
    participle = following.endswith("ant") and len(following) >= _SHORTEST_PARTICIPLE
    if participle or following in _RELATIVES:
        return None, closing
    rest = content_parts(unit, closing + 1, end_of_content(unit, closing, size))
    return rest, size if rest else closing


def _content_start(unit: Unit, begin: int, at: int) -> int:
    """Return where the content before an incise starts: at the marks, or with its clause."""
    words = unit.words
    before = [i for i in range(begin, at) if words[i] not in (",", "et", "puis", "mais", QUOTED)]
    if words[at] != QUOTED or not before or words[at - 1] not in _PASSED:
        return begin
    verb = any(words[i] in FINITE or _is_report(unit, i) for i in before)
    quotation = unit.quotations[at]
    clause = quotation.inner_end - quotation.inner_start > _SHORTEST_CLAUSE
    return at if clause or not verb else begin


def _is_report(unit: Unit, at: int) -> bool:
    return unit.words[at] in VERBS and find_group(unit, at) is not None


def is_apposition(unit: Unit, at: int) -> bool:
    """Tell "directeur de Y," and "qui dirige Y," from a clause of its own."""
    words, size = unit.words, len(unit.words)
    if at >= size:
        return False
    if words[at] in _OPENS_APPOSITION:
        return True
    end = min(size, at + _LONGEST_APPOSITION)
    close = next((i for i in range(at, end) if words[i] in _CLOSERS), end)
    if not FINITE.isdisjoint(words[at:close]):
        return False
    article = words[at] in ("le", "la", "l'", "un", "une")
    return words[at] in ROLES or (
        article and words[at + 1 : at + 2] != [] and words[at + 1] in ROLES
    )


# --- colons --------------------------------------------------------------------------------------


def read_colons(unit: Unit, used: Set[int]) -> Iterator[Finding]:
    """Yield each quotation that a colon introduces."""
    words = unit.words
    if headed := _read_headed(unit, used):
        yield headed
    yield from _read_announced(unit, used)
    for at, quotation in unit.quotations.items():
        colon = at - 1
        if at not in used and colon > 0 and words[colon] in ("–", "—", "-"):
            colon -= 1
        if at in used or colon < 0 or words[colon] != ":":
            continue
        cue, subject, act = _introduced_by(unit, colon)
        if cue == (colon, colon + 1) and not _may_introduce(unit, at):
            continue
        first, stop = cue
        yield Finding(
            unit,
            "colon",
            [(quotation.inner_start, quotation.inner_end)],
            QuoteType.DIRECT,
            act,
            (unit.starts[first], unit.ends[stop - 1]),
            subject,
            carried=subject is None,
            cue_word=words[first],
            words=[(at, at + 1)],
        )


def _read_announced(unit: Unit, used: Set[int]) -> Iterator[Finding]:
    """Yield what a colon without marks announces: "X prévient : …", "X soulève un point : …"."""
    words, size = unit.words, len(unit.words)
    if ":" not in words:
        return
    for colon in range(2, size - 2):
        if words[colon] != ":" or QUOTED in words[colon:] or colon in used:
            continue
        if words[colon + 1] in _OPENING_MARKS:  # nothing closes them
            continue
        found = _verb_before_colon(unit, colon)
        subject = subject_of(unit, found, None) if found else None
        speaks = subject and (subject.name or subject.pronoun or is_animate(subject.head))
        content = content_parts(unit, colon + 1, end_of_content(unit, colon + 1, size))
        if found is None or subject is None or content is None or not speaks:
            continue
        if subject.head in _IMPERSONAL:
            continue
        yield Finding(
            unit,
            "colon",
            *content,
            found.cue.act,
            (unit.starts[found.at], unit.ends[found.at]),
            subject,
            cue_word=words[found.at],
            words=[(found.first, size)],
        )
        return


def _verb_before_colon(unit: Unit, colon: int) -> Group | None:
    """Return the verb of speech that a colon follows, right away or behind "un point"."""
    words = unit.words
    for at in range(colon - 1, max(-1, colon - _FURTHEST_VERB), -1):
        if words[at] in (".", ";", ",", "que", "qu'"):
            return None
        group = find_group(unit, at) if words[at] in VERBS else None
        if group is None or group.cue.form not in ("finite", "past") or group.clitic is not None:
            continue
        if group.passive or group.negated or not _SPEECH_FRAMES & set(group.cue.frames):
            return None
        rest = words[group.stop : colon]
        placeholder = len(rest) > 1 and rest[0] in DETERMINERS and not _POINTS.isdisjoint(rest)
        bare = skip_adjuncts(unit, group.stop, _FURTHEST_VERB) == colon
        return group if bare or placeholder else None
    return None


def _read_headed(unit: Unit, used: Set[int]) -> Finding | None:
    """Read a quotation before a colon: « La page est tournée » : le maire ne cache pas sa joie."""
    quotation = unit.quotations.get(0)
    if quotation is None or 0 in used or unit.words[1:2] != [":"]:
        return None
    phrase = read_phrase(unit, 2)
    inner = quotation.inner_start, quotation.inner_end
    spoken = len(unit.text[slice(*inner)].split()) >= _SHORTEST_SPEECH
    if not spoken or phrase is None or not (phrase.name or is_animate(phrase.head)):
        return None
    return Finding(
        unit,
        "colon",
        [inner],
        QuoteType.DIRECT,
        Act.ASSERTS,
        (unit.starts[1], unit.ends[1]),
        phrase,
        cue_word=":",
        words=[(0, 2)],
    )


def _introduced_by(unit: Unit, colon: int) -> tuple[Range, Phrase | None, Act]:
    """Find cue and speaker in the words before a colon."""
    words = unit.words
    for at in range(colon - 1, -1, -1):
        if words[at] == ";":
            break
        group = find_group(unit, at) if words[at] in VERBS else None
        if group and not group.passive:
            act = Act.WANTS if group.cue.act is Act.WANTS else Act.ASSERTS
            return (at, at + 1), _subject_before_colon(unit, at), act
        according = read_according(unit, at) if words[at] in ("selon", "d'", "pour", "à") else None
        if according:
            return according.cue, according.subject, Act.ASSERTS
    return (colon, colon + 1), _silent_subject(unit, colon), Act.ASSERTS


def _subject_before_colon(unit: Unit, at: int) -> Phrase | None:
    group = find_group(unit, at)
    if group is None:
        return None
    inverted = read_phrase(unit, group.stop)
    speaks = inverted and (
        inverted.name
        or inverted.plural
        or is_animate(inverted.head)
        or inverted.head in ("dernier", "dernière")
    )
    stated = subject_of(unit, group, None)
    follows = group.first > 0 and unit.words[group.first - 1] not in (",", QUOTED)
    if stated and follows:
        return stated  # "Jean Roux critique la mairie : « … »"
    if speaks and inverted and unit.words[inverted.stop : inverted.stop + 1] == [":"]:
        return inverted  # "rien ne bouge, s'agace l'élu : « … »"
    return stated


def _silent_subject(unit: Unit, colon: int) -> Phrase | None:
    """Return who opens a clause without a verb of speech: "Le maire, agacé : « … »"."""
    subject = main_subject(unit, colon)
    if subject and subject.head not in _IMPERSONAL:
        thing = not (subject.name or subject.pronoun or subject.plural or is_animate(subject.head))
        return (_last_person(unit, colon) if thing or subject.head == "propos" else None) or subject
    phrase = read_phrase(unit, 0)
    if phrase and phrase.stop == 1 and unit.words[1] in PREPOSITIONS:
        comma = next((i for i in range(colon) if unit.words[i] == ","), colon)
        phrase = read_phrase(unit, comma + 1)  # "Assise devant son café, Anne Roy fulmine : « … »"
    if phrase is None:
        return None
    if unit.words[phrase.first] in ("son", "sa", "ses", "leur", "leurs"):
        named = with_apposition(unit, phrase)
        return named if named.name else None
    if not (phrase.name or phrase.plural or is_animate(phrase.head)):
        return _last_person(unit, colon) or phrase  # "Un avis partagé par Paul Essou : « … »"
    verb = any(word in FINITE for word in unit.words[phrase.stop : colon])
    return _last_person(unit, colon) if verb and not phrase.name else phrase


def _last_person(unit: Unit, before: int) -> Phrase | None:
    """Return the person named last: "Une phrase qui fait bondir Éric Pauget : « … »"."""
    words = unit.words
    at = next((i for i in range(before - 1, 0, -1) if words[i].split("-")[0] in FIRST_NAMES), None)
    if at is None:  # two capitals or more right before the mark
        at = next((i + 1 for i in range(before - 1, 0, -1) if not unit.is_capital(i)), before)
        at = at if before - at > 1 else None
    phrase = read_phrase(unit, at) if at is not None and unit.is_capital(at) else None
    return phrase if phrase and phrase.name and phrase.name[1] > phrase.name[0] + 1 else None


def _may_introduce(unit: Unit, at: int) -> bool:
    """Tell « … » behind a colon that somebody says from a term set off: "une « capitale »"."""
    quotation = unit.quotations[at]
    inner = unit.text[quotation.inner_start : quotation.inner_end]
    return len(inner.split()) >= _SHORTEST_SPEECH or inner[-1:] in ("!", "?", ".", "…")


# --- no cue at all -------------------------------------------------------------------------------


def stands_alone(unit: Unit, at: int) -> bool:
    """Tell a quotation that is a sentence of its own from a few words set off by marks."""
    words = unit.words
    quotation = unit.quotations[at]
    inner = unit.text[quotation.inner_start : quotation.inner_end]
    if len(inner.split()) < _SHORTEST_SPEECH and inner[-1:] not in ("!", "?", ".", "…"):
        return False
    if any(word not in _STOPS for word in words[:at]):
        return False
    after = [word for word in words[at + 1 :] if word not in _STOPS and word not in (")", "]")]
    return not after or words[at + 1] in ("et", ",", "[", "(", *_STOPS)
