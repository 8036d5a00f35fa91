"""Propose claims for the sentences of a text: the order in which the rules are asked."""

from collections.abc import Iterator, Sequence, Set
from functools import cached_property
from typing import Literal

from workbench.suggestions.dialogue import Turn, find_turns
from workbench.suggestions.english import read_english
from workbench.suggestions.findings import Finding
from workbench.suggestions.french_verbs import Act
from workbench.suggestions.hearsay import goes_on, has_conditional, is_hearsay
from workbench.suggestions.marks import Quotation, find_quotations
from workbench.suggestions.names import LONGEST_SENTENCE, Cast, Who
from workbench.suggestions.quoting import read_colons, read_incises, stands_alone
from workbench.suggestions.reading import Unit, read_words, split_units
from workbench.suggestions.registers import Register, find_relay, find_stances
from workbench.suggestions.reported import read_reported
from workbench.suggestions.rules import RULES, QuoteType, Range, Suggestion, Words
from workbench.suggestions.signs import CONDITIONAL, MAY_NAME, OUGHT, RELAYS, may_report, read_signs
from workbench.suggestions.sources import read_sources
from workbench.suggestions.worthiness import Judgement, judge, may_be_worthy

Language = Literal["fr", "en"]

AUTHOR = "author"
_FURTHEST_CARRY = 1200  # characters over which a quotation without cue keeps its speaker
_FINAL_MARKS = ".!… "


def suggest(
    text: str,
    sentences: Sequence[Range],
    language: Language = "fr",
    register: Register | None = None,
) -> list[Suggestion]:
    """Return the claims that the rules propose, in the order of the text.

    ``sentences`` are ranges of ``text``, in order; with a ``register`` the suggestions name its
    entries. The work grows linearly with the text.
    """
    quotations = find_quotations(text)
    reader = _Reader(text, sentences, quotations, language, register)
    turns = {turn.first: turn for turn in find_turns(text, sentences)}
    done = 0
    for first, stop, first_quotation, stop_quotation in split_units(sentences, quotations):
        if first < done:
            continue
        if turn := turns.get(first):
            reader.read_turn(turn)
            done = turn.stop
        else:
            reader.read(first, stop, quotations[first_quotation:stop_quotation])
    return reader.found


