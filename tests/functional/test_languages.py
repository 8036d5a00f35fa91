"""The language of the pages, and the completeness of the French."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.people import browser_of, make_person, send
from tools import translations
from workbench.errors import NotFoundError
from workbench.messages import Message
from workbench.web.errors import say_again
from workbench.web.languages import COOKIE, show_date

FORBIDDEN = re.compile(r"\b(gold|spans?|frames?)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        ("en-GB", "en"),
        ("de,fr;q=0.3", "fr"),
        ("de", "en"),
        ("", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_a_visitor_reads_the_browsers_language(
    client: FlaskClient, wanted: str, language: str
) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": wanted}).text

    assert f'<html lang="{language}">' in page
    assert ("Se connecter" in page) is (language == "fr")


def test_a_visitor_chooses_and_stays_on_the_page(client: FlaskClient) -> None:
    answer = send(
        client, "/language", page="/sign-in", language="fr", next="/sign-in?next=/account"
    )

    assert answer.headers["Location"] == "/sign-in?next=/account"
    assert '<html lang="fr">' in client.get("/sign-in").text


def test_a_persons_choice_follows_them_to_another_browser(app: Flask) -> None:
    user = make_person(app)
    send(browser_of(app, user), "/language", language="fr", next="/")

    assert '<html lang="fr">' in browser_of(app, user).get("/").text


@pytest.mark.parametrize("language", ["de", "", "../fr", "fr_FR"])
def test_another_language_is_no_choice(client: FlaskClient, language: str) -> None:
    send(client, "/language", page="/sign-in", language=language, next="//evil.example")

    assert client.get_cookie(COOKIE) is None
    assert '<html lang="en">' in client.get("/sign-in").text


@pytest.mark.parametrize(
    ("date", "english", "french"),
    [
        ("2023", "2023", "2023"),
        ("2023-12", "December 2023", "décembre 2023"),
        ("2023-12-05?", "5 December 2023 (uncertain)", "5 décembre 2023 (incertain)"),
        ("2023~", "about 2023", "vers 2023"),
        ("2023-02%", "about February 2023 (uncertain)", "vers février 2023 (incertain)"),
        ("2023-12/2024-01", "December 2023 – January 2024", "décembre 2023 – janvier 2024"),
    ],
)
def test_a_date_is_said_in_words(app: Flask, date: str, english: str, french: str) -> None:
    for language, words in (("en", english), ("fr", french)):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert show_date(date) == words


def test_french_apostrophes_are_curly() -> None:
    said = "".join(str(message.string) for message in translations.read())

    assert "'" not in re.sub(r"^\(|\)$|', '|\('|'\)", "", said)


def test_errors_of_the_domain_are_told_in_french(app: Flask) -> None:
    admin = browser_of(app, make_person(app, is_site_admin=True))
    send(admin, "/language", language="fr", next="/")

    answer = send(admin, "/admin/users/", name="Eve", email="ada@example.org")

    assert "Il existe déjà un compte avec l’adresse ada@example.org." in answer.text


def test_the_french_is_complete() -> None:
    assert translations.untranslated(translations.update()) == []


def test_the_catalogue_is_in_step_with_the_program() -> None:
    """When this fails, run: python tools/translations.py."""
    assert translations.CATALOGUE.read_bytes() == translations.as_po(translations.update())
    compiled = translations.CATALOGUE.with_suffix(".mo").read_bytes()
    assert compiled == translations.as_mo(translations.read())


def test_each_translation_keeps_its_values() -> None:
    for message in translations.read():
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in filter(None, strings):
            assert places(string) in [places(sentence) for sentence in ids], string


def places(sentence: str) -> list[str]:
    """Return the places of a sentence into which values are put."""
    return sorted(re.findall(r"%\(\w+\)[sd]", sentence))


def test_no_page_says_gold_span_or_frame() -> None:
    for message in translations.read():
        for sentence in (message.id, message.string):
            assert not FORBIDDEN.search(str(sentence)), sentence


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_kept_is_said_in_the_language_of_whoever_reads_it(app: Flask) -> None:
    kept = NotFoundError("There is no article %(name)s in this project.", name="n° 1").sentence
    plain = Message("The run was interrupted.")

    with app.test_request_context(headers={"Accept-Language": "fr"}):
        said = [say_again(kept), say_again(plain)]

    assert said == ["Il n’y a pas d’article n° 1 dans ce projet.", "L’échange a été interrompu."]
    assert [kept, plain] == ["There is no article n° 1 in this project.", plain.template]
