"""`workbench text`: what the program makes of a text, without any database."""

from typing import BinaryIO

import click

from workbench.canonical import JsonObject, canonical_json


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
    from workbench.corpus.preparing import prepare_file  # noqa: PLC0415  # only help needs none

    if name is None:
        name = "stdin.txt" if file.name == "<stdin>" else file.name.rpartition("/")[2]
    articles = prepare_file(name, file.read()).articles
    for number, article in enumerate(articles, start=1):
        which: JsonObject = {"article": number} if len(articles) > 1 else {}
        for (start, end), zone in zip(article.sentences, article.zones, strict=True):
            quote = article.text[start:end]
            line = {**which, "start": start, "end": end, "zone": zone, "text": quote}
            click.echo(canonical_json(line))
