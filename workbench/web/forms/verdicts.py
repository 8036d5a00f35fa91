"""Forms of verdicts, their review, and the talk about a statement."""

from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from workbench.accounts.rules import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH
from workbench.factcheck.judging import OwnVerdict
from workbench.factcheck.scales import NumberedScale
from workbench.factcheck.verdicts import MAX_CONTEXT, MAX_CORRECTION, GivenVerdict
from workbench.web.forms.base import WorkbenchForm
from workbench.web.verdict_words import in_words

CHECK, SAVE, ASK = "check", "save", "ask"
NOBODY = ""
_FILLED = DataRequired(_("Please fill this in."))


class _JudgingForm(WorkbenchForm):
    """Which verdict of the scale somebody chooses, and why; ``id`` names what is sent once."""

    id = HiddenField(validators=[_FILLED])
    base = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    value = RadioField(_("Verdict"), validate_choice=False, default="")

    def offer(self, scale: NumberedScale) -> None:
        """Offer the verdicts of a scale."""
        self.value.choices = [
            (value.id, in_words(value.words)) for value in scale.scale.values.values()
        ]


class VerdictForm(_JudgingForm):
    """The final verdict; ``act`` says which button was pressed."""

    wording = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    justification = TextAreaField(
        _("Justification"),
        description=_("Markdown. Why this is the verdict, for readers who know nothing of it yet."),
        render_kw={"rows": 10, "dir": "auto"},
    )
    context = TextAreaField(
        _("Context note"),
        description=_("What readers must know so that something partly true does not mislead."),
        render_kw={"rows": 3, "maxlength": MAX_CONTEXT, "dir": "auto"},
    )
    correction = TextAreaField(
        _("Correction"),
        description=_("Why this verdict takes the place of the published one; readers see it."),
        render_kw={"rows": 3, "maxlength": MAX_CORRECTION, "dir": "auto"},
    )
    act = StringField(default=SAVE)

    def read(self) -> GivenVerdict:
        """Return the verdict as it was written."""
        return GivenVerdict(
            id=self.id.data,
            base=self.base.data,
            wording=self.wording.data,
            value=self.value.data or "",
            justification=self.justification.data or "",
            context=self.context.data or "",
            correction=self.correction.data or "",
        )


class OwnVerdictForm(_JudgingForm):
    """A verdict of one's own."""

    justification = TextAreaField(
        _("Why"),
        description=_("In a sentence or two; the others see it once they have given theirs."),
        render_kw={"rows": 3, "dir": "auto"},
    )

    def read(self) -> OwnVerdict:
        """Return the verdict as it was given."""
        return OwnVerdict(
            id=self.id.data,
            base=self.base.data,
            value=self.value.data or "",
            justification=self.justification.data or "",
        )


class RevisionForm(WorkbenchForm):
    """An act upon one revision of the verdict, by its number."""

    number = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class DecisionForm(RevisionForm):
    """What a second person says of a revision."""

    note = TextAreaField(_("Note"), render_kw={"rows": 3, "dir": "auto"})


class InviteForm(RevisionForm):
    """Somebody from outside who is to review a revision."""

    name = StringField(_("Name"), [_FILLED, Length(max=MAX_NAME_LENGTH)])
    email = EmailField(_("E-mail address"), [_FILLED, Length(max=MAX_EMAIL_LENGTH)])


class OutsideForm(WorkbenchForm):
    """What a reviewer from outside says, under their name; ``act`` is approve or return."""

    name = StringField(
        _("Your name"),
        [_FILLED, Length(max=MAX_NAME_LENGTH)],
        render_kw={"autocomplete": "name"},
    )
    note = TextAreaField(
        _("Note to the author"),
        description=_("Needed when you return it: what is to be done."),
        render_kw={"rows": 4, "dir": "auto"},
    )
    act = StringField(validators=[_FILLED])


class CommentForm(WorkbenchForm):
    """What somebody says of a statement to the others at the desk."""

    id = HiddenField(validators=[_FILLED])
    text = TextAreaField(_("Comment"), [_FILLED], render_kw={"rows": 3, "dir": "auto"})


class AssignForm(WorkbenchForm):
    """Whose a statement is, and until when it is due."""

    to = SelectField(_("Checked by"))
    due_on = DateField(_("Due on"), [Optional()])

    @property
    def due(self) -> date | None:
        """The day, if one was given."""
        found: date | None = self.due_on.data
        return found


class ReasonForm(WorkbenchForm):
    """Why a statement is withdrawn, or taken up again."""

    reason = TextAreaField(_("Reason"), [_FILLED], render_kw={"rows": 2, "dir": "auto"})
