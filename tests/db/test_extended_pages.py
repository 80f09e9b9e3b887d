"""Pages that bring prices and pictures along: the same as are read for themselves."""

from collections.abc import Sequence
from typing import Any

import pytest

from db import prices, product_lists, variant_pages
from db.pool import Database
from db.product_extras import PRICED, Extra, priced_by_slug
from db.rows import Row
from db.tables.catalog import ProductMedia
from db.tables.channels import TaxClasses
from domain.access import GUEST, Permission, Viewer
from domain.conditions import ALWAYS
from domain.pages import PageRequest
from domain.products import Order, OrderName, product_list
from tests.factory import AnyRow, Factory

STAFF = Viewer(permissions=frozenset({Permission.MANAGE_PRODUCTS}))


def said(kind: type[Row], rows: Sequence[Any], key: str = "id") -> dict[int, dict[str, Any]]:
    """What rows say in the columns of a kind, by the variant's or the product's id."""
    names = {name for parent in kind.__mro__ for name in vars(parent).get("__annotations__", {})}
    return {row[key]: {name: row[name] for name in names - {"variant_id", "product_id"}} for row in rows}


@pytest.fixture
async def channel(factory: Factory) -> AnyRow:
    return await factory.channel(country="DE", prices_entered_with_tax=False)


@pytest.fixture
async def goods(factory: Factory, channel: AnyRow) -> list[AnyRow]:
    """Two taxed alike and one by a class of its own, a reduced one, one listed nowhere, one without any."""
    other = await factory.channel("other")
    books = await factory.add(TaxClasses, name="Books")
    await factory.tax_rate("DE", "0.19")
    await factory.tax_rate("DE", "0.07", books)
    await factory.tax_rate("FR", "0.2")
    kind = await factory.product_type()
    found = [
        await factory.product(channel, product_type_id=kind.id, name=name, **values)
        for name, values in (("a", {}), ("b", {"tax_class_id": books.id}), ("c", {}), ("d", {}))
    ]
    await factory.variant(found[0], channel, other, price="10")
    await factory.variant(found[0], channel, price="30", discounted="7.5")
    await factory.variant(found[0], other, price="1")
    await factory.variant(found[1], channel, price="12.345")
    await factory.variant(found[2], other, price="5")
    return found


@pytest.mark.parametrize("viewer", [GUEST, STAFF])
@pytest.mark.parametrize("page", [PageRequest(2), PageRequest(2, backward=True)])
async def test_variants_bring_the_prices_that_are_read_for_themselves(
    database: Database, channel: AnyRow, goods: list[AnyRow], viewer: Viewer, page: PageRequest
) -> None:
    keys = [(row.id, channel.id) for row in goods]
    async with database.read() as connection:
        pages = await variant_pages.priced_of_products(connection, keys, viewer, page)
        plain = await variant_pages.of_products(connection, keys, viewer, page)
        rows = [row for found in pages.values() for row in found.rows]
        alone = await prices.of_variants(connection, [(row.id, row.channel_id) for row in rows])

    assert {key: [row.id for row in found.rows] for key, found in pages.items()} == {
        key: [row.id for row in found.rows] for key, found in plain.items()
    }
    listed = [row for row in rows if row.full is not None]
    assert len(listed) >= 2
    assert said(prices.VariantPriceRow, listed) == said(prices.VariantPriceRow, alone, "variant_id")


async def test_products_bring_the_prices_that_are_read_for_themselves(
    database: Database, channel: AnyRow, goods: list[AnyRow]
) -> None:
    wanted = product_list(GUEST, channel.id, condition=ALWAYS, order=Order(OrderName.NAME))
    async with database.read() as connection:
        page = (
            await product_lists.extended_pages(connection, wanted, [None], PageRequest(10), extras=PRICED)
        )[None]
        one = await priced_by_slug(connection, goods[1].slug, channel.slug, GUEST)
        alone = await prices.of_products(connection, [(row.id, channel.id) for row in goods])

    assert [row.name for row in page.rows] == ["a", "b", "c", "d"]
    assert [row.lowest_full is None for row in page.rows] == [False, False, True, True]
    assert page.rows[0].on_sale
    assert said(prices.ProductPricesRow, page.rows[:2]) == said(prices.ProductPricesRow, alone, "product_id")
    assert said(prices.ProductPricesRow, [one]) == said(prices.ProductPricesRow, alone[1:], "product_id")


async def test_products_bring_the_picture_that_is_read_for_itself(
    database: Database, factory: Factory, channel: AnyRow, goods: list[AnyRow]
) -> None:
    await factory.add(
        ProductMedia, product_id=goods[0].id, kind="VIDEO", alt="film", external_url="f", position=0
    )
    await factory.add(
        ProductMedia, product_id=goods[0].id, kind="IMAGE", alt="late", file_key="l", position=2
    )
    await factory.add(ProductMedia, product_id=goods[0].id, kind="IMAGE", alt="", file_key="e", position=1)
    await factory.add(
        ProductMedia, product_id=goods[1].id, kind="IMAGE", alt="far", external_url="x", position=0
    )
    wanted = product_list(GUEST, channel.id, condition=ALWAYS, order=Order(OrderName.NAME))
    async with database.read() as connection:
        page = (
            await product_lists.extended_pages(
                connection, wanted, [None], PageRequest(10), extras=frozenset({Extra.PICTURE}), lean=True
            )
        )[None]

    assert [(row.alt, row.file_key, row.external_url) for row in page.rows] == [
        ("", "e", None),
        ("far", None, "x"),
        (None, None, None),
        (None, None, None),
    ]
