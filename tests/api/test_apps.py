"""Apps over the API: who lets them in, what they may do, and whose name it bears."""

import asyncio
from hashlib import sha256
from typing import Any

import httpx2
import pytest
from graphql import get_introspection_query

from domain.access import Permission
from schema.ids import to_global
from server.settings import Settings
from tests.clients import Client
from tests.factory import Factory
from tests.markets import Market
from tests.promising import breaches

APP = "id name identifier isActive type permissions { code } tokens { id name authToken }"
CREATE = f"""
mutation ($input: AppInput!) {{
  appCreate(input: $input) {{ authToken app {{ {APP} }} errors {{ field code permissions }} }}
}}
"""
UPDATE = f"""
mutation ($id: ID!, $input: AppInput!) {{
  appUpdate(id: $id, input: $input) {{ app {{ {APP} }} errors {{ field code permissions }} }}
}}
"""
SWITCH = "mutation ($id: ID!) { %s(id: $id) { app { isActive } errors { field code } } }"
ONE_MORE = """
mutation ($app: ID!, $name: String) {
  appTokenCreate(input: { app: $app, name: $name }) {
    authToken appToken { id name authToken } errors { field code }
  }
}
"""
ONE_LESS = """
mutation ($id: ID!) { appTokenDelete(id: $id) { appToken { name authToken } errors { field code } } }
"""
LIST = """
query ($filter: AppFilterInput, $sort: AppSortingInput, $first: Int = 20, $after: String) {
  apps(filter: $filter, sortBy: $sort, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { name } }
  }
}
"""
SELF = "{ app { id permissions { code } } }"
WRITE = """
mutation ($id: ID!) {
  transactionCreate(id: $id, transaction: { amountCharged: { amount: 5, currency: "USD" } }) {
    transaction { id createdBy { ...Who } events { type createdBy { ...Who } } } errors { code }
  }
}
fragment Who on UserOrApp { __typename ... on App { id name } ... on User { email } }
"""
GRANT = """
mutation ($id: ID!, $payment: ID!) {
  orderGrantRefundCreate(id: $id, input: { amount: 1, transactionId: $payment }) {
    grantedRefund { app { id } user { id } } order { events { type app { id } user { id } } } errors { code }
  }
}
"""


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def staff(client: Client) -> Client:
    return await client.as_staff()


async def create(staff: Client, **wish: Any) -> dict[str, Any]:
    made: dict[str, Any] = (await staff.run(CREATE, input=wish))["appCreate"]
    return made


async def test_a_token_is_told_once_and_only_its_hash_is_kept(staff: Client, factory: Factory) -> None:
    made = await create(staff, name="Till", identifier="shop.till", permissions=["MANAGE_ORDERS"])
    secret, (kept,) = made["authToken"], await factory.fetch("select * from app_tokens")

    assert made["errors"] == []
    assert made["app"] == {
        "id": to_global("App", kept.app_id),
        "name": "Till",
        "identifier": "shop.till",
        "isActive": True,
        "type": "LOCAL",
        "permissions": [{"code": "MANAGE_ORDERS"}],
        "tokens": [
            {"id": to_global("AppToken", kept.id), "name": "Default", "authToken": f"****{secret[-4:]}"}
        ],
    }
    assert (kept.hash, kept.last_four) == (sha256(secret.encode()).digest(), secret[-4:])
    assert await staff.with_token(secret).run(SELF) == {
        "app": {"id": made["app"]["id"], "permissions": [{"code": "MANAGE_ORDERS"}]}
    }


async def test_an_app_may_do_what_it_is_permitted_and_nothing_else(
    client: Client, market: Market, factory: Factory
) -> None:
    checkout = await market.checkout((await market.variant(), 1))
    allowed = await client.as_app([Permission.HANDLE_PAYMENTS])
    other = await client.as_app([Permission.MANAGE_ORDERS])

    refused = await other.refused(WRITE, id=to_global("Checkout", checkout.id))
    done = await allowed.run(WRITE, id=to_global("Checkout", checkout.id))

    assert (refused, done["transactionCreate"]["errors"]) == (["PERMISSION_DENIED"], [])
    assert await factory.value("select count(*) from transactions") == 1


