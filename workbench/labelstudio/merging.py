"""What two sides made of one person's answers to an article since they last agreed.

A sentence's decision with its attributes, each of its claims with the claim's stances, and its
other stances by holder and target, are items of their own. An item that one side changed is taken
from it, one that both changed in the same way is settled; what clashes stays on each side as it
is, is listed, and holds nothing else up.

Their page saves an annotation whole, with what it said when somebody opened it. So what we changed
there, and what is back as it was before, clashes too: nobody can tell a page that was open since
from a change of mind.

Claims belong to their sentence for ever: one that was moved there to another sentence is a
deletion and a new claim.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain
from typing import TypedDict, cast

from workbench.canonical import Json, JsonObject, canonical_json
from workbench.errors import InvalidInputError
from workbench.labelling.frames import (
    Answer,
    Attributes,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
    answer_json,
)
from workbench.labelling.parsing import attribute_fields, parse_answer
from workbench.labelling.rules import UNREAD
from workbench.labelstudio.config import NOT_CLAIMS
from workbench.labelstudio.convert import Found, Refused, Said
from workbench.projects.scheme import Scheme

_NOWHERE = SentenceId("article", 1, 1)
_NO_ID = "0" * 16  # Of an answer that is only looked at.
_OPEN_PAGES = 5  # writings of ours during which a page there may have stayed open


class Kind(StrEnum):
    """What a conflict is about; ``SENTENCE`` is a decision with all claims of the sentence."""

    DECISION = "decision"
    CLAIM = "claim"
    STANCES = "stances"
    SENTENCE = "sentence"


@dataclass(frozen=True)
class Item:
    """Names what is merged as one: ``names`` are a claim's id, or a stance's holder and target."""

    kind: Kind
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """An item that both sides changed, each in its own way.

    ``base``, ``ours`` and ``theirs`` say the item alone; without it they are unread. So is a
    decision that leaves it to claims, which may have attributes still.
    """

    position: int
    item: Item
    base: Said
    ours: Said
    theirs: Said

    @property
    def is_put_back(self) -> bool:
        """Whether nothing was changed here: there it says again what it did before our change."""
        return self.base == self.ours


@dataclass(frozen=True)
class Merged:
    """What is to be done; a sentence that a tuple does not name is unread.

    ``here`` are the sentences to be saved here, ``there`` all that the other side is to say, of
    which ``written`` are the sentences that it does not say yet. ``agreed`` is the next base.
    Of a sentence in ``left_alone`` the other side has more than ``there`` says: as long as there
    is one, nothing is to be written.
    """

    here: tuple[Said, ...]
    there: tuple[Said, ...]
    written: frozenset[int]
    agreed: tuple[Said, ...]
    conflicts: tuple[Conflict, ...]
    left_alone: frozenset[int]


@dataclass(frozen=True)
class Theirs:
    """What the other side says, in ids and values of ours, and what of it cannot be taken.

    ``parsed`` are the answers that say what was not known here, as labelling read them.
    """

    said: tuple[Said, ...]
    refused: tuple[Refused, ...] = ()
    left_alone: frozenset[int] = frozenset()
    parsed: tuple[tuple[Said, Answer], ...] = ()


def merge(
    base: Iterable[Said],
    ours: Iterable[Said],
    theirs: Iterable[Said],
    *,
    left_alone: Collection[int] = (),
    earlier: Iterable[Said] = (),
) -> Merged:
    """Merge what two sides say of the sentences of one article, given what they last agreed on.

    Each names a sentence at most once; the order does not count. Sentences in ``left_alone``
    stay as they are on both sides, and stay to be merged. ``earlier`` is what theirs said of
    sentences before we wrote there, and may name one several times.
    """
    sides = [_by_position(side) for side in (base, ours, theirs)]
    olds: dict[int, list[Said]] = defaultdict(list)
    for one in earlier:
        olds[one.position].append(one)
    merged = {
        at: _merge_sentence(*(side.get(at, Said(at, UNREAD)) for side in sides), earlier=olds[at])
        for at in sorted({*chain.from_iterable(sides)})
        if at not in left_alone
    }
    agreed, old_here, old_there = sides
    new_here = {position: one.here for position, one in merged.items()}
    new_there = {position: one.there for position, one in merged.items()}
    return Merged(
        here=tuple(one for at, one in new_here.items() if _differs(one, old_here.get(at))),
        there=_spoken(old_there | new_there),
        written=frozenset(at for at, one in new_there.items() if _differs(one, old_there.get(at))),
        agreed=_spoken(agreed | {position: one.agreed for position, one in merged.items()}),
        conflicts=tuple(chain.from_iterable(one.conflicts for one in merged.values())),
        left_alone=frozenset(left_alone),
    )


def agree(
    base: Iterable[Said],
    ours: Iterable[Said],
    theirs: Iterable[Said],
    *,
    left_alone: Collection[int] = (),
) -> tuple[Said, ...]:
    """Return the next base: every item that both sides say alike now, and what else was the base.

    So nothing counts as agreed before it was seen on both sides.
    """
    sides = [_by_position(side) for side in (base, ours, theirs)]
    agreed = dict(sides[0])
    for position in {*chain.from_iterable(sides)}.difference(left_alone):
        three = [side.get(position, Said(position, UNREAD)) for side in sides]
        if three[0] == three[1] == three[2]:
            continue
        if three[1] == three[2] and _is_blank(three[0]):
            agreed[position] = _normal(three[1])
            continue
        clashing = [one.item for one in _merge_sentence(*three).conflicts]
        before, here, there = (_items(side, three[0]) for side in three)
        kept: _Items = {}
        for item in {**before, **here, **there}:
            is_alike = here.get(item) == there.get(item)
            is_open = any(_is_of(item, clash) for clash in clashing)
            said = (here if is_alike and not is_open else before).get(item)
            if said is not None:
                kept[item] = said
        agreed[position] = _compose(position, kept, like=three[0])
    return _spoken(agreed)


def find_equal(ours: Iterable[Said], theirs: Iterable[Said]) -> tuple[Said, ...]:
    """Return the claims of theirs that ours says as well, word for word, under other ids.

    Where nothing was agreed on yet, they are the base: so each is said once, by the id of ours.
    """
    here = {one.position: one for one in ours if one.claims}
    found = []
    for one in theirs:
        known = _claims(here[one.position]) if one.position in here else {}
        said = {_bare(claim) for claim in known.values()}
        items = {
            item: claim
            for item, claim in (_claims(one).items() if known else ())
            if item not in known and _bare(claim) in said
        }
        if items:
            found.append(_compose(one.position, items))
    return tuple(found)


def remember(
    earlier: Iterable[Said], theirs: Iterable[Said], written: Collection[int]
) -> list[Said]:
    """Return ``earlier`` with what theirs says of the sentences that we are about to write."""
    said = _by_position(theirs)
    kept = [*earlier, *(said.get(at, Said(at, UNREAD)) for at in sorted(written))]
    newest: dict[int, list[Said]] = defaultdict(list)
    for one in reversed(kept):
        if one not in newest[one.position] and len(newest[one.position]) < _OPEN_PAGES:
            newest[one.position].append(one)
    return [one for _, olds in sorted(newest.items()) for one in reversed(olds)]


def read_to_the_end(earlier: Iterable[Said]) -> list[Said]:
    """Return ``earlier`` as it may come back where what is submitted was read to its end."""
    said = [*earlier]
    unread = [one for one in said if one.decision == UNREAD and not one.claims]
    return [*said, *(replace(one, decision=Decision.NO_CLAIM.value) for one in unread)]


def settle(said: Said, conflict: Conflict, chosen: Said) -> Said:
    """Return what is said of a sentence with the item of a conflict as it was chosen.

    To take one side, put the other side's item into the base: the next merge finds one change.
    """
    return _compose(said.position, _settle(said, conflict, chosen), like=said)


def is_fitting(said: Said, conflict: Conflict, chosen: Said) -> bool:
    """Tell whether what was chosen leaves the rest of the sentence as it is said."""
    return not _contradicts(_settle(said, conflict, chosen))


def only(said: Said, item: Item, base: Said | None = None) -> Said:
    """Return what is said of an item alone; attributes of a sentence without any are base's."""
    one = _normal(said)
    if item.kind is Kind.SENTENCE:
        return replace(one, stances=tuple(s for s in one.stances if s.claim is not None))
    return _items(one, base).get(item, Said(one.position, UNREAD))


