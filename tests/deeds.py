"""Every command that somebody gives, ready to be given: by its name, what has to be there before."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from PIL import Image

from commands import addresses, apps, channels, completing, invoices, metadata, stocks
from commands.accounts import avatars, logins, mailboxes, passwords, profile
from commands.checkouts import addresses as cart_addresses
from commands.checkouts import creating, customer, delivery, lines, promo_codes
from commands.checkouts.creating import NewCheckout
from commands.checkouts.lines import LineEdit
from commands.orders import cancelling, fulfillments, returns
from commands.orders.returns import Return
from commands.payments import records, refunds, sessions
from commands.payments.records import Record, Report
from commands.payments.sessions import Wish
from commands.shop import Shop
from domain.access import GUEST, Permission, Viewer
from domain.accounts import AddressDraft, AddressUse, Profile
from domain.addresses import Address
from domain.apps import AppWish
from domain.channels import AutomaticCompletion
from domain.checkouts import AddressWish, NewLine
from domain.languages import LanguageCode
from domain.payment_records import Balance
from domain.payments import Action, EventKind, Flow, Subject
from domain.refunds import Grant, GrantChange
from domain.sending import ToSend
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.worlds import CheapMail

DUMMY: Final = "matvis.dummy"
PHRASE: Final = "correct horse battery"
PAGE: Final = "https://shop.example/page"
HOME: Final = Address("Ada", "Byron", "", "1 Main Street", "", "New York", "", "10001", "NY", "US")
DRAFT: Final = AddressDraft(
    fields={
        "first_name": "Ada",
        "last_name": "Byron",
        "street_address_1": "1 Main Street",
        "city": "New York",
        "postal_code": "10001",
        "country": "US",
        "country_area": "NY",
    }
)
Deed = Callable[[Viewer], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class World:
    """A shop that sells mugs at 10, posted at 5, and a customer; what goes before a deed a guest has done."""

    shop: Shop
    market: Market
    mug: AnyRow
    ada: AnyRow
    mail: CheapMail

    @property
    def factory(self) -> Factory:
        return self.market.factory

    @property
    def manager(self) -> Viewer:
        """Nobody in particular, who may do everything: what was made ready is signed by nobody."""
        return Viewer(permissions=frozenset(Permission), is_staff=True)

    async def cart(self, **values: Any) -> UUID:
        """The id of a guest's checkout of two mugs."""
        row = await self.market.checkout((self.mug, 2), **values)
        return UUID(str(row.id))

    async def begun(self, flow: Flow = Flow.CHARGE) -> tuple[UUID, UUID]:
        """A cart, and the payment of it."""
        cart = await self.cart()
        step = await sessions.initialize(self.shop, GUEST, Subject.CHECKOUT, cart, Wish(DUMMY, flow=flow))
        return cart, step.transaction_id

    async def order(self, flow: Flow = Flow.CHARGE) -> tuple[UUID, UUID]:
        """An order of two mugs, and its payment of 25."""
        cart, payment = await self.begun(flow)
        return await completing.complete(self.shop, GUEST, cart), payment

    async def line(self, order_id: UUID) -> UUID:
        key: UUID = await self.factory.value("select id from order_lines where order_id = $1", order_id)
        return key

    async def sent(self) -> tuple[UUID, UUID]:
        """An order of which everything was sent, and its shipment."""
        order_id, _ = await self.order()
        wish = ToSend(await self.line(order_id), self.market.warehouse.id, 2)
        (shipment,) = await fulfillments.fulfill(self.shop, self.manager, order_id, [wish])
        return order_id, shipment

    async def granted(self) -> int:
        """A refund of 5 that was granted."""
        order_id, payment = await self.order()
        return await refunds.grant(self.shop, self.manager, order_id, payment, Grant(Decimal(5)))

    async def record(self) -> UUID:
        """A payment of an order that was written down by hand."""
        order_id, _ = await self.order()
        wish = Record(balance=Balance(authorized=Decimal(5)))
        return await records.create(self.shop, self.manager, Subject.ORDER, order_id, wish)


# What goes on about a user's own account: no app has one.


async def put_avatar(world: World) -> Deed:
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    return lambda viewer: avatars.put(world.shop, viewer, picture.getvalue())


async def remove_avatar(world: World) -> Deed:
    await (await put_avatar(world))(owner(world))
    await world.factory.fetch("delete from outbox")
    return lambda viewer: avatars.remove(world.shop, viewer)


async def end_logins(world: World) -> Deed:
    return lambda viewer: logins.end_all(world.shop, viewer)


