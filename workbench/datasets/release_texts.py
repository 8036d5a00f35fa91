"""Write what tells people and programs of a release: card, data statement, citations, pictures.

A pure function of the snapshot and of the data, splits and formats that lie in the folder already.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from workbench.canonical import Json, JsonObject
from workbench.datasets.cards import PICTURES, write_card
from workbench.datasets.citations import write_cff
from workbench.datasets.config_types import read_configs
from workbench.datasets.counting import Counts
from workbench.datasets.croissant import describe_release
from workbench.datasets.data_statements import write_data_statement
from workbench.datasets.losses import join_losses
from workbench.datasets.release_pictures import draw_release, plan_pictures
from workbench.datasets.snapshots import Snapshot

FORMATS, SPLITS = "formats", "splits.json"
AGREEMENT, LOSSES, CITATION = "agreement.json", "losses.json", "CITATION.cff"
CARD, STATEMENT, CROISSANT = "README.md", "DATASTATEMENT.md", "croissant.json"


def write_pictures(folder: Path, counts: Counts) -> None:
    """Write the pictures of a release into its folder, from what was counted in it."""
    for name, drawing in draw_release(plan_pictures(counts)).items():
        _write(folder / PICTURES / name, drawing)


def write_texts(snapshot: Snapshot, folder: Path, counts: Counts) -> None:
    """Write all texts of a release into its folder, from what was counted in it.

    ``data/``, ``splits.json``, ``pictures/``, the formats, each with its own ``losses.json``, and
    all other files that ``croissant.json`` is to describe are there.
    """
    splits = cast(JsonObject, json.loads((folder / SPLITS).read_bytes()))
    losses = join_losses(snapshot.head, snapshot.id, _accounts(folder))
    configs, pictures = read_configs(folder), plan_pictures(counts)
    _write_json(folder / AGREEMENT, counts.agreement)
    _write_json(folder / LOSSES, losses)
    _write(folder / CITATION, write_cff(counts.head))
    _write(folder / STATEMENT, write_data_statement(counts, splits))
    _write(folder / CARD, write_card(counts, configs, splits, losses, pictures))
    _write_json(folder / CROISSANT, describe_release(counts, configs, splits, folder))


def _accounts(folder: Path) -> Iterator[JsonObject]:
    for path in sorted((folder / FORMATS).glob(f"*/{LOSSES}")):
        yield cast(JsonObject, json.loads(path.read_bytes()))


def _write_json(path: Path, document: Json) -> None:
    _write(path, json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2) + "\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
