import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from workbench.corpus.readers import (
    ArticleSource,
    Metadata,
    Skipped,
    read_bytes,
    read_file,
    read_folder,
    read_manifest,
)
from workbench.corpus.text import MAX_ARTICLE_CHARACTERS, MAX_FILE_BYTES
from workbench.errors import InvalidInputError, NotFoundError
from workbench.resources import resource_folder

KNOWN = {
    "title": "Le débat fait rage",
    "outlet": "Siècle Digital",
    "author": "Jeanne Martin",
    "published": "2023-12~",
    "url": "https://example.org/debat?a=1#b",
    "language": "fr",
    "rights": "CC BY 4.0",
    "id": "debat-2023.1",
}
SCHEMA = json.loads((resource_folder("schemas") / "article.v1.schema.json").read_text("utf-8"))


def line(**fields: object) -> bytes:
    return json.dumps({"text": "Un texte.", **fields}).encode()


def refusal(name: str, data: bytes) -> str:
    with pytest.raises(InvalidInputError) as caught:
        read_file(name, data)
    return str(caught.value)


# Text and Markdown


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "a.b.md"])
def test_a_text_file_is_one_article_of_which_nothing_is_known(name: str) -> None:
    [source] = read_file(name, "# Un titre\r\n\r\nUn **texte**.".encode("utf-16"))

    assert source.text == "# Un titre\n\nUn **texte**."
    assert source.metadata == Metadata()
    assert source.place == name


def test_a_leading_date_marker_dates_the_article_and_stays_in_its_text() -> None:
    [source] = read_file("a.txt", b" date 2023-12 Le texte.")

    assert source.metadata.published == "2023-12"
    assert source.text == " date 2023-12 Le texte."


def test_what_is_said_of_the_date_goes_before_the_marker() -> None:
    [source] = read_file("a.jsonl", line(text="date 2023-12 Le texte.", published="2024"))

    assert source.metadata.published == "2024"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../../x", "is not the name of a file"),
        ("../a.txt", "is not the name of a file"),
        ("..\\a.txt", "is not the name of a file"),
        ("/etc/a.txt", "is not the name of a file"),
        ("a\n.txt", "'a\\n.txt' is not the name of a file"),
        ("a\u202e.txt", "'a\\u202e.txt' is not the name of a file"),
        ("a\ud800.txt", "is not the name of a file"),
        ("..", "is not the name of a file"),
        ("", "is not the name of a file"),
        ("é" * 126 + ".txt", "is too long a name: a file name may have 255 bytes"),
        (
            "a.pdf",
            "a.pdf is of no kind that can be read: give .txt, .md, .html, .htm, .jsonl, .csv",
        ),
        ("txt", "is of no kind that can be read"),
        (".txt", "is of no kind that can be read"),
    ],
)
def test_a_name_that_is_a_path_or_of_no_known_kind_is_refused(name: str, message: str) -> None:
    assert message in refusal(name, b"Un texte.")


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl", "a.csv"])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"caf\xe9", "is not UTF-8: 0xE9 stands at byte 3 (line 1)"),
        (b"a\x00b", "NUL character at byte 1 (line 1)"),
        (b"PK\x03\x04", "looks like a ZIP"),
    ],
)
def test_every_format_is_decoded_strictly(name: str, data: bytes, message: str) -> None:
    assert message in refusal(name, data)


def test_fifty_megabytes_on_one_line_are_no_article() -> None:
    assert "52428800 characters" in refusal("a.txt", b"a" * (50 * 1024 * 1024))


# JSON Lines


def test_each_line_is_an_article_with_what_is_known_of_it() -> None:
    data = line(**KNOWN) + b"\r\n\r\n" + line(title=None, language="en") + b"\n"

    first, second = read_file("a.jsonl", data)

    assert vars(first.metadata) == KNOWN
    assert second.metadata == Metadata(language="en")
    assert [first.place, second.place] == ["a.jsonl line 1", "a.jsonl line 3"]


