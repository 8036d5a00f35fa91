"""What a run of the exchange with Label Studio did, in the reader's language."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from workbench.labelstudio.rules import Count, SyncKind

KINDS = {
    SyncKind.SYNC: _("both ways"),
    SyncKind.PUSH: _("only there"),
    SyncKind.PULL: _("only here"),
}
COUNTS = {
    Count.CONFIGS_CHANGED: _("labelling configurations renewed there"),
    Count.TASKS_MADE: _("articles brought there"),
    Count.TASKS_CHANGED: _("articles renewed there"),
    Count.TASKS_DELETED: _("articles deleted there"),
    Count.TASKS_GONE: _("articles that somebody deleted there"),
    Count.PREDICTIONS_GIVEN: _("articles whose suggestions were brought there"),
    Count.TASKS_READ: _("articles read there"),
    Count.ANSWERS_MADE: _("annotations brought there"),
    Count.ANSWERS_CHANGED: _("annotations changed there"),
    Count.ANSWERS_GONE: _("annotations that somebody deleted there"),
    Count.SENTENCES_SAVED: _("sentences saved here"),
    Count.CONFLICTS_OPENED: _("new conflicts"),
    Count.CONFLICTS_GONE: _("conflicts that settled themselves"),
    Count.SKIPPED: _("skipped there"),
}


def say_counts(counts: Mapping[str, int]) -> list[str]:
    """Say how many of what were counted, in the order in which it is done."""
    return [
        gettext("%(what)s: %(count)s", what=words, count=counts[one])
        for one, words in COUNTS.items()
        if counts.get(one)
    ]


def say_changes(counts: Mapping[str, int]) -> list[str]:
    """Say what was counted but for what was only read."""
    return say_counts({name: count for name, count in counts.items() if name != Count.TASKS_READ})
