"""Users: customers and staff."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import orjson

from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Permission, Viewer
from domain.accounts import AddressUse
from domain.refusals import Unique

SEE_OTHERS = (Permission.MANAGE_USERS, Permission.MANAGE_ORDERS, Permission.MANAGE_CHECKOUTS)


class UserRow(Row):
    """A user as they are shown. ``email`` is normalised."""

    id: int
    email: str
    first_name: str
    last_name: str
    is_staff: bool
    is_active: bool
    is_confirmed: bool
    language_code: str
    default_shipping_address_id: int | None
    default_billing_address_id: int | None
    avatar_key: str | None
    external_reference: str | None
    date_joined: datetime
    last_login: datetime | None
    note: str
    meta: str
    private_meta: str


class CredentialRow(Row):
    """What is asked when somebody logs in or changes how they do."""

    id: int
    email: str
    password_hash: str | None
    token_key: str
    first_name: str
    last_name: str
    is_staff: bool
    is_active: bool
    is_confirmed: bool
    awaits_confirmation: bool


COLUMNS = """
    id, email, first_name, last_name, is_staff, is_active, is_confirmed, language_code,
    default_shipping_address_id, default_billing_address_id, avatar_key, external_reference,
    date_joined, last_login, note, meta, private_meta
"""
CREDENTIALS = """
    id, email, password_hash, token_key, first_name, last_name, is_staff, is_active, is_confirmed,
    awaits_confirmation
"""
BY_IDS = Statement(f"select {COLUMNS} from users where id = any(:ids)")
LOCK = Statement(f"select {COLUMNS} from users where id = :id for update")
CREDENTIALS_BY_ID = Statement(f"select {CREDENTIALS} from users where id = :id")
CREDENTIALS_BY_EMAIL = Statement(f"select {CREDENTIALS} from users where email = :email")
INSERT = Statement("""
    insert into users (
        email, password_hash, token_key, first_name, last_name, language_code, meta,
        is_staff, is_superuser, is_confirmed, awaits_confirmation, date_joined
    )
    values (
        :email, :password_hash, :token_key, :first_name, :last_name, :language_code, cast(:meta as jsonb),
        :is_staff, :is_superuser, :is_confirmed, :awaits_confirmation, :now
    )
    on conflict (email) do nothing
    returning id
""")
UPDATE = Statement("""
    update users
       set first_name = :first_name, last_name = :last_name, language_code = :language_code,
           meta = meta || cast(:meta as jsonb)
     where id = :id
""")
SET_DEFAULT = {
    AddressUse.SHIPPING: Statement(
        "update users set default_shipping_address_id = :address_id where id = :id"
    ),
    AddressUse.BILLING: Statement("update users set default_billing_address_id = :address_id where id = :id"),
}
SET_PASSWORD = Statement("""
    update users
       set password_hash = :password_hash, token_key = :new_key
     where id = :id and token_key = :known_key
""")
SET_TOKEN_KEY = Statement("update users set token_key = :token_key where id = :id")
SET_AVATAR = Statement("update users set avatar_key = :avatar_key where id = :id")
SET_EMAIL = Statement("""
    update users
       set email = :email, is_confirmed = true, awaits_confirmation = false
     where id = :id and email = :known_email
""")
CONFIRM = Statement("update users set is_confirmed = true, awaits_confirmation = false where id = :id")
ADOPT_ORDERS = Statement("""
    update orders
       set user_id = person.id
      from users as person
     where person.id = :id and orders.user_id is null and lower(orders.email) = person.email
