"""Turn files of many formats into articles, strictly: nothing is guessed, nothing replaced."""

from workbench.corpus.readers.files import ENDINGS, read_file
from workbench.corpus.readers.folders import Folder, Skipped, read_bytes, read_folder
from workbench.corpus.readers.lists import MANIFEST, read_manifest
from workbench.corpus.readers.source import ArticleSource, Metadata

__all__ = [
    "ENDINGS",
    "MANIFEST",
    "ArticleSource",
    "Folder",
    "Metadata",
    "Skipped",
    "read_bytes",
    "read_file",
    "read_folder",
    "read_manifest",
]
