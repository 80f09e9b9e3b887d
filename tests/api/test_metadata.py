"""Metadata, through the API."""

from typing import Any

import pytest

from db.tables.catalog import ProductMedia
from db.tables.channels import Warehouses
from db.tables.checkouts import CheckoutLines, Checkouts
from db.tables.orders import Orders
from domain.access import Permission
from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory

CHANGE = """
mutation ($id: ID!, $input: [MetadataInput!]!) {
  change: updateMetadata(id: $id, input: $input) {
    item { __typename metadata { key value } ... on Node { id } }
    errors { field code }
  }
}
"""
CHANGE_PRIVATE = """
mutation ($id: ID!, $input: [MetadataInput!]!) {
  change: updatePrivateMetadata(id: $id, input: $input) {
    item { privateMetadata { key value } }
    errors { field code }
  }
}
"""
REMOVE = """
mutation ($id: ID!, $keys: [String!]!) {
  change: deleteMetadata(id: $id, keys: $keys) { item { metadata { key value } } errors { field code } }
}
"""
REMOVE_PRIVATE = """
mutation ($id: ID!, $keys: [String!]!) {
  change: deletePrivateMetadata(id: $id, keys: $keys) {
    item { privateMetadata { key } }
    errors { field code }
  }
}
"""
NOTE = [{"key": "note", "value": "ring twice"}]


async def checkout(factory: Factory, user: AnyRow | None = None) -> AnyRow:
    channel = await factory.channel(f"channel-{user.id if user else 0}")
    return await factory.add(
        Checkouts, channel_id=channel.id, currency="USD", country="US", user_id=user.id if user else None
    )


async def order(factory: Factory, user: AnyRow | None = None, **values: Any) -> AnyRow:
    channel = await factory.channel(f"order-channel-{user.id if user else 0}")
    return await factory.add(
        Orders, channel_id=channel.id, currency="USD", user_id=user.id if user else None, **values
    )


async def outcome(client: Client, kind: str, row: AnyRow) -> str:
    """What comes of putting a note on the row: the kind of what was changed, or the code of the refusal."""
    answer = await client.ask(CHANGE, id=to_global(kind, row.id), input=NOTE)
    if answer.get("errors"):
        code: str = answer["errors"][0]["extensions"]["code"]
        return code
    change = answer["data"]["change"]
    if change["errors"]:
        return str(change["errors"][0]["code"])
    assert change["item"]["metadata"] == NOTE
    assert change["item"]["id"] == to_global(kind, row.id)
    return str(change["item"]["__typename"])


async def test_keys_are_put_replaced_and_taken_away(client: Client, factory: Factory) -> None:
    row = await factory.category("Mugs", meta={"a": "1", "b": "2"})
    staff = await client.as_staff([Permission.MANAGE_PRODUCTS])
    global_id = to_global("Category", row.id)

    put = await staff.run(
        CHANGE, id=global_id, input=[{"key": "b", "value": "3"}, {"key": "c", "value": "4"}]
    )
    taken = await staff.run(REMOVE, id=global_id, keys=["a", "none"])

    assert put["change"]["item"] == {
        "__typename": "Category",
        "id": global_id,
        "metadata": [{"key": "a", "value": "1"}, {"key": "b", "value": "3"}, {"key": "c", "value": "4"}],
    }
    assert taken["change"]["item"]["metadata"] == [{"key": "b", "value": "3"}, {"key": "c", "value": "4"}]


async def test_private_metadata_is_for_staff_with_the_permission(client: Client, factory: Factory) -> None:
    user = await factory.user()
    global_id = to_global("User", user.id)
    clerk = await client.as_staff([Permission.MANAGE_USERS])
    other = await client.as_staff([Permission.MANAGE_PRODUCTS])
    owner = await client.as_user(user)

    assert await owner.refused(CHANGE_PRIVATE, id=global_id, input=NOTE) == ["PERMISSION_DENIED"]
    assert await other.refused(CHANGE_PRIVATE, id=global_id, input=NOTE) == ["PERMISSION_DENIED"]
    assert await client.refused(REMOVE_PRIVATE, id=global_id, keys=["note"]) == ["PERMISSION_DENIED"]
    put = await clerk.run(CHANGE_PRIVATE, id=global_id, input=NOTE)
    taken = await clerk.run(REMOVE_PRIVATE, id=global_id, keys=["note"])
    assert put["change"] == {"item": {"privateMetadata": NOTE}, "errors": []}
    assert taken["change"] == {"item": {"privateMetadata": []}, "errors": []}


async def test_a_cart_is_changed_by_whoever_it_is_for(client: Client, factory: Factory) -> None:
    ada, bob = await factory.user(), await factory.user()
    hers, nobodys = await checkout(factory, ada), await checkout(factory)
    as_ada, as_bob = await client.as_user(ada), await client.as_user(bob)
    clerk = await client.as_staff([Permission.HANDLE_CHECKOUTS])

    assert await outcome(as_ada, "Checkout", hers) == "Checkout"
    assert await outcome(clerk, "Checkout", hers) == "Checkout"
    assert await outcome(as_bob, "Checkout", hers) == "NOT_FOUND"
    assert await outcome(client, "Checkout", hers) == "NOT_FOUND"
    assert await outcome(client, "Checkout", nobodys) == "Checkout"
    assert await outcome(as_bob, "Checkout", nobodys) == "Checkout"


