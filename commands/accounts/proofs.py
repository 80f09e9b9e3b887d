"""What somebody has to show before their account is touched: the password, or a link from a mail."""

from adapters.tokens import Purpose, PurposeClaims, TokenInvalid, TokenRefused
from commands.shop import Shop
from db import accounts, attempts
from db.accounts import CredentialRow
from domain import emails
from domain.accounts import InvalidCredentials
from domain.attempts import Errand, LoginDelayed


async def password(shop: Shop, email: str, given: str, *, field: str | None = None) -> CredentialRow:
    """Whose e-mail address and password these are; ``field`` is named where they are nobody's.

    Raises ``InvalidCredentials``, after the same time whether or not the address is anybody's, and
    ``LoginDelayed`` after several wrong tries for one address, made one by one or at once. Whoever goes on
    with a good one has to forget the ``PASSWORD`` attempts.
    """
    address = emails.normalize(email)
    person = None
    # What cannot be kept is nobody's address. One that could not register today may be from an older shop.
    if len(address) <= emails.MAX_LENGTH and address.isprintable():
        async with shop.db.transaction() as tx:
            if not await attempts.claim(tx, Errand.PASSWORD, address, shop.clock()):
                raise LoginDelayed
            person = await accounts.credentials_by_email(tx, address)

    if person is None:
        await shop.passwords.verify_nobody(given)
    elif await shop.passwords.verify(given, person.password_hash or ""):
        return person
    raise InvalidCredentials("The e-mail address or the password is wrong.", field=field)


async def link(shop: Shop, token: str, purpose: Purpose) -> tuple[CredentialRow, PurposeClaims]:
    """Whose link this is, and what it says.

    Raises ``TokenRefused``: also when the user has since been deactivated, or has another e-mail address or
    token key than when the letter was written.
    """
    try:
        claims = shop.tokens.read_purpose(token, purpose)
        async with shop.db.read() as connection:
            person = await accounts.credentials(connection, int(claims.user_id))
        if (
            person is None
            or not person.is_active
            or person.token_key != claims.token_key
            or person.email != claims.payload.get("email")
        ):
            raise TokenInvalid
    except TokenRefused as refused:
        refused.field = "token"
        raise
    return person, claims
