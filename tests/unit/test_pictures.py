"""Pictures: what is in the SVG, and what is not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from workbench import pictures
from workbench.pictures import Interval, Limit, Picture, draw_intervals, draw_pictures

ROWS = [
    Interval("incise", "accepted", 0.8, 0.9, 0.95),
    Interval("incise", "unchanged", 0.5, 0.6, 0.7),
    Interval("colon <b>", "accepted", 0.0, 0.1, 0.3),
]


def draw(language: str = "en") -> str:
    return draw_intervals(ROWS, title="A & B", description="Good & bad", language=language)


def test_a_picture_is_described_to_those_who_do_not_see_it() -> None:
    picture = etree.fromstring(draw())

    title, description = picture[0], picture[1]
    assert (title.text, description.text) == ("A & B", "Good & bad")
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == title.get("id")
    assert picture.get("aria-describedby") == description.get("id")


def test_each_label_and_series_is_written() -> None:
    texts = [found.text for found in etree.fromstring(draw()).iter("{*}text")]

    assert {"incise", "colon <b>", "accepted", "unchanged", "100%"} <= set(texts)


def test_a_long_label_takes_two_lines_so_that_the_picture_fits_a_telephone() -> None:
    label = "organisations without profit, their turn to commerce and all that follows"
    drawing = draw_intervals(
        [Interval(label, "for", 0, 0.2, 0.5)], title="", description="", language="en"
    )
    width = re.search(r'<svg [^>]*width="(\d+)', drawing)
    assert width
    assert int(width[1]) < 500
    assert ("organisations without" in drawing, "…" in drawing) == (True, True)


def test_the_scale_speaks_the_language_of_the_page() -> None:
    assert "50\N{NARROW NO-BREAK SPACE}%" in draw("fr")


def test_a_picture_takes_colours_and_faces_from_around_it_and_brings_no_style() -> None:
    picture = etree.fromstring(draw())

    values = {
        name: {found.get(name) for found in picture.iter() if found.get(name)}
        for name in ("fill", "stroke", "font-family", "style")
    }
    assert values["fill"] | values["stroke"] <= {"currentColor", "none", "transparent"}
    assert values["font-family"] == {"inherit"}
    assert values["style"] == set()
    assert "http" not in draw().replace("http://www.w3.org/", "")


def test_no_process_that_shows_a_picture_keeps_what_draws_it() -> None:
    program = (
        "import sys, workbench.app, workbench.web;"
        "from workbench.pictures import Interval, draw_intervals as draw;"
        "draw([Interval('a', 'b', 0, 0, 0)], title='', description='', language='en');"
        "sys.exit(bool({'altair', 'pandas', 'vl_convert'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_same_picture_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = draw("fr")
    monkeypatch.setattr(pictures, "PAINTER", ("false",))

    assert draw("fr") == first


def test_one_process_draws_all_pictures_of_a_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls = tmp_path / "calls"
    script = f'echo >> {calls}; exec "$@"'
    monkeypatch.setattr(pictures, "PAINTER", ("sh", "-c", script, "sh", *pictures.PAINTER))
    rows = [[Interval("label", "series", 0, value, 1)] for value in (0.123, 0.456)]

    first, second = draw_pictures([Picture(one, "A", "B", "en", "number") for one in rows])

    assert first != second
    assert calls.read_text() == "\n"


def test_limits_go_through_the_rows_of_their_series() -> None:
    drawn = draw_intervals(
        ROWS, title="A", description="B", language="fr", limits=[Limit("accepted", 0.667)]
    )

    assert "0,667" in [found.text for found in etree.fromstring(drawn).iter("{*}text")]
