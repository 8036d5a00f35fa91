"""A practised annotator: reads an answer, and presses the keys that make the workspace say it.

The player sees what a person sees: what is asked, what the digits choose, what is suggested, and
what the answer says by now. For the borders of a span it knows the shortest way, which `ways.js`
finds by asking the workspace's own desk where each key would lead.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tests.browser.workplace import Workplace

Frame = Mapping[str, Any]
Range = list[int]
SHOWN = (Path(__file__).parent / "shown.js").read_text()
WAYS = (Path(__file__).parent / "ways.js").read_text()


@dataclass(frozen=True)
class Shown:
    """What the workspace shows: the sentence, the open field, what its digits choose.

    ``target`` is that of an open stance, ``rare`` the rows of fields as name, depth, stance and
    key, ``waiting`` how many suggestions wait.
    """

    at: int
    asked: str | None
    target: str | None
    options: list[list[str]]
    rare: list[list[Any]]
    waiting: int


class Player:
    """Presses keys until each sentence says what it is to say; counts them by their purpose."""

    def __init__(self, work: Workplace) -> None:
        self.work = work
        page = json.loads(work.page.locator("#workspace").text_content() or "")
        self.text: str = page["edition"]["text"]
        assert max(self.text) <= "\uffff", "the browser's units are not code points here"
        self.sentences = {one["position"]: one for one in page["sentences"]}
        self.suggestions: list[Frame] = page["suggestions"]
        self.fields = {one["name"]: one for one in page["scheme"]["fields"]}
        reserved = page["scheme"]["reserved_speakers"]
        self.words = {
            "speaker": {one["id"]: one["name"] for one in page["speakers"]}
            | {one["id"]: one["label"]["fr"] for one in reserved},
            "target": {one["id"]: one["labels"]["fr"] for one in page["targets"]},
        }
        self.counts: Counter[str] = Counter()
        self.goal: Frame = {}
        self.claimed: list[list[Range]] = []

    # --- seeing and pressing ---------------------------------------------------------------------

    def press(self, *keys: str, why: str) -> None:
        """Press keys, and count them."""
        self.work.press(*keys)
        self.counts[why] += len(keys)

    @property
    def shown(self) -> Shown:
        """What the workspace shows now."""
        return Shown(**self.work.page.evaluate(SHOWN))

    def _digit(self, field: str, value: str) -> str:
        values = self.fields[field]["values"]
        return str(next(one["key"] for one in values if one["name"] == value)).lower()

    def _saved(self, position: int, goal: Frame) -> Frame:
        """Return the claim on the goal's words as the server has it."""
        self.work.wait_until_saved()
        parts = ranges(goal["parts"])
        [claim] = [one for one in self.work.claims(position) if ranges(one["parts"]) == parts]
        return claim

    def _stances(self, position: int, goal: Frame) -> dict[int, Frame]:
        claim = self._saved(position, goal)["id"]
        stances = cast("list[Frame]", self.work.answers()[position]["stances"])
        return {index: one for index, one in enumerate(stances) if one["claim"] == claim}

    # --- a sentence ------------------------------------------------------------------------------

    def answer(self, position: int, goal: Frame) -> None:
        """Make the sentence at a position, the one at hand or the next, say what the goal says."""
        if self.shown.at != position:
            self.press("j", why="going on")
        assert self.shown.at == position
        if not goal["claims"]:
            self.press(self._digit("decision", goal["decision"]), why="deciding")
            return
        self.goal = goal
        self.claimed = []
        # What is suggested is taken first: what is left is at hand then.
        for claim in sorted(goal["claims"], key=self._is_by_hand):
            stances = [one for one in goal["stances"] if one["claim"] == claim["id"]]
            self._claim(position, claim, stances)
        if self.shown.at == position and self.shown.waiting:
            self.press("x", why="suggestions")

    def _is_by_hand(self, claim: Frame) -> bool:
        first, last = claim["parts"][0]["start"], claim["parts"][-1]["end"]
        return len(claim["chain"]) == 1 or not any(
            one["quote_type"] and start < last and first < end
            for one in self.suggestions
            for start, end in one["parts"]
        )

    # --- a claim ---------------------------------------------------------------------------------

    def _claim(self, position: int, goal: Frame, stances: Sequence[Frame]) -> None:
        self._make(position, goal, stances)
        self._answer_asked(position, goal, stances)
        if self.shown.at != position:
            return  # Claimed by digits, which go on.
        self._add_parts(position, goal)
        self._set_chain(position, goal)
        self._set_attributes(position, goal)
        for stance in stances:
            self._set_stance(position, goal, stance)
        self._set_rare(position, goal, stances)

    def _make(self, position: int, goal: Frame, stances: Sequence[Frame]) -> None:
        sentence = self.sentences[position]
        whole = [sentence["start"], sentence["end"]]
        parts = ranges(goal["parts"])
        is_whole = parts == [whole] and len(goal["chain"]) == 1
        by_hand = None if is_whole else self._way(position, "pick", None, parts[0])
        here = [one for one in self.suggestions if position in one["sentences"]]
        for one in here if self.shown.waiting else ():
            there = [[max(a, whole[0]), min(b, whole[1])] for a, b in one["parts"]]
            if is_whole and there == parts and _is_right(one, goal):
                return self.press("a", why="suggestions")
            if is_whole or not one["quote_type"] or len(goal["chain"]) == 1:
                continue
            if there == parts:
                return self.press("a", why="suggestions")
            if len(parts) == len(there) == 1:
                way = self._way(position, "part", there[0], parts[0], there)
                if way is not None and len(way) <= len(by_hand or []) + 2:
                    self.press("Shift+A", why="suggestions")
                    return self.press(*way, why="borders")
        if by_hand is not None:
            self.press(*by_hand, why="borders")
        kind = goal["attributes"]["claim_type"]
        # A digit claims and goes on after the last answer: a stance comes before that, if it can.
        is_last = kind in self.fields["check_worthiness"]["not_asked_when"]["values"]
        is_rare = any(self.fields[name]["ask"] == "more" for name in goal["attributes"])
        is_rare = is_rare or any(one["attributes"] for one in stances)
        if is_whole and (is_rare or (is_last and stances)):
            return self.press("c", why="claims and first answers")
        self.press(self._digit("claim_type", kind), why="claims and first answers")
        for stance in stances if is_whole else ():
            self._add_stance(position, goal, stance)
        return None

    def _way(
        self, position: int, kind: str, now: Range | None, to: Range, parts: Sequence[Range] = ()
    ) -> list[str] | None:
        """Return the fewest keys that put a span where it is to stand; or None."""
        asked = {"kind": kind, "from": now, "to": to, "parts": list(parts)}
        asked |= {"done": self.claimed, "sentence": position}
        return cast("list[str] | None", self.work.page.evaluate(WAYS, asked))

    def _answer_asked(self, position: int, goal: Frame, stances: Sequence[Frame]) -> None:
        """Answer what is asked of itself, as long as something is."""
        while (shown := self.shown).asked and shown.at == position:
            if shown.asked in ("claim_type", "check_worthiness"):
                name = shown.asked
                if name not in goal["attributes"]:  # It is not asked of the type that is right.
                    name = "claim_type"
                    self.press("y", why="other answers")
                self.press(self._digit(name, goal["attributes"][name]), why="other answers")
            elif shown.asked == "speaker":
                self._choose("speaker", goal["chain"][-1]["speaker"], why="speakers")
            elif shown.asked == "kind":  # of a new speaker
                self.press("0", why="speakers")
            elif not self._answer_stance(position, goal, stances, shown):
                return

    def _answer_stance(
        self, position: int, goal: Frame, stances: Sequence[Frame], shown: Shown
    ) -> bool:
        wanted = [one for one in stances if self.words["target"][one["target"]] == shown.target]
        if wanted:
            self.press(self._digit("stance_value", wanted[0]["value"]), why="stances")
        elif self._is_said(position, goal, stances):
            return False  # Whoever goes on leaves it out.
        else:
            self.press("0", why="stances")
        return True

    def _is_said(self, position: int, goal: Frame, stances: Sequence[Frame]) -> bool:
        """Tell whether nothing is left to do in the sentence but to go on."""
        claim = self._saved(position, goal)
        there = self._stances(position, goal).values()
        return (
            goal == self.goal["claims"][-1]
            and {"check_worthiness": "no"} | goal["attributes"]
            == {name: claim["attributes"][name] for name in ("claim_type", "check_worthiness")}
            and [_said(link) for link in claim["chain"]] == [_said(link) for link in goal["chain"]]
            and sorted(map(_held, there)) == sorted(map(_held, stances))
        )

    def _choose(self, register: str, entry: str, *, why: str) -> None:
        """Choose an entry by its digit, else by typing its name."""
        name = self.words[register][entry]
        digits = [digit for digit, label in self.shown.options if label == name]
        if digits:
            return self.press(digits[0], why=why)
        if self.work.panel.get_by_role("combobox").count() == 0:
            self.press("0", why=why)
        first = self.work.panel.get_by_role("option").first
        for letter in ["", *name]:
            self.press(*letter, why=why)
            if first.inner_text() == name:
                return self.press("Enter", why=why)
        raise AssertionError(f"nobody is called {name}")

    def _add_parts(self, position: int, goal: Frame) -> None:
        first, *more = ranges(goal["parts"])
        self.claimed.append([first])
        for part in more:
            way = self._way(position, "pick", None, part)
            assert way is not None
            self.press(*way, "p", why="borders")
            self.claimed[-1].append(part)

    # --- who says it -----------------------------------------------------------------------------

    def _set_chain(self, position: int, goal: Frame) -> None:
        links, wanted = self._saved(position, goal)["chain"], goal["chain"]
        if links[-1]["speaker"] != wanted[-1]["speaker"]:
            self.press("s", why="speakers")
            self._choose("speaker", wanted[-1]["speaker"], why="speakers")
        if len(links) < len(wanted):
            mention = wanted[1]["mention"]
            way = self._way(position, "pick", None, bounds(mention)) if mention else None
            self.press(*(way or []), why="mentions and cues")
            self.press("v", why="speakers")
            self._choose("speaker", wanted[1]["speaker"], why="speakers")
        for depth in range(len(wanted) - 1, 0, -1):
            for name in ("cue", "mention"):
                self._set_span(position, goal, depth, name)
        assert [link["attributes"]["quote_type"] for link in wanted[1:]] == [
            link["attributes"]["quote_type"] for link in self._saved(position, goal)["chain"][1:]
        ], "the kind of speech is computed"

    def _set_span(self, position: int, goal: Frame, depth: int, name: str) -> None:
        span = goal["chain"][depth][name]
        now = self._saved(position, goal)["chain"][depth][name]
        if span == now:
            return None
        why = "mentions and cues"
        if depth < len(goal["chain"]) - 1:
            assert not now, "a click gives a relay what the digits offer"
            self.work.panel.locator(f".attribution .item.{name}").nth(depth - 1).click()
            self.counts[why] += 1
        else:
            self.press("r", *["r"] * (name == "mention"), why=why)
        words = span["text"] if span else None
        digits = [digit for digit, label in self.shown.options if label.strip("«»\u00a0 ") == words]
        if not span or digits:
            return self.press(*(digits[:1] or ["0"]), why=why)
        parts = ranges(goal["parts"])
        way = self._way(position, name, bounds(now) if now else None, bounds(span), parts)
        assert way is not None
        return self.press(*way, *["Enter"] * ("i" in way), why=why)

    def _set_attributes(self, position: int, goal: Frame) -> None:
        for name, letter in (("claim_type", "y"), ("check_worthiness", "w")):
            value = goal["attributes"].get(name, "no")
            if self._saved(position, goal)["attributes"][name] != value:
                self.press(letter, self._digit(name, value), why="other answers")

    # --- stances ---------------------------------------------------------------------------------

    def _set_stance(self, position: int, goal: Frame, wanted: Frame) -> None:
        there = [one for one in self._stances(position, goal).values() if _is_same(one, wanted)]
        if not there or there[0]["value"] != wanted["value"]:
            self._add_stance(position, goal, wanted)

    def _add_stance(self, position: int, goal: Frame, wanted: Frame) -> None:
        before = [one["holder"] for one in self._stances(position, goal).values()]
        holder = [goal["chain"][-1]["speaker"], *before][-1]
        self.press("t", why="stances")
        if self.shown.asked == "stance_holder":
            self._choose("speaker", wanted["holder"], why="stances")
        elif wanted["holder"] != holder:
            self.press("s", why="stances")
            self._choose("speaker", wanted["holder"], why="stances")
        self._choose("target", wanted["target"], why="stances")
        self.press(self._digit("stance_value", wanted["value"]), why="stances")

    # --- what is rarely needed -------------------------------------------------------------------

    def _set_rare(self, position: int, goal: Frame, stances: Sequence[Frame]) -> None:
        claim = self._saved(position, goal)
        pairs: list[tuple[Frame, Frame, list[int | None]]] = [(claim, goal, [0, None])]
        chains = enumerate(zip(claim["chain"], goal["chain"], strict=True))
        pairs += [(now, link, [depth, None]) for depth, (now, link) in chains if depth]
        pairs += [
            (now, one, [0, index])
            for index, now in self._stances(position, goal).items()
            for one in stances
            if _is_same(now, one)
        ]
        for now, wanted, place in pairs:
            for name, field in self.fields.items():
                value = wanted["attributes"].get(name, field.get("default"))
                if field["ask"] != "more" or now["attributes"].get(name, value) == value:
                    continue
                if not self._keys_of(name, place):
                    self.press("o", why="rare fields")
                self.press(self._keys_of(name, place)[0], why="rare fields")
                answer = (
                    [self._digit(name, value)] if field["kind"] == "choice" else [*value, "Enter"]
                )
                self.press(*answer, why="rare fields")

    def _keys_of(self, name: str, place: list[int | None]) -> list[str]:
        return [row[3] for row in self.shown.rare if row[:3] == [name, *place] and row[3]]


def bounds(span: Frame) -> Range:
    """Return where a span starts and ends."""
    return [span["start"], span["end"]]


def ranges(spans: Sequence[Frame]) -> list[Range]:
    """Return where spans start and end."""
    return [bounds(span) for span in spans]


def _is_right(suggestion: Frame, goal: Frame) -> bool:
    worth = goal["attributes"].get("check_worthiness", "no")
    is_type = suggestion["claim_type"] == goal["attributes"]["claim_type"]
    return (
        is_type and not suggestion["quote_type"] and suggestion["check_worthy"] == (worth == "yes")
    )


def _is_same(one: Frame, other: Frame) -> bool:
    return (one["holder"], one["target"]) == (other["holder"], other["target"])


def _held(stance: Frame) -> tuple[str, str, str]:
    return stance["holder"], stance["target"], stance["value"]


def _said(link: Frame) -> tuple[str, Any, Any]:
    return link["speaker"], link.get("mention"), link.get("cue")
