"""Metadata: root fields."""

from typing import Annotated

import strawberry

from commands import metadata as commands
from engine.words import seen
from schema.context import Info
from schema.errors import answers
from schema.metadata import MetadataInput, ObjectWithMetadata, meta_of
from schema.metadata_items import (
    DeleteMetadata,
    DeletePrivateMetadata,
    UpdateMetadata,
    UpdatePrivateMetadata,
    load_any,
    parse_any,
)

Id = Annotated[strawberry.ID, strawberry.argument(description="The id of the object.")]
Input = Annotated[
    list[MetadataInput],
    strawberry.argument(description="Keys and their values; other keys stay as they are."),
]
Keys = Annotated[list[str], strawberry.argument(description="The keys to take away.")]


@strawberry.mutation(
    description="Put public metadata on what is one's own, on a guest's cart or order by its id, or as staff."
)
@answers(UpdateMetadata)
async def update_metadata(info: Info, id: Id, input: Input) -> UpdateMetadata:
    return UpdateMetadata(item=await _update(info, id, input, private=False))


@strawberry.mutation(description="Take public metadata from an object, as `updateMetadata` puts it there.")
@answers(DeleteMetadata)
async def delete_metadata(info: Info, id: Id, keys: Keys) -> DeleteMetadata:
    return DeleteMetadata(item=await _delete(info, id, keys, private=False))


@strawberry.mutation(description="Put metadata on an object that only staff sees. Staff only.")
@answers(UpdatePrivateMetadata)
async def update_private_metadata(info: Info, id: Id, input: Input) -> UpdatePrivateMetadata:
    return UpdatePrivateMetadata(item=await _update(info, id, input, private=True))


@strawberry.mutation(description="Take metadata from an object that only staff sees. Staff only.")
@answers(DeletePrivateMetadata)
async def delete_private_metadata(info: Info, id: Id, keys: Keys) -> DeletePrivateMetadata:
    return DeletePrivateMetadata(item=await _delete(info, id, keys, private=True))


async def _update(
    info: Info, id: str, given: list[MetadataInput], *, private: bool
) -> ObjectWithMetadata | None:
    context = info.context
    kind, key = parse_any(id)
    await commands.update(context.shop, context.viewer, kind, key, meta_of(given), private=private)
    context.loading.forget()
    return seen(ObjectWithMetadata, await load_any(context, kind, key))


async def _delete(info: Info, id: str, keys: list[str], *, private: bool) -> ObjectWithMetadata | None:
    context = info.context
    kind, key = parse_any(id)
    await commands.delete(context.shop, context.viewer, kind, key, keys, private=private)
    context.loading.forget()
    return seen(ObjectWithMetadata, await load_any(context, kind, key))
