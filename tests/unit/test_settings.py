"""Settings that would break later are refused at once."""

import pytest

from workbench.errors import InvalidInputError
from workbench.settings import Settings


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("WORKBENCH_PORT", "0"),
        ("WORKBENCH_PORT", "99999"),
        ("WORKBENCH_PORT", "eight"),
        ("WORKBENCH_WORKERS", "0"),
        ("WORKBENCH_THREADS", "0"),
        ("WORKBENCH_MAX_UPLOAD_MB", "0"),
        ("WORKBENCH_SESSION_DAYS", "0"),
        ("WORKBENCH_INSECURE_HTTP", "yes"),
        ("WORKBENCH_DATABASE_URL", "sqlite:here"),
        ("WORKBENCH_DATABASE_URL", "postgresqlhere"),
        ("WORKBENCH_HOST", "0.0.0.0"),  # noqa: S104  # refused: plain http beyond this machine
        ("WORKBENCH_HOTS", "localhost"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(variable: str, text: str) -> None:
    with pytest.raises(InvalidInputError, match="WORKBENCH_"):
        Settings.from_environ({variable: text})