async def test_what_an_app_does_bears_its_name(client: Client, market: Market, factory: Factory) -> None:
    checkout = await market.checkout((await market.variant(), 1))
    complete = "mutation ($id: ID!) { checkoutComplete(id: $id) { order { id } errors { code } } }"
    order = (await client.run(complete, id=to_global("Checkout", checkout.id)))["checkoutComplete"]["order"]
    till = await client.as_app(name="Till")
    (row,) = await factory.fetch("select * from apps")
    me = {"id": to_global("App", row.id)}

    paid = (await till.run(WRITE, id=order["id"]))["transactionCreate"]["transaction"]
    granted = (await till.run(GRANT, id=order["id"], payment=paid["id"]))["orderGrantRefundCreate"]

    named = {"__typename": "App", "name": "Till"} | me
    assert paid["createdBy"] == named
    assert paid["events"] == [
        {"type": "INFO", "createdBy": named},
        {"type": "CHARGE_SUCCESS", "createdBy": named},
    ]
    assert granted["grantedRefund"] == {"app": me, "user": None}
    told = granted["order"]["events"]
    assert [event["type"] for event in told if event["app"] is None] == ["PLACED", "CONFIRMED"]
    assert [event for event in told if event["app"] is not None] == [
        {"type": "PAYMENT_CAPTURED", "app": me, "user": None},
        {"type": "OTHER", "app": me, "user": None},
    ]
    assert await breaches(factory) == {}


async def test_shoppers_do_not_learn_which_app_it_was(
    client: Client, market: Market, factory: Factory
) -> None:
    ada = await factory.user()
    checkout = await market.checkout((await market.variant(), 1), user=ada)
    till, query = (
        await client.as_app(),
        ("query ($id: ID!) { checkout(id: $id) { transactions { createdBy { __typename } } } }"),
    )
    await till.run(WRITE, id=to_global("Checkout", checkout.id))

    seen = await (await client.as_user(ada)).run(query, id=to_global("Checkout", checkout.id))

    assert seen == {"checkout": {"transactions": [{"createdBy": None}]}}


