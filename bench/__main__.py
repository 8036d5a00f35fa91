"""Run all measurements; ``python -m bench.NAME`` runs one."""

import importlib
from pathlib import Path

from bench import yardstick

for path in sorted(Path(__file__).parent.glob("[!_]*.py")):
    module = importlib.import_module(f"bench.{path.stem}")
    if hasattr(module, "main") and module is not yardstick:
        print(f"\n## {module.__doc__.splitlines()[0].rstrip('.')}\n", flush=True)
        yardstick.main()
        module.main()
