"""Who may see a user, by whatever edge."""

import pytest

from db import accounts
from db.pool import Database
from domain.access import GUEST, Permission, Viewer
from tests.factory import Factory


def staff(*permissions: Permission) -> Viewer:
    return Viewer(999_999, "clerk@example.com", is_staff=True, permissions=frozenset(permissions))


@pytest.mark.parametrize(
    ("viewer", "sees"),
    [
        (GUEST, False),
        (Viewer(999_999, "eve@example.com"), False),
        (staff(Permission.MANAGE_PRODUCTS), False),
        (staff(Permission.MANAGE_USERS), True),
        (staff(Permission.MANAGE_ORDERS), True),
        (staff(Permission.MANAGE_CHECKOUTS), True),
    ],
)
async def test_a_user_is_seen_by_staff_that_looks_after_customers(
    database: Database, factory: Factory, viewer: Viewer, *, sees: bool
) -> None:
    ada = await factory.user("ada@example.com")

    async with database.read() as connection:
        found = await accounts.by_ids(connection, [ada.id], viewer)

    assert [row.id for row in found] == ([ada.id] if sees else [])


async def test_a_user_sees_themselves_and_nobody_else(database: Database, factory: Factory) -> None:
    ada, eve = await factory.user(), await factory.user()

    async with database.read() as connection:
        found = await accounts.by_ids(connection, [ada.id, eve.id], Viewer(ada.id, ada.email))

    assert [row.id for row in found] == [ada.id]
