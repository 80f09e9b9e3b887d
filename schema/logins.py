"""Logins and passwords: what comes back."""

import strawberry

from schema.account_errors import AccountError
from schema.accounts import User
from schema.scalars import JSON

NO_COOKIES = "Tokens travel in no cookie here, so there is nothing to forge: it is always null."


@strawberry.type(description="A login has begun.")
class CreateToken:
    token: str | None = strawberry.field(default=None, description="What to send with each request.")
    refresh_token: str | None = strawberry.field(default=None, description="What to get the next token with.")
    csrf_token: str | None = strawberry.field(
        default=None, description="For clients that keep one.", deprecation_reason=NO_COOKIES
    )
    user: User | None = strawberry.field(default=None, description="Whose login it is.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="A login goes on.")
class RefreshToken:
    token: str | None = strawberry.field(default=None, description="What to send with each request.")
    refresh_token: str | None = strawberry.field(
        default=None,
        description="What to get the next token with. Whoever asks for it has spent the one they sent, "
        "which must not be used again; where it is not asked for, the old one stays good.",
    )
    user: User | None = strawberry.field(default=None, description="Whose login it is.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="What a token is worth at this moment.")
class VerifyToken:
    is_valid: bool = strawberry.field(default=False, description="Whether a request with it would be taken.")
    user: User | None = strawberry.field(default=None, description="Whom it speaks for.")
    payload: JSON | None = strawberry.field(default=None, description="What it says.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why it is not valid.")


@strawberry.type(description="Every login of a user has ended.")
class DeactivateAllUserTokens:
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="A forgotten password was replaced, and a login has begun.")
class SetPassword:
    token: str | None = strawberry.field(default=None, description="What to send with each request.")
    refresh_token: str | None = strawberry.field(default=None, description="What to get the next token with.")
    csrf_token: str | None = strawberry.field(
        default=None, description="For clients that keep one.", deprecation_reason=NO_COOKIES
    )
    user: User | None = strawberry.field(default=None, description="Whose login it is.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="A password was changed, and every login has ended.")
class PasswordChange:
    user: User | None = strawberry.field(default=None, description="Whose password it is.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="A letter was asked for, to choose another password with.")
class RequestPasswordReset:
    errors: list[AccountError] = strawberry.field(
        default_factory=list,
        description="Why nothing was done; the same whoever has the address.",
    )
