"""What the tests need beside Python: PostgreSQL's programs, Chromium, nginx and Label Studio.

And room for what they write: in memory, where the machine lends some.

``python -m tests.machine`` installs what is missing where it may: Debian's packages, as root, and
Label Studio in an environment of its own.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.label_studio import find_label_studio, install_label_studio

MUST_RUN = bool(os.environ.get("CI"))
MEMORY = Path("/dev/shm")  # noqa: S108  # only the root of folders that `tempfile` makes
ROOM = 2 * 2**30  # several times what the servers and databases of a run come to
CHROMIUM = (
    "--no-sandbox",  # its sandbox refuses to run as root, as in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def write_to_memory() -> None:
    """Let temporary files lie in memory if there is room, unless ``TMPDIR`` says where.

    Thousands of databases, made of many small files and soon gone, are a burden to a disk.
    """
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        runs_programs = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
        if runs_programs and shutil.disk_usage(MEMORY).free > ROOM:
            os.environ.setdefault("TMPDIR", str(MEMORY))
            tempfile.tempdir = None  # what pytest has asked for already is to be asked anew


def find_postgresql() -> Path | None:
    """Return the folder with ``initdb`` and ``pg_ctl``, the newest where there are several."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(
        (path.parent for path in found), key=lambda bin_: int(bin_.parent.name), default=None
    )


def find_chromium() -> Path | None:
    """Return the browser's program."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


def find_nginx() -> Path | None:
    """Return the web server's program, which is often off an ordinary user's path."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found) if found else None


@dataclass(frozen=True)
class Need:
    """A program: how to find it, and which of Debian's packages bring it, if any do."""

    find: Callable[[], Path | None]
    packages: str = ""

    @property
    def remedy(self) -> str:
        """How to get it."""
        if self.packages:
            return f"on Debian: apt install {self.packages}"
        return "with a network, python -m tests.machine installs it"


NEEDS = {
    "PostgreSQL": Need(find_postgresql, "postgresql"),
    "Chromium": Need(find_chromium, "chromium fonts-dejavu-core"),
    "nginx": Need(find_nginx, "nginx-light"),
    "Label Studio": Need(find_label_studio),
}


def install_missing() -> None:
    """Install what is missing, Debian's packages where they can be had and we are root."""
    if not find_label_studio():
        print("Installing Label Studio ...", flush=True)
        install_label_studio()
    packages = [
        name for need in NEEDS.values() if not need.find() for name in need.packages.split()
    ]
    if not packages or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print(f"Installing {', '.join(packages)} ...", flush=True)
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages],
    ):
        subprocess.run(
            command,
            check=False,  # what counts is whether the programs are there afterwards
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def report_missing() -> list[str]:
    """Say for each missing program what will not be tested and what to install."""
    return [
        f"*** {name} IS MISSING: its tests cannot run; {need.remedy} ***"
        for name, need in NEEDS.items()
        if not need.find()
    ]


if __name__ == "__main__":
    install_missing()
    missing = report_missing()
    print("\n".join(missing), file=sys.stderr, end="\n" if missing else "")
    sys.exit(1 if missing and MUST_RUN else 0)
