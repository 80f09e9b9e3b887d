"""What the subscription ``event`` tells: a type for each kind of event.

A new kind is one line of ``told_as`` and its type.
"""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final

import strawberry

from db.accounts import UserRow
from db.apps import AppRow
from db.products import ProductRow
from db.variants import VariantRow
from domain.access import Permission
from engine.words import attribute, batch_field, edge, inline
from loaders.accounts import AccountLoaders
from loaders.apps import AppLoaders
from loaders.channels import ChannelLoaders
from loaders.checkouts import CheckoutLoaders
from loaders.orders import OrderLoaders
from loaders.products import ProductLoaders
from loaders.variants import VariantLoaders
from schema.accounts import User
from schema.apps import App
from schema.channel_choice import ChannelSlug, choose_channel
from schema.channels import Channel
from schema.checkouts import Checkout
from schema.context import Context
from schema.doers import who
from schema.events import event_cursor, object_id
from schema.orders import Order
from schema.products import Product, ProductVariant
from schema.scalars import DateTime
from schema.told_events import Told, told_as

VERSION: Final = "0.1.0"


async def variants_of(
    events: Sequence[Told], context: Context, *, channel: ChannelSlug = None
) -> list[VariantRow | None]:
    chosen = await choose_channel(context, channel)
    if chosen is None:
        return [None] * len(events)
    keys = [(event.number, chosen.id) for event in events]
    return list(await context.loading.load_many(VariantLoaders.any_by_key, keys))


async def products_of(
    events: Sequence[Told], context: Context, *, channel: ChannelSlug = None
) -> list[ProductRow | None]:
    chosen = await choose_channel(context, channel)
    if chosen is None:
        return [None] * len(events)
    keys = [(event.number, chosen.id) for event in events]
    return list(await context.loading.load_many(ProductLoaders.any_by_key, keys))


def version(_event: Told) -> str:
    return VERSION


async def listeners(events: Sequence[Told], context: Context) -> list[AppRow | None]:
    """The app that listens, if it is one."""
    listener = context.viewer.app_id
    app = None if listener is None else await context.loading.load(AppLoaders.by_id, listener)
    return [app] * len(events)


async def principals(events: Sequence[Told], context: Context) -> list[UserRow | AppRow | None]:
    return await who(context, [(event.by, event.by_app) for event in events])


def the_order() -> Any:
    return edge(OrderLoaders.by_id, key="uuid", description="The order, as it is now.")


def the_checkout() -> Any:
    return edge(CheckoutLoaders.by_id, key="uuid", description="The checkout, as it is now; null once gone.")


def the_user() -> Any:
    return edge(AccountLoaders.by_id, key="number", description="The user, as they are now; null once gone.")


def the_app() -> Any:
    return edge(AppLoaders.by_id, key="number", description="The app, as it is now.")


def the_product() -> Any:
    return batch_field(products_of, description="The product, as it is now in the channel.")


def the_variant() -> Any:
    return batch_field(variants_of, description="The variant, as it is now in the channel.")


IssuingPrincipal = Annotated[
    App | User, strawberry.union("IssuingPrincipal", description="Whoever made something happen.")
]


@strawberry.interface(description="Something that happened in the shop.")
class Event:
    issued_at: DateTime | None = attribute("When it happened.", column="at")
    version: str | None = inline(version, description="The version of the server that tells it.")
    issuing_principal: IssuingPrincipal | None = batch_field(
        principals, description="Who made it happen; null where nobody is known to have."
    )
    recipient: App | None = batch_field(
        listeners, description="The app that listens; null where that is a user."
    )
    cursor: str = inline(event_cursor, description="Its place in the history, that of the query `events`.")
    object_id: strawberry.ID = inline(object_id, description="The global id of what it happened to.")


@strawberry.type(description="An order was made.")
class OrderCreated(Event):
    represents: ClassVar[type] = told_as("OrderCreated", "OrderCreated", "Order", Permission.MANAGE_ORDERS)

    order: Order | None = the_order()


@strawberry.type(description="Something about an order has changed.")
class OrderUpdated(Event):
    represents: ClassVar[type] = told_as("OrderUpdated", "OrderUpdated", "Order", Permission.MANAGE_ORDERS)

    order: Order | None = the_order()


@strawberry.type(description="Nothing of an order remains to be paid.")
class OrderFullyPaid(Event):
    represents: ClassVar[type] = told_as("OrderFullyPaid", "OrderPaid", "Order", Permission.MANAGE_ORDERS)

    order: Order | None = the_order()


@strawberry.type(description="The metadata of an order has changed.")
class OrderMetadataUpdated(Event):
    represents: ClassVar[type] = told_as(
        "OrderMetadataUpdated", "MetadataUpdated", "Order", Permission.MANAGE_ORDERS
    )

    order: Order | None = the_order()


@strawberry.type(description="A checkout was begun.")
class CheckoutCreated(Event):
    represents: ClassVar[type] = told_as(
        "CheckoutCreated", "CheckoutCreated", "Checkout", Permission.MANAGE_CHECKOUTS
    )

    checkout: Checkout | None = the_checkout()


