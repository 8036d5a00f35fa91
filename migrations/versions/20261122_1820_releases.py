"""Releases of datasets with their files, and tokens for the API."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("start", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_api_token_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["api_token.id"], name=op.f("fk_api_token_successor_id_api_token")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_api_token_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_token_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "dataset_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("creators", sa.Text(), nullable=False),
        sa.Column("licence", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("contact", sa.String(length=254), nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user.id"], name=op.f("fk_dataset_profile_changed_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_dataset_profile_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_profile")),
        sa.UniqueConstraint("project_id", name=op.f("uq_dataset_profile_project_id")),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("snapshot_id", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("instant", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawal IS NULL)", name=op.f("ck_release_withdrawn")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_release_made_by_user")),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["release.id"], name=op.f("fk_release_previous_id_release")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_release_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["user.id"], name=op.f("fk_release_withdrawn_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_release_project_id_public_id")
        ),
        sa.UniqueConstraint("project_id", "version", name=op.f("uq_release_project_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "frozen_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('article', 'statement')", name=op.f("ck_frozen_test_kind")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_frozen_test_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_frozen_test_release_id_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_test")),
        sa.UniqueConstraint(
            "project_id", "kind", "item", name=op.f("uq_frozen_test_project_id_kind_item")
        ),
    )
    op.create_table(
        "release_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_release_file_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_file_release_id_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_file")),
        sa.UniqueConstraint("release_id", "path", name=op.f("uq_release_file_release_id_path")),
    )
    op.create_table(
        "release_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("verdict_revision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_release_verdict_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_verdict_release_id_release")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_revision_id"],
            ["verdict_revision.id"],
            name=op.f("fk_release_verdict_verdict_revision_id_verdict_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_verdict")),
        sa.UniqueConstraint(
            "release_id",
            "verdict_revision_id",
            name=op.f("uq_release_verdict_release_id_verdict_revision_id"),
        ),
    )
    op.create_index(
        op.f("ix_release_verdict_verdict_revision_id"),
        "release_verdict",
        ["verdict_revision_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_release_verdict_verdict_revision_id"), table_name="release_verdict")
    op.drop_table("release_verdict")
    op.drop_table("release_file")
    op.drop_table("frozen_test")
    op.drop_table("release")
    op.drop_table("dataset_profile")
    op.drop_index(op.f("ix_api_token_user_id"), table_name="api_token")
    op.drop_table("api_token")
