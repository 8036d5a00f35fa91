"""Take the README's picture: ``python -m tools.screenshots``, on the demo, by keyboard."""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM
from tests.machine import find_chromium
from tests.server import WORKBENCH, free_port, running_server
from workbench.settings import Settings

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "workspace.png"
# Claim, its type, its check-worthiness, said by the author; on to the next sentence.
PLAIN_CLAIM = ("c", "1", "2", "1", "Enter")
ALLIANCE = ("e", "c", "5", "2", "t", "1", "1")


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other, as a person would."""
    for key in keys:
        page.keyboard.press(key)


def label_second_article(page: Page, link: str) -> None:
    """Sign in, begin the second article, and label down to the AI Alliance's quotation."""
    page.goto(link)
    page.locator("main form button").first.click()
    page.locator("main table form button").first.click()
    page.locator("body[data-ready]").wait_for()
    if (welcome := page.locator(".welcome button")).is_visible():
        welcome.click()
    for _ in range(3):
        press(page, *PLAIN_CLAIM)
    press(page, "n")
    for _ in range(4):
        press(page, *PLAIN_CLAIM)
    press(page, *ALLIANCE)
    page.locator(".saved", has_text="saved").wait_for()


def main() -> None:
    """Run the demo in a folder of its own and take the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = Settings(data_dir=Path(folder) / "data", port=free_port())
        settings.data_dir.mkdir()
        with running_server(settings, WORKBENCH, "demo") as server:
            found = re.search(r"Anna Annotator\s+(\S+)", server.log)
            if found is None:
                raise SystemExit(f"the demo printed no link for Anna:\n{server.log}")
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM)
            page = browser.new_page(
                locale="en-GB", color_scheme="light", viewport={"width": 1360, "height": 860}
            )
            label_second_article(page, found[1])
            page.screenshot(path=PICTURE)
            browser.close()


if __name__ == "__main__":
    main()
