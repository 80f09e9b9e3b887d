"""What every object of the shop has: an id, and metadata for whoever builds on the shop."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import orjson
import strawberry

from domain.access import Permission
from engine.words import attribute, inline
from schema.cache_hints import AS_ABOVE, OF_STAFF
from schema.context import Context
from schema.scalars import JSON

Keys = Annotated[
    list[str] | None, strawberry.argument(description="Only these keys; all of them where left out.")
]
Key = Annotated[str, strawberry.argument(description="The key to look up.")]


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    value: str


@strawberry.type(
    description="A key and its value, as somebody who builds on the shop has put it there.",
    directives=[AS_ABOVE],
)
class MetadataItem:
    represents: ClassVar[type] = Item

    key: str = attribute("The key.")
    value: str = attribute("The value.")


def items(meta: str) -> list[Item]:
    """Sorted by key."""
    return [Item(key, value) for key, value in sorted(orjson.loads(meta).items())]


def item(meta: str, *, key: Key) -> str | None:
    found: str | None = orjson.loads(meta).get(key)
    return found


def some_items(meta: str, *, keys: Keys = None) -> dict[str, str]:
    found: dict[str, str] = orjson.loads(meta)
    return found if keys is None else {key: found[key] for key in keys if key in found}


def private_items(context: Context, meta: str) -> list[Item]:
    _require_staff(context)
    return items(meta)


def private_item(context: Context, meta: str, *, key: Key) -> str | None:
    _require_staff(context)
    return item(meta, key=key)


def some_private_items(context: Context, meta: str, *, keys: Keys = None) -> dict[str, str]:
    _require_staff(context)
    return some_items(meta, keys=keys)


def _require_staff(context: Context) -> None:
    context.viewer.require(*Permission)


@strawberry.input(description="A key and the value to put there.")
class MetadataInput:
    key: str = strawberry.field(description="The key; it may not be empty.")
    value: str = strawberry.field(description="The value.")


@strawberry.interface(description="An object with a global id.")
class Node:
    id: strawberry.ID = strawberry.field(description="The global id.")


@strawberry.interface(description="An object that carries metadata.")
class ObjectWithMetadata:
    metadata: list[MetadataItem] = inline(items, "meta", description="Public metadata, by key.")
    metafield: str | None = inline(item, "meta", description="One value of the public metadata.")
    metafields: JSON | None = inline(
        some_items, "meta", description="Several values of the public metadata, by key."
    )
    private_metadata: list[MetadataItem] = inline(
        private_items, "private_meta", description="Metadata that only staff sees.", directives=[OF_STAFF]
    )
    private_metafield: str | None = inline(
        private_item,
        "private_meta",
        description="One value of the metadata that only staff sees.",
        directives=[OF_STAFF],
    )
    private_metafields: JSON | None = inline(
        some_private_items,
        "private_meta",
        description="Several values of the metadata that only staff sees.",
        directives=[OF_STAFF],
    )


def meta_of(given: list[MetadataInput] | None) -> dict[str, Any]:
    """The input as the mapping that is kept."""
    return {one.key: one.value for one in given or []}
