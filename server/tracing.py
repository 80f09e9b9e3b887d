"""Traces: what an operation took, told to a collector over OTLP, in the trace that its client began.

Nothing is measured here. A span is made when its work has ended, of the times that were noted for it, so that
what runs inside knows of no trace. This module is imported where traces are sent: its packages take a while,
and some memory.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from threading import Thread
from time import perf_counter_ns, time_ns
from types import MappingProxyType

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Receive, Scope, Send

from db.recording import Sent
from engine.observing import Batch, Observation

CARRIED = ("traceparent", "tracestate")
PATIENCE = 3.0  # seconds at the end for what has not been told yet
BILLION = 1_000_000_000
NOTHING: Mapping[str, str] = MappingProxyType({})

_carried: ContextVar[Mapping[str, str]] = ContextVar("traceparent", default=NOTHING)


class Tracing:
    """Tells one collector. The rest of the settings are OpenTelemetry's own variables of the environment."""

    def __init__(self, endpoint: str) -> None:
        """``endpoint`` is the collector's address, as OTEL_EXPORTER_OTLP_ENDPOINT has it."""
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("matvis")

    def tell(
        self, observation: Observation, outcome: str, statements: Sequence[Sent], codes: Sequence[str]
    ) -> None:
        """An operation that has ended, with its batches and statements below it."""
        offset = time_ns() - perf_counter_ns()
        began = int(observation.began * BILLION) + offset
        span = self._tracer.start_span(
            f"{observation.kind} {observation.name}",
            _parent(observation),
            SpanKind.SERVER,
            {
                "graphql.operation.type": observation.kind,
                "graphql.operation.name": observation.name,
                "matvis.outcome": outcome,
                "matvis.how": observation.how,
                "matvis.cost": observation.cost,
                "matvis.codes": codes,
            },
            start_time=began,
        )
        if span.is_recording():
            below = set_span_in_context(span)
            for batch in observation.batches:
                self._batch(batch, below, offset)
            for sent in statements:
                self._statement(sent, below, offset)
        if outcome in {"errors", "refused"}:
            span.set_status(Status(StatusCode.ERROR, ", ".join(codes)))
        span.end(began + int(observation.seconds * BILLION))

    def _batch(self, batch: Batch, below: Context, offset: int) -> None:
        self._span(
            f"load {batch.relation}",
            SpanKind.INTERNAL,
            {"matvis.relation": batch.relation, "matvis.keys": batch.keys},
            below,
            (batch.began, batch.seconds, offset),
        )

    def _statement(self, sent: Sent, below: Context, offset: int) -> None:
        text = " ".join(sent.text.split())
        self._span(
            text.partition(" ")[0],
            SpanKind.CLIENT,
            {"db.system.name": "postgresql", "db.query.text": text, "db.response.returned_rows": sent.rows},
            below,
            (sent.began, sent.seconds, offset),
        )

    def _span(
        self,
        name: str,
        kind: SpanKind,
        attributes: dict[str, str | int],
        below: Context,
        times: tuple[float, float, int],
    ) -> None:
        began, seconds, offset = times
        start = int(began * BILLION) + offset
        self._tracer.start_span(name, below, kind, attributes, start_time=start).end(
            start + int(seconds * BILLION)
        )

    def carried(self, app: ASGIApp) -> ASGIApp:
        """``app``, with each request's trace noted before it."""
        return Carried(app)

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Tell what is left when the block ends, if the collector listens."""
        try:
            yield
        finally:
            ending = Thread(target=self._provider.shutdown, daemon=True)  # which keeps nobody from leaving
            ending.start()
            await asyncio.to_thread(ending.join, PATIENCE)


class Carried:
    """Notes for every request and socket which trace it belongs to, by its W3C headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope.get("headers", ())
            if name in {b"traceparent", b"tracestate"}
        }
        with _carrying(found):
            await self._app(scope, receive, send)


@contextmanager
def _carrying(found: Mapping[str, str]) -> Iterator[None]:
    token = _carried.set(found)
    try:
        yield
    finally:
        _carried.reset(token)


def _resource() -> Resource:
    """Who tells: by OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, and else "matvis"."""
    found = Resource.create()
    if str(found.attributes[SERVICE_NAME]).startswith("unknown_service"):
        return found.merge(Resource({SERVICE_NAME: "matvis"}))
    return found


def _parent(observation: Observation) -> Context:
    """The client's span: by the request's extensions, which a socket's operation may have, or its headers.

    An event of a subscription has a trace of its own: its listeners may have come with any number of them.
    """
    if observation.kind == "event":
        return Context()
    asked = {name: value for name in CARRIED if isinstance(value := observation.asked.get(name), str)}
    return TraceContextTextMapPropagator().extract(asked or dict(_carried.get()), Context())
