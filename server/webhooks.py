"""Where payment gateways tell what they have to tell: ``POST /webhooks/NAME``."""

from collections.abc import Mapping
from typing import Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.payments.gateway import Forged, Telling, Unreachable
from commands.payments.settling import hear
from commands.shop import Shop
from domain.payments import IncorrectDetails

log = structlog.get_logger(__name__)
MOST: Final = 1_000_000  # bytes of a message


def webhook_routes() -> list[Route]:
    return [Route("/webhooks/{name}", heard, methods=["POST"])]


async def heard(request: Request) -> Response:
    """Write down what a gateway tells: 200 once it is committed, alike however often and late it is told.

    Any other answer makes a gateway tell it again: 400 where no account has signed it, 409 where it
    contradicts what was told before, 503 where the gateway has to be asked first and does not answer.
    """
    shop: Shop = request.app.state.shop
    telling = shop.gateways.telling(request.path_params["name"])
    if not telling:
        return _answer(404, "There is no such gateway.")
    body = await _body(request)
    if body is None:
        return _answer(413, "The message is too large.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    for gateway in telling:
        try:
            return await _take(shop, gateway, body, headers)
        except Forged:
            continue  # it is another account's, perhaps
    log.warning("notice_forged", name=request.path_params["name"])
    return _answer(400, "Nobody who may tell this has signed it.")


async def _take(shop: Shop, gateway: Telling, body: bytes, headers: Mapping[str, str]) -> Response:
    """Raises ``Forged``."""
    try:
        notice = await gateway.understand(body, headers)
    except Unreachable:
        return _answer(503, "The gateway does not answer.")
    try:
        if notice is not None:
            await hear(shop, gateway.id, notice)
    except IncorrectDetails as wrong:
        log.warning("notice_contradicts", gateway=gateway.id, reference=notice.reference if notice else "")
        return _answer(409, wrong.message)
    return JSONResponse({"received": True})


async def _body(request: Request) -> bytes | None:
    """All of it, and None where it is too large."""
    found = bytearray()
    try:
        async for part in request.stream():
            found += part
            if len(found) > MOST:
                return None
    except ClientDisconnect:
        return b""  # nobody is left to be answered
    return bytes(found)


def _answer(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status, {"cache-control": "no-store"})
