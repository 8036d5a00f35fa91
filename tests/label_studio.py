"""A real Label Studio server: an environment of its own, its own data, gone when its starter is.

It pins packages that the workbench must not share, so it is installed beside it, from
``requirements-label-studio.lock``, once; with it lies the data folder of a server that has just
made its database, to be copied. ``python -m tests.label_studio FOLDER`` keeps one server until its
standard input closes, and that happens however its starter ends, a crash included.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from workbench.canonical import Json

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements-label-studio.lock"
HOME = ROOT / ".venv-label-studio"
TEMPLATE = HOME / "new-server"
PROGRAM = HOME / "bin" / "label-studio"
INSTALLED = HOME / "installed"  # Says from which lock; without it the environment is half made.

EMAIL = "admin@example.test"
PASSWORD = "admin-password"
TOKEN = "0123456789abcdef0123456789abcdef01234567"
PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class LabelStudio:
    """A running server and the token of its first person."""

    url: str
    token: str = TOKEN

    def call(self, method: str, path: str, json: Json = None) -> Json:
        """Ask the server; anything but a success is an error."""
        headers = {"Authorization": f"Token {self.token}"}
        with httpx.Client(base_url=self.url, headers=headers, trust_env=False) as client:
            answer = client.request(method, path, json=json, timeout=PATIENCE_SECONDS)
            answer.raise_for_status()
            return answer.json() if answer.content else None

    def sign_up(self, email: str) -> "LabelStudio":
        """Make an account by an invitation; return the server as that person asks it."""
        invited = self.call("GET", "/api/invite")["invite_url"]
        with httpx.Client(base_url=self.url, trust_env=False, timeout=PATIENCE_SECONDS) as client:
            client.get(invited).raise_for_status()
            csrf = client.cookies["csrftoken"]
            told = {"email": email, "password": PASSWORD, "csrfmiddlewaretoken": csrf}
            signed_up = client.post(invited, data=told | {"allow_newsletters": "false"})
            assert signed_up.is_redirect, signed_up.text
            token = client.get("/api/current-user/token").raise_for_status().json()["token"]
        return LabelStudio(self.url, token)


def find_label_studio() -> Path | None:
    """Return the server's program, if it is the one that the lock file names."""
    is_there = INSTALLED.is_file() and INSTALLED.read_text() == _wanted()
    return PROGRAM if is_there else None


def install_label_studio() -> None:
    """Install the server, which takes a minute and 0.9 GB, and let it make its database."""
    pip = (HOME / "bin" / "python", "-m", "pip", "install", "-qq", "--no-compile")
    exact = (
        "--no-input",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
        "--requirement",
        LOCK,
    )
    for command in ([sys.executable, "-m", "venv", "--clear", HOME], [*pip, *exact]):
        if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode != 0:
            return
    TEMPLATE.mkdir()
    try:
        with _serving(TEMPLATE):
            INSTALLED.write_text(_wanted())
    except RuntimeError as error:
        print(error, file=sys.stderr)


@contextmanager
def running_label_studio(folder: Path) -> Iterator[LabelStudio]:
    """Start a server with its data in a folder, which it makes; kill it afterwards."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.label_studio", folder],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the tests; the server goes after them
    ) as keeper:
        url = keeper.stdout.readline().strip()
        if not url:
            raise RuntimeError(f"Label Studio did not start, see {folder / 'log'}")
        yield LabelStudio(url)
        # Leaving the block closes the keeper's input and waits for it.


def keep_server(folder: Path) -> None:
    """Run a server on a copy of the new server's data until standard input closes."""
    if not any(folder.glob("*.sqlite3")):
        shutil.copytree(TEMPLATE, folder, dirs_exist_ok=True)
    with _serving(folder) as url:
        print(url, flush=True)
        sys.stdin.read()


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    from tests.server import free_port  # noqa: PLC0415  # it needs what is not installed at first

    port = free_port()
    command = [PROGRAM, "start", "--no-browser", "--internal-host", "127.0.0.1"]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--data-dir", folder],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, url, folder)
        yield url
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        # Where its port is taken it moves to another one; whoever is there knows no such token.
        with suppress(httpx.HTTPError):
            LabelStudio(url).call("GET", "/api/current-user/whoami")
            return
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"Label Studio did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.1)


def _environment(folder: Path) -> dict[str, str]:
    """Return the server's settings; of ours it would take plain HOST, PORT, DEBUG or CI for its."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
    settings = {
        "BASE_DATA_DIR": str(folder),
        "DATABASE_NAME": str(folder / "label_studio.sqlite3"),
        "USERNAME": EMAIL,
        "PASSWORD": PASSWORD,
        "USER_TOKEN": TOKEN,
        "ENABLE_LEGACY_API_TOKEN": "true",  # Read once, when the database is made.
        "LATEST_VERSION_CHECK": "false",
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "FEATURE_FLAGS_OFFLINE": "true",
        "SSRF_PROTECTION_ENABLED": "false",  # Webhooks may come to this machine.
        "DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "LOG_LEVEL": "WARNING",
    }
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        **{f"LABEL_STUDIO_{name}": value for name, value in settings.items()},
        "DJANGO_DB": "sqlite",
        "PYTHONUNBUFFERED": "1",
    }


def _wanted() -> str:
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {sys.version_info[:2]}\n"


if __name__ == "__main__":
    keep_server(Path(sys.argv[1]))