def read_theirs(
    found: Found,
    *,
    base: Iterable[Said],
    ours: Iterable[Said],
    sent: Iterable[Said] = (),
    scheme: Scheme,
    seed: str,
) -> Theirs:
    """Return what was found there as labelling takes it, to be merged.

    ``sent`` is what may have arrived there without our having seen it. A claim that is none of the
    sentence's gets an id made of ``seed``, which names whose answers to which text these are, and
    of its id there: the same each time. What labelling cannot take is refused, its sentence left
    alone. Where something is refused that no sentence can be named for, no sentence is believed to
    have lost anything.
    """
    before, went, here = _by_position(base), _by_position(sent), _by_position(ours)
    refused = [*found.refused]
    said: dict[int, Said] = {}
    parsed: list[tuple[Said, Answer]] = []
    for one in found.said:
        at = one.position
        known = [side[at] for side in (before, went, here) if at in side]
        named = name_claims(one, known, seed=seed)
        try:
            if all(_differs(named, side) for side in known):
                answer = _fill_in(named, scheme)
                named = say(answer)
                parsed.append((named, answer))
            said[at] = named
        except InvalidInputError as error:
            refused.append(Refused(f"sentence {at}", error.sentence, frozenset({at})))
    left_alone = frozenset[int]().union(*(one.positions for one in refused))
    if any(not one.positions for one in refused):
        left_alone |= {
            at
            for at, side in (before | here).items()
            if not _items(side).keys() <= _items(said.get(at, Said(at, UNREAD))).keys()
        }
    kept = tuple(one for at, one in sorted(said.items()) if at not in left_alone)
    return Theirs(kept, tuple(refused), left_alone, tuple(parsed))


