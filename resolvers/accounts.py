"""Accounts: root fields."""

from typing import Annotated

import strawberry

from commands.accounts import avatars, mailboxes, profile, registration
from engine.uploads import Upload
from engine.words import seen
from loaders.accounts import AccountLoaders
from schema.account_changes import (
    AccountDelete,
    AccountInput,
    AccountRegister,
    AccountRegisterInput,
    AccountRequestDeletion,
    AccountUpdate,
    ConfirmAccount,
    ConfirmEmailChange,
    RequestEmailChange,
    UserAvatarDelete,
    UserAvatarUpdate,
    applicant_of,
    profile_of,
    registration_of,
)
from schema.accounts import User, changed_user
from schema.context import Info
from schema.errors import answers

Channel = Annotated[
    str | None, strawberry.argument(description="The slug of the channel whose shop front it is.")
]
RedirectUrl = Annotated[
    str,
    strawberry.argument(
        description="Where the link in the letter leads; it gets `email` and `token` added to its query."
    ),
]
Token = Annotated[str, strawberry.argument(description="The token of the link in the letter.")]


@strawberry.field(description="Whoever is logged in; null for a guest.")
async def me(info: Info) -> User | None:
    user_id = info.context.viewer.user_id
    if user_id is None:
        return None
    return seen(User, await info.context.loading.load(AccountLoaders.by_id, user_id))


@strawberry.mutation(
    description="Make an account. The answer is the same for an address that has one already."
)
@answers(AccountRegister)
async def account_register(
    info: Info,
    input: Annotated[AccountRegisterInput, strawberry.argument(description="Who it is for.")],
) -> AccountRegister:
    shop = info.context.shop
    wanted = registration_of(input)
    waits = await registration.register(shop, wanted, redirect_url=input.redirect_url, channel=input.channel)
    return AccountRegister(user=applicant_of(wanted, shop.clock()), requires_confirmation=waits)


@strawberry.mutation(description="Confirm an e-mail address by the link from a letter.")
@answers(ConfirmAccount)
async def confirm_account(
    info: Info,
    email: Annotated[str, strawberry.argument(description="The e-mail address.")],
    token: Token,
    password: Annotated[
        str | None,
        strawberry.argument(
            description="The account's password: with it, the orders of guests with this address join it."
        ),
    ] = None,
) -> ConfirmAccount:
    user_id = await registration.confirm(info.context.shop, email, token, password)
    return ConfirmAccount(user=await changed_user(info.context, user_id))


@strawberry.mutation(description="Change one's name, language, metadata or default addresses.")
@answers(AccountUpdate)
async def account_update(
    info: Info, input: Annotated[AccountInput, strawberry.argument(description="What to change.")]
) -> AccountUpdate:
    user_id = await profile.update(info.context.shop, info.context.viewer, profile_of(input))
    return AccountUpdate(user=await changed_user(info.context, user_id))


@strawberry.mutation(
    description="Put a picture on oneself: JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF, of at most 5 MB."
)
@answers(UserAvatarUpdate)
async def user_avatar_update(
    info: Info, image: Annotated[Upload, strawberry.argument(description="The file.")]
) -> UserAvatarUpdate:
    user_id = await avatars.put(info.context.shop, info.context.viewer, image.content)
    return UserAvatarUpdate(user=await changed_user(info.context, user_id))


@strawberry.mutation(description="Take one's picture away.")
@answers(UserAvatarDelete)
async def user_avatar_delete(info: Info) -> UserAvatarDelete:
    user_id = await avatars.remove(info.context.shop, info.context.viewer)
    return UserAvatarDelete(user=await changed_user(info.context, user_id))


@strawberry.mutation(description="Ask for another e-mail address; a letter goes to the new one.")
@answers(RequestEmailChange)
async def request_email_change(
    info: Info,
    new_email: Annotated[str, strawberry.argument(description="The new e-mail address.")],
    password: Annotated[str, strawberry.argument(description="The present password.")],
    redirect_url: RedirectUrl,
    channel: Channel = None,
) -> RequestEmailChange:
    user_id = await mailboxes.request_email_change(
        info.context.shop, info.context.viewer, new_email, password, redirect_url, channel=channel
    )
    return RequestEmailChange(user=await changed_user(info.context, user_id))


@strawberry.mutation(description="Change one's e-mail address by the link from a letter.")
@answers(ConfirmEmailChange)
async def confirm_email_change(info: Info, token: Token, channel: Channel = None) -> ConfirmEmailChange:
    user_id = await mailboxes.confirm_email_change(
        info.context.shop, info.context.viewer, token, channel=channel
    )
    return ConfirmEmailChange(user=await changed_user(info.context, user_id))


@strawberry.mutation(description="Ask for one's account to be deleted; a letter has the link.")
@answers(AccountRequestDeletion)
async def account_request_deletion(
    info: Info, redirect_url: RedirectUrl, channel: Channel = None
) -> AccountRequestDeletion:
    await mailboxes.request_deletion(info.context.shop, info.context.viewer, redirect_url, channel=channel)
    return AccountRequestDeletion()


@strawberry.mutation(
    description="Delete one's account by the link from a letter; orders stay, without the name."
)
@answers(AccountDelete)
async def account_delete(info: Info, token: Token) -> AccountDelete:
    gone = await mailboxes.delete(info.context.shop, info.context.viewer, token)
    return AccountDelete(user=seen(User, gone))
