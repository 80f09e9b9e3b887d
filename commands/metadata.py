"""Metadata: what whoever builds on the shop puts on its objects."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from commands.shop import Shop
from db import metadata, outbox
from db.statements import Connection
from domain.access import Viewer
from domain.events import MetadataUpdated
from domain.metadata import check_number, metadata_problems
from domain.metadata_access import check_may_ask, check_may_change
from domain.refusals import NotFound, refuse_all


async def update(
    shop: Shop, viewer: Viewer, kind: str, id: int | UUID, meta: Mapping[str, str], *, private: bool
) -> None:
    """Put values under keys of a ``kind`` (a GraphQL type); other keys stay, those just put by others too.

    Raises ``Denied``, ``NotFound``, ``Refused`` for keys that cannot be, ``Invalid`` when there are too many.
    Records ``MetadataUpdated``.
    """
    check_may_ask(viewer, kind, private=private)
    refuse_all(metadata_problems(meta, field="input"))
    async with shop.db.transaction() as tx:
        await _claim(tx, viewer, kind, id)
        check_number(await metadata.put(tx, kind, id, meta, private=private))
        await outbox.record(tx, MetadataUpdated(id, kind), by=viewer)


async def delete(
    shop: Shop, viewer: Viewer, kind: str, id: int | UUID, keys: Sequence[str], *, private: bool
) -> None:
    """Take keys away with their values; keys that are not there stay away.

    Raises ``Denied``, ``NotFound``, ``Refused`` for keys that cannot be. Records ``MetadataUpdated``.
    """
    check_may_ask(viewer, kind, private=private)
    refuse_all(metadata_problems(dict.fromkeys(keys, ""), field="keys"))
    async with shop.db.transaction() as tx:
        await _claim(tx, viewer, kind, id)
        await metadata.remove(tx, kind, id, keys, private=private)
        await outbox.record(tx, MetadataUpdated(id, kind), by=viewer)


async def _claim(tx: Connection, viewer: Viewer, kind: str, id: int | UUID) -> None:
    found = await metadata.lock(tx, kind, id)
    if found is None:
        raise NotFound("There is no such thing, or it is not yours.", field="id")
    check_may_change(viewer, kind, found.user_id)
