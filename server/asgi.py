"""The ASGI application: the API, files, keys, and the signs of life."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from commands.shop import Shop
from engine.executor import Executor
from engine.limits import Limits
from engine.transport.connections import Connections
from engine.transport.options import ConnectionParams, TransportOptions
from engine.transport.routes import graphql_routes
from schema.context import Context, seconds_left
from server.api import build_schema
from server.background import chores
from server.examples import examples
from server.guarding import guarding, persisted
from server.health import Readiness, health_routes
from server.identity import viewer_of
from server.logs import RequestIds
from server.media import media_routes
from server.metrics import Metrics, Standing, metrics_route
from server.refusing import explain
from server.settings import Settings
from server.watching import Watching
from server.wiring import open_shop

# Allocations between two looks of the collector. A listing makes thousands of objects and drops them all: at
# the default of 700, looking at them in vain is a seventh of its time.
YOUNG: Final = 20_000
OpenShop = Callable[[Settings], AbstractAsyncContextManager[Shop]]


def create_app(
    settings: Settings, open_parts: OpenShop = open_shop, *, with_chores: bool = True
) -> Starlette:
    """An application whose real parts are opened by its lifespan.

    ``with_chores`` it also stands ready to do the shop's chores, such as announcing events.
    """
    debug = settings.environment == "development"
    metrics = Metrics()
    executor = Executor(
        build_schema().graphql,
        explain,
        debug=debug,
        limits=Limits(introspection=settings.introspection),
        observe=Watching(metrics, debug=debug),
    )
    executor.persisted = persisted(settings)
    connections = Connections()

    async def make_context(connection: HTTPConnection, params: ConnectionParams | None) -> Context:
        shop: Shop = connection.app.state.shop
        address = connection.client.host if connection.client else ""
        return Context.of(shop, await viewer_of(shop, connection, params), address)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with (
            open_parts(settings) as shop,
            guarding(settings, shop, executor),
            chores(shop, settings.session_url) if with_chores else nullcontext(),
        ):
            app.state.shop = shop
            app.router.routes.extend(media_routes(shop.files, shop.thumbnails))
            # The schema and the modules live as long as the process: the collector need not look at them
            # again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(YOUNG, 10, 10)
            yield
            await connections.close_all()
            await executor.finish()

    options = TransportOptions(
        origins=frozenset(settings.allowed_origins),
        explorer=settings.graphiql,
        examples=examples(),
        lifetime=seconds_left,
    )
    routes: list[BaseRoute] = [
        *graphql_routes(executor, make_context, options, connections),
        *health_routes(),
        metrics_route(metrics, Standing(executor, connections), settings.metrics_token),
        Route("/.well-known/jwks.json", jwks),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(RequestIds)])
    app.state.executor = executor
    app.state.connections = connections
    app.state.readiness = Readiness()
    return app


async def jwks(request: Request) -> Response:
    """The public key, for whoever checks our tokens without asking us."""
    shop: Shop = request.app.state.shop
    keys: dict[str, Any] = shop.tokens.jwks()
    return JSONResponse(keys, headers={"cache-control": "public, max-age=3600"})
