"""Words to search by, and what the queue of claims is ordered by."""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JOB = "search_index"
SEARCHED = (("sentence_search", "sentence_id"), ("statement_revision", "id"))
RANK = "CASE {value} WHEN 'yes' THEN 2 WHEN 'maybe' THEN 1 ELSE 0 END"
VALUES = {
    "sqlite": "json_extract(attributes, '$.check_worthiness')",
    "postgresql": "(attributes::jsonb ->> 'check_worthiness')",
}

WORDS = """CREATE VIRTUAL TABLE {words} USING fts5(
  search_text, content='{table}', content_rowid='{key}', tokenize='ascii'
)

CREATE TRIGGER {words}_added AFTER INSERT ON {table} BEGIN
  INSERT INTO {words}(rowid, search_text) VALUES (new.{key}, new.search_text);
END

CREATE TRIGGER {words}_deleted AFTER DELETE ON {table} BEGIN
  INSERT INTO {words}({words}, rowid, search_text)
  VALUES ('delete', old.{key}, old.search_text);
END

INSERT INTO {words}({words}) VALUES ('rebuild')"""


def upgrade() -> None:
    op.create_table(
        "sentence_search",
        sa.Column("sentence_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_sentence_search_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"], ["sentence.id"], name=op.f("fk_sentence_search_sentence_id_sentence")
        ),
        sa.PrimaryKeyConstraint("sentence_id", name=op.f("pk_sentence_search")),
    )
    dialect = op.get_bind().dialect.name
    for table, key in SEARCHED:
        _index_words(dialect, table, key)
    rank = RANK.format(value=VALUES[dialect])
    op.execute(f"CREATE INDEX ix_claim_revision_rank ON claim_revision (project_id, ({rank}), id)")
    op.execute(
        "CREATE INDEX ix_annotation_gold ON annotation (project_id, id) WHERE answerer = 'gold'"
    )
    _ask_for_words()


def downgrade() -> None:
    op.execute("DROP INDEX ix_annotation_gold")
    op.execute("DROP INDEX ix_claim_revision_rank")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_statement_revision_words")
    else:
        for table, _ in SEARCHED:
            op.execute(f"DROP TRIGGER {table}_words_added")
            op.execute(f"DROP TRIGGER {table}_words_deleted")
            op.execute(f"DROP TABLE {table}_words")
    op.drop_table("sentence_search")
    op.execute(sa.text("DELETE FROM job WHERE kind = :kind").bindparams(kind=JOB))


def _index_words(dialect: str, table: str, key: str) -> None:
    if dialect == "postgresql":
        op.execute(
            f"CREATE INDEX ix_{table}_words ON {table}"
            " USING gin (to_tsvector('simple', search_text))"
        )
        return
    for statement in WORDS.format(table=table, words=f"{table}_words", key=key).split("\n\n"):
        op.execute(statement)


def _ask_for_words() -> None:
    """Let the server index the sentences that are there."""
    connection = op.get_bind()
    job = sa.table(
        "job",
        *(
            sa.column(name)
            for name in ("public_id", "project_id", "kind", "arguments", "state", "result")
        ),
        *(sa.column(name) for name in ("done", "total", "attempts")),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    projects = connection.execute(
        sa.text("SELECT DISTINCT project_id FROM text_edition ORDER BY 1")
    )
    rows = [
        {
            "public_id": uuid.uuid4().hex[:16],
            "project_id": project_id,
            "kind": JOB,
            "arguments": "{}",
            "state": "waiting",
            "result": "null",
            "done": 0,
            "total": 0,
            "attempts": 0,
            "created_at": datetime.now(UTC),
        }
        for (project_id,) in projects.all()
    ]
    if rows:
        op.bulk_insert(job, rows)
