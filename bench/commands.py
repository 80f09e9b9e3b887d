"""``./run bench commands``: a hundred thousand commands at once on few goods, and whether all promises hold.

Carts are made, filled, paid for and completed; orders are sent, called back, returned, refunded, billed and
called off, by workers who know nothing of each other.
"""

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from uuid import UUID

import asyncpg

from adapters.payments.dummy import DummyGateway
from adapters.signing import generate_private_key
from bench import growing
from bench.checkouts import FURNISH
from bench.progress import progress
from commands.checkouts import creating, delivery, promo_codes
from commands.completing import complete
from commands.invoices import issue
from commands.orders.cancelling import cancel
from commands.orders.fulfillments import cancel_fulfillment, fulfill
from commands.orders.returns import Return, take_back
from commands.payments.refunds import grant, refund
from commands.payments.sessions import Wish, initialize
from commands.shop import Shop
from db import migrating
from db.verifying import search
from domain.access import GUEST, Permission, Viewer
from domain.addresses import Address
from domain.checkouts import AddressWish, NewLine
from domain.payments import Subject
from domain.refunds import Grant
from domain.refusals import Refusal, Refused
from domain.sending import ToSend
from server import logs
from server.embedded import embedded_servers
from server.settings import Settings
from server.wiring import open_shop

WORKERS: Final = 32
STAFF: Final = Viewer(permissions=frozenset(Permission), is_staff=True)
STOCKED: Final = (
    "update stocks set on_hand = 0",
    """
    update stocks set on_hand = 1000
     where variant_id in (select id from product_variants order by id limit 12)
    """,
    """
    insert into stock_movements (stock_id, quantity, cause)
    select id, on_hand, 'RECEIVED' from stocks where on_hand > 0
    """,
    "insert into vouchers (name, starts_at, usage_limit) values ('Many', now() - interval '1 day', 500)",
    "insert into voucher_codes (voucher_id, code) select id, 'MANY' from vouchers",
    """
    insert into voucher_listings (voucher_id, channel_id, discount_value)
    select v.id, c.id, 1 from vouchers v, channels c
    """,
    """
    insert into gift_cards (code, currency, initial_amount, balance_amount)
    select 'CARD-' || n, 'USD', 500, 500 from generate_series(1, 5) as n
    """,
)


@dataclass
class Crowd:
    """What all workers share: what they have done, and the orders that there are."""

    shop: Shop
    variants: Sequence[int]
    warehouse: int
    method: int
    left: int
    done: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    orders: list[UUID] = field(default_factory=list)

    async def run(self, name: str, work: Awaitable[Any]) -> Any:
        """What comes of a command; None where it was refused, or failed as none may."""
        self.left -= 1
        try:
            result = await work
        except (Refusal, Refused):
            self.done[f"{name}, refused"] += 1
            return None
        except Exception as fault:  # noqa: BLE001 - it is counted, and told at the end
            self.faults[f"{name}: {type(fault).__name__}"] += 1
            return None
        self.done[name] += 1
        return result


async def measure(quick: bool) -> str:  # noqa: FBT001 - one signature for all measures
    number = 2_000 if quick else 100_000
    logs.configure("critical", readable=False)
    async with _opened() as (shop, url):
        connection = await asyncpg.connect(url)
        rows = await connection.fetch("select id from product_variants order by id limit 12")
        crowd = Crowd(
            shop,
            [row["id"] for row in rows],
            await connection.fetchval("select id from warehouses"),
            await connection.fetchval("select id from shipping_methods"),
            left=number,
        )
        began = perf_counter()
        async with progress("commands", number, lambda: number - max(crowd.left, 0)):
            await asyncio.gather(*(_work(crowd, random.Random(seed)) for seed in range(WORKERS)))  # noqa: S311
        seconds = perf_counter() - began
        deadlocks = await connection.fetchval(
            "select deadlocks from pg_stat_database where datname = current_database()"
        )
        await connection.close()
        found = await search(shop.db)
    broken = {finding.promise.text: len(finding.breaches) for finding in found if finding.breaches}
    return _written(crowd, number, seconds, deadlocks, broken)


@asynccontextmanager
async def _opened() -> AsyncIterator[tuple[Shop, str]]:
    with tempfile.TemporaryDirectory(prefix="matvis-bench-") as place:
        async with embedded_servers(Path(place), durable=False) as servers:
            await migrating.upgrade(servers.database_url)
            await growing.grow(servers.database_url, growing.Size(products=20, orders=0))
            connection = await asyncpg.connect(servers.database_url)
            for statement in (*FURNISH, *STOCKED):
                await connection.execute(statement)
            await connection.close()
            settings = Settings.load(
                {
                    "DATABASE_URL": servers.database_url,
                    "REDIS_URL": servers.redis_url,
                    "DATA_DIR": place,
                    "PUBLIC_URL": "http://localhost",
                    "SECRET_KEY": "s" * 32,
                    "JWT_PRIVATE_KEY": generate_private_key(),
                    "DATABASE_POOL_MAX": "20",
                    "DATABASE_POOL_WAIT": "60",
                }
            )
            async with open_shop(settings) as shop:
                yield shop, servers.database_url


