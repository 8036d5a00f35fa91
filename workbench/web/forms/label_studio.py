"""Forms of a project's connection with Label Studio."""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from workbench.labelstudio.connections import MINUTES
from workbench.labelstudio.people import Annotator
from workbench.labelstudio.rules import ConflictState as Take
from workbench.labelstudio.rules import SyncKind
from workbench.links import MAX_LINK
from workbench.web.forms.base import WorkbenchForm

MOST_TOKEN = 4000


def _token_field(description: str) -> PasswordField:
    return PasswordField(
        _("Token"),
        [InputRequired(_("Please fill this in.")), Length(max=MOST_TOKEN)],
        description=description,
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class TermsForm(WorkbenchForm):
    """What is agreed for a connection."""

    submitted_means_read = BooleanField(
        _("A submitted task is read to its end"),
        description=_(
            "Sentences in which nothing was marked then count as having no claim. Otherwise they"
            " stay unread."
        ),
    )
    sync_minutes = IntegerField(
        _("Bring both sides together every so many minutes"),
        [
            Optional(),
            NumberRange(
                MINUTES.start,
                MINUTES[-1],
                _("Both sides meet every 1 to 1440 minutes, or when somebody asks."),
            ),
        ],
        description=_("Leave it empty to do so only when somebody asks."),
    )


class ConnectForm(TermsForm):
    """A server, a token for it, and a project there."""

    address = StringField(
        _("Address"),
        [DataRequired(_("Please fill this in.")), Length(max=MAX_LINK)],
        description=_("Where Label Studio shows its first page: https://labels.example.org"),
        render_kw={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"},
    )
    token = _token_field(
        _(
            "From Account & Settings there, best of an account made for this alone. It is kept"
            " encrypted and never shown again."
        )
    )
    project = StringField(
        _("Project there"),
        [DataRequired(_("Please fill this in."))],
        description=_(
            "Its title; one is made if there is none. Or # with its number, such as #12."
        ),
    )
    is_apart = BooleanField(
        _("Each annotator gets a project of their own"),
        description=_(
            "So that nobody stumbles on others’ answers: in the community edition all members see"
            " all of a project."
        ),
    )


class TokenForm(WorkbenchForm):
    """Another token for the same server."""

    token = _token_field(_("It is kept encrypted and never shown again."))


class LinkForm(WorkbenchForm):
    """Who somebody there is here."""

    member = SelectField(_("Annotator"))

    def offer(self, annotators: Iterable[Annotator]) -> None:
        """Offer these annotators, and nobody."""
        self.member.choices = [
            ("", _("nobody here")),
            *((str(one.membership_id), one.name) for one in annotators),
        ]


class RunForm(WorkbenchForm):
    """Which way things are to go, and whether only a plan of it is wanted."""

    kind = SelectField(choices=[one.value for one in SyncKind])
    is_plan = BooleanField(_("Only show what would be done"))


class FieldsField(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    """Fields of an answer as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SettleForm(WorkbenchForm):
    """Which side of a conflict stands, or which fields are taken from there."""

    take = RadioField(
        validators=[InputRequired(_("Choose which is to stand."))],
        choices=[one.value for one in (Take.OURS, Take.THEIRS)],
    )
    from_there = FieldsField(_("Taken from there"), choices=[])
    shown = HiddenField()

    def offer(self, fields: Sequence[tuple[str, str]]) -> None:
        """Offer to take from both sides where they differ in these fields."""
        self.from_there.choices = fields
        if fields:
            self.take.choices = [one.value for one in (Take.OURS, Take.THEIRS, Take.EDITED)]
