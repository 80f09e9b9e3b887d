"""A small schema, an executor of it, and a real server on a loopback port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
import uvicorn
from graphql import GraphQLError, GraphQLSchema, build_schema
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from engine.errors import Explained
from engine.executor import Executor
from engine.live import LiveEvent, Mark
from engine.transport.connections import Connections
from engine.transport.options import ConnectionParams, TransportOptions
from engine.transport.routes import graphql_routes

SDL = """
    directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
    type Query {
      hello(name: String = "world"): String
      double(number: Int!): Int!
      price: String
      broken: String
      denied: String
      missing: String!
      coded: String
      unfit: Int
      surrogate: String
      long: String
      slow: String
      viewer: String
      me: Query
      friend: Query
    }
    type Mutation { note(text: String!): String  slowNote(text: String!): String }
    type Subscription {
      ticks(upTo: Int!): Int
      forever: Int
      failing: Int
      unready: Int
      viewers: String
      places: Int
    }
"""


class Refused(Exception):
    """Somebody may not do something: the schema's one expected refusal."""


def explain(exception: Exception) -> Explained | None:
    if isinstance(exception, Refused):
        return Explained(str(exception), "PERMISSION_DENIED", {"field": "viewer"})
    return None


@dataclass
class Shop:
    """What the resolvers touch, and what a test reads afterwards."""

    notes: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    contexts: int = 0
    banned: set[str] = field(default_factory=set)


@dataclass
class Context:
    shop: Shop
    number: int
    viewer: str


@pytest.fixture
def shop() -> Shop:
    return Shop()


def _query() -> dict[str, Any]:
    def broken(_parent: Any, _info: Any) -> str:
        raise ZeroDivisionError("the password is hunter2")

    def denied(_parent: Any, _info: Any) -> str:
        raise Refused("Not yours.")

    def coded(_parent: Any, _info: Any) -> str:
        raise GraphQLError("Too early.", extensions={"code": "TOO_EARLY"})

    async def slow(_parent: Any, info: Any) -> str:
        info.context.shop.started.set()
        try:
            await info.context.shop.go_on.wait()
        except asyncio.CancelledError:
            info.context.shop.cancelled.append("slow")
            raise
        return "done"

    return {
        "hello": lambda _parent, _info, name: f"Hello, {name}!",
        "double": lambda _parent, _info, number: number * 2,
        "price": lambda *_: "9.90",
        "broken": broken,
        "denied": denied,
        "missing": lambda *_: None,
        "coded": coded,
        "unfit": lambda *_: "no number",
        "surrogate": lambda *_: "\ud800",
        "long": lambda *_: "x" * 100_000,
        "slow": slow,
        "viewer": lambda _parent, info: f"{info.context.viewer} {info.context.number}",
        "me": lambda *_: {},
        "friend": lambda *_: {},
    }


def _mutation() -> dict[str, Any]:
    async def note(_parent: Any, info: Any, text: str) -> str:
        info.context.shop.notes.append(text)
        return text

    async def slow_note(parent: Any, info: Any, text: str) -> str:
        info.context.shop.started.set()
        await info.context.shop.go_on.wait()
        return await note(parent, info, text)

    return {"note": note, "slowNote": slow_note}


class Place(LiveEvent):
    """A number that is its own cursor."""

    def __init__(self, number: int, *, recovered: bool | None = None) -> None:
        self.cursor = str(number)
        self.recovered = recovered

    async def __call__(self, _context: Any) -> int:
        return int(self.cursor)


