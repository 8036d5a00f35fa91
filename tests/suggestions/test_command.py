"""`workbench text suggest`: JSON Lines of what the rules propose, refusals in one sentence."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from workbench.app import command_group

FIELDS = {
    *("rule", "rule_version", "start", "end", "parts", "quote_type", "act", "speaker", "mention"),
    *("cue", "check_worthy", "hearsay", "reason"),
}


def suggest(*words: str, content: bytes = b"") -> Result:
    return CliRunner().invoke(command_group(), ["text", "suggest", *words], input=content)


def test_each_suggestion_is_a_line_with_all_fields() -> None:
    result = suggest(
        "-", content="« Oui », dit Ana Roy. Elle a gagné 30 000 euros en 2019.".encode()
    )

    quotation, sentence = map(json.loads, result.stdout.splitlines())
    assert set(quotation) == set(sentence) == FIELDS
    assert quotation["parts"] == [[2, 5]]
    assert quotation["mention"] == {"start": 13, "end": 20, "text": "Ana Roy"}
    assert (sentence["quote_type"], sentence["start"], sentence["end"]) == (None, 22, 56)
    assert "figure: 30" in sentence["reason"]


def test_articles_of_one_file_are_numbered(tmp_path: Path) -> None:
    file = tmp_path / "two.jsonl"
    texts = ["Selon Ana Roy, tout va bien.", "« Oui », dit Paul Roux."]
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")

    lines = [json.loads(line) for line in suggest(str(file)).stdout.splitlines()]

    assert [(line["article"], line["speaker"]) for line in lines] == [
        (1, "Ana Roy"),
        (2, "Paul Roux"),
    ]


def test_site_furniture_is_passed_over() -> None:
    result = suggest("-", content=" date 2023-12 Bonjour.\nAccéder au contenu principal\n".encode())

    assert result.stdout == ""


def test_bad_input_is_refused_in_one_sentence() -> None:
    for words, content in ((["/no/such/file"], b""), (["-"], b"\xff\xfe\x00")):
        result = suggest(*words, content=content)

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.count("\n") == 1
