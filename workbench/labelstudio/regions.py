"""The regions of a Label Studio result with what is said of them and what joins them.

A result is anybody's: the server takes whatever it is sent. What is not as it must be is refused
with its reason, together with the sentences that it may belong to.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias, cast

from workbench.canonical import Json, JsonObject
from workbench.labelling.frames import Span
from workbench.labelstudio.config import (
    CLAIM,
    CONTINUES_IN,
    CUE,
    CUED_BY,
    MENTION,
    RELATIONS,
    SAID_BY,
    SPAN,
    STANCE,
    STANCE_OF,
    Config,
    Kind,
)
from workbench.labelstudio.convert import META, Place, Refused, hide_astral
from workbench.messages import Message

_Add: TypeAlias = Callable[[JsonObject], None]
# From which label to which each relation goes.
_ENDS = {
    SAID_BY: ({CLAIM}, MENTION),
    CUED_BY: ({CLAIM, MENTION}, CUE),
    CONTINUES_IN: ({CLAIM}, CLAIM),
    STANCE_OF: ({STANCE}, CLAIM),
}


@dataclass
class Region:
    """A labelled range with what is said of it; ``meta`` is ours, empty if it was drawn there."""

    id: str
    label: str
    span: Span
    meta: JsonObject
    said: dict[str, str] = field(default_factory=dict)

    @property
    def was_moved(self) -> bool:
        """Whether it stands elsewhere than where we put it, or was not put there by us."""
        return self.meta.get("place") != [self.span.start, self.span.end]

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Where it comes among others: ours as they were, then those drawn as they stand."""
        order = self.meta.get("order")
        is_ours = isinstance(order, int)
        return (not is_ours, cast(int, order) if is_ours else 0, self.span.start, self.id)


