"""What changed in a release, in words of the page's language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _

from workbench.canonical import JsonObject
from workbench.datasets.differing import TYPES
from workbench.datasets.reading import ToldChanges, name_record
from workbench.datasets.rules import ChangeKind, Step

WHY = {
    Step.FIRST: _("It is the first release."),
    Step.PATCH: _("No record differs."),
    Step.MINOR: _("There are only additions."),
    Step.MAJOR: _(
        "Records were changed, removed or moved across splits: results on the release before cannot"
        " be compared with results on this one."
    ),
}
STEPS = {
    Step.FIRST: _("first release"),
    Step.PATCH: _("same records"),
    Step.MINOR: _("additions"),
    Step.MAJOR: _("results not comparable with before"),
}
UNTOLD = _("The releases before it were withdrawn, so that nobody can tell what changed.")
RECORDS: Mapping[str, LazyString] = {
    "scheme": _("label schemes"),
    "guideline": _("guidelines"),
    "verdict_scale": _("verdict scales"),
    "speaker": _("speakers"),
    "target": _("targets"),
    "article": _("articles"),
    "sentence": _("sentences"),
    "statement": _("statements"),
    "verdict": _("verdicts"),
    "evidence": _("evidence"),
    "erratum": _("errata"),
}
CHANGES = {
    ChangeKind.ADDED: _("added"),
    ChangeKind.CHANGED: _("changed"),
    ChangeKind.REMOVED: _("removed"),
    ChangeKind.MOVED: _("moved"),
}


@dataclass(frozen=True)
class ToldKind:
    """What became of one kind of record: ``3 changed, 1 added``."""

    kind: str
    name: str
    words: str
    count: int


@dataclass(frozen=True)
class ToldChange:
    """What became of one record; ``fields`` are the places in it that differ."""

    change: ChangeKind
    word: str
    record: str
    id: str
    name: str
    fields: list[str]
    moved_from: str
    moved_to: str


def count_in_words(kind: ChangeKind, count: int) -> str:
    """Write how many records were added, changed, removed or moved."""
    match kind:
        case ChangeKind.ADDED:
            words = ngettext("%(num)s added", "%(num)s added", count)
        case ChangeKind.CHANGED:
            words = ngettext("%(num)s changed", "%(num)s changed", count)
        case ChangeKind.REMOVED:
            words = ngettext("%(num)s removed", "%(num)s removed", count)
        case ChangeKind.MOVED:
            words = ngettext(
                "%(num)s moved to another split", "%(num)s moved to other splits", count
            )
    return str(words)


def tell_counts(counts: Mapping[str, Mapping[ChangeKind, int]]) -> Iterator[ToldKind]:
    """Yield for each kind of record what became of how many."""
    for kind in TYPES:
        if some := {name: count for name, count in counts.get(kind, {}).items() if count}:
            words = ", ".join(count_in_words(name, count) for name, count in some.items())
            yield ToldKind(kind, str(RECORDS[kind]), words, sum(some.values()))


def tell_step(told: ToldChanges, *, is_first: bool) -> str:
    """Say in a sentence what the version promises about the one before."""
    return str(UNTOLD if told.step is Step.FIRST and not is_first else WHY[told.step])


def tell_shortly(told: ToldChanges, *, is_first: bool) -> str:
    """Say in a few words what the version promises, for a list of versions."""
    return str(UNTOLD if told.step is Step.FIRST and not is_first else STEPS[told.step])


def tell_one(change: JsonObject) -> ToldChange:
    """Return what a line of ``CHANGES.json`` says."""
    kind = ChangeKind(str(change["change"]))
    fields = change["fields"]
    return ToldChange(
        change=kind,
        word=str(CHANGES[kind]),
        record=str(RECORDS[str(change["type"])]),
        id=str(change["id"]),
        name=name_record(change["record"]),
        fields=[str(one) for one in fields] if isinstance(fields, list) else [],
        moved_from=str(change["from"] or ""),
        moved_to=str(change["to"] or ""),
    )
