"""What takes a letter and its link: another e-mail address, and an account's end."""

from adapters.tokens import Purpose, TokenInvalid
from commands.accounts import avatars, letters, proofs
from commands.shop import Shop
from db import accounts, attempts, outbox
from db.accounts import UserRow
from domain import emails
from domain import letters as texts
from domain.access import Viewer
from domain.accounts import StaffStays, email_problems
from domain.attempts import Errand
from domain.events import CustomerDeleted, CustomerUpdated
from domain.refusals import Invalid, Unauthenticated, refuse_all


async def request_email_change(
    shop: Shop,
    viewer: Viewer,
    new_email: str,
    password: str,
    redirect_url: str,
    *,
    channel: str | None = None,
) -> int:
    """Write to the new address with a link that makes it the viewer's; gives their id.

    The answer is the same when somebody has the address already, and the letter tells its owner. Raises
    ``Unauthenticated``, ``InvalidCredentials``, ``LoginDelayed``, ``Refused``.
    """
    viewer.require_login()
    refuse_all(
        [
            *email_problems(new_email, field="newEmail"),
            *await letters.request_problems(shop, redirect_url, channel),
        ]
    )
    address = emails.normalize(new_email)
    person = await proofs.password(shop, viewer.email or "", password, field="password")

    async with shop.db.transaction() as tx:
        await attempts.forget(tx, Errand.PASSWORD, person.email)
        may_write = await attempts.claim(tx, Errand.EMAIL_CHANGE_LETTER, address, shop.clock())
        taken = await accounts.credentials_by_email(tx, address)
    if may_write and taken is None:
        link = letters.link_for(shop, person, Purpose.CHANGE_EMAIL, redirect_url, new_email=address)
        await letters.post(shop, address, texts.confirm_new_email(link))
    elif may_write:
        await letters.post(shop, address, texts.email_is_taken())
    return person.id


async def confirm_email_change(shop: Shop, viewer: Viewer, token: str, *, channel: str | None = None) -> int:
    """Change the viewer's e-mail address by the link from a letter to the new one; gives their id.

    Links that were sent to the old address are then good for nothing. Raises ``Unauthenticated``,
    ``TokenRefused``, ``Refused``, ``Unique`` when somebody has taken the address since. Records
    ``CustomerUpdated``.
    """
    user_id = viewer.require_login()
    refuse_all(await letters.request_problems(shop, None, channel))
    person, claims = await proofs.link(shop, token, Purpose.CHANGE_EMAIL)
    if person.id != user_id:
        raise Invalid("This link is somebody else's.", field="token")
    new_email = claims.payload["new_email"]

    async with shop.db.transaction() as tx:
        if not await accounts.set_email(tx, user_id, new_email, known_email=person.email):
            raise TokenInvalid
        await outbox.record(tx, CustomerUpdated(user_id), by=viewer)
    await letters.post(shop, person.email, texts.email_changed(new_email))
    return user_id


async def request_deletion(
    shop: Shop, viewer: Viewer, redirect_url: str, *, channel: str | None = None
) -> None:
    """Write to the viewer with a link that ends their account.

    Raises ``Unauthenticated``, ``Refused``, ``StaffStays``.
    """
    user_id = viewer.require_login()
    refuse_all(await letters.request_problems(shop, redirect_url, channel))
    _check_customer(viewer)
    async with shop.db.transaction() as tx:
        person = await accounts.credentials(tx, user_id)
        if person is None:
            raise Unauthenticated
        may_write = await attempts.claim(tx, Errand.DELETION_LETTER, person.email, shop.clock())
    if may_write:
        link = letters.link_for(shop, person, Purpose.DELETE_ACCOUNT, redirect_url)
        await letters.post(shop, person.email, texts.delete_account(link))


async def delete(shop: Shop, viewer: Viewer, token: str) -> UserRow:
    """Delete the viewer's account by the link from a letter; gives it as it was.

    Their orders stay, without them. Raises ``Unauthenticated``, ``TokenRefused``, ``Invalid``,
    ``StaffStays``. Records ``CustomerDeleted``.
    """
    user_id = viewer.require_login()
    _check_customer(viewer)
    person, _ = await proofs.link(shop, token, Purpose.DELETE_ACCOUNT)
    if person.id != user_id:
        raise Invalid("This link is somebody else's.", field="token")

    async with shop.db.transaction() as tx:
        gone = await accounts.lock(tx, user_id)
        if gone is None:
            raise Unauthenticated
        await accounts.delete(tx, user_id)
        await outbox.record(tx, CustomerDeleted(user_id), by=viewer)
    if gone.avatar_key is not None:
        await avatars.forget(shop, gone.avatar_key)
    return gone


def _check_customer(viewer: Viewer) -> None:
    if viewer.is_staff:
        raise StaffStays("Whoever works here cannot delete their own account.")
