"""The labelling configuration: what it asks, and which foreign ones are refused."""

import json
from dataclasses import replace

import pytest

from workbench.labelstudio.config import (
    MAX_BYTES,
    UnreadableConfigError,
    find_differences,
    hash_config,
    make_config,
    read_config,
    write_config,
)
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

SCHEME = parse_scheme(json.loads((resource_folder("seeds") / "claims.v1.json").read_text()))
CONFIG = make_config(SCHEME, language="fr")
XML = write_config(CONFIG)


def test_people_see_words_and_results_have_permanent_names() -> None:
    assert '<Label value="Aucune affirmation" alias="no_claim"' in XML
    assert '<Choice value="Prévision" alias="prediction"/>' in XML
    assert [*CONFIG.labels][4:] == ["no_claim", "undecided", "not_annotatable"]
    assert CONFIG.controls["confidence"].on == ("claim", *[*CONFIG.labels][4:])


@pytest.mark.parametrize(
    ("xml", "what"),
    [
        ("<View>", "is no XML"),
        ("", "is no XML"),
        ("<View>\ud800</View>", "half a character"),
        (f"<View>{' ' * MAX_BYTES}</View>", "bytes and may have"),
        ('<!DOCTYPE View [<!ENTITY a "b">]><View>&a;</View>', "document type"),
        ('<!DOCTYPE View SYSTEM "file:///etc/passwd"><View/>', "document type"),
        ("<Labels/>", "begins with Labels"),
        ("<View>" * 300 + "</View>" * 300, "is no XML"),
        ('<?xml version="1.0" encoding="utf-7"?><Labels/>', "begins with Labels"),
    ],
)
def test_what_is_no_configuration_is_refused_in_a_sentence(xml: str, what: str) -> None:
    with pytest.raises(UnreadableConfigError, match=what):
        read_config(xml)


def test_blanks_and_comments_do_not_change_the_hash_and_anything_else_does() -> None:
    again = XML.replace("\n", "").replace("<View>", "<View><!-- ours -->", 1)

    assert hash_config(again) == hash_config(XML)
    assert hash_config(XML.replace("Prévision", "Annonce")) != hash_config(XML)


def test_differences_are_said_one_by_one() -> None:
    changed = XML.replace('alias="cue"', 'alias="signal"').replace('alias="opinion"', "")
    changed = changed.replace("<Header", '<Rating name="stars" toName="text"/><Header', 1)

    assert find_differences(CONFIG, CONFIG) == []
    assert find_differences(CONFIG, replace(CONFIG, labels=dict.fromkeys(CONFIG.labels, "x"))) == []
    assert find_differences(CONFIG, read_config(changed)) == [
        "The label “cue” is missing there.",
        "The label “signal” there is none of ours.",
        "The value of claim_type “opinion” is missing there.",
        "The value of claim_type “Jugement” there is none of ours.",
        "The control “Rating stars” there is none of ours.",
    ]


def test_a_configuration_of_others_lacks_everything() -> None:
    found = read_config('<View><Labels name="l" toName="t"><Label value="A"/></Labels></View>')

    assert found.labels == {}
    assert found.foreign == ("Labels l",)
    assert "The label “claim” is missing there." in find_differences(CONFIG, found)
