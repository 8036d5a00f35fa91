"""Forms of statements: their wording, their appearances, and what they are to one another."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from workbench.factcheck.rules import MAX_WORDING, LinkKind, Relation, State, Strategy
from workbench.factcheck.statements import Wording
from workbench.web.forms.base import WorkbenchForm
from workbench.web.words import LANGUAGE_CHOICES

RELATIONS = {
    Relation.ASSERTS: _("asserts it"),
    Relation.DENIES: _("denies it"),
    Relation.LIMITS: _("limits it"),
    Relation.MENTIONS: _("only mentions it"),
}
STRATEGIES = {
    Strategy.WRITTEN_EVIDENCE: _("written evidence"),
    Strategy.NUMERICAL_COMPARISON: _("comparison of figures"),
    Strategy.CONSULTATION: _("asking those who know"),
    Strategy.SATIRICAL_SOURCE: _("finding a satirical source"),
    Strategy.FACT_CHECKER_REFERENCE: _("another fact-check"),
}
LINK_KINDS = {
    LinkKind.CONTRADICTS: _("contradicts"),
    LinkKind.SUPPORTS: _("supports"),
    LinkKind.SAME: _("says the same as"),
    LinkKind.DIFFERENT: _("is about something else than"),
}
STATES = {
    State.OPEN: lazy_pgettext("statement", "to be checked"),
    State.ASSIGNED: lazy_pgettext("statement", "assigned"),
    State.IN_REVIEW: lazy_pgettext("statement", "in review"),
    State.PUBLISHED: lazy_pgettext("statement", "published"),
    State.CORRECTED: lazy_pgettext("statement", "corrected"),
    State.WITHDRAWN: lazy_pgettext("statement", "withdrawn"),
}
_FILLED = DataRequired(_("Please fill this in."))


def _choices(words: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    return [SelectChoice(str(value), name) for value, name in words]


class WordingForm(WorkbenchForm):
    """A wording; ``number`` is of the revision it was made from, ``claim`` what it is made of."""

    number = IntegerField(widget=HiddenInput(), default=0)
    claim = HiddenField()
    wording = TextAreaField(
        _("Wording"),
        [_FILLED],
        description=_(
            "One sentence that can be understood without the article: who, what, when. At most 500"
            " characters; under 75 it fits where others show it."
        ),
        render_kw={"rows": 3, "maxlength": MAX_WORDING, "dir": "auto"},
    )
    language = SelectField(_("Language"), choices=LANGUAGE_CHOICES)
    claim_type = SelectField(_("Type"))
    strategy = SelectField(
        _("How it is checked"),
        choices=[SelectChoice("", _("not decided")), *_choices(STRATEGIES.items())],
    )

    def offer(self, types: Iterable[tuple[str, str]]) -> None:
        """Offer these types of claims, given with their words."""
        self.claim_type.choices = _choices(types)

    def read(self) -> Wording:
        """Return what was sent."""
        return Wording(
            text=self.wording.data,
            language=self.language.data,
            claim_type=self.claim_type.data,
            strategy=self.strategy.data or None,
        )


class AppearanceForm(WorkbenchForm):
    """A claim, what it does with the statement, and which of its words do."""

    claim = HiddenField(validators=[InputRequired()])
    relation = SelectField(_("This claim"), choices=_choices(RELATIONS.items()))
    first = StringField(_("From the words"), [Length(max=2000)])
    last = StringField(_("to the words"), [Length(max=2000)])


class ChangeForm(WorkbenchForm):
    """What a claim that is with a statement does with it, and which of its words do."""

    relation = SelectField(_("This claim"), choices=_choices(RELATIONS.items()))
    first = StringField(_("From the words"), [Length(max=2000)])
    last = StringField(_("to the words"), [Length(max=2000)])


class FeatureForm(WorkbenchForm):
    """Which appearance stands with a statement, and the number of the wording it saw."""

    number = IntegerField(validators=[InputRequired()], widget=HiddenInput())


class LinkForm(WorkbenchForm):
    """Another statement, and what this one is to it."""

    other = HiddenField(validators=[InputRequired()])
    kind = SelectField(_("This statement"), choices=_choices(LINK_KINDS.items()))
