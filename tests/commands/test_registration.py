"""Registration: the same answer for everybody, and only the mailbox's owner learns more."""

import asyncio

import pytest
import structlog

from adapters.mail import MailUndelivered, Message
from adapters.tokens import TokenExpired, TokenInvalid
from commands.accounts import logins, registration
from commands.shop import Shop
from db.tables.orders import Orders
from domain.accounts import InvalidCredentials, NotConfirmed, Registration
from domain.refusals import Invalid, Refused, Unique
from server.settings import Settings
from server.wiring import open_shop
from tests.factory import AnyRow, Factory
from tests.worlds import CheapMail, Clock

PHRASE = "correct horse battery"
CONFIRM = "https://shop.example/confirm"


def wanted(email: str = "ada@example.com", password: str = PHRASE) -> Registration:
    return Registration(email=email, password=password, first_name=" Ada ", meta={"from": "fair"})


async def guest_order(factory: Factory, channel: AnyRow, email: str) -> AnyRow:
    return await factory.add(Orders, channel_id=channel.id, currency=channel.currency_code, email=email)


async def test_an_account_with_a_link_waits_for_it(shop: Shop, factory: Factory, mail: CheapMail) -> None:
    waits = await registration.register(shop, wanted("ADA@example.com"), redirect_url=CONFIRM)

    with pytest.raises(NotConfirmed):
        await logins.log_in(shop, "ada@example.com", PHRASE)
    user_id = await registration.confirm(shop, "ada@example.com", mail.token())
    assert (await logins.log_in(shop, "ada@example.com", PHRASE)).user_id == user_id
    (row,) = await factory.fetch("select email, first_name, meta, is_confirmed from users")
    assert (waits, tuple(row)) == (True, ("ada@example.com", "Ada", '{"from": "fair"}', True))
    assert f"{CONFIRM}?email=ada%40example.com&token=" in mail.sent[0].text
    kinds = [row.kind for row in await factory.fetch("select kind from outbox order by id")]
    assert kinds == ["CustomerCreated", "CustomerUpdated"]


async def test_an_account_without_a_link_is_usable_at_once_and_unproven(
    shop: Shop, factory: Factory, mail: CheapMail
) -> None:
    waits = await registration.register(shop, wanted())

    await logins.log_in(shop, "ada@example.com", PHRASE)
    assert waits is False
    assert await factory.value("select is_confirmed from users") is False
    assert [letter.subject for letter in mail.sent] == ["Welcome"]


@pytest.mark.parametrize("redirect_url", [CONFIRM, None])
async def test_a_taken_address_gets_the_same_answer_and_its_owner_a_letter(
    shop: Shop, factory: Factory, mail: CheapMail, redirect_url: str | None
) -> None:
    await factory.user("ada@example.com", password_hash=PHRASE)

    known = await registration.register(shop, wanted(), redirect_url=redirect_url)
    new = await registration.register(shop, wanted("new@example.com"), redirect_url=redirect_url)

    assert known == new
    first, second = mail.sent
    assert (first.to, first.subject) == ("ada@example.com", "You have an account already")
    assert second.to == "new@example.com"
    assert await factory.value("select password_hash from users where email = 'ada@example.com'") == PHRASE


async def test_whoever_lost_the_letter_registers_again_for_another(
    shop: Shop, clock: Clock, mail: CheapMail
) -> None:
    await registration.register(shop, wanted(), redirect_url=CONFIRM)
    await registration.register(shop, wanted(), redirect_url=CONFIRM)
    assert len(mail.sent) == 1

    clock.forward(minutes=2)
    await registration.register(shop, wanted(), redirect_url=CONFIRM)

    assert len(mail.sent) == 2
    await registration.confirm(shop, "ada@example.com", mail.token())


