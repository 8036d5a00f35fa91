"""Keep the French catalogue of the pages in step with the program.

``python tools/translations.py`` collects every sentence that pages and errors say, adds the new
ones to ``workbench/web/translations/fr/LC_MESSAGES/messages.po`` without a translation, drops those
no longer said, and compiles the catalogue. Fill in what it lists, and run it again.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import workbench

PACKAGE = Path(workbench.__file__).parent
CATALOGUE = PACKAGE / "web" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # One day for ever, else each run changes the file.
METHODS = [
    ("web/static/**", "ignore"),
    # Said on the command line only, in English.
    ("cli/**", "ignore"),
    ("settings.py", "ignore"),
    ("storage/database.py", "python"),
    ("storage/**", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2"),
]


def collect() -> Catalog:
    """Return every sentence that the program may show on a page."""
    keywords = dict(DEFAULT_KEYWORDS)
    keywords |= dict.fromkeys(
        ["lazy_gettext", "__init__", "Message", "refuse_region", *error_names()]
    )
    keywords["lazy_ngettext"] = (1, 2)
    keywords["lazy_pgettext"] = ((1, "c"), 2)
    found = Catalog()
    for file, _line, message, _comments, context in extract_from_dir(
        PACKAGE, METHODS, keywords=keywords
    ):
        found.add(message, locations=[(f"workbench/{file}", 0)], context=context)
    return found


def error_names() -> Iterator[str]:
    """Name every error whose sentence may be shown to people."""
    for file in sorted(PACKAGE.rglob("*.py")):
        yield from re.findall(r"^class (\w+Error)\b", file.read_text(), re.MULTILINE)


def read() -> Catalog:
    """Return the French catalogue as it lies there."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    catalogue.creation_date = catalogue.revision_date = SOME_DAY
    return catalogue


def update() -> Catalog:
    """Return the French catalogue with exactly the sentences that are said now."""
    catalogue = read()
    catalogue.update(collect(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """Write the catalogue as people edit it."""
    file = io.BytesIO()
    write_po(file, catalogue, width=100, omit_header=True, sort_output=True, include_lineno=False)
    return HEADER + file.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """Write the catalogue as the program reads it."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


HEADER = b"""# French sentences of the workbench; kept by tools/translations.py.
msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def untranslated(catalogue: Catalog) -> list[str]:
    """List the sentences that have no French yet."""
    missing = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(strings):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def main() -> int:
    """Bring the files up to date and name what is still to be translated."""
    CATALOGUE.write_bytes(as_po(update()))
    CATALOGUE.with_suffix(".mo").write_bytes(as_mo(read()))
    missing = untranslated(read())
    print("\n".join(missing), file=sys.stderr, end="\n" if missing else "")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
