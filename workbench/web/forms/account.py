"""Forms of one's own account: signing in, passwords, name, language."""

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length

from workbench.accounts.rules import LOCALES, MAX_EMAIL_LENGTH, MAX_NAME_LENGTH
from workbench.web.forms.base import WorkbenchForm

MOST = 4096  # What a password field takes before the rules look at it.


class SignInForm(WorkbenchForm):
    """E-mail address and password."""

    email = EmailField(
        _("E-mail address"),
        [DataRequired(_("Please fill this in.")), Length(max=MAX_EMAIL_LENGTH)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Please fill this in.")), Length(max=MOST)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class NewPasswordForm(WorkbenchForm):
    """A new password, typed twice."""

    password = PasswordField(
        _("New password"),
        [InputRequired(_("Please fill this in.")), Length(max=MOST)],
        description=_("8 to 128 characters; a few unrelated words make a good one."),
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        _("New password, again"),
        [EqualTo("password", _("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password before the new one."""

    current = PasswordField(
        _("Present password"),
        [Length(max=MOST)],
        render_kw={"autocomplete": "current-password"},
    )
    revokes_tokens = BooleanField(
        _("Also revoke my API tokens"),
        default=True,
        description=_("Programs that use one are refused from then on."),
    )


class AcceptInvitationForm(NewPasswordForm):
    """The name and password of a new account."""

    name = StringField(
        _("Your name"),
        [DataRequired(_("Please fill this in.")), Length(max=MAX_NAME_LENGTH)],
        render_kw={"autocomplete": "name", "autofocus": True},
    )


class NameForm(WorkbenchForm):
    """One's own name."""

    name = StringField(
        _("Your name"),
        [DataRequired(_("Please fill this in.")), Length(max=MAX_NAME_LENGTH)],
        render_kw={"autocomplete": "name"},
    )


class LanguageForm(WorkbenchForm):
    """The language of the pages, and where to go back to."""

    language = SelectField(choices=[SelectChoice(code) for code in LOCALES])
    next = HiddenField()


class ButtonForm(WorkbenchForm):
    """A form that is only a button."""
