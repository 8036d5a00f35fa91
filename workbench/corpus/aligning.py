"""Where the words of one text stand in a corrected one: found for certain, or not at all.

Sentences are matched by their very words. One that stands in several places belongs to the place
whose neighbours are the same at least as far on both sides, and further on one, than at every
other place; where none is, it belongs to none. Words in a changed sentence are looked for between
the nearest unchanged ones, by the same rule over the characters around them.

Only sentences that changed are compared word by word; difflib does that well enough, and no
library of quote anchors knows sentences or refuses to choose between two good places.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from operator import itemgetter

Range = tuple[int, int]

# Beyond these nothing is certain any more, and looking would take long.
MOST_PAIRS = 10_000
MOST_PLACES = 1_000
MOST_CONTEXT = 40
MOST_COMPARED = 400

# Only words as long as these are looked for outside their surroundings: a name stands anywhere.
LONG_QUOTE = 20

# So alike two sentences must be for one to be the other, corrected.
ALIKE = 0.6

_WORDS = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Located:
    """Where a range of the old text stands in the new one.

    It is exact when its sentence is unchanged, stands in one place, and in the order of before.
    """

    start: int
    end: int
    is_exact: bool


@dataclass(frozen=True)
class Alignment:
    """Two texts, each cut into sentences, and which sentences are the same; counted from 0.

    ``same`` are found in the order of before, ``elsewhere`` out of it, ``changed`` with other
    words or borders: the new sentences that an old one has become.
    """

    old: str
    new: str
    old_sentences: Sequence[Range]
    new_sentences: Sequence[Range]
    same: Mapping[int, int]
    elsewhere: Mapping[int, int]
    changed: Mapping[int, tuple[int, ...]]

    def sentence_at(self, position: int) -> int | None:
        """Return the new sentence that has this character of the new text."""
        return _sentence_at(self.new_sentences, position)

    def homes(self, sentence: int) -> tuple[int, ...]:
        """Return the new sentences that an old one has become; none where that is not certain."""
        found = self.same.get(sentence, self.elsewhere.get(sentence))
        return self.changed.get(sentence, ()) if found is None else (found,)

    def locate(self, start: int, end: int) -> Located | None:
        """Find a range of the old text in the new one; nothing unless there is one best place."""
        sentence = _sentence_at(self.old_sentences, start)
        if sentence is None:
            return None
        home = self.same.get(sentence, self.elsewhere.get(sentence))
        if home is None:
            found = self._search(sentence, start, end)
            return None if found is None else Located(found, found + end - start, is_exact=False)
        moved = start + self.new_sentences[home][0] - self.old_sentences[sentence][0]
        if self.new[moved : moved + end - start] != self.old[start:end]:
            return None
        return Located(moved, moved + end - start, is_exact=self._is_kept(sentence, end))

    def _is_kept(self, sentence: int, end: int) -> bool:
        """Tell whether every sentence up to one that a range ends in follows the one before."""
        home = self.same.get(sentence)
        last = bisect_left(self.old_sentences, end, key=itemgetter(0)) - 1
        return home is not None and all(
            self.same.get(one) == home + one - sentence for one in range(sentence, last + 1)
        )

    def _search(self, sentence: int, start: int, end: int) -> int | None:
        (old_from, old_to), (new_from, new_to) = _gap(self, sentence)
        if self.old[old_from:old_to] == self.new[new_from:new_to]:
            return start - old_from + new_from
        quote = self.old[start:end]
        places = _places(self.new, quote, new_from, new_to)
        if not places and len(quote) >= LONG_QUOTE:
            anywhere = _places(self.new, quote, 0, len(self.new))
            is_unique = len(_places(self.old, quote, 0, len(self.old))) == len(anywhere) == 1
            return anywhere[0] if is_unique else None
        around = [
            (
                _common_end(self.old, start, self.new, place),
                _common_start(self.old, end, self.new, place + end - start),
            )
            for place in places
        ]
        best = _best(around)
        return None if best is None else places[best]


def align(
    old: str, old_sentences: Sequence[Range], new: str, new_sentences: Sequence[Range]
) -> Alignment:
    """Match the sentences of two texts; ranges are half-open, in code points, in order."""
    before = [old[start:end] for start, end in old_sentences]
    after = [new[start:end] for start, end in new_sentences]
    matches = _match(before, after)
    same = _in_order(matches)
    found = Alignment(
        old=old,
        new=new,
        old_sentences=old_sentences,
        new_sentences=new_sentences,
        same=same,
        elsewhere={one: matches[one] for one in matches if one not in same},
        changed={},
    )
    return replace(found, changed=_changed(found, before, after))


def _match(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Match equal sentences: each has to be the other's one best place."""
    places = _by_text(before), _by_text(after)
    matches = {}
    for text, olds in places[0].items():
        news = places[1].get(text, [])
        if len(olds) == len(news) == 1:
            matches[olds[0]] = news[0]
        elif 0 < len(olds) * len(news) <= MOST_PAIRS:
            around = [[_neighbours(before, after, one, two) for two in news] for one in olds]
            for row, one in enumerate(olds):
                best = _best(around[row])
                if best is not None and _best([line[best] for line in around]) == row:
                    matches[one] = news[best]
    return dict(sorted(matches.items()))


