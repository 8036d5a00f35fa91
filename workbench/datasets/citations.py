"""How to cite a release: CITATION.cff in the Citation File Format 1.2, and BibTeX.

Versions and dates are the snapshot's; nothing is read from a clock.
"""

import re
import unicodedata

from workbench.canonical import Json, JsonObject
from workbench.datasets.counting import Creator, Head, titles
from workbench.datasets.markup import show_hidden, yaml_text

MESSAGE = "If you use this dataset, please cite it as below."
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# SPDX names, as most datasets have them: what Hugging Face calls them, and where they are written.
LICENCES = {
    "Apache-2.0": ("apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    "CC-BY-4.0": ("cc-by-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC-BY-NC-4.0": ("cc-by-nc-4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
    "CC-BY-NC-ND-4.0": ("cc-by-nc-nd-4.0", "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
    "CC-BY-NC-SA-4.0": ("cc-by-nc-sa-4.0", "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
    "CC-BY-ND-4.0": ("cc-by-nd-4.0", "https://creativecommons.org/licenses/by-nd/4.0/"),
    "CC-BY-SA-4.0": ("cc-by-sa-4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "CC0-1.0": ("cc0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "MIT": ("mit", "https://opensource.org/license/mit"),
    "ODC-By-1.0": ("odc-by", "https://opendatacommons.org/licenses/by/1-0/"),
    "ODbL-1.0": ("odbl", "https://opendatacommons.org/licenses/odbl/1-0/"),
    "PDDL-1.0": ("pddl", "https://opendatacommons.org/licenses/pddl/1-0/"),
    "etalab-2.0": ("etalab-2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
}
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def creators_of(head: Head) -> list[Creator]:
    """Return who made the dataset; where nobody is named, the dataset's own name."""
    return head["creators"] or [{"name": titles(head)["en"], "url": None}]


def licence_url(licence: str) -> str:
    """Return where a licence is written; of one that is not well known, its SPDX page."""
    known = LICENCES.get(licence)
    return known[1] if known else f"https://spdx.org/licenses/{licence}.html"


def write_cff(head: Head) -> str:
    """Return CITATION.cff."""
    authors: list[Json] = [
        {"name": one["name"], **({"website": one["url"]} if one["url"] else {})}
        for one in creators_of(head)
    ]
    cff: JsonObject = {
        "cff-version": "1.2.0",
        "message": MESSAGE,
        "type": "dataset",
        "title": titles(head)["en"],
        "authors": authors,
        "version": head["version"],
        "date-released": head["instant"][:10],
    }
    if head["licence"] in LICENCES:
        cff["license"] = head["licence"]
    else:
        cff["license-url"] = licence_url(head["licence"])
    if head["url"]:
        cff["url"] = head["url"]
    return yaml_text(cff)


def write_bibtex(head: Head) -> str:
    """Return a BibTeX entry, which biblatex reads too."""
    date = head["instant"][:10]
    fields = {
        "title": f"{{{_tex(titles(head)['en'])}}}",
        "author": " and ".join(f"{{{_tex(one['name'])}}}" for one in creators_of(head)),
        "version": head["version"],
        "year": date[:4],
        "month": MONTHS[int(date[5:7]) - 1],
        "note": f"Version {head['version']}, {date}",
        **({"url": head["url"].translate({123: "%7B", 125: "%7D"})} if head["url"] else {}),
    }
    lines = [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'}"
        for name, value in fields.items()
    ]
    return "\n".join([f"@misc{{{_key(head)},", ",\n".join(lines), "}", ""])


def _tex(text: str) -> str:
    words = " ".join(show_hidden(text).split())
    return "".join(_SPECIAL.get(letter, letter) for letter in words)


def _key(head: Head) -> str:
    plain = unicodedata.normalize("NFKD", head["dataset"]).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "dataset"
    return f"{name}-{head['version']}"
