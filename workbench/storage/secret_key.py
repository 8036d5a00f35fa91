"""The instance's secret key: made once, readable by its owner alone, never a weak one."""

import os
import secrets
from pathlib import Path

from workbench.errors import UnavailableError

LEAST_LENGTH = 32


def secret_key(data_dir: Path) -> str:
    """Return the instance's key; the first caller makes it.

    Raises ``UnavailableError`` where the file holds none that could not be guessed.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data_dir / "secret_key"
    if not path.exists():
        _make_key(path)
    key = path.read_text("latin-1")  # Whatever is in it must not stop us here.
    if not is_long_enough(key):
        raise UnavailableError(
            "%(path)s holds no key, so anybody could sign in as anybody: restore it from a backup,"
            " or delete it, and `workbench init` makes a new one.",
            path=str(path),
        )
    return key


def is_long_enough(key: str) -> bool:
    """Tell whether a key can be trusted."""
    return len(key.strip()) >= LEAST_LENGTH


def _make_key(path: Path) -> None:
    draft = path.with_name(f"secret_key.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # Fails when another process was first: its key counts.
    except FileExistsError:
        pass
    finally:
        draft.unlink()
