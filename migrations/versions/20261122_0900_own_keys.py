"""The keys that a person has chosen for the workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("keys", sa.Text(), nullable=False, server_default="{}"))
    with op.batch_alter_table("user") as batch:
        batch.alter_column("keys", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("user") as batch:
        batch.drop_column("keys")
