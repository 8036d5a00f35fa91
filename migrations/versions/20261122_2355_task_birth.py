"""Label Studio: when a task was made there, because numbers are given again."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("remote_task", sa.Column("remote_made_at", sa.String(32), nullable=True))


def downgrade() -> None:
    op.drop_column("remote_task", "remote_made_at")
