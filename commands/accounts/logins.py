"""Logins: how they begin, go on and end."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from adapters.tokens import AccessClaims, Purpose, TokenInvalid
from commands.accounts import letters, proofs
from commands.shop import Shop
from db import accounts, attempts, logins, outbox, viewers
from db.accounts import CredentialRow
from db.statements import Connection
from domain import emails
from domain import letters as texts
from domain.access import Viewer
from domain.accounts import Inactive, NotConfirmed, new_token_key
from domain.attempts import Errand
from domain.events import CustomerUpdated
from domain.passwords import weaknesses
from domain.refusals import Invalid, refuse_all

# Two tabs, or a reply that was lost on its way, send a token twice within seconds. A thief's use comes later.
GRACE = timedelta(seconds=10)
MAX_AUDIENCE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Session:
    """The tokens of a login; ``refresh`` is null where the one that was sent is still good."""

    user_id: int
    access: str = field(repr=False)
    refresh: str | None = field(repr=False)


async def log_in(shop: Shop, email: str, password: str, *, audience: str | None = None) -> Session:
    """Begin a login. ``audience`` is another service that may take its tokens.

    Raises ``InvalidCredentials``, ``LoginDelayed``; and to whoever knows the password ``Inactive`` and
    ``NotConfirmed``.
    """
    if audience is not None and not 0 < len(audience) <= MAX_AUDIENCE_LENGTH:
        raise Invalid("This is no name of an audience.", field="audience")
    person = await proofs.password(shop, email, password, field="email")

    if not person.is_active:
        raise Inactive("This account is not active.", field="email")
    if person.awaits_confirmation:
        raise NotConfirmed("Please confirm your e-mail address first.", field="email")
    async with shop.db.transaction() as tx:
        # The user's row comes first, as wherever a password changes. Should it change at this moment, these
        # tokens carry the old key and are good for nothing.
        await accounts.lock(tx, person.id)
        return await _begin(shop, tx, person, person.token_key, audience)


async def refresh(shop: Shop, token: str | None, *, rotate: bool) -> Session:
    """Go on with a login: a new access token; with ``rotate`` the refresh token is spent, for a new one.

    A spent token that turns up again ends the login, because two hold it and one of them is a thief. Within
    ten seconds it is only refused: of several honest uses at once one wins, and its tokens stay good.
    Raises ``TokenRefused``.
    """
    claims = shop.tokens.read_refresh(token)
    now = shop.clock()
    family_id, token_id, successor = UUID(claims.family), UUID(claims.token_id), uuid4()

    async with shop.db.transaction() as tx:
        row = await logins.lock(tx, int(claims.user_id), family_id, token_id)
        good = (
            row is not None
            and row.is_active
            and row.token_key == claims.token_key
            and row.ended_at is None
            and row.spent_at is None
        )
        if row is not None and row.spent_at is not None and now - row.spent_at > GRACE:
            await logins.end(tx, family_id, now)
        if good and rotate:
            expires_at = now + shop.tokens.refresh_lifetime
            await logins.spend(tx, family_id, token_id, successor, now=now, expires_at=expires_at)

    # Raised after the commit: the end of a login must stand.
    if row is None or not good:
        raise TokenInvalid
    user, family = str(row.user_id), claims.family
    return Session(
        row.user_id,
        shop.tokens.access(user, row.token_key, family, is_staff=row.is_staff, audience=claims.audience),
        shop.tokens.refresh(user, row.token_key, family, str(successor), audience=claims.audience)
        if rotate
        else None,
    )


async def verify(shop: Shop, token: str) -> AccessClaims:
    """What an access token says, if it would be taken now. Raises ``TokenRefused``."""
    claims = shop.tokens.read_access(token)
    async with shop.db.read() as connection:
        row = await viewers.of_login(connection, int(claims.user_id), UUID(claims.family))
    if row is None or row.token_key != claims.token_key:
        raise TokenInvalid
    return claims


async def end_all(shop: Shop, viewer: Viewer) -> None:
    """End every login of the viewer, this one among them. Raises ``Unauthenticated``."""
    user_id = viewer.require_login()
    async with shop.db.transaction() as tx:
        await accounts.set_token_key(tx, user_id, new_token_key())
        await logins.end_all(tx, user_id, shop.clock())


async def set_password(shop: Shop, email: str, token: str, password: str) -> Session:
    """Set a password by the link from a letter, end every login and begin a new one.

    The link proves the mailbox, so the account is confirmed and has the orders that guests placed with the
    address. It works once. Raises ``TokenRefused``, ``Invalid``, and ``Refused`` for a weak password.
    Records ``CustomerUpdated``.
    """
    person, _ = await proofs.link(shop, token, Purpose.RESET_PASSWORD)
    if emails.normalize(email) != person.email:
        raise Invalid("This link is for another e-mail address.", field="email")
    refuse_all(weaknesses(password, (person.email, person.first_name, person.last_name)))
    password_hash = await shop.passwords.hash(password)
    key = new_token_key()

    async with shop.db.transaction() as tx:
        if not await accounts.set_password(
            tx, person.id, password_hash, known_key=person.token_key, new_key=key
        ):
            raise TokenInvalid
        await accounts.confirm(tx, person.id)
        await accounts.adopt_orders(tx, person.id)
        await logins.end_all(tx, person.id, shop.clock())
        session = await _begin(shop, tx, person, key, None)
        await outbox.record(tx, CustomerUpdated(person.id))
    await letters.post(shop, person.email, texts.password_changed())
    return session


async def _begin(
    shop: Shop, tx: Connection, person: CredentialRow, token_key: str, audience: str | None
) -> Session:
    family_id, token_id, now = uuid4(), uuid4(), shop.clock()
    await attempts.forget(tx, Errand.PASSWORD, person.email)
    await logins.tidy(tx, person.id, now)
    await logins.begin(
        tx, person.id, family_id, token_id, now=now, expires_at=now + shop.tokens.refresh_lifetime
    )
    user, family = str(person.id), str(family_id)
    return Session(
        person.id,
        shop.tokens.access(user, token_key, family, is_staff=person.is_staff, audience=audience),
        shop.tokens.refresh(user, token_key, family, str(token_id), audience=audience),
    )
