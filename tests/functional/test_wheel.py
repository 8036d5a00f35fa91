"""The wheel, as somebody gets it who has no checkout."""

import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import pytest

from tests.server import free_port, running_server
from workbench.settings import Settings

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment into which only the wheel was installed."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, CHECKOUT)
    environment = folder / "environment"
    venv.create(environment, symlinks=True)
    # The dependencies come from here, without a download; our own editable install does not,
    # since only the first folder of packages may extend the path.
    packages = next(environment.glob("lib/*/site-packages"))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    (wheel,) = folder.glob("*.whl")
    python = environment / "bin" / "python"
    run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", wheel
    )
    return environment


def run(*command: str | Path) -> str:
    outcome = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


def files_below(folder: Path) -> set[Path]:
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path for path in found if "__pycache__" not in path.parts}


@pytest.mark.parametrize("name", ["schemas", "seeds", "migrations"])
def test_the_wheel_carries_what_travels_with_the_program(installed: Path, name: str) -> None:
    script = f"from workbench.resources import resource_folder; print(resource_folder({name!r}))"

    folder = Path(run(installed / "bin" / "python", "-c", script).strip())

    assert folder.is_relative_to(installed)
    assert files_below(folder) == files_below(CHECKOUT / name)


def test_the_demo_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, export_dir=tmp_path / "exports", port=free_port())

    with running_server(settings, installed / "bin" / "workbench", "demo") as server:
        answer = urllib.request.urlopen(server.url)

        assert answer.status == 200
        assert server.url in server.log
