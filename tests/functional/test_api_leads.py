"""What leads change by programs: texts, guideline and scheme, the desk, training, releases."""

import pytest
from flask import Flask

from tests.annotators import make_corpus, open_desk
from tests.compared import run_jobs
from tests.evidence import let_fetch
from tests.factories import SENTENCES, make_article
from tests.functional.test_api_writes import P, somebody
from tests.functional.test_editions import TEXT, TYPO, finished, standings
from tests.functional.test_scheme_change import NO_POSITION, label
from tests.hostile import open_site
from tests.press import open_press
from tests.programs import Program, program_of
from tests.releases import put_release
from tests.training import make_school
from workbench.accounts.operations import disable_user
from workbench.clock import utc_now
from workbench.factcheck.reviewing import ask_review
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import transaction

ARTICLE, OWN = f"{P}/articles/article", f"{P}/own/article"
WORDS = {"fr": "", "en": ""}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_text_is_corrected_and_what_moved_is_confirmed(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)
    anna, lead = program_of(app, desk.user_id), somebody(app, Role.MANAGER)
    text = {"text": TYPO, "after": 1}

    trial = lead.post(f"{ARTICLE}/text", {**text, "is_trial": True}).json
    made = lead.post(f"{ARTICLE}/text", text)
    stale = lead.post(f"{ARTICLE}/text", {"text": TEXT, "after": 1})
    (moved,) = [
        one for one in anna.get(f"{OWN}/moved").json["items"] if one["standing"] == "to_confirm"
    ]
    which = {"position": moved["position"], "revision": moved["revision"]}
    done = anna.post(f"{OWN}/moved/confirm", which)

    assert trial == {"edition": 1, "sentences": 4, "kept": 3, "is_doubtful": False}
    assert (made.status_code, made.json["edition"], stale.status_code) == (200, 2, 409)
    assert (which["position"], moved["becomes"], done.status_code) == (4, [4], 200)
    assert standings(desk)[4] == "carried"
    assert anna.post(f"{OWN}/moved/question", {"question": "none"}).status_code == 404


def test_another_text_needs_a_word_more_and_borders_keep_the_words(app: Flask) -> None:
    make_corpus(app)
    lead = somebody(app, Role.MANAGER)
    other = {"text": "Tout autre chose. Et encore autre chose.", "after": 1}

    doubtful = lead.post(f"{ARTICLE}/text", other)
    lines = "\n".join([" ".join(SENTENCES[:2]), *SENTENCES[2:]])
    joined = lead.post(f"{ARTICLE}/borders", {"lines": lines, "after": 1}).json
    wrong = lead.post(f"{ARTICLE}/borders", {"lines": TEXT[:-3], "after": 2})
    sure = lead.post(f"{ARTICLE}/text", {**other, "after": 2, "is_sure": True}).json

    assert (doubtful.status_code, "is_sure" in doubtful.json["detail"]) == (422, True)
    assert (joined["edition"], joined["sentences"], wrong.status_code) == (2, 3, 422)
    assert (sure["edition"], sure["is_doubtful"]) == (3, True)


def test_the_text_of_an_article_is_erased_for_good(app: Flask) -> None:
    make_corpus(app)
    lead = somebody(app, Role.MANAGER)

    refused = lead.post(f"{ARTICLE}/erase", {})
    erased = lead.post(f"{ARTICLE}/erase", {"reason": "A court said so."})

    assert (refused.status_code, erased.json["is_withdrawn"]) == (422, True)
    assert lead.get(ARTICLE).json["edition"]["text"] == ""
    assert lead.post(f"{ARTICLE}/restore").status_code == 409


def test_guideline_scheme_and_scale_get_their_next_revision(app: Flask) -> None:
    make_corpus(app)
    lead = somebody(app, Role.MANAGER)
    scheme = lead.get(f"{P}/scheme").json
    document = {**scheme["document"], "label": {"fr": "Autre", "en": "Other"}}
    guideline = lead.get(f"{P}/guideline").json
    scale = lead.get(f"{P}/desk/scale").json
    texts = {"fr": "# Le guide\n\nLisez.\n"}

    written = lead.post(f"{P}/guideline", {"base": guideline["number"], "texts": texts}).json
    stale = lead.post(f"{P}/guideline", {"base": guideline["number"], "texts": texts})
    trial = lead.post(f"{P}/scheme", {"base": 1, "document": document, "is_trial": True}).json
    unfit = lead.post(
        f"{P}/scheme",
        {"base": 1, "document": document, "is_trial": True, "steps": ["claim_type.nope=opinion"]},
    )
    changed = lead.post(f"{P}/scheme", {"base": 1, "document": document}).json
    late = lead.post(f"{P}/scheme", {"base": 1, "document": scheme["document"], "is_trial": True})
    broken = lead.post(f"{P}/scheme", {"base": 2, "document": {"format": "x"}})
    same = lead.post(f"{P}/desk/scale", {"base": scale["number"], "document": scale["document"]})

    assert (written["number"], written["texts"]) == (guideline["number"] + 1, texts)
    assert (late.status_code, "revision 2" in late.json["detail"]) == (412, True)
    assert (stale.status_code, stale.json["newest"]) == (412, {"number": 2})
    assert (broken.status_code, same.status_code < 500) == (422, True)
    assert trial == {"number": 1, "touched": [], "job": None}
    assert (unfit.status_code, "claim_type.nope" in unfit.json["detail"]) == (422, True)
    assert (changed["number"], lead.get(f"{P}/scheme").json["document"]) == (2, document)


