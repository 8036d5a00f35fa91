"""Forms of the fact-check desk: its settings, its verdict scale, and the filters of its board."""

import json

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from workbench.canonical import Json
from workbench.errors import UnreadableFileError
from workbench.factcheck.desks import LANGUAGES, MAX_ORGANISATION, DeskSettings
from workbench.links import MAX_LINK
from workbench.web.forms.base import WorkbenchForm

PREVIEW = "preview"
TEXTS = ("funding", "method", "corrections")


def _markdown(label: object, rows: int) -> TextAreaField:
    return TextAreaField(label, render_kw={"rows": rows, "dir": "auto"})


class DeskForm(WorkbenchForm):
    """What the desk says of itself, and how it works; ``state`` is what was shown before."""

    state = HiddenField(validators=[InputRequired()])
    publishes = BooleanField(
        _("Publish approved verdicts"),
        description=_("Each gets a page that anybody can read, without signing in."),
    )
    blind_verdicts = BooleanField(
        _("Ask every fact-checker for a verdict of their own first"),
        description=_(
            "Nobody sees what others think before giving theirs; how far these agree is counted."
        ),
    )
    organisation = StringField(_("Organisation"), [Length(max=MAX_ORGANISATION)])
    organisation_url = StringField(
        _("Its page on the web"), [Length(max=MAX_LINK)], render_kw={"inputmode": "url"}
    )
    contact = EmailField(
        _("Contact address"), description=_("Where readers report an error; it is published.")
    )
    is_nonpartisan = BooleanField(
        _("We declare that we take no party’s side"),
        description=_("The organisation supports no party and no candidate; readers are told so."),
    )
    funding_fr = _markdown(_("Who pays (French)"), 3)
    funding_en = _markdown(_("Who pays (English)"), 3)
    method_fr = _markdown(_("How we check (French)"), 12)
    method_en = _markdown(_("How we check (English)"), 12)
    corrections_fr = _markdown(_("How we correct (French)"), 10)
    corrections_en = _markdown(_("How we correct (English)"), 10)
    act = StringField()

    @staticmethod
    def values_of(settings: DeskSettings) -> dict[str, Json]:
        """Return what each field says of these settings."""
        names = ("publishes", "blind_verdicts", "organisation", "organisation_url", "contact")
        return {
            **{name: getattr(settings, name) for name in (*names, "is_nonpartisan")},
            **{
                f"{name}_{language}": getattr(settings, name)[language]
                for name in TEXTS
                for language in LANGUAGES
            },
        }

    def read(self) -> DeskSettings:
        """Return the settings as they were sent."""
        texts = {
            name: {one: self[f"{name}_{one}"].data or "" for one in LANGUAGES} for name in TEXTS
        }
        return DeskSettings(
            publishes=self.publishes.data,
            blind_verdicts=self.blind_verdicts.data,
            organisation=self.organisation.data or "",
            organisation_url=self.organisation_url.data or "",
            contact=self.contact.data or "",
            is_nonpartisan=self.is_nonpartisan.data,
            **texts,
        )


class ScaleForm(WorkbenchForm):
    """A verdict scale as JSON, made from the revision of number ``base``."""

    base = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    document = TextAreaField(
        _("Document"),
        render_kw={"rows": 24, "class": "long", "spellcheck": "false"},
    )

    def read(self) -> Json:
        """Return the document; ``UnreadableFileError`` if it is no JSON."""
        try:
            document: Json = json.loads(self.document.data or "")
        except (ValueError, RecursionError) as error:
            raise UnreadableFileError(
                "%(name)s is not JSON: %(reason)s.", name="document", reason=str(error)
            ) from None
        return document
