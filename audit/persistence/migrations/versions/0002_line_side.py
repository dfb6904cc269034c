"""The line's side: shared work, notes, requests for time, resumed uploads, evidence revisions, translations, calendar.

Columns are added in place, so that SQLite rebuilds only the two tables whose checks change (cycle, document).
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ORIGINS = "('typed', 'still_true', 'restored', 'imported')"
KINDS = ("full", "yearly_check", "first_round")
PAPERS = ("result_sheet", "comparison_report")
FORGET_PRACTICE = (
    "DELETE FROM answer_history WHERE answer_id IN (SELECT a.id FROM answer a JOIN self_assessment s"
    " ON s.id = a.self_assessment_id JOIN cycle c ON c.id = s.cycle_id WHERE c.kind = 'practice')",
    "DELETE FROM answer WHERE self_assessment_id IN"
    " (SELECT s.id FROM self_assessment s JOIN cycle c ON c.id = s.cycle_id WHERE c.kind = 'practice')",
    "DELETE FROM evidence_link WHERE self_assessment_id IN"
    " (SELECT s.id FROM self_assessment s JOIN cycle c ON c.id = s.cycle_id WHERE c.kind = 'practice')",
    "DELETE FROM self_assessment WHERE cycle_id IN (SELECT id FROM cycle WHERE kind = 'practice')",
    "DELETE FROM cycle WHERE kind = 'practice'",
)
CHECKED = ("answer", "answer_history", "self_assessment", "appointment")  # a rebuilt table loses checks on SQLite
COLUMNS = {
    "evidence_item": (
        "replaces_id INTEGER CONSTRAINT fk_evidence_item_replaces_id REFERENCES evidence_item (id)",
        "purge_asked_at {moment}",
        "purge_asked_by_id INTEGER CONSTRAINT fk_evidence_item_purge_asked_by_id REFERENCES person (id)",
        "purge_reason TEXT DEFAULT '' NOT NULL",
        "purged_at {moment}",
        "purged_by_id INTEGER CONSTRAINT fk_evidence_item_purged_by_id REFERENCES person (id)",
    ),
    "evidence_link": (
        "linked_by_id INTEGER CONSTRAINT fk_evidence_link_linked_by_id REFERENCES person (id)",
        "still_valid BOOLEAN DEFAULT false NOT NULL",
    ),
    "appointment": ("hands_over_to_id INTEGER CONSTRAINT fk_appointment_hands_over_to_id REFERENCES person (id)",),
    "person": ("keeps_drafts BOOLEAN DEFAULT true NOT NULL", "tour_seen_at {moment}"),
    "self_assessment": ("returned_criteria JSON DEFAULT '[]' NOT NULL",),
    "answer": (
        "origin VARCHAR(40) DEFAULT 'typed' NOT NULL CONSTRAINT ck_answer_answerorigin CHECK (origin IN "
        + ORIGINS
        + ")",
    ),
    "answer_history": (
        "origin VARCHAR(40) DEFAULT 'typed' NOT NULL CONSTRAINT ck_answer_history_answerorigin CHECK (origin IN "
        + ORIGINS
        + ")",
    ),
}


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["reporting_line.id"], name=op.f("fk_calendar_feed_line_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index("ix_calendar_feed_person_id", "calendar_feed", ["person_id"], unique=False)

    op.create_table(
        "criteria_translation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("criteria_set_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["criteria_set_hash"], ["criteria_set.hash"], name=op.f("fk_criteria_translation_criteria_set_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria_translation")),
        sa.UniqueConstraint(
            "criteria_set_hash",
            "language",
            "number",
            name=op.f("uq_criteria_translation_criteria_set_hash_language_number"),
        ),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["reporting_line.id"], name=op.f("fk_upload_line_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_upload_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("public_id", name=op.f("uq_upload_public_id")),
    )
    op.create_index("ix_upload_begun_at", "upload", ["begun_at"], unique=False)
    op.create_index("ix_upload_line_id", "upload", ["line_id"], unique=False)

    op.create_table(
        "upload_part",
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_part_upload_id")),
        sa.PrimaryKeyConstraint("upload_id", "number", name=op.f("pk_upload_part")),
    )
    op.create_table(
        "delegation",
        sa.Column("self_assessment_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("delegated_by_id", sa.Integer(), nullable=False),
        sa.Column("delegated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["delegated_by_id"], ["person.id"], name=op.f("fk_delegation_delegated_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delegation_person_id")),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"], ["self_assessment.id"], name=op.f("fk_delegation_self_assessment_id")
        ),
        sa.PrimaryKeyConstraint("self_assessment_id", "criterion_id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_person_id", "delegation", ["person_id"], unique=False)

    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("self_assessment_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"], ["self_assessment.id"], name=op.f("fk_note_self_assessment_id")
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_note_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("public_id", name=op.f("uq_note_public_id")),
    )
    op.create_index(
        "ix_note_self_assessment_id_criterion_id", "note", ["self_assessment_id", "criterion_id"], unique=False
    )

    op.create_table(
        "time_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("self_assessment_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(answered_at is null) = (granted is null)", name=op.f("ck_time_request_answered_whole")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_time_request_answered_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_time_request_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["self_assessment_id"], ["self_assessment.id"], name=op.f("fk_time_request_self_assessment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_time_request_public_id")),
    )
    op.create_index("ix_time_request_self_assessment_id", "time_request", ["self_assessment_id"], unique=False)

    op.create_table(
        "mention",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_mention_note_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mention_person_id")),
        sa.PrimaryKeyConstraint("note_id", "person_id", name=op.f("pk_mention")),
    )
    op.create_index("ix_mention_person_id", "mention", ["person_id"], unique=False)
    moment = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column.format(moment=moment)}")
    op.create_index("ix_evidence_item_replaces_id", "evidence_item", ["replaces_id"], unique=True)
    _kinds("cycle", "ck_cycle_cyclekind", (*KINDS, "practice"))
    _kinds("document", "ck_document_documentkind", (*PAPERS, "answer_sheet"))


def downgrade() -> None:
    op.drop_table("mention")
    op.drop_table("time_request")
    op.drop_table("note")
    op.drop_table("delegation")
    op.drop_table("upload_part")
    op.drop_table("upload")
    op.drop_table("criteria_translation")
    op.drop_table("calendar_feed")
    for statement in FORGET_PRACTICE:
        op.execute(statement)
    _kinds("cycle", "ck_cycle_cyclekind", KINDS)
    op.execute("DELETE FROM document WHERE kind = 'answer_sheet'")
    _kinds("document", "ck_document_documentkind", PAPERS)
    op.drop_index("ix_evidence_item_replaces_id", "evidence_item")
    for table, columns in COLUMNS.items():
        names = [column.split()[0] for column in columns]
        if table in CHECKED:
            for name in names:
                op.drop_column(table, name)
        else:
            with op.batch_alter_table(table) as rebuilt:
                for name in names:
                    rebuilt.drop_column(name)


def _kinds(table: str, check: str, kinds: tuple[str, ...]) -> None:
    """Exchange the check on the kind of a row. SQLite rebuilds the table, with every other check it has."""
    allowed = "kind IN (" + ", ".join(f"'{kind}'" for kind in kinds) + ")"
    with op.batch_alter_table(table) as rebuilt:
        rebuilt.drop_constraint(op.f(check), type_="check")
        rebuilt.create_check_constraint(op.f(check), allowed)
