"""Many rows are named in one parameter, on both databases."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import make_article
from tests.people import make_project
from tests.statements import counted_statements
from workbench.corpus.tables import Sentence
from workbench.labelling.answers import read_by_ids
from workbench.storage.among import among
from workbench.storage.database import db, transaction


@pytest.mark.parametrize("ids", [[], [2], [3, 1, 1], range(1, 4_000)])
def test_the_rows_named_are_found_by_the_same_statement(app: Flask, ids: list[int]) -> None:
    make_project(app)
    statement = select(Sentence.position).where(among(Sentence.id)).order_by(Sentence.id)
    with app.app_context():
        with transaction() as session:
            make_article(session, 1, "Un.", "Deux.", "Trois.")
        with counted_statements() as sent:
            rows = read_by_ids(db.session(), statement, [1]) + read_by_ids(
                db.session(), statement, ids
            )

    assert [row.position for row in rows[1:]] == [one for one in (1, 2, 3) if one in ids]
    assert len(set(sent)) == 1