def _by_text(sentences: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, text in enumerate(sentences):
        found.setdefault(text, []).append(index)
    return found


def _neighbours(before: Sequence[str], after: Sequence[str], one: int, two: int) -> tuple[int, int]:
    """Count the equal sentences directly before and directly after; both ends count as one."""
    left = 0
    while left <= min(one, two) and _at(before, one - left - 1) == _at(after, two - left - 1):
        left += 1
    right = 0
    rest = min(len(before) - one, len(after) - two)
    while right < rest and _at(before, one + right + 1) == _at(after, two + right + 1):
        right += 1
    return left, right


def _at(sentences: Sequence[str], index: int) -> str | None:
    return sentences[index] if 0 <= index < len(sentences) else None


def _best(around: Sequence[tuple[int, int]]) -> int | None:
    """Return the place that has as much as every other on both sides, and more on one."""
    if not around:
        return None
    most = max(range(len(around)), key=lambda index: sum(around[index]))
    left, right = around[most]
    for index, (other_left, other_right) in enumerate(around):
        if index == most:
            continue
        if other_left > left or other_right > right or (other_left, other_right) == (left, right):
            return None
    return most


def _in_order(matches: Mapping[int, int]) -> dict[int, int]:
    """Return the matches that belong to every longest chain in the order of both texts."""
    news = list(matches.values())
    before = _chain_lengths(news)
    after = _chain_lengths([-new for new in reversed(news)])[::-1]
    longest = max(before, default=0)
    in_one = [index for index in range(len(news)) if before[index] + after[index] == longest + 1]
    per_place: dict[int, int] = {}
    for index in in_one:
        per_place[before[index]] = per_place.get(before[index], 0) + 1
    olds = list(matches)
    return {olds[index]: news[index] for index in in_one if per_place[before[index]] == 1}


def _chain_lengths(values: Sequence[int]) -> list[int]:
    """Return how long the longest rising chain is that ends at each value."""
    ends: list[int] = []
    lengths = []
    for value in values:
        place = bisect_left(ends, value)
        ends[place : place + 1] = [value]
        lengths.append(place + 1)
    return lengths


def _changed(
    alignment: Alignment, before: Sequence[str], after: Sequence[str]
) -> dict[int, tuple[int, ...]]:
    """Say what the sentences between unchanged ones have become, as far as it is certain."""
    changed: dict[int, tuple[int, ...]] = {}
    taken = {*alignment.same.values(), *alignment.elsewhere.values()}
    for olds, news in _gaps(alignment):
        (old_from, old_to), (new_from, new_to) = _gap(alignment, olds[0])
        free_olds = [one for one in olds if one not in alignment.elsewhere]
        free_news = [one for one in news if one not in taken]
        if alignment.old[old_from:old_to] == alignment.new[new_from:new_to]:
            shift = new_from - old_from
            for one in free_olds:
                start, end = alignment.old_sentences[one]
                changed[one] = _touched(alignment.new_sentences, start + shift, end + shift)
        elif len(free_olds) * len(free_news) <= MOST_COMPARED:
            changed |= _corrected(free_olds, free_news, before, after)
    return changed


def _corrected(
    olds: Sequence[int], news: Sequence[int], before: Sequence[str], after: Sequence[str]
) -> dict[int, tuple[int, ...]]:
    """Pair sentences that are alike, where each is like one of the others only."""
    words = {one: _WORDS.findall(before[one]) for one in olds}
    pairs = [
        (one, two)
        for two in news
        for matcher in [SequenceMatcher(b=_WORDS.findall(after[two]), autojunk=False)]
        for one in olds
        if _is_alike(matcher, words[one])
    ]
    return {
        one: (two,)
        for one, two in pairs
        if sum(pair[0] == one for pair in pairs) == sum(pair[1] == two for pair in pairs) == 1
    }


def _is_alike(matcher: SequenceMatcher[str], words: Sequence[str]) -> bool:
    matcher.set_seq1(words)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _gaps(alignment: Alignment) -> Iterable[tuple[range, range]]:
    """Yield the sentences between unchanged ones, old and new, where there are any old ones."""
    anchors = [
        *alignment.same.items(),
        (len(alignment.old_sentences), len(alignment.new_sentences)),
    ]
    old, new = 0, 0
    for next_old, next_new in anchors:
        if old < next_old:
            yield range(old, next_old), range(new, next_new)
        old, new = next_old + 1, next_new + 1


def _gap(alignment: Alignment, sentence: int) -> tuple[Range, Range]:
    """Return the old and the new text between the unchanged sentences around an old one."""
    kept = list(alignment.same)
    place = bisect_left(kept, sentence)
    old_from = new_from = 0
    if place:
        last = kept[place - 1]
        old_from = alignment.old_sentences[last][1]
        new_from = alignment.new_sentences[alignment.same[last]][1]
    old_to, new_to = len(alignment.old), len(alignment.new)
    if place < len(kept):
        following = kept[place]
        old_to = alignment.old_sentences[following][0]
        new_to = alignment.new_sentences[alignment.same[following]][0]
    return (old_from, old_to), (new_from, new_to)


def _sentence_at(sentences: Sequence[Range], position: int) -> int | None:
    index = bisect_right(sentences, position, key=itemgetter(0)) - 1
    return index if index >= 0 and position < sentences[index][1] else None


def _touched(sentences: Sequence[Range], start: int, end: int) -> tuple[int, ...]:
    first = max(bisect_right(sentences, start, key=itemgetter(0)) - 1, 0)
    last = bisect_left(sentences, end, key=itemgetter(0))
    return tuple(index for index in range(first, last) if start < sentences[index][1])


def _places(text: str, quote: str, start: int, end: int) -> list[int]:
    """List where a quote stands; none where there are too many to choose from."""
    found: list[int] = []
    place = text.find(quote, start, end)
    while place >= 0:
        found.append(place)
        if len(found) > MOST_PLACES:
            return []
        place = text.find(quote, place + 1, end)
    return found


def _common_end(old: str, old_end: int, new: str, new_end: int) -> int:
    most = min(MOST_CONTEXT, old_end, new_end)
    return next((n for n in range(most) if old[old_end - n - 1] != new[new_end - n - 1]), most)


def _common_start(old: str, old_start: int, new: str, new_start: int) -> int:
    most = min(MOST_CONTEXT, len(old) - old_start, len(new) - new_start)
    return next((n for n in range(most) if old[old_start + n] != new[new_start + n]), most)
