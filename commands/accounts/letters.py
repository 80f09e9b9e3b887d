"""Letters to people, and where their links may lead."""

from adapters.mail import Message
from adapters.tokens import Purpose
from commands.shop import Shop
from db import channels
from db.accounts import CredentialRow
from domain.accounts import channel_problems
from domain.letters import Letter
from domain.links import link, redirect_problems
from domain.refusals import Refusal


async def request_problems(shop: Shop, redirect_url: str | None, channel: str | None) -> list[Refusal]:
    """What is wrong with the address that a letter is to lead to, and with the channel it is asked for in."""
    found = [] if redirect_url is None else redirect_problems(redirect_url, shop.redirect_hosts)
    if channel is None:
        return found
    async with shop.db.read() as connection:
        named = await channels.by_slugs(connection, [channel])
    return [*found, *channel_problems(named[0].is_active if named else None)]


async def post(shop: Shop, to: str, letter: Letter) -> None:
    """Send it. To be called after the transaction; a mail server that is down changes nothing."""
    await shop.mail.send(Message(to, letter.subject, letter.text))


def link_for(
    shop: Shop, person: CredentialRow, purpose: Purpose, redirect_url: str, *, new_email: str | None = None
) -> str:
    """The link that proves the mailbox: ``redirect_url`` with ``email`` and ``token``.

    It is good while the person has this e-mail address and token key.
    """
    payload = {"email": person.email} | ({"new_email": new_email} if new_email else {})
    token = shop.tokens.for_purpose(purpose, str(person.id), person.token_key, payload)
    return link(redirect_url, email=new_email or person.email, token=token)
