"""Forms of releases: what to build, what a release says of itself, and taking one back."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from workbench.canonical import Json
from workbench.datasets.aggregating import Method, has_models
from workbench.datasets.operations import MAX_REASON, Wanted
from workbench.datasets.profiles import LICENCE, SECTIONS, Creator, Profile
from workbench.datasets.rules import Version
from workbench.links import MAX_LINK
from workbench.projects.operations import LANGUAGES
from workbench.web.forms.base import WorkbenchForm

TRIAL, BUILD = "try", "build"
METHODS = {
    Method.VOTES: _("everybody counts as one"),
    Method.DAWID_SKENE: _("weighed by Dawid–Skene"),
    Method.MACE: _("weighed by MACE"),
}
SECTION_NAMES = {
    "summary": _("What it is, in a sentence or two"),
    "curation": _("Why it was made"),
    "collection": _("How the articles were chosen"),
    "annotators": _("Who annotated, and how they were trained and paid"),
    "personal_data": _("Personal data in it"),
    "uses": _("What it is for, and what not"),
    "limitations": _("Known limits and biases"),
    "maintenance": _("Who looks after it"),
}

INSTEAD = {
    "summary": _("The card has a sentence with the counts instead."),
    "curation": _("The card says that the project gives no reasons of its own."),
    "collection": _("The card says that the project does not say how the articles were chosen."),
    "annotators": _("The card says that the project does not describe them."),
    "personal_data": _("The card has only what holds for every dataset of this kind."),
    "uses": _("The card says that the project describes no uses of its own."),
    "limitations": _("The card says that the project names no limits of its own."),
    "maintenance": _("The card leaves it out."),
}


@dataclass(frozen=True)
class Section:
    """A section of the data card in the form; ``instead``: what the card says while it is empty."""

    name: str
    state: str
    instead: str
    fields: list[Field]

    @property
    def has_errors(self) -> bool:
        """Whether something in it was refused."""
        return any(one.errors for one in self.fields)


class BuildForm(WorkbenchForm):
    """How a release is wanted; ``act`` says whether it is built or only tried."""

    allow_unsettled = BooleanField(
        _("Take along sentences that are not settled"),
        description=_("Each is marked as such; without this, one of them stops the build."),
    )
    soft_labels = SelectField(
        _("Shares of the answers"),
        description=_("How annotators' answers become soft labels."),
    )
    version = StringField(
        _("Version"),
        [Length(max=20)],
        description=_(
            "Leave it empty: it follows from what changed. One above that is taken, too."
        ),
        render_kw={"placeholder": "1.0.0", "autocomplete": "off"},
    )
    act = StringField()

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.soft_labels.choices = [
            (method.value, word)
            for method, word in METHODS.items()
            if method is Method.VOTES or has_models()
        ]

    def read(self) -> Wanted:
        """Return what was asked for."""
        version = (self.version.data or "").strip()
        return Wanted(
            allow_unsettled=self.allow_unsettled.data,
            soft_labels=Method(self.soft_labels.data),
            version=Version.parse(version) if version else None,
            is_trial=self.act.data != BUILD,
        )


class WithdrawForm(WorkbenchForm):
    """Why a release is taken back."""

    reason = TextAreaField(
        _("Reason"),
        [InputRequired(), Length(max=MAX_REASON)],
        description=_("Everybody who looks for the release reads it."),
        render_kw={"rows": 3, "dir": "auto"},
    )


class ProfileForm(WorkbenchForm):
    """What releases say of themselves in a lead's words; ``state`` is what was shown before."""

    state = HiddenField(validators=[InputRequired()])
    title_fr = StringField(_("Title (French)"), [InputRequired(), Length(max=200)])
    title_en = StringField(_("Title (English)"), [InputRequired(), Length(max=200)])
    creators = TextAreaField(
        _("Creators"),
        description=_("One a line, with a page about them if there is one: Name | https://…"),
        render_kw={"rows": 3, "dir": "auto"},
    )
    licence = StringField(
        _("Licence of the annotations"),
        [InputRequired(), Length(max=64)],
        default=LICENCE,
        description=_("Its short name in the SPDX list. Articles keep their own rights."),
        render_kw={"list": "licences"},
    )
    url = StringField(
        _("Address of the dataset"), [Length(max=MAX_LINK)], render_kw={"inputmode": "url"}
    )
    contact = StringField(
        _("Contact"),
        [Length(max=254)],
        description=_("An address that anybody may read: it is in every release."),
    )

    @staticmethod
    def values_of(profile: Profile) -> dict[str, Json]:
        """Return what each field says of this profile."""
        texts = {"title": profile.title, **profile.texts}
        creators = (f"{one.name} | {one.url}" if one.url else one.name for one in profile.creators)
        return {
            **{name: getattr(profile, name) for name in ("licence", "url", "contact")},
            "creators": "\n".join(creators),
            **{
                f"{name}_{language}": texts.get(name, {}).get(language, "")
                for name in ("title", *SECTIONS)
                for language in LANGUAGES
            },
        }

    def sections(self) -> list[Section]:
        """Return the sections of the data card, each with which languages it has."""
        found = []
        for section in SECTIONS:
            fields = [self[f"{section}_{one}"] for one in LANGUAGES]
            names = [str(one.label.text) for one in fields if (one.data or "").strip()]
            found.append(
                Section(
                    name=str(SECTION_NAMES[section]),
                    state=", ".join(names) or str(_("empty")),
                    instead="" if names else str(INSTEAD[section]),
                    fields=fields,
                )
            )
        return found

    def read(self) -> Profile:
        """Return the profile as it was sent."""
        texts = {
            section: {one: (self[f"{section}_{one}"].data or "").strip() for one in LANGUAGES}
            for section in SECTIONS
        }
        lines = (line.strip() for line in (self.creators.data or "").splitlines())
        return Profile(
            title={one: (self[f"title_{one}"].data or "").strip() for one in LANGUAGES},
            texts={section: words for section, words in texts.items() if any(words.values())},
            creators=tuple(_creator(line) for line in lines if line),
            licence=(self.licence.data or "").strip(),
            url=(self.url.data or "").strip() or None,
            contact=(self.contact.data or "").strip() or None,
        )


for _section in SECTIONS:
    for _language, _label in (("fr", _("French")), ("en", _("English"))):
        setattr(
            ProfileForm,
            f"{_section}_{_language}",
            TextAreaField(_label, render_kw={"rows": 4, "dir": "auto"}),
        )


def _creator(line: str) -> Creator:
    name, _bar, url = line.rpartition("|")
    return Creator(name.strip(), url.strip() or None) if name else Creator(line)
