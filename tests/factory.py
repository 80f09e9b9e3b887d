"""Makes the rows a test needs, each with what a test seldom cares about filled in.

Rows come back as asyncpg records that read by attribute. Everything is inserted, committed, and plain: no
command runs.
"""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Protocol
from uuid import UUID, uuid4

import orjson
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from adapters.app_tokens import hash_of, new_app_token
from db.pool import Database
from db.rows import Row
from db.statements import Statement
from db.tables import accounts, apps, attributes, catalog, channels, discounts
from domain.access import Permission
from tests.worlds import Clock

PAST = datetime(2026, 1, 1, tzinfo=UTC)
serial = itertools.count(1)


class AnyRow(Row):
    """A whole row of any table, its columns read by attribute."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


@cache
def _insertion(table: type[SQLModel], names: tuple[str, ...]) -> Statement:
    """Compiled once: that takes longer than to run it."""
    columns = table.__table__.columns  # type: ignore[attr-defined]  # SQLModel declares it at run time
    return Statement(insert(table).values(**dict.fromkeys(names)).returning(*columns))


class UserLike(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def token_key(self) -> str: ...
    @property
    def is_staff(self) -> bool: ...


class Factory:
    def __init__(self, database: Database, clock: Clock) -> None:
        self.db = database
        self.clock = clock

    async def add(self, table: type[SQLModel], **values: Any) -> AnyRow:
        """Insert one row; JSON columns are given as Python values.

        What is left out has the table's default.
        """
        columns = table.__table__.columns  # type: ignore[attr-defined]  # SQLModel declares it at run time
        for name, value in values.items():
            if isinstance(columns[name].type, JSONB) and not isinstance(value, str):
                values[name] = None if value is None else orjson.dumps(value).decode()
            elif columns[name].primary_key and columns[name].type.python_type is UUID:
                values[name] = value
        for column in columns:
            if column.primary_key and not column.foreign_keys and column.type.python_type is UUID:
                values.setdefault(column.name, uuid4())
        statement = _insertion(table, tuple(values))
        async with self.db.read() as connection:
            record = await connection.fetchrow(
                statement.text, *[values[name] for name in statement.names], record_class=AnyRow
            )
        assert isinstance(record, AnyRow), "an insert returns its row"
        return record

    async def fetch(self, query: str, *arguments: Any) -> list[AnyRow]:
        """Whatever a test wants to see of the database."""
        async with self.db.read() as connection:
            found: list[AnyRow] = await connection.fetch(query, *arguments, record_class=AnyRow)
            return found

    async def value(self, query: str, *arguments: Any) -> Any:
        async with self.db.read() as connection:
            return await connection.fetchval(query, *arguments)

    # Where the shop sells

    async def channel(
        self, slug: str = "default", currency: str = "USD", country: str = "US", **values: Any
    ) -> AnyRow:
        return await self.add(
            channels.Channels,
            **{"name": slug.title(), "slug": slug, "currency_code": currency, "default_country": country}
            | {"payment_gateways": ["matvis.dummy"]}
            | values,
        )

    async def tax_rate(self, country: str, rate: str, tax_class: AnyRow | None = None) -> AnyRow:
        return await self.add(
            channels.TaxRates,
            country=country,
            rate=Decimal(rate),
            tax_class_id=tax_class.id if tax_class else None,
        )

    async def tax_class(self, name: str = "Standard") -> AnyRow:
        return await self.add(channels.TaxClasses, name=name)

    async def warehouse(self, *sold_in: AnyRow, zones: Sequence[AnyRow] = (), **values: Any) -> AnyRow:
        """A warehouse that these channels sell from, and that serves these shipping zones."""
        slug = f"warehouse-{next(serial)}"
        row = await self.add(channels.Warehouses, **{"name": slug.title(), "slug": slug} | values)
        for channel in sold_in:
            await self.add(channels.WarehouseChannels, warehouse_id=row.id, channel_id=channel.id)
        for zone in zones:
            await self.add(channels.WarehouseShippingZones, warehouse_id=row.id, shipping_zone_id=zone.id)
        return row

    async def shipping_zone(
        self, *sold_in: AnyRow, countries: Sequence[str] = ("US",), **values: Any
    ) -> AnyRow:
        row = await self.add(
            channels.ShippingZones, **{"name": "Zone", "countries": list(countries)} | values
        )
        for channel in sold_in:
            await self.add(channels.ShippingZoneChannels, shipping_zone_id=row.id, channel_id=channel.id)
        return row

    async def shipping_method(
        self,
        zone: AnyRow,
        channel: AnyRow,
        price: str = "10",
        *,
        listing: dict[str, Any] | None = None,
        **values: Any,
    ) -> AnyRow:
        row = await self.add(
            channels.ShippingMethods, **{"shipping_zone_id": zone.id, "name": "Standard"} | values
        )
        await self.add(
            channels.ShippingMethodListings,
            shipping_method_id=row.id,
            channel_id=channel.id,
            price_amount=Decimal(price),
            **listing or {},
        )
        return row

    # What it sells

    async def product_type(self, **values: Any) -> AnyRow:
        slug = f"type-{next(serial)}"
        return await self.add(catalog.ProductTypes, **{"name": slug.title(), "slug": slug} | values)

    async def category(self, name: str = "Category", parent: AnyRow | None = None, **values: Any) -> AnyRow:
        slug = f"{name.lower().replace(' ', '-')}-{next(serial)}"
        row = await self.add(
            catalog.Categories,
            **{
                "name": name,
                "slug": slug,
                "parent_id": parent.id if parent else None,
                "level": parent.level + 1 if parent else 0,
            }
            | values,
        )
        above = await self.value("select path from categories where id = $1", parent.id) if parent else []
        (changed,) = await self.fetch(
            "update categories set path = $2 where id = $1 returning *", row.id, [*above, row.id]
        )
        return changed

    async def collection(self, *shown_in: AnyRow, products: Sequence[AnyRow] = (), **values: Any) -> AnyRow:
        slug = f"collection-{next(serial)}"
        row = await self.add(catalog.Collections, **{"name": slug.title(), "slug": slug} | values)
        for channel in shown_in:
            await self.add(
                catalog.CollectionListings, collection_id=row.id, channel_id=channel.id, is_published=True
            )
        for position, product in enumerate(products):
            await self.add(
                catalog.CollectionProducts, collection_id=row.id, product_id=product.id, position=position
            )
        return row

    async def product(
        self, *sold_in: AnyRow, name: str = "Mug", listing: dict[str, Any] | None = None, **values: Any
    ) -> AnyRow:
        """A product that is published, visible and for sale in these channels. It has no variants yet."""
        slug = f"{name.lower().replace(' ', '-')}-{next(serial)}"
        if "product_type_id" not in values:
            values["product_type_id"] = (await self.product_type()).id
        row = await self.add(
            catalog.Products, **{"name": name, "slug": slug, "search_text": name.lower()} | values
        )
        for channel in sold_in:
            await self.add(
                catalog.ProductListings,
                **{
                    "product_id": row.id,
                    "channel_id": channel.id,
                    "is_published": True,
                    "published_at": PAST,
                    "available_for_purchase_at": PAST,
                }
                | (listing or {}),
            )
        return row

    async def variant(
        self,
        product: AnyRow,
        *sold_in: AnyRow,
        price: str = "10",
        discounted: str | None = None,
        stock: int | None = None,
        warehouse: AnyRow | None = None,
        **values: Any,
    ) -> AnyRow:
        """A variant listed in these channels at one price.

        With ``stock``, that many units in ``warehouse``.
        """
        number = next(serial)
        row = await self.add(
            catalog.ProductVariants,
            **{
                "product_id": product.id,
                "name": f"Variant {number}",
                "sku": f"SKU-{number}",
                "position": number,
            }
            | values,
        )
        for channel in sold_in:
            await self.add(
                catalog.VariantListings,
                variant_id=row.id,
                channel_id=channel.id,
                price_amount=Decimal(price),
                discounted_amount=Decimal(discounted or price),
            )
            await self.fetch(
                """update product_listings
                      set lowest_amount = least(lowest_amount, $3),
                          lowest_discounted_amount = least(lowest_discounted_amount, $4)
                    where product_id = $1 and channel_id = $2""",
                product.id,
                channel.id,
                Decimal(price),
                Decimal(discounted or price),
            )
        if stock is not None:
            home = warehouse or await self.warehouse(*sold_in)
            await self.stock(row, home, stock)
        return row

    async def stock(
        self, variant: AnyRow, warehouse: AnyRow, on_hand: int, backorder_limit: int = 0
    ) -> AnyRow:
        row = await self.add(
            catalog.Stocks,
            variant_id=variant.id,
            warehouse_id=warehouse.id,
            on_hand=on_hand,
            backorder_limit=backorder_limit,
        )
        if on_hand:
            await self.add(catalog.StockMovements, stock_id=row.id, quantity=on_hand, cause="RECEIVED")
        return row

    async def attribute(self, name: str, input_type: str = "DROPDOWN", **values: Any) -> AnyRow:
        slug = values.pop("slug", f"{name.lower()}-{next(serial)}")
        return await self.add(
            attributes.Attributes, **{"name": name, "slug": slug, "input_type": input_type} | values
        )

    async def attribute_value(self, attribute: AnyRow, name: str = "", **values: Any) -> AnyRow:
        slug = values.pop("slug", f"{name.lower() or 'value'}-{next(serial)}")
        return await self.add(
            attributes.AttributeValues, **{"attribute_id": attribute.id, "name": name, "slug": slug} | values
        )

    async def assign(
        self, product_type: AnyRow, attribute: AnyRow, *, to_variants: bool = False, selects: bool = False
    ) -> None:
        """Let products of the type, or their variants, have the attribute.

        ``selects``: variants are chosen by it.
        """
        ids = {"product_type_id": product_type.id, "attribute_id": attribute.id}
        if to_variants:
            await self.add(attributes.ProductTypeVariantAttributes, **ids, variant_selection=selects)
        else:
            await self.add(attributes.ProductTypeAttributes, **ids)

    async def give(
        self, value: AnyRow, *, product: AnyRow | None = None, variant: AnyRow | None = None
    ) -> None:
        """Give a value to a product or to a variant."""
        if product is not None:
            await self.add(attributes.ProductAttributeValues, product_id=product.id, value_id=value.id)
        if variant is not None:
            await self.add(attributes.VariantAttributeValues, variant_id=variant.id, value_id=value.id)

    async def page_type(self, *said: AnyRow, **values: Any) -> AnyRow:
        """A type whose pages have these attributes."""
        slug = f"page-type-{next(serial)}"
        row = await self.add(attributes.PageTypes, **{"name": slug.title(), "slug": slug} | values)
        for position, attribute in enumerate(said):
            await self.add(
                attributes.PageTypeAttributes,
                page_type_id=row.id,
                attribute_id=attribute.id,
                position=position,
            )
        return row

    async def page(
        self,
        title: str = "About",
        page_type: AnyRow | None = None,
        *,
        said: Sequence[AnyRow] = (),
        **values: Any,
    ) -> AnyRow:
        """A published page that has these values of attributes."""
        slug = f"{title.lower().replace(' ', '-')}-{next(serial)}"
        type_id = (page_type or await self.page_type()).id
        row = await self.add(
            attributes.Pages,
            **{"title": title, "slug": slug, "page_type_id": type_id, "is_published": True} | values,
        )
        for position, value in enumerate(said):
            await self.add(
                attributes.PageAttributeValues, page_id=row.id, value_id=value.id, position=position
            )
        return row

    async def menu(self, slug: str = "top", **values: Any) -> AnyRow:
        return await self.add(attributes.Menus, **{"name": slug.title(), "slug": slug} | values)

    async def menu_item(self, menu: AnyRow, name: str, parent: AnyRow | None = None, **values: Any) -> AnyRow:
        return await self.add(
            attributes.MenuItems,
            **{
                "menu_id": menu.id,
                "name": name,
                "parent_id": parent.id if parent else None,
                "level": parent.level + 1 if parent else 0,
                "position": next(serial),
            }
            | values,
        )

    async def translation(self, kind: str, row: AnyRow, language: str, **texts: Any) -> AnyRow:
        """Texts of ``row``, which is a ``kind`` (a GraphQL type's name)."""
        return await self.add(
            attributes.Translations, kind=kind, object_id=row.id, language=language, **texts
        )

    # Who buys

    async def user(self, email: str | None = None, **values: Any) -> AnyRow:
        """A customer whose account is confirmed; without a password, unless ``password_hash`` is given."""
        return await self.add(
            accounts.Users,
            **{
                "email": email or f"customer-{next(serial)}@example.com",
                "is_confirmed": True,
                "token_key": uuid4().hex,
            }
            | values,
        )

    async def staff(self, permissions: Sequence[Permission] = tuple(Permission), **values: Any) -> AnyRow:
        row = await self.user(is_staff=True, **values)
        group = await self.add(accounts.Groups, name=f"Group {next(serial)}")
        for permission in permissions:
            await self.add(accounts.GroupPermissions, group_id=group.id, permission=permission.value)
        await self.add(accounts.UserGroups, user_id=row.id, group_id=group.id)
        return row

    async def app(self, permissions: Sequence[Permission] = tuple(Permission), **values: Any) -> AnyRow:
        """An app without a token."""
        granted = [one.value for one in permissions]
        return await self.add(apps.Apps, **{"name": f"App {next(serial)}", "permissions": granted} | values)

    async def app_token(self, app: AnyRow, token: str = "") -> str:
        """A token that lets the app in."""
        secret = token or new_app_token()
        await self.add(apps.AppTokens, app_id=app.id, hash=hash_of(secret), last_four=secret[-4:])
        return secret

    async def login(self, user: UserLike, family: UUID) -> None:
        """A login that goes on, as ``tokenCreate`` would have begun it."""
        await self.add(accounts.TokenFamilies, id=family, user_id=user.id)

    async def address(self, user: AnyRow | None = None, **values: Any) -> AnyRow:
        return await self.add(
            accounts.Addresses,
            **{
                "user_id": user.id if user else None,
                "first_name": "Ada",
                "last_name": "Byron",
                "street_address_1": "1 Main Street",
                "city": "New York",
                "postal_code": "10001",
                "country": "US",
                "country_area": "NY",
            }
            | values,
        )

    # What makes it cheaper

    async def voucher(
        self,
        channel: AnyRow,
        code: str = "SAVE",
        value: str = "10",
        *,
        minimum: str | None = None,
        **values: Any,
    ) -> AnyRow:
        """A voucher with one code, listed in the channel; returns the voucher's row."""
        row = await self.add(discounts.Vouchers, **{"name": code.title(), "starts_at": PAST} | values)
        await self.add(discounts.VoucherCodes, voucher_id=row.id, code=code)
        await self.add(
            discounts.VoucherListings,
            voucher_id=row.id,
            channel_id=channel.id,
            discount_value=Decimal(value),
            minimum_spent_amount=Decimal(minimum) if minimum else None,
        )
        return row

    async def gift_card(
        self, code: str = "GIFT-CARD-1234", amount: str = "50", currency: str = "USD", **values: Any
    ) -> AnyRow:
        return await self.add(
            discounts.GiftCards,
            **{
                "code": code,
                "currency": currency,
                "initial_amount": Decimal(amount),
                "balance_amount": Decimal(amount),
            }
            | values,
        )


YEAR = timedelta(days=365)
