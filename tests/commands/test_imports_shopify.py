import asyncio
from collections.abc import Sequence
from decimal import Decimal

import pytest

from adapters.fetching import Address, Fetcher
from commands.imports.pictures import fetch
from commands.imports.places import NewChannel
from commands.imports.shopify import Imported, Terms, bring_in
from commands.shop import Shop
from db import verifying
from db.pool import Database
from domain.imports.csv_rows import FileRefused
from domain.imports.shopify import Catalogue
from tests.factory import AnyRow, Factory

EU = Terms(channel="eu", new_channel=NewChannel("EUR", "DE"))
HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,"
    "Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,"
    "Variant Barcode,Image Src,Image Position,Image Alt Text,Gift Card,SEO Title,Variant Image"
)
SMALL = (
    'shirt,Blue Shirt,<p>Of <b>silk</b></p>,Acme,Shirts,"blue, silk",true,Size,S,SH-S,120,shopify,5,40,50,'
    "4006381333931,https://x.example/1.jpg,1,Front,false,Shirt of silk,"
)
MIDDLE = "shirt,,,,,,,,M,SH-M,130,shopify,0,45,,,https://x.example/2.jpg,2,,,,https://x.example/1.jpg"
SHIRT = (SMALL, MIDDLE)
CARD = "card,Gift Card,,,,,false,Title,Default Title,,,,,25,,,,,,true,,"


def catalogue(*rows: str) -> Catalogue:
    read = Catalogue()
    read.add("shop.csv", [f"{line}\n".encode() for line in (HEADER, *rows)])
    return read


async def imported(shop: Shop, rows: Sequence[str], terms: Terms = EU) -> Imported:
    return await bring_in(shop, catalogue(*rows), terms)


async def variants(factory: Factory) -> list[AnyRow]:
    return await factory.fetch(
        """select variant.*, listing.price_amount, listing.sale_amount, listing.discounted_amount,
                  coalesce(stocks.on_hand, 0) as on_hand
             from product_variants as variant
             join products as product on product.id = variant.product_id
             join variant_listings as listing on listing.variant_id = variant.id
             left join stocks on stocks.variant_id = variant.id
            order by product.id, variant.position"""
    )


async def test_a_product_comes_with_all_that_the_file_says_of_it(shop: Shop, factory: Factory) -> None:
    await imported(shop, SHIRT)

    (product,) = await factory.fetch(
        """select product.*, type.name as type, category.name as category, listing.is_published,
                  listing.lowest_amount, listing.lowest_discounted_amount
             from products as product
             join product_types as type on type.id = product.product_type_id
             join categories as category on category.id = product.category_id
             join product_listings as listing on listing.product_id = product.id"""
    )
    small, middle = await variants(factory)
    assert (product.name, product.slug, product.type, product.category, product.seo_title) == (
        *("Blue Shirt", "shirt", "Shirts"),
        *("Shirts", "Shirt of silk"),
    )
    assert '"text": "Of <b>silk</b>"' in product.description
    assert product.search_text == "blue shirt sh s sh m acme blue silk s m shirts of silk"
    assert (product.is_published, product.lowest_amount, product.lowest_discounted_amount) == (
        *(True, Decimal(45)),
        Decimal(40),
    )
    assert product.default_variant_id == small.id
    assert (small.name, small.sku, small.weight, small.meta, small.on_hand) == (
        *("S", "SH-S", Decimal(120)),
        *('{"barcode": "4006381333931"}', 5),
    )
    assert (small.price_amount, small.sale_amount, small.discounted_amount) == (
        Decimal(50),
        Decimal(40),
        Decimal(40),
    )
    assert (middle.price_amount, middle.sale_amount, middle.discounted_amount) == (
        Decimal(45),
        None,
        Decimal(45),
    )


