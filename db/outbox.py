"""The outbox: what happened, written in the transaction that made it so."""

import orjson

from db.statements import Connection, Statement
from domain.events import Event

RECORD = Statement("""
    insert into outbox (kind, subject, subject_id, facts)
    select event.kind, event.subject, event.subject_id, cast(event.facts as jsonb)
      from unnest(
               cast(:kinds as text[]), cast(:subjects as text[]),
               cast(:subject_ids as text[]), cast(:facts as text[])
           ) with ordinality as event (kind, subject, subject_id, facts, position)
     order by event.position
""")


async def record(tx: Connection, *events: Event) -> None:
    """Announce ``events``, in this order, should the transaction commit."""
    if events:
        await RECORD.run(
            tx,
            kinds=[event.kind for event in events],
            subjects=[event.subject for event in events],
            subject_ids=[str(event.id) for event in events],
            facts=[orjson.dumps(event.facts()).decode() for event in events],
        )
