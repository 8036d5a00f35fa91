"""A sentence that is kept comes back with its values, for whatever language it is said in."""

import pytest
from sqlalchemy.dialects import sqlite

from workbench.errors import NotFoundError
from workbench.messages import Message
from workbench.storage.base import StoredMessage

DIALECT = sqlite.dialect()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotFoundError("There is none."), "There is none."),
        (NotFoundError("There is no %(name)s of 100 %%.", name="Ada"), "There is no Ada of 100 %."),
    ],
)
def test_what_is_stored_is_the_sentence_with_its_values(error: NotFoundError, said: str) -> None:
    stored = StoredMessage().process_bind_param(error.sentence, DIALECT)
    back = StoredMessage().process_result_value(stored, DIALECT)

    assert back == error.sentence == said
    assert isinstance(back, Message)
    assert (back.template, back.values) == (error.message, error.values)