async def answer_to(client: Client, token: str) -> tuple[int, Any]:
    """How a request with this token is answered, but for the name of the request."""
    headers = {"authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        reply = await http.post("/graphql/", json={"query": "{ channels { id } }"}, headers=headers)
    return reply.status_code, reply.json()


async def test_tokens_that_are_not_good_are_answered_alike(
    client: Client, staff: Client, factory: Factory
) -> None:
    ended = await client.as_user(await factory.user())
    await factory.fetch(
        "update token_families set ended_at = now() where user_id not in (select user_id from user_groups)"
    )
    made = await create(staff, name="Till")
    good = await answer_to(client, made["authToken"])
    dropped = (await staff.run(ONE_MORE, app=made["app"]["id"], name="Spare"))["appTokenCreate"]
    await staff.run(ONE_LESS, id=dropped["appToken"]["id"])
    off = (await staff.run(SWITCH % "appDeactivate", id=made["app"]["id"]))["appDeactivate"]

    wrong = made["authToken"][:-1] + ("A" if made["authToken"][-1] != "A" else "B")
    answers = [
        await answer_to(client, token)
        for token in (str(ended.token), wrong, dropped["authToken"], made["authToken"])
    ]

    assert (good[0], off) == (200, {"app": {"isActive": False}, "errors": []})
    assert answers == [answers[0]] * 4
    assert [error["extensions"]["code"] for error in answers[0][1]["errors"]] == ["JWT_INVALID_TOKEN"]


async def test_an_app_that_is_let_in_again_needs_no_new_token(client: Client, staff: Client) -> None:
    made = await create(staff, name="Till")
    await staff.run(SWITCH % "appDeactivate", id=made["app"]["id"])

    await staff.run(SWITCH % "appActivate", id=made["app"]["id"])

    assert (await answer_to(client, made["authToken"]))[0] == 200


async def test_permissions_hold_from_the_next_request_on(staff: Client) -> None:
    made = await create(staff, name="Till", permissions=["MANAGE_APPS"])
    till = staff.with_token(made["authToken"])
    before = await till.ask("{ apps { totalCount } }")

    done = await staff.run(UPDATE, id=made["app"]["id"], input={"permissions": []})

    assert done["appUpdate"]["app"]["permissions"] == []
    assert before == {"data": {"apps": {"totalCount": 1}}}
    assert await till.refused("{ apps { totalCount } }") == ["PERMISSION_DENIED"]
    assert (await till.run(SELF))["app"]["id"] == made["app"]["id"]


async def test_nobody_gives_away_more_than_is_theirs(client: Client, factory: Factory) -> None:
    clerk = await client.as_staff([Permission.MANAGE_APPS, Permission.MANAGE_ORDERS])
    mighty, own = await factory.app(), await factory.app([Permission.MANAGE_ORDERS])
    mighty_id, own_id = to_global("App", mighty.id), to_global("App", own.id)
    too_much = {"permissions": ["MANAGE_USERS", "MANAGE_ORDERS"]}
    before = await factory.fetch("select * from apps order by id")

    made = (await clerk.run(CREATE, input={"name": "Till"} | too_much))["appCreate"]
    grown = (await clerk.run(UPDATE, id=own_id, input=too_much))["appUpdate"]
    others = [
        (await clerk.run(UPDATE, id=mighty_id, input={"name": "Mine"}))["appUpdate"],
        (await clerk.run(ONE_MORE, app=mighty_id))["appTokenCreate"],
        (await clerk.run(SWITCH % "appDeactivate", id=mighty_id))["appDeactivate"],
    ]

    beyond = {"field": "permissions", "code": "OUT_OF_SCOPE_PERMISSION", "permissions": ["MANAGE_USERS"]}
    assert (made["errors"], made["authToken"], grown["errors"]) == ([beyond], None, [beyond])
    assert [[error["code"] for error in one["errors"]] for one in others] == [["OUT_OF_SCOPE_APP"]] * 3
    assert await factory.fetch("select * from apps order by id") == before
    assert await factory.value("select count(*) from app_tokens") == 0


async def test_an_app_with_the_right_keeps_within_its_own(client: Client, factory: Factory) -> None:
    till = await client.as_app([Permission.MANAGE_APPS])

    made = await create(till, name="Second", permissions=["MANAGE_APPS"])
    refused = await create(till, name="Third", permissions=["MANAGE_ORDERS"])

    assert (made["errors"], refused["errors"][0]["code"]) == ([], "OUT_OF_SCOPE_PERMISSION")
    signed = "select (facts ->> 'by_app')::bigint from outbox where kind = 'AppCreated'"
    assert await factory.value(signed) == await factory.value("select min(id) from apps")


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({}, ("name", "REQUIRED")),
        ({"name": "  "}, ("name", "REQUIRED")),
        ({"name": "x" * 257}, ("name", "INVALID")),
        ({"name": "Till", "identifier": "taken"}, ("identifier", "UNIQUE")),
    ],
)
async def test_names_that_cannot_be_are_refused(
    staff: Client, factory: Factory, wish: dict[str, Any], error: tuple[str, str]
) -> None:
    await factory.app(identifier="taken")

    made = await create(staff, **wish)

    assert [(one["field"], one["code"]) for one in made["errors"]] == [error]
    assert await factory.value("select count(*) from apps") == 1


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (UPDATE, {"id": "App", "input": {}}),
        (SWITCH % "appActivate", {"id": "App"}),
        (SWITCH % "appDeactivate", {"id": "App"}),
        (ONE_MORE, {"app": "App"}),
        (ONE_LESS, {"id": "AppToken"}),
    ],
)
async def test_what_is_not_there_is_not_found(staff: Client, document: str, named: dict[str, Any]) -> None:
    given = {key: to_global(value, 9) if isinstance(value, str) else value for key, value in named.items()}

    (payload,) = (await staff.run(document, **given)).values()

    assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]


async def test_a_token_that_two_take_away_is_gone_once(staff: Client, factory: Factory) -> None:
    made = await create(staff, name="Till")
    (token,) = made["app"]["tokens"]

    told = await asyncio.gather(*(staff.run(ONE_LESS, id=token["id"]) for _ in range(5)))

    codes = [error["code"] for one in told for error in one["appTokenDelete"]["errors"]]
    assert codes == ["NOT_FOUND"] * 4
    assert await factory.value("select count(*) from outbox where kind = 'AppUpdated'") == 1


