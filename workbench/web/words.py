"""Words of our own lists, as people read them."""

from flask_babel import lazy_gettext as _
from wtforms.fields.choices import SelectChoice

from workbench.projects.rules import Role

ROLES = {
    Role.ANNOTATOR: _("Annotator"),
    Role.ADJUDICATOR: _("Adjudicator"),
    Role.FACT_CHECKER: _("Fact-checker"),
    Role.DATA_USER: _("Data user"),
    Role.MANAGER: _("Manager"),
}
LANGUAGES = {"fr": _("French"), "en": _("English")}
LANGUAGE_CHOICES = [SelectChoice(code, name) for code, name in LANGUAGES.items()]
