"""Addresses: root fields."""

from typing import Annotated

import strawberry

from commands import addresses as commands
from db import addresses as statements
from db.accounts import SEE_OTHERS
from domain import address_rules
from domain.countries import CountryCode
from engine.words import seen
from loaders.addresses import AddressLoaders
from schema import ids
from schema.account_changes import (
    AccountAddressCreate,
    AccountAddressDelete,
    AccountAddressUpdate,
    AccountSetDefaultAddress,
)
from schema.accounts import changed_user
from schema.address_uses import AddressUse
from schema.addresses import Address, AddressInput, AddressValidationData, draft_of
from schema.context import Context, Info
from schema.errors import answers

AddressId = Annotated[strawberry.ID, strawberry.argument(description="The address's id.")]


@strawberry.field(
    description="An address of one's own book; any address for staff that looks after customers."
)
async def address(info: Info, id: AddressId) -> Address | None:
    viewer = info.context.viewer
    user_id = viewer.require_login()
    row = await info.context.loading.load(AddressLoaders.by_id, ids.parse("Address", id))
    return seen(Address, row) if row and (row.user_id == user_id or viewer.may(*SEE_OTHERS)) else None


@strawberry.field(
    description="What a country asks of its addresses, narrowed to an area and a city if they are known."
)
async def address_validation_rules(
    country_code: Annotated[CountryCode, strawberry.argument(description="The country.")],
    country_area: Annotated[
        str | None, strawberry.argument(description="The state, province or county, by code or by name.")
    ] = None,
    city: Annotated[str | None, strawberry.argument(description="The city.")] = None,
    city_area: Annotated[
        str | None, strawberry.argument(description="The part of the city; no rule depends on it.")
    ] = None,
) -> AddressValidationData | None:
    del city_area
    rules = address_rules.validation_rules(country_code, country_area or "", city or "")
    return seen(AddressValidationData, rules)


@strawberry.mutation(description="Put an address into one's book.")
@answers(AccountAddressCreate)
async def account_address_create(
    info: Info,
    input: Annotated[AddressInput, strawberry.argument(description="The address.")],
    type: Annotated[
        AddressUse | None, strawberry.argument(description="Make it the default for this.")
    ] = None,
) -> AccountAddressCreate:
    context = info.context
    made = await commands.create(context.shop, context.viewer, draft_of(input), type)
    return AccountAddressCreate(
        address=await _kept(context, made),
        user=await changed_user(context, context.viewer.require_login()),
    )


@strawberry.mutation(description="Change an address of one's book.")
@answers(AccountAddressUpdate)
async def account_address_update(
    info: Info,
    id: AddressId,
    input: Annotated[AddressInput, strawberry.argument(description="What to change.")],
) -> AccountAddressUpdate:
    context = info.context
    changed = await commands.update(context.shop, context.viewer, ids.parse("Address", id), draft_of(input))
    return AccountAddressUpdate(
        address=await _kept(context, changed),
        user=await changed_user(context, context.viewer.require_login()),
    )


@strawberry.mutation(description="Take an address out of one's book.")
@answers(AccountAddressDelete)
async def account_address_delete(info: Info, id: AddressId) -> AccountAddressDelete:
    context = info.context
    gone = await commands.delete(context.shop, context.viewer, ids.parse("Address", id))
    return AccountAddressDelete(
        address=seen(Address, gone), user=await changed_user(context, context.viewer.require_login())
    )


@strawberry.mutation(description="Choose an address of one's book as a default.")
@answers(AccountSetDefaultAddress)
async def account_set_default_address(
    info: Info,
    id: AddressId,
    type: Annotated[AddressUse, strawberry.argument(description="What it is to be the default for.")],
) -> AccountSetDefaultAddress:
    context = info.context
    user_id = await commands.set_default(context.shop, context.viewer, ids.parse("Address", id), type)
    return AccountSetDefaultAddress(user=await changed_user(context, user_id))


async def _kept(context: Context, id: int) -> Address | None:
    """The address as a command has left it; null when it has gone since."""
    rows = await context.read(statements.by_ids, [id])
    return seen(Address, rows[0]) if rows else None
