"""Every write of the pages has an operation of the API, with the same right, or a reason."""

import pytest
from flask import Flask

from tests.functional.test_access import ROUTES, UNSAFE
from tests.functional.test_api_access import RIGHTS

OWN = "a person's own account, in their own browser"
INSTANCE = "the whole workbench's, for its administrators: on its pages and `workbench user`"
KEYS = "a token that makes tokens would never be over"
LINKED = "of somebody without an account, who has a link and no token"
TYPED = "an address, a token, and who is who are typed by a person; also `workbench labelstudio`"

# The operation by which a program does what a page does; or why none does. A new one is put here.
WRITES: dict[str, str] = {
    "account.change_keys": OWN,
    "account.change_language": OWN,
    "account.change_name": OWN,
    "account.change_password": OWN,
    "account.end_session": OWN,
    "account.forget_keys": OWN,
    "account.sign_in": OWN,
    "account.sign_out": OWN,
    "account.use_invitation": LINKED,
    "account.use_link": LINKED,
    "adjudication.propose": "api_registers.add",
    "adjudication.put_off": "api_adjudication.put_off",
    "adjudication.save_answer": "api_adjudication.settle",
    "adjudication.take_agreed": "api_adjudication.take_agreed",
    "administration.add_manager": INSTANCE,
    "administration.create_user": INSTANCE,
    "administration.disable_user": INSTANCE,
    "administration.enable_user": INSTANCE,
    "administration.erase_user": INSTANCE,
    "administration.grant_admin": INSTANCE,
    "administration.make_link": INSTANCE,
    "administration.make_project": INSTANCE,
    "administration.revoke_admin": INSTANCE,
    "agreement.count": "api_annotations.count",
    "articles.change_zones": "api_articles.mark",
    "articles.edit_article": "api_articles.edit",
    "articles.erase": "api_articles.erase",
    "articles.import_files": "api_corpus.import_articles",
    "articles.restore": "api_articles.restore",
    "articles.withdraw": "api_articles.withdraw",
    "assigning.hand_over": "api_project.hand_over",
    "assigning.name_for_article": "api_project.name_people",
    "assigning.name_for_member": "api_project.name_people",
    "assigning.pause": "api_project.pause",
    "assigning.resume": "api_project.resume",
    "assigning.take_back": "api_project.take_back",
    "assigning.take_next": "api_annotations.take_next",
    "contests.answer": "api_adjudication.answer",
    "contests.contest": "api_adjudication.contest",
    "contests.note_seen": "api_adjudication.note_read",
    "desk.change_scale": "api_desk.change_scale",
    "desk.change_settings": "api_desk.change_settings",
    "editions.apply": "api_editions.cut",
    "editions.confirm": "api_editions.confirm_own",
    "editions.confirm_agreed": "api_editions.confirm_agreed",
    "editions.confirm_question": "api_editions.confirm_question",
    "editions.correct": "api_editions.correct",
    "editions.cut": "api_editions.cut",
    "evidence.add": "api_evidence.add",
    "evidence.edit": "api_evidence.edit",
    "evidence.fetch": "api_evidence.fetch",
    "evidence.log": "api_evidence.log",
    "evidence.recheck": "api_evidence.fetch",
    "evidence.recheck_all": "api_evidence.recheck_all",
    "evidence.remove": "api_evidence.remove",
    "guideline.change_guideline": "api_guides.change_guideline",
    "hints.hear": "Label Studio's own door, with a secret of its own",
    "home.close_welcome": OWN,
    "label_studio.begin": "api_label_studio.begin",
    "label_studio.begin_hints": TYPED,
    "label_studio.change_terms": TYPED,
    "label_studio.connect": TYPED,
    "label_studio.disconnect": TYPED,
    "label_studio.end_hints": TYPED,
    "label_studio.link": TYPED,
    "label_studio.look_for_people": TYPED,
    "label_studio.pause": "api_label_studio.pause",
    "label_studio.renew_token": TYPED,
    "label_studio.resume": "api_label_studio.resume",
    "members.add": "api_project.add",
    "members.change_roles": "api_project.change_roles",
    "members.end": "api_project.end",
    "members.revoke": "api_project.revoke",
    "progress.free_slots": "api_project.free",
    "project.change_settings": "api_project.change_settings",
    "project.change_work": "api_project.change_work",
    "questions.ask": "api_questions.ask",
    "questions.note_read": "api_questions.note_read",
    "questions.note_seen": "api_questions.note_read",
    "questions.reopen": "api_questions.reopen",
    "questions.reply": "api_questions.reply",
    "questions.settle": "api_questions.settle",
    "questions.show_thread": "api_questions.reply",
    "registers.accept": "api_registers.accept",
    "registers.merge": "api_registers.merge",
    "registers.show_entry": "api_registers.change",
    "registers.unmerge": "api_registers.unmerge",
    "releases.build": "api_releases.build",
    "releases.change_texts": "api_releases.change_texts",
    "releases.withdraw": "api_releases.withdraw",
    "reviews.show": LINKED,
    "scheme.change": "api_guides.change",
    "scheme.show_scheme": "api_guides.change",
    "stances.count": "api_stances.count",
    "statements.add": "api_statements.add",
    "statements.change": "api_desk.change",
    "statements.choose": "api_statements.choose",
    "statements.dismiss": "api_desk.dismiss",
    "statements.edit": "api_statements.reword",
    "statements.keep": "api_statements.keep",
    "statements.link": "api_statements.link",
    "statements.make": "api_statements.make",
    "statements.remove": "api_statements.remove",
    "statements.unlink": "api_statements.unlink",
    "sync_conflicts.settle": "api_label_studio.settle",
    "tokens.revoke": KEYS,
    "tokens.rotate": KEYS,
    "tokens.show_list": KEYS,
    "training.change_settings": "api_training.change_rule",
    "training.mark": "api_training.mark",
    "training.move_up": "api_training.move_up",
    "training.pass_learner": "api_training.let_through",
    "training.save_reason": "api_training.give_reason",
    "training.unmark": "api_training.unmark",
    "verdicts.ask": "api_verdicts.ask",
    "verdicts.comment": "api_desk.comment",
    "verdicts.give_own": "api_verdicts.give_own",
    "verdicts.give_to": "api_desk.give_to",
    "verdicts.invite": "api_verdicts.invite",
    "verdicts.revoke": "api_verdicts.revoke",
    "verdicts.send_back": "api_verdicts.send_back",
    "verdicts.sign": "api_verdicts.sign",
    "verdicts.take_off": "api_statements.take_off",
    "verdicts.take_up": "api_statements.take_up",
    "verdicts.write": "api_verdicts.submit",
    "workspace.decide": "api_annotations.decide",
    "workspace.finish": "api_annotations.finish",
    "workspace.keep": "api_annotations.keep",
    "workspace.propose": "api_registers.propose",
    "workspace.reopen": "api_annotations.reopen",
    "workspace.save_answer": "api_annotations.save_answer",
    "workspace.start": "api_annotations.start",
    "workspace.try_again": "api_annotations.reopen",
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_write_of_the_pages_is_an_operation_or_says_why_not(app: Flask) -> None:
    written = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & UNSAFE and not rule.endpoint.startswith("api_")
    }

    assert written == {*WRITES}


@pytest.mark.parametrize(
    ("page", "operation"),
    [one for one in WRITES.items() if one[1].startswith("api_")],
)
def test_page_and_operation_ask_for_the_same_right(page: str, operation: str) -> None:
    assert RIGHTS[operation][1] == ROUTES[page]
