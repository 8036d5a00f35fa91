"""Label Studio: what was said there before we wrote, and who is nobody here."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "remote_answer", sa.Column("earlier", sa.Text(), nullable=False, server_default="[]")
    )
    op.add_column(
        "remote_person",
        sa.Column("is_nobody", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("remote_person", "is_nobody")
    op.drop_column("remote_answer", "earlier")
