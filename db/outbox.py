"""The outbox: what happened, written in the transaction that made it so, and the history of the shop.

Whoever records an event of an object holds that object's row, so the ids of its events follow the order of
their commits. Ids of different objects may commit in any order, so each event is also given a *position* once
it is seen to be committed, by one session at a time: whoever has read up to a position has missed nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import orjson

from db.pool import Database
from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Viewer
from domain.events import Announcement, Event, Reach, feed

CHANNEL = "outbox"  # where Postgres tells its listeners that there is something new

# The notice goes out with the commit, and once however often a transaction gives it.
RECORD = Statement(f"""
    with recorded as (
        insert into outbox (kind, subject, subject_id, also, facts)
        select event.kind, event.subject, event.subject_id, event.also, cast(event.facts as jsonb)
          from unnest(
                   cast(:kinds as text[]), cast(:subjects as text[]), cast(:subject_ids as text[]),
                   cast(:also as text[]), cast(:facts as text[])
               ) with ordinality as event (kind, subject, subject_id, also, facts, place)
         order by event.place
        returning id
    )
    select pg_notify('{CHANNEL}', '') from recorded limit 1
""")
COLUMNS = "position, kind, subject, subject_id, also, facts, created_at"
# One trip to Postgres for a batch. Its parts see the table as it was before: what is left from an earlier
# batch is none of the rows that are marked or settled here.
NEXT = Statement(f"""
    with marked as (
        update outbox
           set published_at = :now
         where published_at is null and position = any(:announced)
    ),
    waiting as (
        select oldest.id, row_number() over (order by oldest.id) as place
          from (
                   select id
                     from outbox
                    where published_at is null and position is null
                    order by id
                    limit :number
               ) as oldest
    ),
    settled as (
        update outbox
           set position = waiting.place + coalesce((select max(position) from outbox), 0)
          from waiting
         where outbox.id = waiting.id
     returning {", ".join(f"outbox.{column}" for column in COLUMNS.split(", "))}
    ),
    left_over as (
        select {COLUMNS}
          from outbox
         where published_at is null and position > :after
         order by position
         limit :number
    )
    select {COLUMNS}
      from (select * from left_over union all select * from settled) as event
     order by position
     limit :number
""")
# A branch for each way to be meant, so that each is a walk along one index, however long the history.
SINCE = Statement(f"""
    select event.*
      from unnest(cast(:subjects as text[]), cast(:subject_ids as text[])) as wanted (subject, subject_id)
     cross join lateral (
               select {COLUMNS}
                 from outbox
                where outbox.subject = wanted.subject and outbox.subject_id = wanted.subject_id
                  and position > :after
                order by position
                limit :number
           ) as event
     union
    select event.*
      from unnest(cast(:topics as text[])) as wanted (topic)
     cross join lateral (
               select {COLUMNS}
                 from outbox
                where outbox.also = wanted.topic and position > :after
                order by position
                limit :number
           ) as event
     union
    select event.*
      from (
               select {COLUMNS}
                 from outbox
                where subject = any(:feeds) and position > :after
                order by position
                limit :number
           ) as event
     order by position
     limit :number
""")
ALL_SINCE = Statement(f"""
    select {COLUMNS}
      from outbox
     where position > :after and (cast(:kinds as text[]) is null or kind = any(:kinds))
     order by position
     limit :number
""")
REACH = Statement("""
    select coalesce(min(position), 1) as oldest, coalesce(max(position), 0) as newest from outbox
""")
# From the oldest on, without a hole. The newest stays for ever: it holds the place.
FORGET = Statement("""
    with oldest as (
        select position, published_at
          from outbox
         where position is not null
         order by position
         limit :number
    ),
    kept as (
        select least(
            (select min(position) from oldest where published_at is null or published_at >= :before),
            (select max(position) from outbox)
        ) as first
    )
    delete from outbox
     using kept
     where position < kept.first and position <= (select max(position) from oldest)
""")
NAME = Statement("""
    select system_identifier::text || '-' || (select oid from pg_database where datname = current_database())
      from pg_control_system()