class _Reader:
    """Reads unit after unit; remembers who spoke."""

    def __init__(
        self,
        text: str,
        sentences: Sequence[Range],
        quotations: Sequence[Quotation],
        language: Language,
        register: Register | None,
    ) -> None:
        self.found: list[Suggestion] = []
        self._text = text
        self._sentences = sentences
        self._quotations = quotations
        self._language = language
        self._register = register
        self._printed = [text[start:end] for start, end in sentences]
        self._signs = [read_signs(one, english=language == "en") for one in self._printed]
        self._reported_up_to = -1  # the sentence behind reported words
        self._left_open_at = -1  # the sentence behind a quotation that a comma leaves open

    @cached_property
    def _cast(self) -> Cast:
        english = self._language == "en"
        nameless = [number for number, signs in enumerate(self._signs) if not signs.bits & MAY_NAME]
        return Cast(
            self._text, self._sentences, self._quotations, nameless=nameless, english=english
        )

    # --- units ------------------------------------------------------------------------------------

    def read(self, first: int, stop: int, quotations: Sequence[Quotation]) -> None:
        """Add the suggestions of a unit, and its sentences worth a check."""
        if not quotations and not may_report(self._signs[first]):  # one sentence, as most are
            self._judge_alone(first)
            return
        start, end = self._sentences[first][0], self._sentences[stop - 1][1]
        prose = end - start - sum(one.end - one.start for one in quotations) <= LONGEST_SENTENCE
        covered: set[int] = set()
        if prose:
            words, starts, ends, quoted = read_words(self._text, start, end, quotations)
            unit = Unit(self._text, start, end, first, stop, words, starts, ends, quoted)
            for finding in sorted(self._find(unit), key=lambda one: one.parts[0]):
                covered.update(self._add(finding))
        for number in range(first, stop):
            if number not in covered:
                self._judge_alone(number)

    def read_turn(self, turn: Turn) -> None:
        """Add what is said in a turn of an interview or dialogue."""
        if turn.finding:
            self._add(turn.finding)

    # --- rules ------------------------------------------------------------------------------------

    def _find(self, unit: Unit) -> list[Finding]:
        """Ask the rules in turn; words that one has used are closed to the next."""
        used: set[int] = set()
        found: list[Finding] = []

        def take(findings: Iterator[Finding]) -> None:
            for finding in findings:
                if all(used.isdisjoint(range(*span)) for span in finding.words):
                    used.update(*(range(*span) for span in finding.words))
                    found.append(finding)

        if self._language == "en":
            take(read_english(unit))
        else:
            take(read_incises(unit))
            take(read_colons(unit, used))
            take(read_sources(unit, used))
            for first, stop in _stretches(found, len(unit.words)):
                before = [one for one in found if one.words[0][0] < first and one.speaker]
                speaker = max(before, key=lambda one: one.words[0][0]).speaker if before else None
                take(read_reported(unit, first, stop, speaker))
        take(self._carried_on(unit, used))
        return found

    def _carried_on(self, unit: Unit, used: Set[int]) -> Iterator[Finding]:
        carried = -1
        for at, quotation in unit.quotations.items():
            joined = carried >= 0 and carried == at - 2 and unit.words[at - 1] == "et"
            if at not in used and (joined or stands_alone(unit, at)):
                carried = at
                yield Finding(
                    unit,
                    "carried-on",
                    [(quotation.inner_start, quotation.inner_end)],
                    QuoteType.DIRECT,
                    Act.ASSERTS,
                    None,
                    None,
                    carried=True,
                    words=[(at, at + 1)],
                )

    # --- suggestions ------------------------------------------------------------------------------

    def _add(self, finding: Finding) -> tuple[int, ...]:
        """Add the suggestion of a finding; return the sentences that it covers."""
        parts, sentences = self._cut(finding.parts, finding.unit)
        if finding.rule == "carried-on" and sentences[:1] == (self._left_open_at,):
            last = self.found.pop()
            self.found.append(last.with_more(parts, sentences))
            return sentences
        if finding.rule == "incise-inside":
            self._cast.note_aside(finding.parts[0][1], (*finding.parts, finding.parts[0])[1][0])
        who = self._speaker_of(finding)
        content = " ".join(self._text[start:stop] for start, stop in parts)
        hearsay = finding.rule == "according-to" and self._is_conditional(sentences, content)
        judgement = self._judge(sentences, finding, hearsay=hearsay)
        rule = RULES[finding.rule]
        suggestion = Suggestion(
            rule=rule.name,
            rule_version=rule.version,
            parts=tuple(parts),
            quote_type=finding.quote_type,
            act=finding.act,
            speaker=who if who is None or isinstance(who, str) else who.name,
            mention=self._mention_of(finding),
            cue=self._words(*finding.cue) if finding.cue else None,
            check_worthy=judgement.worthy,
            hearsay=hearsay,
            reason="; ".join(filter(None, [finding.cue_word, judgement.reason])) or rule.name,
            sentences=sentences,
            certain=not finding.carried,
            via=self._relay_of(finding),
            # What people report is seldom a plain fact: where no sign tells, it is asked.
            claim_type=None if judgement.claim_type == "fact" else judgement.claim_type,
            stances=find_stances(self._text, finding, self._register),
        )
        self.found.append(suggestion)
        if finding.quote_type is not QuoteType.DIRECT and finding.cue:
            self._reported_up_to = sentences[-1] + 1
        if self._language == "fr" and finding.rule == "incise" and self._is_left_open(finding):
            self._left_open_at = finding.unit.stop_sentence
        return sentences

    def _is_conditional(self, sentences: Sequence[int], content: str) -> bool:
        signs = any(self._signs[number].bits & (CONDITIONAL | OUGHT) for number in sentences)
        return signs and has_conditional(content)

    def _speaker_of(self, finding: Finding) -> Who | None:
        position = finding.parts[0][0]
        if finding.speaker:
            who = self._cast.resolve(finding.unit, finding.speaker)
            place = max(finding.unit.starts[finding.speaker.first], position)
            self._cast.note_speaker(place, who, finding.speaker)
            return who
        if not finding.carried:
            return None
        last = self._cast.last_speaker(position)
        if last and position - last[0] < _FURTHEST_CARRY:
            return last[1]
        somebody = self._cast.anybody_near(position)
        if somebody:
            self._cast.note_speaker(position, somebody, None)
        return somebody

    def _relay_of(self, finding: Finding) -> str | None:
        unit = finding.unit
        alone = unit.stop_sentence == unit.first_sentence + 1
        if alone and not self._signs[unit.first_sentence].bits & RELAYS:
            return None
        return find_relay(self._text, unit.start, unit.end, finding.parts)

    def _mention_of(self, finding: Finding) -> Words | None:
        if finding.speaker is None:
            return None
        first, stop = finding.speaker.mention
        start, end = finding.unit.starts[first], finding.unit.ends[stop - 1]
        if finding.speaker.pronoun:  # "-t-elle"
            start = end - len(finding.speaker.head)
        return self._words(start, end)

    def _is_left_open(self, finding: Finding) -> bool:
        """Tell whether a comma inside the marks says that the quotation goes on: "…," a écrit X."""
        unit = finding.unit
        last = max((at for at in unit.quotations if at < finding.words[0][1]), default=None)
        if last is None or finding.speaker is None or unit.words[-1] != ".":
            return False
        quotation = unit.quotations[last]
        comma = self._text[quotation.inner_end : quotation.end].lstrip().startswith(",")
        return comma and finding.speaker.stop == len(unit.words) - 1

    def _cut(self, parts: Sequence[Range], unit: Unit) -> tuple[list[Range], tuple[int, ...]]:
        """Cut the parts of a content between sentences."""
        cut: list[Range] = []
        touched: list[int] = []
        for start, stop in parts:
            for number in range(unit.first_sentence, unit.stop_sentence):
                begin, end = self._sentences[number]
                if max(start, begin) < min(stop, end):
                    cut.append((max(start, begin), min(stop, end)))
                    touched.append(number)
        return cut, tuple(dict.fromkeys(touched))

    def _words(self, start: int, end: int) -> Words:
        return Words(start, end, self._text[start:end])

    # --- worth a check ----------------------------------------------------------------------------

    def _judge(self, sentences: Sequence[int], finding: Finding, *, hearsay: bool) -> Judgement:
        """Judge the sentences of a content; the first worth a check stands for all."""
        wanted = finding.act is Act.WANTS
        judgements = (
            judge(
                self._printed[number],
                self._signs[number],
                quoted=finding.quote_type,
                hearsay=hearsay,
                wanted=wanted,
            )
            for number in sentences
        )
        first = next(judgements)
        return first if first.worthy else next((one for one in judgements if one.worthy), first)

    def _judge_alone(self, number: int) -> None:
        """Add a sentence that quotes nobody, where it is hearsay or worth a check."""
        signs = self._signs[number]
        if (
            signs.bits & (CONDITIONAL | OUGHT)
            and self._language == "fr"
            and self._add_hearsay(number)
        ):
            return
        if may_be_worthy(signs) and (judgement := judge(self._printed[number], signs)).worthy:
            self._add_sentence("check-worthy", number, self._sentences[number], judgement)

    def _add_hearsay(self, number: int) -> bool:
        """Add what a conditional reports: on words before it, or on nobody's account."""
        start = self._sentences[number][0]
        sentence = self._printed[number]
        carries = self._reported_up_to == number and goes_on(sentence)
        if not carries and not is_hearsay(sentence):
            return False
        content = start, start + len(sentence.rstrip(_FINAL_MARKS))
        last = self._cast.last_speaker(start) if carries else None
        who = last[1] if last else AUTHOR
        judgement = judge(sentence, self._signs[number], quoted="indirect", hearsay=True)
        self._add_sentence(
            "free-indirect" if carries else "press-conditional",
            number,
            content,
            judgement,
            speaker=who if isinstance(who, str) else who.name,
        )
        return True

    def _add_sentence(
        self,
        name: str,
        number: int,
        content: Range,
        judgement: Judgement,
        *,
        speaker: str | None = None,
    ) -> None:
        rule = RULES[name]
        self.found.append(
            Suggestion(
                rule=rule.name,
                rule_version=rule.version,
                parts=(content,),
                quote_type=QuoteType.INDIRECT if speaker else None,
                act=Act.ASSERTS,
                speaker=speaker,
                mention=None,
                cue=None,
                check_worthy=judgement.worthy,
                hearsay=speaker is not None,
                reason=judgement.reason or rule.name,
                sentences=(number,),
                certain=speaker in (None, AUTHOR),
                claim_type=judgement.claim_type,
            )
        )


def _stretches(found: Sequence[Finding], size: int) -> list[Range]:
    """Return the runs of words that no finding has used."""
    runs: list[Range] = []
    at = 0
    for first, stop in sorted(span for one in found for span in one.words):
        if at < first:
            runs.append((at, first))
        at = max(at, stop)
    return [*runs, (at, size)] if at < size else runs
