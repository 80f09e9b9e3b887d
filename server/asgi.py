"""The ASGI application: the API, files, keys, and the signs of life."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from commands.shop import Shop
from engine.caching.serving import Caching
from engine.executor import Executor
from engine.transport.connections import Connections
from engine.transport.headers import address_of
from engine.transport.options import ConnectionParams, TransportOptions
from engine.transport.routes import graphql_routes
from schema.context import Context, seconds_left, viewer_name
from server.api import build_schema
from server.background import chores
from server.caching import caching, is_known, is_ordinary
from server.examples import examples
from server.guarding import guarding, limits, persisted
from server.health import Readiness, health_routes
from server.identity import is_anonymous, viewer_of
from server.logs import RequestIds
from server.media import media_routes
from server.metrics import Metrics, Standing, metrics_route
from server.refusing import explain
from server.repeating import Repeating
from server.settings import Settings
from server.traces import traces_to
from server.watching import Watching, payload_codes
from server.webhooks import webhook_routes
from server.wiring import open_shop

FINISH_SECONDS = 3.0  # for mutations that still run when the server has waited for its clients

OpenShop = Callable[[Settings], AbstractAsyncContextManager[Shop]]


class Application(Starlette):
    """The API goes past Starlette's layers, all of which are for others.

    They would take their share of each request, and stay on the stack of each socket as long as it is open.
    """

    straight: Mapping[tuple[str, str], ASGIApp] = {}
    """By the kind of scope, and its path."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = self.straight.get((scope["type"], scope.get("path", "")))
        if known is None:
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        await known(scope, receive, send)


def create_app(
    settings: Settings, open_parts: OpenShop = open_shop, *, with_chores: bool = True
) -> Starlette:
    """An application whose real parts are opened by its lifespan.

    ``with_chores`` it also stands ready to do the shop's chores, such as announcing events.
    """
    debug = settings.environment == "development"
    metrics = Metrics()
    traces = traces_to(settings.otel_exporter_otlp_endpoint)
    schema = build_schema()
    executor = Executor(
        schema.graphql,
        explain,
        debug=debug,
        limits=limits(settings),
        observe=Watching(
            metrics,
            debug=debug,
            trace=traces.tell if traces else None,
            payload_codes=payload_codes(schema.graphql),
        ),
    )
    executor.persisted = persisted(settings)
    executor.repeats = Repeating(settings.secret_key)
    executor.caching = keeping = Caching(is_ordinary, is_known)
    connections = Connections()

    async def make_context(connection: HTTPConnection, params: ConnectionParams | None) -> Context:
        shop: Shop = connection.app.state.shop
        return Context.of(shop, await viewer_of(shop, connection, params), address_of(connection.scope))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with (
            traces.telling() if traces else nullcontext(),
            open_parts(settings) as shop,
            guarding(settings, shop, executor),
            caching(settings, shop, keeping, schema),
            chores(shop, settings.session_url) if with_chores else nullcontext(),
        ):
            app.state.shop = shop
            app.router.routes.extend(media_routes(shop.files, shop.thumbnails))
            yield
            await connections.close_all()
            await executor.finish(FINISH_SECONDS)

    options = TransportOptions(
        origins=frozenset(settings.allowed_origins),
        explorer=settings.graphiql,
        examples=examples(),
        lifetime=seconds_left,
        identity=viewer_name,
        anonymous=is_anonymous,
    )
    graphql = graphql_routes(executor, make_context, options, connections)
    routes: list[BaseRoute] = [
        *graphql,
        *health_routes(),
        metrics_route(metrics, Standing(executor, connections), settings.metrics_token),
        Route("/.well-known/jwks.json", jwks),
        *webhook_routes(),
    ]
    around = [Middleware(RequestIds), *([Middleware(traces.carried)] if traces else [])]
    app = Application(routes=routes, lifespan=lifespan, middleware=around)
    app.straight = {
        (kind, route.path): RequestIds(
            traces.carried(route.app) if traces else route.app, hands_down=kind == "http"
        )
        for kind, Kind in (("http", Route), ("websocket", WebSocketRoute))
        for route in graphql
        if isinstance(route, Kind)
    }
    app.state.executor = executor
    app.state.connections = connections
    app.state.readiness = Readiness()
    return app


async def jwks(request: Request) -> Response:
    """The public key, for whoever checks our tokens without asking us."""
    shop: Shop = request.app.state.shop
    keys: dict[str, Any] = shop.tokens.jwks()
    return JSONResponse(keys, headers={"cache-control": "public, max-age=3600"})
