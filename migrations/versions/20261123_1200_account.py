"""Label Studio: of which account an annotation there is."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

LINKED = """
UPDATE remote_answer SET account = (
    SELECT MIN(remote_person.remote_id)
    FROM remote_person
    JOIN remote_project ON remote_project.connection_id = remote_person.connection_id
    JOIN remote_task ON remote_task.remote_project_id = remote_project.id
    WHERE remote_task.id = remote_answer.remote_task_id
    AND remote_person.membership_id = remote_answer.membership_id
)
"""


def upgrade() -> None:
    op.add_column("remote_answer", sa.Column("account", sa.Integer(), nullable=True))
    op.execute(LINKED)


def downgrade() -> None:
    op.drop_column("remote_answer", "account")
