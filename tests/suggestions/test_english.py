"""The rules for English in sentences: [content], {cue}, <mention>; near misses beside them."""

import pytest

from tests.suggestions.test_rules import read_marks
from workbench.corpus.segmentation import segment
from workbench.suggestions.suggesting import suggest

SENTENCES = [
    "“[We never signed anything],” <she> {told} reporters.",
    "“[We never signed anything],” {said} coach <Imran Sadiq>, whose side lost.",
    '"[It is ongoing]," Sgt. <Carla Mendez> {said}.',
    "“[We lost],” <he> {said}, “[but we fought.]”",
    "[The bank will cut 1,200 jobs], the <Financial Times> {reported}.",
    "{According} to <police>, [the road is closed].",
    "<Critics> {argue} [the plan will cost too much].",
    "<Supporters> {say} [it is long overdue].",
    "<Helen Park>, an epidemiologist, {warned} that [cases could double].",
    "<She> {urged} ministers to [act now].",
    "<The company> {denied} that [it had misled investors].",
    "<The union> {accused} management of [bad faith] and {demanded} [an inquiry].",
    'The critic <Paul Novak> {called} it "[misleading]" and {vowed} to [appeal].',
    "<Paul Novak> {said}: “[We will appeal.]”",
    "The company's chief executive, <Daniel Oduya>, {said} [the merger was dead].",
    "But <a senior official>, speaking on condition of anonymity, {said} [the talks had stalled].",
    "<Smith> {told} the Guardian [he was innocent].",
    'The Labour MP <Jane Cox> {said} [that was "simply untrue"].',
    "<She> {argued} that [it would create jobs], and {insisted}: “[This is about families.]”",
    "<Greenpeace> {warned} that [the reef could go], and <the charity> {urged} states to [act].",
    "Coach <Bill Ferris> was less impressed{:} “[He has to work harder.]”",
    "<The minister> {said} [the findings were “a wake-up call”].",
    "<Apple> {said} on Monday [it would appeal].",
    "{According} to <residents>, [the bridge is unsafe].",
    "<Witnesses> {say} [the car was speeding], though <police> {say} [it had stopped].",
    'The so-called "green lane" opened in June.',
    "The minister, asked whether he would resign, said nothing and left.",
    "A spokeswoman declined to comment.",
    "Wheat prices fell after rain eased drought fears across Kansas.",
    "Nobody knows why the lake turned pink.",
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_an_english_rule_finds_content_cue_and_mention(marked: str) -> None:
    text, wanted = read_marks(marked)

    found = [one for one in suggest(text, segment(text), "en") if one.quote_type]

    mentions = [one.mention.text for one in found if one.mention]
    assert {
        "content": [text[start:end] for one in found for start, end in one.parts],
        "cue": [one.cue.text for one in found if one.cue],
        "mention": list(dict.fromkeys(mentions)),
    } == wanted


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Prime Minister Laura Finch left. “It is over,” the premier said.", "Laura Finch"),
        ("Lopez, 29, scored twice. “We deserved it,” the striker said.", "Lopez"),
        (
            "A report by the National Audit Office is out. The watchdog said costs had doubled.",
            "National Audit Office",
        ),
        (
            "Elon Musk bought Twitter. The board of Twitter said it was sold."
            " The billionaire claimed the figures were false.",
            "Elon Musk",
        ),
        ("Prosecutors allege that Martin took it. He denies all charges.", "Martin"),
        ("“It was loud,” said the club's manager.", "the club's manager"),
        ("Neither Smith nor Jones came. Smith said the road was closed.", "Smith"),
    ],
)
def test_an_english_phrase_stands_for_whom_the_text_names(text: str, speaker: str) -> None:
    *_, last = (one for one in suggest(text, segment(text), "en") if one.quote_type)

    assert last.speaker == speaker
