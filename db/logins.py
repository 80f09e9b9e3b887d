"""Logins: a family of refresh tokens each."""

from datetime import datetime
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement


class RefreshRow(Row):
    """A refresh token with the login it continues and the user whose login it is."""

    user_id: int
    token_key: str
    is_staff: bool
    is_active: bool
    ended_at: datetime | None
    spent_at: datetime | None


BEGIN = Statement("""
    with family as (
        insert into token_families (id, user_id, created_at) values (:family_id, :user_id, :now)
    ), person as (
        update users set last_login = :now where id = :user_id
    )
    insert into refresh_tokens (id, family_id, expires_at) values (:token_id, :family_id, :expires_at)
""")
# The token's row is locked, and not only its family's: whoever waits here must then see it spent.
LOCK = Statement("""
    select person.id as user_id, person.token_key, person.is_staff, person.is_active, family.ended_at,
           token.spent_at
      from refresh_tokens as token
      join token_families as family on family.id = token.family_id
      join users as person on person.id = family.user_id
     where token.id = :token_id and family.id = :family_id and person.id = :user_id
       for update of token, family
""")
SPEND = Statement("update refresh_tokens set spent_at = :now where id = :token_id")
ADD = Statement("""
    insert into refresh_tokens (id, family_id, expires_at) values (:token_id, :family_id, :expires_at)
""")
END = Statement("update token_families set ended_at = :now where id = :family_id and ended_at is null")
END_ALL = Statement("update token_families set ended_at = :now where user_id = :user_id and ended_at is null")
TIDY = Statement("""
    delete from token_families as family
     where family.user_id = :user_id
       and (family.ended_at is not null
            or (
                select max(token.expires_at) from refresh_tokens as token where token.family_id = family.id
            ) < :now)
""")


async def begin(
    tx: Connection, user_id: int, family_id: UUID, token_id: UUID, *, now: datetime, expires_at: datetime
) -> None:
    """Keep a new login with its first refresh token."""
    await BEGIN.run(
        tx, user_id=user_id, family_id=family_id, token_id=token_id, now=now, expires_at=expires_at
    )


async def lock(tx: Connection, user_id: int, family_id: UUID, token_id: UUID) -> RefreshRow | None:
    """A refresh token of this login of this user, held until the transaction ends."""
    return await LOCK.row(tx, RefreshRow, user_id=user_id, family_id=family_id, token_id=token_id)


async def spend(
    tx: Connection, family_id: UUID, token_id: UUID, successor: UUID, *, now: datetime, expires_at: datetime
) -> None:
    """Put ``successor`` in the place of a token."""
    await SPEND.run(tx, token_id=token_id, now=now)
    await ADD.run(tx, token_id=successor, family_id=family_id, expires_at=expires_at)


async def end(tx: Connection, family_id: UUID, now: datetime) -> None:
    """End a login, and every token that came of it."""
    await END.run(tx, family_id=family_id, now=now)


async def end_all(tx: Connection, user_id: int, now: datetime) -> None:
    """End every login of a user."""
    await END_ALL.run(tx, user_id=user_id, now=now)


async def tidy(tx: Connection, user_id: int, now: datetime) -> None:
    """Drop the user's logins that are over."""
    await TIDY.run(tx, user_id=user_id, now=now)
