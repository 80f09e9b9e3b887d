"""Passwords: changed with the old one, replaced by a link, and nobody learns who has an account."""

import asyncio

import pytest

from adapters.tokens import TokenInvalid
from commands.accounts import logins, mailboxes, passwords
from commands.shop import Shop
from db.tables.orders import Orders
from domain.access import Viewer
from domain.accounts import InvalidCredentials
from domain.attempts import LoginDelayed, ResetAlreadyRequested
from domain.refusals import Invalid, Refused, Unauthenticated
from tests.factory import AnyRow, Factory
from tests.worlds import CheapMail, Clock

PHRASE = "correct horse battery"
NEW = "another good phrase"
RESET = "https://shop.example/reset"


@pytest.fixture
async def ada(shop: Shop, factory: Factory) -> AnyRow:
    return await factory.user("ada@example.com", password_hash=await shop.passwords.hash(PHRASE))


def viewer(person: AnyRow) -> Viewer:
    return Viewer(person.id, person.email)


async def test_a_changed_password_ends_every_login(shop: Shop, ada: AnyRow, mail: CheapMail) -> None:
    begun = await logins.log_in(shop, ada.email, PHRASE)

    await passwords.change(shop, viewer(ada), NEW, PHRASE)

    with pytest.raises(TokenInvalid):
        await logins.verify(shop, begun.access)
    with pytest.raises(InvalidCredentials):
        await logins.log_in(shop, ada.email, PHRASE)
    assert (await logins.log_in(shop, ada.email, NEW)).user_id == ada.id
    assert [letter.subject for letter in mail.sent] == ["Your password was changed"]


@pytest.mark.parametrize("old", ["wrong", "", None])
async def test_the_old_password_is_asked_for(shop: Shop, ada: AnyRow, old: str | None) -> None:
    with pytest.raises(InvalidCredentials) as refusal:
        await passwords.change(shop, viewer(ada), NEW, old)

    assert refusal.value.field == "oldPassword"
    assert (await logins.log_in(shop, ada.email, PHRASE)).user_id == ada.id


async def test_guessing_the_old_password_is_slowed_down(shop: Shop, ada: AnyRow) -> None:
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            await passwords.change(shop, viewer(ada), NEW, "wrong")

    with pytest.raises(LoginDelayed):
        await passwords.change(shop, viewer(ada), NEW, PHRASE)


async def test_a_weak_new_password_is_refused(shop: Shop, ada: AnyRow) -> None:
    with pytest.raises(Refused) as refused:
        await passwords.change(shop, viewer(ada), "ada@example.com", PHRASE)

    assert [(one.field, one.code) for one in refused.value.refusals] == [
        ("newPassword", "PASSWORD_TOO_SIMILAR")
    ]


async def test_an_account_without_a_password_gets_its_first(shop: Shop, factory: Factory) -> None:
    person = await factory.user("eve@example.com")

    await passwords.change(shop, viewer(person), NEW, None)

    assert (await logins.log_in(shop, "eve@example.com", NEW)).user_id == person.id


async def test_of_two_changes_at_once_one_wins(shop: Shop, ada: AnyRow) -> None:
    choices = [NEW, "a third long phrase"]

    answers = await asyncio.gather(
        *(passwords.change(shop, viewer(ada), choice, PHRASE) for choice in choices), return_exceptions=True
    )

    lost = [answer for answer in answers if answer != ada.id]
    assert [type(answer) for answer in lost] == [InvalidCredentials]
    assert (await logins.log_in(shop, ada.email, choices[answers.index(ada.id)])).user_id == ada.id


async def test_a_guest_has_no_password_to_change(shop: Shop) -> None:
    with pytest.raises(Unauthenticated):
        await passwords.change(shop, Viewer(), NEW, PHRASE)


async def test_a_link_sets_a_password_once_and_proves_the_mailbox(
    shop: Shop, factory: Factory, mail: CheapMail
) -> None:
    person = await factory.user("ada@example.com", is_confirmed=False, awaits_confirmation=True)
    channel = await factory.channel()
    order = await factory.add(Orders, channel_id=channel.id, currency="USD", email=person.email)
    await passwords.request_reset(shop, "Ada@example.com", RESET)
    token = mail.token()

    session = await logins.set_password(shop, "Ada@Example.com", token, NEW)

    with pytest.raises(TokenInvalid):
        await logins.set_password(shop, "ada@example.com", token, PHRASE)
    assert (await logins.verify(shop, session.access)).user_id == str(person.id)
    assert (await logins.log_in(shop, "ada@example.com", NEW)).user_id == person.id
    assert await factory.value("select is_confirmed from users") is True
    assert await factory.value("select user_id from orders where id = $1", order.id) == person.id


async def test_a_link_used_twice_at_once_works_once(shop: Shop, ada: AnyRow, mail: CheapMail) -> None:
    await passwords.request_reset(shop, ada.email, RESET)
    token = mail.token()

    answers = await asyncio.gather(
        *(logins.set_password(shop, ada.email, token, NEW) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Session"] + ["TokenInvalid"] * 3


async def test_a_link_is_refused_with_another_address_or_a_weak_password(
    shop: Shop, ada: AnyRow, mail: CheapMail
) -> None:
    await passwords.request_reset(shop, ada.email, RESET)

    with pytest.raises(Invalid):
        await logins.set_password(shop, "eve@example.com", mail.token(), NEW)
    with pytest.raises(Refused):
        await logins.set_password(shop, ada.email, mail.token(), "1234")

    assert (await logins.set_password(shop, ada.email, mail.token(), NEW)).user_id == ada.id


async def test_a_link_for_one_errand_runs_no_other(shop: Shop, ada: AnyRow, mail: CheapMail) -> None:
    await mailboxes.request_deletion(shop, viewer(ada), RESET)

    with pytest.raises(TokenInvalid):
        await logins.set_password(shop, ada.email, mail.token(), NEW)


async def test_a_reset_tells_nobody_who_has_an_account(
    shop: Shop, factory: Factory, ada: AnyRow, mail: CheapMail, clock: Clock
) -> None:
    await factory.user("off@example.com", is_active=False)
    emails = [ada.email, "nobody@example.com", "off@example.com"]

    for email in emails:
        await passwords.request_reset(shop, email, RESET)
    for email in emails:
        with pytest.raises(ResetAlreadyRequested):
            await passwords.request_reset(shop, email, RESET)
    assert [letter.to for letter in mail.sent] == [ada.email]

    clock.forward(seconds=61)
    for email in emails:
        await passwords.request_reset(shop, email, RESET)
    assert [letter.to for letter in mail.sent] == [ada.email] * 2
