"""From a key press to the painted answer, in Chromium, on a long article full of claims.

The keys are pressed as a person's are. The time is the browser's own (Event Timing): from the time
stamp of the trusted event to the moment when the frame that shows what the key did is presented, so
that waiting, script, style, layout, paint and raster all count. Chromium rounds it to 8 ms and
tells nothing of a key under 16 ms, which counts as 16 here. A key that changes one character of an
empty page gives the floor of the machine and its frame clock.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.corpus import Density, sentences
from tests.annotators import Desk, open_desk
from tests.factories import make_project
from tests.machine import CHROMIUM, find_chromium
from tests.people import browser_of
from tests.server import free_port, running_server
from workbench.app import create_app
from workbench.canonical import Json
from workbench.corpus.importing import NamedFile, import_in_batches
from workbench.labelling.importing import suggest_articles
from workbench.settings import Settings
from workbench.storage.database import transaction
from workbench.storage.migrations import upgrade

SENTENCES = 300
CLAIMS = 2  # of each sentence
SENTENCES_PER_PARAGRAPH = 6
BUDGET_MS = 50
PAUSE_MS = 150  # between two keys of a quick hand
# A claim more and its first answer, no claim instead of all three, all taken back; then on.
ROUND = {
    "c": "C claims",
    "1": "a digit answers",
    "n": "N decides and goes on",
    "Control+z": "Ctrl+Z takes back",
    "j": "J goes on",
}
PRESSES = ("c", "1", "n", "Control+z", "Control+z", "Control+z", "j")
SHORTEST_MS = 16  # what the browser tells of at all
WATCH = f"""() => {{
    globalThis.pressed = [];
    globalThis.shown = {{}};
    addEventListener("keydown", ({{ isTrusted, key, timeStamp }}) => {{
        if (isTrusted && key !== "Control") pressed.push(timeStamp.toFixed(1));
    }}, true);
    new PerformanceObserver((list) => {{
        for (const {{ name, startTime, duration }} of list.getEntries())
            if (name === "keydown") shown[startTime.toFixed(1)] = duration;
    }}).observe({{ type: "event", durationThreshold: {SHORTEST_MS} }});
}}"""
ONE_CHARACTER = """() => {
    document.body.textContent = "-";
    addEventListener("keydown", ({ key }) => (document.body.textContent = key));
}"""


def claims_of(desk: Desk, position: int) -> list[Json]:
    """Make the claims of a sentence: its halves, somebody's words."""
    sentence = desk.page["sentences"][position - 1]  # type: ignore[call-overload,index]
    start, end = sentence["start"], sentence["end"]
    middle = start + desk.text[start:end].index(" ", (end - start) // 2)
    speaker = desk.page["speakers"][position % 5]["id"]  # type: ignore[call-overload,index]
    return [
        {
            "id": f"claim{first:08}{last:08}",
            "parts": [{"start": first, "end": last, "text": desk.text[first:last]}],
            "attributes": {"claim_type": "number", "check_worthiness": "yes"},
            "chain": [
                {"speaker": "author"},
                {
                    "speaker": speaker,
                    "mention": None,
                    "cue": {"start": first, "end": first + 3, "text": desk.text[first : first + 3]},
                    "attributes": {"quote_type": "indirect"},
                },
            ],
        }
        for first, last in ((start, middle), (middle + 1, end))
    ]


def prepare(settings: Settings) -> tuple[Desk, str]:
    """Import the article and answer all of it; return the desk and a session's cookie."""
    upgrade(settings.database)
    app = create_app(settings)
    words = list(sentences(SENTENCES, 1, Density.PRESS))
    text = "\n".join(
        " ".join(words[at : at + SENTENCES_PER_PARAGRAPH])
        for at in range(0, SENTENCES, SENTENCES_PER_PARAGRAPH)
    )
    with app.app_context():
        with transaction() as session:
            project_id = make_project(session).id
        file = NamedFile("article.txt", text.encode())
        [[outcome]] = import_in_batches([file], project_id=project_id, by=None)
        suggest_articles(project_id)
    desk = open_desk(app, outcome.articles[0])
    found = desk.page["sentences"]
    assert isinstance(found, list)
    assert len(found) == SENTENCES, len(found)
    for position in range(1, SENTENCES + 1):
        reply = desk.save(position, decision="claims", claims=claims_of(desk, position))
        assert reply.status_code == 200, reply.text
    cookie = browser_of(app, desk.user_id).get_cookie("workbench")
    assert cookie
    return desk, cookie.value


def press_keys(page: Page, keys: Sequence[str]) -> list[float]:
    """Press some keys, with the pauses of a quick hand; return the milliseconds of each."""
    page.evaluate(WATCH)
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(PAUSE_MS)
    times = page.evaluate(f"pressed.map((stamp) => shown[stamp] ?? {SHORTEST_MS})")
    assert len(times) == len(keys), f"{len(times)} of {len(keys)} keys were seen"
    return [float(time) for time in times]


def print_row(label: str, times: list[float], budget: str = "") -> None:
    """Print the median and the 95th percentile of some milliseconds."""
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"| {label} | {len(times)} | {statistics.median(times):.1f} | {p95:.1f} | {budget} |")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    args = parser.parse_args(arguments)
    program = find_chromium()
    if not program:
        print("Chromium is missing; on Debian: apt install chromium", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = Settings(data_dir=Path(folder) / "data", port=free_port())
        settings.data_dir.mkdir()
        desk, cookie = prepare(settings)
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        with running_server(settings) as server:
            context = browser.new_context(locale="fr-FR", viewport={"width": 1360, "height": 860})
            context.add_cookies([{"name": "workbench", "value": cookie, "url": server.url}])
            page = context.new_page()
            page.evaluate(ONE_CHARACTER)
            floor = press_keys(page, "abcdefgh" * args.rounds)
            page.goto(f"{server.url}{desk.base}")
            page.wait_for_selector("body[data-ready]")
            press_keys(page, PRESSES * 2)  # the first are slower, and not what one feels all day
            page.reload()
            page.wait_for_selector("body[data-ready]")
            times = press_keys(page, PRESSES * args.rounds)
            browser.close()
    print(f"| key to painted answer, {SENTENCES} sentences, {SENTENCES * CLAIMS} claims ", end="")
    print("| presses | median ms | p95 ms | budget |\n|--|--:|--:|--:|--|")
    print_row("all", times, f"p95 ≤ {BUDGET_MS} ms")
    for key, label in ROUND.items():
        pressed = PRESSES * args.rounds
        print_row(label, [time for one, time in zip(pressed, times, strict=True) if one == key])
    print_row("floor: one character of an empty page", floor)


if __name__ == "__main__":
    main()
