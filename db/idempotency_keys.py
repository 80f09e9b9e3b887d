"""Keys under which mutations came, who is at work on each, and what was answered."""

from datetime import datetime
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement


class KeyRow(Row):
    """``answer`` is sealed; null until there is one."""

    id: int
    fingerprint: str
    holder: UUID
    held_until: datetime
    committed: bool
    answer: bytes | None
    created_at: datetime


CLAIM = Statement("""
    insert into idempotency_keys (scope, key, fingerprint, holder, held_until, created_at)
    values (:scope, :key, :fingerprint, :holder, :held_until, :now)
        on conflict (scope, key) do nothing
 returning id
""")
FIND = Statement("""
    select id, fingerprint, holder, held_until, committed, answer, created_at
      from idempotency_keys
     where scope = :scope and key = :key
""")
TAKE_OVER = Statement("""
    update idempotency_keys
       set fingerprint = :fingerprint,
           holder = :holder,
           held_until = :held_until,
           committed = false,
           answer = null,
           created_at = :now
     where id = :id and holder = :former and committed = :committed and held_until <= :now
""")
HOLD = Statement("""
    update idempotency_keys
       set held_until = :held_until
     where id = :id and holder = :holder and answer is null
""")
MARK = Statement("update idempotency_keys set committed = true where id = :id and holder = :holder")
ANSWER = Statement("update idempotency_keys set answer = :answer where id = :id and holder = :holder")
RELEASE = Statement("""
    delete from idempotency_keys where id = :id and holder = :holder and not committed
""")
FORGET = Statement("""
    delete from idempotency_keys
     where id in (select id from idempotency_keys where created_at <= :before order by created_at limit :most)
""")


async def claim(
    tx: Connection,
    scope: str,
    key: str,
    *,
    fingerprint: str,
    holder: UUID,
    held_until: datetime,
    now: datetime,
) -> int | None:
    """The id of a key that nobody has used before, now held; None where somebody has."""
    found: int | None = await CLAIM.value(
        tx, scope=scope, key=key, fingerprint=fingerprint, holder=holder, held_until=held_until, now=now
    )
    return found


async def find(connection: Connection, scope: str, key: str) -> KeyRow | None:
    return await FIND.row(connection, KeyRow, scope=scope, key=key)


async def take_over(
    tx: Connection,
    former: KeyRow,
    *,
    fingerprint: str,
    holder: UUID,
    held_until: datetime,
    now: datetime,
) -> bool:
    """Hold a key as if it were new; false where it no longer stands as ``former`` does, or is still held."""
    taken = await TAKE_OVER.run(
        tx,
        id=former.id,
        former=former.holder,
        committed=former.committed,
        fingerprint=fingerprint,
        holder=holder,
        held_until=held_until,
        now=now,
    )
    return taken == 1


async def hold(tx: Connection, id: int, holder: UUID, held_until: datetime) -> None:
    """Tell the others that the holder is still at work."""
    await HOLD.run(tx, id=id, holder=holder, held_until=held_until)


async def mark(tx: Connection, id: int, holder: UUID) -> bool:
    """Something is committed with this transaction; false where the key is somebody else's by now."""
    return await MARK.run(tx, id=id, holder=holder) == 1


async def answer(tx: Connection, id: int, holder: UUID, answer: bytes) -> bool:
    """Keep the answer; false where the key is somebody else's by now."""
    return await ANSWER.run(tx, id=id, holder=holder, answer=answer) == 1


async def release(tx: Connection, id: int, holder: UUID) -> bool:
    """Let go of a key under which nothing was committed; false where something was."""
    return await RELEASE.run(tx, id=id, holder=holder) == 1


async def forget(tx: Connection, before: datetime, most: int) -> int:
    """Drop keys from before then, the oldest first; how many that were."""
    return await FORGET.run(tx, before=before, most=most)
