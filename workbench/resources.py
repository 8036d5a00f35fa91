"""Find the files that travel with the program: schemas, seeds, migrations.

In a checkout they lie beside the package; in a wheel, inside it.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource_folder(name: str) -> Path:
    """Return the folder ``schemas``, ``seeds`` or ``migrations``."""
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