def name_claims(said: Said, known: Iterable[Said], *, seed: str) -> Said:
    """Return what is said with an id of ours for each claim that the known sentences have not."""
    ids = {claim.id for one in known for claim in one.claims}
    names = {
        claim.id: claim.id if claim.id in ids else _make_id(seed, said.position, claim.id)
        for claim in said.claims
    }
    return replace(
        said,
        claims=tuple(replace(claim, id=names[claim.id]) for claim in said.claims),
        stances=tuple(
            replace(stance, claim=names.get(stance.claim or "", stance.claim))
            for stance in said.stances
        ),
    )


def write_answer(said: Said, *, id_: str, base: str | None, sentence: SentenceId) -> JsonObject:
    """Return an answer as ``parse_answer`` takes it; of an unread sentence, one without claims."""
    is_settled = not said.claims and said.decision in NOT_CLAIMS
    decision = Decision(said.decision) if is_settled else Decision.CLAIMS
    return answer_json(
        Answer(id_, base, sentence, decision, said.attributes, said.claims, said.stances)
    )


def say(answer: Answer) -> Said:
    """Return what an answer says, as it is merged."""
    return _normal(
        Said(
            answer.sentence.position,
            answer.decision.value,
            answer.attributes,
            answer.claims,
            answer.stances,
        )
    )


def said_json(said: Said) -> JsonObject:
    """Return what is said as it is stored; ``read_said`` reads it back."""
    one = replace(_normal(said), decision=said.decision, attributes=_given(said.attributes))
    sentence = replace(_NOWHERE, position=one.position)
    whole = write_answer(one, id_=_NO_ID, base=None, sentence=sentence)
    kept = {name: whole[name] for name in ("attributes", "claims", "stances")}
    return {"position": one.position, "decision": one.decision, **kept}


def read_said(stored: Json) -> Said:
    """Read what ``said_json`` wrote."""
    one = cast(_StoredSaid, stored)
    return Said(
        one["position"],
        one["decision"],
        one["attributes"],
        tuple(
            ClaimFrame(
                claim["id"],
                tuple(Span(**part) for part in claim["parts"]),
                claim["attributes"],
                tuple(
                    Link(
                        link["speaker"],
                        _read_span(link.get("mention")),
                        _read_span(link.get("cue")),
                        link.get("attributes", {}),
                    )
                    for link in claim["chain"]
                ),
                claim["suggestion"],
            )
            for claim in one["claims"]
        ),
        tuple(
            StanceFrame(
                stance["claim"],
                stance["holder"],
                stance["target"],
                _read_span(stance["target_span"]),
                stance["value"],
                stance["attributes"],
            )
            for stance in one["stances"]
        ),
    )


