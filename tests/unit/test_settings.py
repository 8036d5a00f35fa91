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
        ("WORKBENCH_PUBLIC_URL", "claims.example.org"),
        ("WORKBENCH_PUBLIC_URL", "https://claims.example.org/claims"),
        ("WORKBENCH_PUBLIC_URL", "https://claims.example.org/?a"),
        ("WORKBENCH_PUBLIC_URL", "https://claims.example.org:claims"),
        ("WORKBENCH_PUBLIC_URL", "https://[claims"),
        ("WORKBENCH_PUBLIC_URL", "https://ada@claims.example.org"),
        ("WORKBENCH_ALLOWED_PRIVATE_HOSTS", "localhost"),
        ("WORKBENCH_ALLOWED_PRIVATE_HOSTS", "localhost:80, http://10.0.0.5:80"),
        ("WORKBENCH_ALLOWED_PRIVATE_HOSTS", "10.0.0.5:0"),
        ("WORKBENCH_ALLOWED_PRIVATE_HOSTS", "*:80"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(variable: str, text: str) -> None:
    with pytest.raises(InvalidInputError, match="WORKBENCH_"):
        Settings.from_environ({variable: text})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1"])  # noqa: S104  # nothing listens here
def test_an_address_that_no_link_can_begin_with_wants_one_that_can(host: str) -> None:
    with pytest.raises(InvalidInputError, match="WORKBENCH_PUBLIC_URL"):
        Settings(host=host, insecure_http=True)

    settings = Settings(host=host, insecure_http=True, public_url="http://localhost:8000")
    assert settings.base_url == "http://localhost:8000"


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (Settings(), "http://127.0.0.1:8000"),
        (Settings(host="localhost"), "http://localhost:8000"),
        (Settings(public_url="https://claims.example.org/"), "https://claims.example.org"),
    ],
)
def test_links_begin_with_an_address_that_works(settings: Settings, address: str) -> None:
    assert settings.base_url == address


def test_several_private_hosts_stand_with_commas_between() -> None:
    settings = Settings(allowed_private_hosts="Labels:8080, 10.0.0.5:80,[::1]:8000")

    assert settings.private_hosts == {"labels:8080", "10.0.0.5:80", "[::1]:8000"}
    assert Settings().private_hosts == frozenset()
