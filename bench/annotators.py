"""Virtual annotators: how fast and how surely the real server saves, on both databases.

Each annotator signs in with a one-time link, opens articles and answers every sentence with a
full claim frame, as the browser does. Afterwards the export is compared with what was
acknowledged: lost, doubled and failed answers are counted. ``python -m bench.annotators --help``.
"""

import argparse
import asyncio
import json
import os
import random
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.corpus import Density, write_corpus
from tests.postgres import running_postgres
from tests.server import WORKBENCH, Server, environment, free_port, running_server
from workbench.projects.rules import MAX_OVERLAP
from workbench.settings import Settings

PROJECT = "bench"
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass
class Answer:
    """What came back: status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Browser:
    """One keep-alive HTTP connection with its cookies; as little work as possible."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def send(
        self, method: str, path: str, body: bytes = b"", kind: str = "", token: str = ""
    ) -> Answer:
        """Send one request; a connection that the server closed meanwhile is opened anew."""
        for attempt in (1, 2):
            if self.writer is None or self.writer.is_closing():
                self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
            assert self.reader
            head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
            if self.cookies:
                head += "Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()) + "\r\n"
            if body:
                head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                head += f"Origin: http://{self.host}:{self.port}\r\n"
            if token:
                head += f"X-CSRFToken: {token}\r\nAccept: application/json\r\n"
            self.writer.write(head.encode() + b"\r\n" + body)
            try:
                return await self._read(self.reader)
            except (asyncio.IncompleteReadError, ConnectionResetError):
                self.writer.close()
                self.writer = None
                if attempt == 2:
                    raise
        raise AssertionError

    async def _read(self, reader: asyncio.StreamReader) -> Answer:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                cookie, _, content = value.split(";")[0].partition("=")
                self.cookies[cookie] = content
            headers[name.lower()] = value
        body = await self._body(reader, headers)
        if headers.get("connection") == "close" and self.writer:
            self.writer.close()
        return Answer(int(lines[0].split()[1]), headers, body)

    async def _body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return b""
        chunks = []
        while size := int((await reader.readline()).strip(), 16):
            chunks.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readline()
        return b"".join(chunks)


@dataclass
class Record:
    """What all annotators did together."""

    saves: list[float] = field(default_factory=list)
    opens: list[float] = field(default_factory=list)
    furthest: int = 0
    acknowledged: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def random_id() -> str:
    """Make an id as the browser makes it."""
    return "".join(secrets.choice(ALPHABET) for _ in range(20))


async def sign_in(browser: Browser, link: str) -> None:
    """Use a one-time link and choose a password."""
    path = "/" + link.split("/", 3)[3]
    page = (await browser.send("GET", path)).body.decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token, page
    password = secrets.token_hex(16)
    form = f"csrf_token={token[1]}&password={password}&repeated={password}".encode()
    answer = await browser.send("POST", path, form, "application/x-www-form-urlencoded")
    assert answer.status == 303, answer


async def annotate(
    browser: Browser, slugs: list[str], pause: float, until: float, record: Record
) -> None:
    """Open article after article and answer each sentence until the time is up."""
    start_page = (await browser.send("GET", "/csrf")).body
    token = json.loads(start_page)["token"]
    for number, slug in enumerate(slugs, 1):
        record.furthest = max(record.furthest, number)
        base = f"/projects/{PROJECT}/annotate/{slug}/"
        form = f"csrf_token={token}".encode()
        await browser.send("POST", f"{base}start", form, "application/x-www-form-urlencoded")
        began = time.perf_counter()
        page = (await browser.send("GET", base)).body.decode()
        record.opens.append(time.perf_counter() - began)
        found = re.search(
            r'<script type="application/json" id="workspace">(.*?)</script>', page, re.S
        )
        assert found, page[:2000]
        data = json.loads(found[1])
        for sentence in data["sentences"]:
            if time.perf_counter() > until:
                return
            await save(browser, data, sentence, record)
            if pause:
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # people differ


def full_answer(data: dict, sentence: dict) -> dict:
    """Make an answer with a claim, its chain with a cue, and a stance."""
    text = data["edition"]["text"]
    start, end = sentence["start"], sentence["end"]
    cue = text[start:end].split()[0]
    speaker, target = data["speakers"][0]["id"], data["targets"][0]["id"]
    claim = random_id()
    return {
        "id": random_id(),
        "base": None,
        "sentence": sentence["id"],
        "decision": "claims",
        "attributes": {},
        "claims": [
            {
                "id": claim,
                "parts": [{"start": start, "end": end, "text": text[start:end]}],
                "attributes": {"claim_type": "number", "check_worthiness": "yes"},
                "chain": [
                    {"speaker": "author"},
                    {
                        "speaker": speaker,
                        "mention": None,
                        "cue": {"start": start, "end": start + len(cue), "text": cue},
                        "attributes": {"quote_type": "indirect"},
                    },
                ],
            }
        ],
        "stances": [
            {
                "claim": claim,
                "holder": speaker,
                "target": target,
                "target_span": None,
                "value": "favor",
                "attributes": {},
            }
        ],
        "scheme": data["scheme_revision"],
        "guideline": data["guideline_revision"],
        "registers": data["register_number"],
        "elapsed_ms": 900,
    }


async def save(browser: Browser, data: dict, sentence: dict, record: Record) -> None:
    """Save one full answer; remember it once acknowledged."""
    answer = full_answer(data, sentence)
    body = json.dumps(answer, ensure_ascii=False).encode()
    began = time.perf_counter()
    try:
        reply = await browser.send(
            "POST", data["urls"]["answers"], body, "application/json", data["csrf"]
        )
    except (OSError, asyncio.IncompleteReadError) as error:
        record.failures.append(repr(error))
        return
    record.saves.append(time.perf_counter() - began)
    if reply.status == 200:
        record.acknowledged[answer["id"]] = sentence["id"]
    else:
        record.failures.append(f"{reply.status} {reply.body[:300]!r}")


