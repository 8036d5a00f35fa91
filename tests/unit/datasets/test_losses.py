"""What a format says that it lost."""

import json

import pytest
from jsonschema import Draft202012Validator

from workbench.datasets.losses import Account, join_losses
from workbench.resources import resource_folder

REASONS = {"overlap": "A token has one label.", "parts": "A claim in parts is no run of tokens."}


def test_what_was_exported_and_lost_adds_up_to_what_there_is() -> None:
    account = Account("conll", REASONS, {"claims": "Origins."})
    account.export("claims", 2)
    account.lose("claims", "c-2", "overlap")

    account.lose_together("claims", 2, "parts", article="a1")
    closed = account.close({"claims": 5, "stances": 0})
    losses = join_losses({"dataset": "d", "version": "1.0.0"}, "0" * 64, [closed])

    assert closed["kinds"] == {
        "claims": {
            "source": 5,
            "exported": 2,
            "lost": 3,
            "lost_records": {"overlap": ["c-2"]},
            "lost_together": {"parts": {"count": 2, "articles": ["a1"]}},
        },
        "stances": {
            "source": 0,
            "exported": 0,
            "lost": 0,
            "lost_records": {},
            "lost_together": {},
        },
    }
    assert closed["reasons"] == REASONS
    schema = resource_folder("schemas") / "losses.v1.schema.json"
    Draft202012Validator(json.loads(schema.read_text("utf-8"))).validate(losses)


@pytest.mark.parametrize("source", [{"claims": 3}, {}, {"claims": 2, "stances": 1}])
def test_an_account_that_does_not_add_up_is_a_fault(source: dict[str, int]) -> None:
    account = Account("conll", REASONS)
    account.export("claims")
    account.lose("claims", "c-2", "overlap")

    with pytest.raises(ValueError, match="each is one of both, once"):
        account.close(source)


def test_a_loss_has_a_reason_that_is_explained() -> None:
    with pytest.raises(ValueError, match="does not explain"):
        Account("conll", REASONS).lose("claims", "c-2", "whim")
