"""Forms of the administrator's pages: accounts and projects."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from workbench.accounts.rules import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH
from workbench.web.forms.base import WorkbenchForm
from workbench.web.words import LANGUAGE_CHOICES


class CreateUserForm(WorkbenchForm):
    """A new account, to which a one-time link opens the door."""

    name = StringField(
        _("Name"), [DataRequired(_("Please fill this in.")), Length(max=MAX_NAME_LENGTH)]
    )
    email = EmailField(
        _("E-mail address"),
        [DataRequired(_("Please fill this in.")), Length(max=MAX_EMAIL_LENGTH)],
    )
    is_site_admin = BooleanField(_("May administer this workbench"))


class CreateProjectForm(WorkbenchForm):
    """A new project and its first manager."""

    name = StringField(
        _("Name"), [DataRequired(_("Please fill this in.")), Length(max=MAX_NAME_LENGTH)]
    )
    slug = StringField(
        _("Short name"),
        [DataRequired(_("Please fill this in.")), Length(max=64)],
        description=_("Part of every address of the project; it cannot be changed later."),
        render_kw={
            "placeholder": "open-ai-debate",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )
    language = SelectField(
        _("Language of the articles"),
        choices=LANGUAGE_CHOICES,
    )
    manager = EmailField(
        _("E-mail address of the first manager"),
        [DataRequired(_("Please fill this in.")), Length(max=MAX_EMAIL_LENGTH)],
    )


class AddManagerForm(WorkbenchForm):
    """One more manager for a project that has lost its own."""

    manager = EmailField(
        _("E-mail address"),
        [DataRequired(_("Please fill this in.")), Length(max=MAX_EMAIL_LENGTH)],
    )