def test_a_line_separator_inside_a_string_does_not_end_the_line() -> None:
    [source] = read_file("a.jsonl", '{"text": "Un\u2028deux\u0085trois\\r\\nquatre"}'.encode())

    assert source.text == "Un\u2028deux\u0085trois\nquatre"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"text": "a"', "is not JSON from character 12 on (Expecting ',' delimiter)"),
        (b"text", "is not JSON from character 0 on"),
        (b'["a"]', "is no JSON object"),
        (b'{"text": "a", "text": "b"}', "has the key 'text' twice"),
        (b'{"text": {"a": 1, "a": 2}}', "has the key 'a' twice"),
        (b'{"text": NaN}', "has NaN, which is not JSON"),
        (b'{"text": -Infinity}', "has -Infinity, which is not JSON"),
        (b'{"text": "a", "x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "more than 64 levels"),
        (b'{"a":' * 10_000, "more than 64 levels deep"),
        (b"{}", "lacks the field text; it has {}."),
        (b'{"texte": "a"}', "lacks the field text; it has 'texte'."),
        (line(titel="a"), "has an unknown field 'titel'; known are text, title"),
        (line(text=1), "text is a number; it should be text, in quotation marks"),
        (b'{"text": ' + b"1" * 5000 + b"}", "text is a number; it should be"),
        (line(text=None), "text is null; it should be the whole text of the article"),
        (line(text=["a"]), 'text is ["a"]'),
        (line(text=""), "text is ''"),
        (line(text=" \n "), "is empty: it should have a text"),
        (line(text="a\0b"), "'text', has U+0000, a NUL or lone surrogate, at character 1"),
        (
            b'{"text": "a\\nb\\ud800"}',
            "'text', has U+D800, a NUL or lone surrogate, at character 3",
        ),
        (line(title="a\ud800"), "'title', has U+D800"),
        (line(title="a\nb"), "title is 'a\\nb'; it should be one line of 1 to 500 characters"),
        (line(title="a\n"), "title is 'a\\n'"),
        (line(title=""), "title is ''"),
        (line(outlet="a" * 201), "it should be one line of 1 to 200 characters"),
        (line(author=["a"]), 'author is ["a"]'),
        (line(title=True), "title is true"),
        (
            b'{"text": "a", "title": ' + b"9" * 100_000 + b"}",
            "title is a number; it should be text",
        ),
        (b'{"text": "a", "title": 1e999}', "title is a number; it should be text"),
        (line(published="hier"), "published is 'hier'; it should be a date as far as it is known"),
        (line(published="2023-02-30"), "published is '2023-02-30'"),
        (line(published="2023-12\n"), "published is '2023-12\\n'"),
        (line(url="javascript:alert(1)"), "url is 'javascript:alert(1)'; it should begin with"),
        (line(url="data:text/html,a"), "url is 'data:"),
        (line(url="//example.org/a"), "url is '//example.org/a'"),
        (line(url="https://me:secret@example.org/"), "without user name, password or blanks"),
        (line(url="https://example.org/a b"), "without user name, password or blanks"),
        (line(url="https://example.org/\n"), "url is "),
        (line(url="https:///a"), "url is 'https:///a'"),
        (line(url="https://[::1/a"), "url is 'https://[::1/a'"),
        (line(url="https://example.org:99999/"), "url is 'https://example.org:99999/'"),
        (line(language="de"), "language is 'de'; it should be fr or en"),
        (line(rights="a" * 501), "rights is"),
        (line(id="../x"), "id is '../x'; it should be 1 to 64 letters, digits"),
        (line(id="a" * 65), "it should be 1 to 64 letters"),
    ],
)
def test_a_line_that_is_no_article_is_refused_by_number_and_field(
    data: bytes, message: str
) -> None:
    said = refusal("a.jsonl", line() + b"\n" + data)

    assert said.startswith("a.jsonl line 2")
    assert message in said