""")


class EventRow(Row):
    """``facts`` is JSON text."""

    position: int
    kind: str
    subject: str
    subject_id: str
    also: str | None
    facts: str
    created_at: datetime


class _ReachRow(Row):
    oldest: int
    newest: int


async def record(tx: Connection, *events: Event, by: Viewer | None = None) -> None:
    """Announce ``events``, in this order, should the transaction commit.

    ``by`` is who made them happen. The user (``by``) or the app (``by_app``) is a fact of each.
    """
    also_known = _signed(by)
    if events:
        await RECORD.value(
            tx,
            kinds=[event.kind for event in events],
            subjects=[event.about for event in events],
            subject_ids=[str(event.id) for event in events],
            also=[event.also for event in events],
            facts=[orjson.dumps(event.facts() | also_known).decode() for event in events],
        )


def _signed(by: Viewer | None) -> dict[str, int]:
    if by is None:
        return {}
    known = {"by": by.user_id, "by_app": by.app_id}
    return {name: key for name, key in known.items() if key is not None}


async def next_events(
    session: Connection, number: int, *, announced: Sequence[int] = (), now: datetime
) -> list[Announcement]:
    """The first ``number`` events that have not been announced; those at the positions ``announced`` have.

    These are the earliest ones, in order, and are marked so. The oldest committed events that have no
    position get the next ones. Only for whoever has the lead, in no transaction: positions have to become
    visible in their order.
    """
    after = announced[-1] if announced else 0
    rows = await NEXT.rows(session, EventRow, number=number, announced=announced, after=after, now=now)
    return _announcements(rows)


async def since(
    connection: Connection, topics: Collection[str], after: int, number: int
) -> list[Announcement]:
    """The first ``number`` events after the position ``after`` that any of ``topics`` hears of, in order."""
    pairs = [topic.split(":", 1) for topic in topics]
    rows = await SINCE.rows(
        connection,
        EventRow,
        subjects=[about for about, _ in pairs],
        subject_ids=[key for _, key in pairs],
        topics=list(topics),
        feeds=[about for about, _ in pairs if feed(about) in topics],
        after=after,
        number=number,
    )
    return _announcements(rows)


async def everything_since(
    connection: Connection, after: int, number: int, kinds: Sequence[str] | None = None
) -> list[Announcement]:
    """The first ``number`` events after the position ``after``, in order; of these ``kinds`` alone."""
    return _announcements(await ALL_SINCE.rows(connection, EventRow, after=after, number=number, kinds=kinds))


async def reach(connection: Connection) -> Reach:
    """How far the history goes now."""
    row = await REACH.row(connection, _ReachRow)
    assert row is not None, "an aggregate without groups is one row"
    return Reach(row.oldest, row.newest)


async def forget(connection: Connection, before: datetime, number: int) -> int:
    """Delete those of the ``number`` oldest events that were announced ``before``; how many they were.

    The newest event is kept however old it is.
    """
    return await FORGET.run(connection, before=before, number=number)


async def shop_name(connection: Connection) -> str:
    """A name for this database that no other has, so that shops may share a Redis."""
    name: str = await NAME.value(connection)
    return name


class History:
    """The outbox as listeners read it: each call on a connection of its own."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def since(
        self, topics: Collection[str], after: int, number: int
    ) -> tuple[list[Announcement], Reach]:
        """As the function of this name, and how far the history went thereafter."""
        async with self._db.read() as connection:
            return await since(connection, topics, after, number), await reach(connection)

    async def everything_since(self, after: int, number: int) -> list[Announcement]:
        """As the function of this name."""
        async with self._db.read() as connection:
            return await everything_since(connection, after, number)

    async def reach(self) -> Reach:
        """As the function of this name."""
        async with self._db.read() as connection:
            return await reach(connection)


def _announcements(rows: Sequence[EventRow]) -> list[Announcement]:
    return [
        Announcement(
            row.position,
            row.kind,
            row.subject,
            row.subject_id,
            row.created_at,
            orjson.loads(row.facts),
            row.also,
        )
        for row in rows
    ]
