"""Figures for Prometheus, at ``/metrics``, for whoever may read them."""

import asyncio
import hmac
import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

import asyncpg
import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from commands.shop import Shop
from db import health
from domain.refusals import Busy
from engine.executor import Executor
from engine.observing import Observation
from engine.transport.connections import Connections
from server.distributions import Distribution, family

log = structlog.get_logger(__name__)

NAMES: Final = 200  # operations told apart; clients choose the names, and each costs a series for ever
CODES: Final = 200
OTHER: Final = "other"
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
COUNTS: Final = (0, 1, 2, 3, 5, 8, 13, 20, 30, 50, 100)
KEYS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


class Names:
    """Lets the first ``most`` names through, and calls the rest by one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()

    def __call__(self, name: str) -> str:
        if name not in self._known:
            if len(self._known) >= self._most:
                return OTHER
            self._known.add(name)
        return name


class Metrics:
    """What one process has done. Its figures begin at 0 with it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self._names = Names(NAMES)
        self._codes = Names(CODES)
        self._operations: dict[tuple[str, str, str], int] = {}
        self._errors: dict[str, int] = {}
        self._seconds: dict[str, Distribution] = {}
        self._statements: dict[str, Distribution] = {}
        self._batches = Distribution(KEYS)
        self.registry.register(self)

    def operation(
        self,
        observation: Observation,
        outcome: str,
        seconds: float,
        statements: int,
        codes: Sequence[str],
    ) -> None:
        """Count an operation that has ended."""
        kind = observation.kind
        key = kind, self._names(observation.name), outcome
        self._operations[key] = self._operations.get(key, 0) + 1
        if kind not in self._seconds:
            self._seconds[kind] = Distribution(SECONDS)
            self._statements[kind] = Distribution(COUNTS)
        self._seconds[kind].add(seconds)
        self._statements[kind].add(statements)
        for batch in observation.batches:
            self._batches.add(batch.keys)
        for code in codes:
            known = self._codes(code)
            self._errors[known] = self._errors.get(known, 0) + 1

    def collect(self) -> Iterator[Metric]:
        operations = CounterMetricFamily(
            "matvis_operations",
            "Operations and events of subscriptions, by name and outcome.",
            labels=["kind", "name", "outcome"],
        )
        for labels, number in self._operations.items():
            operations.add_metric(labels, number)
        yield operations
        yield _counter("matvis_errors", "Errors told to clients.", "code", self._errors)
        times = self._seconds.items()
        yield family("matvis_operation_seconds", "How long they took.", "kind", times)
        counts = self._statements.items()
        yield family("matvis_operation_statements", "Statements that each sent to Postgres.", "kind", counts)
        batches = [("", self._batches)]
        yield family("matvis_batch_keys", "Keys that were read together.", None, batches)


class Standing:
    """What is read off the process at the moment somebody looks."""

    def __init__(self, executor: Executor, connections: Connections) -> None:
        self._executor = executor
        self._connections = connections
        self.shop: Shop | None = None
        self.relay: health.Backlog | None = None

    def collect(self) -> Iterator[Metric]:
        yield _counter("matvis_runs", "Operations by how they were run.", "how", self._executor.runner.runs)
        yield _counter(
            "matvis_unplanned",
            "Plans that could not be made, by the reason.",
            "why",
            self._executor.unsupported,
        )
        yield _counter(
            "matvis_requests_refused", "Requests without a good document.", "code", self._executor.refusals
        )
        yield GaugeMetricFamily(
            "matvis_connections", "Open sockets and event streams.", value=len(self._connections)
        )
        held = self._connections.held()
        yield GaugeMetricFamily(
            "matvis_connections_bytes", "What is kept for them until they take it.", value=sum(held)
        )
        yield GaugeMetricFamily(
            "matvis_connections_bytes_most", "The same, for one of them.", value=max(held, default=0)
        )
        yield CounterMetricFamily(
            "matvis_connections_let_go", "Those that did not keep up.", value=self._connections.let_go
        )
        yield from self._answers()
        if self.shop is None:
            return
        size, idle = self.shop.db.waiting_room
        yield GaugeMetricFamily("matvis_pool_size", "Connections to Postgres.", value=size)
        yield GaugeMetricFamily("matvis_pool_idle", "Of these, idle.", value=idle)
        lending = self.shop.db.lending
        yield CounterMetricFamily("matvis_pool_lent", "Connections lent.", value=lending.lent)
        yield CounterMetricFamily("matvis_pool_refused", "Requests that got none.", value=lending.refused)
        yield CounterMetricFamily(
            "matvis_pool_wait_seconds", "Time spent waiting for one.", value=lending.waited
        )
        yield GaugeMetricFamily(
            "matvis_listeners", "Live fields that clients listen to.", value=self._executor.groups.members
        )
        yield GaugeMetricFamily(
            "matvis_listener_groups",
            "Groups of them that are shown the same.",
            value=len(self._executor.groups),
        )
        if self.relay is not None:
            yield GaugeMetricFamily(
                "matvis_relay_waiting", "Events not announced yet.", value=self.relay.number
            )
            yield GaugeMetricFamily(
                "matvis_relay_lag_seconds", "Age of the oldest of them.", value=self.relay.seconds
            )

    def _answers(self) -> Iterator[Metric]:
        """Figures of the answers that are kept."""
        answers = self._executor.caching.answers if self._executor.caching else None
        if answers is None:
            return
        yield _counter("matvis_cache", "Kept answers, by what became of them.", "what", answers.figures)
        yield GaugeMetricFamily("matvis_cache_answers", "Answers that are kept.", value=len(answers))
        yield GaugeMetricFamily("matvis_cache_bytes", "Memory that they take.", value=answers.bytes)


def _counter(name: str, meaning: str, label: str, counts: dict[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, meaning, labels=[label])
    for value, number in counts.items():
        family.add_metric([value], number)
    return family


def metrics_route(metrics: Metrics, standing: Standing, token: str) -> Route:
    """``/metrics``: for whoever has ``token``; where there is none, for this machine."""
    metrics.registry.register(standing)

    async def show(request: Request) -> Response:
        if not may_read(request, token):
            return PlainTextResponse("Metrics are not for everyone.\n", status_code=403)
        standing.shop = request.app.state.shop
        standing.relay = await _backlog(request.app.state.shop)
        text = generate_latest(metrics.registry)
        return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"cache-control": "no-store"})

    return Route("/metrics", show)


async def _backlog(shop: Shop) -> health.Backlog | None:
    """None while the database does not answer: the other figures are wanted most then."""
    try:
        async with asyncio.timeout(1), shop.db.read() as connection:
            return await health.backlog(connection, shop.clock())
    except (Busy, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        log.warning("metrics_without_database", error=repr(error))
        return None


def may_read(request: Request, token: str) -> bool:
    """With a token, whoever sends it as ``Authorization: Bearer``; else this machine, and no proxy on it."""
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
