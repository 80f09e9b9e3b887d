"""What callers of the shop may ask for: limits by who they are, budgets by where they are."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import get_introspection_query
from redis.asyncio import Redis
from starlette.applications import Starlette

from domain.access import GUEST
from engine.budgets import Caller
from engine.persisted import hash_of
from schema.context import Context
from server.asgi import create_app
from server.guarding import callers
from server.settings import Settings, SettingsError
from tests.clients import Client, serving
from tests.factory import Factory
from tests.statements import Statements

LISTING = """query ($n: Int!) { products(first: $n, channel: "web") {
    edges { node { name productVariants(first: 5) { edges { node { name pricing { onSale } } } } } }
} }"""
LOG_IN = 'tokenCreate(email: "ada@example.com", password: "wrong") { errors { code } }'
TRY = 'checkoutAddPromoCode(id: "Q2hlY2tvdXQ6MQ==", promoCode: "GUESS") { errors { code } }'
ADDRESSES = ("203.0.113.7", "203.0.113.8")

Open = Callable[..., Any]


@pytest.fixture
def opened(
    settings: Settings, open_test_shop: Open, factory: Factory, statements: Statements
) -> Callable[..., Any]:
    """The shop under other settings, for the length of an ``async with``; every budget is full."""

    @asynccontextmanager
    async def opening(**changes: Any) -> AsyncIterator[Client]:
        redis = Redis.from_url(settings.redis_url)
        await redis.flushdb()
        await redis.aclose()
        app = create_app(settings.model_copy(update=changes), open_test_shop, with_chores=False)
        async with serving(app) as transport:
            yield Client(app, transport, factory, statements)

    return opening


async def post(
    app: Starlette, document: str | None, address: str = ADDRESSES[0], **more: Any
) -> httpx2.Response:
    """Send a document from an address; without one, whatever stands for it."""
    transport = httpx2.ASGITransport(app=app, client=(address, 1))
    body = more if document is None else {"query": document, **more}
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as http:
        return await http.post("/graphql/", json=body)


async def ask(app: Starlette, document: str | None = None, **more: Any) -> Any:
    return (await post(app, document, **more)).json()


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]


async def test_a_guest_may_ask_for_less_than_a_customer_and_staff(opened: Open, factory: Factory) -> None:
    # A page of n products costs n, and 5 variants with a price each: n * (1 + 5 * (1 + 1)).
    async with opened(cost_limit_guest=109, cost_limit_customer=110, cost_limit_staff=330) as guest:
        customer = await guest.as_user(await factory.user())
        staff = await guest.as_staff()

        said = {
            name: [codes(answer) if "errors" in answer else "ran" for answer in answers]
            for name, answers in {
                "guest": [await guest.ask(LISTING, n=n) for n in (9, 10)],
                "customer": [await customer.ask(LISTING, n=n) for n in (10, 11)],
                "staff": [await staff.ask(LISTING, n=n) for n in (30, 31)],
            }.items()
        }

    assert list(said) == ["guest", "customer", "staff"]
    assert list(said.values()) == [["ran", ["COST_LIMIT_EXCEEDED"]]] * 3


async def test_a_guest_may_send_smaller_documents_than_a_customer(opened: Open, factory: Factory) -> None:
    six = "{ " + " ".join(f"a{n}: __typename" for n in range(6)) + " }"
    async with opened(document_root_fields_guest=5, document_root_fields=6) as guest:
        customer = await guest.as_user(await factory.user())
        told = [
            await guest.ask(six),
            await customer.ask(six),
            await customer.ask(six.replace("}", "__typename }")),
        ]

    assert [codes(answer) if "errors" in answer else "ran" for answer in told] == [
        ["GRAPHQL_LIMIT_EXCEEDED"],
        "ran",
        ["GRAPHQL_LIMIT_EXCEEDED"],
    ]
    assert told[0]["errors"][0]["message"] == (
        "An operation selects more than 5 root fields. Whoever is logged in may send larger ones."
    )


async def test_answers_tell_what_they_cost_and_what_is_left(opened: Open, factory: Factory) -> None:
    channel = await factory.channel("web")
    for name in ("Mug", "Lamp"):
        await factory.variant(await factory.product(channel, name=name), channel)

    async with opened(cost_budget=1_000, cost_restored=1) as client:
        answer = (await post(client.app, LISTING, variables={"n": 50})).json()
        again = (await post(client.app, LISTING, variables={"n": 60})).json()

    cost = answer["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 50 * 11
    assert cost["actualQueryCost"] < 20
    assert cost["throttleStatus"] == {
        "maximumAvailable": 1_000,
        "currentlyAvailable": 1_000 - cost["actualQueryCost"],
        "restoreRate": 1,
    }
    assert again["extensions"]["cost"]["actualQueryCost"] == cost["actualQueryCost"]


async def test_who_spends_too_much_is_throttled_and_others_are_not(opened: Open) -> None:
    expensive = get_introspection_query()

    async with opened(cost_budget=10_000, cost_restored=100) as client:
        answers = [await post(client.app, expensive) for _ in range(2)]
        other = await post(client.app, expensive, ADDRESSES[1])

    assert [answer.status_code for answer in (*answers, other)] == [200, 429, 200]
    assert codes(answers[1].json()) == ["THROTTLED"]
    cost = answers[0].json()["extensions"]["cost"]
    missing = cost["requestedQueryCost"] + cost["actualQueryCost"] - 10_000
    assert missing > 0
    assert int(answers[1].headers["retry-after"]) in {missing // 100, missing // 100 + 1}


@pytest.mark.parametrize("field", [LOG_IN, TRY])
async def test_guessing_has_a_budget_of_its_own_however_it_is_dressed(opened: Open, field: str) -> None:
    aliased = "mutation { " + " ".join(f"a{n}: {field}" for n in range(6)) + " }"
    dressed = f"mutation {{ ...Again }} fragment Again on Mutation {{ {field} }}"

    async with opened(login_budget=6, code_budget=6) as client:
        answers = [await post(client.app, document) for document in (aliased, dressed)]
        elsewhere = await post(client.app, dressed, ADDRESSES[1])

    assert "errors" not in answers[0].json()
    assert codes(answers[1].json()) == ["THROTTLED"]
    assert answers[1].headers["retry-after"] == "10"
    assert "errors" not in elsewhere.json()


async def test_accounts_at_one_address_guess_together(opened: Open, factory: Factory) -> None:
    async with opened(code_budget=6) as guest:
        customers = [await guest.as_user(await factory.user()) for _ in range(2)]
        staff = await guest.as_staff()
        four = "mutation { " + " ".join(f"a{n}: {TRY}" for n in range(4)) + " }"

        answers = [await one.ask(four) for one in (*customers, staff)]

    assert [codes(answer) if "errors" in answer else "ran" for answer in answers] == [
        "ran",
        ["THROTTLED"],
        "ran",
    ]


async def test_reading_is_not_counted_as_guessing(opened: Open) -> None:
    async with opened(login_budget=1, code_budget=1) as client:
        answers = [(await post(client.app, "{ channels { id } }")).json() for _ in range(3)]

    assert answers == [{"data": {"channels": []}}] * 3


async def test_a_network_may_be_let_off(opened: Open) -> None:
    async with opened(login_budget=1, unmetered_networks=("203.0.113.0/24",)) as client:
        answers = [await post(client.app, f"mutation {{ {LOG_IN} }}") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("203.0.113.7", "address:203.0.113.7"),
        ("::ffff:203.0.113.7", "address:203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"),
        ("", "address:"),
    ],
)
async def test_guests_are_told_apart_by_their_network(
    settings: Settings, client: Client, address: str, name: str
) -> None:
    caller = callers(settings)(Context.of(client.shop, GUEST, address))

    assert caller == Caller(name, settings.cost_limit_guest, None, counted=True, is_guest=True)


async def test_documents_are_learnt_and_shared(
    opened: Open, settings: Settings, open_test_shop: Open
) -> None:
    document = "{ __typename }"
    known: dict[str, Any] = {
        "extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_of(document)}}
    }

    async with opened() as one:
        unknown = await ask(one.app, **known)
        await ask(one.app, document, **known)
        other = create_app(settings, open_test_shop, with_chores=False)
        async with serving(other):
            answer = await ask(other, **known)

    assert codes(unknown) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert answer == {"data": {"__typename": "Query"}}


async def test_only_documents_that_are_trusted_may_be_served(opened: Open, tmp_path: Path) -> None:
    manifest = tmp_path / "documents.json"
    manifest.write_text('{"typename": "{ __typename }"}')

    async with opened(trusted_documents=manifest, only_trusted_documents=True) as client:
        trusted = await ask(client.app, documentId="typename")
        other = await ask(client.app, "{ me { id } }")

    assert trusted == {"data": {"__typename": "Query"}}
    assert codes(other) == ["DOCUMENT_NOT_TRUSTED"]


def test_a_list_of_documents_that_cannot_be_read_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    broken = settings.model_copy(update={"trusted_documents": tmp_path / "missing.json"})

    with pytest.raises(SettingsError, match=r"TRUSTED_DOCUMENTS .*missing\.json cannot be read"):
        create_app(broken)