async def test_many_at_once_make_one_account(shop: Shop, factory: Factory, mail: CheapMail) -> None:
    answers = await asyncio.gather(
        *(registration.register(shop, wanted(), redirect_url=CONFIRM) for _ in range(6))
    )

    assert answers == [True] * 6
    assert await factory.value("select count(*) from users") == 1
    assert await factory.value("select count(*) from outbox") == 1
    assert len(mail.sent) == 1


async def test_all_that_is_wrong_is_told_and_nothing_kept(
    shop: Shop, factory: Factory, mail: CheapMail
) -> None:
    await factory.channel("closed", is_active=False)

    with pytest.raises(Refused) as refused:
        await registration.register(shop, wanted("ada", "short"), redirect_url="/here", channel="closed")
    with pytest.raises(Refused) as nowhere:
        await registration.register(shop, wanted(), channel="nowhere")

    assert [(one.field, one.code) for one in refused.value.refusals] == [
        ("email", "INVALID"),
        ("password", "PASSWORD_TOO_SHORT"),
        ("redirectUrl", "INVALID"),
        ("channel", "CHANNEL_INACTIVE"),
    ]
    assert [one.code for one in nowhere.value.refusals] == ["NOT_FOUND"]
    assert await factory.value("select count(*) from users") == 0
    assert mail.sent == []


async def test_a_link_is_for_its_address_for_three_days(shop: Shop, clock: Clock, mail: CheapMail) -> None:
    await registration.register(shop, wanted(), redirect_url=CONFIRM)

    with pytest.raises(Invalid):
        await registration.confirm(shop, "eve@example.com", mail.token())
    with pytest.raises(TokenInvalid) as forged:
        await registration.confirm(shop, "ada@example.com", mail.token()[:-6] + "AAAAAA")
    clock.forward(days=3)
    with pytest.raises(TokenExpired):
        await registration.confirm(shop, "ada@example.com", mail.token())
    assert forged.value.field == "token"


async def test_guests_orders_join_the_account_with_its_password_only(
    shop: Shop, factory: Factory, mail: CheapMail
) -> None:
    channel = await factory.channel()
    order = await guest_order(factory, channel, "Ada@example.com")
    other = await guest_order(factory, channel, "eve@example.com")
    await registration.register(shop, wanted(), redirect_url=CONFIRM)
    owner = "select user_id from orders where id = $1"

    user_id = await registration.confirm(shop, "ada@example.com", mail.token())
    assert await factory.value(owner, order.id) is None
    with pytest.raises(InvalidCredentials):
        await registration.confirm(shop, "ada@example.com", mail.token(), "somebody else's")
    assert await factory.value(owner, order.id) is None

    await registration.confirm(shop, "ada@example.com", mail.token(), PHRASE)

    assert await factory.value(owner, order.id) == user_id
    assert await factory.value(owner, other.id) is None


class DeadMail:
    async def send(self, message: Message) -> None:
        raise MailUndelivered(f"no server for {message.to}", permanent=True)


async def test_a_dead_mail_server_neither_blocks_nor_undoes(settings: Settings, factory: Factory) -> None:
    with structlog.testing.capture_logs() as logs:
        async with open_shop(settings, mail=DeadMail(), password_cost=4) as shop:
            waits = await registration.register(shop, wanted(), redirect_url=CONFIRM)

    assert waits is True
    assert await factory.value("select count(*) from users") == 1
    assert [entry["event"] for entry in logs] == ["mail_undelivered"]


async def test_a_superuser_is_staff_and_made_once(shop: Shop, factory: Factory) -> None:
    user_id = await registration.create_superuser(shop, "Boss@example.com", PHRASE)

    with pytest.raises(Unique):
        await registration.create_superuser(shop, "boss@example.com", PHRASE)
    with pytest.raises(Refused):
        await registration.create_superuser(shop, "other@example.com", "password")
    (row,) = await factory.fetch("select id, email, is_staff, is_superuser from users")
    assert tuple(row) == (user_id, "boss@example.com", True, True)
    assert (await logins.log_in(shop, "boss@example.com", PHRASE)).user_id == user_id
