"""Answers that are kept: who is told them, what HTTP says of them, and what they cost."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx2
import pytest

from domain.access import Permission
from engine.caching.answers import Answers
from server.asgi import create_app
from server.settings import Settings
from tests.clients import Client, serving
from tests.factory import Factory
from tests.live.test_kept_answers import until
from tests.markets import Market
from tests.printing import printing
from tests.server.test_logs import lines
from tests.server.test_metrics import figures
from tests.statements import Statements

MUG = 'query Mug { products(channel: "web", first: 1) { edges { node { id name } } } }'
NAMED = 'query Named($slug: String) { product(channel: "web", slug: $slug) { name } }'
PUBLIC, PRIVATE = "public, max-age=60", "private, max-age=60"
PRIVATE_META = '{ products(channel: "web", first: 1) { edges { node { privateMetadata { key } } } } }'


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    """What production's logs print."""
    with printing() as stream:
        yield stream


@pytest.fixture
async def keeping(
    settings: Settings,
    open_test_shop: Callable[..., Any],
    factory: Factory,
    statements: Statements,
    market: Market,
) -> AsyncIterator[Client]:
    """A client of a shop with a mug, that keeps answers."""
    del market
    changed = settings.model_copy(update={"cache_bytes": 8 << 20, "cost_budget": 1_000})
    app = create_app(changed, open_test_shop, with_chores=False)
    async with serving(app) as transport:
        client = Client(app, transport, factory, statements)
        await until(lambda: answers(client).is_keeping)
        yield client


def answers(client: Client) -> Answers:
    found: Answers = client.app.state.executor.caching.answers
    return found


async def post(client: Client, document: str = MUG, **headers: str) -> httpx2.Response:
    body = {"query": document, "extensions": {"debug": True}} if "debug" in headers else {"query": document}
    return await sent(client, "POST", json=body, headers=headers)


async def get(client: Client, document: str = MUG, **headers: str) -> httpx2.Response:
    return await sent(client, "GET", params={"query": document}, headers=headers)


async def sent(client: Client, method: str, headers: dict[str, str], **more: Any) -> httpx2.Response:
    if client.token:
        headers = {**headers, "authorization": f"Bearer {client.token}"}
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        return await http.request(method, "/graphql/", headers=headers, **more)


async def test_a_guest_is_told_again_without_a_statement(keeping: Client) -> None:
    first = await post(keeping)
    await asyncio.sleep(0)  # asyncpg tells of a statement in the turn after its end

    async with keeping.statements.recording() as sent:
        second = await post(keeping)

    assert second.json()["data"] == first.json()["data"]
    assert [text for text in sent if "outbox" not in text] == []  # whoever looks after answers reads that
    assert (first.headers["cache-control"], second.headers["cache-control"]) == (PUBLIC, PUBLIC)
    assert "age" not in first.headers
    assert second.headers["age"] == "0"
    assert "Authorization" in second.headers["vary"]


async def test_guests_who_ask_at_once_are_answered_by_one_reading_and_each_is_charged(
    keeping: Client,
) -> None:
    async with keeping.statements.recording() as sent:
        asked = await asyncio.gather(*(post(keeping) for _ in range(20)))
        await asyncio.sleep(0)

    figures = answers(keeping).figures
    charged = [one for one in asked if "extensions" in one.json()]
    assert [one.json()["data"] for one in asked] == [asked[0].json()["data"]] * 20
    assert len([text for text in sent if "outbox" not in text]) == 1
    assert (figures["miss"], figures["joined"] + figures["hit"]) == (1, 19)
    assert len(charged) == 1 + figures["joined"] > 1


async def test_being_told_again_costs_nothing(keeping: Client) -> None:
    levels = [(await post(keeping)).json().get("extensions") for _ in range(3)]

    assert levels[0]["cost"]["throttleStatus"]["maximumAvailable"] == 1_000
    assert levels[1:] == [None, None]


async def test_what_a_guest_has_left_is_in_no_answer_that_others_may_be_told(
    keeping: Client, factory: Factory
) -> None:
    public = await get(keeping)
    other = await get(await keeping.as_user(await factory.user()), "{ channels { name } }")

    assert public.headers["cache-control"] == PUBLIC
    assert list(public.json()) == ["data"]
    assert other.headers["cache-control"] == PUBLIC.replace("public", "private")
    assert list(other.json()["extensions"]) == ["cost"]


async def test_what_was_not_kept_says_the_same_as_what_is(client: Client, market: Market) -> None:
    del market
    asked = [await get(client), await get(client)]

    assert [(one.headers["cache-control"], one.headers.get("age")) for one in asked] == [(PUBLIC, None)] * 2
    assert client.app.state.executor.caching.answers is None


async def test_a_customer_shares_the_answer_but_not_with_caches_on_the_way(
    keeping: Client, factory: Factory
) -> None:
    customer = await keeping.as_user(await factory.user())
    first = await get(customer)

    second, guests = await get(customer), await get(keeping)

    assert first.json()["data"] == second.json()["data"] == guests.json()["data"]
    assert [one.headers["cache-control"] for one in (first, second, guests)] == [PRIVATE, PRIVATE, PUBLIC]
    assert answers(keeping).figures["hit"] == 2