def test_an_article_that_is_too_long_is_refused_with_its_line() -> None:
    said = refusal("a.jsonl", line(text="a" * (MAX_ARTICLE_CHARACTERS + 1)))

    assert said.startswith("a.jsonl line 1 has 2000001 characters")


def test_two_articles_of_a_file_cannot_have_one_id() -> None:
    said = refusal("a.jsonl", line(id="a") + b"\n" + line(id="b") + b"\n" + line(id="a"))

    assert said == "a.jsonl line 3 has the id a, as a.jsonl line 1 has: give each article its own."


# CSV


def test_each_row_is_an_article_and_an_empty_cell_says_nothing() -> None:
    data = 'title,text,language\r\n"Un ""titre""","Un, deux\r\ntrois",\r\n\r\nNA,null,en\r\n'

    first, second = read_file("a.csv", data.encode())

    assert (first.text, first.metadata) == ("Un, deux\ntrois", Metadata(title='Un "titre"'))
    assert (second.text, second.metadata) == ("null", Metadata(title="NA", language="en"))
    assert [first.place, second.place] == ["a.csv line 2", "a.csv line 5"]


def test_a_cell_may_be_as_long_as_an_article() -> None:
    [source] = read_file("a.csv", b"text\n" + b"a" * 200_000)

    assert len(source.text) == 200_000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"title,body\na,b", "a.csv line 1 has no column text, it has 'title', 'body'; known are"),
        (b"title;text\na;b", "a.csv line 1 has no column text, it has 'title;text'"),
        (b"Text\na", "a.csv line 1 has no column text, it has 'Text'"),
        (b"text,texte\na,b", "a.csv line 1 has an unknown column 'texte'; known are text, title"),
        (b"text,\na,b", "a.csv line 1 has an unknown column ''"),
        (b"text,id,id\na,b,c", "a.csv line 1 has the column id twice"),
        (b"text,id\na\n", "a.csv line 2 has 1 cells and the header 2 columns"),
        (b'text,id\n"a\nb",c\nd,e,f', "a.csv line 4 has 3 cells and the header 2 columns"),
        (b'text\n"a"b', "a.csv line 2 is not CSV"),
        (b'text\na\n"b\nc', "a.csv line 3 is not CSV (unexpected end of data)"),
        (
            b"text\n" + b"a" * (MAX_ARTICLE_CHARACTERS + 1),
            "a.csv line 2 has a cell of more than 2000000 characters, and no article may have "
            "more: split it into articles.",
        ),
        (b"text,id\n,a\n", "a.csv line 2 lacks the field text; it has 'id'"),
        (b"text,url\na,ftp://b\n", "a.csv line 2: url is 'ftp://b'"),
        (b"text\n", "a.csv has no article under its header"),
        (b"text,published\na,12/2023\n", "a.csv line 2: published is '12/2023'"),
    ],
)
def test_a_table_that_is_not_as_its_header_says_is_refused(data: bytes, message: str) -> None:
    assert refusal("a.csv", data).startswith(message)


# HTML

PARAGRAPH = "Elon Musk a annoncé lundi que sa jeune pousse allait mettre en accès libre son modèle."
PAGE = f"""<!DOCTYPE html><html lang="fr-FR"><head><meta charset="utf-8">
<title>Titre de page | RFI</title>%s</head>
<body><nav><a href="/">Accueil</a><a href="/monde">Monde</a></nav><header><h1>Elon Musk
lance la bagarre</h1></header><article><p>{PARAGRAPH}</p>%s</article>
<footer>© 2024 RFI. Tous droits réservés</footer></body></html>"""


def read_page(body: str = "", head: str = "") -> tuple[str, Metadata]:
    [source] = read_file("a.html", (PAGE % (head, body)).encode())
    return source.text, source.metadata


