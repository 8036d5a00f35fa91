"""The page for a small newsroom, run as it is written, as far as this machine can."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import require
from tests.server import WORKBENCH

PAGE = (Path(__file__).parents[2] / "docs" / "small-newsroom.md").read_text()


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.S | re.M)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder in place of /srv/claims, with this environment's program installed."""
    programs = tmp_path / "venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "workbench").symlink_to(WORKBENCH)
    return tmp_path


def test_its_commands_lead_to_a_workbench_with_a_manager_and_a_backup(home: Path) -> None:
    script = "\n".join(blocks("sh")).replace("/srv/claims", str(home))

    done = subprocess.run(
        ["bash", "-eu"], input=script, capture_output=True, text=True, check=False, cwd=home
    )

    assert done.returncode == 0, done.stderr
    assert re.search(r"https://claims\.example\.org/link/\S{40,}", done.stdout)
    assert (home / "backups" / "before-upgrade.tar").stat().st_size > 0
    assert (home / "data" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_its_service_unit_starts_the_program(home: Path) -> None:
    if not (verify := shutil.which("systemd-analyze")):
        pytest.skip("systemd is not on this machine")
    unit = home / "claims.service"
    unit.write_text(blocks("ini")[0].replace("/srv/claims", str(home)).replace("=claims", "=root"))

    done = subprocess.run([verify, "verify", unit], capture_output=True, text=True, check=False)

    assert str(unit) not in done.stderr


def test_its_proxy_settings_are_valid(home: Path) -> None:
    nginx = require("nginx")
    settings = home / "nginx.conf"
    settings.write_text(f"pid {home}/pid; events {{}} http {{ {blocks('nginx')[0]} }}")

    done = subprocess.run(
        [nginx, "-t", "-c", settings], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
