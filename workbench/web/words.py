"""Words of our own lists, as people read them."""

from flask_babel import lazy_gettext as _

from workbench.projects.rules import Role

ROLES = {
    Role.ANNOTATOR: _("Annotator"),
    Role.ADJUDICATOR: _("Adjudicator"),
    Role.FACT_CHECKER: _("Fact-checker"),
    Role.DATA_USER: _("Data user"),
    Role.MANAGER: _("Manager"),
}
