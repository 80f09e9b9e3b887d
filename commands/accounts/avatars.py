"""Pictures that people put on themselves."""

import secrets
from typing import Final

import structlog

from adapters.pictures import Picture, PictureRefused, thumbnail
from commands.shop import Shop
from db import accounts, outbox
from domain.access import Viewer
from domain.accounts import MAX_AVATAR_BYTES, FileTooLarge
from domain.events import CustomerUpdated
from domain.refusals import Invalid, Unauthenticated

SIZE: Final = 1024  # pixels, of either side at most
FIELD: Final = "image"

log = structlog.get_logger(__name__)


async def put(shop: Shop, viewer: Viewer, data: bytes) -> int:
    """Make the viewer's picture of a file that they sent; gives their id.

    What is kept is drawn anew from it: no larger than it needs to be, and without a word of where and with
    what it was taken. Raises ``Unauthenticated``, ``FileTooLarge``, and ``Invalid`` for what is no picture.
    Records ``CustomerUpdated``.
    """
    user_id = viewer.require_login()
    if len(data) > MAX_AVATAR_BYTES:
        raise FileTooLarge(f"The file is larger than {MAX_AVATAR_BYTES // 1_000_000} MB.", field=FIELD)
    picture = await _drawn(data)
    # Never the same twice, so that whoever has kept the old one asks for the new.
    key = f"avatars/{secrets.token_hex(16)}{picture.extension}"
    await shop.files.put(key, picture.data, picture.content_type)
    try:
        await _change(shop, viewer, user_id, key)
    except BaseException:
        await shop.files.delete(key)
        raise
    return user_id


async def remove(shop: Shop, viewer: Viewer) -> int:
    """Leave the viewer without a picture; gives their id. It is no error if they had none.

    Raises ``Unauthenticated``. Records ``CustomerUpdated``.
    """
    user_id = viewer.require_login()
    await _change(shop, viewer, user_id, None)
    return user_id


async def _drawn(data: bytes) -> Picture:
    try:
        return await thumbnail(data, SIZE, "ORIGINAL")
    except PictureRefused as refusal:
        raise Invalid(refusal.message, field=FIELD) from None


async def _change(shop: Shop, viewer: Viewer, user_id: int, key: str | None) -> None:
    async with shop.db.transaction() as tx:
        person = await accounts.lock(tx, user_id)
        if person is None:
            raise Unauthenticated
        if person.avatar_key == key:
            return
        await accounts.set_avatar(tx, user_id, key)
        await outbox.record(tx, CustomerUpdated(user_id), by=viewer)
    if person.avatar_key is not None:
        await forget(shop, person.avatar_key)


async def forget(shop: Shop, key: str) -> None:
    """Keep a picture no longer that is nobody's. Never raises: what made it so is committed already."""
    try:
        await shop.files.delete(key)
        await shop.thumbnails.forget(key)
    except Exception as exception:  # whatever the store says
        log.warning("avatar_left_behind", key=key, error=repr(exception), exc_info=True)
