"""Signs of life, for whoever keeps the process running."""

import asyncio

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from commands.shop import Shop
from db import health
from domain.refusals import Busy

PATIENCE = 5.0  # seconds that the database may take to answer


class Readiness:
    """Whether the server wants new clients; the signal to stop turns ``leaving`` on."""

    leaving = False


def health_routes() -> list[Route]:
    return [Route("/healthz", alive), Route("/readyz", ready)]


async def alive(_request: Request) -> Response:
    """200 as long as the process answers at all."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> Response:
    """200 when new clients are welcome: the database answers, and nobody has told us to stop.

    503 otherwise.
    """
    readiness: Readiness = request.app.state.readiness
    if readiness.leaving:
        return JSONResponse({"status": "unavailable", "server": "leaving"}, status_code=503)
    shop: Shop = request.app.state.shop
    try:
        async with asyncio.timeout(PATIENCE), shop.db.read() as connection:
            await health.ping(connection)
    except (Busy, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return JSONResponse({"status": "unavailable", "database": "unreachable"}, status_code=503)
    return JSONResponse({"status": "ok"})
