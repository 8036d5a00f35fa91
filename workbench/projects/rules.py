"""Roles and what each may do: one table, and what it does not name is denied."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What a person is in a project; one may hold several."""

    ANNOTATOR = "annotator"
    ADJUDICATOR = "adjudicator"
    FACT_CHECKER = "fact_checker"
    DATA_USER = "data_user"
    MANAGER = "manager"


MAX_OVERLAP = 10


class WorkOrder(StrEnum):
    """In which order articles are given out: as they came, most to check first, or by chance."""

    READING = "reading"
    PRIORITY = "priority"
    RANDOM = "random"


class WorkGiven(StrEnum):
    """How annotators come to their articles: they choose, a manager says, or a queue gives."""

    FREE = "free"
    NAMED = "named"
    QUEUE = "queue"


@dataclass(frozen=True)
class WorkRules:
    """How a project's articles are given to annotators.

    ``overlap_percent`` of them get ``overlap`` annotators each, the others one. Where a queue
    gives them out, one is lent for ``lease_minutes`` after each sign of work. An article on which
    ``extra_percent`` of the sentences or more differ gets one more annotator; none without it.
    """

    overlap: int
    overlap_percent: int
    order: WorkOrder
    given: WorkGiven
    lease_minutes: int
    deadline: date | None
    extra_percent: int | None


class Action(StrEnum):
    """What can be done in a project."""

    SEE_PROJECT = "see_project"
    ANNOTATE = "annotate"
    SEE_ARTICLES = "see_articles"
    IMPORT_ARTICLES = "import_articles"
    EDIT_ARTICLES = "edit_articles"
    MARK_ZONES = "mark_zones"
    EXPORT_GOLD = "export_gold"
    EXPORT_ALL = "export_all"
    BUILD_RELEASE = "build_release"
    DOWNLOAD_RELEASE = "download_release"
    MANAGE_MEMBERS = "manage_members"
    CHANGE_PROJECT = "change_project"
    EDIT_REGISTERS = "edit_registers"
    SEE_QUESTIONS = "see_questions"
    ANSWER_QUESTIONS = "answer_questions"
    JUDGE_RULES = "judge_rules"
    LEAD_TRAINING = "lead_training"
    ASSIGN_WORK = "assign_work"
    ADJUDICATE = "adjudicate"
    SEE_PROGRESS = "see_progress"
    SEE_AGREEMENT = "see_agreement"
    SEE_STANCES = "see_stances"
    SEE_DESK = "see_desk"
    CHECK_FACTS = "check_facts"
    LEAD_DESK = "lead_desk"


PERMISSIONS: dict[Action, frozenset[Role]] = {
    Action.SEE_PROJECT: frozenset(Role),
    Action.ANNOTATE: frozenset({Role.ANNOTATOR}),
    Action.SEE_ARTICLES: frozenset({Role.ADJUDICATOR, Role.FACT_CHECKER, Role.MANAGER}),
    Action.IMPORT_ARTICLES: frozenset({Role.MANAGER}),
    Action.EDIT_ARTICLES: frozenset({Role.MANAGER}),
    Action.MARK_ZONES: frozenset({Role.ADJUDICATOR, Role.MANAGER}),
    Action.EXPORT_GOLD: frozenset(
        {Role.ADJUDICATOR, Role.FACT_CHECKER, Role.DATA_USER, Role.MANAGER}
    ),
    Action.EXPORT_ALL: frozenset({Role.ADJUDICATOR, Role.DATA_USER, Role.MANAGER}),
    Action.BUILD_RELEASE: frozenset({Role.ADJUDICATOR, Role.MANAGER}),
    # It has everybody's answers, under pseudonyms.
    Action.DOWNLOAD_RELEASE: frozenset({Role.ADJUDICATOR, Role.DATA_USER, Role.MANAGER}),
    Action.MANAGE_MEMBERS: frozenset({Role.MANAGER}),
    Action.CHANGE_PROJECT: frozenset({Role.MANAGER}),
    Action.EDIT_REGISTERS: frozenset({Role.ADJUDICATOR, Role.MANAGER}),
    # One's own; everybody's takes the next one.
    Action.SEE_QUESTIONS: frozenset({Role.ANNOTATOR, Role.ADJUDICATOR, Role.MANAGER}),
    Action.ANSWER_QUESTIONS: frozenset({Role.ADJUDICATOR, Role.MANAGER}),
    Action.JUDGE_RULES: frozenset({Role.ADJUDICATOR, Role.MANAGER}),
    Action.LEAD_TRAINING: frozenset({Role.ADJUDICATOR, Role.MANAGER}),
    Action.ASSIGN_WORK: frozenset({Role.MANAGER}),
    Action.ADJUDICATE: frozenset({Role.ADJUDICATOR}),
    Action.SEE_PROGRESS: frozenset({Role.ADJUDICATOR, Role.MANAGER}),
    Action.SEE_AGREEMENT: frozenset({Role.ADJUDICATOR, Role.MANAGER}),
    Action.SEE_STANCES: frozenset(
        {Role.ADJUDICATOR, Role.FACT_CHECKER, Role.DATA_USER, Role.MANAGER}
    ),
    Action.SEE_DESK: frozenset({Role.ADJUDICATOR, Role.FACT_CHECKER, Role.MANAGER}),
    Action.CHECK_FACTS: frozenset({Role.FACT_CHECKER}),
    Action.LEAD_DESK: frozenset({Role.MANAGER}),
}


def may(roles: frozenset[Role], action: Action) -> bool:
    """Tell whether somebody with these roles in a project may do this there."""
    return not roles.isdisjoint(PERMISSIONS.get(action, frozenset()))
