"""What changes from one label scheme to the next, label by label, and what may never change.

The names of fields and values are permanent: answers are stored by them. So a name is never given
to something else, not even after it was retired, and a label that goes on is not renamed.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from workbench.errors import InvalidInputError
from workbench.projects.scheme import Field, Scheme, Value, Words

STRUCTURE = {"decision", "stance_value"}
STRUCTURAL_KINDS = {"parts", "span", "speaker", "target"}


class ChangeKind(StrEnum):
    """What becomes of a field or a value."""

    ADDED = "added"
    RETIRED = "retired"
    RENAMED = "renamed"
    KEPT = "kept"


@dataclass(frozen=True)
class ValueChange:
    """A value, its words now, or the last ones it had, and what becomes of it."""

    name: str
    kind: ChangeKind
    label: Words
    was: Words


@dataclass(frozen=True)
class FieldChange:
    """A field with its values in the new order, those that are retired last."""

    name: str
    kind: ChangeKind
    on: str
    label: Words
    was: Words
    is_asked_otherwise: bool
    values: tuple[ValueChange, ...]

    @property
    def is_open(self) -> bool:
        """Whether values came, so that answers with those that stay may have to be asked again."""
        return self.kind is not ChangeKind.ADDED and any(
            value.kind is ChangeKind.ADDED for value in self.values
        )

    @property
    def changes(self) -> bool:
        """Whether anything of the field is not as it was."""
        return (
            self.kind is not ChangeKind.KEPT
            or self.is_asked_otherwise
            or any(value.kind is not ChangeKind.KEPT for value in self.values)
        )

    def to_decide(self) -> Iterator[ValueChange]:
        """Yield the values of which somebody says what becomes of the answers that have them.

        They are the retired ones, and where values came, each that stays: it may have been split.
        """
        if self.kind in {ChangeKind.KEPT, ChangeKind.RENAMED}:
            for value in self.values:
                if value.kind is ChangeKind.RETIRED or (
                    self.is_open and value.kind is not ChangeKind.ADDED
                ):
                    yield value


@dataclass(frozen=True)
class Step:
    """What becomes of answers with a value: it reads ``to`` from now on, or is asked again."""

    field: str
    value: str
    to: str | None

    def __str__(self) -> str:
        return f"{self.field}.{self.value}{'?' if self.to is None else f'={self.to}'}"


def compare_schemes(old: Scheme, new: Scheme, *, earlier: Sequence[Scheme]) -> list[FieldChange]:
    """Return what becomes of every field; ``earlier`` are all schemes the project has had.

    Raises ``InvalidInputError`` where a permanent name is reused, renamed or moved.
    """
    for problem in _problems(old, new, earlier):
        raise problem
    fields = [_compare_field(old.fields.get(name), field) for name, field in new.fields.items()]
    fields += [
        _compare_field(field, None) for name, field in old.fields.items() if name not in new.fields
    ]
    return fields


def parse_step(text: str) -> Step:
    """Read ``claim_type.position=opinion``, or ``claim_type.position?`` for what is asked again."""
    place, mapped, to = text.partition("=")
    field, dot, value = place.removesuffix("?").partition(".")
    asked = place.endswith("?")
    if not (field and dot and value) or bool(mapped) == asked or (mapped and not to):
        raise InvalidInputError(
            "“%(step)s” is no step; write claim_type.position=opinion to map a value, or"
            " claim_type.position? to ask again.",
            step=text[:80],
        )
    return Step(field, value, to or None)


def check_steps(steps: Sequence[Step], fields: Sequence[FieldChange]) -> None:
    """Refuse steps for what does not change, to what is not there, and two for one value."""
    wanted = {
        (field.name, value.name): (field, value) for field in fields for value in field.to_decide()
    }
    seen = set()
    for step in steps:
        place = f"{step.field}.{step.value}"
        if place in seen:
            raise InvalidInputError("%(place)s is given two steps.", place=place)
        seen.add(place)
        if (step.field, step.value) not in wanted:
            raise InvalidInputError(
                "%(place)s is neither retired nor may it have been split; nothing is to be done"
                " about it.",
                place=place,
            )
        field, value = wanted[step.field, step.value]
        names = {one.name for one in field.values if one.kind is not ChangeKind.RETIRED}
        if step.to is not None and (value.kind is not ChangeKind.RETIRED or step.to not in names):
            raise InvalidInputError(
                "%(place)s cannot become %(to)s: only a retired value is mapped, to one that the"
                " field has now.",
                place=place,
                to=step.to,
            )
    for (name, value_name), (_, value) in wanted.items():
        is_needed = name in STRUCTURE and value.kind is ChangeKind.RETIRED
        if is_needed and f"{name}.{value_name}" not in seen:
            raise InvalidInputError(
                "%(place)s is retired: say which value it becomes or that it is asked again, since"
                " no stance goes without one.",
                place=f"{name}.{value_name}",
            )


def _problems(old: Scheme, new: Scheme, earlier: Sequence[Scheme]) -> Iterator[InvalidInputError]:
    for name, field in old.fields.items():
        now = new.fields.get(name)
        if now is None and (name in STRUCTURE or field.kind in STRUCTURAL_KINDS):
            yield InvalidInputError(
                "The field %(field)s is part of every answer and cannot be left out.", field=name
            )
        if name == "decision" and now and now.values.keys() != field.values.keys():
            yield InvalidInputError(
                "The values of the field decision are the program's own; only their words and keys"
                " change."
            )
        if now and field.kind == "choice":
            yield from _renamed(field, now)
    for before in earlier:
        for name, field in before.fields.items():
            if now := new.fields.get(name):
                yield from _moved(field, now, is_back=name not in old.fields)
                yield from _reused(field, old.fields.get(name), now)


def _moved(before: Field, now: Field, *, is_back: bool) -> Iterator[InvalidInputError]:
    if (now.on, now.kind) != (before.on, before.kind):
        yield InvalidInputError(
            "The field %(field)s is a %(kind)s on %(level)s for ever; give the new field a new"
            " name.",
            field=now.name,
            kind=before.kind,
            level=before.on,
        )
    if is_back and now.label != before.label:
        yield InvalidInputError(
            "The name of the retired field %(field)s cannot be used again for another one.",
            field=now.name,
        )


def _renamed(old: Field, new: Field) -> Iterator[InvalidInputError]:
    gone = [value for name, value in old.values.items() if name not in new.values]
    for name, value in new.values.items():
        for retired in gone:
            if name not in old.values and retired.label == value.label:
                yield InvalidInputError(
                    "In the field %(field)s, the value %(old)s cannot be renamed to %(new)s: the"
                    " names of values are permanent, only their words change.",
                    field=old.name,
                    old=retired.name,
                    new=name,
                )


def _reused(before: Field, old: Field | None, new: Field) -> Iterator[InvalidInputError]:
    for name, value in before.values.items():
        now = new.values.get(name)
        is_back = now is not None and (old is None or name not in old.values)
        if is_back and now and now.label != value.label:
            yield InvalidInputError(
                "In the field %(field)s, the name %(value)s was retired and cannot be used again"
                " for another value.",
                field=new.name,
                value=name,
            )


def _compare_field(old: Field | None, new: Field | None) -> FieldChange:
    field = new or old
    assert field is not None  # noqa: S101  # one of the two is there
    before, after = old or field, new or field
    both = before.values.keys() & after.values.keys()
    retired = [value for name, value in before.values.items() if name not in both]
    return FieldChange(
        name=field.name,
        kind=_kind(old, new),
        on=field.on,
        label=field.label,
        was=before.label,
        is_asked_otherwise=_asking(before, both) != _asking(after, both),
        values=(
            *(
                _compare_value(old.values.get(name) if old else None, value)
                for name, value in after.values.items()
            ),
            *(ValueChange(one.name, ChangeKind.RETIRED, one.label, one.label) for one in retired),
        )
        if new
        else tuple(
            ValueChange(one.name, ChangeKind.RETIRED, one.label, one.label)
            for one in before.values.values()
        ),
    )


def _compare_value(old: Value | None, new: Value) -> ValueChange:
    return ValueChange(new.name, _kind(old, new), new.label, (old or new).label)


def _kind(old: Field | Value | None, new: Field | Value | None) -> ChangeKind:
    if old is None:
        return ChangeKind.ADDED
    if new is None:
        return ChangeKind.RETIRED
    return ChangeKind.KEPT if old.label == new.label else ChangeKind.RENAMED


def _asking(field: Field, values: Collection[str]) -> tuple[object, ...]:
    """Return how a field is asked, as far as these values go, which it has before and after."""
    told = tuple((name, field.values[name].key, field.values[name].help) for name in sorted(values))
    return (field.ask, field.default, field.key, field.help, field.not_asked_when, told)
