"""Training: articles with a reference, reasons, tries, and who may begin real work."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_training_percent")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_training_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
        sa.UniqueConstraint("project_id", name=op.f("uq_training_project_id")),
    )
    op.create_table(
        "training_pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('score', 'lead', 'work')", name=op.f("ck_training_pass_reason")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_training_pass_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_training_pass_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_training_pass_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_pass")),
        sa.UniqueConstraint(
            "project_id", "membership_id", name=op.f("uq_training_pass_project_id_membership_id")
        ),
    )
    op.create_table(
        "training_article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_training_article_article_id_article")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_training_article_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_training_article_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["membership.id"],
            name=op.f("fk_training_article_reference_id_membership"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_article")),
        sa.UniqueConstraint(
            "project_id", "article_id", name=op.f("uq_training_article_project_id_article_id")
        ),
    )
    op.create_table(
        "training_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("sentence_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_training_reason_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_training_reason_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"], ["sentence.id"], name=op.f("fk_training_reason_sentence_id_sentence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_reason")),
        sa.UniqueConstraint(
            "project_id", "sentence_id", name=op.f("uq_training_reason_project_id_sentence_id")
        ),
    )
    op.create_table(
        "training_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("shares", sa.Text(), nullable=False),
        sa.Column("missed", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_training_try_assignment_id_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_training_try_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_try")),
        sa.UniqueConstraint(
            "project_id",
            "assignment_id",
            "number",
            name=op.f("uq_training_try_project_id_assignment_id_number"),
        ),
        sqlite_autoincrement=True,
    )
    op.add_column(
        "assignment",
        sa.Column("is_training", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("assignment", "is_training")
    op.drop_table("training_try")
    op.drop_table("training_reason")
    op.drop_table("training_article")
    op.drop_table("training_pass")
    op.drop_table("training")