def test_a_page_is_reduced_to_its_headline_and_article() -> None:
    text, _ = read_page("<h2>Le débat</h2><p>Une<br>ligne.</p><ul><li>un<li>deux</ul><p>Fin.")

    assert text == (
        f"Elon Musk lance la bagarre\n\n{PARAGRAPH}\n\nLe débat\n\nUne\nligne.\n\nun\ndeux\n\nFin."
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            "Il a «&nbsp;trahi&#160;» la mission&#8239;!",
            "Il a «\u00a0trahi\u00a0» la mission\u202f!",
        ),
        ("e\u0301 et é, ﬁn", "e\u0301 et é, ﬁn"),
        ("👩‍👩‍👧 in\u00advisible \u202egauche\u202c", "👩‍👩‍👧 in\u00advisible \u202egauche\u202c"),
        ("AT&amp;T écrit &lt;b&gt; et &amp;nbsp;", "AT&T écrit <b> et &nbsp;"),
        ("un\x01 &#8; et\x0cdeux", "un\x01 \x08 et deux"),
        ("<q>\x02un</q> \x07 mot", "«\u00a0\x02un\u00a0» \x07 mot"),
        ("<b>gras</b>, <a href='/x'>lien</a>\n  et   suite", "gras, lien et suite"),
    ],
)
def test_the_characters_of_a_page_stay_what_they_are(written: str, read: str) -> None:
    text, _ = read_page(f"<p>{written} dans une phrase.</p>")

    assert text.endswith(f"\n\n{read} dans une phrase.")


LONG = f"{PARAGRAPH} " * 4 + PARAGRAPH
INLINE = """a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark nobr output s samp
    small span strike strong sub sup time tt u var""".split()  # noqa: SIM905


def read_article(article: str, lang: str = "fr") -> str:
    return read_article_source(article, lang).text


def read_article_source(article: str, lang: str = "fr") -> ArticleSource:
    [source] = read_file("a.html", f"<html lang={lang}><article>{article}</article>".encode())
    return source


@pytest.mark.parametrize("length", [1, 12])
@pytest.mark.parametrize("block", ["p", "li", "blockquote", "h2", "td", "dd"])
@pytest.mark.parametrize("inline", INLINE)
def test_the_words_in_an_inline_element_stay_in_their_line(
    inline: str, block: str, length: int
) -> None:
    line = f"Il vient <{inline}>mot <b>douze</b></{inline}>, demain matin."
    outer = {"li": "ul", "td": "table", "dd": "dl"}.get(block, "div")

    text = read_article(f"<{outer}><{block}>{line}</{block}></{outer}><p>{PARAGRAPH}</p>" * length)

    assert text.split() == f"Il vient mot douze, demain matin. {PARAGRAPH} ".split() * length
    assert text.count("Il vient mot douze, demain matin.\n") == length


@pytest.mark.parametrize("element", ["time", "label", "output"])
def test_what_stands_by_itself_in_an_element_of_furniture_is_left_out(element: str) -> None:
    assert read_article(f"<div><{element}>3 mars</{element}></div><p>{LONG}") == LONG


@pytest.mark.parametrize(
    ("lang", "written", "read"),
    [
        (
            "fr",
            "Elle dit <q>oui, c’est <b>acquis</b></q> puis s’en va.",
            "Elle dit «\u00a0oui, c’est acquis\u00a0» puis s’en va.",
        ),
        ("fr", "Il cite <q>son <q>ami</q></q>.", "Il cite «\u00a0son “ami”\u00a0»."),
        ("en", "She says <q>yes, <q>a deal</q></q>.", "She says “yes, ‘a deal’”."),
        ("de", "She says it is <q> done </q> and that.", "She says it is “done ” and that."),
        ("fr", "Dit <q> </q>rien.", "Dit rien."),
        ("fr", "Dit « <q>oui</q> » et <q>“non”</q>.", "Dit « oui » et “non”."),
        ("fr", "<span lang=en>He said <q>no</q></span>.", "He said “no”."),
    ],
)
def test_a_quotation_keeps_the_marks_that_a_browser_shows(
    lang: str, written: str, read: str
) -> None:
    assert read_article(f"<p>{written}</p>", lang) == read


