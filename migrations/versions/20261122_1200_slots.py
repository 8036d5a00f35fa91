"""Slots are rows of their own: how work is given out, and a slot for each reading still to come."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROWS_AT_A_TIME = 1000
PROJECT_COLUMNS = {
    "overlap_percent": "INTEGER DEFAULT 100 NOT NULL CONSTRAINT ck_project_overlap_percent"
    " CHECK (overlap_percent BETWEEN 0 AND 100)",
    "work_order": "VARCHAR(16) DEFAULT 'reading' NOT NULL CONSTRAINT ck_project_work_order"
    " CHECK (work_order IN ('reading', 'priority', 'random'))",
    "work_given": "VARCHAR(16) DEFAULT 'free' NOT NULL CONSTRAINT ck_project_work_given"
    " CHECK (work_given IN ('free', 'named', 'queue'))",
    "lease_minutes": "INTEGER DEFAULT 240 NOT NULL CONSTRAINT ck_project_lease_minutes"
    " CHECK (lease_minutes >= 5)",
    "deadline": "DATE",
    "extra_annotator_percent": "INTEGER CONSTRAINT ck_project_extra_annotator_percent"
    " CHECK (extra_annotator_percent BETWEEN 1 AND 100)",
}
COLUMNS = (
    "id, project_id, public_id, article_id, edition_id, number, membership_id, state, lease_until,"
    " started_at, finished_at, is_training"
)


def upgrade() -> None:
    # The defaults stay: to take one away SQLite would drop the table that all others refer to.
    for name, column in PROJECT_COLUMNS.items():
        op.execute(f"ALTER TABLE project ADD COLUMN {name} {column}")
    op.add_column("membership", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    _rebuild_assignment("'open', 'working', 'finished', 'paused', 'lapsed'", has_turns=True)
    op.create_index(
        op.f("ix_assignment_project_id_state_turn"),
        "assignment",
        ["project_id", "state", "turn"],
        unique=False,
    )
    op.execute("UPDATE assignment SET turn = article_id")
    op.execute(
        "UPDATE assignment SET state = 'lapsed' WHERE state <> 'finished' AND membership_id IN"
        ' (SELECT membership.id FROM membership JOIN "user" ON "user".id = membership.user_id'
        ' WHERE membership.ended_at IS NOT NULL OR NOT "user".active)'
    )
    _add_open_slots()


def downgrade() -> None:
    op.execute("DELETE FROM assignment WHERE membership_id IS NULL")
    op.execute("UPDATE assignment SET state = 'working' WHERE state = 'lapsed'")
    op.drop_index(op.f("ix_assignment_project_id_state_turn"), table_name="assignment")
    _rebuild_assignment("'open', 'working', 'finished', 'paused'", has_turns=False)
    op.drop_column("membership", "paused_at")
    for name in reversed(PROJECT_COLUMNS):
        op.drop_column("project", name)


def _rebuild_assignment(states: str, *, has_turns: bool) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_assignment_state"), "assignment", type_="check")
        op.create_check_constraint(
            op.f("ck_assignment_state"), "assignment", f"state IN ({states})"
        )
        if has_turns:
            for column in _turns():
                op.add_column("assignment", column)
        else:
            op.drop_column("assignment", "extra_reason")
            op.drop_column("assignment", "turn")
        return
    # SQLite changes no check in place. The one table that refers to this one is emptied the while:
    # else the foreign keys would hold the table that is dropped.
    op.execute("CREATE TABLE training_try_kept AS SELECT * FROM training_try")
    op.execute("DELETE FROM training_try")
    op.create_table(
        "assignment_new",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_training", sa.Boolean(), server_default=sa.false(), nullable=False),
        *(_turns() if has_turns else ()),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_assignment_state")),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_assignment_article_id_article")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["text_edition.id"], name=op.f("fk_assignment_edition_id_text_edition")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_assignment_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_assignment_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "project_id",
            "article_id",
            "membership_id",
            name=op.f("uq_assignment_project_id_article_id_membership_id"),
        ),
        sa.UniqueConstraint(
            "project_id",
            "article_id",
            "number",
            name=op.f("uq_assignment_project_id_article_id_number"),
        ),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_assignment_project_id_public_id")
        ),
    )
    op.execute(
        f"INSERT INTO assignment_new ({COLUMNS}) SELECT {COLUMNS} FROM assignment"  # noqa: S608  # our names
    )
    op.drop_index(op.f("ix_assignment_membership_id"), table_name="assignment")
    op.drop_table("assignment")
    op.rename_table("assignment_new", "assignment")
    op.create_index(
        op.f("ix_assignment_membership_id"), "assignment", ["membership_id"], unique=False
    )
    op.execute("INSERT INTO training_try SELECT * FROM training_try_kept")
    op.drop_table("training_try_kept")


def _turns() -> tuple[sa.Column[int], sa.Column[str]]:
    return (
        sa.Column("turn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("extra_reason", sa.String(length=200), nullable=True),
    )


def _add_open_slots() -> None:
    """Give each article the slots that nobody has begun, of as many as its project asks for."""
    connection = op.get_bind()
    missing = connection.execute(
        sa.text(
            "SELECT article.project_id, article.id AS article_id,"
            " (SELECT text_edition.id FROM text_edition WHERE text_edition.article_id = article.id"
            " ORDER BY text_edition.number DESC LIMIT 1) AS edition_id,"
            " coalesce(max(assignment.number), 0) AS number,"
            " project.overlap - count(CASE WHEN assignment.state <> 'lapsed'"
            " AND NOT assignment.is_training THEN 1 END) AS missing"
            " FROM article JOIN project ON project.id = article.project_id"
            " LEFT JOIN assignment ON assignment.article_id = article.id"
            " WHERE article.erased_at IS NULL"
            " GROUP BY article.project_id, article.id, project.overlap ORDER BY article.id"
        )
    ).all()
    rows = [
        {
            "project_id": row.project_id,
            "public_id": secrets.token_hex(8),
            "article_id": row.article_id,
            "edition_id": row.edition_id,
            "number": row.number + ahead,
            "turn": row.article_id,
        }
        for row in missing
        for ahead in range(1, row.missing + 1)
    ]
    insert = sa.text(
        "INSERT INTO assignment"
        " (project_id, public_id, article_id, edition_id, number, state, turn)"
        " VALUES (:project_id, :public_id, :article_id, :edition_id, :number, 'open', :turn)"
    )
    for start in range(0, len(rows), ROWS_AT_A_TIME):
        connection.execute(insert, rows[start : start + ROWS_AT_A_TIME])
