"""When a job is given up."""

from workbench.jobs.rules import MAX_ATTEMPTS, is_poison


def test_a_job_that_was_interrupted_too_often_is_poison() -> None:
    assert not is_poison(MAX_ATTEMPTS - 1)
    assert is_poison(MAX_ATTEMPTS)
