"""Forms of a project's own pages: its settings and its members."""

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from workbench.accounts.rules import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH
from workbench.labelling.assigning import MAX_LEASE_MINUTES, MIN_LEASE_MINUTES
from workbench.projects.guideline import MAX_LENGTH
from workbench.projects.rules import MAX_OVERLAP, Role, WorkGiven, WorkOrder, WorkRules
from workbench.web.forms.base import WorkbenchForm
from workbench.web.words import ROLES


class RolesField(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    """Roles as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that are ticked."""
        return frozenset(Role(value) for value in self.data or ())


def roles_field() -> RolesField:
    """Return check boxes for all roles."""
    return RolesField(
        _("Roles"), choices=[SelectChoice(role.value, name) for role, name in ROLES.items()]
    )


class SettingsForm(WorkbenchForm):
    """What a manager can change about a project."""

    name = StringField(
        _("Name"), [DataRequired(_("Please fill this in.")), Length(max=MAX_NAME_LENGTH)]
    )
    overlap = IntegerField(
        _("Annotators per article"),
        [
            InputRequired(_("Give a whole number.")),
            NumberRange(1, MAX_OVERLAP, _("An article gets 1 to 10 annotators.")),
        ],
        description=_("How many people read each article independently of each other."),
    )
    single_settles = BooleanField(
        _("One answer is enough"),
        description=_("A sentence that only one person has answered counts as settled."),
    )
    unanimous_settles = BooleanField(
        _("The same answer from all is enough"),
        description=_(
            "A sentence to which all who read it gave the same answer counts as settled."
        ),
    )
    majority_settles = BooleanField(
        _("The same answer from most is enough"),
        description=_(
            "A sentence to which more than half, of three or more, but not all gave the same answer"
            " counts as settled, and is marked as a majority's."
        ),
    )
    suggestion_free_percent = IntegerField(
        _("Sentences without suggestions, in per cent"),
        [
            InputRequired(_("Give a whole number.")),
            NumberRange(0, 100, _("The share without suggestions is 0 to 100 per cent.")),
        ],
        description=_(
            "This share, drawn by chance once and for all, shows its suggestions only after the"
            " first answer: so that it can be measured how far suggestions sway people."
        ),
    )


class WorkForm(WorkbenchForm):
    """How the articles are given to annotators."""

    given = SelectField(
        _("How annotators come to their articles"),
        choices=[
            SelectChoice(WorkGiven.FREE.value, _("They choose from the list")),
            SelectChoice(WorkGiven.QUEUE.value, _("They take the next one of a queue")),
            SelectChoice(WorkGiven.NAMED.value, _("A manager says who reads what")),
        ],
    )
    order = SelectField(
        _("Order of the articles"),
        choices=[
            SelectChoice(WorkOrder.READING.value, _("As they were imported")),
            SelectChoice(WorkOrder.PRIORITY.value, _("First those with the most to check")),
            SelectChoice(WorkOrder.RANDOM.value, _("By chance, once and for all")),
        ],
    )
    lease_minutes = IntegerField(
        _("Minutes an article of the queue is kept for somebody"),
        [
            InputRequired(_("Give a whole number.")),
            NumberRange(
                MIN_LEASE_MINUTES,
                MAX_LEASE_MINUTES,
                _("An article is lent for 5 minutes to a week."),
            ),
        ],
        description=_(
            "Counted from the last sign of work. Then the next person may get the article; what"
            " was answered stays, and may still be saved."
        ),
    )
    overlap_percent = IntegerField(
        _("Articles that several people read, in per cent"),
        [
            InputRequired(_("Give a whole number.")),
            NumberRange(0, 100, _("The share that several people read is 0 to 100 per cent.")),
        ],
        description=_(
            "Drawn by chance, evenly over outlets and lengths; one person reads each of the others."
        ),
    )
    extra_percent = IntegerField(
        _("One more annotator from this share of differing sentences on, in per cent"),
        [
            Optional(),
            NumberRange(1, 100, _("Another annotator is asked for from 1 to 100 per cent on.")),
        ],
        description=_(
            "Asked once for each article, when all who have it have finished and somebody is left."
            " Leave it empty to ask nobody."
        ),
    )
    deadline = DateField(_("Deadline"), [Optional()])

    def rules(self, overlap: int) -> WorkRules:
        """Return what the form says, beside the overlap."""
        return WorkRules(
            overlap=overlap,
            overlap_percent=self.overlap_percent.data,
            order=WorkOrder(self.order.data),
            given=WorkGiven(self.given.data),
            lease_minutes=self.lease_minutes.data,
            deadline=self.deadline.data,
            extra_percent=self.extra_percent.data,
        )


class MembersForm(WorkbenchForm):
    """People an article is given to."""

    members = SelectMultipleField(_("Annotators"))


class MemberForm(WorkbenchForm):
    """The person a slot is handed over to."""

    member = SelectField(_("Annotator"))


class ArticlesForm(WorkbenchForm):
    """Articles that are given to a person."""

    articles = SelectMultipleField(_("Articles"))


class PauseForm(WorkbenchForm):
    """What becomes of a person's unfinished articles while they are paused."""

    frees_slots = BooleanField(
        _("Give their unfinished articles to others"),
        description=_("Otherwise these wait for them. What they have answered stays in any case."),
    )


class GuidelineForm(WorkbenchForm):
    """The guideline's texts, and the revision they were changed from."""

    base = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    fr = TextAreaField(_("In French"), [Length(max=MAX_LENGTH)], render_kw={"class": "long"})
    en = TextAreaField(_("In English"), [Length(max=MAX_LENGTH)], render_kw={"class": "long"})

    @property
    def texts(self) -> dict[str, str]:
        """The texts that are not empty, by language, with one kind of line end."""
        given = {field.name: field.data.replace("\r\n", "\n") for field in (self.fr, self.en)}
        return {language: text for language, text in given.items() if text.strip()}


class AddMemberForm(WorkbenchForm):
    """Somebody to take into the project."""

    email = EmailField(
        _("E-mail address"),
        [DataRequired(_("Please fill this in.")), Length(max=MAX_EMAIL_LENGTH)],
        description=_("Whoever has no account yet gets an invitation link for you to pass on."),
    )
    roles = roles_field()


class RolesForm(WorkbenchForm):
    """What a member is in the project."""

    roles = roles_field()
