"""Servers in processes of their own, on ports that they keep, which may be killed."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import orjson

from adapters.payments.stripe.accounts import StripeAccount
from server.settings import Settings

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds until a server that does not answer has failed


class Process:
    """``./run serve`` with these settings, as often as it is started."""

    def __init__(self, settings: Settings) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": settings.database_url,
            "DATABASE_POOL_WAIT": str(settings.database_pool_wait),
            "REDIS_URL": settings.redis_url,
            "DATA_DIR": str(settings.data_dir),
            "PUBLIC_URL": settings.public_url,
            "SECRET_KEY": settings.secret_key,
            "JWT_PRIVATE_KEY": settings.jwt_private_key,
            "PORT": str(self.port),
            "SEED": "none",
            "STRIPE_ACCOUNTS": _written(settings.stripe_accounts),
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server.cli", "serve"),
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(PATIENCE):
            while not await _answers(self.port):
                assert self._process.returncode is None, "the server did not start"
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """As the kernel does it: no goodbye to anybody."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


@asynccontextmanager
async def processes(settings: Settings, number: int) -> AsyncIterator[list[Process]]:
    """So many servers of one shop, the first of them in the lead; killed at the end."""
    servers = [Process(settings) for _ in range(number)]
    try:
        for server in servers:
            await server.start()
        yield servers
    finally:
        for server in servers:
            await server.kill()


def _written(accounts: Sequence[StripeAccount]) -> str:
    """As the setting has them: by their ids."""
    known = [asdict(account) for account in accounts]
    return orjson.dumps({one.pop("id"): one for one in known}).decode()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
