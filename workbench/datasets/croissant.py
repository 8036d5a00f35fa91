"""Describe a release to programs: croissant.json, in Croissant 1.1 with its RAI vocabulary.

Files are described by what lies in the folder; columns by the Parquet files' own types and the
JSON Schemas of rows. See http://mlcommons.org/croissant/1.1 and …/croissant/RAI/1.0.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from workbench.canonical import Json, JsonObject
from workbench.datasets.cards import (
    TAGS,
)
from workbench.datasets.checking import follow, load_schema
from workbench.datasets.citations import creators_of, licence_url, write_bibtex
from workbench.datasets.columns import schema_name
from workbench.datasets.config_types import Config
from workbench.datasets.counting import UNNAMED, Counts, Head, titles
from workbench.datasets.describing import (
    describe_agreement,
    describe_annotation,
    describe_dates,
    describe_rules,
    describe_soft_labels,
    describe_splits,
    describe_texts,
    describe_withdrawn,
    list_limits,
    summarize,
)
from workbench.datasets.splits import Rule
from workbench.datasets.texts import join_words, plural

if TYPE_CHECKING:
    import pyarrow

CONFORMS_TO = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
# The context of the specification, with those terms of it that stand in no file of ours too:
# readers compare it with their own.
CONTEXT: JsonObject = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "annotation": "cr:annotation",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "excludes": "cr:excludes",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "readLines": "cr:readLines",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "sdVersion": "cr:sdVersion",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
    "unArchive": "cr:unArchive",
    "value": "cr:value",
}
MEDIA = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonl": "application/jsonlines",
    ".md": "text/markdown",
    ".parquet": "application/x-parquet",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
}
# Folders of many files of one kind are described together.
SETS = {
    "data-jsonl": ("data/*/*.jsonl", ".jsonl", "The rows of each config as JSON Lines."),
    "pictures": ("pictures/*.svg", ".svg", "The pictures of the data card."),
    "guidelines": ("guidelines/*.md", ".md", "The guideline as annotators had it."),
    "schemas": ("schemas/*.json", ".json", "What each file may hold, as JSON Schema."),
}
# Written after this file, or this file itself.
NOT_DESCRIBED = {"croissant.json", "MANIFEST.sha256"}
SPLIT_TERMS = {
    "train": "cr:TrainingSplit",
    "validation": "cr:ValidationSplit",
    "test": "cr:TestSplit",
}
TYPES = {"int64": "sc:Integer", "double": "sc:Float", "bool": "sc:Boolean", "string": "sc:Text"}
# What a model may learn to say.
LABELS = {
    "sentences": {"decision", "settled", "decision_distribution", "attributes"},
    "claims": {"parts", "attributes", "source", "speaker"},
    "attributions": {"source", "speaker", "mention", "cue", "attributes"},
    "stances": {"holder", "speaker", "target", "value"},
    "verdicts": {"rating", "value"},
    "evidence": {"bearing"},
    "annotations": {"decision", "attributes", "claims", "stances"},
    "soft_labels": {"decision", "claims"},
}

# The year of an EDTF date, with its month and day if they are exact; 21 to 24 are seasons.
DAY = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?![\d~?%])(?:-([0-3]\d))?)?")


def describe_release(
    counts: Counts, configs: Sequence[Config], splits: JsonObject, folder: Path
) -> JsonObject:
    """Return croissant.json of the release in a folder, where all other files are."""
    head = counts.head
    creators: list[Json] = [
        {
            "@type": "sc:Organization",
            "name": one["name"],
            **({"url": one["url"]} if one["url"] else {}),
        }
        for one in creators_of(head)
    ]
    limits: list[Json] = [*list_limits(counts)]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [*CONFORMS_TO],
        "name": {**titles(head)},
        "alternateName": head["dataset"],
        "description": {
            "en": _said(head, "summary") or summarize(counts),
            **({"fr": french} if (french := _said(head, "summary", "fr")) else {}),
        },
        "license": licence_url(head["licence"]),
        "url": head["url"] or f"urn:dataset:{head['dataset']}",
        "creator": creators,
        "publisher": creators,
        "datePublished": head["instant"],
        "dateCreated": head["instant"],
        "dateModified": head["instant"],
        "version": head["version"],
        "sdVersion": head["version"],
        "keywords": [*TAGS],
        "inLanguage": [*sorted(counts.languages or {head["language"]: 1})],
        "sdLicense": licence_url(head["licence"]),
        "isLiveDataset": False,
        "citeAs": write_bibtex(head).strip(),
        **({"sameAs": head["url"]} if head["url"] else {}),
        **_provenance(counts),
        **_responsible(counts, splits, limits),
        "distribution": [*_files(folder, configs), *_tables(configs), *_sets(folder)],
        "recordSet": [
            *([_split_names(splits)] if splits["rule"] == Rule.HASH else []),
            *(_record_set(one, splits) for one in configs if one.rows),
        ],
    }


def _said(head: Head, section: str, language: str = "en") -> str:
    words = head["texts"].get(section, {})
    return (words.get(language) or "").strip()


def _provenance(counts: Counts) -> JsonObject:
    head = counts.head
    sources = sorted(set(counts.outlets) - {UNNAMED}) or ["outlets that are not noted"]
    return {
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:label": f"Release {head['version']} from the snapshot {counts.snapshot}",
            "prov:endedAtTime": head["instant"],
            "prov:wasAssociatedWith": {
                "@type": "prov:SoftwareAgent",
                "prov:label": f"Claim workbench {head['software']['workbench']}",
            },
        },
        "prov:wasDerivedFrom": [
            {"@type": "prov:Entity", "prov:label": f"Articles of {name}"} for name in sources
        ],
        **(
            {"prov:wasRevisionOf": {"@id": f"urn:sha256:{head['previous']['snapshot']}"}}
            if head["previous"]
            else {}
        ),
    }


def _responsible(counts: Counts, splits: JsonObject, limits: list[Json]) -> JsonObject:
    head = counts.head
    readers = [
        f"{plural(count, 'sentence')} by {people}"
        for people, count in sorted(counts.readers.items())
    ]
    collection = _said(head, "collection") or "The project does not say how articles were chosen."
    own_limits = _said(head, "limitations")
    rules: list[Json] = [
        f"rule {name}, version {version}" for name, version in sorted(counts.rules)
    ]
    return {
        "rai:dataCollection": f"{collection} {describe_dates(counts)}",
        "rai:dataCollectionType": ["Manual Human Curator", "Document analysis"],
        **({"rai:dataCollectionTimeFrame": days} if (days := _days(counts)) else {}),
        "rai:dataCollectionMissingData": f"Texts are {describe_texts(counts)}.",
        "rai:dataCollectionRawData": "Press articles, by outlet in the data card.",
        "rai:dataPreprocessingProtocol": [
            "Texts are decoded strictly, kept code point for code point, and cut into sentences and"
            " zones by rules.",
            str(describe_splits(counts, splits)),
        ],
        "rai:dataAnnotationProtocol": [
            describe_annotation(counts),
            "The guideline is under guidelines/, the label scheme in scheme.json.",
        ],
        "rai:dataAnnotationPlatform": [f"Claim workbench {head['software']['workbench']}"],
        "rai:dataAnnotationAnalysis": [
            describe_agreement(counts),
            f"Soft labels: {describe_soft_labels(counts)}",
        ],
        "rai:annotationsPerItem": f"Answers for a sentence that needs a decision:"
        f" {join_words(readers) or 'none'}.",
        "rai:annotatorDemographics": [
            _said(head, "annotators") or "The project does not describe its annotators.",
            f"{plural(counts.annotators, 'annotator')}, as pseudonyms; no attribute of a person was"
            " collected.",
        ],
        "rai:machineAnnotationTools": rules or [describe_rules(counts)],
        "rai:dataBiases": limits,
        "rai:dataLimitations": [*([own_limits] if own_limits else []), *limits],
        "rai:dataSocialImpact": "Labels say what people are reported to have said; used without"
        " the article they can make a position of somebody's words. A claim without a verdict is"
        " unchecked, not false.",
        "rai:dataUseCases": [
            _said(head, "uses") or "The project describes no uses of its own.",
            "Training and testing: claim detection, attribution, check-worthiness, stance,"
            " fact-checking with evidence, learning from disagreement.",
        ],
        "rai:personalSensitiveInformation": [
            _said(head, "personal_data")
            or "Named people speak in the articles, and their political stances are annotated.",
            "Annotators are pseudonyms that change with each major version.",
        ],
        "rai:dataReleaseMaintenancePlan": " ".join(
            [
                _said(head, "maintenance"),
                "A finished version never changes; ERRATA.json and CHANGES.json of later versions"
                " say what was wrong and what differs.",
                describe_withdrawn(counts),
            ]
        ).strip(),
    }


def _days(counts: Counts) -> list[Json]:
    """Return the first and the last day of what is known of when articles were published."""
    found = [DAY.match(one) for one in counts.published]
    return ["-".join([one[1], one[2] or "01", one[3] or "01"]) for one in found if one]


def _files(folder: Path, configs: Sequence[Config]) -> Iterator[JsonObject]:
    """Yield each file at the top of the folder, and each Parquet file of a config."""
    tables = [one.path for config in configs for one in config.files]
    top = sorted(one.name for one in folder.iterdir() if one.is_file())
    for name in (*(one for one in top if one not in NOT_DESCRIBED), *tables):
        path = folder / name
        yield {
            "@type": "cr:FileObject",
            "@id": name,
            "name": path.name,
            "contentUrl": name,
            "contentSize": f"{path.stat().st_size} B",
            "encodingFormat": MEDIA.get(path.suffix, "text/plain"),
            "sha256": _hash(path),
        }


def _tables(configs: Sequence[Config]) -> Iterator[JsonObject]:
    """Yield the Parquet files of each config together, which are one table."""
    for config in configs:
        yield {
            "@type": "cr:FileSet",
            "@id": config.folder,
            "name": config.name,
            "description": {"en": f"The rows of {config.name}, a file for each split."},
            "encodingFormat": MEDIA[".parquet"],
            "includes": f"{config.folder}/*.parquet",
        }


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sets(folder: Path) -> Iterator[JsonObject]:
    for name, (pattern, suffix, words) in SETS.items():
        if any(folder.glob(pattern)):
            yield {
                "@type": "cr:FileSet",
                "@id": name,
                "name": name,
                "description": {"en": words},
                "encodingFormat": MEDIA[suffix],
                "includes": pattern,
            }


def _split_names(splits: JsonObject) -> JsonObject:
    counted = cast(JsonObject, cast(JsonObject, splits["proof"])["counts"])
    rows: list[Json] = [
        {"splits/name": name, "splits/url": term}
        for name, term in SPLIT_TERMS.items()
        if name in counted
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": {"en": "splits"},
        "description": {"en": "What rows are for, by their column split."},
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            _inline("splits/name", ["sc:Text"]),
            _inline("splits/url", ["sc:URL", "cr:Split"]),
        ],
        "data": rows,
    }


def _inline(name: str, kinds: list[Json]) -> JsonObject:
    short = name.rpartition("/")[2]
    return {"@type": "cr:Field", "@id": name, "name": {"en": short}, "dataType": kinds}


def _record_set(config: Config, splits: JsonObject) -> JsonObject:
    schema = load_schema(schema_name(config.name))
    described = str(schema.get("description", "")).partition(" One line of ")[0]
    return {
        "@type": "cr:RecordSet",
        "@id": config.name,
        "name": {"en": config.name},
        "description": {"en": described},
        "key": {"@id": f"{config.name}/id"},
        "field": [*_Fields(config, splits).columns()],
    }


class _Fields:
    """Describes the columns of one config."""

    def __init__(self, config: Config, splits: JsonObject) -> None:
        self._config, self._splits = config, splits
        self._labels = LABELS.get(config.name, set())
        self._schema = load_schema(schema_name(config.name))
        self._base = schema_name(config.name)

    def columns(self) -> Iterator[JsonObject]:
        """Yield the columns of the Parquet file."""
        for column in self._config.schema:
            field = self._field([column.name], column.type)
            if field:
                yield self._describe(column.name, field)

    def _describe(self, name: str, field: JsonObject) -> JsonObject:
        described = self._description(name)
        if described:
            field["description"] = {"en": described}
        if name in self._labels:
            kinds = field.get("dataType", [])
            field["dataType"] = [*(kinds if isinstance(kinds, list) else [kinds]), "cr:Label"]
        # Other references would make readers join tables, which loses rows without a partner.
        if name == "split" and self._splits["rule"] == Rule.HASH:
            field["references"] = {"field": {"@id": "splits/name"}}
        return field

    def _description(self, name: str) -> str:
        schema = cast(JsonObject, cast(JsonObject, self._schema["properties"]).get(name, {}))
        if "description" not in schema and isinstance(schema.get("$ref"), str):
            schema, _ = follow(str(schema["$ref"]), self._base)
        return str(schema.get("description", ""))

    def _field(self, path: list[str], kind: "pyarrow.DataType") -> JsonObject | None:
        """Return a column, or a value within its structs; None of what cannot be addressed.

        That is a list of structs which is not the column itself: no ``jsonPath`` of a reader goes
        through two lists. The JSON Schema describes it.
        """
        import pyarrow  # noqa: PLC0415  # large, and the server rarely needs it

        depth = 0
        while pyarrow.types.is_list(kind):
            kind, depth = kind.value_type, depth + 1
        field: JsonObject = {
            "@type": "cr:Field",
            "@id": "/".join([self._config.name, *path]),
            "name": {"en": path[-1]},
            **({"isArray": True, "arrayShape": ",".join(["-1"] * depth)} if depth else {}),
        }
        if not pyarrow.types.is_struct(kind):
            return field | {"dataType": TYPES[str(kind)], "source": self._source(path)}
        if depth and len(path) > 1:
            return None
        inner = [kind.field(place) for place in range(kind.num_fields)]
        found = [self._field([*path, one.name], one.type) for one in inner]
        return field | {"subField": [one for one in found if one]} if any(found) else None

    def _source(self, path: list[str]) -> JsonObject:
        source: JsonObject = {
            "fileSet": {"@id": self._config.folder},
            "extract": {"column": path[0]},
        }
        if len(path) > 1:
            source["transform"] = {"jsonPath": ".".join(path[1:])}
        return source
