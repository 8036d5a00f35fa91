"""AVeriTeC's JSON (Schlichtkrull, Guo and Vlachos, 2023): claims with questions and answers."""

from collections.abc import Iterator, Sequence
from typing import cast

from workbench.canonical import Json, JsonObject, canonical_json
from workbench.datasets.formats.checks import (
    Check,
    CheckFormat,
    keep_check,
    lose_check,
    standing_verdict,
)
from workbench.datasets.losses import Account

LABELS = {
    "supported": "Supported",
    "refuted": "Refuted",
    "conflicting": "Conflicting Evidence/Cherrypicking",
    "not_enough_evidence": "Not Enough Evidence",
}
CLAIM_TYPES = {
    "fact": "Event/Property Claim",
    "number": "Numerical Claim",
    "cause": "Causal Claim",
    "position": "Position Statement",
    "opinion": "Opinion Claim",
    "prediction": "Speculative Claim",
}
STRATEGIES = {
    "written_evidence": "Written Evidence",
    "numerical_comparison": "Numerical Comparison",
    "consultation": "Consultation",
    "satirical_source": "Satirical Source Identification",
    "fact_checker_reference": "Fact-checker Reference",
}
ANSWER_TYPES = {
    "extractive": "Extractive",
    "abstractive": "Abstractive",
    "boolean": "Boolean",
    "unanswerable": "Unanswerable",
}
MEDIA = {
    "web_text": "Web text",
    "web_table": "Web table",
    "pdf": "PDF",
    "image": "Image/graphic",
    "video": "Video",
    "audio": "Audio",
    "metadata": "Metadata",
    "other": "Other",
}
REASONS = {
    "no_question": "Evidence is a question with its answer, and one of them is missing.",
    "no_class": "The verdict is of no class of AVeriTeC.",
}


def write(checks: Sequence[Check], account: Account) -> Iterator[str]:
    """Yield the file: a list with an object for each statement that has a verdict."""
    yield "["
    before = "\n"
    for check in checks:
        verdict = standing_verdict(check, account)
        if verdict is None:
            continue
        if verdict["rating"] not in LABELS:
            _lose_standing(check, account)
            continue
        keep_check(account)
        yield f"{before}{canonical_json(_claim(check, verdict, account))}"
        before = ",\n"
    yield "\n]\n"


def _lose_standing(check: Check, account: Account) -> None:
    verdict = cast(JsonObject, check.verdict)
    lose_check(Check(check.statement, (verdict,), tuple(check.frozen)), account, "no_class")


def _claim(check: Check, verdict: JsonObject, account: Account) -> JsonObject:
    statement = check.statement
    return {
        "claim_id": check.id,
        "claim": statement["wording"],
        "label": LABELS[cast(str, verdict["rating"])],
        "justification": verdict["justification"],
        "claim_date": check.published,
        "speaker": check.speaker,
        "original_claim_url": check.url,
        "fact_checking_article": None,
        "reporting_source": None,
        "location_ISO_code": None,
        "claim_types": _words(statement["claim_type"], CLAIM_TYPES),
        "fact_checking_strategies": _words(statement["strategy"], STRATEGIES),
        "questions": _questions(check, account),
        "cached_original_claim_url": None,
    }


def _questions(check: Check, account: Account) -> list[Json]:
    answers: dict[str, list[Json]] = {}
    for one in check.frozen:
        question, answer = one["question"], one["answer"]
        if one["answer_type"] == "unanswerable":
            answer = answer or "No answer could be found."
        if not question or not answer:
            account.lose("evidence", cast(str, one["id"]), "no_question")
            continue
        account.export("evidence")
        answers.setdefault(cast(str, question), []).append(
            {
                "answer": answer,
                "answer_type": ANSWER_TYPES.get(cast(str, one["answer_type"])),
                "source_url": one["url"],
                "source_medium": MEDIA.get(cast(str, one["medium"])),
                "cached_source_url": one["archived_url"],
            }
        )
    return [{"question": question, "answers": given} for question, given in answers.items()]


def _words(value: Json, words: dict[str, str]) -> list[Json]:
    given = value if isinstance(value, list) else [value]
    return [words[one] for one in given if isinstance(one, str) and one in words]


AVERITEC = CheckFormat(
    name="averitec",
    title="AVeriTeC",
    files="`averitec.json`",
    single="averitec.json",
    keeps={
        "statements": "claims with the speaker, date and address of their featured appearance",
        "verdicts": "label and justification of the one that stands",
        "evidence": "questions with their answers, of the verdict that stands",
    },
    omits={},
    reasons=REASONS,
    write=write,
)