@dataclass
class _Sentence:
    """What becomes of one sentence."""

    here: Said
    there: Said
    agreed: Said
    conflicts: list[Conflict] = field(default_factory=list)


def _merge_sentence(
    base: Said, ours: Said, theirs: Said, *, earlier: Sequence[Said] = ()
) -> _Sentence:
    if base == ours == theirs:  # Of nearly all sentences, and a tenth of the work.
        return _Sentence(ours, theirs, base)
    is_plain = _is_blank(base) and (_is_blank(ours) or _is_blank(theirs))
    if is_plain and not earlier:  # Of nearly all others.
        one = _normal(theirs if _is_blank(ours) else ours)
        return _Sentence(_order(one, ours), _order(one, theirs), one)
    sides = [_items(side, base) for side in (base, ours, theirs)]
    olds = [_items(side, base) for side in earlier]
    names = sorted({*chain.from_iterable(sides)}, key=lambda item: (item.kind, item.names))
    clashing = {
        item
        for item in names
        if _clashes(*(side.get(item) for side in sides), earlier=[old.get(item) for old in olds])
    }
    whole = Item(Kind.SENTENCE)
    settled = [_compose_side(side, sides, names, clashing) for side in (1, 2, 0)]
    if any(map(_contradicts, [*settled, _join(sides, clashing)])):
        clashing |= {item for item in names if _is_of(item, whole)}
        settled = [_compose_side(side, sides, names, clashing) for side in (1, 2, 0)]
        listed = [whole, *(item for item in names if item in clashing and not _is_of(item, whole))]
    else:
        listed = [item for item in names if item in clashing]
    conflicts = [
        Conflict(base.position, item, *(only(side, item, base) for side in (base, ours, theirs)))
        for item in listed
    ]
    orders = (ours, theirs, base)
    here, there, agreed = (
        _compose(base.position, items, like=like)
        for items, like in zip(settled, orders, strict=True)
    )
    return _Sentence(here, there, agreed, conflicts)


_Items = dict[Item, Said]


def _compose_side(
    side: int, sides: list[_Items], names: list[Item], clashing: Collection[Item]
) -> _Items:
    """Choose for a side, 0 the base, its own item where sides clash, and else the changed one."""
    base, ours, theirs = sides
    chosen: _Items = {}
    for item in names:
        if item in clashing:
            found = sides[side].get(item)
        else:
            found = theirs.get(item) if ours.get(item) == base.get(item) else ours.get(item)
        if found is not None:
            chosen[item] = found
    return chosen


def _clashes(
    base: Said | None, ours: Said | None, theirs: Said | None, *, earlier: Sequence[Said | None]
) -> bool:
    if theirs in (base, ours):
        return False
    return ours != base or any(_is_put_back(base, theirs, old) for old in earlier)


def _is_put_back(base: Said | None, theirs: Said | None, old: Said | None) -> bool:
    """Tell whether theirs says as before anything that we changed; the rest may be new."""
    if base is None or old is None:
        return old != base and (theirs is None) == (old is None)
    fields, before, now = _fields(base), _fields(old), _fields(theirs)
    changed = {name for name in {**fields, **before} if fields.get(name) != before.get(name)}
    return any(now.get(name) == before.get(name) for name in changed)


def _fields(item: Said | None) -> dict[str, object]:
    """Take apart what is said of one item: what one person may change and another leave."""
    if item is None:
        return {}
    fields: dict[str, object] = {"decision": item.decision, "stances": item.stances}
    attributes = item.attributes
    for claim in item.claims:
        fields |= {"parts": claim.parts, "chain": claim.chain}
        attributes = claim.attributes
    return fields | {f"attribute {name}": value for name, value in attributes.items()}


