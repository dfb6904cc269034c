"""The first schema: people, network, assessments, evidence, reviews, certificates, work."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_key_at", "attempt", ["key", "at"], unique=False)
    op.create_table(
        "criteria_set",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("set_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_criteria_set")),
    )
    op.create_table(
        "due_period",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "leased",
                "done",
                "failed",
                name="periodstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_due_period")),
    )
    op.create_index("ix_due_period_job_state", "due_period", ["job", "state"], unique=False)
    op.create_table(
        "issuing_body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("address", sa.String(length=240), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("signatory", sa.String(length=160), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuing_body")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_issuing_body_valid_from")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("line", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_journal_entry_hash")),
    )
    op.create_index("ix_journal_entry_line_number", "journal_entry", ["line", "number"], unique=False)
    op.create_table(
        "network",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("last_serial", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
    )
    op.create_table(
        "reporting_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_latin", sa.String(length=160), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("operator", sa.String(length=160), nullable=False),
        sa.Column("operator_address", sa.String(length=240), nullable=False),
        sa.Column("scope", sa.String(length=240), nullable=False),
        sa.Column("channels", sa.String(length=240), nullable=False),
        sa.Column("web_address", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("wrong_file_instruction", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporting_line")),
        sa.UniqueConstraint("name", name=op.f("uq_reporting_line_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reporting_line_public_id")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "manager",
                "contributor",
                "reviewer",
                "coordinator",
                "auditor",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role in ('manager', 'contributor')) = (line_id is not null)",
            name=op.f("ck_appointment_line_where_needed"),
        ),
        sa.ForeignKeyConstraint(["line_id"], ["reporting_line.id"], name=op.f("fk_appointment_line_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_line_id"), "appointment", ["line_id"], unique=False)
    op.create_index("ix_appointment_person_id_ended_at", "appointment", ["person_id", "ended_at"], unique=False)
    op.create_table(
        "cycle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "full",
                "yearly_check",
                "first_round",
                name="cyclekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("criteria_set_hash", sa.String(length=64), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("submit_by", sa.Date(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("reviewers", sa.Integer(), nullable=False),
        sa.Column("validity_months", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "opens_on <= submit_by and submit_by <= review_by and review_by <= decide_by",
            name=op.f("ck_cycle_dates_in_order"),
        ),
        sa.CheckConstraint("reviewers in (1, 2)", name=op.f("ck_cycle_one_or_two_reviewers")),
        sa.CheckConstraint("validity_months between 1 and 60", name=op.f("ck_cycle_validity")),
        sa.ForeignKeyConstraint(["criteria_set_hash"], ["criteria_set.hash"], name=op.f("fk_cycle_criteria_set_hash")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_cycle_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("name", name=op.f("uq_cycle_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cycle_public_id")),
    )
    op.create_table(
        "evidence_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("received_digest", sa.String(length=64), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("no_abuse_image_declared", sa.Boolean(), nullable=False),
        sa.Column("no_personal_data_declared", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_evidence_item_added_by_id")),
        sa.ForeignKeyConstraint(["line_id"], ["reporting_line.id"], name=op.f("fk_evidence_item_line_id")),
        sa.ForeignKeyConstraint(["locked_by_id"], ["person.id"], name=op.f("fk_evidence_item_locked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_item")),
        sa.UniqueConstraint("public_id", name=op.f("uq_evidence_item_public_id")),
    )
    op.create_index(op.f("ix_evidence_item_line_id"), "evidence_item", ["line_id"], unique=False)
    op.create_index("ix_evidence_item_received_digest", "evidence_item", ["received_digest"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
    )
    op.create_index(op.f("ix_letter_person_id"), "letter", ["person_id"], unique=False)
    op.create_index("ix_letter_sent_at_next_attempt_at", "letter", ["sent_at", "next_attempt_at"], unique=False)
    op.create_table(
        "one_time_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_one_time_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_token_token_hash")),
    )
    op.create_index(op.f("ix_one_time_token_person_id"), "one_time_token", ["person_id"], unique=False)
    op.create_table(
        "scope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("includes_evidence", sa.Boolean(), nullable=False),
        sa.Column("includes_comparison", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_scope_opened_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_scope_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope")),
        sa.UniqueConstraint("public_id", name=op.f("uq_scope_public_id")),
    )
    op.create_index(op.f("ix_scope_person_id"), "scope", ["person_id"], unique=False)
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_session_person_id"), "sign_in_session", ["person_id"], unique=False)
    op.create_table(
        "scope_line",
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["reporting_line.id"], name=op.f("fk_scope_line_line_id")),
        sa.ForeignKeyConstraint(["scope_id"], ["scope.id"], name=op.f("fk_scope_line_scope_id")),
        sa.PrimaryKeyConstraint("scope_id", "line_id", name=op.f("pk_scope_line")),
    )
    op.create_index(op.f("ix_scope_line_line_id"), "scope_line", ["line_id"], unique=False)
    op.create_table(
        "self_assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "in_review",
                "reconciliation",
                "factual_check",
                "awaiting_decision",
                "decided",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts_due_on", sa.Date(), nullable=True),
        sa.Column("facts_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts_remark", sa.Text(), nullable=False),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("returns between 0 and 3", name=op.f("ck_self_assessment_most_returns")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_self_assessment_cycle_id")),
        sa.ForeignKeyConstraint(["line_id"], ["reporting_line.id"], name=op.f("fk_self_assessment_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_assessment")),
        sa.UniqueConstraint("cycle_id", "line_id", name=op.f("uq_self_assessment_cycle_id_line_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_self_assessment_public_id")),
    )
    op.create_index(op.f("ix_self_assessment_line_id"), "self_assessment", ["line_id"], unique=False)
    op.create_index(op.f("ix_self_assessment_state"), "self_assessment", ["state"], unique=False)
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("self_assessment_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "empty",
                "answered",
                "not_applicable",
                "unknown",
                name="answerstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=40), nullable=True),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("equivalent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_answer_saved_by_id")),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"], ["self_assessment.id"], name=op.f("fk_answer_self_assessment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "self_assessment_id", "criterion_id", name=op.f("uq_answer_self_assessment_id_criterion_id")
        ),
    )
    op.create_table(
        "confirmed_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("self_assessment_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "conforms",
                "opportunity",
                "minor",
                "major",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column(
            "settled",
            sa.Enum(
                "agreed",
                "lower_stands",
                "reconciled",
                "single",
                name="settled",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(key is null) = (not_applicable = true)", name=op.f("ck_confirmed_answer_key_or_not_applicable")
        ),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_confirmed_answer_confirmed_by_id")),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"], ["self_assessment.id"], name=op.f("fk_confirmed_answer_self_assessment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmed_answer")),
        sa.UniqueConstraint(
            "self_assessment_id", "criterion_id", name=op.f("uq_confirmed_answer_self_assessment_id_criterion_id")
        ),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("self_assessment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("computed_level", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("plan_accepted", sa.Boolean(), nullable=False),
        sa.Column("overall", sa.String(length=60), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("snapshot_hash", sa.String(length=64), nullable=False),
        sa.Column("criteria_set_hash", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("appeal_until", sa.Date(), nullable=False),
        sa.CheckConstraint("level = computed_level or reason <> ''", name=op.f("ck_decision_deviation_with_reason")),
        sa.ForeignKeyConstraint(
            ["criteria_set_hash"], ["criteria_set.hash"], name=op.f("fk_decision_criteria_set_hash")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_decision_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"], ["self_assessment.id"], name=op.f("fk_decision_self_assessment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("public_id", name=op.f("uq_decision_public_id")),
        sa.UniqueConstraint("self_assessment_id", "number", name=op.f("uq_decision_self_assessment_id_number")),
    )
    op.create_table(
        "evidence_link",
        sa.Column("self_assessment_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(length=40), nullable=False),
        sa.Column("evidence_item_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_item_id"], ["evidence_item.id"], name=op.f("fk_evidence_link_evidence_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"], ["self_assessment.id"], name=op.f("fk_evidence_link_self_assessment_id")
        ),
        sa.PrimaryKeyConstraint(
            "self_assessment_id", "criterion_id", "evidence_item_id", name=op.f("pk_evidence_link")
        ),
    )
    op.create_index(op.f("ix_evidence_link_evidence_item_id"), "evidence_link", ["evidence_item_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("self_assessment_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(length=40), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "conforms",
                "opportunity",
                "minor",
                "major",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("grade <> 'conforms'", name=op.f("ck_finding_can_be_open")),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"], ["self_assessment.id"], name=op.f("fk_finding_self_assessment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finding_public_id")),
        sa.UniqueConstraint(
            "self_assessment_id", "criterion_id", name=op.f("uq_finding_self_assessment_id_criterion_id")
        ),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("self_assessment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("tie_declared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["assigned_by_id"], ["person.id"], name=op.f("fk_review_assigned_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_person_id")),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"], ["self_assessment.id"], name=op.f("fk_review_self_assessment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_public_id")),
        sa.UniqueConstraint("self_assessment_id", "person_id", name=op.f("uq_review_self_assessment_id_person_id")),
    )
    op.create_index(op.f("ix_review_person_id"), "review", ["person_id"], unique=False)
    op.create_index(op.f("ix_review_self_assessment_id"), "review", ["self_assessment_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("self_assessment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("snapshot_hash", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("typed_name", sa.String(length=160), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"], ["self_assessment.id"], name=op.f("fk_submission_self_assessment_id")
        ),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"], name=op.f("fk_submission_submitted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("self_assessment_id", "number", name=op.f("uq_submission_self_assessment_id_number")),
    )
    op.create_table(
        "answer_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "empty",
                "answered",
                "not_applicable",
                "unknown",
                name="answerstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=40), nullable=True),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("equivalent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_answer_history_answer_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_answer_history_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_history")),
        sa.UniqueConstraint("answer_id", "version", name=op.f("uq_answer_history_answer_id_version")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("facts_hash", sa.String(length=64), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unsigned_digest", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(digest is null) = (issued_at is null)", name=op.f("ck_certificate_issued_with_digest")),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_certificate_dates_in_order")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_certificate_decision_id")),
        sa.ForeignKeyConstraint(["line_id"], ["reporting_line.id"], name=op.f("fk_certificate_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint("decision_id", "revision", name=op.f("uq_certificate_decision_id_revision")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificate_serial")),
    )
    op.create_index("ix_certificate_digest", "certificate", ["digest"], unique=False)
    op.create_index(op.f("ix_certificate_line_id"), "certificate", ["line_id"], unique=False)
    op.create_table(
        "criterion_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "conforms",
                "opportunity",
                "minor",
                "major",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(key is null) or (not_applicable = false)", name=op.f("ck_criterion_verdict_key_or_not_applicable")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_criterion_verdict_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion_verdict")),
        sa.UniqueConstraint("review_id", "criterion_id", name=op.f("uq_criterion_verdict_review_id_criterion_id")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "result_sheet",
                "comparison_report",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "coordinator", "line", "public", name="audience", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted_by_id", sa.Integer(), nullable=True),
        sa.Column("unsigned_digest", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(digest is null) = (made_at is null)", name=op.f("ck_document_made_with_digest")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_document_cycle_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_document_decision_id")),
        sa.ForeignKeyConstraint(["line_id"], ["reporting_line.id"], name=op.f("fk_document_line_id")),
        sa.ForeignKeyConstraint(["wanted_by_id"], ["person.id"], name=op.f("fk_document_wanted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_document_kind_subject")),
        sa.UniqueConstraint("public_id", name=op.f("uq_document_public_id")),
    )
    op.create_index(op.f("ix_document_cycle_id"), "document", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_document_line_id"), "document", ["line_id"], unique=False)
    op.create_table(
        "evidence_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(length=40), nullable=False),
        sa.Column("evidence_item_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted", "rejected", name="evidenceverdict", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict <> 'rejected' or reason <> ''", name=op.f("ck_evidence_verdict_rejected_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_item_id"], ["evidence_item.id"], name=op.f("fk_evidence_verdict_evidence_item_id")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_evidence_verdict_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_verdict")),
        sa.UniqueConstraint(
            "review_id",
            "criterion_id",
            "evidence_item_id",
            name=op.f("uq_evidence_verdict_review_id_criterion_id_evidence_item_id"),
        ),
    )
    op.create_index(
        op.f("ix_evidence_verdict_evidence_item_id"), "evidence_verdict", ["evidence_item_id"], unique=False
    )
    op.create_table(
        "certificate_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_class", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_event_certificate_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_certificate_event_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_event")),
    )
    op.create_index(op.f("ix_certificate_event_certificate_id"), "certificate_event", ["certificate_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_certificate_event_certificate_id"), table_name="certificate_event")
    op.drop_table("certificate_event")
    op.drop_index(op.f("ix_evidence_verdict_evidence_item_id"), table_name="evidence_verdict")
    op.drop_table("evidence_verdict")
    op.drop_index(op.f("ix_document_line_id"), table_name="document")
    op.drop_index(op.f("ix_document_cycle_id"), table_name="document")
    op.drop_table("document")
    op.drop_table("criterion_verdict")
    op.drop_index(op.f("ix_certificate_line_id"), table_name="certificate")
    op.drop_index("ix_certificate_digest", table_name="certificate")
    op.drop_table("certificate")
    op.drop_table("answer_history")
    op.drop_table("submission")
    op.drop_index(op.f("ix_review_self_assessment_id"), table_name="review")
    op.drop_index(op.f("ix_review_person_id"), table_name="review")
    op.drop_table("review")
    op.drop_table("finding")
    op.drop_index(op.f("ix_evidence_link_evidence_item_id"), table_name="evidence_link")
    op.drop_table("evidence_link")
    op.drop_table("decision")
    op.drop_table("confirmed_answer")
    op.drop_table("answer")
    op.drop_index(op.f("ix_self_assessment_state"), table_name="self_assessment")
    op.drop_index(op.f("ix_self_assessment_line_id"), table_name="self_assessment")
    op.drop_table("self_assessment")
    op.drop_index(op.f("ix_scope_line_line_id"), table_name="scope_line")
    op.drop_table("scope_line")
    op.drop_index(op.f("ix_sign_in_session_person_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_index(op.f("ix_scope_person_id"), table_name="scope")
    op.drop_table("scope")
    op.drop_index(op.f("ix_one_time_token_person_id"), table_name="one_time_token")
    op.drop_table("one_time_token")
    op.drop_index("ix_letter_sent_at_next_attempt_at", table_name="letter")
    op.drop_index(op.f("ix_letter_person_id"), table_name="letter")
    op.drop_table("letter")
    op.drop_index("ix_evidence_item_received_digest", table_name="evidence_item")
    op.drop_index(op.f("ix_evidence_item_line_id"), table_name="evidence_item")
    op.drop_table("evidence_item")
    op.drop_table("cycle")
    op.drop_index("ix_appointment_person_id_ended_at", table_name="appointment")
    op.drop_index(op.f("ix_appointment_line_id"), table_name="appointment")
    op.drop_table("appointment")
    op.drop_table("reporting_line")
    op.drop_table("person")
    op.drop_table("network")
    op.drop_index("ix_journal_entry_line_number", table_name="journal_entry")
    op.drop_table("journal_entry")
    op.drop_table("issuing_body")
    op.drop_index("ix_due_period_job_state", table_name="due_period")
    op.drop_table("due_period")
    op.drop_table("criteria_set")
    op.drop_index("ix_attempt_key_at", table_name="attempt")
    op.drop_table("attempt")
