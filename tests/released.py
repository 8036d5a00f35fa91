"""Small releases for tests: the sample snapshot as a first release, with texts or without."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from workbench.canonical import canonical_json
from workbench.datasets.releasing import write_release

SNAPSHOT = Path(__file__).parent / "data/snapshot.jsonl"
OPEN = "a1open"  # the article whose text may be passed on


def build_release(folder: Path, *, is_open: bool = False, stand_off: bool = False) -> Path:
    """Build a first release of the sample: the one it names as the one before is nowhere.

    ``is_open`` leaves out the article that may not be passed on; ``stand_off`` withholds all
    texts, however short.
    """
    folder.mkdir()
    head, *lines = map(json.loads, SNAPSHOT.read_text("utf-8").splitlines())
    head["previous"] = None
    if is_open:
        lines = [line for line in lines if _article_of(line) in {None, OPEN}]
        head["text"] = "full"
    if stand_off:
        lines = [_withhold(line) for line in lines]
        head["text"] = "stand-off"
    content = "".join(f"{canonical_json(line)}\n" for line in (head, *lines))
    (folder / "snapshot.jsonl").write_text(content, "utf-8")
    write_release(folder / "snapshot.jsonl", folder, on_progress=lambda *_: None)
    return folder


def build_large_release(folder: Path) -> Path:
    """Build a first release of 32 articles, enough for splits: 16 copies of the sample's two."""
    folder.mkdir()
    head, *lines = SNAPSHOT.read_text("utf-8").splitlines()
    copies = dict.fromkeys(_copy(line, copy) for copy in range(16) for line in lines)
    found = [json.loads(line) for line in copies]  # once what has no id that is copied
    kinds = list(dict.fromkeys(line["type"] for line in found))
    slugs = {line["id"]: line["slug"] for line in found if line["type"] == "article"}
    first = json.loads(head)
    first |= {"previous": None, "frozen_test": {"articles": [], "statements": []}}
    for name in first["counts"].keys() - {"annotators", "speakers", "targets"}:
        first["counts"][name] *= 16

    def place(line: dict[str, Any]) -> tuple[int, str]:
        kind = "article" if line["type"] == "sentence" else line["type"]
        return kinds.index(kind), slugs.get(_article_of(line), "")

    content = "".join(f"{canonical_json(line)}\n" for line in (first, *sorted(found, key=place)))
    (folder / "snapshot.jsonl").write_text(content, "utf-8")
    write_release(folder / "snapshot.jsonl", folder, on_progress=lambda *_: None)
    return folder


def rows(release: Path, config: str, *, data: str = "data") -> list[dict[str, Any]]:
    """Return the rows of a config, of all its parts."""
    parts = sorted((release / data / config).glob("*.jsonl"))
    return [json.loads(line) for part in parts for line in part.read_text("utf-8").splitlines()]


def lines_path(config: str) -> str:
    """Return the path in which the rows of a config lie in the sample, which is for testing."""
    return f"data/{config}/{'full' if config in {'speakers', 'targets'} else 'test'}.jsonl"


def article_text(release: Path, article: str = OPEN) -> str:
    """Return the text of an article of a release."""
    for line in (release / "snapshot.jsonl").read_text("utf-8").splitlines():
        found = json.loads(line)
        if found["type"] == "article" and found["id"] == article:
            return str(found["text"])
    raise LookupError(article)


def _article_of(line: dict[str, Any]) -> Any:
    return line["id"] if line["type"] == "article" else line.get("article")


def _copy(line: str, copy: int) -> str:
    """Return a line with other ids, but for the first copy."""
    ids = r'"(a1open|b2closed|c-\w+|st-cost|ap-cost|ev-report|orvault-ouvre|proteger-en)'
    return re.sub(ids, rf'"\g<1>{copy:02}', line) if copy else line


def _withhold(value: Any) -> Any:
    """Leave a hash in the place of each text of an article."""
    if isinstance(value, list):
        return [_withhold(one) for one in value]
    if not isinstance(value, dict):
        return value
    held = {key: _withhold(one) for key, one in value.items()}
    if value.get("type") == "article":
        return {**held, "text": None, "text_allowed": False}
    if isinstance(value.get("text"), str) and "start" in value:
        return {**held, "text": None, "sha256": hashlib.sha256(value["text"].encode()).hexdigest()}
    return held