async def test_options_choose_the_variant_and_vendor_and_tags_are_of_the_product(
    shop: Shop, factory: Factory
) -> None:
    await imported(shop, SHIRT)

    said = await factory.fetch(
        """select attribute.slug, attribute.input_type, value.name, 'product' as of
             from product_attribute_values as said join attribute_values as value on value.id = said.value_id
             join attributes as attribute on attribute.id = value.attribute_id
            union all
           select attribute.slug, attribute.input_type, value.name, variant.sku
             from variant_attribute_values as said join attribute_values as value on value.id = said.value_id
             join attributes as attribute on attribute.id = value.attribute_id
             join product_variants as variant on variant.id = said.variant_id
            order by 4, 1, 3"""
    )
    assert [tuple(row) for row in said] == [
        ("size", "DROPDOWN", "M", "SH-M"),
        ("size", "DROPDOWN", "S", "SH-S"),
        ("tags", "MULTISELECT", "blue", "product"),
        ("tags", "MULTISELECT", "silk", "product"),
        ("vendor", "DROPDOWN", "Acme", "product"),
    ]
    assert await factory.value("select bool_and(variant_selection) from product_type_variant_attributes")


async def test_an_attribute_of_another_kind_is_not_ours(shop: Shop, factory: Factory) -> None:
    theirs = await factory.attribute("Size", "NUMERIC", slug="size")

    await imported(shop, SHIRT)
    await imported(shop, SHIRT)

    ours = await factory.fetch(
        "select slug, input_type from attributes where name = 'Size' and id <> $1", theirs.id
    )
    assert [tuple(row) for row in ours] == [("shopify-size", "DROPDOWN")]


async def test_what_is_not_published_comes_hidden_and_gift_cards_have_a_type_of_their_own(
    shop: Shop, factory: Factory
) -> None:
    await imported(shop, [CARD])

    (found,) = await factory.fetch(
        """select type.kind, type.is_shipping_required, listing.is_published, listing.published_at
             from products join product_types as type on type.id = product_type_id
             join product_listings as listing on listing.product_id = products.id"""
    )
    assert tuple(found) == ("GIFT_CARD", False, False, None)


async def test_a_second_run_changes_nothing(shop: Shop, factory: Factory) -> None:
    counted = """select (select count(*) from products), (select count(*) from product_variants),
        (select count(*) from attribute_values), (select count(*) from categories),
        (select count(*) from product_media), (select sum(quantity) from stock_movements),
        (select count(*) from stock_movements), (select max(updated_at) from products)"""
    await imported(shop, [*SHIRT, CARD])
    (before,) = await factory.fetch(counted)

    again = await imported(shop, [*SHIRT, CARD])

    (after,) = await factory.fetch(counted)
    assert tuple(after) == tuple(before)
    assert tuple(after)[:7] == (2, 3, 5, 1, 2, 5, 1)
    assert [value for name, value in again.report.figures if "made" in name or "changed" in name] == ["0"] * 5


async def test_a_later_file_brings_products_up_to_date_by_sku_or_by_options(
    shop: Shop, factory: Factory, database: Database
) -> None:
    await imported(shop, SHIRT)
    before = await variants(factory)
    later = (
        SMALL.replace("Blue Shirt", "Azure Shirt")
        .replace(",Size,S,SH-S,", ",Size,M,SH-S,")
        .replace(",5,40,50,", ",9,42,,"),
        MIDDLE.replace(",M,SH-M,", ",S,SH-M,"),
        "shirt,,,,,,,,L,,,shopify,1,45,,,,,,,,",
    )

    await imported(shop, later)

    found = await variants(factory)
    assert [(row.name, row.sku) for row in found] == [("M", "SH-S"), ("S", "SH-M"), ("L", None)]
    assert [row.id for row in found[:2]] == [row.id for row in before]
    assert (found[0].on_hand, found[0].price_amount, found[0].sale_amount) == (9, Decimal(42), None)
    assert await factory.value("select name from products") == "Azure Shirt"
    async with database.read() as connection:
        assert not [row for one in verifying.PROMISES for row in await verifying.breaches(connection, one)]


async def test_units_promised_to_orders_stay(shop: Shop, factory: Factory) -> None:
    await imported(shop, SHIRT)
    await factory.fetch("update stocks set allocated = 4")

    again = await imported(shop, [SMALL.replace(",5,40,50,", ",1,40,50,"), MIDDLE])

    assert await factory.value("select on_hand from stocks") == 4
    assert (
        "1 variants keep more units than the file says, because orders are promised them."
        in again.report.notes
    )


