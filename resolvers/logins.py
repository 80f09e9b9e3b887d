"""Logins and passwords: root fields."""

from typing import Annotated

import strawberry
from strawberry.types.nodes import SelectedField, Selection

from adapters.tokens import AccessClaims
from commands.accounts import logins, passwords
from schema import ids
from schema.accounts import changed_user
from schema.context import Info
from schema.errors import answers
from schema.logins import (
    CreateToken,
    DeactivateAllUserTokens,
    PasswordChange,
    RefreshToken,
    RequestPasswordReset,
    SetPassword,
    VerifyToken,
)
from schema.scalars import JSON


@strawberry.mutation(description="Log in.")
@answers(CreateToken)
async def token_create(
    info: Info,
    email: Annotated[str, strawberry.argument(description="The e-mail address.")],
    password: Annotated[str, strawberry.argument(description="The password.")],
    audience: Annotated[
        str | None,
        strawberry.argument(description="Another service that may take the tokens: `custom:` and this name."),
    ] = None,
) -> CreateToken:
    session = await logins.log_in(info.context.shop, email, password, audience=audience)
    return CreateToken(
        token=session.access,
        refresh_token=session.refresh,
        user=await changed_user(info.context, session.user_id),
    )


@strawberry.mutation(
    description="Go on with a login: get another token before, or after, the old one expires."
)
@answers(RefreshToken)
async def token_refresh(
    info: Info,
    csrf_token: Annotated[
        str | None,
        strawberry.argument(description="For clients that send one; refresh tokens come in no cookie."),
    ] = None,
    refresh_token: Annotated[str | None, strawberry.argument(description="The refresh token.")] = None,
) -> RefreshToken:
    del csrf_token
    # A client that does not ask for the next refresh token could not go on without the one it has.
    rotate = any(_asks_for("refreshToken", field.selections) for field in info.selected_fields)
    session = await logins.refresh(info.context.shop, refresh_token, rotate=rotate)
    return RefreshToken(
        token=session.access,
        refresh_token=session.refresh,
        user=await changed_user(info.context, session.user_id),
    )


@strawberry.mutation(description="Say what a token is worth at this moment.")
@answers(VerifyToken)
async def token_verify(
    info: Info, token: Annotated[str, strawberry.argument(description="The token.")]
) -> VerifyToken:
    claims = await logins.verify(info.context.shop, token)
    user = await changed_user(info.context, int(claims.user_id))
    return VerifyToken(is_valid=True, user=user, payload=JSON(_payload(claims)))


@strawberry.mutation(description="End every login of one's own, this one among them.")
@answers(DeactivateAllUserTokens)
async def tokens_deactivate_all(info: Info) -> DeactivateAllUserTokens:
    await logins.end_all(info.context.shop, info.context.viewer)
    return DeactivateAllUserTokens()


@strawberry.mutation(description="Choose another password by the link from a letter, and log in.")
@answers(SetPassword)
async def set_password(
    info: Info,
    email: Annotated[str, strawberry.argument(description="The e-mail address.")],
    password: Annotated[str, strawberry.argument(description="The new password.")],
    token: Annotated[str, strawberry.argument(description="The token of the link in the letter.")],
) -> SetPassword:
    session = await logins.set_password(info.context.shop, email, token, password)
    return SetPassword(
        token=session.access,
        refresh_token=session.refresh,
        user=await changed_user(info.context, session.user_id),
    )


@strawberry.mutation(description="Change one's password; every login of one's own ends, this one among them.")
@answers(PasswordChange)
async def password_change(
    info: Info,
    new_password: Annotated[str, strawberry.argument(description="The new password.")],
    old_password: Annotated[
        str | None, strawberry.argument(description="The present one, if the account has one.")
    ] = None,
) -> PasswordChange:
    user_id = await passwords.change(info.context.shop, info.context.viewer, new_password, old_password)
    return PasswordChange(user=await changed_user(info.context, user_id))


@strawberry.mutation(description="Ask for a letter to choose another password with.")
@answers(RequestPasswordReset)
async def request_password_reset(
    info: Info,
    email: Annotated[str, strawberry.argument(description="The e-mail address.")],
    redirect_url: Annotated[
        str,
        strawberry.argument(
            description="Where the link in the letter leads; it gets `email` and `token` added to its query."
        ),
    ],
    channel: Annotated[
        str | None, strawberry.argument(description="The slug of the channel whose shop front it is.")
    ] = None,
) -> RequestPasswordReset:
    await passwords.request_reset(info.context.shop, email, redirect_url, channel=channel)
    return RequestPasswordReset()


def _asks_for(name: str, selections: list[Selection]) -> bool:
    """Whether the field is among the selections, as far as the directives let it be."""
    return any(
        _is_included(selection)
        and (
            selection.name == name
            if isinstance(selection, SelectedField)
            else _asks_for(name, selection.selections)
        )
        for selection in selections
    )


def _is_included(selection: Selection) -> bool:
    include = selection.directives.get("include", {"if": True})
    skip = selection.directives.get("skip", {"if": False})
    return bool(include["if"]) and not skip["if"]


def _payload(claims: AccessClaims) -> dict[str, object]:
    return {
        "type": "access",
        "user_id": ids.to_global("User", int(claims.user_id)),
        "is_staff": claims.is_staff,
        "iat": int(claims.issued_at.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
    }
