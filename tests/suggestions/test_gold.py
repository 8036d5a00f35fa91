"""The gold keeps its own rules: a wrong answer in it would teach the suggestions to be wrong."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from tests.suggestions.gold import Paragraph, Quotation, Span, compile_gold, read_gold
from workbench.corpus.segmentation import segment

GOLD = read_gold()
QUOTATIONS = [(paragraph, quotation) for paragraph in GOLD for quotation in paragraph.quotations]
PARTS = [(paragraph, part) for paragraph, quotation in QUOTATIONS for part in quotation.parts]
OPENING, CLOSING = '«“"', '»”"'
QUOTED = re.compile(rf"[{OPENING}]([^{OPENING}{CLOSING}]*?)[,.]?[{CLOSING}]")
BLANK = " \u00a0\u202f"


def words(paragraph: Paragraph, span: Span) -> str:
    return paragraph.text[slice(*span)]


def before(paragraph: Paragraph, span: Span) -> str:
    return paragraph.text[: span[0]].rstrip()[-1:]


def overlap(left: Span, right: Span) -> bool:
    return left[0] < right[1] and right[0] < left[1]


def type_by_marks(paragraph: Paragraph, quotation: Quotation) -> str:
    if before(paragraph, quotation.parts[0]) in {*OPENING, ":", "—", "–"}:
        return "direct"
    nobody_says = {words(paragraph, span) for span in paragraph.scare_quotes}
    quoted = {
        found[1].strip()
        for part in quotation.parts
        for found in QUOTED.finditer(words(paragraph, part))
    }
    return "mixed" if quoted - nobody_says else "indirect"


def test_no_two_paragraphs_share_a_name() -> None:
    assert max(Counter(paragraph.id for paragraph in GOLD).values()) == 1


@pytest.mark.parametrize("paragraph", GOLD, ids=lambda paragraph: paragraph.id)
def test_each_line_is_a_sentence(paragraph: Paragraph) -> None:
    assert list(paragraph.sentences) == segment(paragraph.text)


def test_no_question_is_check_worthy() -> None:
    for paragraph in GOLD:
        assert not [span for span in paragraph.check_worthy if words(paragraph, span)[-1] == "?"]


def test_a_part_lies_in_one_sentence() -> None:
    for paragraph, part in PARTS:
        assert any(start <= part[0] < part[1] <= end for start, end in paragraph.sentences)


def test_parts_stand_in_order_and_no_two_overlap() -> None:
    for paragraph in GOLD:
        for quotation in paragraph.quotations:
            assert list(quotation.parts) == sorted(quotation.parts)
        parts = sorted(part for quotation in paragraph.quotations for part in quotation.parts)
        assert not [pair for pair in pairwise(parts) if overlap(*pair)]


def test_a_part_has_no_blank_or_comma_around_it() -> None:
    for paragraph, part in PARTS:
        assert words(paragraph, part) == words(paragraph, part).strip(BLANK + ",")


def test_a_full_stop_inside_the_marks_belongs_to_the_content() -> None:
    for paragraph, part in PARTS:
        rest = paragraph.text[part[1] :]
        assert not re.match(rf"[.!?…][{BLANK}]?[{CLOSING}](?!\w)", rest), words(paragraph, part)


def test_cues_and_mentions_lie_outside_every_content() -> None:
    for paragraph, quotation in QUOTATIONS:
        contents = [part for content in paragraph.quotations for part in content.parts]
        for span in filter(None, (quotation.cue, quotation.mention)):
            assert not [part for part in contents if overlap(part, span)], words(paragraph, span)


def test_a_cue_is_one_word_or_a_colon() -> None:
    for paragraph, quotation in QUOTATIONS:
        if quotation.cue:
            assert re.fullmatch(r"\w+|[Dd]['’]après|:", words(paragraph, quotation.cue))


def test_the_type_follows_from_the_marks() -> None:
    for paragraph, quotation in QUOTATIONS:
        assert quotation.quote_type == type_by_marks(paragraph, quotation), paragraph.id


def test_a_speaker_is_written_in_the_text_or_is_the_author_of_a_hearsay() -> None:
    for paragraph, quotation in QUOTATIONS:
        if quotation.speaker == "author":
            assert (quotation.hearsay, quotation.mention, quotation.cue) == (True, None, None)
        else:
            assert quotation.speaker is None or quotation.speaker in paragraph.text


def test_whatever_stands_in_marks_is_said_or_a_scare_quote() -> None:
    for paragraph in GOLD:
        parts = [part for quotation in paragraph.quotations for part in quotation.parts]
        for found in QUOTED.finditer(paragraph.text):
            known = [*paragraph.scare_quotes, *parts]
            assert any(overlap(span, found.span(1)) for span in known), found[0]


def test_a_scare_quote_stands_in_marks() -> None:
    for paragraph in GOLD:
        for span in paragraph.scare_quotes:
            assert before(paragraph, span) in OPENING
            assert paragraph.text[span[1] :].lstrip(BLANK + ",.")[0] in CLOSING


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("- Il {1|part.", "left open"),
        ("- Il part}.", "closes nothing"),
        ("Il part.", "begins with none of"),
        ("- Il {1|part}.", "says whose"),
        ("- Il part.\n> 1 direct asserts Lui", "needs a content"),
        ("- {1|Part}-{1m|il}, {1m|lui} ?\n> 1 direct asserts Lui", "at most one"),
        ("- Il {1|part}.\n> 1 direct says Lui", "not '> number"),
    ],
)
def test_a_malformed_paragraph_is_refused(lines: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"d1: .*{complaint}"):
        compile_gold(f"@ d1 fr\n{lines}\n")
