"""Fill the templates of a release's texts: what people typed is escaped, numbers are written out.

In a template every ``{{ … }}`` goes through ``markup.show``, so that nothing but ``Markdown`` made
here is taken for markup.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workbench.datasets.counting import Head
from workbench.datasets.markup import Markdown, escape_paragraphs, show

TEMPLATES = Path(__file__).parent / "templates"


def fill(template: str, **values: object) -> str:
    """Return a template of ``templates/`` with its places filled, ending with one line end."""
    text = _environment().get_template(template).render(plural=plural, **values)
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).strip() + "\n"


def plural(count: int, noun: str, verbs: str = "") -> str:
    """Return a number with its noun, such as ``2 articles``, and the one of two verbs: ``is/are``.

    Of several words the first is counted: ``1 piece of evidence``.
    """
    first, *rest = noun.split(" ", 1) if " of " in noun else [noun]
    one, _, several = verbs.partition("/")
    words = [show(count), first if count == 1 else f"{first}s", *rest]
    return " ".join([*words, *([one if count == 1 else several] if verbs else [])])


def percent(share: float) -> str:
    """Return a share as whole percents; what is not nothing is never shown as nothing."""
    if 0 < share < 0.005:  # noqa: PLR2004  # would round to 0
        return "< 1 %"
    return f"{share * 100:.0f} %"


def join_words(words: list[str], last: str = "and") -> str:
    """Return several words as a sentence has them: ``a, b and c``."""
    return (
        f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
    )


def said_by(head: Head) -> Callable[[str], Markdown]:
    """Return what tells the leads' own words on a section: English, then French if it differs."""

    def said(section: str) -> Markdown:
        words = head["texts"].get(section, {})
        english, french = (escape_paragraphs(words.get(one, "")) for one in ("en", "fr"))
        if not english or not french or english == french:
            return Markdown(english or french)
        return Markdown(f"{english}\n\n*En français :* {french}")

    return said


@cache
def _environment() -> Environment:
    return Environment(  # noqa: S701  # Markdown, not HTML: `show` escapes
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=show,
    )
