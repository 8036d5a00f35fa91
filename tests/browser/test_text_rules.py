"""The workspace's rules about words, quotations, names and offsets, run where they run."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

import workbench

SCRIPTS = Path(workbench.__file__).parent / "web" / "static" / "js"
ORIGIN = "http://rules.test/"
CALL = """async ([body, given]) => {
    const names = ["answers", "registers", "scheme", "text"];
    const modules = await Promise.all(names.map((name) => import(`./${name}.js`)));
    const all = Object.assign({}, ...modules);
    return new Function(...Object.keys(all), "given", body)(...Object.values(all), given);
}"""

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run(browser: Browser) -> Iterator[Run]:
    """Run the body of a function over the modules: ``run("return joined(given)", [...])``."""

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(ORIGIN)
        if name:
            route.fulfill(path=SCRIPTS / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    context = browser.new_context()
    context.route("**/*", serve)
    page = context.new_page()
    page.goto(ORIGIN)
    yield lambda body, given=None: page.evaluate(CALL, [body, given])
    context.close()


def place(text: str, words: str) -> dict[str, int]:
    start = text.index(words)
    return {"start": start, "end": start + len(words)}


def words_at(text: str, found: dict[str, int] | None) -> str | None:
    return text[found["start"] : found["end"]] if found else None


def whole(text: str) -> dict[str, int]:
    return {"start": 0, "end": len(text)}


@pytest.mark.parametrize("text", ["", "abc", "a💡b", "💡👩‍🔬", "e\u0301\u00a0\u202fx💩"])
def test_places_are_code_points_outside_and_units_inside(run: Run, text: str) -> None:
    units = [len(text[:point].encode("utf-16-le")) // 2 for point in range(len(text) + 1)]
    points = [*range(len(text) + 1)]

    there = run("return given[1].map(measure(given[0]).toUnit)", [text, points])
    back = run("return given[1].map(measure(given[0]).toPoint)", [text, units])

    assert (there, back) == (units, points)


@pytest.mark.parametrize(
    ("language", "text", "selected", "snapped"),
    [
        ("fr", "L’innovation ouverte", "nnovatio", "innovation"),
        ("fr", "L’innovation ouverte", "’inn", "L’innovation"),
        ("fr", "aujourd’hui même", "hui", "aujourd’hui"),
        ("en", "the company's models", "ompany", "company's"),
        ("fr", "le vice-président dit", "présid", "vice-président"),
        ("fr", "13,5 milliards", ",", "13,5"),
        ("fr", "« oui »", " oui ", "oui"),
        ("fr", "« oui »", "« ou", "« oui"),
        ("fr", "un e\u0301tonnant 𝒳𝒴 texte", "tonn", "e\u0301tonnant"),
    ],
)
def test_a_selection_snaps_to_words(
    run: Run, language: str, text: str, selected: str, snapped: str
) -> None:
    given = {"text": text, "range": place(text, selected), "language": language}

    found = run("return snapped(given.text, given.range, given.language)", given)

    assert words_at(text, found) == snapped


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("« Oui », dit-il.", ["Oui"]),
        ("«\u00a0Oui.\u00a0» Puis : «\u202fNon,\u202f» dit-il.", ["Oui.", "Non"]),
        ('"Oui" et “non” et „peut-être“.', ["Oui", "non", "peut-être"]),
        ("« Il dit “oui” »", ["Il dit “oui”", "oui"]),
        ("« Elle commence.\nUne autre ligne.", ["Elle commence."]),
        ("l’un, l’autre", []),
    ],
)
def test_quotations_are_found_without_their_marks(run: Run, text: str, said: list[str]) -> None:
    found = run("return quotations(given)", text)

    assert [words_at(text, one) for one in found] == said


GROWTH = """
    const { text, language } = given, sentence = { start: 0, end: text.length };
    const around = { quoted: quotations(text), cues: findCues(text, sentence, language) };
    const found = [];
    for (let range = given.range, step = 0; step < 5; step++) {
        range = (given.shrink ? shrunk : grown)(text, range, sentence, around, language);
        found.push(text.slice(range.start, range.end));
    }
    return found;
