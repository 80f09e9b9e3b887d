"""Long work: how far it has come."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from db.tables.columns import moment, number_id, whole, words


class Jobs(SQLModel, table=True):
    """``work`` is what is done. ``message`` is the stage that it is in: ``done`` of ``total`` steps.

    ``error`` is a sentence for the merchant. ``updated_at`` is the last that was heard of it: of a job whose
    process was killed nothing more is.
    """

    __tablename__ = "jobs"
    __table_args__ = (CheckConstraint("least(done, total) >= 0", name="numbers_not_negative"),)
    id: int = number_id()
    work: str = words(default=None)
    status: str = words(default="PENDING")
    done: int = whole()
    total: int = whole()
    message: str = words()
    error: str | None = words(null=True)
    created_at: datetime = moment(now=True)
    updated_at: datetime = moment(now=True)
    finished_at: datetime | None = moment(null=True)