""")
DELETE = Statement("delete from users where id = :id")


async def by_ids(connection: Connection, ids: Sequence[int], viewer: Viewer) -> list[UserRow]:
    """Those of these users whom the viewer may see: oneself, or anybody where staff looks after customers."""
    seen = ids if viewer.may(*SEE_OTHERS) else [one for one in ids if one == viewer.user_id]
    return await BY_IDS.rows(connection, UserRow, ids=seen) if seen else []


async def by_id(connection: Connection, id: int) -> UserRow | None:
    """A user, whoever asks."""
    return await BY_IDS.row(connection, UserRow, ids=[id])


async def lock(tx: Connection, id: int) -> UserRow | None:
    """The user, held until the transaction ends. Their address book changes under this lock alone."""
    return await LOCK.row(tx, UserRow, id=id)


async def credentials(connection: Connection, id: int) -> CredentialRow | None:
    return await CREDENTIALS_BY_ID.row(connection, CredentialRow, id=id)


async def credentials_by_email(connection: Connection, email: str) -> CredentialRow | None:
    """``email`` is normalised."""
    return await CREDENTIALS_BY_EMAIL.row(connection, CredentialRow, email=email)


async def insert(
    tx: Connection,
    *,
    email: str,
    password_hash: str,
    token_key: str,
    now: datetime,
    first_name: str = "",
    last_name: str = "",
    language_code: str = "EN",
    meta: Mapping[str, str] | None = None,
    is_staff: bool = False,
    is_superuser: bool = False,
    is_confirmed: bool = False,
    awaits_confirmation: bool = False,
) -> int | None:
    """The id of a new user; None when the e-mail address has one already."""
    made: int | None = await INSERT.value(
        tx,
        email=email,
        password_hash=password_hash,
        token_key=token_key,
        now=now,
        first_name=first_name,
        last_name=last_name,
        language_code=language_code,
        meta=_json(meta),
        is_staff=is_staff,
        is_superuser=is_superuser,
        is_confirmed=is_confirmed,
        awaits_confirmation=awaits_confirmation,
    )
    return made


async def update(
    tx: Connection, id: int, *, first_name: str, last_name: str, language_code: str, meta: Mapping[str, str]
) -> None:
    """``meta`` is added to the user's metadata."""
    await UPDATE.run(
        tx,
        id=id,
        first_name=first_name,
        last_name=last_name,
        language_code=language_code,
        meta=_json(meta),
    )


async def set_default(tx: Connection, id: int, use: AddressUse, address_id: int) -> None:
    """Make an address of the user's own book their default for ``use``."""
    await SET_DEFAULT[use].run(tx, id=id, address_id=address_id)


async def set_password(tx: Connection, id: int, password_hash: str, *, known_key: str, new_key: str) -> bool:
    """Whether the password was set: it is not when the token key has changed since ``known_key`` was read."""
    changed = await SET_PASSWORD.run(
        tx, id=id, password_hash=password_hash, known_key=known_key, new_key=new_key
    )
    return changed == 1


async def set_token_key(tx: Connection, id: int, token_key: str) -> None:
    """End every token the user has, links in mails among them."""
    await SET_TOKEN_KEY.run(tx, id=id, token_key=token_key)


async def set_avatar(tx: Connection, id: int, avatar_key: str | None) -> None:
    """``avatar_key`` names a public file; null is no picture."""
    await SET_AVATAR.run(tx, id=id, avatar_key=avatar_key)


async def set_email(tx: Connection, id: int, email: str, *, known_email: str) -> bool:
    """Whether the address was changed: it is not when it is no longer ``known_email``.

    The new one counts as confirmed. Raises ``Unique`` when somebody else has it.
    """
    try:
        return await SET_EMAIL.run(tx, id=id, email=email, known_email=known_email) == 1
    except asyncpg.UniqueViolationError as clash:
        if clash.constraint_name != "uq_users_email":
            raise
        raise Unique("This e-mail address has an account already.", field="newEmail") from clash


async def confirm(tx: Connection, id: int) -> None:
    """The mailbox has proved to be theirs."""
    await CONFIRM.run(tx, id=id)


async def adopt_orders(tx: Connection, id: int) -> None:
    """Give the user the orders that guests placed with their e-mail address."""
    await ADOPT_ORDERS.run(tx, id=id)


async def delete(tx: Connection, id: int) -> None:
    """Delete a user with their address book and logins; their orders stay, as nobody's."""
    await DELETE.run(tx, id=id)


def _json(meta: Mapping[str, str] | None) -> str:
    return orjson.dumps(dict(meta or {})).decode()