async def test_units_on_backorder_are_not_taken_to_be_there(shop: Shop, factory: Factory) -> None:
    await imported(shop, SHIRT)
    await factory.fetch("update stocks set allocated = 7, backorder_limit = 3")

    again = await imported(shop, SHIRT)

    assert await factory.value("select on_hand from stocks") == 5
    assert not [note for note in again.report.notes if "keep more units" in note]


async def test_stock_is_left_alone_when_told(shop: Shop, factory: Factory) -> None:
    await imported(shop, SHIRT)

    await imported(
        shop, [SMALL.replace(",5,40,50,", ",1,40,50,"), MIDDLE], Terms(channel="eu", keep_stock=True)
    )

    assert await factory.value("select on_hand from stocks") == 5


async def test_what_shoppers_see_change_is_announced(shop: Shop, factory: Factory) -> None:
    await imported(shop, SHIRT)

    told = await factory.fetch("select kind, subject from outbox order by id")
    assert [tuple(row) for row in told] == [("FileImported", "Channel"), ("StockChanged", "ProductVariant")]


async def test_a_sku_of_another_product_is_refused_and_nothing_changes(shop: Shop, factory: Factory) -> None:
    channel = await factory.channel("eu", "EUR", "DE")
    await factory.variant(await factory.product(channel, slug="coat"), sku="SH-M")

    with pytest.raises(FileRefused) as refusal:
        await imported(shop, SHIRT)

    assert refusal.value.message == "shop.csv:3: column Variant SKU: SH-M belongs to product coat of the shop"
    assert await factory.value("select count(*) from products") == 1


async def test_a_price_finer_than_the_currency_is_refused(shop: Shop) -> None:
    yen = Terms(channel="jp", new_channel=NewChannel("JPY", "JP"))

    with pytest.raises(FileRefused) as refusal:
        await imported(shop, [SMALL.replace(",40,50,", ",40.5,50,"), MIDDLE], yen)

    assert refusal.value.message == "shop.csv:2: column Variant Price: 40.5 is finer than JPY can be paid"


async def test_a_dry_run_keeps_nothing(shop: Shop, factory: Factory) -> None:
    done = await imported(shop, SHIRT, Terms(channel="eu", new_channel=NewChannel("EUR", "DE"), dry_run=True))

    assert (done.report.dry, dict(done.report.figures)["Products made"], done.pictures) == (True, "1", ())
    assert (
        await factory.value("select (select count(*) from products) + (select count(*) from channels)") == 0
    )


async def test_pictures_that_cannot_be_copied_are_shown_from_where_they_are(
    shop: Shop, factory: Factory
) -> None:
    async def nowhere(host: str, _port: int) -> list[Address]:
        raise OSError(host)

    done = await imported(shop, SHIRT)
    fetched = await fetch(shop, Fetcher(resolving=nowhere), done.pictures)

    media = await factory.fetch("select external_url, file_key, alt from product_media order by position")
    assert [tuple(row) for row in media] == [
        ("https://x.example/1.jpg", None, "Front"),
        ("https://x.example/2.jpg", None, ""),
    ]
    (note,) = fetched.notes
    assert note == (
        "2 pictures are shown from where they are, because its host cannot be found;"
        " the first is https://x.example/1.jpg"
    )
    assert await factory.value("select count(*) from variant_media") == 1


async def test_pictures_that_can_be_had_are_kept_here_once(shop: Shop, factory: Factory) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"." * 50
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split()[1])
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + png)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        there = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        rows = [row.replace("https://x.example", there) for row in SHIRT]
        anywhere = Fetcher(allowed=lambda _: True)
        first = await fetch(shop, anywhere, (await imported(shop, rows)).pictures)
        again = (await imported(shop, rows)).pictures

    (key,) = {row.file_key for row in await factory.fetch("select file_key from product_media")}
    told = await factory.fetch("select subject_id from outbox where kind = 'ProductUpdated'")
    products = {str(row.product_id) for row in await factory.fetch("select product_id from product_media")}
    assert [row.subject_id for row in told] == [*products] * 2
    assert (first.kept, first.notes, again, sorted(asked)) == (2, [], [], [b"/1.jpg", b"/2.jpg"])
    assert (await shop.files.get(key), key.endswith(".png")) == (png, True)
