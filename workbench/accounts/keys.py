"""The keys of the workspace: which does what as it comes, and which a person may choose instead."""

from collections.abc import Mapping
from types import MappingProxyType

from workbench.canonical import Json
from workbench.errors import InvalidInputError

# Decisions and fields go by their names in the label scheme, everything else by the command.
SCHEME_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "claims": "c",
        "no_claim": "n",
        "undecided": "u",
        "not_annotatable": "b",
        "content": "p",
        "claim_type": "y",
        "check_worthiness": "w",
        "speaker": "s",
        "cue": "r",
        "quote_type": "d",
        "stance_target": "t",
    }
)
COMMAND_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "next": "j",
        "previous": "k",
        "accept": "a",
        "reject": "x",
        "otherSuggestion": "l",
        "via": "v",
        "repeat": "=",
        "more": "o",
        "rule": "g",
        "search": "/",
        "recent": "q",
        "doubt": "f",
        "ask": "m",
        "grow": "e",
        "walk": "i",
        "steps": "z",
        "sheet": "h",
    }
)
KEYS: Mapping[str, str] = MappingProxyType({**SCHEME_KEYS, **COMMAND_KEYS})
SHIFTED = frozenset({"accept", "grow"})  # With Shift the key does something else.
SHEET = "?"  # always opens the sheet of all keys


def is_possible(action: str, key: str) -> bool:
    """Tell whether a key may be given to an action: a letter, or a mark that needs no Shift there.

    Digits answer, the blank and named keys such as Enter belong to the browser and the page.
    """
    if len(key) != 1 or not key.isprintable() or key.isspace() or key.isdigit() or key == SHEET:
        return False
    return key == key.lower() and (key.isalpha() or action not in SHIFTED)


def find_clash(keys: Mapping[str, str]) -> tuple[str, str] | None:
    """Return two actions that have the same key, or nothing."""
    first: dict[str, str] = {}
    for action, key in keys.items():
        if key in first:
            return first[key], action
        first[key] = action
    return None


def own_keys(stored: Json) -> dict[str, str]:
    """Return the keys that a person has chosen, as far as there still are such actions."""
    chosen = stored if isinstance(stored, dict) else {}
    return {
        action: key
        for action, key in chosen.items()
        if action in KEYS and isinstance(key, str) and is_possible(action, key)
    }


def check_keys(chosen: Mapping[str, str]) -> dict[str, Json]:
    """Return what is to be stored: the chosen keys that differ from those that come."""
    for action, key in chosen.items():
        if action not in KEYS:
            raise InvalidInputError("“%(action)s” is nothing that a key does.", action=action[:80])
        if not is_possible(action, key):
            raise InvalidInputError(
                "“%(key)s” cannot be a key; choose one letter or mark that is no digit and not"
                " “?”.",
                key=key[:80],
            )
    if clash := find_clash({**KEYS, **chosen}):
        raise InvalidInputError(
            "One key would be both “%(one)s” and “%(other)s”.", one=clash[0], other=clash[1]
        )
    return {action: key for action, key in chosen.items() if KEYS[action] != key}
