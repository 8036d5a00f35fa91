"""What the tests need beside Python: PostgreSQL's programs and Chromium.

``python -m tests.machine`` installs what is missing where it may: Debian's packages, as root.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

MUST_RUN = bool(os.environ.get("CI"))


def find_postgresql() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``, the newest where there are several."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    homes = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((home.parent for home in homes), key=lambda home: int(home.parent.name), default=None)


def find_chromium() -> Path | None:
    """Return the browser's program."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


NEEDS: dict[str, tuple[Callable[[], Path | None], tuple[str, ...]]] = {
    "PostgreSQL": (find_postgresql, ("postgresql",)),
    "Chromium": (find_chromium, ("chromium", "fonts-dejavu-core")),
}


def install_missing() -> list[str]:
    """Install what is missing where that is possible; return what is missing still."""
    packages = [name for find, names in NEEDS.values() if not find() for name in names]
    if packages and shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {', '.join(packages)} ...", flush=True)
        quiet = {"stdin": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, **quiet)
    return [need for need, (find, _) in NEEDS.items() if not find()]


def main() -> int:
    """Install; say loudly what will not be tested."""
    missing = install_missing()
    for need in missing:
        packages = " ".join(NEEDS[need][1])
        print(f"*** {need} IS MISSING, ITS TESTS CANNOT RUN: apt install {packages} ***", file=sys.stderr)
    return 1 if missing and MUST_RUN else 0


if __name__ == "__main__":
    sys.exit(main())
