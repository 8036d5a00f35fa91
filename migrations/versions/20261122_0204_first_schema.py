"""The first schema: accounts, projects, jobs, corpus and labelling."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event "
        "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$",
        "CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("overlap", sa.Integer(), nullable=False),
        sa.Column("suggestion_free_percent", sa.Integer(), nullable=False),
        sa.Column("single_settles", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("dataset_secret", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_project_language")),
        sa.CheckConstraint("overlap >= 1", name=op.f("ck_project_overlap")),
        sa.CheckConstraint(
            "suggestion_free_percent BETWEEN 0 AND 100", name=op.f("ck_project_suggestion_free")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("slug", name=op.f("uq_project_slug")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_hash", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(
        op.f("ix_sign_in_attempt_account_hash_at"),
        "sign_in_attempt",
        ["account_hash", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sign_in_attempt_address_hash_at"),
        "sign_in_attempt",
        ["address_hash", "at"],
        unique=False,
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_site_admin", sa.Boolean(), nullable=False),
        sa.Column("welcomed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_public_id")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_audit_event_project_id_project")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_audit_event_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_audit_event_project_id_id"), "audit_event", ["project_id", "id"], unique=False
    )
    op.create_table(
        "guideline_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user.id"], name=op.f("fk_guideline_revision_created_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_guideline_revision_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guideline_revision")),
        sa.UniqueConstraint(
            "project_id", "number", name=op.f("uq_guideline_revision_project_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["user.id"], name=op.f("fk_invitation_invited_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_invitation_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_holder", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_job_created_by_user")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_job_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_job_state_id"), "job", ["state", "id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('annotator', 'adjudicator', 'fact_checker', 'data_user', 'manager')",
            name=op.f("ck_membership_role"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_membership_project_id_project")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_membership_project_id_public_id")
        ),
        sa.UniqueConstraint(
            "project_id", "user_id", "role", name=op.f("uq_membership_project_id_user_id_role")
        ),
    )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_table(
        "register_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_register_revision_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_register_revision_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_revision")),
        sa.UniqueConstraint(
            "project_id", "number", name=op.f("uq_register_revision_project_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "scheme_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user.id"], name=op.f("fk_scheme_revision_created_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_scheme_revision_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_revision")),
        sa.UniqueConstraint(
            "project_id", "number", name=op.f("uq_scheme_revision_project_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_session_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    op.create_index(op.f("ix_session_user_id"), "session", ["user_id"], unique=False)
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('sign_in', 'new_password')", name=op.f("ck_sign_in_link_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_sign_in_link_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    op.create_table(
        "source_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("imported_by", sa.Integer(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["user.id"], name=op.f("fk_source_file_imported_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_source_file_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_file")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_source_file_project_id_public_id")
        ),
        sa.UniqueConstraint("project_id", "sha256", name=op.f("uq_source_file_project_id_sha256")),
    )
    op.create_table(
        "speaker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("periphrases", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=True),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("wikidata", sa.String(length=32), nullable=True),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('person', 'organisation', 'group', 'document')", name=op.f("ck_speaker_kind")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user.id"], name=op.f("fk_speaker_created_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["speaker.id"], name=op.f("fk_speaker_employer_id_speaker")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["speaker.id"], name=op.f("fk_speaker_merged_into_id_speaker")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_speaker_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_speaker_project_id_public_id")
        ),
    )
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("source_file_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=True),
        sa.Column("outlet", sa.String(length=200), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=True),
        sa.Column("published", sa.String(length=32), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("rights", sa.String(length=500), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_article_language")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_article_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["source_file.id"],
            name=op.f("fk_article_source_file_id_source_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_article_project_id_public_id")
        ),
        sa.UniqueConstraint("project_id", "slug", name=op.f("uq_article_project_id_slug")),
    )
    op.create_index(op.f("ix_article_source_file_id"), "article", ["source_file_id"], unique=False)
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user.id"], name=op.f("fk_target_created_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["target.id"], name=op.f("fk_target_merged_into_id_target")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_target_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name=op.f("fk_target_speaker_id_speaker")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("project_id", "public_id", name=op.f("uq_target_project_id_public_id")),
    )
    op.create_table(
        "text_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("segmenter", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_text_edition_article_id_article")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_text_edition_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_edition")),
        sa.UniqueConstraint(
            "project_id",
            "article_id",
            "number",
            name=op.f("uq_text_edition_project_id_article_id_number"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_text_edition_article_id_number"),
        "text_edition",
        ["article_id", "number"],
        unique=False,
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'working', 'finished', 'paused')", name=op.f("ck_assignment_state")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_assignment_article_id_article")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["text_edition.id"], name=op.f("fk_assignment_edition_id_text_edition")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_assignment_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_assignment_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "project_id",
            "article_id",
            "membership_id",
            name=op.f("uq_assignment_project_id_article_id_membership_id"),
        ),
        sa.UniqueConstraint(
            "project_id",
            "article_id",
            "number",
            name=op.f("uq_assignment_project_id_article_id_number"),
        ),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_assignment_project_id_public_id")
        ),
    )
    op.create_index(
        op.f("ix_assignment_membership_id"), "assignment", ["membership_id"], unique=False
    )
    op.create_table(
        "sentence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.CheckConstraint('start >= 0 AND start < "end"', name=op.f("ck_sentence_range")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["text_edition.id"], name=op.f("fk_sentence_edition_id_text_edition")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_sentence_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentence")),
        sa.UniqueConstraint(
            "project_id",
            "edition_id",
            "position",
            name=op.f("uq_sentence_project_id_edition_id_position"),
        ),
    )
    op.create_table(
        "annotation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("sentence_id", sa.Integer(), nullable=False),
        sa.Column("answerer", sa.String(length=64), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(answerer = 'gold') = (membership_id IS NULL)", name=op.f("ck_annotation_answerer")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_annotation_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_annotation_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"], ["sentence.id"], name=op.f("fk_annotation_sentence_id_sentence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation")),
        sa.UniqueConstraint(
            "project_id",
            "sentence_id",
            "answerer",
            name=op.f("uq_annotation_project_id_sentence_id_answerer"),
        ),
    )
    op.create_table(
        "zone_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("sentence_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=16), nullable=False),
        sa.Column("marked_by", sa.Integer(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "zone IN ('headline', 'standfirst', 'body', 'caption', 'glossary', 'boilerplate')",
            name=op.f("ck_zone_mark_zone"),
        ),
        sa.ForeignKeyConstraint(
            ["marked_by"], ["user.id"], name=op.f("fk_zone_mark_marked_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_zone_mark_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"], ["sentence.id"], name=op.f("fk_zone_mark_sentence_id_sentence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_mark")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_zone_mark_sentence_id"), "zone_mark", ["sentence_id"], unique=False)
    op.create_table(
        "annotation_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("scheme_revision_id", sa.Integer(), nullable=False),
        sa.Column("guideline_revision_id", sa.Integer(), nullable=False),
        sa.Column("register_number", sa.Integer(), nullable=False),
        sa.Column("elapsed_ms", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "cause IN ('human', 'merge', 'sync', 'scheme_change', 'import')",
            name=op.f("ck_annotation_revision_cause"),
        ),
        sa.CheckConstraint(
            "decision IN ('claims', 'no_claim', 'undecided', 'not_annotatable')",
            name=op.f("ck_annotation_revision_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotation.id"],
            name=op.f("fk_annotation_revision_annotation_id_annotation"),
        ),
        sa.ForeignKeyConstraint(
            ["guideline_revision_id"],
            ["guideline_revision.id"],
            name=op.f("fk_annotation_revision_guideline_revision_id_guideline_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_annotation_revision_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_annotation_revision_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_revision_id"],
            ["scheme_revision.id"],
            name=op.f("fk_annotation_revision_scheme_revision_id_scheme_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation_revision")),
        sa.UniqueConstraint(
            "annotation_id", "number", name=op.f("uq_annotation_revision_annotation_id_number")
        ),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_annotation_revision_project_id_public_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_annotation_revision_project_id_id"),
        "annotation_revision",
        ["project_id", "id"],
        unique=False,
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotation.id"], name=op.f("fk_claim_annotation_id_annotation")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_claim_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("project_id", "public_id", name=op.f("uq_claim_project_id_public_id")),
    )
    op.create_index(op.f("ix_claim_annotation_id"), "claim", ["annotation_id"], unique=False)
    op.create_table(
        "suggestion_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["text_edition.id"],
            name=op.f("fk_suggestion_run_edition_id_text_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_suggestion_run_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_run")),
        sa.UniqueConstraint(
            "project_id",
            "edition_id",
            "version",
            name=op.f("uq_suggestion_run_project_id_edition_id_version"),
        ),
    )
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("sentence_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_suggestion_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["suggestion_run.id"], name=op.f("fk_suggestion_run_id_suggestion_run")
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"], ["sentence.id"], name=op.f("fk_suggestion_sentence_id_sentence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_suggestion_project_id_public_id")
        ),
    )
    op.create_index(op.f("ix_suggestion_run_id"), "suggestion", ["run_id"], unique=False)
    op.create_table(
        "suggestion_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('rejected', 'reopened')", name=op.f("ck_suggestion_decision_decision")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_suggestion_decision_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_suggestion_decision_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestion.id"],
            name=op.f("fk_suggestion_decision_suggestion_id_suggestion"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_decision")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_suggestion_decision_project_id_public_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_suggestion_decision_suggestion_id"),
        "suggestion_decision",
        ["suggestion_id"],
        unique=False,
    )
    op.create_table(
        "claim_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("annotation_revision_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["annotation_revision_id"],
            ["annotation_revision.id"],
            name=op.f("fk_claim_revision_annotation_revision_id_annotation_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_revision_claim_id_claim")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_claim_revision_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestion.id"],
            name=op.f("fk_claim_revision_suggestion_id_suggestion"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_revision")),
        sa.UniqueConstraint(
            "annotation_revision_id",
            "claim_id",
            name=op.f("uq_claim_revision_annotation_revision_id_claim_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_claim_revision_claim_id"), "claim_revision", ["claim_id"], unique=False
    )
    op.create_table(
        "stance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("annotation_revision_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("holder", sa.String(length=16), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=True),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("target_span", sa.Text(), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(holder = 'speaker') = (speaker_id IS NOT NULL)", name=op.f("ck_stance_speaker")
        ),
        sa.CheckConstraint(
            "holder IN ('author', 'speaker', 'unspecified')", name=op.f("ck_stance_holder")
        ),
        sa.ForeignKeyConstraint(
            ["annotation_revision_id"],
            ["annotation_revision.id"],
            name=op.f("fk_stance_annotation_revision_id_annotation_revision"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_stance_claim_id_claim")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_stance_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name=op.f("fk_stance_speaker_id_speaker")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_stance_target_id_target")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stance")),
        sa.UniqueConstraint(
            "annotation_revision_id",
            "position",
            name=op.f("uq_stance_annotation_revision_id_position"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_stance_target_id"), "stance", ["target_id"], unique=False)
    op.create_table(
        "attribution_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("claim_revision_id", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=True),
        sa.Column("mention", sa.Text(), nullable=False),
        sa.Column("cue", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(depth = 0) = (source = 'author')", name=op.f("ck_attribution_link_author_first")
        ),
        sa.CheckConstraint(
            "(source = 'speaker') = (speaker_id IS NOT NULL)",
            name=op.f("ck_attribution_link_speaker"),
        ),
        sa.CheckConstraint(
            "source IN ('author', 'speaker', 'unspecified')",
            name=op.f("ck_attribution_link_source"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_revision_id"],
            ["claim_revision.id"],
            name=op.f("fk_attribution_link_claim_revision_id_claim_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_attribution_link_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name=op.f("fk_attribution_link_speaker_id_speaker")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribution_link")),
        sa.UniqueConstraint(
            "claim_revision_id", "depth", name=op.f("uq_attribution_link_claim_revision_id_depth")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_attribution_link_speaker_id"), "attribution_link", ["speaker_id"], unique=False
    )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change() CASCADE")
    op.drop_index(op.f("ix_attribution_link_speaker_id"), table_name="attribution_link")
    op.drop_table("attribution_link")
    op.drop_index(op.f("ix_stance_target_id"), table_name="stance")
    op.drop_table("stance")
    op.drop_index(op.f("ix_claim_revision_claim_id"), table_name="claim_revision")
    op.drop_table("claim_revision")
    op.drop_index(op.f("ix_suggestion_decision_suggestion_id"), table_name="suggestion_decision")
    op.drop_table("suggestion_decision")
    op.drop_index(op.f("ix_suggestion_run_id"), table_name="suggestion")
    op.drop_table("suggestion")
    op.drop_table("suggestion_run")
    op.drop_index(op.f("ix_claim_annotation_id"), table_name="claim")
    op.drop_table("claim")
    op.drop_index(op.f("ix_annotation_revision_project_id_id"), table_name="annotation_revision")
    op.drop_table("annotation_revision")
    op.drop_index(op.f("ix_zone_mark_sentence_id"), table_name="zone_mark")
    op.drop_table("zone_mark")
    op.drop_table("annotation")
    op.drop_table("sentence")
    op.drop_index(op.f("ix_assignment_membership_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_text_edition_article_id_number"), table_name="text_edition")
    op.drop_table("text_edition")
    op.drop_table("target")
    op.drop_index(op.f("ix_article_source_file_id"), table_name="article")
    op.drop_table("article")
    op.drop_table("speaker")
    op.drop_table("source_file")
    op.drop_table("sign_in_link")
    op.drop_index(op.f("ix_session_user_id"), table_name="session")
    op.drop_table("session")
    op.drop_table("scheme_revision")
    op.drop_table("register_revision")
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_job_state_id"), table_name="job")
    op.drop_table("job")
    op.drop_table("invitation")
    op.drop_table("guideline_revision")
    op.drop_index(op.f("ix_audit_event_project_id_id"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_table("user")
    op.drop_index(op.f("ix_sign_in_attempt_address_hash_at"), table_name="sign_in_attempt")
    op.drop_index(op.f("ix_sign_in_attempt_account_hash_at"), table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_table("project")
