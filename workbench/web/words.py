"""Words of our own lists, as people read them."""

from flask_babel import lazy_gettext as _
from wtforms.fields.choices import SelectChoice

from workbench.adjudication.rules import Reason
from workbench.labelling.board import Course
from workbench.labelling.frames import Decision
from workbench.labelling.rules import CONTINUES, UNREAD, AssignmentState
from workbench.projects.rules import Role

ROLES = {
    Role.ANNOTATOR: _("Annotator"),
    Role.ADJUDICATOR: _("Adjudicator"),
    Role.FACT_CHECKER: _("Fact-checker"),
    Role.DATA_USER: _("Data user"),
    Role.MANAGER: _("Manager"),
}
TASKS = {
    Role.MANAGER: _(
        "import articles, take people in, and set how many annotators read each article."
    ),
    Role.ADJUDICATOR: _(
        "decide where answers differ, check what belongs to each article, and download everybody’s"
        " answers."
    ),
    Role.FACT_CHECKER: _(
        "turn claims into statements, gather evidence, and give verdicts that others approve."
    ),
    Role.DATA_USER: _("download the agreed answers, and everybody’s, as files."),
}
SLOT_STATES = {
    AssignmentState.OPEN: _("not begun"),
    AssignmentState.WORKING: _("at work"),
    AssignmentState.FINISHED: _("finished"),
    AssignmentState.PAUSED: _("paused"),
    AssignmentState.LAPSED: _("given on"),
}
COURSES = {
    Course.DONE: _("finished by all"),
    Course.IN_WORK: _("in work"),
    Course.WAITING: _("waiting"),
}
WORD_NAMES = {
    Decision.CLAIMS.value: _("With claims"),
    Decision.NO_CLAIM.value: _("No claim"),
    Decision.UNDECIDED.value: _("Undecided"),
    Decision.NOT_ANNOTATABLE.value: _("Not annotatable"),
    CONTINUES: _("Continues a claim"),
    UNREAD: _("Unread"),
}
REASONS = {
    Reason.GUIDELINE_GAP: _("the guideline does not say"),
    Reason.AMBIGUOUS_TEXT: _("the text can be read both ways"),
    Reason.SLIP: _("a slip"),
    Reason.BOUNDARY_RULE: _("where the words begin and end"),
    Reason.WRONG_LINK: _("the wrong speaker or chain"),
    Reason.GRANULARITY: _("one claim or several"),
    Reason.WRONG_VALUE: _("the wrong value"),
    Reason.REGISTER_GAP: _("missing or doubled in the register"),
}
DECISIONS = {
    Decision.CLAIMS: _("claims something"),
    Decision.NO_CLAIM: _("no claim"),
    Decision.UNDECIDED: _("undecided"),
    Decision.NOT_ANNOTATABLE: _("not part of the article"),
}
ADMINISTRATION = _("Administration")
TASK_OF_ADMINISTRATORS = _("make accounts and projects.")
LANGUAGES = {"fr": _("French"), "en": _("English")}
LANGUAGE_CHOICES = [SelectChoice(code, name) for code, name in LANGUAGES.items()]