def _settle(said: Said, conflict: Conflict, chosen: Said) -> _Items:
    items, chosen_items = _items(said), _items(chosen)
    opinion = Item(Kind.DECISION)  # Attributes of an item alone are those of no claim.
    chosen_items[opinion] = replace(chosen_items[opinion], attributes=_given(chosen.attributes))
    for item in {**items, **chosen_items}:
        if _is_of(item, conflict.item):
            items.pop(item, None)
            if item in chosen_items:
                items[item] = chosen_items[item]
    return items


def _join(sides: Sequence[_Items], items: Collection[Item]) -> _Items:
    """Put together what both sides say in items, as if one were taken from each."""
    _, ours, theirs = sides
    found = [(item, side[item]) for side in (ours, theirs) for item in items if item in side]
    opinions = {item: said for item, said in found if said.decision in NOT_CLAIMS}
    return {Item(Kind.DECISION): Said(0, UNREAD), **dict(found), **opinions}


def _contradicts(items: _Items) -> bool:
    opinion = items[Item(Kind.DECISION)]
    return opinion.decision != UNREAD and any(item.kind is Kind.CLAIM for item in items)


def _items(said: Said, base: Said | None = None) -> _Items:
    """Take apart what is said; a sentence with neither claims nor decision has base's attributes.

    There is nowhere that it could have any, so that they were not taken back.
    """
    one = _normal(said)
    at, before = one.position, _normal(base) if base else None
    attributes = one.attributes
    if one.decision == UNREAD and before and before.decision == Decision.CLAIMS:
        attributes = before.attributes
    word = one.decision if one.decision in NOT_CLAIMS else UNREAD
    items = {Item(Kind.DECISION): Said(at, word, attributes)}
    for claim in one.claims:
        own = tuple(stance for stance in one.stances if stance.claim == claim.id)
        items[Item(Kind.CLAIM, (claim.id,))] = Said(at, Decision.CLAIMS.value, {}, (claim,), own)
    free = [stance for stance in one.stances if stance.claim is None]
    for holder, target in {(stance.holder, stance.target): None for stance in free}:
        own = tuple(one for one in free if (one.holder, one.target) == (holder, target))
        items[Item(Kind.STANCES, (holder, target))] = Said(at, UNREAD, {}, (), own)
    return items


def _claims(said: Said) -> _Items:
    """Take apart what is said, and leave out all but claims."""
    return {item: one for item, one in _items(said).items() if item.kind is Kind.CLAIM}


def _bare(claim: Said) -> str:
    """Return what is said of a claim, whatever its id is."""
    (id_,) = (one.id for one in claim.claims)
    return canonical_json(said_json(claim)).replace(id_, _NO_ID)


def _compose(position: int, items: _Items, like: Said | None = None) -> Said:
    """Put items together, in the order of ``like``."""
    claims = [claim for item in items.values() for claim in item.claims]
    stances = [stance for item in items.values() for stance in item.stances]
    opinion = items.get(Item(Kind.DECISION), Said(position, UNREAD))
    one = _normal(
        Said(position, opinion.decision, opinion.attributes, tuple(claims), tuple(stances)),
        is_open=bool(claims),
    )
    return one if like is None else _order(one, like)


def _order(one: Said, like: Said) -> Said:
    """Return what is said with the claims and stances that ``like`` has in its order, first."""
    claims, stances = one.claims, one.stances
    if len(claims) > 1:
        places = {claim.id: place for place, claim in enumerate(like.claims)}
        claims = tuple(sorted(claims, key=lambda claim: places.get(claim.id, len(places))))
    if len(stances) > 1:
        last = len(like.stances)
        written = {_text(stance): place for place, stance in reversed([*enumerate(like.stances)])}
        stances = tuple(sorted(stances, key=lambda stance: written.get(_text(stance), last)))
    if len(claims) > 1 or len(stances) > 1:
        return replace(one, claims=claims, stances=stances)
    return one


def _is_blank(said: Said) -> bool:
    return said.decision == UNREAD and not (said.claims or said.stances or said.attributes)


def _is_of(item: Item, whole: Item) -> bool:
    if whole.kind is Kind.SENTENCE:
        return item.kind is not Kind.STANCES
    return item == whole


