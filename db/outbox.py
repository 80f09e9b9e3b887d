"""The outbox: what happened, written in the transaction that made it so, until it has been announced.

Whoever records an event of an object holds that object's row, so the ids of its events follow the order of
their commits. Ids of different objects may commit in any order: nothing counts on "all up to this id".
"""

from collections.abc import Sequence
from datetime import datetime

import orjson

from db.rows import Row
from db.statements import Connection, Statement
from domain.events import Event

CHANNEL = "outbox"  # where Postgres tells its listeners that there is something new

# The notice goes out with the commit, and once however often a transaction gives it.
RECORD = Statement(f"""
    with recorded as (
        insert into outbox (kind, subject, subject_id, facts)
        select event.kind, event.subject, event.subject_id, cast(event.facts as jsonb)
          from unnest(
                   cast(:kinds as text[]), cast(:subjects as text[]),
                   cast(:subject_ids as text[]), cast(:facts as text[])
               ) with ordinality as event (kind, subject, subject_id, facts, position)
         order by event.position
        returning id
    )
    select pg_notify('{CHANNEL}', '') from recorded limit 1
""")
WAITING = Statement("""
    select id, kind, subject, subject_id, facts
      from outbox
     where published_at is null
     order by id
     limit :number
""")
MARK_ANNOUNCED = Statement("update outbox set published_at = :now where id = any(:ids)")
# Only the oldest are looked at, so that looking costs the same however many there are.
FORGET = Statement("""
    delete from outbox
     where id in (
         select oldest.id
           from (select id, published_at from outbox order by id limit :number) as oldest
          where oldest.published_at < :before
     )
""")
NAME = Statement("""
    select system_identifier::text || '-' || (select oid from pg_database where datname = current_database())
      from pg_control_system()
""")


class WaitingRow(Row):
    """``facts`` is JSON text."""

    id: int
    kind: str
    subject: str
    subject_id: str
    facts: str


async def record(tx: Connection, *events: Event) -> None:
    """Announce ``events``, in this order, should the transaction commit."""
    if events:
        await RECORD.value(
            tx,
            kinds=[event.kind for event in events],
            subjects=[event.about for event in events],
            subject_ids=[str(event.id) for event in events],
            facts=[orjson.dumps(event.facts()).decode() for event in events],
        )


async def waiting(connection: Connection, number: int) -> list[WaitingRow]:
    """The first ``number`` committed events that have not been announced, oldest first."""
    return await WAITING.rows(connection, WaitingRow, number=number)


async def mark_announced(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """These events have been announced."""
    await MARK_ANNOUNCED.run(connection, ids=ids, now=now)


async def forget(connection: Connection, before: datetime, number: int) -> int:
    """Delete those of the ``number`` oldest events that were announced ``before``; how many they were."""
    return await FORGET.run(connection, before=before, number=number)


async def shop_name(connection: Connection) -> str:
    """A name for this database that no other has, so that shops may share a Redis."""
    name: str = await NAME.value(connection)
    return name
