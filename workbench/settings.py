"""What can be set from outside: the only reader of environment variables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from workbench.errors import InvalidInputError

DATABASES = ("sqlite:///", "postgresql://")
RANGES = {
    "port": (1, 65_535),
    "trusted_proxies": (0, 16),
    "workers": (1, 256),
    "threads": (1, 1024),
    "max_upload_mb": (1, 4096),
    "session_idle_hours": (1, 8760),
    "session_days": (1, 365),
}
EVERYWHERE = "0.0.0.0"  # noqa: S104  # told apart, not listened on
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Settings:
    """The program's settings; each field is the variable ``WORKBENCH_`` + its name in capitals."""

    data_dir: Path = Path("data")
    export_dir: Path = Path("exports")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    insecure_http: bool = False
    trusted_proxies: int = 0
    workers: int = 2
    threads: int = 8
    max_upload_mb: int = 64
    session_idle_hours: int = 8
    session_days: int = 7
    allowed_private_hosts: str = ""

    def __post_init__(self) -> None:
        if self.public_url and not _is_origin(self.public_url):
            raise InvalidInputError(
                f"WORKBENCH_PUBLIC_URL is {self.public_url!r}; give the address people type,"
                " without a path, such as https://claims.example.org"
            )
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise InvalidInputError(
                    f"WORKBENCH_{name.upper()} is {getattr(self, name)};"
                    f" give a number from {least} to {most}"
                )
        if self.database_url and not self.database_url.startswith(DATABASES):
            raise InvalidInputError(
                "WORKBENCH_DATABASE_URL must start with postgresql:// or sqlite:///"
            )
        for place in self.private_hosts:
            if not _is_place(place):
                raise InvalidInputError(
                    f"WORKBENCH_ALLOWED_PRIVATE_HOSTS has {place!r}; give a host and its port, such"
                    " as 10.0.0.5:8080, with commas between several"
                )
        loopback_only = self.hostname in LOOPBACK and self.host in LOOPBACK
        if not (self.is_https or loopback_only or self.insecure_http):
            raise InvalidInputError(
                f"serving plain http on {self.host} would send passwords in the clear: set"
                " WORKBENCH_PUBLIC_URL to an https address, or WORKBENCH_INSECURE_HTTP=1"
            )

        # Werkzeug knows no IPv6 address among the hosts it is told to trust.
        if self.hostname == EVERYWHERE or ":" in self.hostname:
            raise InvalidInputError(
                f"links cannot begin with the address {self.hostname}: set WORKBENCH_PUBLIC_URL"
                " to one with a name that people type, such as http://localhost:8000"
            )

    @property
    def hostname(self) -> str:
        """The host name people type."""
        return urlsplit(self.public_url).hostname or "" if self.public_url else self.host

    @property
    def private_hosts(self) -> frozenset[str]:
        """The ``host:port`` of a closed network from which pages may be fetched all the same."""
        return frozenset(self.allowed_private_hosts.lower().replace(" ", "").split(",")) - {""}

    @property
    def is_https(self) -> bool:
        """Whether people reach the workbench over https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def base_url(self) -> str:
        """The address links begin with, without a closing slash."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def is_known_here_only(self) -> bool:
        """Whether links lead nowhere from any other machine."""
        return self.hostname in LOOPBACK

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        if not self.database_url:
            return f"sqlite:///{(self.data_dir / 'workbench.sqlite3').resolve()}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the ``WORKBENCH_…`` variables; an unknown or malformed one is an error."""
        known = {f"WORKBENCH_{name.upper()}": name for name in cls.__dataclass_fields__}
        values: dict[str, object] = {}
        for variable, text in environ.items():
            if not variable.startswith("WORKBENCH_"):
                continue
            if variable not in known:
                raise InvalidInputError(
                    f"{variable} is no setting of the workbench; docs/settings.md lists them all"
                )
            values[known[variable]] = _parse(
                variable, text, cls.__dataclass_fields__[known[variable]].type
            )
        return cls(**values)  # type: ignore[arg-type]  # each was parsed by its field's type


def _is_origin(url: str) -> bool:
    """Tell whether an address has a scheme and a host, maybe a port, and nothing more."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.port != 0
            and parts.username is None
            and parts.path in {"", "/"}
            and not parts.query
            and not parts.fragment
        )
    except ValueError:
        return False


def _is_place(text: str) -> bool:
    """Tell whether a text is a host with its port, and nothing more."""
    return bool(re.fullmatch(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\]):[1-9]\d{0,4}", text))


def _parse(variable: str, text: str, kind: object) -> object:
    if kind is int:
        if not text.isascii() or not text.isdigit():
            raise InvalidInputError(f"{variable} is {text!r}; give a whole number")
        return int(text)
    if kind is bool:
        if text not in {"0", "1"}:
            raise InvalidInputError(f"{variable} is {text!r}; give 0 or 1")
        return text == "1"
    return Path(text) if kind is Path else text
