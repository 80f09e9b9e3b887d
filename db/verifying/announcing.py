"""Promises about what the shop tells: every change, in order."""

from db.statements import Statement
from db.verifying.promises import Promise

PROMISES = (
    Promise(
        "What happened is announced: nothing waits while what came minutes later has been told.",
        Statement("""
            select 'event ' || id as subject, kind || ' of ' || subject || ' ' || subject_id as what
              from outbox
             where published_at is null
               and created_at < (select max(published_at) from outbox) - interval '5 minutes'
        """),
    ),
    Promise(
        "What was announced has its place in the history, and an object's events stand in their order.",
        Statement("""
            select 'event ' || id as subject, 'no place' as what
              from outbox where published_at is not null and position is null
             union all
            select 'event ' || told.id as subject, 'stands before event ' || told.earlier as what
              from (
                  select id, position, lag(id) over (
                             partition by subject, subject_id order by position
                         ) as earlier
                    from outbox where position is not null
              ) as told
             where told.earlier > told.id
        """),
    ),
)
