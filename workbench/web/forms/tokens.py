"""The form of a key to the API."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from workbench.accounts.api_tokens import DAYS, MAX_NAME, USUAL_DAYS, Scope
from workbench.projects.queries import Access
from workbench.web.forms.base import WorkbenchForm

SCOPES = {
    Scope.READ_RELEASES: _("download releases"),
    Scope.WRITE_RELEASES: _("build releases and take them back"),
    Scope.READ_CORPUS: _("read articles and their sentences"),
    Scope.WRITE_CORPUS: _("import articles, and change what is known of them"),
    Scope.READ_ANNOTATIONS: _("read answers, agreed and by annotator"),
    Scope.WRITE_ANNOTATIONS: _("save answers of your own, ask and answer questions"),
    Scope.WRITE_ADJUDICATION: _("adjudicate, answer objections, keep the registers"),
    Scope.READ_AGREEMENT: _("read the agreement report, and have it counted"),
    Scope.READ_FACTCHECK: _("read claims, statements, evidence and verdicts"),
    Scope.WRITE_FACTCHECK: _("make statements, add evidence, write and review verdicts"),
    Scope.WRITE_PROJECT: _("change members and settings, say who reads what"),
}


class ScopesField(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    """Scopes as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _choose_some(_form: WorkbenchForm, field: ScopesField) -> None:
    # DataRequired would have the browser ask for each box.
    if not field.data:
        raise ValidationError(str(_("Choose at least one.")))


class TokenForm(WorkbenchForm):
    """What a token is for, where, and for how long."""

    name = StringField(
        _("Name"),
        [DataRequired(_("Please fill this in.")), Length(max=MAX_NAME)],
        description=_("What it is for, to know it by: “nightly training”."),
    )
    scopes = ScopesField(
        _("It may"),
        [_choose_some],
        choices=[SelectChoice(scope.value, words) for scope, words in SCOPES.items()],
        description=_("Your roles in a project must allow it as well."),
    )
    project = SelectField(_("Project"))
    days = IntegerField(
        _("Days it is good for"),
        [
            InputRequired(_("Give a whole number.")),
            NumberRange(DAYS.start, DAYS[-1], _("A token is good for 1 to 365 days.")),
        ],
        default=USUAL_DAYS,
    )

    def offer(self, projects: Iterable[Access]) -> None:
        """Offer the projects to which the token can be bound."""
        self.project.choices = [
            ("", _("all of yours")),
            *((access.slug, access.name) for access in projects),
        ]
