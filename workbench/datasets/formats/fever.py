"""JSON Lines in the manner of FEVER (Thorne and others, 2018): claim, label, evidence sets.

FEVER's evidence is a sentence of a Wikipedia page; ours is a passage of a page at an address.
"""

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
    "supported": "SUPPORTS",
    "refuted": "REFUTES",
    "not_enough_evidence": "NOT ENOUGH INFO",
}
_BEARING = {"supported": "supports", "refuted": "refutes"}
REASONS = {
    "no_class": "FEVER has no class for conflicting evidence.",
    "other_bearing": "FEVER gives the evidence that bears out the label, and this does not.",
    "no_info": "FEVER gives no evidence where there is not enough.",
}


def write(checks: Sequence[Check], account: Account) -> Iterator[str]:
    """Yield a line for each statement with a verdict that FEVER has a class for."""
    for check in checks:
        verdict = standing_verdict(check, account)
        if verdict is None:
            continue
        rating = cast(str, verdict["rating"])
        if rating not in LABELS:
            standing = Check(check.statement, (verdict,), tuple(check.frozen))
            lose_check(standing, account, "no_class")
            continue
        keep_check(account)
        line: JsonObject = {
            "id": check.id,
            "verifiable": "VERIFIABLE" if rating in _BEARING else "NOT VERIFIABLE",
            "label": LABELS[rating],
            "claim": check.statement["wording"],
            "evidence": _evidence(check, rating, account),
        }
        yield f"{canonical_json(line)}\n"


def _evidence(check: Check, rating: str, account: Account) -> list[Json]:
    sets: list[Json] = []
    for one in check.frozen:
        if rating not in _BEARING:
            account.lose("evidence", cast(str, one["id"]), "no_info")
        elif one["bearing"] != _BEARING[rating]:
            account.lose("evidence", cast(str, one["id"]), "other_bearing")
        else:
            account.export("evidence")
            sets.append([[check.id, one["id"], one["url"] or one["title"], one["passage"]]])
    return sets or [[[check.id, None, None, None]]]


FEVER = CheckFormat(
    name="fever",
    title="FEVER-like",
    files="`fever.jsonl`",
    single="fever.jsonl",
    keeps={
        "statements": "claims",
        "verdicts": "one of three labels; conflicting evidence has none",
        "evidence": "address and passage of what bears out the label",
    },
    omits={},
    reasons=REASONS,
    write=write,
)
