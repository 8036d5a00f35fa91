"""The data statement of a release: DATASTATEMENT.md, with the answers of a datasheet.

Its sections are those of Bender and Friedman (2018), its questions those of Gebru and others
(2021). What nobody has said is not made up: the text says that it is not known.
"""

from workbench.canonical import JsonObject
from workbench.datasets.card_tables import (
    count_table,
    outlets_table,
)
from workbench.datasets.counting import Counts
from workbench.datasets.describing import (
    LANGUAGES,
    describe_annotation,
    describe_dates,
    describe_errata,
    describe_hidden,
    describe_left_out,
    describe_rules,
    describe_settled,
    describe_splits,
    describe_texts,
    describe_withdrawn,
    link_creators,
    link_licence,
    list_counted,
    summarize,
)
from workbench.datasets.markup import Markdown, markdown_table
from workbench.datasets.texts import fill, said_by

TEMPLATE = "DATASTATEMENT.md.jinja"
VARIETIES = {"fr": "fr", "en": "en"}


def write_data_statement(counts: Counts, splits: JsonObject) -> str:
    """Return DATASTATEMENT.md; ``splits`` is the document ``splits.json``."""
    head = counts.head
    return fill(
        TEMPLATE,
        title=counts.title,
        version=Markdown(head["version"]),
        date=counts.date,
        counts=counts,
        said=said_by(head),
        summary=summarize(counts),
        text=head["text"],
        text_words=f"Texts are {describe_texts(counts)}.",
        languages_table=markdown_table(
            ["language", "BCP 47", "articles"],
            [
                [LANGUAGES[one][0], VARIETIES[one], count]
                for one, count in sorted(counts.languages.items())
            ],
            first=2,
        ),
        speaker_kinds=list_counted(counts.speaker_kinds) or "none",
        published=describe_dates(counts),
        outlets_table=outlets_table(counts),
        zones_table=count_table("zone", counts.zones),
        hidden_words=describe_hidden(counts),
        creators=link_creators(head),
        settled_words=describe_settled(counts),
        left_out_words=describe_left_out(counts),
        splits_words=describe_splits(counts, splits),
        errata_words=describe_errata(counts),
        annotation_words=describe_annotation(counts),
        software=Markdown(head["software"]["workbench"]),
        machine_words=describe_rules(counts),
        licence=link_licence(head["licence"]),
        contact=head["contact"],
        withdrawn_words=describe_withdrawn(counts),
    )