@pytest.mark.parametrize("words", [1, 20])
def test_a_figure_leaves_its_caption_between_the_paragraphs(words: int) -> None:
    body = "Une phrase. " * words
    page = f"""<h1>Le titre</h1><figure><img src=a><button>Agrandir</button><figcaption>
        <p>Une légende</p><span>et sa fin.</span></figcaption></figure><p>{body}<p>Fin."""
    source = read_article_source(page)

    assert source.text.split("\n\n") == [
        "Le titre",
        "Une légende et sa fin.",
        body.strip(),
        "Fin.",
    ]
    assert source.captions == {"Une légende et sa fin."}


@pytest.mark.parametrize(
    ("written", "headings"),
    [
        ("<h2>Les trois mesures</h2><ul><li>une<li>deux</ul>", {"Les trois mesures"}),
        ("<h2>La <b>colère</b><br>monte.</h2>", {"La colère", "monte."}),
        ("<h3><div>Un bloc</div></h3>", {"Un bloc"}),
        ("<nav><h2>Menu</h2></nav><p>Une phrase.", set()),
    ],
)
def test_the_headings_of_a_page_are_told_from_its_paragraphs(
    written: str, headings: set[str]
) -> None:
    source = read_article_source(f"<h1>Le titre</h1><p>{LONG}</p>{written}<p>{LONG}")

    assert source.headings == {"Le titre", *headings}


def test_the_caption_of_a_picture_above_the_article_is_kept_and_a_teaser_s_is_not() -> None:
    teaser = "<article><figure><img><figcaption>Ailleurs</figcaption></figure></article>"
    page = f"""<header><figure><img><figcaption>Une légende</figcaption></figure></header>
        <section class=article__content><p>{LONG}</section>
        <aside><figure><figcaption>À côté</figcaption></figure></aside></article>{teaser}"""

    assert read_article(page) == f"Une légende\n\n{LONG}"


PARAGRAPHS = f"<p>{LONG}" * 5
LEAD = "Le chapeau de l’article, qui en dit tout."


@pytest.mark.parametrize(
    ("page", "begins", "ends"),
    [
        (f"<main><div>{LEAD}{PARAGRAPHS}</div></main>", LEAD, LONG),
        (f"<main><div><div>{LEAD}</div>{PARAGRAPHS}</div></main>", LEAD, LONG),
        (f"<main><div>{PARAGRAPHS}</p>Et <b>nu</b>, à la fin.</div></main>", LONG, "à la fin."),
        (f"<main><header><h1>T</h1><div>{LEAD}</div></header>{PARAGRAPHS}</main>", "T", LONG),
        (f"<main><div><div>Partager</div>{PARAGRAPHS}</div></main>", LONG, LONG),
        (f"<main><div><a>{LEAD}</a>{PARAGRAPHS}</div></main>", LONG, LONG),
        (f"<div>{LEAD}<p>a<p>b<p>c</div><main>{PARAGRAPHS}</main>", LONG, LONG),
        (f"<header><h2>T</h2><p>{LEAD}</header><main>{PARAGRAPHS}</main>", LONG, LONG),
    ],
)
def test_sentences_beside_the_paragraphs_of_a_long_page_are_kept(
    page: str, begins: str, ends: str
) -> None:
    [source] = read_file("a.html", f"<html lang=fr><body>{page}".encode())

    assert source.text.startswith(begins)
    assert source.text.endswith(ends)
    assert (LEAD in source.text) == (begins != LONG)


@pytest.mark.parametrize("rest", ["", f"<p>{LONG}"])
@pytest.mark.parametrize(
    ("article", "text"),
    [
        ("<div>Texte nu <p>puis para.</p></div>", "Texte nu\n\npuis para."),
        ("<div>Un<br>deux<br><br>trois</div>", "Un\ndeux\ntrois"),
        ("<ul><li>un<li>deux</ul>", "un\ndeux"),
        ("<p>Un<my-mark>e</my-mark> phrase.<div>Un bloc</div>", "Une phrase.\n\nUn bloc"),
        ("<table><tr><td>un<td>deux<tr><td>trois</table>", "un\ndeux\ntrois"),
        ("<pre>un\n  deux</pre>", "un\ndeux"),
    ],
)
def test_blocks_stay_apart_however_short_the_page(article: str, text: str, rest: str) -> None:
    found = read_article(article + rest)

    assert found.removesuffix(LONG).strip() == text


