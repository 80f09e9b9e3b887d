"""Registration: from an e-mail address and a password to an account whose mailbox is proven."""

from adapters.tokens import Purpose
from commands.accounts import letters, proofs
from commands.shop import Shop
from db import accounts, attempts, outbox
from db.accounts import CredentialRow
from domain import emails
from domain import letters as texts
from domain.accounts import (
    Registration,
    email_problems,
    new_token_key,
    registration_problems,
)
from domain.attempts import Errand
from domain.events import CustomerCreated, CustomerUpdated
from domain.passwords import weaknesses
from domain.refusals import Invalid, Unique, refuse_all


async def register(
    shop: Shop, wanted: Registration, *, redirect_url: str | None = None, channel: str | None = None
) -> bool:
    """Make an account, and say whether it waits for its mailbox to be confirmed, as it does with a link.

    The answer, its time and the number of letters are the same when the address has an account already; its
    owner alone is told, in a letter. Raises ``Refused`` for what is wrong with the input.
    Records ``CustomerCreated``.
    """
    refuse_all([*registration_problems(wanted), *await letters.request_problems(shop, redirect_url, channel)])
    email = emails.normalize(wanted.email)
    now = shop.clock()
    password_hash = await shop.passwords.hash(wanted.password)

    async with shop.db.transaction() as tx:
        may_write = await attempts.claim(tx, Errand.REGISTRATION_LETTER, email, now)
        made = await accounts.insert(
            tx,
            email=email,
            password_hash=password_hash,
            token_key=new_token_key(),
            now=now,
            first_name=wanted.first_name.strip(),
            last_name=wanted.last_name.strip(),
            language_code=wanted.language_code,
            meta=wanted.meta,
            awaits_confirmation=redirect_url is not None,
        )
        if made is not None:
            await outbox.record(tx, CustomerCreated(made))
        person = await accounts.credentials_by_email(tx, email)

    # Nobody's mailbox is flooded by registering its address again and again.
    if may_write and person is not None:
        await letters.post(shop, email, _letter(shop, person, redirect_url, new=made is not None))
    return redirect_url is not None


async def confirm(shop: Shop, email: str, token: str, password: str | None = None) -> int:
    """Take the mailbox for proven; gives the user's id.

    Orders that guests placed with the address become the user's, but only with the account's ``password``:
    whoever registers with somebody else's address has that, and whoever reads the mailbox has not. Raises
    ``TokenRefused``, ``Invalid``, ``InvalidCredentials``, ``LoginDelayed``. Records ``CustomerUpdated``.
    """
    person, _ = await proofs.link(shop, token, Purpose.CONFIRM_ACCOUNT)
    if emails.normalize(email) != person.email:
        raise Invalid("This link is for another e-mail address.", field="email")
    if password is not None:
        await proofs.password(shop, person.email, password, field="password")

    async with shop.db.transaction() as tx:
        await accounts.confirm(tx, person.id)
        if password is not None:
            await attempts.forget(tx, Errand.PASSWORD, person.email)
            await accounts.adopt_orders(tx, person.id)
        await outbox.record(tx, CustomerUpdated(person.id))
    return person.id


async def create_superuser(shop: Shop, email: str, password: str) -> int:
    """Make a member of staff who may do everything; gives their id.

    Raises ``Refused`` for what is wrong with the input, ``Unique`` when the address has an account already.
    """
    refuse_all([*email_problems(email), *weaknesses(password, (email,))])
    password_hash = await shop.passwords.hash(password)
    async with shop.db.transaction() as tx:
        made = await accounts.insert(
            tx,
            email=emails.normalize(email),
            password_hash=password_hash,
            token_key=new_token_key(),
            now=shop.clock(),
            is_staff=True,
            is_superuser=True,
            is_confirmed=True,
        )
        if made is None:
            raise Unique("This e-mail address has an account already.", field="email")
        await outbox.record(tx, CustomerCreated(made))
    return made


def _letter(shop: Shop, person: CredentialRow, redirect_url: str | None, *, new: bool) -> texts.Letter:
    """Somebody who lost the first letter registers again, and gets another one to confirm with."""
    if redirect_url is not None and (new or person.awaits_confirmation):
        return texts.confirm_account(letters.link_for(shop, person, Purpose.CONFIRM_ACCOUNT, redirect_url))
    return texts.welcome() if new else texts.already_registered()
