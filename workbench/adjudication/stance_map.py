"""The map of stances as it is shown: whose and which are chosen, in what order, and the pictures.

Whoever does not fit on a page is added up as one row or column of others.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workbench.adjudication.stance_pictures import (
    MapPicture,
    Moment,
    TimePicture,
    draw_map,
    draw_timeline,
)
from workbench.adjudication.stance_reading import (
    NAMED_AUTHOR,
    UNNAMED_AUTHOR,
    ArticleStances,
    DatedArticle,
    Standing,
)
from workbench.adjudication.stance_words import (
    AUTHOR_NAMED,
    AUTHOR_OF,
    COUNTED,
    HIDDEN,
    OTHERS,
    OVER_TIME,
    PRECISION,
    TITLE,
)
from workbench.adjudication.stances import (
    Cell,
    Held,
    Order,
    StanceMap,
    count_stances,
    order_by_camps,
)
from workbench.corpus.queries import read_headings_by_slug
from workbench.labelling.registers import register_number
from workbench.labelling.remembered import stored_registers, stored_scheme
from workbench.projects.queries import newest_scheme
from workbench.projects.scheme import Words

HOLDERS, TARGETS = 40, 12  # of a page, on a screen and on paper
TIME_ROWS = 30
COLUMNS = (
    *("holder", "holder_name", "holder_kind", "holder_named"),
    *("target", "target_name", "stance", "said_by", "sentences"),
)

Found = tuple[DatedArticle, ArticleStances, Held]


@dataclass(frozen=True)
class Choice:
    """Which stances are wanted: of one article or outlet, their holders' own, of named holders.

    ``least`` leaves out who has fewer.
    """

    article: str = ""
    outlet: str = ""
    own: bool = False
    named: bool = False
    least: int = 1


@dataclass(frozen=True)
class Name:
    """What a holder or a target is called; ``more`` is its kind, or the question it answers."""

    id: str
    name: str
    more: str
    named: bool = True


class Names:
    """What to call holders and targets in a language; headings are read when they are needed."""

    def __init__(
        self, session: Session, *, project_id: int, language: str, articles: Sequence[DatedArticle]
    ) -> None:
        self._session, self._project_id, self._language = session, project_id, language
        number = register_number(session, project_id=project_id)
        registers = stored_registers(session, project_id=project_id, number=number)
        self._speakers = {entry.id: entry for entry in registers.speakers}
        self._targets = {entry.id: entry for entry in registers.targets}
        self._authors = {one.author_id: one.author for one in articles if one.author}
        number = newest_scheme(session, project_id=project_id).number
        scheme = stored_scheme(session, project_id=project_id, number=number).scheme
        self._reserved = scheme.reserved_speakers

    def is_named(self, holder: str) -> bool:
        """Tell whether the text gives a name to the holder, or a register does."""
        entry = self._speakers.get(holder)
        return entry.named if entry else holder.startswith(NAMED_AUTHOR)

    def of_holders(self, holders: Sequence[str]) -> dict[str, Name]:
        """Return what to call these holders."""
        slugs = [
            one.removeprefix(UNNAMED_AUTHOR) for one in holders if one.startswith(UNNAMED_AUTHOR)
        ]
        headings = read_headings_by_slug(self._session, project_id=self._project_id, slugs=slugs)
        return {one: self._of_holder(one, headings) for one in holders}

    def of_targets(self, targets: Sequence[str]) -> dict[str, Name]:
        """Return what to call these targets."""
        return {one: self._of_target(one) for one in targets}

    def _of_holder(self, holder: str, headings: Mapping[str, str]) -> Name:
        if entry := self._speakers.get(holder):
            return Name(holder, entry.name, entry.kind, entry.named)
        if holder.startswith(UNNAMED_AUTHOR):
            slug = holder.removeprefix(UNNAMED_AUTHOR)
            heading = headings.get(slug, slug)
            return Name(holder, AUTHOR_OF[self._language].format(heading=heading), "author", False)
        if holder.startswith(NAMED_AUTHOR):
            name = self._authors.get(holder) or holder
            return Name(holder, AUTHOR_NAMED[self._language].format(name=name), "author")
        return Name(holder, self._said(self._reserved.get(holder, {})) or holder, "", False)

    def _of_target(self, target: str) -> Name:
        entry = self._targets.get(target)
        if entry is None:
            return Name(target, target, "")
        return Name(target, self._said(entry.labels) or target, self._said(entry.questions))

    def _said(self, words: Words) -> str:
        return words.get(self._language) or next(iter(words.values()), "")


@dataclass(frozen=True)
class ShownMap:
    """A part of a map: these holders by these targets, and what the others come to."""

    found: StanceMap
    holders: Sequence[str]
    targets: Sequence[str]
    other_holders: int
    other_targets: int

    def cell(self, holder: str, target: str) -> Cell | None:
        """Return a cell, if anything is in it."""
        return self.found.cells.get((holder, target))

    def others_on(self, target: str) -> Cell:
        """Return what the holders that are not shown come to on a target."""
        shown = (self.cell(holder, target) for holder in self.holders)
        return _less(self.found.of_targets[target], shown)

    def others_of(self, holder: str) -> Cell:
        """Return what a holder says of the targets that are not shown."""
        shown = (self.cell(holder, target) for target in self.targets)
        return _less(self.found.of_holders[holder], shown)


@dataclass(frozen=True)
class Timeline:
    """The stances on one target, or of one holder, by row and date."""

    rows: Sequence[str]
    others: int
    moments: Sequence[Moment]


def choose(standing: Standing, wanted: Choice, names: Names) -> list[Found]:
    """Return the stances that are wanted; ``least`` needs all of them and is left to the count."""
    return [
        (article, found, held)
        for article, found, held in standing.held()
        if (not wanted.article or article.slug == wanted.article)
        and (not wanted.outlet or article.outlet == wanted.outlet)
        and (not wanted.own or held.is_own)
        and (not wanted.named or names.is_named(held.holder))
    ]


def count_chosen(chosen: Sequence[Found], *, least: int) -> StanceMap:
    """Count stances that were chosen."""
    return count_stances((held for _, _, held in chosen), least=least)


def show_part(
    found: StanceMap,
    order: Order,
    *,
    first_holder: int = 0,
    first_target: int = 0,
    most_holders: int = HOLDERS,
    most_targets: int = TARGETS,
) -> ShownMap:
    """Return a part of a map: of the most frequent first, those shown in the order wanted."""
    holders = found.holders[first_holder : first_holder + most_holders]
    targets = found.targets[first_target : first_target + most_targets]
    return ShownMap(
        found=found,
        holders=order_by_camps(found, holders, targets) if order is Order.CAMPS else holders,
        targets=targets,
        other_holders=len(found.holders) - len(holders),
        other_targets=len(found.targets) - len(targets),
    )


def make_timeline(
    chosen: Sequence[Found], row_of: Callable[[Held], str], *, most: int = TIME_ROWS
) -> Timeline:
    """Return stances by row and date: who is for is above, who is against below."""
    cells: dict[tuple[str, str | None], Cell] = {}
    rows: dict[str, Cell] = {}
    for article, _, held in chosen:
        row = row_of(held)
        for cell in (
            cells.setdefault((row, article.published), Cell()),
            rows.setdefault(row, Cell()),
        ):
            cell.counts[held.side, held.is_own] += 1
    frequent = sorted(rows, key=lambda row: (-rows[row].total, row))[:most]
    shown = sorted(frequent, key=lambda row: (-rows[row].leaning, -rows[row].total, row))
    places = {row: place for place, row in enumerate(shown)}
    moments = [
        Moment(places[row], published, cell)
        for (row, published), cell in cells.items()
        if row in places
    ]
    moments.sort(key=lambda one: (one.row, one.published is None, one.published or ""))
    return Timeline(shown, len(rows) - len(shown), moments)


def draw_shown_map(
    shown: ShownMap, names: Names, *, project: str, standing: Standing, language: str
) -> str:
    """Return the picture of a part of a map, for a file."""
    holders, targets = names.of_holders(shown.holders), names.of_targets(shown.targets)
    cells = {
        (row, column): cell
        for row, holder in enumerate(shown.holders)
        for column, target in enumerate(shown.targets)
        if (cell := shown.cell(holder, target))
    }
    rows = [holders[one].name for one in shown.holders]
    columns = [targets[one].name for one in shown.targets]
    if shown.other_holders:
        cells |= {
            (len(rows), column): cell
            for column, target in enumerate(shown.targets)
            if (cell := shown.others_on(target)).total
        }
        rows.append(OTHERS[language].format(count=shown.other_holders))
    if shown.other_targets:
        cells |= {
            (row, len(columns)): cell
            for row, holder in enumerate(shown.holders)
            if (cell := shown.others_of(holder)).total
        }
        columns.append(OTHERS[language].format(count=shown.other_targets))
    lines = [f"{project} · {describe_count(shown.found, standing, language)}"]
    if standing.hidden:
        lines.append(HIDDEN[language].format(count=standing.hidden))
    return draw_map(MapPicture(TITLE[language], lines, rows, columns, cells, language))


def describe_timeline(found: Timeline, *, what: Name, language: str) -> list[str]:
    """Return the lines that say how a line of time is read."""
    lines = [what.more] if what.more.endswith("?") else []
    if found.others:
        lines.append(OTHERS[language].format(count=found.others))
    return [*lines, PRECISION[language]]


def draw_shown_timeline(
    found: Timeline,
    rows: Mapping[str, Name],
    *,
    what: Name,
    language: str,
    lines: Sequence[str] = (),
    link: Callable[[Moment], str] | None = None,
) -> str:
    """Return the picture of a line of time; with links it is for a page, which has its legend."""
    labels = [rows[one].name for one in found.rows]
    lines = [*lines, *describe_timeline(found, what=what, language=language)]
    title = OVER_TIME[language].format(what=what.name)
    return draw_timeline(
        TimePicture(title, lines, labels, found.moments, language, link, is_bare=link is not None)
    )


def describe_count(found: StanceMap, standing: Standing, language: str) -> str:
    """Say in words how much a map rests on."""
    return COUNTED[language].format(
        stances=found.total,
        holders=len(found.holders),
        targets=len(found.targets),
        articles=len(standing.articles),
    )


def write_rows(found: StanceMap, names: Names) -> Iterator[dict[str, str | int]]:
    """Yield a row for each holder, target and value of a map, for programs and spreadsheets."""
    holders, targets = names.of_holders(found.holders), names.of_targets(found.targets)
    for holder in found.holders:
        for target in found.targets:
            cell = found.cells.get((holder, target))
            for mark in cell.marks if cell else ():
                yield {
                    "holder": holder,
                    "holder_name": holders[holder].name,
                    "holder_kind": holders[holder].more,
                    "holder_named": int(holders[holder].named),
                    "target": target,
                    "target_name": targets[target].name,
                    "stance": mark.side.value,
                    "said_by": "holder" if mark.is_own else "others",
                    "sentences": mark.count,
                }


def _less(whole: Cell, parts: Iterator[Cell | None]) -> Cell:
    counts = Counter(whole.counts)
    for part in parts:
        if part:
            counts -= part.counts
    return Cell(counts)
