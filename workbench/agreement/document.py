"""A report of agreement as JSON, as ``schemas/agreement-report.v1.schema.json`` has it."""

from collections.abc import Mapping, Sequence

from workbench.agreement.figures import (
    BANDS_SOURCE,
    LOWER_BAND,
    UPPER_BAND,
    Between,
    Figure,
    Report,
    Undefined,
)
from workbench.canonical import Json, JsonObject

FORMAT = "agreement-report.v1"
DECIMALS = 6


def report_document(report: Report, *, project: str, names: Mapping[str, str]) -> JsonObject:
    """Return the report as JSON; ``names`` are those of the annotators by their ids."""
    return {
        "format": FORMAT,
        "project": project,
        "annotators": [{"id": one, "name": names[one]} for one in report.annotators],
        "articles": report.articles,
        "sentences": report.sentences,
        "sentences_with_undecided": report.left_out,
        "bands": {"lower": LOWER_BAND, "upper": UPPER_BAND, "source": BANDS_SOURCE},
        "figures": _figures(report.figures),
        "pairs": _between(report.pairs),
        "each_against_rest": _between(report.rest),
        "each_against_gold": _between(report.gold),
        "periods": [
            {
                "begins": period.begins.isoformat(),
                "ends": period.ends.isoformat(),
                "figures": _figures(period.figures),
            }
            for period in report.periods
        ],
    }


def _between(several: Sequence[Between]) -> list[Json]:
    return [
        {"one": each.one, "other": each.other, "figures": _figures(each.figures)}
        for each in several
    ]


def _figures(figures: Sequence[Figure]) -> list[Json]:
    return [
        {
            "name": figure.name,
            "measure": figure.measure.value,
            "value": _rounded(figure.value),
            "undefined": _reason(figure.undefined),
            "low": _rounded(figure.low),
            "high": _rounded(figure.high),
            "no_interval": _reason(figure.no_interval),
            "n": figure.n,
            "articles": figure.articles,
            "observed": _rounded(figure.observed),
            "prevalence": {
                value: round(share, DECIMALS) for value, share in figure.prevalence.items()
            },
        }
        for figure in figures
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _reason(reason: Undefined | None) -> Json:
    return None if reason is None else {"code": reason.value, "words": reason.words}