async def ask_for_mailbox(world: World) -> Deed:
    return lambda viewer: mailboxes.request_email_change(
        world.shop, viewer, "countess@example.com", PHRASE, PAGE
    )


async def confirm_mailbox(world: World) -> Deed:
    await (await ask_for_mailbox(world))(owner(world))
    return lambda viewer: mailboxes.confirm_email_change(world.shop, viewer, world.mail.token())


async def ask_for_deletion(world: World) -> Deed:
    return lambda viewer: mailboxes.request_deletion(world.shop, viewer, PAGE)


async def delete_account(world: World) -> Deed:
    await (await ask_for_deletion(world))(owner(world))
    return lambda viewer: mailboxes.delete(world.shop, viewer, world.mail.token())


async def change_password(world: World) -> Deed:
    return lambda viewer: passwords.change(world.shop, viewer, "another good phrase", PHRASE)


async def update_profile(world: World) -> Deed:
    return lambda viewer: profile.update(world.shop, viewer, Profile(first_name="Augusta"))


async def create_address(world: World) -> Deed:
    return lambda viewer: addresses.create(world.shop, viewer, DRAFT)


async def delete_address(world: World) -> Deed:
    row = await world.factory.address(world.ada)
    return lambda viewer: addresses.delete(world.shop, viewer, row.id)


async def prefer_address(world: World) -> Deed:
    row = await world.factory.address(world.ada)
    return lambda viewer: addresses.set_default(world.shop, viewer, row.id, AddressUse.BILLING)


async def update_address(world: World) -> Deed:
    row = await world.factory.address(world.ada)
    return lambda viewer: addresses.update(world.shop, viewer, row.id, DRAFT)


async def attach(world: World) -> Deed:
    cart = await world.cart()
    return lambda viewer: customer.attach(world.shop, viewer, cart)


async def detach(world: World) -> Deed:
    cart = await world.cart(user=world.ada)
    return lambda viewer: customer.detach(world.shop, viewer, cart)


def owner(world: World) -> Viewer:
    return Viewer(world.ada.id, world.ada.email)


OWN: Final = {
    "accounts.avatars.put": put_avatar,
    "accounts.avatars.remove": remove_avatar,
    "accounts.logins.end_all": end_logins,
    "accounts.mailboxes.request_email_change": ask_for_mailbox,
    "accounts.mailboxes.confirm_email_change": confirm_mailbox,
    "accounts.mailboxes.request_deletion": ask_for_deletion,
    "accounts.mailboxes.delete": delete_account,
    "accounts.passwords.change": change_password,
    "accounts.profile.update": update_profile,
    "addresses.create": create_address,
    "addresses.delete": delete_address,
    "addresses.set_default": prefer_address,
    "addresses.update": update_address,
    "checkouts.customer.attach": attach,
    "checkouts.customer.detach": detach,
}


# What a shopper does, who may be anybody.


async def create_cart(world: World) -> Deed:
    wish = NewCheckout(channel="web", lines=[NewLine(world.mug.id, 1)])
    return lambda viewer: creating.create(world.shop, viewer, wish)


async def ship_to(world: World) -> Deed:
    cart = await world.cart()
    return lambda viewer: cart_addresses.set_shipping(world.shop, viewer, cart, AddressWish(HOME))


async def bill_to(world: World) -> Deed:
    cart = await world.cart()
    return lambda viewer: cart_addresses.set_billing(world.shop, viewer, cart, AddressWish(HOME))


async def set_email(world: World) -> Deed:
    cart = await world.cart()
    return lambda viewer: customer.set_email(world.shop, viewer, cart, "eve@example.com")


async def set_language(world: World) -> Deed:
    cart = await world.cart()
    return lambda viewer: customer.set_language(world.shop, viewer, cart, LanguageCode.DE)


async def set_note(world: World) -> Deed:
    cart = await world.cart()
    return lambda viewer: customer.set_note(world.shop, viewer, cart, "Ring twice.")


async def calculate(world: World) -> Deed:
    """The post has become dearer since it was chosen."""
    cart = await world.cart()
    await world.factory.fetch("update shipping_method_listings set price_amount = 6")
    return lambda viewer: delivery.calculate(world.shop, viewer, cart)


async def choose(world: World) -> Deed:
    cart = await world.cart()
    return lambda viewer: delivery.choose(world.shop, viewer, cart, method_id=world.market.method.id)


async def clear(world: World) -> Deed:
    cart = await world.cart()
    return lambda viewer: delivery.clear(world.shop, viewer, cart)


async def collect(world: World) -> Deed:
    place = await world.factory.address()
    point = await world.factory.warehouse(world.market.channel, collection="ALL", address_id=place.id)
    await world.factory.stock(world.mug, point, 5)
    cart = await world.cart()
    return lambda viewer: delivery.collect(world.shop, viewer, cart, point.id)