"""


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("« C’est une erreur », affirme Meta.", "C’est une erreur"),
        ("Les uns assurent que les modèles sont sûrs.", "les modèles sont sûrs"),
        ("Il soutient qu'en partageant, on gagne.", "en partageant, on gagne"),
        ("Selon Zuckerberg, on gagne.", "on gagne"),
        ("Une IA plus « ouverte » arrive.", "ouverte"),
        ("Il avait accusé Sam d’avoir « trahi » la mission.", "avoir « trahi » la mission"),
        ("Meta, accusée de ne pas partager, nie.", "ne pas partager"),
        ("Stéphanie soulève un point : on gagne, et vite.", "on gagne, et vite"),
        (
            "Trois modèles sont là : Llama, Grok et un autre.",
            "Trois modèles sont là : Llama, Grok et un autre.",
        ),
        ("Il réfute toutefois l'idée d'un abandon.", "un abandon"),
        ("Il reproche à Meta de vendre l’idée.", "vendre l’idée"),
        ("Il reproche ainsi à Open AI une logique commerciale.", "une logique commerciale"),
        ("Il lui reproche la fermeture.", "la fermeture"),
        ("Ils ont montré que c’est l’idée de Sam.", "c’est l’idée de Sam"),
        ("Il se montre prudent.", "Il se montre prudent."),
        ("Rien de nouveau.", "Rien de nouveau."),
    ],
)
def test_growing_from_nothing_takes_what_somebody_else_says(
    run: Run, text: str, first: str
) -> None:
    assert run(GROWTH, {"text": text, "language": "fr", "range": None})[0] == first


def test_growing_goes_from_word_to_sentence_and_shrinking_back(run: Run) -> None:
    text = "« C’est une erreur, et grave », affirme Meta."
    given = {"text": text, "language": "fr"}

    grown = run(GROWTH, {**given, "range": place(text, "err")})
    shrunk = run(GROWTH, {**given, "range": None, "shrink": True})

    assert grown[:4] == ["erreur", "C’est une erreur", "C’est une erreur, et grave", text]
    assert shrunk[:4] == [text, "C’est une erreur, et grave", "C’est une erreur", "C’"]


@pytest.mark.parametrize(
    ("selected", "content"),
    [
        ("« C’est une erreur »", "C’est une erreur"),
        ("« C’est une erreur »,", "C’est une erreur"),
        ("erreur », affirme", "erreur », affirme"),
    ],
)
def test_a_full_quotation_loses_its_marks(run: Run, selected: str, content: str) -> None:
    text = "« C’est une erreur », affirme Meta."
    given = {"text": text, "range": place(text, selected)}

    found = run("return unquoted(given.text, given.range, quotations(given.text))", given)

    assert words_at(text, found) == content


@pytest.mark.parametrize(
    ("content", "speech"),
    [
        ("C’est une erreur", "direct"),
        ("affirme Meta", "indirect"),
        ("une erreur », affirme", "mixed"),
    ],
)
def test_the_kind_of_speech_follows_the_marks(run: Run, content: str, speech: str) -> None:
    text = "« C’est une erreur », affirme Meta."
    given = {"text": text, "parts": [place(text, content)]}

    assert run("return speechOf(given.text, given.parts, quotations(given.text))", given) == speech


NAMES = [
    {"id": "alliance", "aliases": ["AI Alliance", "les membres de l’AI Alliance"]},
    {"id": "meta", "aliases": ["Meta"]},
    {"id": "openai", "aliases": ["OpenAI", "la société Open AI"]},
    {"id": "elon", "aliases": ["Elon"]},
]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("écrivent les membres de l'AI Alliance", [("alliance", "les membres de l'AI Alliance")]),
        ("La société Open\u00a0AI", [("openai", "La société Open\u00a0AI")]),
        ("la métaphore et meta-analyse, MetaAI", []),
        ("selon Meta", [("meta", "Meta")]),
    ],
)
def test_the_longest_name_is_found_as_a_word(
    run: Run, text: str, named: list[tuple[str, str]]
) -> None:
    found = run("return findNames(given.text, given.entries)", {"text": text, "entries": NAMES})

    assert [(one["id"], words_at(text, one)) for one in found] == named


PROPOSAL = """
    const { text, entries } = given;
    const sentence = { start: 0, end: text.length }, names = findNames(text, entries);
    const { mentions, cues } = proposeAttribution({ ...given, sentence, names });
    const say = (range) => (range ? text.slice(range.start, range.end) : null);
    return [say(mentions[0]), say(cues[0]), cues[0]?.act ?? null];
