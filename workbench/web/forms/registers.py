"""Forms of the registers: what is known of a speaker or of a target, and which two are one."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from workbench.accounts.rules import MAX_NAME_LENGTH
from workbench.canonical import Json, JsonObject
from workbench.web.forms.base import WorkbenchForm

KINDS = {
    "person": _("person"),
    "organisation": _("organisation"),
    "group": _("group"),
    "document": _("document"),
    "idea": _("idea"),
    "actor": _("actor"),
}
SPEAKER_CHOICES = [
    SelectChoice(kind, KINDS[kind]) for kind in ("person", "organisation", "group", "document")
]
TARGET_CHOICES = [SelectChoice(kind, KINDS[kind]) for kind in ("idea", "actor")]
_FILLED = DataRequired(_("Please fill this in."))
_LENGTH = Length(max=MAX_NAME_LENGTH)


def _aliases() -> TextAreaField:
    return TextAreaField(
        _("Also called"),
        description=_("One name a line; where the text has one, the entry is offered."),
        render_kw={"rows": 4, "dir": "auto"},
    )


def _note() -> TextAreaField:
    return TextAreaField(_("Note"), render_kw={"rows": 2, "dir": "auto"})


class SpeakerForm(WorkbenchForm):
    """What is known of a speaker; ``state`` is what was shown when the page was opened."""

    state = HiddenField(validators=[InputRequired()])
    name = StringField(_("Name"), [_FILLED, _LENGTH])
    kind = SelectField(_("Kind"), choices=SPEAKER_CHOICES)
    named = BooleanField(_("The text gives a name, not a description"))
    aliases = _aliases()
    periphrases = TextAreaField(
        _("Described as"),
        description=_("One description a line; offered to annotators, never matched alone."),
        render_kw={"rows": 2, "dir": "auto"},
    )
    role = StringField(_("Role"), [_LENGTH])
    employer = SelectField(_("Works for"))
    note = _note()

    def show(self, document: JsonObject, employers: Sequence[SelectChoice]) -> None:
        """Offer these employers, and on a page that is opened fill in what is known."""
        self.employer.choices = [SelectChoice("", "–"), *employers]
        if not self.is_submitted():
            _fill(self, self.values_of(document))

    def values_of(self, document: JsonObject) -> dict[str, Json]:
        """Return what each field says of an entry."""
        return {
            **{
                name: document.get(name, "")
                for name in ("name", "kind", "role", "employer", "note")
            },
            "named": bool(document.get("named")),
            "aliases": _lines(document.get("aliases")),
            "periphrases": _lines(document.get("periphrases")),
        }

    def document(self, before: JsonObject) -> JsonObject:
        """Return the entry as it was sent, as a register file has it."""
        return _kept(
            {
                **before,
                "name": _text(self.name.data),
                "kind": self.kind.data,
                "named": bool(self.named.data),
                "aliases": _texts(self.aliases.data),
                "periphrases": _texts(self.periphrases.data),
                "role": _text(self.role.data),
                "employer": self.employer.data or "",
                "note": _text(self.note.data),
            }
        )


class TargetForm(WorkbenchForm):
    """What is known of a target, in both languages."""

    state = HiddenField(validators=[InputRequired()])
    label_fr = StringField(_("Name in French"), [_LENGTH])
    label_en = StringField(_("Name in English"), [_LENGTH])
    question_fr = StringField(_("Question in French"), [_LENGTH])
    question_en = StringField(
        _("Question in English"),
        [_LENGTH],
        description=_("What being in favour of it means, such as “Should models be open?”."),
    )
    kind = SelectField(_("Kind"), choices=TARGET_CHOICES)
    aliases = _aliases()
    note = _note()

    def show(self, document: JsonObject) -> None:
        """Fill in what is known on a page that is opened."""
        if not self.is_submitted():
            _fill(self, self.values_of(document))

    def values_of(self, document: JsonObject) -> dict[str, Json]:
        """Return what each field says of an entry."""
        words: dict[str, Json] = {
            f"{name}_{language}": said.get(language, "")
            for name in ("label", "question")
            if isinstance(said := document.get(name, {}), dict)
            for language in ("fr", "en")
        }
        return {
            **words,
            "kind": document.get("kind", ""),
            "note": document.get("note", ""),
            "aliases": _lines(document.get("aliases")),
        }

    def document(self, before: JsonObject) -> JsonObject:
        """Return the entry as it was sent, as a register file has it."""
        words: dict[str, JsonObject] = {
            name: {
                language: text
                for language in ("fr", "en")
                if (text := _text(self[f"{name}_{language}"].data))
            }
            for name in ("label", "question")
        }
        return _kept(
            {
                **before,
                **words,
                "kind": self.kind.data,
                "aliases": _texts(self.aliases.data),
                "note": _text(self.note.data),
            }
        )


class MergeForm(WorkbenchForm):
    """Which entry stands for this one from now on."""

    into = StringField(_("Same as"), [InputRequired(_("Choose one of the entries."))])


def _fill(form: WorkbenchForm, values: Mapping[str, Json]) -> None:
    for name, value in values.items():
        form[name].data = value


def _lines(value: Json) -> str:
    return "\n".join(str(text) for text in value) if isinstance(value, list) else ""


def _texts(value: str | None) -> list[Json]:
    lines = (" ".join(line.split()) for line in (value or "").splitlines())
    return [*dict.fromkeys(line for line in lines if line)]


def _text(value: str | None) -> str:
    return " ".join((value or "").split())


def _kept(document: JsonObject) -> JsonObject:
    return {name: value for name, value in document.items() if value not in ("", [], {})}