def test_a_copy_of_the_article_in_a_script_is_not_taken() -> None:
    copy = json.dumps({"@type": "NewsArticle", "articleBody": PARAGRAPH * 3})

    text, _ = read_page("<p>Fin.", f'<script type="application/ld+json">{copy}</script>')

    assert text == f"Elon Musk lance la bagarre\n\n{PARAGRAPH}\n\nFin."


def test_what_a_page_states_of_itself_is_taken_and_nothing_else() -> None:
    head = """<meta property="og:title" content="Elon  Musk lance">
    <meta name=author content="Z. Z."><meta property="og:site_name" content="RFI">
    <link rel="canonical" href="https://rfi.fr/musk">
    <meta property="article:published_time" content="2024-03-12T23:30:00+01:00">"""

    _, metadata = read_page(head=head)

    assert metadata == Metadata(
        title="Elon Musk lance",
        outlet="RFI",
        author="Z. Z.",
        published="2024-03-12",
        url="https://rfi.fr/musk",
        language="fr",
    )


def test_linked_data_goes_before_meta_elements() -> None:
    linked = {
        "@graph": [
            {"@type": "WebSite", "name": "Autre"},
            {
                "@type": ["Thing", "NewsArticle"],
                "headline": "Le vrai titre",
                "datePublished": "2024-03",
                "author": [{"name": "A. A."}, "B. B."],
                "publisher": {"name": "RFI"},
            },
        ]
    }
    head = f"""<script type="application/ld+json">{{</script><meta name=author content="Z. Z.">
    <script type="application/ld+json">{json.dumps(linked)}</script>"""

    _, metadata = read_page(head=head)

    assert metadata == Metadata(
        title="Le vrai titre",
        outlet="RFI",
        author="A. A., B. B.",
        published="2024-03",
        language="fr",
    )


def test_what_a_page_states_badly_is_left_unsaid() -> None:
    head = """<meta property="og:title" content=" "><meta name=author content="https://x.org/moi">
    <meta property="article:published_time" content="hier"><meta property="og:url" content="/a">
    <meta property="og:site_name" content="%s"><html lang=de>"""

    _, metadata = read_page(head=head % ("a" * 201))

    assert metadata == Metadata(language="fr")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<meta charset=iso-8859-1><p>caf\xc3\xa9", "declares the encoding 'iso-8859-1'"),
        (
            b"<meta http-equiv=x content='text/html; charset=windows-1252'><p>a",
            "declares the encoding 'windows-1252': save it as UTF-8 and declare that",
        ),
        (b"<?xml version='1.0' encoding='latin1'?><html><p>a", "declares the encoding 'latin1'"),
        (b"<meta charset=iso-8859-1><p>caf\xe9", "0xE9 stands at byte 31"),
        (b'<!DOCTYPE html [<!ENTITY a "aa">]><p>&a;&a;', "declares entities of its own"),
        (b"<html><body><script>x = 1</script></body></html>", "has no article text"),
        (b"<!-- rien -->", "has nothing but comments"),
        (b"<p>a&#0;b &#xD800;", "has a reference to no character"),
        (b"<div>" * 10_000 + b"x", "cannot be read beyond line 1"),
        (b"<p>" + b"a" * 11_000_000, "cannot be read beyond line 1"),
        (b"<p>x" * 50_001, "elements, one with 0 attributes, and may have 50000"),
        (b"<p " + b" ".join(b"a%d" % n for n in range(1_001)) + b">x", "with 1001 attributes"),
    ],
)
def test_a_page_that_cannot_be_read_whole_is_refused(data: bytes, message: str) -> None:
    assert message in refusal("a.html", data)