class UnfitError(Exception):
    """Why something of a result cannot be taken."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


def refuse_region(reason: str, **values: object) -> NoReturn:
    """Say why the region that is being read cannot be taken."""
    raise UnfitError(Message(reason, **values))


class Regions:
    """What a result has, read once; ``owners`` are the claims of further parts, by region."""

    def __init__(
        self,
        text: str,
        sentences: Sequence[Place],
        result: Json,
        config: Config,
        *,
        checks_words: bool,
    ) -> None:
        self._text, self._config, self._checks_words = text, config, checks_words
        self.sentences = sorted(sentences, key=lambda place: place.start)
        self._starts = [place.start for place in self.sentences]
        self._positions = {place.position for place in sentences}
        self.regions: dict[str, Region] = {}
        self._joined: dict[str, dict[str, list[str]]] = {
            name: defaultdict(list) for name in RELATIONS
        }
        self.refused: list[Refused] = []
        self.owners: dict[str, str] = {}
        self._collect(result)
        self._find_owners()

    def targets(self, relation: str, region: Region) -> list[Region]:
        """Return the regions that a relation joins a region to."""
        return [self.regions[to] for to in self._joined[relation].get(region.id, ())]

    def home(self, region: Region) -> int:
        """Return the sentence in which a region begins; ``UnfitError`` if it is in none."""
        position = self._position(region.span.start)
        if position is None:
            refuse_region("begins outside all sentences")
        return position

    def told(self, meta: JsonObject) -> int | None:
        """Return the sentence that a region was of, as its meta says."""
        position = meta.get("sentence")
        is_one = isinstance(position, int) and position in self._positions
        return cast(int, position) if is_one else None

    def leave_out(self, region: Region, reason: Message, *joined: Region) -> None:
        """List a region, and leave out its sentences and those of regions that it is joined to."""
        positions = frozenset[int]().union(*map(self._of, (region, *joined)))
        self.refused.append(Refused(region.id, reason, positions))

    def _collect(self, result: Json) -> None:
        if not isinstance(result, list):
            self.refused.append(Refused("result", Message("is no list")))
            return
        items = [(f"result[{number}]", item) for number, item in enumerate(result)]
        kinds = (self._add_region, self._add_value, self._add_relation)
        for wanted, add in enumerate(kinds):
            for place, item in items:
                if _kind_of(item) == wanted:
                    self._try(place, item, add)
        for place, item in items:
            if not isinstance(item, dict):
                self.refused.append(Refused(place, Message("is no object")))

    def _try(self, place: str, item: Json, add: _Add) -> None:
        entry = cast(JsonObject, item)
        try:
            add(entry)
        except UnfitError as error:
            named = next(
                (one for key in ("id", "from_id") if isinstance(one := entry.get(key), str)), place
            )
            self.refused.append(Refused(named, error.reason, self._around(entry)))

    def _around(self, entry: JsonObject) -> frozenset[int]:
        """Return the sentences that something unfit may belong to, as far as it can be told."""
        ids = [entry.get(key) for key in ("id", "from_id", "to_id")]
        known = [self.regions[id_] for id_ in ids if isinstance(id_, str) and id_ in self.regions]
        if known:
            return frozenset[int]().union(*map(self._of, known))
        meta, value = _own_meta(entry), entry.get("value")
        start, end = (
            (value.get("start"), value.get("end")) if isinstance(value, dict) else (None, None)
        )
        found = {self.told(meta)}
        if isinstance(start, int) and meta.get("place") != [start, end]:
            found.add(self._position(start))
        return frozenset(one for one in found if one is not None)

    def _add_region(self, item: JsonObject) -> None:
        id_, value = item.get("id"), item.get("value")
        if not isinstance(id_, str) or not id_:
            refuse_region("is a region without an id")
        if not isinstance(value, dict):
            refuse_region("is a region without a value")
        start, end = value.get("start"), value.get("end")
        if not _is_number(start) or not _is_number(end):
            refuse_region("has a start or end that is no number")
        first, last = cast(int, start), cast(int, end)
        if not 0 <= first < last <= len(self._text):
            refuse_region(
                "goes from %(first)s to %(last)s, which is no range of the text (0 to %(end)s)",
                first=first,
                last=last,
                end=len(self._text),
            )
        first = self._skip_blank(first, last)
        reads = self._text[first:last]
        if self._checks_words:
            _refuse_other_words(value.get("text"), reads)
        label = _only(value.get("labels"), Message("should have one label"))
        if label not in self._config.labels:
            refuse_region(
                "has the label “%(label)s”, which is none of the label scheme's", label=label[:40]
            )
        if id_ in self.regions:
            refuse_region("is there twice")
        span = Span(first, last, reads)
        self.regions[id_] = Region(id_, label, span, _own_meta(item))

    def _add_value(self, item: JsonObject) -> None:
        name = item.get("from_name")
        control = self._config.controls.get(name) if isinstance(name, str) else None
        if control is None:
            refuse_region(
                "is of the control “%(name)s”, which is none of the label scheme's",
                name=str(name)[:40],
            )
        id_, value = item.get("id"), item.get("value")
        region = self.regions.get(id_) if isinstance(id_, str) else None
        if region is None:
            refuse_region("says %(name)s of a region that is not there", name=control.name)
        if region.label not in control.on:
            refuse_region(
                "says %(name)s of a region with the label %(label)s",
                name=control.name,
                label=region.label,
            )
        key = "text" if control.kind is Kind.TEXT else "choices"
        if item.get("type") != ("textarea" if control.kind is Kind.TEXT else "choices"):
            refuse_region("says %(name)s in another form than its control", name=control.name)
        given = value.get(key) if isinstance(value, dict) else None
        if given == []:
            return
        said = _only(given, Message("should have one value of %(name)s", name=control.name))
        if control.kind is Kind.CHOICE and said not in control.values:
            refuse_region(
                "has “%(value)s” as %(name)s, which is none of its values",
                value=said[:40],
                name=control.name,
            )
        if region.said.setdefault(control.name, said) != said:
            refuse_region("says %(name)s twice", name=control.name)

    def _add_relation(self, item: JsonObject) -> None:
        from_, to = item.get("from_id"), item.get("to_id")
        if item.get("direction") == "left":
            from_, to = to, from_
        for end in (from_, to):
            if not isinstance(end, str) or end not in self.regions:
                refuse_region("is a relation with a region that is not there")
        name = _only(item.get("labels"), Message("should have one label of a relation"))
        if name not in _ENDS:
            refuse_region("is a relation “%(name)s”, which is none of ours", name=name[:40])
        starts, ends = _ENDS[name]
        labels = [self.regions[cast(str, end)].label for end in (from_, to)]
        if labels[0] not in starts or labels[1] != ends or from_ == to:
            refuse_region(
                "is a relation %(name)s from %(start)s to %(end)s",
                name=name,
                start=labels[0],
                end=labels[1],
            )
        joined = self._joined[name][cast(str, from_)]
        if to not in joined:
            joined.append(cast(str, to))

    def _find_owners(self) -> None:
        """Find which claim each further part is of, and what is joined to nothing."""
        for claim, parts in self._joined[CONTINUES_IN].items():
            for part in parts:
                region, first = self.regions[part], self.regions[claim]
                if part in self.owners:
                    other = self.regions[self.owners[part]]
                    twice = Message("is a further part of two claims")
                    self.leave_out(region, twice, first, other)
                if self._joined[CONTINUES_IN].get(part):
                    onward = Message("goes on: parts are joined to the first one")
                    self.leave_out(region, onward, first)
                if region.said:
                    told = min(region.said)
                    says = Message("says %(name)s: only the first part does", name=told)
                    self.leave_out(region, says, first)
                self.owners[part] = claim
        used = {
            to
            for relation in (SAID_BY, CUED_BY)
            for joined in self._joined[relation].values()
            for to in joined
        }
        for region in self.regions.values():
            if region.label in {MENTION, CUE} and region.id not in used:
                self.leave_out(region, Message("is joined to no claim"))

    def _position(self, at: int) -> int | None:
        index = bisect_right(self._starts, at) - 1
        if index < 0 or at >= self.sentences[index].end:
            return None
        return self.sentences[index].position

    def _skip_blank(self, first: int, last: int) -> int:
        """Return where a region begins; drawn from the blank before a sentence, with that."""
        later = bisect_right(self._starts, first)
        if self._position(first) is not None or later == len(self._starts):
            return first
        start = self._starts[later]
        return start if start < last and not self._text[first:start].strip() else first

    def _of(self, region: Region) -> frozenset[int]:
        """Return the sentence that a region is of, and was of before it was moved."""
        told, here = self.told(region.meta), self._position(region.span.start)
        wanted = {told, here if told is None or region.was_moved else None}
        return frozenset(one for one in wanted if one is not None)


def _kind_of(item: Json) -> int | None:
    """Return 0 for a region, 1 for what is said of one, 2 for a relation."""
    if not isinstance(item, dict):
        return None
    if item.get("type") == "relation":
        return 2
    return 0 if item.get("from_name") == SPAN else 1


def _own_meta(item: JsonObject) -> JsonObject:
    """Return our meta of a region; a copy of the region that somebody made has none."""
    meta = item.get("meta")
    own = meta.get(META) if isinstance(meta, dict) else None
    return own if isinstance(own, dict) and own.get("region") == item.get("id") else {}


def _only(value: Json, otherwise: Message) -> str:
    given = value if isinstance(value, list) else [value]
    if len(given) != 1 or not isinstance(given[0], str):
        raise UnfitError(otherwise)
    return given[0]


def _refuse_other_words(words: Json, reads: str) -> None:
    if isinstance(words, str) and words and _visible(words) != _visible(reads):
        refuse_region(
            "quotes “%(words)s”, but the text reads “%(reads)s”", words=words[:40], reads=reads[:40]
        )


def _visible(text: str) -> str:
    """Return what its editor quotes alike: no blanks, which it folds, and boxes for the astral."""
    return "".join(hide_astral(text).replace("\\n", "").split())


def _is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
