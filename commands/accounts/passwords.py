"""Passwords: changing one's own, and asking for a letter when it is forgotten."""

from adapters.tokens import Purpose
from commands.accounts import letters, proofs
from commands.shop import Shop
from db import accounts, attempts, logins, outbox
from domain import emails
from domain import letters as texts
from domain.access import Viewer
from domain.accounts import InvalidCredentials, email_problems, new_token_key
from domain.attempts import Errand, ResetAlreadyRequested
from domain.events import CustomerUpdated
from domain.passwords import weaknesses
from domain.refusals import Unauthenticated, refuse_all


async def change(shop: Shop, viewer: Viewer, new: str, old: str | None) -> int:
    """Change the viewer's password and end every login, this one among them; gives their id.

    An account without a password, which was made elsewhere, needs no ``old`` one. Raises
    ``Unauthenticated``, ``InvalidCredentials``, ``LoginDelayed``, and ``Refused`` for a weak password.
    Records ``CustomerUpdated``.
    """
    user_id = viewer.require_login()
    async with shop.db.read() as connection:
        person = await accounts.credentials(connection, user_id)
    if person is None:
        raise Unauthenticated
    refuse_all(weaknesses(new, (person.email, person.first_name, person.last_name), field="newPassword"))
    if person.password_hash is not None:
        await proofs.password(shop, person.email, old or "", field="oldPassword")
    password_hash = await shop.passwords.hash(new)

    async with shop.db.transaction() as tx:
        # Of two changes at once the first ends the login that the second came by.
        if not await accounts.set_password(
            tx, user_id, password_hash, known_key=person.token_key, new_key=new_token_key()
        ):
            raise InvalidCredentials("The password has just been changed.", field="oldPassword")
        await attempts.forget(tx, Errand.PASSWORD, person.email)
        await logins.end_all(tx, user_id, shop.clock())
        await outbox.record(tx, CustomerUpdated(user_id), by=viewer)
    await letters.post(shop, person.email, texts.password_changed())
    return user_id


async def request_reset(shop: Shop, email: str, redirect_url: str, *, channel: str | None = None) -> None:
    """Write to the address's owner, if it has one, with a link to choose another password.

    Nothing tells whether it has: a second request within a minute (more, when they go on) is refused for any
    address. Raises ``ResetAlreadyRequested``, and ``Refused`` for what is wrong with the input.
    """
    refuse_all([*email_problems(email), *await letters.request_problems(shop, redirect_url, channel)])
    address = emails.normalize(email)
    async with shop.db.transaction() as tx:
        if not await attempts.claim(tx, Errand.RESET_LETTER, address, shop.clock()):
            raise ResetAlreadyRequested
        person = await accounts.credentials_by_email(tx, address)
    if person is not None and person.is_active:
        link = letters.link_for(shop, person, Purpose.RESET_PASSWORD, redirect_url)
        await letters.post(shop, address, texts.reset_password(link))
