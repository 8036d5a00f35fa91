"""Searching: the newest sentences of one project, though another came later."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEX = "ix_sentence_search_project_id_sentence_id"


def upgrade() -> None:
    op.create_index(INDEX, "sentence_search", ["project_id", "sentence_id"])


def downgrade() -> None:
    op.drop_index(INDEX, "sentence_search")
