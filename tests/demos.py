"""The demo as tests begin with it: ``pytest.mark.begins_with(make=make_debate)``."""

from dataclasses import replace

from workbench.cli.demo import DEBATE, make_demo
from workbench.clock import utc_now


def make_debate() -> None:
    """Make all of the project ``open-ai-debate``."""
    make_demo(DEBATE, utc_now())


def make_debate_without_desk() -> None:
    """Make what is annotated and adjudicated, and nothing of what fact-checkers do."""
    make_demo(replace(DEBATE, desk=None), utc_now())
