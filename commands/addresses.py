"""Address books: what customers do with the addresses that are theirs."""

from commands.shop import Shop
from db import accounts, addresses, outbox
from db.accounts import UserRow
from db.addresses import AddressRow
from db.statements import Connection
from domain.access import Permission, Viewer
from domain.accounts import AddressDraft, AddressUse, check_room, drafted_address
from domain.events import CustomerUpdated
from domain.refusals import NotFound, Unauthenticated, refuse_all


async def create(shop: Shop, viewer: Viewer, draft: AddressDraft, use: AddressUse | None = None) -> int:
    """Put an address into the viewer's book, as their default for ``use`` if that is given; gives its id.

    Raises ``Unauthenticated``, ``Denied``, ``Refused``, and ``Invalid`` when the book is full. Records
    ``CustomerUpdated``.
    """
    _check_draft(viewer, draft)
    address, problems = drafted_address(draft)
    refuse_all(problems)
    async with shop.db.transaction() as tx:
        person = await _lock(tx, viewer)
        check_room(await addresses.in_book(tx, person.id))
        made = await addresses.insert(tx, address, person.id, draft.meta)
        if use is not None:
            await accounts.set_default(tx, person.id, use, made)
        await outbox.record(tx, CustomerUpdated(person.id), by=viewer)
    return made


async def update(shop: Shop, viewer: Viewer, id: int, draft: AddressDraft) -> int:
    """Change an address of the viewer's book; what the draft leaves out stays.

    Raises ``Unauthenticated``, ``Denied``, ``NotFound`` for any other address, ``Refused``. Records
    ``CustomerUpdated``.
    """
    _check_draft(viewer, draft)
    async with shop.db.transaction() as tx:
        person = await _lock(tx, viewer)
        before = await _own(tx, person, id)
        address, problems = drafted_address(draft, addresses.to_address(before))
        refuse_all(problems)
        await addresses.update(tx, id, address, draft.meta)
        await outbox.record(tx, CustomerUpdated(person.id), by=viewer)
    return id


async def delete(shop: Shop, viewer: Viewer, id: int) -> AddressRow:
    """Take an address out of the viewer's book; gives it as it was. A default that it was is none then.

    Raises ``Unauthenticated``, ``NotFound``. Records ``CustomerUpdated``.
    """
    async with shop.db.transaction() as tx:
        person = await _lock(tx, viewer)
        gone = await _own(tx, person, id)
        await addresses.delete(tx, person.id, id)
        await outbox.record(tx, CustomerUpdated(person.id), by=viewer)
    return gone


async def set_default(shop: Shop, viewer: Viewer, id: int, use: AddressUse) -> int:
    """Make an address of the viewer's book their default for ``use``; gives the viewer's id.

    Raises ``Unauthenticated``, ``NotFound``. Records ``CustomerUpdated``.
    """
    async with shop.db.transaction() as tx:
        person = await _lock(tx, viewer)
        await _own(tx, person, id)
        await accounts.set_default(tx, person.id, use, id)
        await outbox.record(tx, CustomerUpdated(person.id), by=viewer)
    return person.id


def _check_draft(viewer: Viewer, draft: AddressDraft) -> None:
    viewer.require_login()
    if draft.unchecked:
        viewer.require(Permission.MANAGE_USERS)


async def _lock(tx: Connection, viewer: Viewer) -> UserRow:
    """The viewer, whose book is theirs alone until the transaction ends."""
    person = await accounts.lock(tx, viewer.require_login())
    if person is None:
        raise Unauthenticated
    return person


async def _own(tx: Connection, person: UserRow, id: int) -> AddressRow:
    found = await addresses.of_book(tx, person.id, id)
    if found is None:
        raise NotFound("There is no such address in your book.", field="id")
    return found