"""


@pytest.mark.parametrize(
    ("language", "text", "content", "proposed"),
    [
        ("fr", "« Oui », écrit Elon.", "Oui", ("Elon", "écrit", "asserts")),
        (
            "fr",
            "« Meta dit oui », confie Elon.",
            "Meta dit oui",
            ("Elon", "confie", "asserts"),
        ),
        ("fr", "Selon Elon, c’est vrai.", "c’est vrai", ("Elon", "Selon", "asserts")),
        ("fr", "Il réfute un abandon.", "un abandon", ("Il", "réfute", "denies")),
        ("fr", "Elon réclame une loi.", "une loi", ("Elon", "réclame", "wants")),
        ("fr", "Elon a été clair : c’est non.", "c’est non", ("Elon", ":", "asserts")),
        ("fr", "Meta, accusé de nuire, ajoute un débat.", "nuire", (None, "accusé", "asserts")),
        ("fr", "D’après Elon, non.", "non", ("Elon", "D’après", "asserts")),
        ("en", "It is safe, Elon said.", "It is safe", ("Elon", "said", "asserts")),
        ("en", "According to Elon, it is.", "it is", ("Elon", "According", "asserts")),
        ("fr", "Selon lui, non.", "non", ("lui", "Selon", "asserts")),
        ("fr", "L’un prône le partage.", "le partage", ("L’un", "prône", "asserts")),
        ("fr", "Elon nie. C’est l’un des maux.", "C’est l’un des maux", ("Elon", "nie", "denies")),
        ("fr", "Elon vend en proposant du pain.", "du pain", ("Elon", None, None)),
        ("fr", "Elon part en affirmant que non.", "non", ("Elon", "affirmant", "asserts")),
        (
            "fr",
            "Elon a reconnu ce risque, mais a rétorqué que c’est sûr.",
            "c’est sûr",
            ("Elon", "rétorqué", "asserts"),
        ),
        (
            "fr",
            "L’un prône le partage, l’autre propose le secret.",
            "L’un prône le partage",
            (None, None, None),
        ),
        ("fr", "« Il dit oui », répond-elle.", "Il dit oui", ("elle", "répond", "asserts")),
        ("fr", "Elle répond qu’il dit oui.", "il dit oui", ("Elle", "répond", "asserts")),
        ("fr", "Elon écrit : Meta dit oui.", "Meta dit oui", ("Elon", "écrit", "asserts")),
        ("fr", "Rien de plus.", "Rien", (None, None, None)),
    ],
)
def test_mention_and_cue_are_proposed(
    run: Run, language: str, text: str, content: str, proposed: tuple[str, ...]
) -> None:
    given = {"text": text, "parts": [place(text, content)], "entries": NAMES, "speaker": "elon"}

    assert tuple(run(PROPOSAL, {**given, "language": language})) == proposed


KEY = """
    const letters = {
        c: ["claim"], n: ["decide", "no_claim"], y: ["field", "claim_type"],
        e: ["grow"], a: ["accept"],
    };
    const { place = "", caret = false, singles = true, ...event } = given;
    return commandOf(event, { letters, place, caret, singles });