async def test_apps_are_found_by_their_names_and_in_any_order(staff: Client, factory: Factory) -> None:
    for name, is_active in (("Zebra till", True), ("Press", True), ("Till", False)):
        await factory.app([], name=name, is_active=is_active)

    async def found(**asked: Any) -> list[str]:
        page = (await staff.run(LIST, **asked))["apps"]
        return [edge["node"]["name"] for edge in page["edges"]]

    assert await found() == ["Press", "Till", "Zebra till"]
    assert await found(sort={"field": "NAME", "direction": "DESC"}) == ["Zebra till", "Till", "Press"]
    assert await found(sort={"field": "CREATION_DATE", "direction": "ASC"}) == ["Zebra till", "Press", "Till"]
    assert await found(sort={"field": "CREATION_DATE", "direction": "DESC"}) == [
        "Till",
        "Press",
        "Zebra till",
    ]
    assert await found(filter={"search": "TILL"}) == ["Till", "Zebra till"]
    assert await found(filter={"isActive": False}) == ["Till"]
    assert await found(filter={"search": "till", "isActive": True, "type": "LOCAL"}) == ["Zebra till"]
    assert await found(filter={"type": "THIRDPARTY"}) == []


async def test_apps_come_page_by_page(staff: Client, factory: Factory) -> None:
    for name in ("A", "B", "C"):
        await factory.app([], name=name)

    first = (await staff.run(LIST, first=2))["apps"]
    rest = (await staff.run(LIST, first=2, after=first["pageInfo"]["endCursor"]))["apps"]

    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    assert [edge["node"]["name"] for edge in rest["edges"]] == ["C"]


async def test_an_app_sees_itself_and_no_other(client: Client, factory: Factory) -> None:
    other, till = await factory.app(), await client.as_app([])
    query = "query ($id: ID!) { app(id: $id) { name tokens { id } } }"

    assert (await till.run("{ app { name isActive } }"))["app"]["isActive"] is True
    assert await till.refused(query, id=to_global("App", other.id)) == ["PERMISSION_DENIED"]
    assert await till.refused("{ app { tokens { id } } }") == ["PERMISSION_DENIED"]


async def test_an_app_has_no_account(client: Client) -> None:
    till = await client.as_app()

    update = 'mutation { accountUpdate(input: { firstName: "Till" }) { errors { code } } }'

    assert (await till.run("{ me { id } }"), await till.refused(update)) == (
        {"me": None},
        ["PERMISSION_DENIED"],
    )


async def test_an_app_carries_metadata(staff: Client) -> None:
    made = await create(staff, name="Till")
    put = """mutation ($id: ID!) { updatePrivateMetadata(id: $id, input: [{ key: "a", value: "b" }]) {
        item { privateMetadata { key value } } errors { code } } }"""

    done = await staff.run(put, id=made["app"]["id"])

    assert done["updatePrivateMetadata"] == {
        "item": {"privateMetadata": [{"key": "a", "value": "b"}]},
        "errors": [],
    }


async def keyed(client: Client, key: str, name: str) -> Any:
    document = "mutation ($input: AppInput!) { appCreate(input: $input) { app { id } errors { code } } }"
    headers = {"authorization": f"Bearer {client.token}", "idempotency-key": key}
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        body = {"query": document, "variables": {"input": {"name": name}}}
        return (await http.post("/graphql/", json=body, headers=headers)).json()


async def test_an_idempotency_key_is_an_apps_own_whatever_its_token(client: Client, factory: Factory) -> None:
    row = await factory.app([Permission.MANAGE_APPS])
    first, again = [client.with_token(await factory.app_token(row)) for _ in range(2)]
    other = await client.as_app([Permission.MANAGE_APPS])

    made, told, apart = [await keyed(one, "one", "Till") for one in (first, again, other)]

    assert made == told
    assert made["data"]["appCreate"]["app"]["id"] != apart["data"]["appCreate"]["app"]["id"]
    assert await factory.value("select count(*) from apps where name = 'Till'") == 2


class TestBudgets:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(
            update={
                "cost_budget": 10_000,
                "cost_restored": 1,
                "cost_limit_guest": 9,
                "cost_limit_staff": 10_000,
            }
        )

    async def test_a_budget_is_an_apps_own_whatever_its_token(self, client: Client, factory: Factory) -> None:
        row = await factory.app([])
        first, again = [client.with_token(await factory.app_token(row)) for _ in range(2)]
        other = await client.as_app([])
        dear = get_introspection_query()

        told = [(await one.post(dear)).status_code for one in (first, again, other)]

        assert told == [200, 429, 200]