def _normal(said: Said, *, is_open: bool = False) -> Said:
    """Return what is said in one form only; ``is_open`` for attributes without a decision."""
    if said.claims or is_open:
        decision = Decision.CLAIMS.value
    else:
        decision = said.decision if said.decision in NOT_CLAIMS else UNREAD
    if not (said.attributes or said.claims or said.stances):
        return said if said.decision == decision else Said(said.position, decision)
    stances = tuple(
        replace(stance, attributes=_given(stance.attributes)) if stance.attributes else stance
        for stance in said.stances
    )
    claims = map(_normal_claim, said.claims)
    return Said(
        said.position,
        decision,
        _given(said.attributes) if decision != UNREAD else {},
        tuple(sorted(claims, key=lambda claim: (claim.parts[0].start, claim.id))),
        tuple(sorted(stances, key=_text)) if len(stances) > 1 else stances,
    )


def _normal_claim(claim: ClaimFrame) -> ClaimFrame:
    chain = tuple(
        replace(link, attributes=_given(link.attributes)) if link.attributes else link
        for link in claim.chain
    )
    return ClaimFrame(claim.id, claim.parts, _given(claim.attributes), chain, claim.suggestion)


def _given(attributes: Attributes) -> dict[str, str | None]:
    return {name: value for name, value in sorted(attributes.items()) if value is not None}


def _text(stance: StanceFrame) -> str:
    """Return a stance in one form only, to sort by."""
    span = stance.target_span
    return canonical_json(
        [
            stance.claim,
            stance.holder,
            stance.target,
            [span.start, span.end] if span else None,
            stance.value,
            {**_given(stance.attributes)},
        ]
    )


def _differs(one: Said, other: Said | None) -> bool:
    if one == other:
        return False
    return not _is_blank(_normal(one)) if other is None else _normal(one) != _normal(other)


def _by_position(side: Iterable[Said]) -> dict[int, Said]:
    return {one.position: one for one in side}


def _spoken(side: Mapping[int, Said]) -> tuple[Said, ...]:
    return tuple(
        one
        for _, one in sorted(side.items())
        if one.claims or one.stances or one.decision in NOT_CLAIMS
    )


def _fill_in(said: Said, scheme: Scheme) -> Answer:
    """Return what is said as labelling would keep it; ``InvalidInputError`` if it would not.

    Claims and stances are in the order in which they are merged. Fields that the scheme has no more
    are left out, as where somebody works on the answer here.
    """
    sentence = replace(_NOWHERE, position=said.position)
    asked = _normal(_keep_asked(said, scheme))
    payload = write_answer(asked, id_=_NO_ID, base=None, sentence=sentence)
    return parse_answer(payload, scheme)


def _keep_asked(said: Said, scheme: Scheme) -> Said:
    fields = {
        level: attribute_fields(scheme, level)
        for level in ("annotation", "claim", "link", "stance")
    }

    def keep(level: str, given: Attributes) -> Attributes:
        return {name: value for name, value in given.items() if name in fields[level]}

    return replace(
        said,
        attributes=keep("annotation", said.attributes),
        claims=tuple(
            replace(
                claim,
                attributes=keep("claim", claim.attributes),
                chain=tuple(
                    replace(link, attributes=keep("link", link.attributes)) for link in claim.chain
                ),
            )
            for claim in said.claims
        ),
        stances=tuple(
            replace(stance, attributes=keep("stance", stance.attributes)) for stance in said.stances
        ),
    )


def _make_id(seed: str, position: int, id_: str) -> str:
    return hashlib.sha256(canonical_json([seed, position, id_]).encode()).hexdigest()[:26]


def _read_span(stored: "_StoredSpan | None") -> Span | None:
    return Span(**stored) if stored else None


class _StoredSpan(TypedDict):
    start: int
    end: int
    text: str


class _StoredLink(TypedDict, total=False):
    speaker: str
    mention: _StoredSpan | None
    cue: _StoredSpan | None
    attributes: Attributes


class _StoredClaim(TypedDict):
    id: str
    parts: list[_StoredSpan]
    attributes: Attributes
    chain: list[_StoredLink]
    suggestion: str | None


class _StoredStance(TypedDict):
    claim: str | None
    holder: str
    target: str
    target_span: _StoredSpan | None
    value: str
    attributes: Attributes


class _StoredSaid(TypedDict):
    position: int
    decision: str
    attributes: Attributes
    claims: list[_StoredClaim]
    stances: list[_StoredStance]