@strawberry.type(description="Something about a checkout has changed.")
class CheckoutUpdated(Event):
    represents: ClassVar[type] = told_as(
        "CheckoutUpdated", "CheckoutUpdated", "Checkout", Permission.MANAGE_CHECKOUTS
    )

    checkout: Checkout | None = the_checkout()


@strawberry.type(description="The metadata of a checkout has changed.")
class CheckoutMetadataUpdated(Event):
    represents: ClassVar[type] = told_as(
        "CheckoutMetadataUpdated", "MetadataUpdated", "Checkout", Permission.MANAGE_CHECKOUTS
    )

    checkout: Checkout | None = the_checkout()


@strawberry.type(description="A customer has an account.")
class CustomerCreated(Event):
    represents: ClassVar[type] = told_as(
        "CustomerCreated", "CustomerCreated", "User", Permission.MANAGE_USERS
    )

    user: User | None = the_user()


@strawberry.type(description="Something about a customer has changed.")
class CustomerUpdated(Event):
    represents: ClassVar[type] = told_as(
        "CustomerUpdated", "CustomerUpdated", "User", Permission.MANAGE_USERS
    )

    user: User | None = the_user()


@strawberry.type(description="A customer's account is gone: `objectId` says whose it was.")
class CustomerDeleted(Event):
    represents: ClassVar[type] = told_as(
        "CustomerDeleted", "CustomerDeleted", "User", Permission.MANAGE_USERS
    )

    user: User | None = the_user()


@strawberry.type(description="The metadata of a customer has changed.")
class CustomerMetadataUpdated(Event):
    represents: ClassVar[type] = told_as(
        "CustomerMetadataUpdated", "MetadataUpdated", "User", Permission.MANAGE_USERS
    )

    user: User | None = the_user()


@strawberry.type(description="What is asked for a product has changed in a channel.")
class ProductPriceChanged(Event):
    represents: ClassVar[type] = told_as(
        "ProductPriceChanged", "ProductPriceChanged", "Product", Permission.MANAGE_PRODUCTS
    )

    product: Product | None = edge(
        ProductLoaders.any_by_key,
        key=("number", "channel_id"),
        description="The product, as it is now in that channel.",
    )
    channel: Channel | None = edge(
        ChannelLoaders.by_id, key="channel_id", description="Where its price has changed."
    )


@strawberry.type(description="What a product is, or shows, has changed.")
class ProductUpdated(Event):
    represents: ClassVar[type] = told_as(
        "ProductUpdated", "ProductUpdated", "Product", Permission.MANAGE_PRODUCTS
    )

    product: Product | None = the_product()


@strawberry.type(description="The metadata of a product has changed.")
class ProductMetadataUpdated(Event):
    represents: ClassVar[type] = told_as(
        "ProductMetadataUpdated", "MetadataUpdated", "Product", Permission.MANAGE_PRODUCTS
    )

    product: Product | None = the_product()


@strawberry.type(description="The units of a variant that can be bought have changed.")
class ProductVariantStockUpdated(Event):
    represents: ClassVar[type] = told_as(
        "ProductVariantStockUpdated", "StockChanged", "ProductVariant", Permission.MANAGE_PRODUCTS
    )

    product_variant: ProductVariant | None = the_variant()


@strawberry.type(description="The metadata of a variant has changed.")
class ProductVariantMetadataUpdated(Event):
    represents: ClassVar[type] = told_as(
        "ProductVariantMetadataUpdated", "MetadataUpdated", "ProductVariant", Permission.MANAGE_PRODUCTS
    )

    product_variant: ProductVariant | None = the_variant()


@strawberry.type(description="What a channel is called, or how it sells, has changed.")
class ChannelUpdated(Event):
    represents: ClassVar[type] = told_as(
        "ChannelUpdated", "ChannelUpdated", "Channel", Permission.MANAGE_CHANNELS
    )

    channel: Channel | None = edge(
        ChannelLoaders.by_id, key="number", description="The channel, as it is now."
    )


@strawberry.type(description="An app may work with the shop.")
class AppCreated(Event):
    represents: ClassVar[type] = told_as("AppCreated", "AppCreated", "App", Permission.MANAGE_APPS)

    app: App | None = the_app()


@strawberry.type(
    description="Something about an app has changed: its names, its permissions, its tokens, or whether it "
    "is active."
)
class AppUpdated(Event):
    represents: ClassVar[type] = told_as("AppUpdated", "AppUpdated", "App", Permission.MANAGE_APPS)

    app: App | None = the_app()


TYPES: Final[list[Any]] = [
    *(OrderCreated, OrderUpdated, OrderFullyPaid, OrderMetadataUpdated),
    *(CheckoutCreated, CheckoutUpdated, CheckoutMetadataUpdated),
    *(CustomerCreated, CustomerUpdated, CustomerDeleted, CustomerMetadataUpdated),
    *(ProductUpdated, ProductPriceChanged, ProductMetadataUpdated),
    *(AppCreated, AppUpdated, ChannelUpdated),
    *(ProductVariantStockUpdated, ProductVariantMetadataUpdated),
]
"""What a schema has to be told of, because only the interface leads here."""
