"""How the people of one line share the work: who answers what, and their notes. Reviewers never see these."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.persistence.tables.base import Base, UtcDateTime, new_public_id
from audit.persistence.tables.people import Person


class Delegation(Base):
    """Who of the line takes care of one criterion of a self-assessment; a theme is shared out as its criteria."""

    __tablename__ = "delegation"

    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"), primary_key=True)
    criterion_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    delegated_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    delegated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class Note(Base):
    """A note on one criterion among the people of the line. Taken back, its words are gone and the row says so."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_self_assessment_id_criterion_id", "self_assessment_id", "criterion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"))
    criterion_id: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    written_by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[written_by_id])


class Mention(Base):
    """This note is meant for this person, who gets a letter."""

    __tablename__ = "mention"

    note_id: Mapped[int] = mapped_column(ForeignKey("note.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
