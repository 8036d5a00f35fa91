"""The data card of a release: README.md, with the head that Hugging Face reads.

Every number in it is counted in the snapshot or read from the files beside it; what only people
can say is in their words, escaped. English, with a summary in French.
"""

from collections.abc import Sequence
from typing import cast

from workbench.canonical import Json, JsonObject
from workbench.datasets.card_tables import (
    arms_table,
    configs_table,
    count_table,
    coverage_table,
    field_tables,
    figures_table,
    losses_table,
    outlets_table,
    readers_table,
    rights_table,
    rules_table,
    shares_table,
    speakers_table,
    splits_table,
    stances_table,
)
from workbench.datasets.citations import LICENCES, licence_url, write_bibtex
from workbench.datasets.config_types import Config, hugging_face_features
from workbench.datasets.counting import Counts
from workbench.datasets.describing import (
    SETTLED,
    describe_agreement,
    describe_annotation,
    describe_arms,
    describe_dates,
    describe_errata,
    describe_hidden,
    describe_left_out,
    describe_rights,
    describe_soft_labels,
    describe_splits,
    describe_texts,
    describe_undefined,
    describe_unsettled,
    describe_withdrawn,
    link_creators,
    link_licence,
    list_counted,
    list_limits,
    summarize,
    summarize_in_french,
)
from workbench.datasets.markup import Markdown, escape_markdown, yaml_text
from workbench.datasets.profiles import SECTIONS
from workbench.datasets.release_pictures import (
    ReleasePicture,
)
from workbench.datasets.splits import Rule
from workbench.datasets.texts import fill, said_by

TEMPLATE = "README.md.jinja"
PICTURES = "pictures"
SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
LARGEST = "1M<n<10M"
TAGS = (
    "claim-detection",
    "check-worthiness",
    "quotation-attribution",
    "speaker-attribution",
    "stance-detection",
    "fact-checking",
    "annotator-disagreement",
    "news",
    "croissant",
)
DECISIONS = {
    "claims": "has at least one claim",
    "no_claim": "has none",
    "undecided": "read, and left open",
    "not_annotatable": "not a sentence to be labelled",
    "continues": "belongs to a claim that starts before it",
    "unread": "nobody decided: no negative",
    "unsettled": "answers differ, are not finished or are too few, and nobody has decided",
}