async def add_lines(world: World) -> Deed:
    cart = await world.cart()
    return lambda viewer: lines.add(world.shop, viewer, cart, [NewLine(world.mug.id, 1)])


async def update_lines(world: World) -> Deed:
    cart, edit = await world.cart(), LineEdit(variant_id=world.mug.id, quantity=3)
    return lambda viewer: lines.update(world.shop, viewer, cart, [edit])


async def delete_lines(world: World) -> Deed:
    cart = await world.cart()
    line = await world.factory.value("select id from checkout_lines where checkout_id = $1", cart)
    return lambda viewer: lines.delete(world.shop, viewer, cart, [line])


async def add_code(world: World) -> Deed:
    await world.factory.voucher(world.market.channel)
    cart = await world.cart()
    return lambda viewer: promo_codes.add(world.shop, viewer, cart, "SAVE")


async def remove_code(world: World) -> Deed:
    await world.factory.voucher(world.market.channel)
    cart = await world.cart(code="SAVE")
    return lambda viewer: promo_codes.remove(world.shop, viewer, cart, code="SAVE")


async def complete(world: World) -> Deed:
    cart, _ = await world.begun()
    return lambda viewer: completing.complete(world.shop, viewer, cart)


async def initialize(world: World) -> Deed:
    cart = await world.cart()
    return lambda viewer: sessions.initialize(world.shop, viewer, Subject.CHECKOUT, cart, Wish(DUMMY))


async def initialize_for_order(world: World) -> Deed:
    await world.factory.fetch("update channels set allow_unpaid_orders = true")
    order_id = await completing.complete(world.shop, GUEST, await world.cart())
    return lambda viewer: sessions.initialize(world.shop, viewer, Subject.ORDER, order_id, Wish(DUMMY))


async def process(world: World) -> Deed:
    """The gateway has asked the shopper for something."""
    cart, needed = await world.cart(), {"event": {"type": "CHARGE_ACTION_REQUIRED"}}
    begun = await sessions.initialize(world.shop, GUEST, Subject.CHECKOUT, cart, Wish(DUMMY, data=needed))
    paid = {"event": {"type": "CHARGE_SUCCESS"}}
    return lambda viewer: sessions.process(world.shop, viewer, begun.transaction_id, paid)


ANYBODYS: Final = {
    "checkouts.creating.create": create_cart,
    "checkouts.addresses.set_shipping": ship_to,
    "checkouts.addresses.set_billing": bill_to,
    "checkouts.customer.set_email": set_email,
    "checkouts.customer.set_language": set_language,
    "checkouts.customer.set_note": set_note,
    "checkouts.delivery.calculate": calculate,
    "checkouts.delivery.choose": choose,
    "checkouts.delivery.clear": clear,
    "checkouts.delivery.collect": collect,
    "checkouts.lines.add": add_lines,
    "checkouts.lines.update": update_lines,
    "checkouts.lines.delete": delete_lines,
    "checkouts.promo_codes.add": add_code,
    "checkouts.promo_codes.remove": remove_code,
    "completing.complete": complete,
    "payments.sessions.initialize": initialize,
    "payments.sessions.initialize for an order": initialize_for_order,
    "payments.sessions.process": process,
}


# What staff and apps do.


async def create_app(world: World) -> Deed:
    return lambda viewer: apps.create(world.shop, viewer, AppWish("Till"))


async def update_app(world: World) -> Deed:
    app = await world.factory.app([])
    return lambda viewer: apps.update(world.shop, viewer, app.id, AppWish("Till"))


async def switch_app(world: World) -> Deed:
    app = await world.factory.app([])
    return lambda viewer: apps.switch(world.shop, viewer, app.id, is_active=False)


async def create_token(world: World) -> Deed:
    app = await world.factory.app([])
    return lambda viewer: apps.create_token(world.shop, viewer, app.id)


async def delete_token(world: World) -> Deed:
    app = await world.factory.app([])
    made = await apps.create_token(world.shop, world.manager, app.id)
    return lambda viewer: apps.delete_token(world.shop, viewer, made.row.id)


async def leave_to_shoppers(world: World) -> Deed:
    channel_id, never = world.market.channel.id, AutomaticCompletion(enabled=False)
    return lambda viewer: channels.complete_automatically(world.shop, viewer, channel_id, never)


async def issue(world: World) -> Deed:
    order_id, _ = await world.order()
    return lambda viewer: invoices.issue(world.shop, viewer, order_id)


async def credit(world: World) -> Deed:
    granted = await world.granted()
    return lambda viewer: invoices.credit(world.shop, viewer, granted)


