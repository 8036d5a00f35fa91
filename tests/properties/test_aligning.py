"""What holds of two texts that are matched, whatever they are."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workbench.corpus.aligning import Alignment, align
from workbench.corpus.segmentation import segment

# Few words, so that sentences repeat; and some that nobody repeats.
SENTENCES = st.sampled_from(["Oui.", "Non.", "Peut-être.", "Publicité"]) | st.integers(0, 99).map(
    lambda number: f"Le point {number} est acquis."
)
ARTICLES = st.lists(SENTENCES, min_size=1, max_size=12)


def cut(sentences: list[str]) -> Alignment:
    return compare(sentences, sentences)


def compare(old: list[str], new: list[str]) -> Alignment:
    before, after = "\n".join(old), "\n".join(new)
    return align(before, segment(before), after, segment(after))


@given(ARTICLES)
def test_a_text_is_the_same_as_itself(sentences: list[str]) -> None:
    found = cut(sentences)
    assert found.same == {index: index for index in range(len(found.old_sentences))}
    assert not found.elsewhere


@given(ARTICLES, st.lists(SENTENCES.map("Nouveau : {}".format), max_size=4))
def test_a_text_behind_a_new_opening_is_found_whole(old: list[str], opening: list[str]) -> None:
    found = compare(old, [*opening, "Ceci est tout neuf.", *old])
    shift = len(found.new) - len(found.old)
    for start, end in found.old_sentences:
        located = found.locate(start, end)
        # What repeats may be found in two places that are as good: then it is not found at all.
        assert located is None or located.start == start + shift


@given(ARTICLES, ARTICLES)
def test_a_quote_is_found_only_where_its_very_words_stand(old: list[str], new: list[str]) -> None:
    found = compare(old, new)
    for start, end in found.old_sentences:
        for quote in ((start, end), (start, start + 2), (end - 3, end)):
            if located := found.locate(*quote):
                assert found.new[located.start : located.end] == found.old[slice(*quote)]


@given(ARTICLES, ARTICLES)
def test_no_two_sentences_become_the_same_one_unless_merged(old: list[str], new: list[str]) -> None:
    found = compare(old, new)
    matched = [*found.same.values(), *found.elsewhere.values()]
    assert len(set(matched)) == len(matched)
    assert list(found.same.values()) == sorted(found.same.values())
    assert not found.same.keys() & found.elsewhere.keys()
    assert not found.changed.keys() & {*found.same, *found.elsewhere}


@given(ARTICLES, ARTICLES)
def test_matching_backwards_finds_the_same_pairs(old: list[str], new: list[str]) -> None:
    forth, back = compare(old, new), compare(new, old)
    assert {two: one for one, two in forth.same.items()} == back.same
    assert {two: one for one, two in forth.elsewhere.items()} == back.elsewhere


@given(ARTICLES, st.data())
def test_other_borders_keep_every_character_in_place(
    sentences: list[str], data: st.DataObject
) -> None:
    text = "\n".join(sentences)
    old = segment(text)
    cuts = data.draw(st.sets(st.integers(1, len(text) - 1)))
    edges = [0, *sorted(cuts), len(text)]
    pieces = [(start, end) for start, end in pairwise(edges) if text[start:end].strip()]
    found = align(text, old, text, pieces)
    for index, (start, end) in enumerate(old):
        homes = found.homes(index)
        located = found.locate(start, end)
        if index not in found.elsewhere and located:
            assert (located.start, located.end) == (start, end)
        if index in found.changed:
            became = "".join(text[slice(*pieces[home])] for home in homes)
            assert "".join(text[start:end].split()) in "".join(became.split())