async def test_staff_is_told_nothing_that_was_kept_and_nothing_of_theirs_is(keeping: Client) -> None:
    staff = await keeping.as_staff([Permission.MANAGE_PRODUCTS])
    before = await get(staff)
    kept = len(answers(keeping))
    await get(keeping)
    hits = answers(keeping).figures["hit"]

    after = await post(staff)

    assert (before.headers["cache-control"], after.headers["cache-control"]) == (
        "private, no-cache",
        "no-store",
    )
    assert (kept, hits, answers(keeping).figures["hit"]) == (0, 0, 0)


@pytest.mark.parametrize(
    "document",
    [
        "{ me { id } }",
        PRIVATE_META,
        '{ products(channel: "web") { edges { node { id } } } me { id } }',
        '{ products(first: 1000, channel: "web") { edges { node { id } } } }',
        '{ product(channel: "web", id: "nonsense") { name } }',
        'mutation { tokenVerify(token: "x") { isValid } }',
        "{ __schema { description } }",
    ],
)
async def test_errors_changes_and_what_is_the_viewers_are_not_kept(keeping: Client, document: str) -> None:
    replies = [await post(keeping, document), await post(keeping, document)]

    assert len(answers(keeping)) == 0
    assert [reply.headers["cache-control"] for reply in replies] == ["no-store"] * 2


async def test_an_etag_is_the_same_for_what_is_kept(keeping: Client) -> None:
    first = await get(keeping)
    second = await get(keeping)
    third = await get(keeping, **{"if-none-match": first.headers["etag"]})

    assert first.headers["etag"] == second.headers["etag"]
    assert (third.status_code, third.headers["cache-control"]) == (304, PUBLIC)


async def test_long_answers_are_kept_compressed(keeping: Client, market: Market, factory: Factory) -> None:
    for number in range(40):
        await factory.product(market.channel, name=f"Product {number} of the shop, with a long name")
    document = MUG.replace("first: 1", "first: 40")
    packed = [await get(keeping, document, **{"accept-encoding": "gzip"}) for _ in range(2)]

    plain = await get(keeping, document, **{"accept-encoding": "identity"})

    assert [one.headers["content-encoding"] for one in packed] == ["gzip", "gzip"]
    assert "content-encoding" not in plain.headers
    assert packed[0].json()["data"] == packed[1].json()["data"] == plain.json()["data"]


async def test_nothing_found_is_told_again_until_there_is_something(
    keeping: Client, market: Market, factory: Factory
) -> None:
    nothing = [await keeping.run(NAMED, slug="cup") for _ in range(2)]
    await factory.fetch("update products set slug = 'cup' where id = $1", market.product.id)

    answers(keeping).drop(["Product:*"], 1 << 40)

    assert nothing == [{"product": None}] * 2
    assert await keeping.run(NAMED, slug="cup") == {"product": {"name": "Mug"}}


async def test_variables_that_look_alike_are_not_confused(keeping: Client) -> None:
    document = (
        "query ($yes: Boolean!) "
        '{ products(channel: "web", first: 1) { edges { node { name @include(if: $yes) } } } }'
    )

    nodes = [(await keeping.run(document, yes=value))["products"]["edges"] for value in (True, False)]

    assert nodes == [[{"node": {"name": "Mug"}}], [{"node": {}}]]


async def test_an_answer_that_is_told_again_is_logged_and_counted(
    printed: io.StringIO, keeping: Client
) -> None:
    await post(keeping)
    await post(keeping)

    found = await figures(keeping)
    line = lines(printed)[-1]
    assert (line["event"], line["name"], line["how"], line["statements"]) == ("operation", "Mug", "cache", 0)
    assert found['matvis_operations_total{kind="query",name="Mug",outcome="ok"}'] == 2
    assert found['matvis_runs_total{how="cache"}'] == 1
    assert found['matvis_cache_total{what="hit"}'] == 1
    assert found['matvis_cache_total{what="miss"}'] == 1
    assert found["matvis_cache_answers"] == 1
    assert found["matvis_cache_bytes"] == answers(keeping).bytes > 0


async def test_whoever_develops_is_told_what_was_kept(keeping: Client) -> None:
    said = [
        (await post(keeping, document, debug="yes")).json()["extensions"]["debug"]["cache"]
        for document in (MUG, MUG, "{ me { id } }")
    ]

    assert said == ["miss", "hit", "bypass"]


async def test_an_event_stream_is_told_the_same(keeping: Client) -> None:
    streamed = [await post(keeping, accept="text/event-stream") for _ in range(2)]
    plain = await post(keeping)

    bodies = [
        next(json.loads(text[6:]) for text in one.text.splitlines() if text.startswith("data: {"))
        for one in streamed
    ]
    assert [body["data"] for body in bodies] == [plain.json()["data"]] * 2
    assert answers(keeping).figures["hit"] == 2


async def test_a_body_that_was_answered_before_is_read_by_nobody_who_is_logged_in(
    keeping: Client, factory: Factory
) -> None:
    for _ in range(2):
        await post(keeping)
    staff = await keeping.as_staff([Permission.MANAGE_PRODUCTS])
    await factory.fetch("update products set name = 'Cup'")

    guests, staffs = await post(keeping), await post(staff)
    bad = await post(keeping.with_token("nonsense"))

    shown = [one.json()["data"]["products"]["edges"][0]["node"]["name"] for one in (guests, staffs)]
    assert shown == ["Mug", "Cup"]
    assert bad.json()["errors"][0]["extensions"]["code"] == "JWT_DECODE_ERROR"
