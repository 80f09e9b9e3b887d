"""Attempts: how often an errand was tried for an e-mail address."""

from datetime import datetime

from db.rows import Row
from db.statements import Connection, Statement
from domain.attempts import FORGOTTEN, Attempts, Errand, another


class AttemptRow(Row):
    tries: int
    last_at: datetime
    open_at: datetime


# The update changes nothing, and holds the row.
LOCK = Statement("""
    insert into attempts (errand, email, tries, last_at, open_at)
    values (:errand, :email, 0, :now, :now)
    on conflict (errand, email) do update set email = excluded.email
    returning tries, last_at, open_at
""")
WRITE = Statement("""
    update attempts
       set tries = :tries, last_at = :last_at, open_at = :open_at
     where errand = :errand and email = :email
""")
# A few at a time, and never one that somebody holds: whoever adds a row takes the old ones along.
SWEEP = Statement("""
    delete from attempts
     where (errand, email) in (
               select errand, email
                 from attempts
                where last_at < :before
                order by last_at
                limit 20
                  for update skip locked
           )
""")
FORGET = Statement("delete from attempts where errand = :errand and email = :email")


async def claim(tx: Connection, errand: Errand, email: str, now: datetime) -> bool:
    """Whether the errand may be tried now; the try is then counted.

    Holds the count until the transaction ends.
    """
    row = await LOCK.row(tx, AttemptRow, errand=errand, email=email, now=now)
    assert row is not None, "an upsert returns its row"
    counted = another(errand, Attempts(row.tries, row.last_at, row.open_at), now)
    if counted is None:
        return False
    await WRITE.run(
        tx,
        errand=errand,
        email=email,
        tries=counted.tries,
        last_at=counted.last_at,
        open_at=counted.open_at,
    )
    if counted.tries == 1:
        await SWEEP.run(tx, before=now - FORGOTTEN)
    return True


async def forget(tx: Connection, errand: Errand, email: str) -> None:
    """Begin the count anew: the latest try was a good one."""
    await FORGET.run(tx, errand=errand, email=email)
