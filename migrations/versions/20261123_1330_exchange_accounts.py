"""Label Studio: by which accounts a connection wrote there."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "remote_connection", sa.Column("accounts", sa.Text(), nullable=False, server_default="[]")
    )


def downgrade() -> None:
    op.drop_column("remote_connection", "accounts")
