"""What takes a letter: another e-mail address, and an account's end."""

from io import BytesIO

import pytest
from PIL import Image

from adapters.tokens import TokenInvalid
from commands.accounts import avatars, logins, mailboxes, passwords
from commands.shop import Shop
from db.tables.orders import Orders
from domain.access import Viewer
from domain.accounts import InvalidCredentials, StaffStays
from domain.refusals import Invalid, Refused, Unauthenticated, Unique
from tests.factory import AnyRow, Factory
from tests.worlds import CheapMail

PHRASE = "correct horse battery"
PAGE = "https://shop.example/page"


@pytest.fixture
async def ada(shop: Shop, factory: Factory) -> AnyRow:
    return await factory.user("ada@example.com", password_hash=await shop.passwords.hash(PHRASE))


def viewer(person: AnyRow) -> Viewer:
    return Viewer(person.id, person.email, is_staff=person.is_staff)


async def ask_for(shop: Shop, person: AnyRow, new_email: str) -> None:
    await mailboxes.request_email_change(shop, viewer(person), new_email, PHRASE, PAGE)


async def test_a_new_address_holds_from_its_letter_on(
    shop: Shop, factory: Factory, ada: AnyRow, mail: CheapMail
) -> None:
    await ask_for(shop, ada, "Countess@Example.com")
    assert await factory.value("select email from users") == "ada@example.com"

    await mailboxes.confirm_email_change(shop, viewer(ada), mail.token())

    assert await factory.value("select email from users") == "countess@example.com"
    assert [letter.to for letter in mail.sent] == ["countess@example.com", "ada@example.com"]
    assert (await logins.log_in(shop, "countess@example.com", PHRASE)).user_id == ada.id


async def test_links_to_the_old_address_die_with_it(shop: Shop, ada: AnyRow, mail: CheapMail) -> None:
    await passwords.request_reset(shop, ada.email, PAGE)
    old = mail.token()
    await ask_for(shop, ada, "new@example.com")
    link = mail.token()
    await mailboxes.confirm_email_change(shop, viewer(ada), link)

    with pytest.raises(TokenInvalid):
        await logins.set_password(shop, "new@example.com", old, "another good phrase")
    with pytest.raises(TokenInvalid):
        await mailboxes.confirm_email_change(shop, viewer(ada), link)


async def test_a_taken_address_is_told_to_its_owner_alone(
    shop: Shop, factory: Factory, ada: AnyRow, mail: CheapMail
) -> None:
    await factory.user("eve@example.com")

    await ask_for(shop, ada, "eve@example.com")

    (letter,) = mail.sent
    assert (letter.to, "token=" in letter.text) == ("eve@example.com", False)


async def test_an_address_taken_meanwhile_is_refused(
    shop: Shop, factory: Factory, ada: AnyRow, mail: CheapMail
) -> None:
    await ask_for(shop, ada, "new@example.com")
    await factory.user("new@example.com")

    with pytest.raises(Unique) as refusal:
        await mailboxes.confirm_email_change(shop, viewer(ada), mail.token())

    assert refusal.value.field == "newEmail"


async def test_another_address_takes_the_password_and_a_good_page(
    shop: Shop, ada: AnyRow, mail: CheapMail
) -> None:
    with pytest.raises(InvalidCredentials):
        await mailboxes.request_email_change(shop, viewer(ada), "new@example.com", "wrong", PAGE)
    with pytest.raises(Refused) as refused:
        await mailboxes.request_email_change(shop, viewer(ada), "new", PHRASE, "page")

    assert [one.field for one in refused.value.refusals] == ["newEmail", "redirectUrl"]
    assert mail.sent == []


async def test_a_deleted_account_is_gone_and_its_order_stays(
    shop: Shop, factory: Factory, ada: AnyRow, mail: CheapMail
) -> None:
    await factory.address(ada)
    channel = await factory.channel()
    order = await factory.add(Orders, channel_id=channel.id, currency="USD", email=ada.email, user_id=ada.id)
    begun = await logins.log_in(shop, ada.email, PHRASE)
    await mailboxes.request_deletion(shop, viewer(ada), PAGE)

    gone = await mailboxes.delete(shop, viewer(ada), mail.token())

    assert gone.email == "ada@example.com"
    assert await factory.value("select count(*) from users") == 0
    assert await factory.value("select count(*) from addresses where user_id is not null") == 0
    assert [
        row.user_id for row in await factory.fetch("select user_id from orders where id = $1", order.id)
    ] == [None]
    assert [row.kind for row in await factory.fetch("select kind from outbox")] == ["CustomerDeleted"]
    with pytest.raises(TokenInvalid):
        await logins.verify(shop, begun.access)


async def test_a_deleted_account_leaves_no_picture(
    shop: Shop, factory: Factory, ada: AnyRow, mail: CheapMail
) -> None:
    picture = BytesIO()
    Image.new("L", (1, 1)).save(picture, "PNG")
    await avatars.put(shop, viewer(ada), picture.getvalue())
    key = await factory.value("select avatar_key from users")
    await mailboxes.request_deletion(shop, viewer(ada), PAGE)

    await mailboxes.delete(shop, viewer(ada), mail.token())

    assert key is not None
    assert not await shop.files.exists(key)


async def test_staff_does_not_delete_itself(shop: Shop, factory: Factory, mail: CheapMail) -> None:
    clerk = await factory.staff()

    with pytest.raises(StaffStays):
        await mailboxes.request_deletion(shop, viewer(clerk), PAGE)
    with pytest.raises(StaffStays):
        await mailboxes.delete(shop, viewer(clerk), "")

    assert mail.sent == []


async def test_somebody_elses_links_do_nothing(
    shop: Shop, factory: Factory, ada: AnyRow, mail: CheapMail
) -> None:
    eve = viewer(await factory.user("eve@example.com"))
    await ask_for(shop, ada, "new@example.com")
    change = mail.token()
    await mailboxes.request_deletion(shop, viewer(ada), PAGE)

    with pytest.raises(Invalid):
        await mailboxes.confirm_email_change(shop, eve, change)
    with pytest.raises(Invalid):
        await mailboxes.delete(shop, eve, mail.token())

    assert await factory.value("select count(*) from users") == 2


async def test_guests_have_nothing_to_change(shop: Shop) -> None:
    with pytest.raises(Unauthenticated):
        await mailboxes.request_email_change(shop, Viewer(), "new@example.com", PHRASE, PAGE)
    with pytest.raises(Unauthenticated):
        await mailboxes.confirm_email_change(shop, Viewer(), "")
    with pytest.raises(Unauthenticated):
        await mailboxes.request_deletion(shop, Viewer(), PAGE)
    with pytest.raises(Unauthenticated):
        await mailboxes.delete(shop, Viewer(), "")