def test_a_byte_order_mark_counts_more_than_a_declaration() -> None:
    page = "<meta charset=iso-8859-1><p>Un café."

    [marked] = read_file("a.htm", page.encode("utf-8-sig"))
    [wide] = read_file("a.html", page.encode("utf-16"))

    assert marked.text == wide.text == "Un café."


# Manifests


def test_a_manifest_says_what_a_file_does_not() -> None:
    manifest = read_manifest(json.dumps({"file": "a.txt", **KNOWN}).encode(), files=["a.txt"])

    [source] = read_file("a.txt", b"date 2020-01 Un texte.", metadata=manifest["a.txt"])

    assert vars(source.metadata) == KNOWN


def test_a_manifest_goes_before_what_a_page_states() -> None:
    data = (PAGE % ('<meta property="og:site_name" content="RFI">', "")).encode()

    [source] = read_file("a.html", data, metadata=Metadata(title="Titre"))

    assert source.metadata == Metadata(title="Titre", outlet="RFI", language="fr")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"file": "b.txt"}', "line 1 describes 'b.txt', but no file beside it has that name"),
        (b'{"file": "sub/a.txt"}', "has that name; each folder has a manifest of its own"),
        (b'{"file": "a.txt"}\n{"file": "a.txt"}', "line 2 describes 'a.txt' a second time"),
        (b'{"title": "a"}', "line 1 lacks the field file; it has 'title'"),
        (b'{"file": "a.txt", "text": "a"}', "has an unknown field 'text'; known are file, title"),
        (b'{"file": "a.txt", "titel": "a"}', "has an unknown field 'titel'"),
        (b'{"file": "a.txt", "language": "de"}', "language is 'de'; it should be fr or en"),
        (b'{"file": 1}', "file is a number; it should be text, in quotation"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_manifest(data, files=["a.txt"])

    assert str(caught.value).startswith("manifest.jsonl line ")
    assert message in str(caught.value)


def test_a_file_of_many_articles_cannot_be_described_by_a_manifest() -> None:
    with pytest.raises(InvalidInputError, match=r"a.csv says itself what is known"):
        read_file("a.csv", b"text\na", metadata=Metadata(outlet="RFI"))


# Folders


def test_a_folder_gives_its_article_files_and_says_what_it_passes_over(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    (folder / "old").mkdir(parents=True)
    for name in ("b.txt", "a.html", ".hidden.txt", "notes.pdf", "c.MD"):
        (folder / name).write_bytes(b"x")
    (folder / "manifest.jsonl").write_bytes(b'{"file": "b.txt", "title": "B"}')
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "same.txt").symlink_to(folder / "b.txt")
    os.mkfifo(folder / "pipe.txt")

    found = read_folder(folder)

    assert found.names == ("a.html", "b.txt", "c.MD", "same.txt")
    assert found.manifest == {"b.txt": Metadata(title="B")}
    assert found.read("b.txt") == b"x"
    assert found.skipped == (
        Skipped(".hidden.txt", "hidden"),
        Skipped("link.txt", "a link that leads out of the folder"),
        Skipped("notes.pdf", "not one of .txt, .md, .html, .htm, .jsonl, .csv"),
        Skipped("old", "a folder; import it by itself"),
        Skipped("pipe.txt", "not a file"),
    )


def test_a_folder_or_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="is not a folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_bytes(tmp_path / "nowhere.txt")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)

    with pytest.raises(InvalidInputError, match="67108865 bytes and a file may have 67108864"):
        read_bytes(tmp_path / "a.txt")


# The schema


def test_the_schema_is_sound_and_describes_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert list(SCHEMA["properties"]) == ["text", *KNOWN]
    assert all(field["description"] for field in SCHEMA["$defs"].values())


def test_the_fields_of_an_article_and_of_a_manifest_are_the_same() -> None:
    entry = SCHEMA["$defs"]["manifestEntry"]["properties"]

    assert {**entry, "text": None, "file": None} == {
        **SCHEMA["properties"],
        "text": None,
        "file": None,
    }