async def _work(crowd: Crowd, dice: random.Random) -> None:
    acts: Sequence[Callable[[Crowd, random.Random], Awaitable[None]]] = (_buy, _buy, _send, _undo, _settle)
    while crowd.left > 0:
        await dice.choice(acts)(crowd, dice)


async def _buy(crowd: Crowd, dice: random.Random) -> None:
    """From lines to a paid order, or as far as one comes."""
    wish = AddressWish(
        Address(
            first_name="Ada",
            last_name="Byron",
            street_address_1="1 Main Street",
            city="New York",
            postal_code="10001",
            country_area="NY",
            country="US",
        )
    )
    goods = [
        NewLine(variant, dice.randint(1, 2)) for variant in dice.sample(crowd.variants, dice.randint(1, 4))
    ]
    wanted = creating.NewCheckout(
        channel=growing.CHANNEL,
        lines=goods,
        email=f"{dice.randint(1, 1000)}@example.com",
        shipping_address=wish,
        billing_address=wish,
    )
    made = await crowd.run("create", creating.create(crowd.shop, GUEST, wanted))
    if made is None:
        return
    await crowd.run("deliver", delivery.choose(crowd.shop, GUEST, made.id, method_id=crowd.method))
    for code in ("MANY", f"CARD-{dice.randint(1, 5)}"):
        if _happens(dice, 0.3):
            await crowd.run("code", promo_codes.add(crowd.shop, GUEST, made.id, code))
    wish_to_pay = Wish(DummyGateway.id)
    await crowd.run("pay", initialize(crowd.shop, GUEST, Subject.CHECKOUT, made.id, wish_to_pay))
    ends = await asyncio.gather(
        *(crowd.run("complete", complete(crowd.shop, GUEST, made.id)) for _ in range(dice.randint(1, 2)))
    )
    crowd.orders += {end for end in ends if end is not None}


async def _send(crowd: Crowd, dice: random.Random) -> None:
    if crowd.orders:
        one = dice.choice(crowd.orders)
        async with crowd.shop.db.read() as connection:
            rows = await connection.fetch("select id, quantity from order_lines where order_id = $1", one)
        wishes = [ToSend(row["id"], crowd.warehouse, dice.randint(1, row["quantity"])) for row in rows]
        await crowd.run("send", fulfill(crowd.shop, STAFF, one, wishes))


async def _undo(crowd: Crowd, dice: random.Random) -> None:
    """Call an order off, or a shipment back, or take back what was sent."""
    if not crowd.orders:
        return
    one = dice.choice(crowd.orders)
    async with crowd.shop.db.read() as connection:
        packed = await connection.fetch(
            """
            select packed.id, shipment.id as shipment_id
              from fulfillments as shipment
              join fulfillment_lines as packed on packed.fulfillment_id = shipment.id
             where shipment.order_id = $1
            """,
            one,
        )
    if not packed:
        await crowd.run("call off", cancel(crowd.shop, STAFF, one))
    elif _happens(dice, 0.5):
        shipment_id = dice.choice(packed)["shipment_id"]
        await crowd.run("call back", cancel_fulfillment(crowd.shop, STAFF, shipment_id))
    else:
        back = Return({dice.choice(packed)["id"]: 1}, restock=_happens(dice, 0.8))
        await crowd.run("return", take_back(crowd.shop, STAFF, one, back))


async def _settle(crowd: Crowd, dice: random.Random) -> None:
    """Grant money back and pay it out, by two clicks at once; and bill."""
    if not crowd.orders:
        return
    one = dice.choice(crowd.orders)
    async with crowd.shop.db.read() as connection:
        payment = await connection.fetchval("select id from transactions where order_id = $1", one)
    if payment is not None:
        wish = Grant(Decimal(dice.randint(1, 9)))
        granted = await crowd.run("grant", grant(crowd.shop, STAFF, one, payment, wish))
        if granted is not None:
            clicks = (crowd.run("refund", refund(crowd.shop, STAFF, granted)) for _ in range(2))
            await asyncio.gather(*clicks)
    if _happens(dice, 0.2):
        await crowd.run("bill", issue(crowd.shop, STAFF, one))


def _happens(dice: random.Random, chance: float) -> bool:
    return dice.random() < chance


def _written(crowd: Crowd, number: int, seconds: float, deadlocks: int, broken: dict[str, int]) -> str:
    return "\n".join(
        [
            f"# Commands, {datetime.now(UTC).date().isoformat()}",
            "",
            f"{number:,} commands by {WORKERS} workers on 12 goods, 5 gift cards and a code for 500:",
            f"{crowd.done.total() / seconds:,.0f} a second.",
            "",
            f"- deadlocks: {deadlocks}",
            f"- faults: {dict(crowd.faults) or 'none'}",
            f"- broken promises: {broken or 'none'}",
            "",
            "| command | times |",
            "| --- | ---: |",
            *(f"| {name} | {times:,} |" for name, times in sorted(crowd.done.items())),
            "",
        ]
    )