def test_a_trial_of_a_scheme_tells_whose_answers_and_which_releases_it_touches(
    app: Flask, settings: Settings
) -> None:
    make_corpus(app)
    label(open_desk(app))
    put_release(app, settings, 1, {})
    lead = somebody(app, Role.MANAGER)

    trial = lead.post(f"{P}/scheme", {"base": 1, "document": NO_POSITION, "is_trial": True}).json

    (touched,) = [one for one in trial["touched"] if one["value"] == "position"]
    assert touched["people"] == [{"name": "anna", "answers": 1}]
    assert (touched["answers"], touched["agreed"], touched["releases"]) == (1, 0, ["1.0.0"])


def test_the_desk_and_the_releases_say_what_they_are_told(app: Flask) -> None:
    make_corpus(app)
    lead = somebody(app, Role.MANAGER)
    desk, profile = lead.get(f"{P}/desk/settings").json, lead.get(f"{P}/profile").json
    profile |= {"title": {"fr": "Le débat", "en": "The debate"}, "creators": [{"name": "Ada"}]}
    profile["texts"] = {"uses": {"fr": "Pour tous.", "en": ""}}

    hidden = lead.post(f"{P}/desk/settings", {**desk, "publishes": True})
    told = lead.post(f"{P}/desk/settings", {**desk, "organisation": "La régie"}).json
    card = lead.post(f"{P}/profile", profile).json
    unknown = lead.post(f"{P}/profile", {**profile, "texts": {"price": WORDS}})

    assert (hidden.status_code, told["organisation"]) == (422, "La régie")
    assert (card["title"]["fr"], card["texts"]["uses"]["fr"]) == ("Le débat", "Pour tous.")
    assert unknown.status_code == 422


def test_a_training_is_prepared_and_a_learner_let_through(app: Flask) -> None:
    school = make_school(app)
    learner = school.learner()
    lead: Program = somebody(app, Role.MANAGER)
    training = f"{P}/training"
    (offered,) = lead.get(training).json["references"]
    chosen = {"article": offered["article"], "reference": offered["reference"]}
    reason = {"position": 1, "text": "C'est un fait."}

    marked = lead.post(f"{training}/articles", chosen).json
    rule = lead.post(training, {"is_on": True, "percent": 80}).json
    steps = [lead.post(f"{training}/articles/lesson/{one}").status_code for one in ("up", "unmark")]
    again = lead.post(f"{training}/articles", chosen)
    given = lead.post(f"{training}/articles/lesson/reasons", reason)
    (one,) = [one for one in rule["learners"] if not one["is_through"]]
    passed = lead.post(f"{P}/members/{one['member']}/pass").json["learners"]

    assert [one["article"] for one in marked["articles"]] == ["lesson"]
    assert (rule["is_on"], rule["percent"], steps) == (True, 80, [200, 422])
    assert (again.status_code, given.status_code) == (200, 200)
    assert {one["name"] for one in passed if one["is_through"]} >= {"lena"}
    assert learner.membership_id


def test_the_next_article_is_taken_kept_and_freed(app: Flask) -> None:
    make_corpus(app)
    desk = open_desk(app)
    desk.save(1)
    with app.app_context(), transaction() as session:
        make_article(session, project_by_slug(session, slug="demo").id, name="other")
    anna, lead = program_of(app, desk.user_id), somebody(app, Role.MANAGER)
    member = next(one for one in lead.get(f"{P}/members").json["items"] if one["name"] == "anna")

    taken = anna.post(f"{P}/next").json
    kept = anna.post(f"{P}/own/other/lease").json
    again = anna.post(f"{P}/next").json  # It is not touched yet.
    with app.app_context(), transaction() as session:
        disable_user(session, user_id=desk.user_id, by=None, now=utc_now())
    freed = lead.post(f"{P}/members/{member['id']}/free").json

    assert taken == again == {"article": "other"}
    assert (kept["article"], kept["state"], freed) == ("other", "working", {"freed": 2})


def test_a_reviewer_from_outside_gets_a_link_told_once(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        case = open_press(session, checkers=("felix",))
        case.judge(session, "supported")
        ask_review(
            session,
            project_id=1,
            statement=case.statement,
            number=1,
            by=case.people["felix"],
            now=utc_now(),
        )
    felix = program_of(app, case.people["felix"])
    where = f"{P}/statements/{case.statement}/review/invitations"

    sent = felix.post(where, {"number": 1, "name": "Olga", "email": "olga@example.net"})
    (listed,) = felix.get(where).json["items"]
    revoked = felix.post(f"{where}/{listed['id']}/revoke").json["items"]

    assert sent.json["link"].partition("/review/")[2]
    assert (listed["name"], listed["is_open"], revoked[0]["is_open"]) == ("Olga", True, False)
    assert app.test_client().get(sent.json["link"]).status_code == 410


def test_pages_of_evidence_are_fetched_by_a_job(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        case = open_press(session)
    felix = program_of(app, case.people["felix"])
    lead = program_of(app, case.people["mona"])
    one = f"{P}/statements/{case.statement}/evidence"
    evidence = felix.get(one).json["items"][0]["id"]

    asked = felix.post(f"{one}/{evidence}/fetch", {})
    told = felix.get(f"{P}/evidence/jobs/{asked.json['job']}").json
    with open_site({}) as site:
        let_fetch(app, site)
        run_jobs(app)
    (failed,) = felix.get(f"{P}/evidence/jobs/{asked.json['job']}").json["result"]["failed"]
    all_of_them = lead.post(f"{P}/evidence/recheck")

    assert (asked.status_code, told["kind"]) == (202, "fetch_evidence")
    assert (failed["evidence"], failed["problem"]) == (
        evidence,
        "There is no site source.example.org any more, or not yet.",
    )
    assert all_of_them.status_code == 202
    assert felix.get(f"{P}/evidence/jobs/{'0' * 16}").status_code == 404
