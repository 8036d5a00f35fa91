"""Connections to Label Studio: what both sides agreed on, what is to be written and settled."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remote_connection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("token_cipher", sa.String(), nullable=False),
        sa.Column("token_kind", sa.String(length=16), nullable=False),
        sa.Column("submitted_means_read", sa.Boolean(), nullable=False),
        sa.Column("sync_minutes", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("webhook_hash", sa.String(length=64), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'ended')", name=op.f("ck_remote_connection_state")
        ),
        sa.CheckConstraint(
            "token_kind IN ('legacy', 'personal')", name=op.f("ck_remote_connection_token_kind")
        ),
        sa.CheckConstraint("sync_minutes >= 1", name=op.f("ck_remote_connection_sync_minutes")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_remote_connection_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_remote_connection_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote_connection")),
        sa.UniqueConstraint("public_id", name=op.f("uq_remote_connection_public_id")),
    )
    op.create_index(
        op.f("ix_remote_connection_project_id"), "remote_connection", ["project_id"], unique=False
    )
    op.create_table(
        "remote_project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("remote_id", sa.Integer(), nullable=False),
        sa.Column("remote_title", sa.String(length=200), nullable=False),
        sa.Column("remote_made_at", sa.String(length=32), nullable=False),
        sa.Column("config_sha", sa.String(length=64), nullable=False),
        sa.Column("watermark", sa.String(length=32), nullable=True),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["remote_connection.id"],
            name=op.f("fk_remote_project_connection_id_remote_connection"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_remote_project_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_remote_project_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote_project")),
        sa.UniqueConstraint(
            "connection_id",
            "membership_id",
            name=op.f("uq_remote_project_connection_id_membership_id"),
        ),
        sa.UniqueConstraint(
            "connection_id", "remote_id", name=op.f("uq_remote_project_connection_id_remote_id")
        ),
    )
    op.create_table(
        "remote_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("remote_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["remote_connection.id"],
            name=op.f("fk_remote_person_connection_id_remote_connection"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_remote_person_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_remote_person_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote_person")),
        sa.UniqueConstraint(
            "connection_id", "remote_id", name=op.f("uq_remote_person_connection_id_remote_id")
        ),
    )
    op.create_index(
        op.f("ix_remote_person_membership_id"), "remote_person", ["membership_id"], unique=False
    )
    op.create_table(
        "remote_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("remote_project_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("remote_id", sa.Integer(), nullable=False),
        sa.Column("data_sha", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.CheckConstraint("state IN ('there', 'gone')", name=op.f("ck_remote_task_state")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["text_edition.id"], name=op.f("fk_remote_task_edition_id_text_edition")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_remote_task_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["remote_project_id"],
            ["remote_project.id"],
            name=op.f("fk_remote_task_remote_project_id_remote_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote_task")),
        sa.UniqueConstraint(
            "remote_project_id",
            "edition_id",
            name=op.f("uq_remote_task_remote_project_id_edition_id"),
        ),
    )
    op.create_index(op.f("ix_remote_task_edition_id"), "remote_task", ["edition_id"], unique=False)
    op.create_table(
        "remote_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("remote_task_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("unique_id", sa.String(length=36), nullable=False),
        sa.Column("remote_id", sa.Integer(), nullable=True),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.CheckConstraint("state IN ('there', 'gone')", name=op.f("ck_remote_answer_state")),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_remote_answer_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_remote_answer_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["remote_task_id"],
            ["remote_task.id"],
            name=op.f("fk_remote_answer_remote_task_id_remote_task"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote_answer")),
        sa.UniqueConstraint(
            "remote_task_id",
            "membership_id",
            name=op.f("uq_remote_answer_remote_task_id_membership_id"),
        ),
        sa.UniqueConstraint("unique_id", name=op.f("uq_remote_answer_unique_id")),
    )
    op.create_index(
        op.f("ix_remote_answer_membership_id"), "remote_answer", ["membership_id"], unique=False
    )
    op.create_table(
        "remote_write",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("remote_project_id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.CheckConstraint(
            "operation IN ('task', 'answer', 'delete')", name=op.f("ck_remote_write_operation")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sent', 'failed')", name=op.f("ck_remote_write_state")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_remote_write_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["remote_project_id"],
            ["remote_project.id"],
            name=op.f("fk_remote_write_remote_project_id_remote_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote_write")),
        sa.UniqueConstraint(
            "remote_project_id",
            "operation",
            "subject",
            name=op.f("uq_remote_write_remote_project_id_operation_subject"),
        ),
    )
    op.create_table(
        "sync_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("is_plan", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('push', 'pull', 'sync')", name=op.f("ck_sync_run_kind")),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_sync_run_asked_by_user")),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["remote_connection.id"],
            name=op.f("fk_sync_run_connection_id_remote_connection"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_sync_run_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sync_run_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_sync_run_connection_id_id"), "sync_run", ["connection_id", "id"], unique=False
    )
    op.create_table(
        "sync_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("remote_answer_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'ours', 'theirs', 'edited', 'gone')",
            name=op.f("ck_sync_conflict_state"),
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["remote_connection.id"],
            name=op.f("fk_sync_conflict_connection_id_remote_connection"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_sync_conflict_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["remote_answer_id"],
            ["remote_answer.id"],
            name=op.f("fk_sync_conflict_remote_answer_id_remote_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user.id"], name=op.f("fk_sync_conflict_settled_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_conflict")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sync_conflict_public_id")),
    )
    op.create_index(
        op.f("ix_sync_conflict_connection_id_state"),
        "sync_conflict",
        ["connection_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sync_conflict_remote_answer_id"),
        "sync_conflict",
        ["remote_answer_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_sync_conflict_remote_answer_id"), table_name="sync_conflict")
    op.drop_index(op.f("ix_sync_conflict_connection_id_state"), table_name="sync_conflict")
    op.drop_table("sync_conflict")
    op.drop_index(op.f("ix_sync_run_connection_id_id"), table_name="sync_run")
    op.drop_table("sync_run")
    op.drop_table("remote_write")
    op.drop_index(op.f("ix_remote_answer_membership_id"), table_name="remote_answer")
    op.drop_table("remote_answer")
    op.drop_index(op.f("ix_remote_task_edition_id"), table_name="remote_task")
    op.drop_table("remote_task")
    op.drop_index(op.f("ix_remote_person_membership_id"), table_name="remote_person")
    op.drop_table("remote_person")
    op.drop_table("remote_project")
    op.drop_index(op.f("ix_remote_connection_project_id"), table_name="remote_connection")
    op.drop_table("remote_connection")
