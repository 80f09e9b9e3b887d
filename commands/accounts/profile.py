"""What people say about themselves: their name, their language, where they live."""

from commands.shop import Shop
from db import accounts, addresses, outbox
from db.accounts import UserRow
from db.addresses import AddressRow
from db.statements import Connection
from domain.access import Permission, Viewer
from domain.accounts import AddressUse, Profile, check_room, drafted_address, profile_problems
from domain.events import CustomerUpdated
from domain.refusals import Unauthenticated, refuse_all


async def update(shop: Shop, viewer: Viewer, profile: Profile) -> int:
    """Change the viewer's profile, or nothing at all when any part of it is refused; gives their id.

    A default address that there is is changed, unless it is the default for both uses; else one is added to
    the book. Raises ``Unauthenticated``, ``Denied``, ``Refused``, and ``Invalid`` when the book is full.
    Records ``CustomerUpdated``.
    """
    user_id = viewer.require_login()
    if any(draft.unchecked for draft in profile.default_addresses.values()):
        viewer.require(Permission.MANAGE_USERS)

    async with shop.db.transaction() as tx:
        person = await accounts.lock(tx, user_id)
        if person is None:
            raise Unauthenticated
        own = {use: await _own_default(tx, person, use) for use in profile.default_addresses}
        drafted = {
            use: drafted_address(draft, addresses.to_address(before) if (before := own[use]) else None, use)
            for use, draft in profile.default_addresses.items()
        }
        refuse_all([*profile_problems(profile), *(one for _, found in drafted.values() for one in found)])

        await accounts.update(
            tx,
            user_id,
            first_name=person.first_name if profile.first_name is None else profile.first_name.strip(),
            last_name=person.last_name if profile.last_name is None else profile.last_name.strip(),
            language_code=profile.language_code or person.language_code,
            meta=profile.meta,
        )
        for use, draft in profile.default_addresses.items():
            address, before = drafted[use][0], own[use]
            if before is None:
                check_room(await addresses.in_book(tx, user_id))
                made = await addresses.insert(tx, address, user_id, draft.meta)
                await accounts.set_default(tx, user_id, use, made)
            else:
                await addresses.update(tx, before.id, address, draft.meta)
        await outbox.record(tx, CustomerUpdated(user_id), by=viewer)
    return user_id


async def _own_default(tx: Connection, person: UserRow, use: AddressUse) -> AddressRow | None:
    """The person's default for ``use``; none where the other use, which is not to change, has the same."""
    billing, shipping = person.default_billing_address_id, person.default_shipping_address_id
    default = billing if use is AddressUse.BILLING else shipping
    if default is None or billing == shipping:
        return None
    return await addresses.of_book(tx, person.id, default)
