"""Requests one by one: SQL statements and time of each, start, memory, weight of the workspace.

On the demo's five articles, in SQLite, against the budgets of the design.
"""

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.annotators import full_answer
from tests.machine import CHROMIUM, find_chromium
from tests.people import browser_of
from tests.programs import program_of
from tests.server import WORKBENCH, environment, free_port, running_server
from tests.statements import counted_statements
from workbench.accounts.queries import user_by_email
from workbench.api.access import BUCKETS
from workbench.app import create_app
from workbench.limits import Buckets
from workbench.settings import Settings
from workbench.storage.database import db

PROJECT = "/projects/open-ai-debate"
REPEATS = 30


def prepare_demo(settings: Settings) -> None:
    """Make the demo's database by starting it once."""
    with running_server(settings, WORKBENCH, "demo"):
        pass


def measure_requests(settings: Settings) -> str:
    """Print statements and time of each request; return the address of the workspace used."""
    app = create_app(settings)
    with app.app_context():
        ids = {
            name: user_by_email(db.session(), email=f"{name}@example.org").id
            for name in ("anna", "max", "sina")
        }
        db.session.remove()
    anna, manager, admin = (browser_of(app, ids[name]) for name in ("anna", "max", "sina"))
    slug = "002-ce2e5229d9ed911e"  # the longest
    base = f"{PROJECT}/annotate/{slug}/"
    token = anna.get("/csrf").json["token"]
    anna.post(f"{base}start", data={"csrf_token": token})
    page = anna.get(base).text
    found = re.search(r'id="workspace">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    readable = [s for s in data["sentences"] if s["zone"] == "body"]
    bases: dict[str, str | None] = {}

    def save() -> None:
        sentence = readable[len(bases) % len(readable)]
        answer = full_answer(data, sentence) | {"base": None}
        bases[answer["id"]] = None
        reply = anna.post(
            data["urls"]["answers"], json=answer, headers={"X-CSRFToken": data["csrf"]}
        )
        assert reply.status_code == 200, reply.text

    article = f"{PROJECT}/articles/{slug}/"
    requests: dict[str, tuple[Callable[[], object], str]] = {
        "save one decision with a full claim frame": (save, "p95 ≤ 10 ms"),
        f"open the workspace ({len(data['sentences'])} sentences)": (
            lambda: anna.get(base),
            "p95 ≤ 15 ms",
        ),
        "my work": (lambda: anna.get("/"), ""),
        "project": (lambda: manager.get(f"{PROJECT}/"), ""),
        "articles": (lambda: manager.get(f"{PROJECT}/articles/"), ""),
        "one article": (lambda: manager.get(article), ""),
        "members": (lambda: manager.get(f"{PROJECT}/members/"), ""),
        "download page": (lambda: manager.get(f"{PROJECT}/download"), ""),
        "users": (lambda: admin.get("/admin/users/"), ""),
    }
    print("| request | SQL statements | median ms | p95 ms | budget |")
    print("|--|--:|--:|--:|--|")
    for name, (send, budget) in requests.items():
        send()
        with counted_statements() as statements:
            send()
        times = []
        for _ in range(min(REPEATS, len(readable) - 3)):
            began = time.perf_counter()
            send()
            times.append(1000 * (time.perf_counter() - began))
        p95 = statistics.quantiles(times, n=20)[-1]
        median = statistics.median(times)
        print(f"| {name} | {len(statements)} | {median:.1f} | {p95:.1f} | {budget} |")
    return base


def measure_api(settings: Settings) -> None:
    """Print statements and time of what programs read."""
    app = create_app(settings)
    app.extensions[BUCKETS] = Buckets(at_once=10**6)
    with app.app_context():
        manager = user_by_email(db.session(), email="max@example.org").id
    program = program_of(app, manager)
    article = f"{PROJECT}/articles/002-ce2e5229d9ed911e"
    paths = {
        "a page of articles": f"{PROJECT}/articles",
        "one article with its text": article,
        "its sentences": f"{article}/sentences",
        "its agreed answers": f"{article}/annotations",
        "everybody's answers to it": f"{article}/annotations?kind=all",
        "changes since the beginning": f"{PROJECT}/annotations/changes",
    }
    print("\n| a program reads | SQL statements | median ms | p95 ms |")
    print("|--|--:|--:|--:|")
    for name, path in paths.items():
        assert program.get(path).status_code == 200, path
        with counted_statements() as statements:
            program.get(path)
        times = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            program.get(path)
            times.append(1000 * (time.perf_counter() - began))
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"| {name} | {len(statements)} | {statistics.median(times):.1f} | {p95:.1f} |")


def measure_start(settings: Settings) -> None:
    """Print the time from the command to the first page, and the memory of all processes."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [WORKBENCH, "serve"],
        env=environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while True:
            try:
                with urllib.request.urlopen(f"{settings.base_url}/sign-in") as page:
                    page.read()
                break
            except OSError:
                time.sleep(0.005)
        seconds = time.perf_counter() - began
        time.sleep(2)
        memory = sum(_proportional_kib(pid) for pid in _group(process.pid)) / 1024
    finally:
        process.terminate()
        process.wait()
    print("\n| serving a ready database | measured | budget |")
    print("|--|--:|--|")
    print(f"| from `workbench serve` to the first page | {seconds:.2f} s | ≤ 1.0 s |")
    print(f"| memory of all processes, idle (PSS) | {memory:.0f} MiB | ≤ 150 MiB |")


def measure_weight(settings: Settings, workspace: str) -> None:
    """Print what a first visit to the workspace takes over the line, as Chromium counts it."""
    program = find_chromium()
    if not program:
        print("Chromium is missing; on Debian: apt install chromium", file=sys.stderr)
        return
    app = create_app(settings)
    with app.app_context():
        anna = browser_of(app, user_by_email(db.session(), email="anna@example.org").id)
    cookie = anna.get_cookie("workbench")
    assert cookie
    sizes: dict[str, int] = {}

    def note(told: dict) -> None:
        response = told["response"]
        if response["url"].startswith("http"):  # an icon is in the page
            sizes[response["url"]] = int(response["headers"]["Content-Length"])

    with sync_playwright() as playwright, running_server(settings) as server:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        context = browser.new_context(locale="fr-FR")
        context.add_cookies([{"name": "workbench", "value": cookie.value, "url": server.url}])
        page = context.new_page()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.responseReceived", note)
        page.goto(f"{server.url}{workspace}")
        page.wait_for_selector("body[data-ready]")
        page.wait_for_load_state("networkidle")
        browser.close()
    print(f"| workspace page, cold, compressed | {sum(sizes.values()) / 1000:.0f} kB | ≤ 150 kB |")
    print(f"| requests for it | {len(sizes)} | ≤ 20 |")


def _group(leader: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "-g", str(leader)], capture_output=True, text=True, check=True
    )
    return [int(pid) for pid in listed.stdout.split()]


def _proportional_kib(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return int(found[1]) if found else 0


def main() -> None:
    """Measure and print Markdown tables."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data", port=free_port())
        settings.data_dir.mkdir()
        prepare_demo(settings)
        workspace = measure_requests(settings)
        measure_api(settings)
        measure_start(settings)
        measure_weight(settings, workspace)


if __name__ == "__main__":
    main()
