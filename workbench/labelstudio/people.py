"""Who there is who here: people with an account on both sides, known by their e-mail address."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from workbench.messages import Message

_BETWEEN = " · "  # a project's title and its annotator's name


@dataclass(frozen=True)
class Person:
    """Somebody with an account there."""

    id: int
    email: str
    name: str


@dataclass(frozen=True)
class Annotator:
    """Somebody who labels here; ``email`` is as it is stored, case-folded."""

    membership_id: int
    email: str
    name: str


def match_people(
    accounts: Sequence[Person],
    annotators: Sequence[Annotator],
    *,
    linked: Mapping[int, int],
    nobody: Collection[int] = (),
) -> dict[int, int]:
    """Return the membership of each account there that is somebody here.

    ``linked`` are those that somebody named, which stay as long as both are there, and ``nobody``
    those of whom somebody said that they are nobody here. Any other is found by its e-mail address,
    unless several accounts have it: then nobody can tell which.
    """
    ids, here = {one.id for one in accounts}, {one.membership_id for one in annotators}
    found = {at: who for at, who in linked.items() if at in ids and who in here}
    taken = {*found.values()}
    counted = Counter(_plain(one.email) for one in accounts)
    by_email = {one.email: one.membership_id for one in annotators}
    for one in accounts:
        who = by_email.get(_plain(one.email))
        is_sure = counted[_plain(one.email)] == 1 and who not in taken
        if one.id not in found and one.id not in nobody and who is not None and is_sure:
            found[one.id] = who
    return found


def list_missing(annotators: Sequence[Annotator], found: Collection[int]) -> list[Annotator]:
    """Return the annotators who have no account there."""
    return [one for one in annotators if one.membership_id not in found]


def tell_earlier(who: str, earlier: Sequence[Annotator]) -> Message:
    """Say what becomes of the answers of an account that was somebody else's until now."""
    return Message(
        "What was said there in the name of %(earlier)s comes in the name of %(who)s the next time"
        " that answers are brought here. What %(earlier)s answered here stays theirs; all else"
        " stays in the history of their answers.",
        who=who,
        earlier=", ".join(one.name for one in earlier),
    )


def name_projects(
    title: str,
    annotators: Sequence[Annotator],
    *,
    longest: int,
    is_taken: Callable[[str], bool] = lambda _: False,
) -> dict[int, str]:
    """Return a title for each annotator's own project: their name behind the common title.

    No two are equal, none is taken, and none is longer than Label Studio takes.
    """
    titles: dict[int, str] = {}
    for one in annotators:
        plain = one.name.replace(_BETWEEN, " ")
        number, name = 1, plain
        while (made := _join(title, name, longest)) in titles.values() or is_taken(made):
            number += 1
            name = f"{plain[: longest // 2 - 4]} {number}"
        titles[one.membership_id] = made
    return titles


def common_title(title: str) -> str:
    """Return what the titles of all annotators' own projects begin with."""
    return title.rpartition(_BETWEEN)[0] or title


def hide_name(title: str, number: int) -> str:
    """Return the title of an annotator's own project without their name."""
    common, between, _ = title.rpartition(_BETWEEN)
    return f"{common}{between}#{number}"


def _join(title: str, name: str, longest: int) -> str:
    ending = f"{_BETWEEN}{name[: longest // 2]}"
    return f"{title[: longest - len(ending)].rstrip()}{ending}"


def _plain(email: str) -> str:
    return email.strip().casefold()
