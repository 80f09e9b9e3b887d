"""Jobs: long work that tells how far it has come."""

from collections.abc import Sequence
from datetime import datetime

from db.rows import Row
from db.statements import Connection, Statement
from domain.jobs import JobStatus


class JobRow(Row):
    """See the table for what its columns say."""

    id: int
    work: str
    status: JobStatus
    done: int
    total: int
    message: str
    error: str | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None


INSERT = Statement("""
    insert into jobs (work, created_at, updated_at)
    values (:work, :now, :now)
 returning id
""")
ADVANCE = Statement("""
    update jobs
       set message = :message, done = :done, total = :total, updated_at = :now
     where id = :id and finished_at is null
""")
END = Statement("""
    update jobs
       set status = :status, error = :error, updated_at = :now, finished_at = :now
     where id = :id and finished_at is null
""")
BY_IDS = Statement("""
    select id, work, status, done, total, message, error, created_at, updated_at, finished_at
      from jobs
     where id = any(:ids)
""")


async def insert(tx: Connection, work: str, now: datetime) -> int:
    """Begin a job; its key."""
    key: int = await INSERT.value(tx, work=work, now=now)
    return key


async def advance(tx: Connection, id: int, message: str, *, done: int, total: int, now: datetime) -> None:
    """Note how far the job has come, unless it is over."""
    await ADVANCE.run(tx, id=id, message=message, done=done, total=total, now=now)


async def end(tx: Connection, id: int, status: JobStatus, error: str | None, now: datetime) -> None:
    """Note that the job is over."""
    await END.run(tx, id=id, status=status, error=error, now=now)


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[JobRow]:
    return await BY_IDS.rows(connection, JobRow, ids=ids)
