"""A server that is killed in the middle of its work leaves nothing half done."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from schema.ids import to_global
from server.settings import Settings
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.promises.shoppers import COMPLETE, PAY, Shoppers, breaches

ROOT = Path(__file__).parents[2]
CHECKOUTS = 60
UNANSWERED = "select count(*) from transactions where asked_until is not null"


@pytest.fixture
async def market(factory: Factory) -> Market:
    """Orders are for whoever has paid; there is a code that twenty may use."""
    market = await Market.open(factory, allow_unpaid_orders=False)
    await factory.voucher(market.channel, "FEW", "1", usage_limit=CHECKOUTS)
    return market


@asynccontextmanager
async def serving(settings: Settings, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The shop in a process of its own, once it answers; killed at the end, should it still live."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "DATA_DIR": str(settings.data_dir),
        "PORT": str(port),
        "SEED": "none",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.cli", "serve"),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(30):
            while not await _answers(port):
                assert process.returncode is None, "the server did not start"
                await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def ask_all(port: int, document: str, checkouts: Sequence[AnyRow]) -> Shoppers:
    crowd = Shoppers(f"http://127.0.0.1:{port}", random.Random(1))  # noqa: S311  # nothing secret
    await asyncio.gather(*(crowd.send(document, id=to_global("Checkout", one.id)) for one in checkouts))
    return crowd


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.1, 0.3])
async def test_completions_of_a_killed_server_are_whole_or_nothing(
    settings: Settings, factory: Factory, market: Market, seconds: float
) -> None:
    variants = [await market.variant(stock=CHECKOUTS) for _ in range(3)]
    checkouts = [
        await market.checkout((variants[n % 3], 1), code="FEW", email=f"{n}@example.com")
        for n in range(CHECKOUTS)
    ]
    for checkout in checkouts:
        await market.pay(checkout, charged="14")
    port = free_port()

    async with serving(settings, port) as process:
        asking = asyncio.create_task(ask_all(port, COMPLETE, checkouts))
        await asyncio.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        first = await asking
    in_between = await breaches(factory)
    async with serving(settings, port):
        second = await ask_all(port, COMPLETE, checkouts)

    assert first.dropped > 0
    assert (in_between, await breaches(factory)) == ({}, {})
    assert (second.dropped, second.codes) == (0, {})
    assert await factory.value("select count(*) from orders") == CHECKOUTS
    assert await factory.value("select used from vouchers") == CHECKOUTS


@pytest.mark.slow
async def test_payments_of_a_killed_server_are_taken_up_by_the_next(
    settings: Settings, factory: Factory, market: Market
) -> None:
    variant = await market.variant(stock=CHECKOUTS)
    checkouts = [await market.checkout((variant, 1), email=f"{n}@example.com") for n in range(CHECKOUTS)]
    port = free_port()

    async with serving(settings, port) as process:
        asking = asyncio.create_task(ask_all(port, PAY, checkouts))
        while await factory.value(UNANSWERED) < 3:  # noqa: ASYNC110 - another process makes them
            await asyncio.sleep(0)
        process.send_signal(signal.SIGKILL)
        await asking
    left = await factory.value(UNANSWERED)
    await factory.fetch("update transactions set asked_until = now() where asked_until is not null")
    async with serving(settings, port), asyncio.timeout(20):
        while await factory.value(UNANSWERED):  # noqa: ASYNC110 - another process asks
            await asyncio.sleep(0.1)
        again = await ask_all(port, PAY, checkouts)
        await ask_all(port, COMPLETE, checkouts)

    assert left > 0
    assert again.dropped == 0
    assert again.codes.keys() <= {"INVALID"}
    assert await breaches(factory) == {}
    assert await factory.value("select sum(charged_amount) from transactions") == CHECKOUTS * 15
    assert await factory.value("select count(*) from orders where charge_status = 'FULL'") == CHECKOUTS