def _subscription() -> dict[str, Any]:
    async def places(_parent: Any, info: Any) -> AsyncIterator[Mark | Place]:
        """The numbers up to 3, from the cursor on."""
        after = int(info.root_value.after or 0)
        yield Mark(str(after))
        for number in range(after + 1, 4):
            yield Place(number, recovered=True if after and number == after + 1 else None)

    async def ticks(_parent: Any, info: Any, upTo: int) -> AsyncIterator[int]:  # noqa: N803 - GraphQL's name
        try:
            for tick in range(1, upTo + 1):
                yield tick
        finally:
            info.context.shop.closed.append("ticks")

    async def forever(_parent: Any, info: Any) -> AsyncIterator[int]:
        try:
            yield 0
            info.context.shop.started.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            info.context.shop.closed.append("forever")

    async def failing(_parent: Any, _info: Any) -> AsyncIterator[int]:
        yield 1
        raise ZeroDivisionError("the source broke")

    def unready(_parent: Any, _info: Any) -> AsyncIterator[int]:
        raise Refused("Not for you.")

    async def viewers(_parent: Any, _info: Any) -> AsyncIterator[None]:
        for _ in range(2):
            yield None

    return {
        "ticks": ticks,
        "forever": forever,
        "failing": failing,
        "unready": unready,
        "viewers": viewers,
        "places": places,
    }


@pytest.fixture
def schema() -> GraphQLSchema:
    schema = build_schema(SDL)
    assert schema.query_type
    assert schema.mutation_type
    assert schema.subscription_type
    for name, resolve in _query().items():
        schema.query_type.fields[name].resolve = resolve
    for name, resolve in _mutation().items():
        schema.mutation_type.fields[name].resolve = resolve
    for name, subscribe in _subscription().items():
        schema.subscription_type.fields[name].subscribe = subscribe
        schema.subscription_type.fields[name].resolve = lambda event, _info, **_: event
    schema.subscription_type.fields["places"].resolve = lambda event, info: event(info.context)
    schema.subscription_type.fields["viewers"].resolve = schema.query_type.fields["viewer"].resolve
    return schema


@pytest.fixture
def executor(schema: GraphQLSchema) -> Executor:
    return Executor(schema, explain)


@pytest.fixture
def make_context(shop: Shop) -> Callable[..., Any]:
    """The server's part: the viewer is the Authorization header, or ``user`` of the connection's payload."""

    async def make_context(
        connection: HTTPConnection | None = None, params: ConnectionParams | None = None
    ) -> Context:
        header = connection.headers.get("authorization") if connection else None
        viewer = (params or {}).get("user") or header or "nobody"
        if viewer in shop.banned:
            raise Refused(f"{viewer} is banned.")
        if viewer == "bug":
            raise ZeroDivisionError("a bug in the server")
        shop.contexts += 1
        return Context(shop, shop.contexts, viewer)

    return make_context


@pytest.fixture
def context(shop: Shop) -> Context:
    return Context(shop, 0, "nobody")


@pytest.fixture
def connections() -> Connections:
    return Connections()


@pytest.fixture
def build_app(executor: Executor, make_context: Any, connections: Connections) -> Callable[..., Starlette]:
    """``build_app(**options)`` mounts the routes with these TransportOptions."""

    def build(**options: Any) -> Starlette:
        return Starlette(
            routes=graphql_routes(executor, make_context, TransportOptions(**options), connections)
        )

    return build


@pytest.fixture
async def client(build_app: Callable[..., Starlette]) -> AsyncIterator[httpx2.AsyncClient]:
    """The application with its default options, without a network."""
    transport = httpx2.ASGITransport(app=build_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        yield client


@pytest.fixture
def serving(build_app: Callable[..., Starlette]) -> Callable[..., Any]:
    """A real server on a free port, for the length of an ``async with``; takes TransportOptions."""

    @contextlib.asynccontextmanager
    async def serve(**options: Any) -> AsyncIterator[SimpleNamespace]:
        config = uvicorn.Config(
            build_app(**options), port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has a flag and no event
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield SimpleNamespace(
                port=port, url=f"http://127.0.0.1:{port}/graphql", ws=f"ws://127.0.0.1:{port}/graphql"
            )
        finally:
            server.should_exit = True
            await task

    return serve
