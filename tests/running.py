"""A server on a port of its own, for what cannot be tried without one."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from server.cli.requests import Requests
from server.cli.serving import keep_little_unsent
from server.cli.sockets import Sockets


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[str]:
    """The address, without a slash at its end, of a server that runs ``app`` as ``./run`` would."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        keep_little_unsent(listening)
        config = uvicorn.Config(
            app,
            http=Requests,
            ws=Sockets,
            ws_per_message_deflate=False,
            lifespan="on",
            log_config=None,
            access_log=False,
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve(sockets=[listening]))
        while not server.started:
            assert not task.done(), "the server did not start"
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
