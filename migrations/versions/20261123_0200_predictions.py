"""Label Studio: what each task was given as a prediction."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("remote_task", sa.Column("predicted_from", sa.String(64), nullable=True))
    op.add_column("remote_task", sa.Column("predicted_sha", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("remote_task", "predicted_sha")
    op.drop_column("remote_task", "predicted_from")
