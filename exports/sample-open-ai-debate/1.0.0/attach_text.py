"""Add the texts of articles that a release may not have itself, from lawful copies of your own.

    python attach_text.py FOLDER

FOLDER has a file SLUG.txt (UTF-8) for each article that you have. Each copy must be, character for
character, the text that was annotated; the release has its SHA-256, so a wrong copy is found. The
rows of data/ are then written once more into data-with-text/, with the words of every sentence and
span of these articles. It needs Python 3.9 or later and nothing else.
"""

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ELLIPSIS = " … "  # between the parts of a claim
TARGET = "data-with-text"
Texts = dict[str, str]  # by the article's id


class AttachError(Exception):
    """Nothing was written; the message says why, in one sentence."""


def main(arguments: list[str] | None = None) -> int:
    """Attach the texts in a folder to the release in which this file lies."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path, help="has a file SLUG.txt for each article")
    folder = parser.parse_args(arguments).folder
    release = Path(__file__).resolve().parent
    try:
        articles = read_articles(release)
        texts = read_texts(folder, articles)
        write_texts(release, texts)
    except (AttachError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    missing = [one["slug"] for one in articles if one["id"] not in texts and one["text"] is None]
    sys.stdout.write(f"{TARGET} has the words of {len(texts)} of {len(articles)} articles.\n")
    if missing:
        sys.stdout.write(f"Without a copy: {', '.join(missing)}.\n")
    return 0


def read_articles(release: Path) -> list[dict[str, Any]]:
    """Return what the release says of its articles; with their text, where it has it."""
    with (release / "snapshot.jsonl").open(encoding="utf-8") as file:
        lines = (json.loads(line) for line in file if '"type":"article"' in line)
        return [line for line in lines if line["type"] == "article"]


def read_texts(folder: Path, articles: list[dict[str, Any]]) -> Texts:
    """Return the texts by article, those of the release included; all copies must be right."""
    if not folder.is_dir():
        raise AttachError(f"There is no folder {folder}.")
    known = {one["slug"]: one for one in articles}
    texts = {one["id"]: one["text"] for one in articles if one["text"] is not None}
    found = sorted(folder.glob("*.txt"))
    if not found:
        raise AttachError(f"{folder} has no file SLUG.txt.")
    for path in found:
        if path.stem not in known:
            raise AttachError(f"{path} is named like no article of this release.")
        article = known[path.stem]
        text = read_text(path)
        if not is_text(text, article) and text.endswith("\n"):  # Editors like to end a last line.
            text = text[:-1]
        if not is_text(text, article):
            raise AttachError(
                f"{path} is not the text that was annotated: it has {len(text)} characters of"
                f" {article['length']}, or other ones."
            )
        texts[article["id"]] = text
    return texts


def is_text(text: str, article: dict[str, Any]) -> bool:
    """Tell whether a text is the one that was annotated."""
    return bool(hashlib.sha256(text.encode()).hexdigest() == article["sha256"])


def read_text(path: Path) -> str:
    """Return a text as it was kept for annotation: without BOM, its lines ending in LF."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AttachError(f"{path} is not UTF-8: byte {error.start} cannot be read.") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def write_texts(release: Path, texts: Texts) -> None:
    """Write all rows anew, with words; the folder appears only once all of it is there."""
    target = release / TARGET
    if target.exists():
        raise AttachError(f"{target} is there already; move it away first.")
    draft = release / f".{TARGET}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        for path in sorted((release / "data").glob("*/*.jsonl")):
            written = draft / path.parent.name / path.name
            written.parent.mkdir(exist_ok=True)
            write_rows(path, written, texts)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_rows(source: Path, target: Path, texts: Texts) -> None:
    """Write the rows of a file with words."""
    with (
        source.open(encoding="utf-8") as file,
        target.open("w", encoding="utf-8", newline="\n") as out,
    ):
        rows: Iterable[dict[str, Any]] = (fill(json.loads(line), texts, "") for line in file)
        if source.parent.name == "sentences":
            rows = beside(rows)
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            out.write(f"{line}\n")


def fill(value: Any, texts: Texts, article: str) -> Any:
    """Return a row, or a part of one, with the words of each span whose article's text is there."""
    if isinstance(value, list):
        return [fill(one, texts, article) for one in value]
    if not isinstance(value, dict):
        return value
    article = value.get("article", article)
    filled = {key: fill(one, texts, article) for key, one in value.items()}
    if article in texts and "text" in filled and filled["text"] is None:
        filled["text"] = words_of(filled, texts[article])
    return filled


def words_of(span: dict[str, Any], text: str) -> str:
    """Return the words of a span, or of a claim's parts."""
    if "parts" in span:
        return ELLIPSIS.join(part["text"] for part in span["parts"])
    words = text[span["start"] : span["end"]]
    if span["sha256"] is not None and hashlib.sha256(words.encode()).hexdigest() != span["sha256"]:
        raise AttachError(f"The release is damaged: characters {span['start']} to {span['end']}.")
    return words


def beside(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield sentences with the texts of those before and after in the same article."""
    before: dict[str, Any] | None = None
    for row in rows:
        if before is not None:
            if before["article"] == row["article"]:
                before["next_text"], row["previous_text"] = row["text"], before["text"]
            yield before
        before = row
    if before is not None:
        yield before


if __name__ == "__main__":
    sys.exit(main())
