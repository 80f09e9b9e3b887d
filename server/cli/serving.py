"""The server on its port, from the first connection to the last answer."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import uvicorn
import uvloop
from rich.console import Console
from rich.panel import Panel
from starlette.applications import Starlette

from engine.transport.connections import Connections
from server.cli.requests import Requests
from server.cli.servers import own_servers
from server.cli.sockets import Sockets
from server.collecting import spared
from server.health import Readiness
from server.settings import Settings, SettingsError

GRACE_SECONDS = 10  # for operations under way, from the signal (or the end of the drain) on
SPREAD_SECONDS = 3.0  # over which sockets and streams are sent away: their clients all come back elsewhere
UNSENT = 128 << 10  # bytes
FLUSH_SECONDS = 1  # for what was answered last to be sent, before the server just closes connections

CreateApp = Callable[[Settings], Starlette]
Prepare = Callable[[Settings], Awaitable[Sequence[str]]]


def serve(settings: Settings, prepare: Prepare, create_app: CreateApp) -> None:
    """Serve until SIGINT or SIGTERM, with servers of our own where none are given.

    ``prepare`` makes the database ready, and what it gives is shown to the person at the terminal. Raises
    ``SettingsError`` when the port cannot be had and ``ServerFailed``; exits with uvicorn's 3 when the app
    does not start.
    """
    with (
        _bound(settings) as listening,
        suppress(asyncio.CancelledError),  # stopped before it was up, as asked
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_serve(settings, prepare, create_app, listening))


async def _serve(
    settings: Settings, prepare: Prepare, create_app: CreateApp, listening: socket.socket
) -> None:
    stop = _Stop(settings.drain_seconds)
    async with own_servers(settings) as ready:
        notes = await prepare(ready)
        app = create_app(ready)
        config = uvicorn.Config(
            spared(app),
            http=Requests,
            ws=Sockets,
            # Compression costs 38 KiB a listener, and more than twice the work a message.
            ws_per_message_deflate=False,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        connections = getattr(app.state, "connections", Connections())
        stop.readiness = getattr(app.state, "readiness", stop.readiness)
        stop.server = _Server(config, connections, lambda: _announce(ready, notes))
        await stop.server.serve(sockets=[listening])


class _Stop:
    """What SIGINT and SIGTERM do: they end the start, or later the server; a second one waits for no client.

    Before it ends, the server goes on for ``drain`` seconds and says that it is not ready, so that a balancer
    sends nobody else. Never more than that, so that the databases are always closed in order.
    """

    def __init__(self, drain: float) -> None:
        self._drain = drain
        self.readiness = Readiness()
        self.server: uvicorn.Server | None = None
        self._start = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self)

    def __call__(self) -> None:
        if self.server is not None and self._drain and not self.readiness.leaving:
            self.readiness.leaving = True
            asyncio.get_running_loop().call_later(self._drain, self._exit, self.server)
        elif self.server is not None:
            self.readiness.leaving = True
            self.server.force_exit = self.server.should_exit
            self._exit(self.server)
        elif self._start is not None:
            self._start.cancel()

    @staticmethod
    def _exit(server: uvicorn.Server) -> None:
        server.should_exit = True


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, connections: Connections, announce: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._connections = connections
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn waits for requests to end and just closes sockets; a stream ends only when it is told to.
        for server in self.servers:
            server.close()
        began = asyncio.get_running_loop().time()
        goodbye = asyncio.create_task(
            self._connections.close_all(spread=SPREAD_SECONDS, patience=GRACE_SECONDS - FLUSH_SECONDS)
        )
        while not goodbye.done() and not self.force_exit:
            await asyncio.wait({goodbye}, timeout=0.1)
        took = asyncio.get_running_loop().time() - began
        self.config.timeout_graceful_shutdown = max(FLUSH_SECONDS, int(GRACE_SECONDS - took))
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals are `_Stop`'s: uvicorn would raise them again at its end, and kill us before the databases
        # close.
        yield


def _announce(settings: Settings, notes: Sequence[str]) -> None:
    lines = [f"GraphQL   {settings.public_url}/graphql"]
    if settings.graphiql:
        lines.append("Explorer  the same address, in a browser")
    Console().print(Panel.fit("\n".join([*lines, *notes, "Stop with Ctrl-C."]), title="Matvis"))


def keep_little_unsent(listening: socket.socket) -> None:
    """Have the system keep no more of an answer than ``UNSENT`` beyond what is on its way, where it can.

    It would take megabytes for each client that has stopped reading, before we heard of it.
    """
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)


def _bound(settings: Settings) -> socket.socket:
    """The port, taken before anything slow is begun; nobody can connect until the server listens."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        keep_little_unsent(listening)
    except OSError as error:
        raise SettingsError(
            f"HOST {settings.host} and PORT {settings.port} cannot be listened on: {error.strerror}."
        ) from error
    return listening
