"""Signed tokens (JWT, RS256): who is calling, how a session goes on, and the links in mails.

A token says what it is for in its ``type`` claim and is read by that word alone: a refresh token opens
nothing, and a link to confirm an account resets no password. Each carries the user's token key as it was; a
caller compares it with the user's present one, so changing the key ends everything that was ever issued to
them. Which refresh tokens were used is the database's to know: here they only carry their id and their
family's.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import uuid4

import jwt

from adapters.signing import ALGORITHM, signing_key
from domain.refusals import Refusal

MAX_LENGTH = 8192  # characters; ours have some six hundred, and a longer one is not worth decoding
MOST_KNOWN = 4096  # access tokens that were read lately, of about a kilobyte each


class TokenRefused(Refusal):
    """A token that is absent, garbled, not ours or not for this use, or too old: each a subclass."""

    reason: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.reason)


class TokenMissing(TokenRefused):
    code = "JWT_MISSING_TOKEN"
    reason = "A token is needed."


class TokenGarbled(TokenRefused):
    code = "JWT_DECODE_ERROR"
    reason = "This is not a token."


class TokenInvalid(TokenRefused):
    code = "JWT_INVALID_TOKEN"
    reason = "This token is not valid here."


class TokenExpired(TokenRefused):
    code = "JWT_SIGNATURE_EXPIRED"
    reason = "This token has expired."


class Purpose(StrEnum):
    """What a link in a mail may do."""

    CONFIRM_ACCOUNT = "confirm-account"
    RESET_PASSWORD = "reset-password"  # noqa: S105 - the name of an errand
    DELETE_ACCOUNT = "delete-account"
    CHANGE_EMAIL = "change-email"


LIFETIMES: dict[Purpose, timedelta] = {
    Purpose.CONFIRM_ACCOUNT: timedelta(days=3),
    Purpose.RESET_PASSWORD: timedelta(days=1),
    Purpose.DELETE_ACCOUNT: timedelta(days=1),
    Purpose.CHANGE_EMAIL: timedelta(days=1),
}

ACCESS = "access"
REFRESH = "refresh"
CUSTOM = "custom:"


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """A caller. ``family`` is the session, shared by every token that descends from one login."""

    user_id: str
    token_key: str
    family: str
    token_id: str
    is_staff: bool
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """A session that asks to go on; ``token_id`` is good for one use.

    ``audience`` is the one that the login asked for besides the server's own.
    """

    user_id: str
    token_key: str
    family: str
    token_id: str
    issued_at: datetime
    expires_at: datetime
    audience: str | None = None


@dataclass(frozen=True, slots=True)
class PurposeClaims:
    """A link that was followed, with what it was made for."""

    user_id: str
    token_key: str
    purpose: Purpose
    issued_at: datetime
    expires_at: datetime
    payload: Mapping[str, str] = field(default_factory=dict)


class Tokens:
    """Issues and reads the tokens of one server.

    ``issuer`` is the public address of the GraphQL endpoint: client libraries compare it with the address
    they call before they attach a token. User ids, token keys and families are text and mean nothing here.
    Raises ``ValueError`` for a key that cannot sign.
    """

    def __init__(
        self,
        private_key_pem: str,
        *,
        issuer: str,
        audience: str,
        clock: Callable[[], datetime],
        access_lifetime: timedelta = timedelta(minutes=5),
        refresh_lifetime: timedelta = timedelta(days=30),
    ) -> None:
        self.access_lifetime = access_lifetime
        self.refresh_lifetime = refresh_lifetime
        self._key = signing_key(private_key_pem)
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._known: OrderedDict[str, AccessClaims] = OrderedDict()

    def access(
        self, user_id: str, token_key: str, family: str, *, is_staff: bool, audience: str | None = None
    ) -> str:
        """A token to call with, for ``access_lifetime``; ``audience`` is another service that may take it."""
        claims = {"family": family, "jti": str(uuid4()), "is_staff": is_staff, **self._audiences(audience)}
        return self._issue(ACCESS, user_id, token_key, self.access_lifetime, claims)

    def refresh(
        self, user_id: str, token_key: str, family: str, token_id: str, *, audience: str | None = None
    ) -> str:
        """A token to get the next pair with, for ``refresh_lifetime``."""
        claims = {"family": family, "jti": token_id, **self._audiences(audience)}
        return self._issue(REFRESH, user_id, token_key, self.refresh_lifetime, claims)

    def for_purpose(
        self,
        purpose: Purpose,
        user_id: str,
        token_key: str,
        payload: Mapping[str, str] | None = None,
        *,
        lifetime: timedelta | None = None,
    ) -> str:
        """A token for a link in a mail, for the purpose's own lifetime unless told otherwise.

        The payload is signed, not hidden: whoever holds the token reads it.
        """
        claims = {"jti": str(uuid4()), "payload": dict(payload or {})}
        return self._issue(purpose, user_id, token_key, lifetime or LIFETIMES[purpose], claims)

    def read_access(self, token: str | None) -> AccessClaims:
        """Who calls. Raises ``TokenRefused``.

        A token's signature is checked once: a client sends the same one with every request of its lifetime,
        and what is true of its bytes stays true. That it ended is looked at each time.
        """
        known = self._known.get(token or "")
        if known is not None:
            if self._clock() >= known.expires_at:
                raise TokenExpired
            return known
        claims, issued_at, expires_at = self._read(token, ACCESS, "family", "jti")
        read = AccessClaims(
            user_id=claims["sub"],
            token_key=claims["token"],
            family=claims["family"],
            token_id=claims["jti"],
            is_staff=claims.get("is_staff") is True,
            issued_at=issued_at,
            expires_at=expires_at,
        )
        assert token, "it was read"
        self._known[token] = read
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return read

    def read_refresh(self, token: str | None) -> RefreshClaims:
        """The session that goes on. Raises ``TokenRefused``."""
        claims, issued_at, expires_at = self._read(token, REFRESH, "family", "jti")
        return RefreshClaims(
            user_id=claims["sub"],
            token_key=claims["token"],
            family=claims["family"],
            token_id=claims["jti"],
            issued_at=issued_at,
            expires_at=expires_at,
            audience=_custom_audience(claims["aud"]),
        )

    def read_purpose(self, token: str | None, purpose: Purpose) -> PurposeClaims:
        """What a link was made for, if it was made for this. Raises ``TokenRefused``."""
        claims, issued_at, expires_at = self._read(token, purpose)
        return PurposeClaims(
            user_id=claims["sub"],
            token_key=claims["token"],
            purpose=purpose,
            issued_at=issued_at,
            expires_at=expires_at,
            payload=claims.get("payload", {}),
        )

    def jwks(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set, for anybody who checks our tokens."""
        return self._key.jwks()

    def _audiences(self, more: str | None) -> dict[str, Any]:
        return {"aud": [self._audience, f"{CUSTOM}{more}"]} if more else {}

    def _issue(
        self, kind: str, user_id: str, token_key: str, lifetime: timedelta, more: Mapping[str, Any]
    ) -> str:
        now = int(self._clock().timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": user_id,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "type": kind,
            "token": token_key,
            **more,
        }
        return jwt.encode(claims, self._key.private, algorithm=ALGORITHM, headers={"kid": self._key.id})

    def _read(self, token: str | None, kind: str, *texts: str) -> tuple[dict[str, Any], datetime, datetime]:
        """The claims, with the moments the token was issued and ends; ``texts`` are claims it must have."""
        if not token:
            raise TokenMissing
        if len(token) > MAX_LENGTH:
            raise TokenGarbled
        try:
            read = jwt.decode_complete(
                token,
                self._key.public,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                # Time is the shop's clock's, below; PyJWT would ask the machine's.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.InvalidSignatureError as error:
            raise TokenInvalid from error
        except jwt.DecodeError as error:
            raise TokenGarbled from error
        except jwt.InvalidTokenError as error:
            raise TokenInvalid from error

        claims: dict[str, Any] = read["payload"]
        if (
            read["header"].get("kid") != self._key.id
            or claims.get("type") != kind
            or not all(isinstance(claims.get(name), str) for name in ("sub", "token", *texts))
        ):
            raise TokenInvalid
        issued_at, expires_at = _time(claims.get("iat")), _time(claims.get("exp"))
        if issued_at is None or expires_at is None:
            raise TokenInvalid
        if self._clock() >= expires_at:
            raise TokenExpired
        return claims, issued_at, expires_at


def _custom_audience(audiences: str | list[str]) -> str | None:
    """The audience that a login asked for, without its prefix."""
    asked = audiences[1:] if isinstance(audiences, list) else []
    return asked[0].removeprefix(CUSTOM) if asked else None


def _time(seconds: object) -> datetime | None:
    """The moment a claim names; none if it is no number of seconds, or one beyond the calendar."""
    if not isinstance(seconds, int):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
