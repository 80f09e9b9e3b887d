"""From a request to a viewer: the token in its headers, or in a WebSocket's first message."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.requests import HTTPConnection

from adapters.app_tokens import hash_of, is_app_token
from adapters.tokens import TokenInvalid
from commands.shop import Shop
from db import apps, viewers
from domain.access import GUEST, Permission, Viewer
from engine.transport.headers import headers_of

SCHEMES = ("bearer", "jwt")


async def viewer_of(shop: Shop, connection: HTTPConnection, params: Mapping[str, Any] | None) -> Viewer:
    """Who sent the request: a guest when it carries no token.

    Raises ``TokenRefused`` for one that is not good.
    """
    token = token_of(connection, params)
    if token is None:
        return GUEST
    if is_app_token(token):
        return await _app_of(shop, token)
    claims = shop.tokens.read_access(token)
    async with shop.db.read() as reading:
        row = await viewers.of_login(reading, int(claims.user_id), UUID(claims.family))
    if row is None or row.token_key != claims.token_key:
        raise TokenInvalid
    granted = Permission if row.is_superuser and row.is_staff else _known(row.permissions)
    return Viewer(row.user_id, row.email, row.is_staff, frozenset(granted), claims.family, claims.expires_at)


async def _app_of(shop: Shop, token: str) -> Viewer:
    async with shop.db.read() as reading:
        row = await apps.of_token(reading, hash_of(token))
    if row is None:
        raise TokenInvalid
    return Viewer(app_id=row.app_id, token_id=row.token_id, permissions=frozenset(_known(row.permissions)))


def token_of(connection: HTTPConnection, params: Mapping[str, Any] | None) -> str | None:
    """The token in ``Authorization: Bearer …`` (or ``JWT …``), ``Authorization-Bearer: …``, or ``params``.

    Browsers cannot send headers with a WebSocket, so its ``connection_init`` payload stands in for them.
    """
    return token_in(headers_of(connection.scope), params)


def token_in(found: Mapping[str, str], params: Mapping[str, Any] | None = None) -> str | None:
    """As ``token_of``, in a request's headers."""
    if params:
        found = {**found, **{name.lower(): value for name, value in params.items() if isinstance(value, str)}}
    plain = found.get("authorization-bearer") or (found.get("authtoken") if params else None)
    if plain:
        return plain
    scheme, _, token = found.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() in SCHEMES else None


def is_anonymous(headers: Mapping[str, str]) -> bool:
    """Whether the request is a guest's, whatever else is in it."""
    return token_in(headers) is None


def _known(names: list[str]) -> list[Permission]:
    return [Permission(name) for name in names if name in Permission.__members__]
