"""Traces, as a collector hears of them."""

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from server.asgi import create_app
from server.settings import Settings
from tests.clients import Client, serving
from tests.factory import Factory
from tests.fakes.collector import Collector, Span
from tests.running import running
from tests.statements import Statements

LISTING = """query Listing { products(first: 5, channel: "web") {
    edges { node { name category { name } } }
} }"""
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CARRIED = f"00-{TRACE}-{PARENT}-01"

Open = Callable[..., Any]


@pytest.fixture
def collector() -> Collector:
    return Collector()


@pytest.fixture
def traced(
    settings: Settings, open_test_shop: Open, factory: Factory, statements: Statements, collector: Collector
) -> Open:
    """The shop with traces on; the collector has heard of everything when the block has ended."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Client]:
        async with running(collector.app()) as address:
            chosen = settings.model_copy(update={"otel_exporter_otlp_endpoint": address})
            app = create_app(chosen, open_test_shop, with_chores=False)
            async with serving(app) as transport:
                yield Client(app, transport, factory, statements)

    return opened


async def post(
    client: Client, document: str, extensions: dict[str, Any] | None = None, **headers: str
) -> Any:
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        body = {"query": document, "extensions": extensions}
        return (await http.post("/graphql/", json=body, headers=headers)).json()


def of_kind(collector: Collector, kind: str) -> list[Span]:
    return [span for span in collector.spans if span.kind == kind]


async def test_an_operation_has_its_batches_and_statements_below_it(
    traced: Open, collector: Collector, factory: Factory
) -> None:
    channel = await factory.channel("web")
    category = await factory.category("Mugs")
    await factory.product(channel, name="Mug", category_id=category.id)

    before = time.time_ns()
    async with traced() as client, client.statements.recording() as sent:
        await client.run(LISTING)
    after = time.time_ns()

    (operation,) = of_kind(collector, "SERVER")
    batches, statements = of_kind(collector, "INTERNAL"), of_kind(collector, "CLIENT")
    assert operation.name == "query Listing"
    assert operation.attributes["matvis.outcome"] == "ok"
    assert operation.attributes["graphql.operation.name"] == "Listing"
    assert (operation.parent, operation.error) == ("", None)
    texts = [span.attributes["db.query.text"] for span in statements]
    assert len(texts) == 2
    assert "from categories" in texts[-1]
    assert set(texts) <= {" ".join(text.split()) for text in sent}
    assert {span.name for span in statements} <= {"select", "with"}
    assert [span.attributes["matvis.keys"] for span in batches] == [1]
    for span in (*batches, *statements):
        assert (span.trace, span.parent) == (operation.trace, operation.id)
        assert before <= operation.began <= span.began <= span.ended <= operation.ended <= after
    assert collector.services == {"matvis"}


async def test_a_client_s_trace_goes_on(traced: Open, collector: Collector) -> None:
    async with traced() as client:
        await post(client, "query A { __typename channels { id } }", traceparent=CARRIED)
        await post(client, "query B { __typename channels { id } }", traceparent="00-nonsense")

    spans = {span.name: span for span in of_kind(collector, "SERVER")}
    assert (spans["query A"].trace, spans["query A"].parent) == (TRACE, PARENT)
    assert spans["query B"].parent == ""


async def test_what_a_client_does_not_want_sampled_is_not_told(traced: Open, collector: Collector) -> None:
    async with traced() as client:
        await post(client, "{ channels { id } }", traceparent=f"{CARRIED[:-2]}00")

    assert collector.spans == []


async def test_errors_are_marked_with_their_codes(traced: Open, collector: Collector) -> None:
    async with traced() as client:
        await client.ask("mutation Mine { accountUpdate(input: {}) { errors { code } } }")

    (operation,) = of_kind(collector, "SERVER")
    assert operation.attributes["matvis.codes"] == ["UNAUTHENTICATED"]
    assert operation.error == "UNAUTHENTICATED"


async def test_an_operation_of_a_socket_may_bring_its_trace_in_its_extensions(
    traced: Open, collector: Collector
) -> None:
    async with traced() as client:
        await post(client, "{ channels { id } }", {"traceparent": CARRIED})

    (operation,) = of_kind(collector, "SERVER")
    assert (operation.trace, operation.parent) == (TRACE, PARENT)


def test_where_no_traces_are_sent_what_sends_them_is_not_imported() -> None:
    code = "import sys, server.asgi; print([name for name in sys.modules if 'exporter.otlp' in name])"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert said.stdout.strip() == "[]"
