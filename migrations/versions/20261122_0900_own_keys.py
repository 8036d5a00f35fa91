"""The keys that a person has chosen for the workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default stays: to take it away SQLite would drop the table that all others refer to.
    op.add_column("user", sa.Column("keys", sa.Text(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("user", "keys")
