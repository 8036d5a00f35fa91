"""Corrections: the bytes of the file that a corrected text came in."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("source_file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["text_edition.id"],
            name=op.f("fk_edition_source_edition_id_text_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_edition_source_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["source_file.id"],
            name=op.f("fk_edition_source_source_file_id_source_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_source")),
        sa.UniqueConstraint(
            "project_id", "edition_id", name=op.f("uq_edition_source_project_id_edition_id")
        ),
    )
    op.create_index(op.f("ix_edition_source_source_file_id"), "edition_source", ["source_file_id"])


def downgrade() -> None:
    op.drop_table("edition_source")
