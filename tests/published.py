"""A check that keeps all rules, to be changed by tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from workbench.factcheck.published import (
    Appearance,
    Claimant,
    Organisation,
    PublishedCheck,
    Source,
    Version,
)
from workbench.factcheck.rules import Bearing, Medium, Relation, SourceKind
from workbench.factcheck.scales import default_scale

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SCALE = default_scale()
DESK = Organisation(
    name="The desk",
    url="https://desk.example",
    contact="errors@desk.example",
    is_nonpartisan=True,
    funding={"en": "Our readers."},
    method={"en": "We read."},
    corrections={"en": "We correct within a day."},
    method_url="https://checks.example/checks/demo/method",
    corrections_url="https://checks.example/checks/demo/corrections",
)
META = Claimant(
    "Meta", is_person=False, is_named=True, same_as="https://www.wikidata.org/wiki/Q380"
)
SAID = Appearance(
    id="a1",
    relation=Relation.ASSERTS,
    quote="Llama 2 est open source",
    language="fr",
    title="Le modèle ouvert",
    outlet="Le Journal",
    author="A. Martin",
    published="2023-12",
    url="https://journal.example/llama",
    claimant=META,
)
LIMITED = replace(
    SAID,
    id="a2",
    relation=Relation.LIMITS,
    url="https://other.example/llama",
    published="2023-01",
    claimant=Claimant("the author", is_person=True, is_named=False),
)
SUPPORTING = Source(
    id="e1",
    question="May the weights be downloaded?",
    answer="Yes.",
    bearing=Bearing.SUPPORTS,
    url="https://evidence.example/card",
    title="Model card",
    publisher="Meta",
    origin="Meta",
    published="2023-07-18",
    accessed=date(2026, 11, 20),
    archived_url="https://web.archive.org/web/2023/https://evidence.example/card",
    passage="Model weights can be downloaded.",
    medium=Medium.WEB_TEXT,
    kind=SourceKind.PRIMARY,
    is_independent=True,
    note="",
    is_later=False,
)
REFUTING = replace(
    SUPPORTING, id="e2", bearing=Bearing.REFUTES, url="https://evidence.example/licence"
)
WORDING = "Llama 2 is open source."
FIRST = Version(1, SCALE.values["supported"], MONDAY, None, WORDING, "en")
SECOND = Version(
    2,
    SCALE.values["conflicting"],
    MONDAY + timedelta(days=1),
    "The licence restricts use.",
    WORDING,
    "en",
)
CHECK = PublishedCheck(
    id="s1",
    url="https://checks.example/checks/demo/s1/",
    wording=WORDING,
    language="en",
    claim_type="fact",
    is_rated=True,
    worst_rating=SCALE.worst_rating,
    best_rating=SCALE.best_rating,
    justification="The **weights** may be downloaded.",
    context="",
    appearances=(SAID, LIMITED),
    featured="a1",
    sources=(SUPPORTING,),
    searches=(),
    versions=(FIRST,),
    author_id=1,
    approver_id=2,
    organisation=DESK,
)
CORRECTED = replace(
    CHECK,
    versions=(FIRST, SECOND),
    sources=(SUPPORTING, REFUTING),
    context="The licence forbids some uses.",
)
