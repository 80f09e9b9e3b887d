"""Warehouses."""

from enum import Enum
from typing import ClassVar

import strawberry

from db.warehouses import CollectionPointRow, WarehouseRow
from engine.words import attribute, edge
from loaders.addresses import AddressLoaders
from schema.addresses import Address
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata


@strawberry.enum(description="Whether shoppers may fetch their goods at a warehouse.")
class WarehouseClickAndCollectOptionEnum(Enum):
    DISABLED = strawberry.enum_value("DISABLED", description="They may not.")
    LOCAL = strawberry.enum_value("LOCAL", description="What lies there.")
    ALL = strawberry.enum_value("ALL", description="Anything: it is brought there.")


@strawberry.type(description="A place where goods lie, and where they may be fetched.")
class Warehouse(Node, ObjectWithMetadata):
    represents: ClassVar[tuple[type, ...]] = (WarehouseRow, CollectionPointRow)

    id: strawberry.ID = global_id("Warehouse")
    name: str = attribute("What it is called.")
    slug: str = attribute("Its name in addresses of pages.")
    email: str = attribute("Its e-mail address; empty if it has none.")
    is_private: bool = attribute("Whether its stock is for the shop's own eyes.")
    click_and_collect_option: WarehouseClickAndCollectOptionEnum = attribute(
        "Whether goods may be fetched there.", column="collection"
    )
    address: Address | None = edge(AddressLoaders.by_id, key="address_id", description="Where it is.")
