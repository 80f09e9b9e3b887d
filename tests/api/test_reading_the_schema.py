"""Who may read the schema: over every carrier, by setting, and nobody hears more from a misspelt name."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from graphql import get_introspection_query

from server.asgi import create_app
from server.settings import Settings
from tests.clients import Client, serving
from tests.factory import Factory
from tests.live.sockets import Server
from tests.running import running
from tests.statements import Statements

SCHEMA = "{ __schema { queryType { name } } }"
TYPE = '{ __type(name: "Product") { name } }'
REFUSED = ["INTROSPECTION_DISABLED"]

Open = Callable[..., Any]


@pytest.fixture
def opened(settings: Settings, open_test_shop: Open, factory: Factory, statements: Statements) -> Open:
    """The shop whose schema may be read by these, for the length of an ``async with``."""

    @asynccontextmanager
    async def opening(introspection: str) -> AsyncIterator[Client]:
        chosen = settings.model_copy(update={"introspection": introspection})
        app = create_app(chosen, open_test_shop, with_chores=False)
        async with serving(app) as transport:
            yield Client(app, transport, factory, statements)

    return opening


@pytest.mark.parametrize(
    ("introspection", "readers"),
    [("everyone", ["guest", "customer", "staff"]), ("staff", ["staff"]), ("nobody", [])],
)
async def test_the_setting_says_who_reads(
    opened: Open, factory: Factory, introspection: str, readers: list[str]
) -> None:
    async with opened(introspection) as guest:
        clients = {
            "guest": guest,
            "customer": await guest.as_user(await factory.user()),
            "staff": await guest.as_staff([]),
        }
        answers = {
            name: [await client.ask(document) for document in (SCHEMA, TYPE)]
            for name, client in clients.items()
        }

    read = [
        {"data": {"__schema": {"queryType": {"name": "Query"}}}},
        {"data": {"__type": {"name": "Product"}}},
    ]
    assert [name for name, answer in answers.items() if answer == read] == readers
    assert all("data" not in one for name in answers.keys() - readers for one in answers[name])


async def test_a_refusal_is_as_the_reference_words_it(opened: Open) -> None:
    async with opened("staff") as guest:
        answer = await guest.ask(SCHEMA)

    assert answer == {
        "errors": [
            {
                "message": (
                    "GraphQL introspection has been disabled, but the requested query contained the field "
                    "'__schema'."
                ),
                "locations": [{"line": 1, "column": 3}],
                "extensions": {"code": "INTROSPECTION_DISABLED"},
            }
        ]
    }


async def test_what_an_object_is_may_be_asked_by_all(opened: Open) -> None:
    async with opened("nobody") as guest:
        assert await guest.run("{ __typename }") == {"__typename": "Query"}


async def test_a_refusal_does_not_depend_on_who_asked_before(opened: Open) -> None:
    document = get_introspection_query()

    async with opened("staff") as guest:
        staff = await guest.as_staff()
        before = await guest.refused(document)
        read = await staff.run(document)
        after = await guest.refused(document)

    assert before == after == REFUSED
    assert read["__schema"]["queryType"]["name"] == "Query"


async def test_no_carrier_is_a_way_round(
    settings: Settings, open_test_shop: Open, factory: Factory, statements: Statements
) -> None:
    app = create_app(settings.model_copy(update={"introspection": "staff"}), open_test_shop)
    async with running(app) as url, httpx2.AsyncClient(base_url=url) as http:
        server = Server(app, url, factory, statements)
        got = (await http.get("/graphql/", params={"query": SCHEMA})).json()
        streamed = await server.client.subscribed(SCHEMA)
        async with server.subscription(SCHEMA) as socket:
            over_socket = await socket.refusals()
        staff = await server.client.as_staff()
        async with server.subscription(SCHEMA, staff.token) as socket:
            told = await socket.next()

    assert [error["extensions"]["code"] for error in got["errors"]] == REFUSED
    assert streamed == over_socket == REFUSED
    assert told == {"__schema": {"queryType": {"name": "Query"}}}


@pytest.mark.parametrize(
    ("introspection", "hint"), [("everyone", " Did you mean 'channel' or 'channels'?"), ("staff", "")]
)
async def test_where_not_everyone_reads_a_misspelt_name_tells_of_no_other(
    opened: Open, introspection: str, hint: str
) -> None:
    async with opened(introspection) as guest:
        answer = await guest.ask("{ channell { id } }")

    assert answer["errors"][0]["message"] == f"Cannot query field 'channell' on type 'Query'.{hint}"
