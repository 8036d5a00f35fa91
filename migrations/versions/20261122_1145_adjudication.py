"""Adjudication: what was decided, from which claims, what is held against it; when all agree."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The defaults stay: to take them away SQLite would drop the table that all others refer to.
    for name, default in (("unanimous_settles", sa.true()), ("majority_settles", sa.false())):
        column = sa.Column(name, sa.Boolean(), server_default=default, nullable=False)
        op.add_column("project", column)
    op.create_table(
        "adjudication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("sentence_id", sa.Integer(), nullable=False),
        sa.Column("annotation_revision_id", sa.Integer(), nullable=True),
        sa.Column("compared", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accept', 'edit', 'reject_all', 'reopen', 'defer')",
            name=op.f("ck_adjudication_outcome"),
        ),
        sa.CheckConstraint(
            "reason IN ('guideline_gap', 'ambiguous_text', 'slip', 'boundary_rule', 'wrong_link',"
            " 'granularity', 'wrong_value', 'register_gap')",
            name=op.f("ck_adjudication_reason"),
        ),
        sa.CheckConstraint(
            "(outcome = 'defer') = (annotation_revision_id IS NULL)",
            name=op.f("ck_adjudication_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["annotation_revision_id"],
            ["annotation_revision.id"],
            name=op.f("fk_adjudication_annotation_revision_id_annotation_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_adjudication_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_adjudication_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"], ["sentence.id"], name=op.f("fk_adjudication_sentence_id_sentence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjudication")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_adjudication_project_id_public_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_adjudication_sentence_id"), "adjudication", ["sentence_id"])
    op.create_index(
        op.f("ix_adjudication_annotation_revision_id"), "adjudication", ["annotation_revision_id"]
    )
    op.create_table(
        "claim_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("gold_claim_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_source_claim_id_claim")
        ),
        sa.ForeignKeyConstraint(
            ["gold_claim_id"], ["claim.id"], name=op.f("fk_claim_source_gold_claim_id_claim")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_claim_source_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_source")),
        sa.UniqueConstraint(
            "project_id",
            "gold_claim_id",
            "claim_id",
            name=op.f("uq_claim_source_project_id_gold_claim_id_claim_id"),
        ),
    )
    op.create_index(op.f("ix_claim_source_claim_id"), "claim_source", ["claim_id"])
    op.create_table(
        "contest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("sentence_id", sa.Integer(), nullable=False),
        sa.Column("adjudication_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_seen", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_by IS NULL)", name=op.f("ck_contest_answered")
        ),
        sa.ForeignKeyConstraint(
            ["adjudication_id"],
            ["adjudication.id"],
            name=op.f("fk_contest_adjudication_id_adjudication"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["user.id"], name=op.f("fk_contest_answered_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_contest_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_contest_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"], ["sentence.id"], name=op.f("fk_contest_sentence_id_sentence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_contest_project_id_public_id")
        ),
        sa.UniqueConstraint(
            "project_id",
            "membership_id",
            "sentence_id",
            name=op.f("uq_contest_project_id_membership_id_sentence_id"),
        ),
    )
    op.create_index(op.f("ix_contest_sentence_id"), "contest", ["sentence_id"])


def downgrade() -> None:
    op.drop_table("contest")
    op.drop_table("claim_source")
    op.drop_table("adjudication")
    op.drop_column("project", "majority_settles")
    op.drop_column("project", "unanimous_settles")
