"""Metadata is put and taken, by many at once."""

import asyncio
from uuid import UUID, uuid4

import orjson
import pytest

from commands import metadata
from commands.shop import Shop
from db.metadata import KEPT
from domain.access import Permission, Viewer
from domain.metadata import MAX_KEYS
from domain.metadata_access import STAFF
from domain.refusals import Invalid, NotFound, Refused
from schema.metadata_items import FOUND
from tests.factory import Factory

STAFF_VIEWER = Viewer(user_id=None, is_staff=True, permissions=frozenset(Permission))


def test_every_kind_is_kept_guarded_and_found() -> None:
    assert set(KEPT) == set(STAFF) == set(FOUND)


async def test_nobody_loses_a_key_to_somebody_else(shop: Shop, factory: Factory) -> None:
    row = await factory.category("Mugs", meta={"old": "stays", "gone": "goes"})

    await asyncio.gather(
        *(
            metadata.update(shop, STAFF_VIEWER, "Category", row.id, {f"key-{n}": str(n)}, private=False)
            for n in range(30)
        ),
        metadata.delete(shop, STAFF_VIEWER, "Category", row.id, ["gone", "never"], private=False),
    )

    kept = orjson.loads(await factory.value("select meta from categories where id = $1", row.id))
    assert kept == {"old": "stays"} | {f"key-{n}": str(n) for n in range(30)}
    events = await factory.fetch("select kind, subject_id, facts from outbox")
    assert len(events) == 31
    assert {(one.kind, one.subject_id, one.facts) for one in events} == {
        ("MetadataUpdated", str(row.id), '{"of": "Category"}')
    }


@pytest.mark.parametrize("key", ["", "  ", "nul\0", "\ud800", "x" * 257])
async def test_a_key_that_cannot_be_kept_is_refused(shop: Shop, factory: Factory, key: str) -> None:
    row = await factory.category("Mugs", meta={"a": "1"})

    with pytest.raises(Refused) as put:
        await metadata.update(shop, STAFF_VIEWER, "Category", row.id, {"b": "2", key: "3"}, private=False)
    with pytest.raises(Refused) as taken:
        await metadata.delete(shop, STAFF_VIEWER, "Category", row.id, ["a", key], private=False)

    code = "INVALID" if key.strip() else "REQUIRED"
    assert [(one.code, one.field) for one in put.value.refusals] == [(code, "input")]
    assert [(one.code, one.field) for one in taken.value.refusals] == [(code, "keys")]
    assert await factory.value("select meta from categories where id = $1", row.id) == '{"a": "1"}'
    assert await factory.value("select count(*) from outbox") == 0


async def test_an_object_may_have_only_so_many_keys(shop: Shop, factory: Factory) -> None:
    row = await factory.category("Mugs", meta={str(n): "" for n in range(MAX_KEYS)})

    await metadata.update(shop, STAFF_VIEWER, "Category", row.id, {"0": "again"}, private=False)
    with pytest.raises(Invalid):
        await metadata.update(shop, STAFF_VIEWER, "Category", row.id, {"one more": ""}, private=False)

    kept = orjson.loads(await factory.value("select meta from categories where id = $1", row.id))
    assert kept == {str(n): "again" if n == 0 else "" for n in range(MAX_KEYS)}


async def test_what_is_not_there_is_not_found(shop: Shop) -> None:
    for kind in KEPT:
        key: int | UUID = uuid4() if FOUND[kind].by_uuid else 404
        with pytest.raises(NotFound):
            await metadata.update(shop, STAFF_VIEWER, kind, key, {"a": "1"}, private=False)
        with pytest.raises(NotFound):
            await metadata.delete(shop, STAFF_VIEWER, kind, key, ["a"], private=True)
