"""The table of roles and actions."""

import pytest

from workbench.projects.rules import PERMISSIONS, Action, Role, may


def test_every_action_names_who_may() -> None:
    assert set(PERMISSIONS) == set(Action)


@pytest.mark.parametrize("action", Action)
def test_nobody_may_do_anything_without_a_role(action: Action) -> None:
    assert not may(frozenset(), action)


def test_roles_add_up() -> None:
    assert not may(frozenset({Role.ANNOTATOR}), Action.EXPORT_GOLD)
    assert may(frozenset({Role.ANNOTATOR, Role.DATA_USER}), Action.EXPORT_GOLD)


def test_a_data_user_sees_only_results() -> None:
    allowed = {action for action in Action if may(frozenset({Role.DATA_USER}), action)}

    assert allowed == {
        Action.SEE_PROJECT,
        Action.EXPORT_GOLD,
        Action.EXPORT_ALL,
        Action.DOWNLOAD_RELEASE,
        Action.SEE_STANCES,
    }