class Workbench:
    """A workbench of its own with corpus, project and people, prepared by the command line."""

    def __init__(
        self,
        settings: Settings,
        sentences: int,
        people: int,
        density: Density = Density.QUOTATIONS,
        readers: int = 1,
    ) -> None:
        self.settings = settings
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        corpus = settings.data_dir / "corpus"
        corpus.mkdir()
        write_corpus(corpus, sentences, density)
        self.run("init")
        self.run("project", "add", "--slug", PROJECT, "--name", "Bench", "--language", "fr")
        if readers > 1:
            self.run("project", "change-work", PROJECT, "--overlap", str(readers))
        registers = Path(__file__).parent.parent / "seeds" / "registers.json"
        self.run("project", "import-registers", str(registers), "--project", PROJECT)
        began, worked = time.perf_counter(), os.times().children_user
        self.run("article", "import", str(corpus), "--project", PROJECT, "--index-later")
        self.import_seconds = time.perf_counter() - began
        self.import_cpu = os.times().children_user - worked
        self.run("article", "index", "--project", PROJECT)  # else the server would, while it works
        self.people = [f"person{number}@example.org" for number in range(people)]
        for email in self.people:
            self.run("user", "add", email, "--name", email.split("@")[0])
            self.run("project", "add-member", email, "--project", PROJECT, "--role", "annotator")
        listed = self.run("article", "list", "--project", PROJECT, "--format", "jsonl")
        self.slugs = [json.loads(line)["slug"] for line in listed.splitlines()]

    def run(self, *words: str) -> str:
        """Run one ``workbench`` command and return what it prints."""
        variables = environment(self.settings)
        # What is installed has its bytecode; without it each start would compile all modules.
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(
            [WORKBENCH, *words],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"workbench {' '.join(words)}: {done.stderr}")
        return done.stdout

    def link(self, email: str) -> str:
        """Print a one-time sign-in link."""
        found = re.search(r"http\S+/link/\S+", self.run("user", "reset-link", email))
        assert found
        return found[0]

    def exported(self) -> dict[str, int]:
        """Return id and number of each person's newest answers, as the export has them."""
        lines = self.run(
            "annotation", "export", "--project", PROJECT, "--kind", "all", "--format", "jsonl"
        ).splitlines()
        records = (json.loads(line) for line in lines)
        revisions = (record["revision"] for record in records if record["revision"])
        return {revision["id"]: revision["number"] for revision in revisions}


async def run_load(
    server: Server, links: list[str], slugs: list[str], pause: float, seconds: float
) -> Record:
    """Let everybody work at once for some seconds, as many on an article as may be."""
    record = Record()
    groups = -(-len(links) // MAX_OVERLAP)
    browsers = [Browser(server.settings.host, server.settings.port) for _ in links]
    for browser, link in zip(browsers, links, strict=True):
        await sign_in(browser, link)
    until = time.perf_counter() + seconds
    await asyncio.gather(
        *(
            annotate(browser, slugs[number % groups :: groups], pause, until, record)
            for number, browser in enumerate(browsers)
        )
    )
    record.furthest *= groups
    return record


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of the values lie, in milliseconds."""
    ordered = sorted(values)
    return (
        1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]
        if ordered
        else float("nan")
    )


@contextmanager
def database_of(kind: str) -> Iterator[str]:
    """Lend the address of an empty database, which waits for the disk as in real use."""
    if kind == "SQLite":
        yield ""
        return
    with running_postgres(durable=True) as postgres, postgres.database() as name:
        yield postgres.url(name)


def measure(kind: str, args: argparse.Namespace) -> None:
    """Print the rows of one database."""
    with tempfile.TemporaryDirectory() as name, database_of(kind) as url:
        settings = Settings(data_dir=Path(name) / "data", database_url=url, port=free_port())
        bench = Workbench(settings, args.sentences, args.people, readers=MAX_OVERLAP)
        acknowledged: dict[str, str] = {}
        with running_server(settings) as server:
            taken = 0
            for label, people, pause, seconds in (
                ("1 annotator", 1, 0.0, min(args.seconds, 10)),
                (f"{args.people} annotators, 1 s pause", args.people, 1.0, args.seconds),
                (f"{args.people} annotators, no pause", args.people, 0.0, args.seconds),
            ):
                share = bench.slugs[taken:]
                links = [bench.link(email) for email in bench.people[:people]]
                record = asyncio.run(run_load(server, links, share, pause, seconds))
                taken += record.furthest
                acknowledged |= record.acknowledged
                print(
                    f"| {kind} | {label} | {len(record.saves) / seconds:.0f} "
                    f"| {percentile(record.saves, 0.5):.1f} | {percentile(record.saves, 0.95):.1f} "
                    f"| {percentile(record.opens, 0.95):.1f} | {len(record.failures)} |",
                    flush=True,
                )
                for failure in record.failures[:3]:
                    print(f"  failed: {failure}", file=sys.stderr)
        stored = bench.exported()
        lost = len(acknowledged.keys() - stored.keys())
        doubled = sum(number > 1 for number in stored.values())
        print(f"| {kind} | {len(acknowledged)} acknowledged: {lost} lost, {doubled} doubled |||||")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    args = parser.parse_args(arguments)
    print("| database | load | saves/s | save p50 ms | save p95 ms | open p95 ms | failed |")
    print("|--|--|--|--|--|--|--|")
    for kind in args.database or ["SQLite", "PostgreSQL"]:
        measure(kind, args)


if __name__ == "__main__":
    main()
