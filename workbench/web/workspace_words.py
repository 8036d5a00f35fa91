"""The words of the annotation workspace, which its script shows; those of the scheme lie there.

``{name}`` places are filled by the script; ``…_one`` and ``…_other`` are singular and plural.
"""

from functools import cache

from flask_babel import gettext as _

from workbench.web.languages import page_language


def workspace_words() -> dict[str, str]:
    """Return the words in the reader's language, by the names the script knows them by."""
    return _words_in(page_language())


def gold_words() -> dict[str, str]:
    """Return the words of the page where the agreed answer is made.

    Some of them take the place of the workspace's own, since the same keys do something else there.
    """
    return _gold_words_in(page_language())


@cache
def _gold_words_in(_language: str) -> dict[str, str]:
    return {**_gold_page(), **_gold_keys(), **_gold_steps()}


@cache
def _words_in(_language: str) -> dict[str, str]:
    return {
        **_bars(),
        **_panel(),
        **_suggestions(),
        **_announcements(),
        **_looking(),
        **_talk(),
        **_trouble(),
        **_keys(),
    }


def _bars() -> dict[str, str]:
    return {
        "progress": _("{done} of {total} sentences"),
        "article_of": _("Article {n} of {count}"),
        "finish": _("Finish"),
        "reopen": _("Reopen"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "next_open": _("Next open"),
        "search": _("Search"),
        "keys": _("Keys"),
        "confirm": _("Confirm and go on"),
        "saved": _("saved {time}"),
        "unsent_one": _("1 not yet sent"),
        "unsent_other": _("{n} not yet sent"),
        "hidden_one": _("1 line hidden ({kinds})"),
        "hidden_other": _("{n} lines hidden ({kinds})"),
    }


def _panel() -> dict[str, str]:
    return {
        "sentence_title": _("Sentence {n}: {standing}"),
        "claims_one": _("1 claim"),
        "claims_other": _("{n} claims"),
        "claim_n": _("Claim {n}"),
        "incomplete": _("something is still asked"),
        "continues": _("continues the claim before"),
        "open": _("not yet decided"),
        "outside": _("not part of the article, needs no answer"),
        "decision": _("This sentence"),
        "another_claim": _("another claim in this sentence"),
        "select_part": _("Select these words; the arrows then move their borders"),
        "remove_claim": _("Remove the claim"),
        "not_asked_of": _("not asked of “{type}”"),
        "author": _("author"),
        "via": _("via"),
        "proposed": _("proposed"),
        "note_named": _("named here"),
        "note_proposed": _("proposed"),
        "no_words": _("no words of the text"),
        "stance": _("Stance"),
        "stances": _("Stances"),
        "add_stance": _("add a stance"),
        "another_stance": _("another stance"),
        "remove_stance": _("Remove the stance"),
        "more": _("more"),
        "less": _("less"),
        "rule": _("Rule"),
        "whole_guideline": _("The whole guideline"),
        "not_a_date": _(
            "“{words}” is no date: write 2023, 2023-12 or 2023-12-05, with ? or ~ behind it where"
            " it is uncertain, or two of them with / between."
        ),
        "date_example": _("such as 2023-12"),
        "selection": _("Words selected"),
        "grow_short": _("larger"),
        "shrink_short": _("smaller"),
        "caret_short": _("word by word"),
        "part_short": _("part"),
        "grow": _("Grow: word, clause, quotation, sentence"),
        "shrink": _("Shrink"),
        "caret": _("Walk through the words"),
        "exact": _("Whole words or exact characters"),
        "whole": _("words"),
        "characters": _("characters"),
        "part": _("Add as a part, or select the next part"),
        "keep_part": _("Keep, and select another part"),
        "type_a_name": _("Type a name"),
        "create": _("Create “{name}”"),
        "what_kind": _("What is “{name}”?"),
        "another_speaker": _("somebody else…"),
        "another_target": _("something else…"),
        "kind_person": _("a person"),
        "kind_organisation": _("an organisation"),
        "kind_group": _("a group"),
        "kind_document": _("a document"),
        "kind_idea": _("an idea or a measure"),
        "kind_actor": _("a person or an organisation"),
    }


def _suggestions() -> dict[str, str]:
    return {
        "suggestion": _("Suggestion"),
        "suggestion_n": _("Suggestion {n} of {count}"),
        "suggestions_one": _("1 suggestion"),
        "suggestions_other": _("{n} suggestions"),
        "accept": _("Accept"),
        "edit": _("Edit"),
        "reject": _("Reject"),
        "accept_long": _("accept the suggestion"),
        "edit_long": _("accept the suggestion and move its borders"),
        "reject_long": _("reject the suggestion"),
        "other_suggestion": _("another suggestion"),
        "in_sentences": _("A quotation over {n} sentences: one claim in each."),
        "new_name": _("new"),
        "signs": _("Signs"),
        "sign_figure": _("figure"),
        "sign_count": _("count"),
        "sign_cause": _("cause"),
        "sign_comparison": _("comparison"),
        "sign_name": _("name"),
        "sign_past": _("something past"),
        "sign_hearsay": _("told in the conditional"),
        "no_suggestion": _("Nothing is suggested here."),
        "suggestion_waits": _(
            "Not yet decided: {key_accept} accepts the suggestion, {key_reject} rejects it; or"
            " {key_claims}, {key_no_claim}, {key_undecided}, {key_not_annotatable}."
        ),
        "suggestion_accepted": _("Suggestion accepted."),
        "suggestion_rejected": _("Suggestion rejected."),
        "repeat_short": _("the same words elsewhere"),
        "repeat_long": _("give the claim’s answers to the same words elsewhere, one by one"),
        "repeat_n": _("The same words, {n} of {count}"),
        "repeat_here": _("Apply"),
        "repeat_skip": _("Skip"),
        "repeat_end": _("End"),
        "repeat_over": _("Your decision here was: {decision}. Applying changes it."),
        "repeat_none": _("Nowhere else are these words still without a claim."),
        "repeat_parts": _("A claim in several parts has no same words elsewhere."),
        "repeat_done": _("Applied: {n} of {count}."),
        "claims_made": _("{n} claims, one in each sentence."),
        "suggestions_arrived": _("Sentence {n}: your answer is saved, and a suggestion shown now."),
    }


def _announcements() -> dict[str, str]:
    return {
        "claim_added": _("Claim added."),
        "claim_removed": _("Claim removed."),
        "claims_removed": _(
            "Sentence {n}: {decision}. Taken out: {lost}. Ctrl Z brings everything back."
        ),
        "claimed_already": _("These words are a claim already; select the words of the other one."),
        "part_kept_one": _("1 part kept; select the next, then {key_claims}."),
        "part_kept_other": _("{count} parts kept; select the next, then {key_claims}."),
        "part_joined": _("Joined to “{claim}”, which these words touch. Ctrl Z takes them away."),
        "part_added": _(
            "Added as a part to “{claim}”; it has {count} parts now. Ctrl Z takes it away;"
            " for another claim press Esc first."
        ),
        "part_removed": _("Part removed."),
        "part_before": _("A claim starts in its own sentence; go there to begin it."),
        "pick_first": _("Select words of the article first."),
        "no_claim_yet": _("This belongs to a claim: make one first."),
        "which_claim": _("Which claim? ← and → select one."),
        "author_says_it": _("The author says it: choose another speaker first ({key_speaker})."),
        "who_first": _("Choose who says it first ({key_speaker})."),
        "speaker_first": _("Choose who says it first ({key_speaker}), then who relays it."),
        "stance_removed": _("Stance removed."),
        "stance_left_out": _("Stance left out."),
        "leave_out": _("none"),
        "selection_cleared": _("Selection cleared."),
        "exact_characters": _("Exact characters."),
        "whole_words": _("Whole words."),
        "caret_mode": _("Arrows walk, Shift extends, Enter takes:"),
        "continues_claim": _(
            "A claim of a sentence before goes on here: no other decision is needed."
        ),
        "cue_too_long": _("A reporting word has at most four words: select less."),
        "more_shown": _("Shown now:"),
        "more_folded": _("Folded away."),
        "rule_closed": _("Rule closed."),
        "still_asked": _("Something is still asked here:"),
        "nothing_decided": _("Nothing is decided yet."),
        "all_decided": _("Every sentence is decided: Enter finishes the article."),
        "first_sentence": _("This is the first sentence."),
        "last_sentence": _("This is the last sentence."),
        "undone": _("Undone."),
        "redone": _("Done again."),
        "nothing_to_undo": _("There is nothing to undo."),
        "nothing_to_redo": _("There is nothing to do again."),
        "finished": _("The article is finished. Thank you."),
        "to_articles": _("To the list of articles"),
        "finished_before": _(
            "The text as you began it is finished. It was corrected meanwhile: confirm what moved."
        ),
        "corrected_text": _("The corrected text:"),
        "reopened": _("The article is open again."),
        "reopen_first": _("You finished this article; reopen it to change something."),
        "finish_offline": _("Not everything is sent yet; finish when the server has it all."),
        "left_one": _("1 sentence is left"),
        "left_other": _("{n} sentences are left"),
    }


def _looking() -> dict[str, str]:
    return {
        "search_long": _("Search in the article"),
        "search_n": _("{n} of {count}"),
        "search_none": _("not found"),
        "search_next": _("Next place"),
        "search_previous": _("Place before"),
        "search_stay": _("Stay here"),
        "search_back": _("Back"),
        "recent": _("Your last decisions"),
        "recent_long": _("your last decisions, your day and your pace"),
        "recent_none": _("You have not decided anything yet."),
        "recent_offline": _(
            "Other articles, the day and the pace are shown when the server answers."
        ),
        "progress_open": _("This article: {done} of {total} sentences, {open} still open."),
        "today_one": _("Today: 1 sentence in this project."),
        "today_other": _("Today: {n} sentences in this project."),
        "pace": _("Half of your sentences here took {n} s or less. Only you see this."),
        "doubt": _("not sure"),
        "doubt_long": _("not sure: mark the answer to come back to it"),
        "doubted": _("not sure"),
        "doubt_open": _("Nothing is decided here yet; End finds every open sentence again."),
        "doubt_marked": _("Marked as not sure."),
        "doubt_gone": _("No longer marked."),
        "doubted_one": _("You are not sure of 1 sentence"),
        "doubted_other": _("You are not sure of {n} sentences"),
        "finish_all": _("Finish all the same"),
        "next_article": _("Next article:"),
        "take_next": _("Next article"),
        "all_read": _("Well done: you have read every article there is for you."),
    }


def _talk() -> dict[str, str]:
    return {
        "ask_lead": _("Ask the lead"),
        "ask_long": _("ask the lead about the words at hand; open the answer"),
        "question": _("Question to the lead"),
        "question_short": _("Question"),
        "your_question": _("What do you want to know?"),
        "your_answer": _("Write back"),
        "send": _("Send"),
        "answer": _("Reply"),
        "let_go": _("Discard"),
        "fold": _("Fold away"),
        "whole_thread": _("On a page of its own"),
        "write_first": _("Write something first."),
        "length_of": _("{n} of at most {most} characters"),
        "too_long": _("{n} characters; at most {most} can be sent. Please shorten it."),
        "question_kept": _("Your question goes to the lead; the answer will be shown here."),
        "answer_kept": _("Your message goes to the lead."),
        "waits": _("not yet sent"),
        "unsettled": _("open"),
        "settled": _("settled"),
        "has_settled": _("settled the question"),
        "has_reopened": _("opened the question again"),
        "erased": _("(erased)"),
        "new_answer": _("new answer"),
        "asked_one": _("1 question to the lead"),
        "asked_other": _("{n} questions to the lead"),
        "questions_one": _("1 open question"),
        "questions_other": _("{n} open questions"),
        "answers_one": _("1 new answer"),
        "answers_other": _("{n} new answers"),
        "sign_asked": _("a question to the lead"),
    }


def _trouble() -> dict[str, str]:
    return {
        "offline": _("The server cannot be reached; your answers are kept here"),
        "unreadable": _(
            "The server’s reply cannot be read; your answers are kept here and sent again"
        ),
        "signed_out": _("You are signed out; your answers are kept here."),
        "sign_in": _("Sign in"),
        "other_person": _("Somebody else is signed in now; your answers are kept here"),
        "not_kept": _("This browser keeps nothing: leave the page open until everything is sent."),
        "send_now": _("Send now"),
        "needs_you": _("Sentence {n} needs you"),
        "changed_elsewhere": _("Changed elsewhere."),
        "not_accepted": _("Not saved."),
        "mine": _("Mine"),
        "theirs": _("Saved on the server"),
        "keep_mine": _("Keep mine"),
        "send_again": _("Send mine again"),
        "clues": _("Clues"),
        "take_theirs": _("Take this one"),
        "drop_mine": _("Drop mine"),
        "same_elsewhere": _("The same was saved elsewhere meanwhile; it stands."),
        "stuck": _("Something kept in this browser was refused:"),
        "open_its_article": _("open its article"),
        "keep_as_file": _("keep it as a file"),
        "discard": _("discard it"),
        "discard_sure": _("Discard it for good? The server does not have it."),
    }


def _keys() -> dict[str, str]:
    return {
        "all_keys": _("All keys"),
        "keys_decide": _("Decide and move"),
        "keys_fields": _("Fields: a letter opens, a digit picks"),
        "keys_words": _("Words of the text"),
        "signs": _("Signs beside the sentences"),
        "next_long": _("next sentence"),
        "previous_long": _("previous sentence"),
        "next_open_long": _("next sentence that is still open"),
        "undo_redo": _("undo, redo, also across sentences"),
        "via_long": _("via: who relays it"),
        "more_long": _("fields that are rarely needed; again, or Enter where one types: the next"),
        "rule_long": _("what the guideline says of the field at hand"),
        "digits": _("pick by digit; among speakers 9 is unspecified; 0 another"),
        "escape": _("leave the field, then unselect"),
        "caret_long": _("walk: arrows, Home, End; Shift extends, Enter takes"),
        "move_start": _("move the start; with nothing selected: other claim"),
        "move_end": _("move the end"),
        "remove": _("remove the selected claim or words"),
        "sign_claims": _("number of claims"),
        "sign_incomplete": _("something is still asked"),
        "own_keys": _("Choose your own keys"),
        "single_keys": _("Single keys act (switch off when they disturb other tools)"),
        "close": _("Close"),
        **{f"key_{key}": name for key, name in _key_names().items()},
    }


def _key_names() -> dict[str, str]:
    return {
        "Enter": _("Enter"),
        "End": _("End"),
        "Delete": _("Del"),
        "Escape": _("Esc"),
        "Shift": _("Shift"),
    }


def _gold_page() -> dict[str, str]:
    return {
        "progress": _("{left} of {total} to decide"),
        "finish": _("To the list"),
        "next_open": _("Next to decide"),
        "open": _("they differ, to be decided"),
        "standing_agreed": _("all agree"),
        "standing_majority": _("most agree"),
        "standing_single": _("one answer"),
        "standing_unread": _("not read"),
        "standing_deferred": _("to be decided later"),
        "standing_changed": _("an answer has changed since"),
        "gold_compared": _("Their answers side by side"),
        "gold_whole": _("Whole answer"),
        "gold_claim": _("The claim"),
        "gold_none": _("no such claim"),
        "gold_cell": _("{who}: {value}"),
        "gold_same": _("Agreed:"),
        "field_value": _("{field}: {value}"),
        "gold_all_same": _("All say the same:"),
        "gold_changed": _(
            "Somebody has changed their answer since this was decided: compare again. Your decision"
            " stands until you change it."
        ),
        "gold_accept": _("Take what agrees"),
        "gold_reject": _("Nothing here"),
        "gold_defer": _("Decide later"),
        "gold_all": _("All that agree"),
        "gold_draft": _("Draft of what agrees: not taken yet"),
        "gold_answer": _("The agreed answer"),
        "gold_reason": _("Reason"),
        "gold_why": _("Why do they differ?"),
        "gold_no_reason": _("no reason"),
        "gold_note": _("Note for the annotators"),
        "gold_note_long": _("write a note"),
        "gold_history": _("What was decided here"),
        "gold_history_short": _("History"),
        "gold_no_history": _("Nothing has been decided here yet."),
        "gold_reopen": _("Decide again"),
        "outcome_accept": _("one answer taken"),
        "outcome_edit": _("put together or edited"),
        "outcome_reject_all": _("nothing here"),
        "outcome_reopen": _("opened again"),
        "outcome_defer": _("to be decided later"),
        "send_again": _("Decide so all the same"),
        "theirs": _("Saved on the server"),
    }


def _gold_keys() -> dict[str, str]:
    return {
        "digits": _("take what A, B or C says in the row at hand; in an open field pick"),
        "next_long": _("next difference; ↓: next row, then next sentence"),
        "previous_long": _("difference before; ↑: row before, then sentence before"),
        "next_open_long": _("next to decide, then changed since, then left for later"),
        "accept_long": _("take what all agree on; the rest is asked"),
        "edit_long": _("the same, and move the borders"),
        "reject_long": _("nothing here, whatever they say"),
        "other_suggestion": _("decide later, and go on"),
        "repeat_long": _("take over all sentences to which all gave the same answer"),
        "question_short": _("Reason"),
        "question": _("Reason and note"),
        "ask_long": _("why they differ: a reason by its digit; again: a note"),
        "sign_asked": _("a question that annotators ask"),
        "recent": _("What was decided here"),
        "recent_long": _("what was decided here; decide again"),
    }


def _gold_steps() -> dict[str, str]:
    return {
        "all_decided": _("Every difference is decided: Enter leads back to the list."),
        "first_sentence": _("This is the first difference."),
        "last_sentence": _("This is the last difference; End leads to one that still waits."),
        "gold_last_row": _("This is the last row; ↓ again leads to the next sentence."),
        "gold_first_row": _("This is the first row; ↑ again leads to the sentence before."),
        "gold_taken": _("{what}: taken from {who}, {value}."),
        "gold_waits": _(
            "Not yet decided: 1, 2, 3 take what A, B, C say; {key_reject} nothing,"
            " {key_otherSuggestion} leaves it for later."
        ),
        "gold_nobody": _("Nobody’s answer can be taken by this key here."),
        "gold_unread": _("{who} has not read this sentence."),
        "gold_lacks": _("{who} has no such claim."),
        "gold_continues": _("For {who} a claim of a sentence before goes on here: decide there."),
        "gold_elsewhere": _("The claim of {who} begins in sentence {n}: decide there."),
        "gold_decided": _("This is decided already; {key_recent} opens it again."),
        "gold_nothing_agreed": _("There is nothing here on which all agree."),
        "gold_agreed_taken": _("Taken: what all agree on."),
        "gold_rejected": _("Nothing here: recorded."),
        "gold_deferred": _("To be decided later."),
        "gold_all_one": _("1 sentence taken over."),
        "gold_all_other": _("{n} sentences taken over."),
        "gold_all_none": _("Nothing is left to take over: what agrees is settled."),
        "gold_note_kept": _("Note kept."),
        "gold_reopened": _("Open again; what was decided stays in its history."),
    }
