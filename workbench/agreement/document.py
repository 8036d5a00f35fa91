"""A report of agreement as JSON, as ``schemas/agreement-report.v1.schema.json`` has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from workbench.agreement.figures import (
    BANDS_SOURCE,
    LOWER_BAND,
    UPPER_BAND,
    Arm,
    Arms,
    Between,
    Contrast,
    Difference,
    Figure,
    Measure,
    Period,
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
        "each_against_settled": _between(report.settled),
        "each_against_disputed": _between(report.disputed),
        "periods": [
            {
                "begins": period.begins.isoformat(),
                "ends": period.ends.isoformat(),
                "figures": _figures(period.figures),
            }
            for period in report.periods
        ],
        "arms": _arms(report.arms),
    }


def read_report(document: Json) -> Report:
    """Return the report that ``report_document`` wrote as this JSON."""
    whole = _object(document)
    return Report(
        annotators=[str(_object(one)["id"]) for one in _list(whole["annotators"])],
        articles=cast(int, whole["articles"]),
        sentences=cast(int, whole["sentences"]),
        left_out=cast(int, whole["sentences_with_undecided"]),
        figures=_read_figures(whole["figures"]),
        pairs=_read_between(whole["pairs"]),
        rest=_read_between(whole["each_against_rest"]),
        settled=_read_between(whole.get("each_against_settled", [])),
        disputed=_read_between(whole.get("each_against_disputed", [])),
        periods=[
            Period(
                begins=datetime.fromisoformat(str(period["begins"])),
                ends=datetime.fromisoformat(str(period["ends"])),
                figures=_read_figures(period["figures"]),
            )
            for period in map(_object, _list(whole["periods"]))
        ],
        arms=_read_arms(whole.get("arms")),  # Reports counted before lack it.
    )


def _read_arms(arms: Json) -> Arms | None:
    if arms is None:
        return None
    whole = _object(arms)
    sentences = _object(whole["sentences"])
    return Arms(
        shown=cast(int, sentences[Arm.SHOWN]),
        withheld=cast(int, sentences[Arm.WITHHELD]),
        left_out=cast(int, sentences["neither"]),
        figures=_read_contrasts(whole["figures"]),
        suggestions=_read_contrasts(whole["suggestions"]),
    )


def _read_contrasts(several: Json) -> list[Contrast]:
    return [
        Contrast(
            shown=_read_figure(each[Arm.SHOWN]),
            withheld=_read_figure(each[Arm.WITHHELD]),
            difference=_read_difference(_object(each["difference"])),
        )
        for each in map(_object, _list(several))
    ]


def _read_difference(difference: JsonObject) -> Difference:
    return Difference(
        value=_read_number(difference["value"]),
        undefined=_read_reason(difference["undefined"]),
        low=_read_number(difference["low"]),
        high=_read_number(difference["high"]),
        no_interval=_read_reason(difference["no_interval"]),
    )


def _read_between(several: Json) -> list[Between]:
    return [
        Between(str(each["one"]), str(each["other"]), _read_figures(each["figures"]))
        for each in map(_object, _list(several))
    ]


def _read_figures(figures: Json) -> list[Figure]:
    return [_read_figure(figure) for figure in _list(figures)]


def _read_figure(value: Json) -> Figure:
    figure = _object(value)
    return Figure(
        name=str(figure["name"]),
        measure=Measure(str(figure["measure"])),
        value=_read_number(figure["value"]),
        undefined=_read_reason(figure["undefined"]),
        low=_read_number(figure["low"]),
        high=_read_number(figure["high"]),
        no_interval=_read_reason(figure["no_interval"]),
        n=cast(int, figure["n"]),
        articles=cast(int, figure["articles"]),
        observed=_read_number(figure["observed"]),
        prevalence=cast(Mapping[str, float], figure["prevalence"]),
    )


def _read_number(value: Json) -> float | None:
    return None if value is None else float(cast(float, value))


def _read_reason(reason: Json) -> Undefined | None:
    return None if reason is None else Undefined(str(_object(reason)["code"]))


def _object(value: Json) -> JsonObject:
    return cast(JsonObject, value)


def _list(value: Json) -> list[Json]:
    return cast(list[Json], value)


def _between(several: Sequence[Between]) -> list[Json]:
    return [
        {"one": each.one, "other": each.other, "figures": _figures(each.figures)}
        for each in several
    ]


def _arms(arms: Arms | None) -> Json:
    if arms is None:
        return None
    return {
        "sentences": {
            Arm.SHOWN: arms.shown,
            Arm.WITHHELD: arms.withheld,
            "neither": arms.left_out,
        },
        "figures": _contrasts(arms.figures),
        "suggestions": _contrasts(arms.suggestions),
    }


def _contrasts(several: Sequence[Contrast]) -> list[Json]:
    return [
        {
            Arm.SHOWN: figure_document(each.shown),
            Arm.WITHHELD: figure_document(each.withheld),
            "difference": _estimate(each.difference),
        }
        for each in several
    ]


def _figures(figures: Sequence[Figure]) -> list[Json]:
    return [figure_document(figure) for figure in figures]


def figure_document(figure: Figure) -> JsonObject:
    """Return one figure as JSON, as every report has it."""
    return {
        "name": figure.name,
        "measure": figure.measure.value,
        **_estimate(figure),
        "n": figure.n,
        "articles": figure.articles,
        "observed": _rounded(figure.observed),
        "prevalence": {value: round(share, DECIMALS) for value, share in figure.prevalence.items()},
    }


def _estimate(found: Figure | Difference) -> JsonObject:
    return {
        "value": _rounded(found.value),
        "undefined": _reason(found.undefined),
        "low": _rounded(found.low),
        "high": _rounded(found.high),
        "no_interval": _reason(found.no_interval),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _reason(reason: Undefined | None) -> Json:
    return None if reason is None else {"code": reason.value, "words": reason.words}
