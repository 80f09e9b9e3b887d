"""Ways to get the goods to the customer."""

from typing import ClassVar

import strawberry

from db.shipping import DeliveryRow, ShippingMethodRow
from domain.shipping import MethodKind
from engine.words import attribute, edge, inline
from loaders.shipping import ShippingLoaders
from schema.enums import declare
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata
from schema.money import Money, make_money
from schema.scalars import JSONString

declare(
    MethodKind,
    "ShippingMethodTypeEnum",
    "What bounds a way of shipping.",
    {MethodKind.PRICE: "What the order is worth.", MethodKind.WEIGHT: "What it weighs."},
)


@strawberry.type(description="A way of shipping, at a price.")
class ShippingMethod(Node, ObjectWithMetadata):
    represents: ClassVar[type] = ShippingMethodRow

    id: strawberry.ID = global_id("ShippingMethod")
    name: str = attribute("What it is called.")
    description: JSONString | None = attribute("What else there is to say about it, as the editor's JSON.")
    type: MethodKind | None = attribute("What bounds it.", column="kind")
    minimum_delivery_days: int | None = attribute("It takes at least so many days.")
    maximum_delivery_days: int | None = attribute("It takes at most so many days.")
    minimum_order_price: Money | None = inline(
        make_money, "minimum_order_amount", "currency", description="Orders of less cannot have it."
    )
    maximum_order_price: Money | None = inline(
        make_money, "maximum_order_amount", "currency", description="Orders of more cannot have it."
    )
    active: bool = attribute("Whether it can be had at present.", column="is_active")
    price: Money = inline(make_money, "price_amount", "currency", description="What it costs.")


@strawberry.type(description="A way of shipping as it was offered to one checkout.")
class Delivery:
    represents: ClassVar[type] = DeliveryRow

    id: strawberry.ID = global_id("Delivery")
    shipping_method: ShippingMethod | None = edge(
        ShippingLoaders.method_of_delivery, key="id", description="The method, at the price of the offer."
    )
