"""What a verdict keeps of article and speaker: stored, read back, compared."""

from dataclasses import replace

import pytest

from workbench.canonical import canonical_json
from workbench.factcheck.claims import Source
from workbench.factcheck.known import Known, known_json, read_known, tell_apart
from workbench.factcheck.published import Claimant

META = Source("meta", "Meta", "organisation", ("Reuters",))
CLAIMANT = Claimant("Meta", is_person=False, is_named=True, same_as="https://example.org/Q380")
KNOWN = Known("Titre", "Le Journal", None, "2023-10", None, "fr", META, CLAIMANT)
BY_AUTHOR = replace(KNOWN, source=Source("author", None, None), claimant=None)


@pytest.mark.parametrize("known", [KNOWN, BY_AUTHOR])
def test_what_was_known_is_read_back_as_it_was_stored(known: Known) -> None:
    assert read_known(known_json(known)) == known
    assert canonical_json(known_json(known))


def test_of_a_verdict_that_kept_nothing_nothing_is_read() -> None:
    assert read_known(None) is None


@pytest.mark.parametrize(
    ("before", "changes", "said"),
    [
        (KNOWN, {}, []),
        (KNOWN, {"published": "2023-11"}, ["The date of “Titre” was changed."]),
        (KNOWN, {"source": replace(META, id="merged")}, []),
        (
            KNOWN,
            {"source": replace(META, via=("AFP",))},
            ["What the register says of who speaks in “Titre” was changed."],
        ),
        (
            BY_AUTHOR,
            {"author": "A. Martin", "claimant": CLAIMANT},
            ["The author of “Titre” was changed."],
        ),
    ],
)
def test_what_is_known_otherwise_is_named(
    before: Known, changes: dict[str, object], said: list[str]
) -> None:
    now = replace(before, **changes)  # type: ignore[arg-type]  # a table of all

    assert [str(one) for one in tell_apart(before, now)] == said
