"""Whatever carries metadata, by its global id; and the payloads of what changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from domain.refusals import NotFound
from loaders.accounts import AccountLoaders
from loaders.addresses import AddressLoaders
from loaders.apps import AppLoaders
from loaders.attributes import AttributeLoaders
from loaders.batching import One
from loaders.categories import CategoryLoaders
from loaders.channels import ChannelLoaders
from loaders.checkouts import CheckoutLoaders
from loaders.collections import CollectionLoaders
from loaders.discounts import DiscountLoaders
from loaders.menus import MenuItemLoaders, MenuLoaders
from loaders.orders import OrderLoaders
from loaders.pages import PageLoaders, PageTypeLoaders
from loaders.products import ProductLoaders, ProductTypeLoaders
from loaders.shipping import ShippingLoaders
from loaders.transactions import TransactionLoaders
from loaders.variants import VariantLoaders
from schema import ids
from schema.context import Context
from schema.metadata import ObjectWithMetadata


@dataclass(frozen=True, slots=True)
class _Found:
    """How a kind is found: by a number or a UUID, ``in_channel`` by that and a channel (here always none)."""

    relation: One[Any, Any]
    by_uuid: bool = False
    in_channel: bool = False


FOUND: Mapping[str, _Found] = {
    "Address": _Found(AddressLoaders.by_id),
    "App": _Found(AppLoaders.by_id),
    "Attribute": _Found(AttributeLoaders.by_id),
    "Category": _Found(CategoryLoaders.by_id),
    "Channel": _Found(ChannelLoaders.by_id),
    "Checkout": _Found(CheckoutLoaders.by_id, by_uuid=True),
    "CheckoutLine": _Found(CheckoutLoaders.line, by_uuid=True),
    "Collection": _Found(CollectionLoaders.by_key, in_channel=True),
    "Fulfillment": _Found(OrderLoaders.fulfillment, by_uuid=True),
    "GiftCard": _Found(DiscountLoaders.gift_card),
    "Invoice": _Found(OrderLoaders.invoice),
    "Menu": _Found(MenuLoaders.by_key, in_channel=True),
    "MenuItem": _Found(MenuItemLoaders.by_key, in_channel=True),
    "Order": _Found(OrderLoaders.by_id, by_uuid=True),
    "OrderLine": _Found(OrderLoaders.line, by_uuid=True),
    "Page": _Found(PageLoaders.by_key, in_channel=True),
    "PageType": _Found(PageTypeLoaders.by_id),
    "Product": _Found(ProductLoaders.by_key, in_channel=True),
    "ProductMedia": _Found(ProductLoaders.medium),
    "ProductType": _Found(ProductTypeLoaders.by_id),
    "ProductVariant": _Found(VariantLoaders.by_key, in_channel=True),
    "TransactionItem": _Found(TransactionLoaders.by_id, by_uuid=True),
    "User": _Found(AccountLoaders.by_id),
    "Voucher": _Found(DiscountLoaders.voucher),
    "Warehouse": _Found(ShippingLoaders.warehouse),
}


def parse_any(id: str) -> tuple[str, int | UUID]:
    """The kind and the key of anything that carries metadata. Raises ``InvalidId``, ``NotFound``."""
    kind, _ = ids.split(id)
    if kind not in FOUND:
        raise NotFound(f"Nothing of the kind '{kind[:40]}' carries metadata.", field="id")
    return kind, ids.parse_uuid(kind, id) if FOUND[kind].by_uuid else ids.parse(kind, id)


async def load_any(context: Context, kind: str, key: int | UUID) -> object | None:
    """The row, which stands for its type."""
    found = FOUND[kind]
    row: object | None = await context.loading.load(found.relation, (key, None) if found.in_channel else key)
    return row


@strawberry.enum(description="What can be wrong with a change to metadata.")
class MetadataErrorCode(Enum):
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description="Something else.")
    INVALID = strawberry.enum_value("INVALID", description="This cannot be.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such thing, or it is not yours.")
    REQUIRED = strawberry.enum_value("REQUIRED", description="This may not be empty.")
    NOT_UPDATED = strawberry.enum_value("NOT_UPDATED", description="Nothing was changed.")


@strawberry.type(description="Why metadata was not changed.")
class MetadataError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.")
    message: str | None = strawberry.field(description="What is wrong, in English.")
    code: MetadataErrorCode = strawberry.field(description="What is wrong, for programs.")


@strawberry.type(description="The object after its public metadata was changed.")
class UpdateMetadata:
    item: ObjectWithMetadata | None = strawberry.field(description="The object.", default=None)
    errors: list[MetadataError] = strawberry.field(default_factory=list, description="Why nothing happened.")


@strawberry.type(description="The object after keys of its public metadata were taken away.")
class DeleteMetadata:
    item: ObjectWithMetadata | None = strawberry.field(description="The object.", default=None)
    errors: list[MetadataError] = strawberry.field(default_factory=list, description="Why nothing happened.")


@strawberry.type(description="The object after its private metadata was changed.")
class UpdatePrivateMetadata:
    item: ObjectWithMetadata | None = strawberry.field(description="The object.", default=None)
    errors: list[MetadataError] = strawberry.field(default_factory=list, description="Why nothing happened.")


@strawberry.type(description="The object after keys of its private metadata were taken away.")
class DeletePrivateMetadata:
    item: ObjectWithMetadata | None = strawberry.field(description="The object.", default=None)
    errors: list[MetadataError] = strawberry.field(default_factory=list, description="Why nothing happened.")
