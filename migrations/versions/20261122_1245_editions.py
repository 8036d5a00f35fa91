"""Editions: which answers were made from which, when a text is corrected, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BEFORE = "cause IN ('human', 'merge', 'sync', 'scheme_change', 'import')"
AFTER = "cause IN ('human', 'merge', 'sync', 'scheme_change', 'import', 'new_edition')"


def upgrade() -> None:
    _change_causes(BEFORE, AFTER)
    op.create_table(
        "carried_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("from_revision_id", sa.Integer(), nullable=False),
        sa.Column("to_revision_id", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("fate IN ('exact', 'moved')", name=op.f("ck_carried_answer_fate")),
        sa.ForeignKeyConstraint(
            ["from_revision_id"],
            ["annotation_revision.id"],
            name=op.f("fk_carried_answer_from_revision_id_annotation_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_carried_answer_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_carried_answer_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["to_revision_id"],
            ["annotation_revision.id"],
            name=op.f("fk_carried_answer_to_revision_id_annotation_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carried_answer")),
        sa.UniqueConstraint(
            "project_id",
            "from_revision_id",
            "to_revision_id",
            name=op.f("uq_carried_answer_project_id_from_revision_id_to_revision_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_carried_answer_to_revision_id"), "carried_answer", ["to_revision_id"])
    op.create_table(
        "carried_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("from_claim_id", sa.Integer(), nullable=False),
        sa.Column("to_claim_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_claim_id"], ["claim.id"], name=op.f("fk_carried_claim_from_claim_id_claim")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_carried_claim_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["to_claim_id"], ["claim.id"], name=op.f("fk_carried_claim_to_claim_id_claim")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carried_claim")),
        sa.UniqueConstraint(
            "project_id",
            "from_claim_id",
            "to_claim_id",
            name=op.f("uq_carried_claim_project_id_from_claim_id_to_claim_id"),
        ),
    )
    op.create_index(op.f("ix_carried_claim_to_claim_id"), "carried_claim", ["to_claim_id"])


def downgrade() -> None:
    op.drop_table("carried_claim")
    op.drop_table("carried_answer")
    op.execute("UPDATE annotation_revision SET cause = 'import' WHERE cause = 'new_edition'")
    _change_causes(AFTER, BEFORE)


def _change_causes(before: str, after: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_annotation_revision_cause"), "annotation_revision")
        op.create_check_constraint(
            op.f("ck_annotation_revision_cause"), "annotation_revision", after
        )
        return
    # SQLite changes no check in place, and half of all tables refer to this one. What a table may
    # hold can be changed as its documentation says, since no stored row reads any differently.
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?)"
        " WHERE type = 'table' AND name = 'annotation_revision'",
        (before, after),
    )
    assert changed.rowcount == 1  # noqa: S101  # else the step would only seem done
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
