"""Who there is who here."""

from collections.abc import Sequence

import pytest

from workbench.labelstudio.people import (
    Annotator,
    Person,
    common_title,
    hide_name,
    list_missing,
    match_people,
    name_projects,
)

ANNA = Annotator(1, "anna@example.org", "Anna")
NOOR = Annotator(2, "noor@example.org", "Noor")


def accounts(*emails: str) -> list[Person]:
    return [Person(number, email, "") for number, email in enumerate(emails, start=7)]


@pytest.mark.parametrize(
    ("emails", "linked", "found"),
    [
        (["noor@example.org", "anna@example.org"], {}, {7: 2, 8: 1}),
        ([" Anna@Example.org"], {}, {7: 1}),
        (["anna@example.org", "ANNA@example.org"], {}, {}),
        (["someone@example.org"], {}, {}),
        (["someone@example.org"], {7: 1}, {7: 1}),
        (["someone@example.org", "anna@example.org"], {7: 1}, {7: 1}),
        (["someone@example.org"], {7: 99}, {}),
        (["anna@example.org"], {99: 1}, {7: 1}),
    ],
)
def test_a_person_is_known_by_address_or_because_somebody_said_so(
    emails: Sequence[str], linked: dict[int, int], found: dict[int, int]
) -> None:
    assert match_people(accounts(*emails), [ANNA, NOOR], linked=linked) == found


def test_who_is_nobody_is_not_found_by_address() -> None:
    people = accounts("anna@example.org", "noor@example.org")
    assert match_people(people, [ANNA, NOOR], linked={}, nobody={7}) == {8: 2}


def test_annotators_without_an_account_are_listed() -> None:
    assert list_missing([ANNA, NOOR], {1}) == [NOOR]


def test_everybody_s_project_has_a_title_of_its_own() -> None:
    people = [ANNA, Annotator(3, "a@b", "Anna"), Annotator(4, "c@d", "N" * 80)]
    titles = name_projects("A debate on open models, in forty letters", people, longest=50)
    assert len({*titles.values()}) == 3
    assert all(len(title) <= 50 for title in titles.values())
    assert titles[1].endswith(" · Anna")
    assert titles[3].endswith(" · Anna 2")


def test_a_title_that_is_taken_is_passed_over() -> None:
    titles = name_projects("Debate", [ANNA], longest=50, is_taken={"Debate · Anna"}.__contains__)
    assert titles == {1: "Debate · Anna 2"}


def test_of_an_erased_annotator_s_project_the_common_title_stays() -> None:
    people = [Annotator(1, "a@b", "Anna · Bo")]
    (title,) = name_projects("Who · what", people, longest=50).values()
    assert (common_title(title), hide_name(title, 5)) == ("Who · what", "Who · what · #5")
    assert hide_name("Anna", 5) == "#5"
