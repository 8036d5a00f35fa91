"""Forms of the questions to the lead."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from workbench.labelling.questions import MAX_TEXT, GivenMessage, parse_message
from workbench.web.forms.base import WorkbenchForm


class AnswerForm(WorkbenchForm):
    """A message to a thread; its id, made with the page, lets a double click count once."""

    id = HiddenField(validators=[InputRequired()])
    text = TextAreaField(
        _("Your answer"),
        [DataRequired(_("Please fill this in."))],
        description=_("At most %(most)s characters.", most=MAX_TEXT),
        render_kw={"rows": 4, "dir": "auto"},
    )
    settle = BooleanField(_("The question is settled with this"))

    @property
    def message(self) -> GivenMessage:
        """What was written; ``InvalidInputError`` where it cannot be a message."""
        return parse_message({"id": self.id.data, "text": self.text.data})


class ReadForm(WorkbenchForm):
    """Up to which message somebody has read a thread."""

    message = HiddenField(validators=[InputRequired()])
