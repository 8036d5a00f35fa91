"""From a file's bytes to the dataset: whatever the text, the spans stay what was selected."""

import json
from dataclasses import replace
from itertools import count

from flask import Flask
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, claim_on
from workbench.corpus.operations import store_files
from workbench.corpus.preparing import prepare_file
from workbench.corpus.rules import PreparedFile
from workbench.datasets.records import RecordKind, sentence_records
from workbench.datasets.writers import write_jsonl
from workbench.errors import InvalidInputError
from workbench.labelling.operations import start_assignment
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

PIECES = (
    "Il pleut",
    "OpenAI",
    "e\u0301",  # a combining accent
    "💩",
    "👩\u200d👩\u200d👧",
    "«\u202foui\u00a0»",
    "\u202egauche\u202c",
    "\u2067ימין\u2069",
    ". ",
    "\u00a0? ",
    "…",
    "\r\n",
    "\r",
    "\n\n",
    " ",
    "\u202f",
    "\t",
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), min_size=1, max_size=30).map(
    "".join
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
MAX_EXAMPLES = 60
numbers = count(1)


def prepare(text: str, encoding: str) -> PreparedFile | None:
    """Read the text as a file of its own, all of it to be labelled; nothing if it is refused."""
    try:
        file = prepare_file(f"{next(numbers)}.txt", text.encode(encoding))
    except (UnicodeEncodeError, InvalidInputError):  # a lone surrogate, NUL, nothing but blanks
        return None
    (article,) = file.articles
    zones = ("body",) * len(article.sentences)
    # A hash of its own, since the same bytes again would be the same article.
    sha256 = f"{next(numbers):064x}"
    return (
        replace(file, sha256=sha256, articles=(replace(article, zones=zones),)) if zones else None
    )


def begin(desk: Desk, file: PreparedFile) -> None:
    """Store the file and open the workspace on its article."""
    with desk.app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo").id
        outcome = store_files(session, project_id=project, files=[file], by=None, now=NOW)[0][0]
        (slug,) = outcome.articles
        start_assignment(
            session,
            project_id=project,
            membership_id=desk.membership_id,
            slug=slug,
            by=desk.user_id,
            now=NOW,
        )
    desk.base = f"/projects/demo/annotate/{slug}/"
    desk.open()


def exported(app: Flask) -> list[dict[str, object]]:
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        records = sentence_records(db.session(), project_id=project, kind=RecordKind.ALL)
        return [json.loads(line) for line in write_jsonl(records)]


def test_what_was_selected_is_what_is_exported(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))

    @settings(max_examples=MAX_EXAMPLES, deadline=None)
    @given(text=TEXTS, encoding=ENCODINGS, data=st.data())
    def check(text: str, encoding: str, data: st.DataObject) -> None:
        file = prepare(text, encoding)
        assume(file is not None)
        begin(desk, file)
        select_save_and_compare(desk, data)

    check()


def select_save_and_compare(desk: Desk, data: st.DataObject) -> None:
    sentence = data.draw(st.sampled_from(desk.page["sentences"]))
    start = data.draw(st.integers(sentence["start"], sentence["end"] - 1))
    later = st.integers(start + 1, len(desk.text))
    cuts = [start, *sorted(data.draw(st.sets(later, min_size=1, max_size=7)))]
    first, *more = zip(cuts[::2], cuts[1::2], strict=False)
    cue = {"start": first[0], "end": first[1], "text": desk.text[slice(*first)]}
    chain = [{"speaker": "author"}, {"speaker": "meta", "cue": cue, "mention": cue}]
    claim = claim_on(desk.text, *first, *more, id=f"claim{next(numbers):020}", chain=chain)

    reply = desk.save(sentence["position"], decision="claims", claims=[claim])

    assert reply.status_code == 200, reply.text
    (record,) = [one for one in exported(desk.app) if one["sentence"]["id"] == sentence["id"]]
    (found,) = record["claims"]
    spans = [(part["start"], part["end"], part["text"]) for part in found["parts"]]
    assert spans == [(part["start"], part["end"], part["text"]) for part in claim["parts"]]
    assert all(desk.text[begin:end] == quote for begin, end, quote in spans)
    assert record["sentence"]["text"] == desk.text[sentence["start"] : sentence["end"]]
    assert found["chain"][1]["cue"] == found["chain"][1]["mention"] == cue
    assert [part["start_in_sentence"] for part in found["parts"]] == [
        begin - sentence["start"] for begin, _, _ in spans
    ]
