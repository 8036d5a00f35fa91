"""Forms of the training: its settings, what is marked, and the reasons."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from workbench.web.forms.base import WorkbenchForm


class TrainingForm(WorkbenchForm):
    """Whether new annotators train first, and the score they need."""

    is_on = BooleanField(
        _("New annotators train first"),
        description=_(
            "They begin other articles once they have reached the score. Whoever has finished an"
            " article before needs no training."
        ),
    )
    percent = IntegerField(
        _("Score that is needed, in per cent"),
        [
            InputRequired(_("Give a whole number.")),
            NumberRange(1, 100, _("The score is 1 to 100 per cent.")),
        ],
        description=_(
            "The mean over everything that is compared; each training article has to reach it."
        ),
    )


class MarkForm(WorkbenchForm):
    """An article to train on, with whose answers are the reference."""

    reference = SelectField(_("Article, and whose answers are the reference"))


class ReasonForm(WorkbenchForm):
    """Why the reference to a sentence is as it is."""

    position = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1, max=999999)]
    )
    text = TextAreaField(_("Reason"), default="")
