"""The lines of an order, and what came off its price."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import ClassVar

import strawberry

from db.order_lines import OrderDiscountRow, OrderLineRow
from domain.orders import DiscountKind
from engine.words import attribute, batch_field, edge, inline
from loaders.orders import OrderLoaders
from loaders.variants import VariantLoaders
from schema.context import Context
from schema.enums import declare
from schema.ids import global_id, to_global
from schema.media import Format, Image, ImageRow, Size, background_image
from schema.metadata import Node, ObjectWithMetadata
from schema.money import Money, TaxedMoney, make_money, make_taxed
from schema.products import ProductVariant

declare(
    DiscountKind,
    "OrderDiscountType",
    "Why something came off an order's price.",
    {
        DiscountKind.SALE: "A sale.",
        DiscountKind.VOUCHER: "A voucher's code.",
        DiscountKind.MANUAL: "Staff took it off.",
        DiscountKind.PROMOTION: "A promotion of products.",
        DiscountKind.ORDER_PROMOTION: "A promotion of whole orders.",
    },
)


async def thumbnails(
    rows: Sequence[OrderLineRow], context: Context, *, size: Size = None, format: Format = None
) -> list[ImageRow | None]:
    """One picture a line; none for a line whose variant is gone, or has no picture of ours."""
    variant_ids = [row.variant_id or 0 for row in rows]
    pictures = await context.loading.load_many(OrderLoaders.picture_of_variant, variant_ids)
    return [
        None if one is None else background_image(context, one.file_key, one.alt, size=size, format=format)
        for one in pictures
    ]


@strawberry.type(description="A line of an order: what was bought, as it was called and priced then.")
class OrderLine(Node, ObjectWithMetadata):
    represents: ClassVar[type] = OrderLineRow

    id: strawberry.ID = global_id("OrderLine")
    product_name: str = attribute("The product's name.")
    variant_name: str = attribute("The variant's name.")
    translated_product_name: str = attribute(
        "The product's name in the shopper's language; empty where it was not translated."
    )
    translated_variant_name: str = attribute(
        "The variant's name in the shopper's language; empty where it was not translated."
    )
    product_sku: str | None = attribute("The variant's SKU.", column="sku")
    product_variant_id: str | None = inline(
        partial(to_global, "ProductVariant"),
        "variant_id",
        description="The variant's global id, while it exists.",
    )
    is_shipping_required: bool = attribute("Whether it has to be sent.")
    quantity: int = attribute("How many units were bought.")
    quantity_fulfilled: int = attribute("How many of them have been sent.")
    quantity_to_fulfill: int = inline(
        lambda bought, sent: bought - sent,
        "quantity",
        "quantity_fulfilled",
        description="How many of them have still to be sent.",
    )
    unit_price: TaxedMoney = inline(
        make_taxed,
        "unit_net",
        "unit_gross",
        "currency",
        description="What one unit cost, discounts taken off.",
    )
    undiscounted_unit_price: TaxedMoney = inline(
        make_taxed,
        "undiscounted_unit_net",
        "undiscounted_unit_gross",
        "currency",
        description="What one unit costs without any discount.",
    )
    total_price: TaxedMoney = inline(
        make_taxed,
        "total_net",
        "total_gross",
        "currency",
        description="What the line cost, discounts taken off.",
    )
    undiscounted_total_price: TaxedMoney = inline(
        make_taxed,
        "undiscounted_total_net",
        "undiscounted_total_gross",
        "currency",
        description="What the line costs without any discount.",
    )
    unit_discount: Money = inline(
        make_money, "unit_discount_amount", "currency", description="What came off one unit."
    )
    unit_discount_reason: str | None = attribute("Why it came off.")
    tax_rate: float = inline(
        lambda rate: float(rate or Decimal(0)),
        "tax_rate",
        nulls=True,
        description="The tax rate; 0.2 is 20 %.",
    )
    tax_class_name: str | None = attribute("The name of the tax class.")
    variant: ProductVariant | None = edge(
        VariantLoaders.by_key,
        key=("variant_id", "channel_id"),
        description="The variant as it is now, not as it was; null for shoppers when it is no longer shown.",
    )
    thumbnail: Image | None = batch_field(thumbnails, description="A picture of what was bought.")


@strawberry.type(description="Something that came off the price of an order.")
class OrderDiscount(Node):
    represents: ClassVar[type] = OrderDiscountRow

    id: strawberry.ID = global_id("OrderDiscount")
    type: DiscountKind = attribute("Why.", column="kind")
    name: str | None = attribute("What it is called.")
    reason: str | None = attribute("Why, in words.")
    value: float = inline(float, "value", description="The amount or the percentage, by its kind.")
    total: Money = inline(make_money, "amount", "currency", description="What came off the whole order.")
    amount: Money = inline(
        make_money,
        "amount",
        "currency",
        description="What came off the whole order.",
        deprecated="Use `total`.",
    )
