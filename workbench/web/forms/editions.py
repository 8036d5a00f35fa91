"""Forms of corrections: a new text, other sentence borders, and what was looked at."""

import zlib
from base64 import b64decode, b64encode

from flask import current_app
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FileField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from workbench.corpus.readers import ENDINGS
from workbench.corpus.rules import PreparedFile
from workbench.errors import InvalidInputError
from workbench.web.forms.base import WorkbenchForm


class _NextForm(WorkbenchForm):
    """The next edition, made from that of number ``base``."""

    base = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class TextForm(_NextForm):
    """The corrected text, from a file or as written here."""

    file = FileField(
        _("A file with the corrected text"),
        render_kw={"accept": ",".join(ENDINGS)},
        description=_("Of one article; only its text is taken."),
    )
    text = TextAreaField(
        _("Or correct it here"),
        render_kw={"rows": 18, "dir": "auto", "spellcheck": "false"},
        description=_("Counts if no file is chosen."),
    )

    @property
    def chosen(self) -> tuple[str, bytes] | None:
        """Name and bytes of the file, if one was chosen."""
        file = self.file.data
        if not file or not file.filename:
            return None
        content: bytes = file.read()
        file.close()
        return str(file.filename), content


class SentencesForm(_NextForm):
    """The text with one sentence to a line."""

    lines = TextAreaField(
        _("One sentence to a line"),
        [DataRequired(_("Please fill this in."))],
        render_kw={"rows": 18, "dir": "auto", "spellcheck": "false"},
        description=_(
            "Break a line to split a sentence there; join two lines to merge them. The words stay."
        ),
    )


class ApplyForm(WorkbenchForm):
    """A correction as it was shown, to be done."""

    after = IntegerField(
        validators=[InputRequired(), NumberRange(min=1, max=99999)], widget=HiddenInput()
    )
    text = HiddenField(validators=[InputRequired()])
    version = HiddenField(validators=[InputRequired()])
    name = HiddenField()  # of the file it came in
    file = HiddenField()  # its bytes, as ``keep`` writes them
    sure = BooleanField(_("It is this article’s text all the same"))

    def keep(self, file: PreparedFile) -> None:
        """Take the file along from showing to doing, its bytes packed."""
        self.name.data = file.name
        self.file.data = b64encode(zlib.compress(file.content)).decode()

    @property
    def kept(self) -> tuple[str, bytes] | None:
        """Name and bytes of the file, if there was one; ``InvalidInputError`` if they are cut."""
        most = current_app.config["MAX_CONTENT_LENGTH"]
        try:
            packed = b64decode(self.file.data or "")
            content = zlib.decompressobj().decompress(packed, most) if packed else b""
        except (ValueError, zlib.error):
            raise InvalidInputError(
                "The file was cut on its way; begin the correction again."
            ) from None
        return (self.name.data or "", content) if packed else None


class ConfirmForm(WorkbenchForm):
    """An answer that moved, as it was looked at."""

    position = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=999999)])
    revision = StringField(validators=[InputRequired()])


class ConfirmQuestionForm(WorkbenchForm):
    """A question whose words moved."""

    question = StringField(validators=[InputRequired()])
