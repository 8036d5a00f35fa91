"""Label Studio: which annotations are as they were when both sides last said the same."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("remote_answer", sa.Column("seen_sha", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("remote_answer", "seen_sha")
