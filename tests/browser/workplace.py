"""An annotator at the workspace in a real browser, and what the server has of their work."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.adjudicators import Bench
from tests.annotators import Desk, open_desk
from tests.people import browser_of

COOKIE = "workbench"
ACTION_COUNTS = Path(__file__).parents[2] / "docs" / "action-counts.md"
# A key press with its modifiers, or a click, is one action.
COUNT_ACTIONS = """() => {
    globalThis.actions = 0;
    const isModifier = ({ key }) => ["Shift", "Control", "Alt", "Meta"].includes(key);
    for (const kind of ["keydown", "pointerdown"])
        addEventListener(kind, (event) => {
            if (event.isTrusted && !isModifier(event)) globalThis.actions++;
        }, true);
}"""

# The page draws in the frame after a change; until then it says what held before.
DRAWN = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(done)))"""


@dataclass
class Workplace:
    """A person's workspace: keys go in, answers come out."""

    app: Flask
    url: str
    page: Page
    desk: Desk | Bench

    @classmethod
    def of_new_annotator(
        cls, app: Flask, url: str, page: Page, slug: str = "article"
    ) -> "Workplace":
        """Let a new annotator begin the article, and their browser show it."""
        work = cls(app, url, page, open_desk(app, slug))
        work.sign_in(work.desk.user_id)
        return work.open()

    def sign_in(self, user_id: int) -> None:
        """Let the browser hold a new session of that person."""
        cookie = browser_of(self.app, user_id).get_cookie(COOKIE)
        assert cookie
        self.page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": self.url}])

    def open(self, page: Page | None = None) -> "Workplace":
        """Load the page, in this tab or in another, and wait for its script."""
        work = Workplace(self.app, self.url, page, self.desk) if page else self
        work.page.goto(f"{self.url}{self.desk.base}")
        work.page.wait_for_selector("body[data-ready]")
        return work

    def press(self, *keys: str) -> "Workplace":
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def turn_to(self, words: str) -> "Workplace":
        """Press J until the sentence at hand has these words."""
        for _ in self.desk.page["sentences"]:  # type: ignore[union-attr]
            if words in self.here:
                return self
            self.press("j")
        raise AssertionError(f"no sentence has the words {words!r}")

    @property
    def here(self) -> str:
        """The sentence at hand."""
        self.page.evaluate("() => new Promise(requestAnimationFrame)")  # keys are drawn per frame
        return self.page.locator(".s[aria-current]").inner_text()

    @property
    def panel(self) -> Locator:
        """What the answer says and what is asked."""
        return self.page.locator("aside")

    @property
    def told(self) -> Locator:
        """What is said in sight: why a key did nothing, or what it did beside."""
        return self.page.locator("[data-place=hint]")

    @property
    def heard(self) -> Locator:
        """What is said to those who listen."""
        return self.page.locator("[data-place=announcer]")

    @property
    def asked(self) -> Locator:
        """The field that takes the digits."""
        return self.panel.locator(".row[data-open]")

    @property
    def picked(self) -> Locator:
        """The words picked for the next step."""
        return self.panel.locator(".picked .words")

    @property
    def status(self) -> Locator:
        """What is said about saving."""
        return self.page.locator(".saved")

    @property
    def trouble(self) -> Locator:
        """Why something is not saved."""
        return self.page.locator(".trouble")

    def wait_until_saved(self) -> "Workplace":
        """Wait until the page, drawn anew, says that the server has everything."""
        self.page.evaluate(DRAWN)
        expect(self.status).to_contain_text("✓", timeout=15_000)
        return self

    def answers(self) -> dict[int, dict[str, object]]:
        """Return what the server has, by the position of the sentence."""
        found: list[dict[str, object]] = self.desk.open()["answers"]  # type: ignore[assignment]
        return {int(str(answer["sentence"]).rsplit(".", 1)[1]): answer for answer in found}

    def claims(self, position: int) -> list[dict[str, Any]]:
        """Return the claims that the server has of the sentence at a position."""
        return cast(list[dict[str, Any]], self.answers()[position]["claims"])

    def select(self, words: str, until: str | None = None) -> "Workplace":
        """Select words of the article with the mouse, from the first to the last of them."""
        start = self._place(words, "start")
        end = self._place(until or words, "end")
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=5)
        self.page.mouse.up()
        return self

    def _place(self, words: str, edge: str) -> tuple[float, float]:
        """Return the point of the screen where words of the article start or end."""
        box = self.page.evaluate(
            """async ([words, edge]) => {
                await document.fonts.ready;
                for (const sentence of document.querySelectorAll(".s")) {
                    const at = sentence.firstChild.data.indexOf(words);
                    if (at < 0) continue;
                    sentence.scrollIntoView({ block: "center", behavior: "instant" });
                    const range = document.createRange();
                    range.setStart(sentence.firstChild, at);
                    range.setEnd(sentence.firstChild, at + words.length);
                    const boxes = range.getClientRects();
                    const box = edge === "start" ? boxes[0] : boxes[boxes.length - 1];
                    const x = edge === "start" ? box.left + 1 : box.right - 1;
                    return [x, box.top + box.height / 2];
                }
            }""",
            [words, edge],
        )
        assert box, f"the article has no words {words!r}"
        return box[0], box[1]
