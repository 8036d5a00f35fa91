"""Refresh the third-party files under ``workbench/web/static/vendor`` from their npm packages.

``python tools/vendor.py`` asks npm for the versions named here, takes the files that the pages
load and the licences beside them, and writes down which version they are.
"""

import io
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parent.parent / "workbench" / "web" / "static" / "vendor"


@dataclass(frozen=True)
class Package:
    """An npm package, its version, and what we take from it: path there, name here."""

    name: str
    version: str
    folder: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "@picocss/pico",
        "2.1.1",
        "pico",
        {"css/pico.min.css": "pico.min.css", "LICENSE.md": "LICENSE.md"},
    ),
    Package(
        "htmx.org",
        "2.0.11",
        "htmx",
        {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"},
    ),
    Package(
        "@fontsource/source-serif-4",
        "5.3.1",
        "source-serif-4",
        {
            "files/source-serif-4-latin-400-normal.woff2": "latin-400-normal.woff2",
            "LICENSE": "LICENSE",
        },
    ),
)


def refresh(package: Package) -> None:
    """Write a package's files anew."""
    folder = VENDOR / package.folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as download:
        subprocess.run(
            ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
            cwd=download,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (archive,) = Path(download).iterdir()
        with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as files:
            for there, here in package.files.items():
                member = files.extractfile(f"package/{there}")
                if member is None:
                    raise FileNotFoundError(f"{package.name} has no file {there}")
                (folder / here).write_bytes(member.read())
    (folder / "VERSION").write_text(f"{package.name} {package.version}\n")


if __name__ == "__main__":
    for package in PACKAGES:
        refresh(package)
