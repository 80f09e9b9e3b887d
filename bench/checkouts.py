"""``./run bench checkouts``: complete checkouts a second, from lines to a paid order.

On goods spread over many shelves and on one shelf that everybody wants, beside the same statements by hand.
"""

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

import asyncpg
import httpx2
import orjson

from adapters.signing import generate_private_key
from bench import growing
from bench.clients import CLIENTS, Failed, posted, read_answer
from bench.comparing import HOST, free_port, serving
from bench.replaying import APART, Step, recorded, replay
from bench.shops import PUBLIC_URL
from db import migrating
from db.seeding import NUMBERED
from schema.ids import to_global
from server import logs
from server.asgi import create_app
from server.embedded import embedded_servers
from server.settings import Settings

FURNISH: Final = (
    "update variant_listings set price_amount = 10, discounted_amount = 10",
    "update channels set payment_gateways = array['matvis.dummy']",
    "insert into shipping_zones (name, countries) values ('US', array['US'])",
    """
    insert into shipping_zone_channels (shipping_zone_id, channel_id)
    select z.id, c.id from shipping_zones z, channels c
    """,
    "insert into shipping_methods (shipping_zone_id, name) select id, 'Post' from shipping_zones",
    """
    insert into shipping_method_listings (shipping_method_id, channel_id, price_amount)
    select m.id, c.id, 5 from shipping_methods m, channels c
    """,
)
ADDRESS: Final = {
    "firstName": "Ada",
    "lastName": "Byron",
    "streetAddress1": "1 Main Street",
    "city": "New York",
    "postalCode": "10001",
    "country": "US",
    "countryArea": "NY",
}
CREATE: Final = """
mutation ($input: CheckoutCreateInput!) {
  checkoutCreate(input: $input) { checkout { id } errors { code message } }
}
"""
DELIVER: Final = """
mutation ($id: ID!, $method: ID!) {
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) { checkout { id } errors { code message } }
}
"""
PAY: Final = """
mutation ($id: ID!) {
  transactionInitialize(id: $id, paymentGateway: { id: "matvis.dummy" }) {
    transaction { id } errors { code message }
  }
}
"""
COMPLETE: Final = """
mutation ($id: ID!) { checkoutComplete(id: $id) { order { number isPaid } errors { code message } } }
"""
GOODS: Final = 500
"""Variants that are bought where they are spread."""
Ask = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]
Buy = Callable[[int], Awaitable[None]]
"""One checkout of the variant with this number."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Where it is served, and what there is to buy; ``steps`` are what one checkout of the first sends."""

    port: int
    database_url: str
    variants: list[int]
    method: int
    steps: list[Step]


async def measure(quick: bool) -> str:  # noqa: FBT001 - one signature for all measures
    rounds, seconds = (1, 2.0) if quick else (5, 4.0)
    logs.configure("error", readable=False)
    async with AsyncExitStack() as stack:
        shop = await _open(stack, quick=quick)
        pool = await stack.enter_async_context(
            asyncpg.create_pool(shop.database_url, min_size=CLIENTS, max_size=CLIENTS)
        )
        rates: dict[tuple[str, str], list[float]] = {}
        for turn in range(rounds):
            for goods, variants in (("spread", shop.variants), ("hot", shop.variants[:1])):
                sides = [("matvis", _by_clients(shop)), ("asyncpg", _by_hand(shop, pool))]
                for side, buyers in sides if turn % 2 else reversed(sides):
                    rate = await _throughput(buyers, variants, seconds)
                    rates.setdefault((goods, side), []).append(rate)
    figures = {key: median(found) for key, found in rates.items()}
    return _written(figures, len(shop.steps), rounds, seconds)


async def _open(stack: AsyncExitStack, *, quick: bool) -> Shop:
    place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="matvis-bench-")))
    servers = await stack.enter_async_context(embedded_servers(place, durable=True))
    await migrating.upgrade(servers.database_url)
    connection = await asyncpg.connect(servers.database_url)
    for number, table in enumerate(NUMBERED, start=1):
        await connection.execute(f"alter table {table} alter column id restart with {number * APART}")
    await growing.grow(servers.database_url, growing.TINY if quick else growing.TARGET)
    for statement in FURNISH:
        await connection.execute(statement)
    variants = [row[0] for row in await connection.fetch("select id from product_variants order by id")]
    method = await connection.fetchval("select id from shipping_methods")
    await connection.close()
    environ = {
        "ENVIRONMENT": "production",
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "DATA_DIR": str(place),
        "PUBLIC_URL": PUBLIC_URL,
        "SECRET_KEY": "s" * 32,
        "JWT_PRIVATE_KEY": generate_private_key(),
        "LOG_LEVEL": "error",
        "COST_BUDGET": "0",
        "DATABASE_POOL_MAX": str(CLIENTS),
        "SMTP_URL": "",
    }
    port = free_port()
    steps = await _recorded(environ, variants[0], method)
    await stack.enter_async_context(serving("plan", port, environ))
    return Shop(port, servers.database_url, variants[:GOODS], method, steps)


