"""Forms of the label scheme: the document that is to come, and what becomes of its labels."""

import json

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import HiddenInput

from workbench.canonical import Json
from workbench.corpus.text import decode, refuse_unstorable_json
from workbench.errors import InvalidInputError
from workbench.projects.scheme_changes import Step, parse_step
from workbench.web.forms.base import WorkbenchForm


class SchemeForm(WorkbenchForm):
    """A scheme as JSON, from a file or as it was written into the page."""

    document = TextAreaField(
        _("The label scheme, as JSON"), render_kw={"class": "long", "spellcheck": "false"}
    )

    def read(self) -> Json:
        """Return the document of the file, else of the page; say where it is no JSON."""
        file = request.files.get("file")
        content = file.read() if file else b""
        text = decode(content, name=file.filename or "") if file and content else ""
        self.document.data = text or self.document.data or ""
        return _parse(self.document.data)


class ChangeForm(WorkbenchForm):
    """The same document again, with what becomes of each label, once the plan was read."""

    document = TextAreaField(validators=[InputRequired()], render_kw={"hidden": True})
    base = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    steps = SelectMultipleField(validate_choice=False)
    sure = BooleanField(
        _("I have read the plan, and know that it cannot be undone"),
        [DataRequired(_("Please confirm that you have read the plan."))],
    )

    def read(self) -> Json:
        """Return the document."""
        return _parse(self.document.data or "")

    @property
    def taken(self) -> list[Step]:
        """The steps that were chosen; what is left as it is is none."""
        return [parse_step(text) for text in self.steps.data or () if text]


def _parse(text: str) -> Json:
    try:
        document: Json = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInputError(
            "This is no JSON from line %(line)s, character %(column)s on.",
            line=error.lineno,
            column=error.colno,
        ) from None
    except RecursionError:
        raise InvalidInputError("This is no label scheme: it is nested too deeply.") from None
    except ValueError:  # of thousands of digits
        raise InvalidInputError("This is no label scheme: it has a number without end.") from None
    refuse_unstorable_json(document, "The label scheme")
    return document
