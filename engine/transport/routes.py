"""The routes a server mounts."""

from starlette.routing import BaseRoute, Route, WebSocketRoute

from engine.executor import Executor
from engine.explorer.page import Asset
from engine.transport.connections import Connections
from engine.transport.http import HTTPEndpoint
from engine.transport.options import MakeContext, TransportOptions
from engine.transport.websocket import WebSocketEndpoint


def graphql_routes(
    executor: Executor,
    make_context: MakeContext,
    options: TransportOptions,
    connections: Connections | None = None,
) -> list[BaseRoute]:
    """Everything at ``options.path``, with and without a slash at its end: POST does not survive a redirect.

    Keep ``connections`` to close what is open when the server goes down.
    """
    if connections is None:
        connections = Connections()
    http = HTTPEndpoint(executor, make_context, options, connections)
    websocket = WebSocketEndpoint(executor, make_context, options, connections)
    routes: list[BaseRoute] = []
    for path in (f"{options.path}/", options.path):
        routes += [Route(path, http), WebSocketRoute(path, websocket)]
    if options.explorer:
        routes.append(Route(f"{options.path}/explorer/{{name}}", Asset()))
    return routes