async def test_a_line_belongs_to_whom_the_cart_belongs(client: Client, factory: Factory) -> None:
    ada = await factory.user()
    hers, nobodys = await checkout(factory, ada), await checkout(factory)
    product = await factory.product()
    variant = await factory.variant(product)
    her_line, line = [
        await factory.add(CheckoutLines, checkout_id=cart.id, variant_id=variant.id, quantity=1)
        for cart in (hers, nobodys)
    ]

    assert await outcome(client, "CheckoutLine", line) == "CheckoutLine"
    assert await outcome(client, "CheckoutLine", her_line) == "NOT_FOUND"
    assert await outcome(await client.as_user(ada), "CheckoutLine", her_line) == "CheckoutLine"


async def test_an_order_is_changed_by_its_customer_or_by_a_guest_with_its_id(
    client: Client, factory: Factory
) -> None:
    ada = await factory.user()
    hers, guests = await order(factory, ada), await order(factory)
    draft = await factory.add(Orders, channel_id=guests.channel_id, currency="USD", status="DRAFT")
    clerk = await client.as_staff([Permission.MANAGE_ORDERS])

    assert await outcome(await client.as_user(ada), "Order", hers) == "Order"
    assert await outcome(client, "Order", hers) == "NOT_FOUND"
    assert await outcome(client, "Order", guests) == "Order"
    assert await outcome(client, "Order", draft) == "NOT_FOUND"
    assert await outcome(clerk, "Order", draft) == "Order"


async def test_accounts_and_addresses_are_their_owners(client: Client, factory: Factory) -> None:
    ada, bob = await factory.user(), await factory.user()
    home, copy = await factory.address(ada), await factory.address()
    as_ada, as_bob = await client.as_user(ada), await client.as_user(bob)
    clerk = await client.as_staff([Permission.MANAGE_USERS])

    assert [await outcome(one, "User", ada) for one in (as_ada, clerk)] == ["User", "User"]
    assert [await outcome(one, "User", ada) for one in (as_bob, client)] == ["NOT_FOUND", "NOT_FOUND"]
    assert [await outcome(one, "Address", home) for one in (as_ada, clerk)] == ["Address", "Address"]
    assert [await outcome(one, "Address", home) for one in (as_bob, client)] == ["NOT_FOUND", "NOT_FOUND"]
    assert [await outcome(one, "Address", copy) for one in (as_ada, client)] == ["NOT_FOUND", "NOT_FOUND"]


async def test_what_the_shop_shows_is_changed_by_staff_alone(client: Client, factory: Factory) -> None:
    channel = await factory.channel()
    menu, product = await factory.menu(), await factory.product(channel)
    rows = {
        "Attribute": await factory.attribute("Size"),
        "Category": await factory.category(),
        "Channel": channel,
        "Collection": await factory.collection(channel),
        "GiftCard": await factory.gift_card(),
        "Menu": menu,
        "MenuItem": await factory.menu_item(menu, "Shop"),
        "Page": await factory.page(),
        "PageType": await factory.page_type(),
        "Product": product,
        "ProductMedia": await factory.add(ProductMedia, product_id=product.id, file_key="mug.webp"),
        "ProductType": await factory.product_type(),
        "ProductVariant": await factory.variant(product, channel),
        "Voucher": await factory.voucher(channel),
        "Warehouse": await factory.add(Warehouses, name="Home", slug="home"),
    }
    staff = await client.as_staff()
    shopper = await client.as_user(await factory.user())

    assert {await outcome(client, kind, row) for kind, row in rows.items()} == {"PERMISSION_DENIED"}
    assert {await outcome(shopper, kind, row) for kind, row in rows.items()} == {"PERMISSION_DENIED"}
    assert [await outcome(staff, kind, row) for kind, row in rows.items()] == list(rows)


@pytest.mark.parametrize(
    ("global_id", "code"),
    [
        ("nonsense", "INVALID"),
        (to_global("Money", 1), "NOT_FOUND"),
        (to_global("Checkout", 1), "INVALID"),
        (to_global("User", 404), "NOT_FOUND"),
    ],
)
async def test_an_id_of_nothing_is_refused(client: Client, global_id: str, code: str) -> None:
    put = await client.run(CHANGE, id=global_id, input=NOTE)
    taken = await client.run(REMOVE, id=global_id, keys=["note"])

    expected = {"item": None, "errors": [{"field": "id", "code": code}]}
    assert (put["change"], taken["change"]) == (expected, expected)


async def test_an_empty_key_is_refused(client: Client, factory: Factory) -> None:
    row = await checkout(factory)
    global_id = to_global("Checkout", row.id)

    put = await client.run(CHANGE, id=global_id, input=[*NOTE, {"key": " ", "value": "x"}])
    taken = await client.run(REMOVE, id=global_id, keys=[""])

    assert put["change"] == {"item": None, "errors": [{"field": "input", "code": "REQUIRED"}]}
    assert taken["change"] == {"item": None, "errors": [{"field": "keys", "code": "REQUIRED"}]}
    assert await factory.value("select meta from checkouts") == "{}"