async def put_metadata(world: World) -> Deed:
    order_id, _ = await world.order()
    return lambda viewer: metadata.update(world.shop, viewer, "Order", order_id, {"a": "b"}, private=True)


async def drop_metadata(world: World) -> Deed:
    order_id, _ = await world.order()
    return lambda viewer: metadata.delete(world.shop, viewer, "Order", order_id, ["a"], private=True)


async def cancel(world: World) -> Deed:
    order_id, _ = await world.order()
    return lambda viewer: cancelling.cancel(world.shop, viewer, order_id)


async def fulfill(world: World) -> Deed:
    order_id, _ = await world.order()
    wish = ToSend(await world.line(order_id), world.market.warehouse.id, 2)
    return lambda viewer: fulfillments.fulfill(world.shop, viewer, order_id, [wish])


async def cancel_fulfillment(world: World) -> Deed:
    _, shipment = await world.sent()
    return lambda viewer: fulfillments.cancel_fulfillment(world.shop, viewer, shipment)


async def track(world: World) -> Deed:
    _, shipment = await world.sent()
    return lambda viewer: fulfillments.track(world.shop, viewer, shipment, "MV1")


async def take_back(world: World) -> Deed:
    order_id, _ = await world.order()
    back = Return(unsent={await world.line(order_id): 1})
    return lambda viewer: returns.take_back(world.shop, viewer, order_id, back)


async def create_record(world: World) -> Deed:
    cart = await world.cart()
    wish = Record(balance=Balance(charged=Decimal(5)), note="By bank.")
    return lambda viewer: records.create(world.shop, viewer, Subject.CHECKOUT, cart, wish)


async def update_record(world: World) -> Deed:
    payment, wish = await world.record(), Record(balance=Balance(charged=Decimal(5)))
    return lambda viewer: records.update(world.shop, viewer, payment, wish)


async def report(world: World) -> Deed:
    payment = await world.record()
    told = Report(kind=EventKind.CHARGE_SUCCESS, reference="wire-1", amount=Decimal(5))
    return lambda viewer: records.report(world.shop, viewer, payment, told)


async def request_action(world: World) -> Deed:
    _, payment = await world.order(Flow.AUTHORIZATION)
    return lambda viewer: records.request_action(world.shop, viewer, payment, Action.CHARGE)


async def grant(world: World) -> Deed:
    order_id, payment = await world.order()
    return lambda viewer: refunds.grant(world.shop, viewer, order_id, payment, Grant(Decimal(5)))


async def change_grant(world: World) -> Deed:
    granted, wish = await world.granted(), GrantChange(amount=Decimal(6))
    return lambda viewer: refunds.change(world.shop, viewer, granted, wish)


async def refund(world: World) -> Deed:
    granted = await world.granted()
    return lambda viewer: refunds.refund(world.shop, viewer, granted)


async def refund_onto_card(world: World) -> Deed:
    card = await world.factory.gift_card(amount="5")
    cart = await world.cart(cards=[card])
    await sessions.initialize(world.shop, GUEST, Subject.CHECKOUT, cart, Wish(DUMMY))
    order_id = await completing.complete(world.shop, GUEST, cart)
    granted = await refunds.grant(world.shop, world.manager, order_id, card.id, Grant(Decimal(5)))
    return lambda viewer: refunds.refund(world.shop, viewer, granted)


async def limit_backorders(world: World) -> Deed:
    place = world.market.warehouse.id
    return lambda viewer: stocks.limit_backorders(world.shop, viewer, place, world.mug.id, 3)


STAFFS: Final = {
    "apps.create": create_app,
    "apps.update": update_app,
    "apps.switch": switch_app,
    "apps.create_token": create_token,
    "apps.delete_token": delete_token,
    "channels.complete_automatically": leave_to_shoppers,
    "invoices.issue": issue,
    "invoices.credit": credit,
    "metadata.update": put_metadata,
    "metadata.delete": drop_metadata,
    "orders.cancelling.cancel": cancel,
    "orders.fulfillments.fulfill": fulfill,
    "orders.fulfillments.cancel_fulfillment": cancel_fulfillment,
    "orders.fulfillments.track": track,
    "orders.returns.take_back": take_back,
    "payments.records.create": create_record,
    "payments.records.update": update_record,
    "payments.records.report": report,
    "payments.records.request_action": request_action,
    "payments.refunds.grant": grant,
    "payments.refunds.change": change_grant,
    "payments.refunds.refund": refund,
    "payments.refunds.refund onto a gift card": refund_onto_card,
    "stocks.limit_backorders": limit_backorders,
}