async def _recorded(environ: Mapping[str, str], variant: int, method: int) -> list[Step]:
    """What one checkout sends, once everything is warm."""
    app = create_app(Settings.load(environ), with_chores=False)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http:

            async def ask(document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
                reply = await http.post("/graphql/", json={"query": document, "variables": variables})
                return _sound(reply.content)

            for _ in range(2):
                await _buy(ask, variant, method)
            with recorded() as steps:
                await _buy(ask, variant, method)
    return steps


async def _buy(ask: Ask, variant: int, method: int) -> None:
    """From lines to a paid order: four requests. Raises ``Failed``."""
    line = {"variantId": to_global("ProductVariant", variant), "quantity": 1}
    wish = {
        "channel": growing.CHANNEL,
        "email": "guest@example.com",
        "lines": [line],
        "shippingAddress": ADDRESS,
        "billingAddress": ADDRESS,
    }
    key = (await ask(CREATE, {"input": wish}))["checkout"]["id"]
    await ask(DELIVER, {"id": key, "method": to_global("ShippingMethod", method)})
    await ask(PAY, {"id": key})
    order = (await ask(COMPLETE, {"id": key}))["order"]
    if not order["isPaid"]:
        raise Failed(str(order))


def _sound(body: bytes) -> dict[str, Any]:
    answer = orjson.loads(body)
    if answer.get("errors") or any(one["errors"] for one in answer["data"].values()):
        raise Failed(body.decode())
    given: dict[str, Any]
    (given,) = answer["data"].values()
    return given


def _by_clients(shop: Shop) -> Callable[[], Awaitable[Buy]]:
    async def buyer() -> Buy:
        reader, writer = await asyncio.open_connection(HOST, shop.port)

        async def ask(document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
            writer.write(posted("/graphql/", orjson.dumps({"query": document, "variables": variables})))
            return _sound(await read_answer(reader))

        async def buy(variant: int) -> None:
            await _buy(ask, variant, shop.method)

        return buy

    return buyer


def _by_hand(shop: Shop, pool: "asyncpg.Pool[Any]") -> Callable[[], Awaitable[Buy]]:
    first = shop.variants[0]

    async def buyer() -> Buy:
        async def buy(variant: int) -> None:
            async with pool.acquire() as connection:
                await replay(connection, shop.steps, {first: variant})

        return buy

    return buyer


async def _throughput(buyers: Callable[[], Awaitable[Buy]], variants: list[int], seconds: float) -> float:
    """Orders a second, of all clients together."""
    began = perf_counter()

    async def client(number: int) -> int:
        dice, buy, count = random.Random(number), await buyers(), 0  # noqa: S311  # nothing secret
        while perf_counter() < began + seconds:
            await buy(dice.choice(variants))
            count += 1
        return count

    counts = await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    return sum(counts) / (perf_counter() - began)


def _written(figures: Mapping[tuple[str, str], float], steps: int, rounds: int, seconds: float) -> str:
    spread, hot = figures["spread", "matvis"], figures["hot", "matvis"]
    rows = [
        f"| {goods} | {figures[goods, 'matvis']:,.0f} | {figures[goods, 'asyncpg']:,.0f} "
        f"| {figures[goods, 'matvis'] / figures[goods, 'asyncpg']:.2f} |"
        for goods in ("spread", "hot")
    ]
    return "\n".join(
        [
            f"# Checkouts, {datetime.now(UTC).date().isoformat()}",
            "",
            "Complete checkouts a second: a cart with addresses is created, a way to deliver chosen, the",
            f"cart paid (dummy gateway) and completed; four requests, {steps} statements. {CLIENTS} clients,",
            "one process, Postgres and the clients on the same two cores; the sides take turns, and a",
            f"figure is the median of {rounds} rounds of {seconds:g} s. *asyncpg* sends the very same",
            "statements by hand, without HTTP, documents or rules.",
            f"*spread* is over {GOODS} variants, *hot* is one.",
            "",
            "| goods | Matvis | asyncpg | Matvis : asyncpg (aim 0.5) |",
            "| --- | ---: | ---: | ---: |",
            *rows,
            "",
            f"Hot : spread is {hot / spread:.2f} (aim 0.5).",
            "",
        ]
    )
