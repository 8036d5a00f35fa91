"""The fact-check desk: statements, appearances, evidence, verdicts, reviews and errata."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("publishes", sa.Boolean(), nullable=False),
        sa.Column("blind_verdicts", sa.Boolean(), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("organisation_url", sa.String(length=2000), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("is_nonpartisan", sa.Boolean(), nullable=False),
        sa.Column("funding", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("corrections", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["user.id"], name=op.f("fk_desk_changed_by_user")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_desk_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
        sa.UniqueConstraint("project_id", name=op.f("uq_desk_project_id")),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user.id"], name=op.f("fk_statement_assignee_id_user")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_statement_made_by_user")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_statement_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_statement_project_id_public_id")
        ),
    )
    op.create_index(
        op.f("ix_statement_project_id_assignee_id"),
        "statement",
        ["project_id", "assignee_id"],
        unique=False,
    )
    op.create_table(
        "verdict_scale_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user.id"], name=op.f("fk_verdict_scale_revision_created_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_verdict_scale_revision_project_id_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict_scale_revision")),
        sa.UniqueConstraint(
            "project_id", "number", name=op.f("uq_verdict_scale_revision_project_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_comment_made_by_user")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_comment_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_comment_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_comment_project_id_public_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_comment_statement_id"), "comment", ["statement_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_evidence_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_evidence_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_evidence_project_id_public_id")
        ),
    )
    op.create_index(op.f("ix_evidence_statement_id"), "evidence", ["statement_id"], unique=False)
    op.create_table(
        "search_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=False),
        sa.Column("searched_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_search_log_made_by_user")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_search_log_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_search_log_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_log")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_search_log_project_id_public_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_search_log_statement_id"), "search_log", ["statement_id"], unique=False
    )
    op.create_table(
        "statement_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('contradicts', 'supports', 'same', 'different')",
            name=op.f("ck_statement_link_kind"),
        ),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_statement_link_removed")
        ),
        sa.CheckConstraint("one_id <> other_id", name=op.f("ck_statement_link_two")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_statement_link_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["one_id"], ["statement.id"], name=op.f("fk_statement_link_one_id_statement")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["statement.id"], name=op.f("fk_statement_link_other_id_statement")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_statement_link_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["user.id"], name=op.f("fk_statement_link_removed_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_link")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_statement_link_project_id_public_id")
        ),
    )
    op.create_index(op.f("ix_statement_link_one_id"), "statement_link", ["one_id"], unique=False)
    op.create_index(
        op.f("ix_statement_link_other_id"), "statement_link", ["other_id"], unique=False
    )
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("judge", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(judge = 'final') = (person_id IS NULL)", name=op.f("ck_verdict_judge")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_verdict_person_id_user")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_verdict_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_verdict_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint(
            "project_id",
            "statement_id",
            "judge",
            name=op.f("uq_verdict_project_id_statement_id_judge"),
        ),
    )
    op.create_index(op.f("ix_verdict_statement_id"), "verdict", ["statement_id"], unique=False)
    op.create_table(
        "workflow_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'assigned', 'in_review', 'published', 'corrected', 'withdrawn')",
            name=op.f("ck_workflow_step_state"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_workflow_step_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_workflow_step_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_workflow_step_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_step")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_workflow_step_project_id_state"),
        "workflow_step",
        ["project_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_workflow_step_statement_id"), "workflow_step", ["statement_id"], unique=False
    )
    op.create_table(
        "evidence_fetch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("fetched_by", sa.Integer(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('stored', 'unchanged', 'drifted', 'gone')",
            name=op.f("ck_evidence_fetch_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_fetch_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["fetched_by"], ["user.id"], name=op.f("fk_evidence_fetch_fetched_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_evidence_fetch_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_fetch")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_evidence_fetch_evidence_id"), "evidence_fetch", ["evidence_id"], unique=False
    )
    op.create_table(
        "evidence_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answer_type", sa.String(length=16), nullable=False),
        sa.Column("bearing", sa.String(length=16), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("published", sa.String(length=32), nullable=True),
        sa.Column("accessed", sa.Date(), nullable=False),
        sa.Column("archived_url", sa.String(length=2000), nullable=True),
        sa.Column("passage", sa.String(), nullable=False),
        sa.Column("medium", sa.String(length=16), nullable=False),
        sa.Column("source_kind", sa.String(length=16), nullable=False),
        sa.Column("is_independent", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer_type IN ('extractive', 'abstractive', 'boolean', 'unanswerable')",
            name=op.f("ck_evidence_revision_answer_type"),
        ),
        sa.CheckConstraint(
            "bearing IN ('supports', 'refutes', 'context')",
            name=op.f("ck_evidence_revision_bearing"),
        ),
        sa.CheckConstraint(
            "medium IN ('web_text', 'web_table', 'pdf', 'image', 'video', 'audio', 'metadata',"
            " 'other')",
            name=op.f("ck_evidence_revision_medium"),
        ),
        sa.CheckConstraint(
            "source_kind IN ('primary', 'secondary', 'fact_check')",
            name=op.f("ck_evidence_revision_source_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_revision_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_evidence_revision_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_evidence_revision_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_revision")),
        sa.UniqueConstraint(
            "evidence_id", "number", name=op.f("uq_evidence_revision_evidence_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_evidence_revision_project_id_id"),
        "evidence_revision",
        ["project_id", "id"],
        unique=False,
    )
    op.create_table(
        "dismissed_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_dismissed_claim_claim_id_claim")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_dismissed_claim_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_dismissed_claim_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_dismissed_claim_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dismissed_claim")),
        sa.UniqueConstraint(
            "project_id",
            "statement_id",
            "claim_id",
            name=op.f("uq_dismissed_claim_project_id_statement_id_claim_id"),
        ),
    )
    op.create_table(
        "appearance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("noted_id", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "relation IN ('asserts', 'denies', 'limits', 'mentions')",
            name=op.f("ck_appearance_relation"),
        ),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_appearance_removed")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_appearance_claim_id_claim")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_appearance_made_by_user")),
        sa.ForeignKeyConstraint(
            ["noted_id"], ["claim_revision.id"], name=op.f("fk_appearance_noted_id_claim_revision")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_appearance_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["user.id"], name=op.f("fk_appearance_removed_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_appearance_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appearance")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_appearance_project_id_public_id")
        ),
    )
    op.create_index(op.f("ix_appearance_claim_id"), "appearance", ["claim_id"], unique=False)
    op.create_index(
        op.f("ix_appearance_statement_id"), "appearance", ["statement_id"], unique=False
    )
    op.create_table(
        "statement_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wording", sa.String(length=500), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("claim_type", sa.String(length=32), nullable=False),
        sa.Column("strategy", sa.String(length=32), nullable=True),
        sa.Column("featured_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_statement_revision_language")),
        sa.CheckConstraint(
            "strategy IN ('written_evidence', 'numerical_comparison', 'consultation',"
            " 'satirical_source', 'fact_checker_reference')",
            name=op.f("ck_statement_revision_strategy"),
        ),
        sa.ForeignKeyConstraint(
            ["featured_id"],
            ["appearance.id"],
            name=op.f("fk_statement_revision_featured_id_appearance"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_statement_revision_made_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_statement_revision_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_revision_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_revision")),
        sa.UniqueConstraint(
            "statement_id", "number", name=op.f("uq_statement_revision_statement_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_statement_revision_project_id_id"),
        "statement_revision",
        ["project_id", "id"],
        unique=False,
    )
    op.create_table(
        "verdict_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("statement_revision_id", sa.Integer(), nullable=False),
        sa.Column("scale_revision_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("rating", sa.String(length=32), nullable=False),
        sa.Column("justification", sa.String(), nullable=False),
        sa.Column("context", sa.String(), nullable=True),
        sa.Column("correction", sa.String(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "rating IN ('supported', 'refuted', 'conflicting', 'not_enough_evidence')",
            name=op.f("ck_verdict_revision_rating"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_verdict_revision_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_verdict_revision_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["scale_revision_id"],
            ["verdict_scale_revision.id"],
            name=op.f("fk_verdict_revision_scale_revision_id_verdict_scale_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_revision_id"],
            ["statement_revision.id"],
            name=op.f("fk_verdict_revision_statement_revision_id_statement_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdict.id"], name=op.f("fk_verdict_revision_verdict_id_verdict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict_revision")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_verdict_revision_project_id_public_id")
        ),
        sa.UniqueConstraint(
            "verdict_id", "number", name=op.f("uq_verdict_revision_verdict_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_verdict_revision_project_id_id"),
        "verdict_revision",
        ["project_id", "id"],
        unique=False,
    )
    op.create_table(
        "erratum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("verdict_revision_id", sa.Integer(), nullable=False),
        sa.Column("corrected_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrected_id"],
            ["verdict_revision.id"],
            name=op.f("fk_erratum_corrected_id_verdict_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_erratum_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_erratum_statement_id_statement")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_revision_id"],
            ["verdict_revision.id"],
            name=op.f("fk_erratum_verdict_revision_id_verdict_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erratum")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_erratum_project_id_public_id")
        ),
        sa.UniqueConstraint("verdict_revision_id", name=op.f("uq_erratum_verdict_revision_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_erratum_statement_id"), "erratum", ["statement_id"], unique=False)
    op.create_table(
        "review_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("verdict_revision_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["user.id"], name=op.f("fk_review_invitation_invited_by_user")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_review_invitation_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_revision_id"],
            ["verdict_revision.id"],
            name=op.f("fk_review_invitation_verdict_revision_id_verdict_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_invitation")),
        sa.UniqueConstraint(
            "project_id", "public_id", name=op.f("uq_review_invitation_project_id_public_id")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_review_invitation_token_hash")),
    )
    op.create_index(
        op.f("ix_review_invitation_verdict_revision_id"),
        "review_invitation",
        ["verdict_revision_id"],
        unique=False,
    )
    op.create_table(
        "verdict_appearance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("verdict_revision_id", sa.Integer(), nullable=False),
        sa.Column("appearance_id", sa.Integer(), nullable=False),
        sa.Column("claim_revision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appearance_id"],
            ["appearance.id"],
            name=op.f("fk_verdict_appearance_appearance_id_appearance"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_revision_id"],
            ["claim_revision.id"],
            name=op.f("fk_verdict_appearance_claim_revision_id_claim_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_verdict_appearance_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_revision_id"],
            ["verdict_revision.id"],
            name=op.f("fk_verdict_appearance_verdict_revision_id_verdict_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict_appearance")),
        sa.UniqueConstraint(
            "verdict_revision_id",
            "appearance_id",
            name=op.f("uq_verdict_appearance_verdict_revision_id_appearance_id"),
        ),
    )
    op.create_index(
        op.f("ix_verdict_appearance_appearance_id"),
        "verdict_appearance",
        ["appearance_id"],
        unique=False,
    )
    op.create_table(
        "verdict_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("verdict_revision_id", sa.Integer(), nullable=False),
        sa.Column("evidence_revision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_revision_id"],
            ["evidence_revision.id"],
            name=op.f("fk_verdict_evidence_evidence_revision_id_evidence_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_verdict_evidence_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_revision_id"],
            ["verdict_revision.id"],
            name=op.f("fk_verdict_evidence_verdict_revision_id_verdict_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict_evidence")),
        sa.UniqueConstraint(
            "verdict_revision_id",
            "evidence_revision_id",
            name=op.f("uq_verdict_evidence_verdict_revision_id_evidence_revision_id"),
        ),
    )
    op.create_index(
        op.f("ix_verdict_evidence_evidence_revision_id"),
        "verdict_evidence",
        ["evidence_revision_id"],
        unique=False,
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("verdict_revision_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('asked', 'approved', 'returned')", name=op.f("ck_approval_step")
        ),
        sa.CheckConstraint(
            "(made_by IS NULL) <> (invitation_id IS NULL)", name=op.f("ck_approval_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["review_invitation.id"],
            name=op.f("fk_approval_invitation_id_review_invitation"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_approval_made_by_user")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_approval_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_revision_id"],
            ["verdict_revision.id"],
            name=op.f("fk_approval_verdict_revision_id_verdict_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_approval_verdict_revision_id"), "approval", ["verdict_revision_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("approval")
    op.drop_table("verdict_evidence")
    op.drop_table("verdict_appearance")
    op.drop_table("review_invitation")
    op.drop_table("erratum")
    op.drop_table("verdict_revision")
    op.drop_table("statement_revision")
    op.drop_table("appearance")
    op.drop_table("dismissed_claim")
    op.drop_table("evidence_revision")
    op.drop_table("evidence_fetch")
    op.drop_table("workflow_step")
    op.drop_table("verdict")
    op.drop_table("statement_link")
    op.drop_table("search_log")
    op.drop_table("evidence")
    op.drop_table("comment")
    op.drop_table("verdict_scale_revision")
    op.drop_table("statement")
    op.drop_table("desk")
