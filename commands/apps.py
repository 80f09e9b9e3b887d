"""Apps: staff lets a program work with the shop, gives it tokens, and shows it the door."""

from dataclasses import dataclass
from typing import Final

from adapters.app_tokens import hash_of, new_app_token
from commands.shop import Shop
from db import apps, outbox
from db.apps import AppRow, AppTokenRow
from db.statements import Connection
from domain.access import Permission, Viewer
from domain.apps import (
    MOST_LETTERS,
    AppCreated,
    AppUpdated,
    AppWish,
    app_problems,
    check_grants,
    check_scope,
    no_app,
)
from domain.refusals import Invalid, NotFound, refuse_all

SHOWN: Final = 4  # characters of a token that are kept, to tell it from others
FIRST: Final = "Default"


@dataclass(frozen=True, slots=True)
class NewToken:
    """``secret`` is told once, and known to nobody but whoever hears it."""

    row: AppTokenRow
    secret: str


async def create(shop: Shop, viewer: Viewer, wish: AppWish) -> tuple[int, str]:
    """Let a program work with the shop; its id and its first token, which is told this once.

    Raises ``Denied``, ``PermissionOutOfScope``, ``Unique`` and ``Refused``. Records ``AppCreated``.
    """
    viewer.require(Permission.MANAGE_APPS)
    refuse_all(app_problems(wish, is_new=True))
    permissions = sorted(set(wish.permissions or ()))
    check_grants(viewer, permissions)
    async with shop.db.transaction() as tx:
        app_id = await apps.insert(
            tx,
            name=(wish.name or "").strip(),
            identifier=(wish.identifier or "").strip() or None,
            permissions=permissions,
            now=shop.clock(),
        )
        made = await _give_token(tx, shop, app_id, FIRST)
        await outbox.record(tx, AppCreated(app_id), by=viewer)
    return app_id, made.secret


async def update(shop: Shop, viewer: Viewer, app_id: int, wish: AppWish) -> None:
    """Call the app something else, or let it do something else, from now on.

    Raises ``Denied``, ``NotFound``, ``AppOutOfScope``, ``PermissionOutOfScope``, ``Unique`` and ``Refused``.
    Records ``AppUpdated``.
    """
    viewer.require(Permission.MANAGE_APPS)
    refuse_all(app_problems(wish, is_new=False))
    if wish.permissions is not None:
        check_grants(viewer, wish.permissions)
    async with shop.db.transaction() as tx:
        app = await _hold(tx, viewer, app_id)
        identifier = app.identifier if wish.identifier is None else wish.identifier.strip() or None
        await apps.update(
            tx,
            app.id,
            name=app.name if wish.name is None else wish.name.strip(),
            identifier=identifier,
            permissions=app.permissions if wish.permissions is None else sorted(set(wish.permissions)),
        )
        await outbox.record(tx, AppUpdated(app.id), by=viewer)


async def switch(shop: Shop, viewer: Viewer, app_id: int, *, is_active: bool) -> None:
    """Let the app in, or let it in no more: from the commit on, with none of its tokens.

    Raises ``Denied``, ``NotFound`` and ``AppOutOfScope``. Records ``AppUpdated``.
    """
    viewer.require(Permission.MANAGE_APPS)
    async with shop.db.transaction() as tx:
        app = await _hold(tx, viewer, app_id)
        await apps.switch(tx, app.id, is_active=is_active)
        await outbox.record(tx, AppUpdated(app.id), by=viewer)


async def create_token(shop: Shop, viewer: Viewer, app_id: int, name: str = "") -> NewToken:
    """One more token for the app, told this once.

    Raises ``Denied``, ``NotFound``, ``AppOutOfScope`` and ``Invalid``. Records ``AppUpdated``.
    """
    viewer.require(Permission.MANAGE_APPS)
    if len(name) > MOST_LETTERS:
        raise Invalid(f"At most {MOST_LETTERS} letters.", field="name")
    async with shop.db.transaction() as tx:
        app = await _hold(tx, viewer, app_id)
        made = await _give_token(tx, shop, app.id, name.strip())
        await outbox.record(tx, AppUpdated(app.id), by=viewer)
    return made


async def delete_token(shop: Shop, viewer: Viewer, token_id: int) -> AppTokenRow:
    """Take a token away: from the commit on it lets nobody in. It is given as it was.

    Raises ``Denied``, ``NotFound`` and ``AppOutOfScope``. Records ``AppUpdated``.
    """
    viewer.require(Permission.MANAGE_APPS)
    async with shop.db.transaction() as tx:
        found = await apps.tokens_by_ids(tx, [token_id])
        app = await _hold(tx, viewer, found[0].app_id) if found else None
        if app is None or not await apps.tokens_by_ids(tx, [token_id]):
            raise NotFound("There is no such token.", field="id")
        await apps.drop_token(tx, token_id)
        await outbox.record(tx, AppUpdated(app.id), by=viewer)
    return found[0]


async def _hold(tx: Connection, viewer: Viewer, app_id: int) -> AppRow:
    app = await apps.lock(tx, app_id)
    if app is None:
        raise no_app()
    check_scope(viewer, app.permissions)
    return app


async def _give_token(tx: Connection, shop: Shop, app_id: int, name: str) -> NewToken:
    secret = new_app_token()
    row = await apps.add_token(
        tx, app_id, name=name, hash=hash_of(secret), last_four=secret[-SHOWN:], now=shop.clock()
    )
    return NewToken(row, secret)
