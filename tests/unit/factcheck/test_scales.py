"""A verdict scale is read, and its ids keep their meaning for ever."""

import copy
import json
from collections.abc import Callable

import pytest

from workbench.canonical import JsonObject
from workbench.errors import InvalidInputError
from workbench.factcheck.rules import Rating
from workbench.factcheck.scales import ShownAs, compare_scales, default_scale, parse_scale

Change = Callable[[list[JsonObject]], object]


def document(change: Change = lambda _values: None) -> JsonObject:
    """The default scale with something changed in its values."""
    changed: JsonObject = copy.deepcopy(default_scale().document)
    change(changed["values"])  # type: ignore[arg-type]
    return changed


def test_the_default_scale_is_that_of_averitec() -> None:
    values = default_scale().values

    assert [value.rating for value in values.values()] == list(Rating)
    assert [value.rating_value for value in values.values()] == [5, 1, 3, None]
    assert [value.shown_as for value in values.values()] == [
        ShownAs.VERIFIED,
        ShownAs.DISPUTED,
        ShownAs.DISPUTED,
        ShownAs.UNPROVEN,
    ]
    assert values["refuted"].alternate_name == {"en": "False", "fr": "Faux"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda values: values.pop(), "[]"),
        (lambda values: values[0].update(rating="true"), "rating"),
        (lambda values: values[0].update(words={"en": "Yes"}), "'fr' is a required property"),
        (lambda values: values[0].update(color="red"), "color"),
        (lambda values: values[0].update(rating_value=True), "rating_value"),
        (lambda values: values[1].update(id="supported"), "occurs twice"),
        (lambda values: values[1].update(shown_as="verified"), "shown as disputed"),
        (lambda values: values[0].update(rating_value=6), "outside 1 to 5"),
        (lambda values: values[0].update(rating_value=None), "has a rating_value"),
        (lambda values: values[3].update(rating_value=2), "has a rating_value"),
        (lambda values: values[2].update(rating_value=1), "less true"),
        (
            lambda values: values[2].update(rating="refuted", rating_value=2),
            "class conflicting",
        ),
    ],
)
def test_what_is_no_scale_is_refused(change: Change, said: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_scale(document(change))
    assert said == "[]" or said in str(refused.value)


def test_a_finer_scale_maps_to_the_four_classes() -> None:
    def add_mostly_true(values: list[JsonObject]) -> None:
        values.append(
            {
                **values[2],
                "id": "mostly-true",
                "words": {"en": "Mostly true", "fr": "Plutôt vrai"},
                "rating_value": 4,
            }
        )

    scale = parse_scale(document(add_mostly_true))

    assert scale.values["mostly-true"].rating is Rating.CONFLICTING
    compare_scales(scale, [default_scale()])


def test_words_may_change_but_no_class() -> None:
    compare_scales(
        parse_scale(document(lambda values: values[0].update(words={"en": "Yes", "fr": "Oui"}))),
        [default_scale()],
    )

    def exchange(values: list[JsonObject]) -> None:
        values[0]["id"], values[1]["id"] = "refuted", "supported"

    with pytest.raises(InvalidInputError, match="of the class supported for ever"):
        compare_scales(parse_scale(document(exchange)), [default_scale()])


def test_a_retired_id_comes_back_only_as_what_it_was() -> None:
    without = parse_scale(document(lambda values: values[0].update(id="confirmed")))
    other = document(lambda values: values[0].update(words={"en": "Yes", "fr": "Oui"}))

    compare_scales(default_scale(), [default_scale(), without])
    with pytest.raises(InvalidInputError, match="retired verdict supported"):
        compare_scales(parse_scale(other), [default_scale(), without])


def test_a_scale_survives_being_written() -> None:
    again = parse_scale(json.loads(json.dumps(default_scale().document)))

    assert again == default_scale()
