"""`workbench text`: what the program makes of a text, without any database."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import click

from workbench.canonical import JsonObject, canonical_json
from workbench.corpus.zones import Zone

if TYPE_CHECKING:
    from workbench.corpus.language import Language
    from workbench.corpus.rules import PreparedArticle
    from workbench.suggestions.rules import Suggestion, Words


@click.group()
def text() -> None:
    """Look at a text as the program reads it, without a database."""


@text.command("segment")
@click.argument("file", type=click.File("rb"))
@click.option("--name", help="The file's name, where FILE is - for standard input.")
def segment_file(file: BinaryIO, name: str | None) -> None:
    """Print each sentence of FILE as JSON: start, end, zone, text.

    Offsets are half-open and count Unicode code points. Where FILE holds several articles, each
    line says in "article" which one it is of, counting from 1.
    """
    for which, article in _read_articles(file, name):
        for (start, end), zone in zip(article.sentences, article.zones, strict=True):
            quote = article.text[start:end]
            line = {**which, "start": start, "end": end, "zone": zone, "text": quote}
            click.echo(canonical_json(line))


@text.command("suggest")
@click.argument("file", type=click.File("rb"))
@click.option("--name", help="The file's name, where FILE is - for standard input.")
def suggest_claims(file: BinaryIO, name: str | None) -> None:
    """Print each claim that the rules propose for FILE as JSON.

    "parts" are the content, one for each sentence and each piece around a reporting clause;
    "mention" and "cue" are who is named and the reporting word; all are half-open ranges of Unicode
    code points. "speaker" is the fullest form of the name that the text gives. A sentence that is
    worth a check and quotes nobody is a line with the "quote_type" null.
    """
    from workbench.suggestions.suggesting import suggest  # noqa: PLC0415  # as below

    for which, article in _read_articles(file, name):
        language: Language = "en" if article.metadata.language == "en" else "fr"
        sentences = [
            span
            for span, zone in zip(article.sentences, article.zones, strict=True)
            if zone not in (Zone.BOILERPLATE, Zone.CAPTION)
        ]
        for suggestion in suggest(article.text, sentences, language):
            click.echo(canonical_json({**which, **_as_json(suggestion)}))


def _read_articles(
    file: BinaryIO, name: str | None
) -> Iterator[tuple[JsonObject, "PreparedArticle"]]:
    """Yield each article of a file with its number, where there are several."""
    from workbench.corpus.preparing import prepare_file  # noqa: PLC0415  # only help needs none

    if name is None:
        path = getattr(file, "name", "<stdin>")
        name = "stdin.txt" if path == "<stdin>" else path.rpartition("/")[2]
    articles = prepare_file(name, file.read()).articles
    for number, article in enumerate(articles, start=1):
        yield {"article": number} if len(articles) > 1 else {}, article


def _as_json(suggestion: "Suggestion") -> JsonObject:
    def place(words: "Words | None") -> JsonObject | None:
        if words is None:
            return None
        return {"start": words.start, "end": words.end, "text": words.text}

    return {
        "rule": suggestion.rule,
        "rule_version": suggestion.rule_version,
        "start": suggestion.start,
        "end": suggestion.end,
        "parts": [list(part) for part in suggestion.parts],
        "quote_type": suggestion.quote_type,
        "act": suggestion.act,
        "speaker": suggestion.speaker,
        "mention": place(suggestion.mention),
        "cue": place(suggestion.cue),
        "check_worthy": suggestion.check_worthy,
        "hearsay": suggestion.hearsay,
        "reason": suggestion.reason,
    }
