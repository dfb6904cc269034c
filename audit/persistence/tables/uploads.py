"""Uploads under way: a file that arrives in parts, so that a broken connection costs one part and not the whole."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from audit.persistence.tables.base import Base, UtcDateTime, new_public_id


class Upload(Base):
    """A file on its way into a line's library; swept with its parts when it is done or a day old."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    line_id: Mapped[int] = mapped_column(ForeignKey("reporting_line.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]  # bytes, as announced
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the whole, as announced
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class UploadPart(Base):
    """One part, numbered from 0, kept in the vault like any other file until the whole is there."""

    __tablename__ = "upload_part"

    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]  # bytes
