"""Let the newest row of something be found by an index, however little is known of a table.

PostgreSQL looks at a table anew after a minute or so. Of one that has just grown it takes the index
over the rows' numbers, and reads backwards from the last row for each thing.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEWEST_OF = {
    "approval": "verdict_revision_id",
    "claim_revision": "claim_id",
    "evidence_fetch": "evidence_id",
    "question_message": "question_id",
    "suggestion_decision": "suggestion_id",
    "workflow_step": "statement_id",
    "zone_mark": "sentence_id",
}


def upgrade() -> None:
    for table, of in NEWEST_OF.items():
        op.create_index(op.f(f"ix_{table}_{of}_id"), table, [of, "id"])
        op.drop_index(op.f(f"ix_{table}_{of}"), table_name=table)


def downgrade() -> None:
    for table, of in NEWEST_OF.items():
        op.create_index(op.f(f"ix_{table}_{of}"), table, [of])
        op.drop_index(op.f(f"ix_{table}_{of}_id"), table_name=table)
