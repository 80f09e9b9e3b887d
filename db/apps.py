"""Apps and their tokens."""

from collections.abc import Sequence
from datetime import datetime

from asyncpg import UniqueViolationError

from db.lists import Keyset, Listing
from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Viewer
from domain.conditions import Condition
from domain.pages import PageRequest, Slice
from domain.refusals import Unique


class AppRow(Row):
    id: int
    name: str
    identifier: str | None
    is_active: bool
    permissions: list[str]
    created_at: datetime
    meta: str
    private_meta: str


class AppTokenRow(Row):
    """``last_four`` are the token's last characters: all that is known of it."""

    id: int
    app_id: int
    name: str
    last_four: str


class AppViewerRow(Row):
    """Whom a token of an app speaks for."""

    app_id: int
    token_id: int
    permissions: list[str]


COLUMNS = """
    app.id, app.name, app.identifier, app.is_active, app.permissions, app.created_at, app.meta,
    app.private_meta
"""
PREDICATES = {
    "named": "strpos(lower(app.name), lower(cast(:text as text))) > 0",
    "active": "app.is_active = cast(:is_active as boolean)",
}
LISTING = Listing(AppRow, COLUMNS, "apps as app", PREDICATES)
BY_NAME = Keyset((("app.name", "text"), ("app.id", "bigint")))
BY_NAME_DOWN = Keyset(BY_NAME.columns, descending=True)
BY_AGE = Keyset((("app.id", "bigint"),))
BY_AGE_DOWN = Keyset(BY_AGE.columns, descending=True)
BY_IDS = Statement(f"select {COLUMNS} from apps as app where app.id = any(:ids)")
LOCK = Statement(f"select {COLUMNS} from apps as app where app.id = :id for update")
INSERT = Statement("""
    insert into apps (name, identifier, permissions, created_at)
    values (:name, :identifier, cast(:permissions as text[]), :now)
    returning id
""")
UPDATE = Statement("""
    update apps set name = :name, identifier = :identifier, permissions = cast(:permissions as text[])
     where id = :id
""")
SWITCH = Statement("update apps set is_active = :is_active where id = :id")
TOKENS_BY_APP_IDS = Statement("""
    select id, app_id, name, last_four from app_tokens where app_id = any(:ids) order by id
""")
TOKENS_BY_IDS = Statement("select id, app_id, name, last_four from app_tokens where id = any(:ids)")
ADD_TOKEN = Statement("""
    insert into app_tokens (app_id, name, hash, last_four, created_at)
    values (:app_id, :name, :hash, :last_four, :now)
    returning id, app_id, name, last_four
""")
DROP_TOKEN = Statement("delete from app_tokens where id = :id")
OF_TOKEN = Statement("""
    select app.id as app_id, token.id as token_id, app.permissions
      from app_tokens as token
      join apps as app on app.id = token.app_id
     where token.hash = :hash and app.is_active
""")
ONCE = "uq_apps_identifier"


async def by_ids(connection: Connection, ids: Sequence[int], viewer: Viewer) -> list[AppRow]:
    """Those of these apps that the viewer may see: who works here sees all."""
    return await BY_IDS.rows(connection, AppRow, ids=ids) if viewer.works_here else []


async def lock(tx: Connection, id: int) -> AppRow | None:
    """The app, held until the transaction ends. Its tokens change under this lock alone."""
    return await LOCK.row(tx, AppRow, id=id)


async def page(
    connection: Connection, condition: Condition, order: Keyset, request: PageRequest
) -> Slice[AppRow]:
    return await LISTING.page(connection, condition, order, request)


async def count(connection: Connection, condition: Condition) -> int:
    return await LISTING.count(connection, condition)


async def insert(
    tx: Connection, *, name: str, identifier: str | None, permissions: Sequence[str], now: datetime
) -> int:
    """A new app's id. Raises ``Unique`` where another calls itself ``identifier``."""
    try:
        made: int = await INSERT.value(tx, name=name, identifier=identifier, permissions=permissions, now=now)
    except UniqueViolationError as clash:
        raise _taken(clash) from clash
    return made


async def update(
    tx: Connection, id: int, *, name: str, identifier: str | None, permissions: Sequence[str]
) -> None:
    """Raises ``Unique`` where another calls itself ``identifier``."""
    try:
        await UPDATE.run(tx, id=id, name=name, identifier=identifier, permissions=permissions)
    except UniqueViolationError as clash:
        raise _taken(clash) from clash


async def switch(tx: Connection, id: int, *, is_active: bool) -> None:
    await SWITCH.run(tx, id=id, is_active=is_active)


async def tokens_by_app_ids(connection: Connection, ids: Sequence[int]) -> list[AppTokenRow]:
    """Oldest first."""
    return await TOKENS_BY_APP_IDS.rows(connection, AppTokenRow, ids=ids)


async def tokens_by_ids(connection: Connection, ids: Sequence[int]) -> list[AppTokenRow]:
    return await TOKENS_BY_IDS.rows(connection, AppTokenRow, ids=ids)


async def add_token(
    tx: Connection, app_id: int, *, name: str, hash: bytes, last_four: str, now: datetime
) -> AppTokenRow:
    row = await ADD_TOKEN.row(
        tx, AppTokenRow, app_id=app_id, name=name, hash=hash, last_four=last_four, now=now
    )
    assert row is not None, "an insert returns its row"
    return row


async def drop_token(tx: Connection, id: int) -> None:
    await DROP_TOKEN.run(tx, id=id)


async def of_token(connection: Connection, hash: bytes) -> AppViewerRow | None:
    """Whom the token with this hash speaks for; None where it is none, or its app is not active."""
    return await OF_TOKEN.row(connection, AppViewerRow, hash=hash)


def _taken(clash: UniqueViolationError) -> Exception:
    if clash.constraint_name != ONCE:
        return clash
    return Unique("Another app calls itself that.", field="identifier")
