"""PostgreSQL's own programs for copying a database into a file and back."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from workbench.errors import UnavailableError


def dump(url: URL, target: Path) -> None:
    """Copy the database, as it is at one moment, into a file."""
    _run("pg_dump", url, "--format=custom", f"--file={target}")


def load(url: URL, source: Path, *, replace: bool) -> None:
    """Bring a copied database back, whole or not at all."""
    clean = ("--clean", "--if-exists") if replace else ()
    _run("pg_restore", url, "--single-transaction", "--exit-on-error", *clean, str(source))


def _run(tool: str, url: URL, *arguments: str) -> None:
    # The password goes by the environment: arguments can be read by everybody on the machine.
    address = url.set(drivername="postgresql", password=None)
    done = subprocess.run(  # noqa: S603
        [
            _find(tool),
            f"--dbname={address.render_as_string(hide_password=False)}",
            "--no-owner",
            "--no-privileges",
            *arguments,
        ],
        env={**os.environ, "PGPASSWORD": url.password} if url.password else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it gave no reason"])[0]
        raise UnavailableError("%(tool)s failed: %(reason)s.", tool=tool, reason=reason)


def _find(tool: str) -> str:
    """Return the newest version on the machine, which also reads what older servers hold."""
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{tool}")
    newest = max(versions, key=lambda path: int(path.parts[4]), default=None)
    if found := str(newest) if newest else shutil.which(tool):
        return found
    raise UnavailableError(
        "%(tool)s is not on this machine; on Debian: apt install postgresql-client.", tool=tool
    )