"""


@pytest.mark.parametrize(
    ("event", "command"),
    [
        ({"key": "c", "code": "KeyC"}, ["claim"]),
        ({"key": "C", "code": "KeyC", "shiftKey": True}, ["claim"]),
        ({"key": "é", "code": "Digit2"}, ["digit", "2"]),
        ({"key": "2", "code": "Digit2", "shiftKey": True}, ["digit", "2"]),
        ({"key": "4", "code": "Numpad4"}, ["digit", "4"]),
        ({"key": "ArrowLeft", "code": "Numpad4"}, ["move", -1, "start"]),
        ({"key": "ArrowLeft", "shiftKey": True}, ["move", -1, "end"]),
        ({"key": "ArrowDown"}, ["down"]),
        ({"key": "ArrowDown", "caret": True}, ["line", 1, None]),
        ({"key": "?", "code": "Comma", "shiftKey": True}, ["sheet"]),
        ({"key": "E", "code": "KeyE", "shiftKey": True}, ["shrink"]),
        ({"key": "E", "code": "KeyE"}, ["grow"]),
        ({"key": "z", "ctrlKey": True}, ["undo"]),
        ({"key": "Z", "ctrlKey": True, "shiftKey": True}, ["redo"]),
        ({"key": "y", "metaKey": True}, ["redo"]),
        ({"key": "c", "ctrlKey": True}, None),
        ({"key": "c", "altKey": True}, None),
        ({"key": "Dead", "code": "KeyN", "isComposing": True}, None),
        ({"key": "c", "place": "text"}, None),
        ({"key": "z", "ctrlKey": True, "place": "text"}, None),
        ({"key": "Escape", "place": "text"}, ["leaveText"]),
        ({"key": "Enter", "place": "control"}, None),
        ({"key": " ", "place": "control"}, None),
        ({"key": "c", "place": "control"}, ["claim"]),
        ({"key": "Enter"}, ["confirm"]),
        ({"key": "Tab"}, None),
        ({"key": "c", "singles": False}, None),
        ({"key": "1", "code": "Digit1", "singles": False}, None),
        ({"key": "Enter", "singles": False}, ["confirm"]),
        ({"key": "n", "repeat": True}, ["nothing"]),
        ({"key": "ArrowDown", "repeat": True}, ["down"]),
    ],
)
def test_a_key_means_one_command(
    run: Run, event: dict[str, object], command: list[object] | None
) -> None:
    assert run(KEY, {"code": "", **event}) == command


SCHOOL = (
    "L’Élève œuvre à l’E\u0301cole.\nLe prix de l'œuf a monté\u00a0: 5\u202f000 💶 l’œuf\u00a0!"
    " Rien ici, 👩🏽\u200d💻 dit «\u00a0oui\u00a0». L’ÉCOLE de la Straße"
    " a fer\u00admé, dit l\u2019élève."
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ecole", ["E\u0301cole", "ÉCOLE"]),
        ("E\u0301COLE", ["E\u0301cole", "ÉCOLE"]),
        ("l'eleve", ["L’Élève", "l’élève"]),
        ("OEUF", ["œuf", "œuf"]),
        ("œuvre", ["œuvre"]),
        ("STRASSE", ["Straße"]),
        ("5 000 💶", ["5\u202f000 💶"]),
        ('dit " oui "', ["dit «\u00a0oui\u00a0»"]),
        ("👩🏽\u200d💻 dit", ["👩🏽\u200d💻 dit"]),
        ("ecole. le", ["E\u0301cole.\nLe"]),
        ("fermé", ["fer\u00admé"]),
        ("  ", []),
        ("Elvis", []),
    ],
)
def test_search_overlooks_case_accents_and_kinds_of_marks(
    run: Run, typed: str, found: list[str]
) -> None:
    body = (
        "const [text, typed] = given;"
        "return finder(text)(typed).map(({ start, end }) => text.slice(start, end));"
    )

    assert run(body, [SCHOOL, typed]) == found
