"""Fact-checking: what was known of article and speaker when a verdict was given."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("verdict_appearance", sa.Column("known", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("verdict_appearance", "known")
