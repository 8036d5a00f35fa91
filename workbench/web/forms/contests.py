"""Forms of what annotators hold against the agreed answers."""

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import HiddenInput

from workbench.web.forms.base import WorkbenchForm


class ContestForm(WorkbenchForm):
    """Why an annotator thinks that the agreed answer to a sentence is wrong."""

    edition = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    position = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    text = TextAreaField(_("What is wrong with it?"), [DataRequired(_("Please fill this in."))])


class ObjectionAnswerForm(WorkbenchForm):
    """A lead's answer to that."""

    text = TextAreaField(_("Your answer"), [DataRequired(_("Please fill this in."))])
