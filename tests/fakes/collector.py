"""A collector of traces that speaks OTLP over HTTP, and keeps what it is told."""

from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Told
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

MEDIA = "application/x-protobuf"


@dataclass(frozen=True, slots=True)
class Span:
    """A span as it was told; times in nanoseconds."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    began: int
    ended: int
    attributes: dict[str, Any]
    error: str | None


@dataclass(slots=True)
class Collector:
    """Every span there was, in the order of telling."""

    spans: list[Span] = field(default_factory=list)
    services: set[str] = field(default_factory=set)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/traces", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        assert request.headers["content-type"] == MEDIA
        for told in ExportTraceServiceRequest.FromString(await request.body()).resource_spans:
            self.services.add(_attributes(told.resource)["service.name"])
            self.spans += [_span(span) for scope in told.scope_spans for span in scope.spans]
        return Response(ExportTraceServiceResponse().SerializeToString(), media_type=MEDIA)


def _span(told: Told) -> Span:
    return Span(
        told.name,
        Told.SpanKind.Name(told.kind).removeprefix("SPAN_KIND_"),
        told.trace_id.hex(),
        told.span_id.hex(),
        told.parent_span_id.hex(),
        told.start_time_unix_nano,
        told.end_time_unix_nano,
        _attributes(told),
        told.status.message if told.status.code else None,
    )


def _attributes(told: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute in told.attributes:
        kind = attribute.value.WhichOneof("value")
        value = getattr(attribute.value, kind)
        found[attribute.key] = [one.string_value for one in value.values] if kind == "array_value" else value
    return found