def write_card(
    counts: Counts,
    configs: Sequence[Config],
    splits: JsonObject,
    losses: JsonObject,
    pictures: Sequence[ReleasePicture],
) -> str:
    """Return README.md.

    ``configs``, ``splits`` and ``losses`` (the documents ``splits.json`` and ``losses.json``) are
    what lies beside it; ``pictures`` the drawings under ``pictures/``.
    """
    head = counts.head
    shown = {one.name: _picture(one) for one in pictures}
    standoff = counts.articles - counts.full_articles
    return fill(
        TEMPLATE,
        head=Markdown(yaml_text(_head(counts, configs))),
        title=counts.title,
        counts=counts,
        dataset=Markdown(head["dataset"]),
        version=Markdown(head["version"]),
        path=Markdown(f"{head['dataset']}/{head['version']}"),
        date=counts.date,
        previous=head["previous"]["version"] if head["previous"] else None,
        said=said_by(head),
        summary=summarize(counts),
        french_summary=summarize_in_french(counts),
        text=head["text"],
        text_words=describe_texts(counts),
        standoff_articles=standoff,
        licence=link_licence(head["licence"]),
        creators=link_creators(head),
        first_split=Markdown(_first_split(configs)),
        fixed_test=splits["rule"] == Rule.HASH,
        configs_table=configs_table(configs),
        articles_table=outlets_table(counts),
        zones_table=count_table("zone", counts.zones),
        decisions_table=shares_table("decision", counts.decisions, DECISIONS, counts.required),
        settled_table=shares_table("settled", counts.settled, SETTLED, counts.required),
        unsettled_words=describe_unsettled(counts),
        reasons_table=count_table("reason", counts.reasons) if counts.reasons else "",
        field_tables=field_tables(counts),
        speaker_kinds=list_counted(counts.speaker_kinds) or "none",
        speakers_table=speakers_table(counts),
        stances_table=stances_table(counts),
        statement_states=list_counted(counts.statements),
        evidence_kinds=list_counted(counts.evidence) or "none",
        ratings_table=count_table("current verdict", counts.ratings) if counts.ratings else "",
        errata_words=describe_errata(counts),
        splits_words=describe_splits(counts, splits),
        splits_table=splits_table(splits),
        crossing=cast(JsonObject, splits["proof"])["crossing"],
        published=describe_dates(counts),
        rights_table=rights_table(counts),
        rights_words=describe_rights(counts),
        hidden_words=describe_hidden(counts),
        annotation_words=describe_annotation(counts),
        readers_table=readers_table(counts),
        soft_words=describe_soft_labels(counts),
        rules_table=rules_table(counts),
        agreement_words=describe_agreement(counts),
        agreement_pictures=[
            one for name, one in shown.items() if name in {"agreement.svg", "suggestions.svg"}
        ],
        figures_table=figures_table(counts),
        undefined_words=describe_undefined(counts),
        arms_words=describe_arms(counts),
        arms_table=arms_table(counts),
        coverage_picture=shown.get("coverage.svg", "Nothing is to be read yet."),
        coverage_table=coverage_table(counts),
        limits=list_limits(counts),
        bibtex=Markdown(write_bibtex(head)),
        withdrawn_words=describe_withdrawn(counts),
        left_out_words=describe_left_out(counts),
        losses_table=losses_table(losses),
        contact=head["contact"],
        other_sections=[
            (name, said_by(head)(name))
            for name in sorted(set(head["texts"]) - set(SECTIONS))
            if said_by(head)(name)
        ],
    )


def _head(counts: Counts, configs: Sequence[Config]) -> JsonObject:
    head = counts.head
    known = LICENCES.get(head["licence"])
    licence: JsonObject = (
        {"license": known[0]}
        if known
        else {
            "license": "other",
            "license_name": head["licence"].lower(),
            "license_link": licence_url(head["licence"]),
        }
    )
    languages: list[Json] = [*sorted(counts.languages or {head["language"]: 1})]
    machine = counts.slot_origins["machine"] + counts.slot_origins["machine_edited"]
    loadable = [one for one in configs if one.rows]  # `datasets` refuses a file without rows
    creators: list[Json] = ["expert-generated"] if counts.answers else ["no-annotation"]
    return {
        "language": languages,
        **licence,
        "pretty_name": counts.title,
        "annotations_creators": [*creators, *(["machine-generated"] if machine else [])],
        "language_creators": ["found"],
        "multilinguality": ["monolingual" if len(languages) == 1 else "multilingual"],
        "size_categories": [_size(counts.sentences)],
        "source_datasets": ["original"],
        "task_categories": ["text-classification", "token-classification"],
        "task_ids": ["fact-checking", "multi-class-classification"],
        "tags": [*TAGS],
        "configs": [
            {
                "config_name": config.name,
                **({"default": True} if config.name == "sentences" else {}),
                "data_files": [{"split": one.split, "path": one.path} for one in config.files],
            }
            for config in loadable
        ],
        "dataset_info": [
            {
                "config_name": config.name,
                "features": hugging_face_features(config.schema),
                "splits": [
                    {"name": one.split, "num_bytes": one.size, "num_examples": one.rows}
                    for one in config.files
                ],
            }
            for config in loadable
        ],
    }


def _size(sentences: int) -> str:
    return next((name for most, name in SIZES.items() if sentences < most), LARGEST)


def _first_split(configs: Sequence[Config]) -> str:
    """Return what to load first: the sentences for training, where there are such."""
    return next(one.files[0].split for one in configs if one.name == "sentences")


def _picture(one: ReleasePicture) -> Markdown:
    return Markdown(f"![{escape_markdown(one.alt)}]({PICTURES}/{one.name})")
