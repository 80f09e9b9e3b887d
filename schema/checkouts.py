"""Carts."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from enum import Enum
from typing import ClassVar, TypeVar

import strawberry

from db.checkout_lines import CheckoutLineRow
from db.checkout_problems import LineProblemRow
from db.checkouts import CheckoutRow
from db.transactions import TransactionRow
from domain.carts import PricedCart, PricedLine
from domain.languages import LanguageCode
from domain.money import ZERO, rounded
from domain.money import Money as MoneyRow
from domain.payment_states import authorize_status, charge_status
from engine.words import attribute, batch_field, edge
from loaders.accounts import AccountLoaders
from loaders.addresses import AddressLoaders
from loaders.channels import ChannelLoaders
from loaders.checkouts import CheckoutLoaders
from loaders.discounts import DiscountLoaders
from loaders.shipping import ShippingLoaders
from loaders.transactions import TransactionLoaders
from loaders.variants import VariantLoaders
from schema.accounts import User
from schema.addresses import Address
from schema.channels import Channel
from schema.checkout_problems import CheckoutLineProblem, CheckoutProblem, line_problems, problems
from schema.context import Context
from schema.discounts import GiftCard
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata
from schema.money import Money, TaxedMoney
from schema.payments import PaymentGateway, available_payment_gateways
from schema.products import ProductVariant
from schema.scalars import DateTime
from schema.shipping import Delivery
from schema.transactions import TransactionItem
from schema.warehouses import Warehouse

T = TypeVar("T")


@strawberry.enum(description="How far a cart's price was charged.")
class CheckoutChargeStatusEnum(Enum):
    NONE = strawberry.enum_value("NONE", description="Nothing was charged.")
    PARTIAL = strawberry.enum_value("PARTIAL", description="Less than the price.")
    FULL = strawberry.enum_value("FULL", description="The price.")
    OVERCHARGED = strawberry.enum_value("OVERCHARGED", description="More than the price.")


@strawberry.enum(description="How far a cart's price was charged or promised.")
class CheckoutAuthorizeStatusEnum(Enum):
    NONE = strawberry.enum_value("NONE", description="Nothing was.")
    PARTIAL = strawberry.enum_value("PARTIAL", description="Less than the price.")
    FULL = strawberry.enum_value("FULL", description="The price, or more.")


def of_cart(figure: Callable[[PricedCart], T]) -> Callable[..., Awaitable[list[T]]]:
    """For ``batch_field``: a figure of the priced cart. All figures of a level come of one pricing."""

    async def figures(rows: Sequence[CheckoutRow], context: Context) -> list[T]:
        priced = await context.loading.load_many(CheckoutLoaders.priced, [row.id for row in rows])
        return [figure(cart) for cart in priced if cart is not None]

    return figures


def of_line(figure: Callable[[PricedLine], T]) -> Callable[..., Awaitable[list[T]]]:
    """As ``of_cart``, for a line's figure."""

    async def figures(rows: Sequence[CheckoutLineRow], context: Context) -> list[T]:
        ids = list(dict.fromkeys(row.checkout_id for row in rows))
        priced = await context.loading.load_many(CheckoutLoaders.priced, ids)
        lines = {line.id: line for cart in priced if cart is not None for line in cart.lines}
        return [figure(lines[row.id]) for row in rows]

    return figures


def of_payments(
    figure: Callable[[MoneyRow, Sequence[TransactionRow]], T],
) -> Callable[..., Awaitable[list[T]]]:
    """For ``batch_field``: a figure of what there is to pay and of the payments."""

    async def figures(rows: Sequence[CheckoutRow], context: Context) -> list[T]:
        ids = [row.id for row in rows]
        priced = await context.loading.load_many(CheckoutLoaders.priced, ids)
        payments = await context.loading.load_many(TransactionLoaders.of_checkout, ids)
        return [
            figure(MoneyRow(cart.to_pay.gross, cart.currency), own)
            for cart, own in zip(priced, payments, strict=True)
            if cart is not None
        ]

    return figures


def _charged(payments: Sequence[TransactionRow], currency: str) -> Decimal:
    return rounded(sum((one.charged_amount for one in payments), ZERO), currency)


def _balance(due: MoneyRow, payments: Sequence[TransactionRow]) -> MoneyRow:
    return MoneyRow(_charged(payments, due.currency) - due.amount, due.currency)


def _charge_status(due: MoneyRow, payments: Sequence[TransactionRow]) -> CheckoutChargeStatusEnum:
    return CheckoutChargeStatusEnum[charge_status(due.amount, _charged(payments, due.currency)).name]


def _authorize_status(due: MoneyRow, payments: Sequence[TransactionRow]) -> CheckoutAuthorizeStatusEnum:
    authorized = rounded(sum((one.authorized_amount for one in payments), ZERO), due.currency)
    status = authorize_status(due.amount, authorized, _charged(payments, due.currency))
    return CheckoutAuthorizeStatusEnum[status.name]


def _undiscounted_unit(line: PricedLine) -> MoneyRow:
    return MoneyRow(line.undiscounted_unit.gross, line.undiscounted_unit.currency)


def _undiscounted_total(line: PricedLine) -> MoneyRow:
    return MoneyRow(line.undiscounted_total.gross, line.undiscounted_total.currency)


async def units(rows: Sequence[CheckoutRow], context: Context) -> list[int]:
    lines = await context.loading.load_many(CheckoutLoaders.lines, [row.id for row in rows])
    return [sum(line.quantity for line in own) for own in lines]


@strawberry.type(description="A product in a cart, so many times.")
class CheckoutLine(Node, ObjectWithMetadata):
    represents: ClassVar[tuple[type, ...]] = (CheckoutLineRow, LineProblemRow)

    id: strawberry.ID = global_id("CheckoutLine")
    quantity: int = attribute("How many units.")
    variant: ProductVariant = edge(
        VariantLoaders.any_by_key,
        key=("variant_id", "channel_id"),
        description="What is bought; it shows here even if it is no longer sold.",
    )
    unit_price: TaxedMoney = batch_field(
        of_line(lambda line: line.unit), description="What a unit costs, after all discounts."
    )
    undiscounted_unit_price: Money = batch_field(
        of_line(_undiscounted_unit), description="What a unit costs before any discount, with tax."
    )
    total_price: TaxedMoney = batch_field(
        of_line(lambda line: line.total), description="What the line costs, after all discounts."
    )
    undiscounted_total_price: Money = batch_field(
        of_line(_undiscounted_total), description="What the line costs before any discount, with tax."
    )
    problems: list[CheckoutLineProblem] | None = batch_field(
        line_problems, description="What keeps the line from being bought."
    )


@strawberry.type(description="A cart, until it becomes an order.")
class Checkout(Node, ObjectWithMetadata):
    represents: ClassVar[type] = CheckoutRow

    id: strawberry.ID = global_id("Checkout")
    created: DateTime = attribute("When it was made.", column="created_at")
    updated_at: DateTime = attribute("When it was changed last.")
    channel: Channel = edge(ChannelLoaders.by_id, key="channel_id", description="Where it was made.")
    user: User | None = edge(
        AccountLoaders.by_id, key="user_id", description="Whose it is; nobody's where null."
    )
    email: str | None = attribute("Where mails about the order go.")
    language_code: LanguageCode = attribute("The language of the order's texts.")
    customer_note: str = attribute("What the customer has to say.", column="note")
    shipping_address: Address | None = edge(
        AddressLoaders.by_id, key="shipping_address_id", description="Where the goods are sent."
    )
    billing_address: Address | None = edge(
        AddressLoaders.by_id, key="billing_address_id", description="Who is billed."
    )
    lines: list[CheckoutLine] = edge(
        CheckoutLoaders.lines, key="id", description="What is in it, in the order it was added."
    )
    quantity: int = batch_field(units, description="How many units are in it.")
    is_shipping_required: bool = batch_field(
        of_cart(lambda cart: cart.is_shipping_required), description="Whether anything in it is shipped."
    )
    delivery: Delivery | None = edge(
        ShippingLoaders.delivery, key="delivery_id", description="The delivery that was chosen."
    )
    available_collection_points: list[Warehouse] = edge(
        ShippingLoaders.collection_points, key="id", description="Where the goods may be fetched instead."
    )
    voucher_code: str | None = attribute("The voucher's code, as the shop writes it.")
    discount_name: str | None = attribute("The voucher's name.", column="voucher_name")
    translated_discount_name: str | None = attribute(
        "The voucher's name in the checkout's language.", column="translated_voucher_name"
    )
    discount: Money | None = batch_field(
        of_cart(lambda cart: cart.discount),
        description="What the voucher takes off; 0 while it cannot be used.",
    )
    gift_cards: list[GiftCard] = edge(
        DiscountLoaders.gift_cards_of_checkout,
        key="id",
        description="Gift cards, in the order they were added.",
    )
    subtotal_price: TaxedMoney = batch_field(
        of_cart(lambda cart: cart.subtotal), description="What the lines cost, after discounts."
    )
    shipping_price: TaxedMoney = batch_field(
        of_cart(lambda cart: cart.shipping), description="What shipping costs, after discounts."
    )
    total_price: TaxedMoney = batch_field(
        of_cart(lambda cart: cart.to_pay),
        description="What there is to pay: lines and shipping, less what the gift cards pay.",
    )
    total_balance: Money = batch_field(
        of_payments(_balance),
        description="What was charged less what there is to pay; below 0 while money is due.",
    )
    charge_status: CheckoutChargeStatusEnum = batch_field(
        of_payments(_charge_status), description="How far the price was charged."
    )
    authorize_status: CheckoutAuthorizeStatusEnum = batch_field(
        of_payments(_authorize_status), description="How far the price was charged or promised."
    )
    transactions: list[TransactionItem] | None = edge(
        TransactionLoaders.of_checkout, key="id", description="Payments, in the order they were begun."
    )
    available_payment_gateways: list[PaymentGateway] = batch_field(
        available_payment_gateways,
        description="The ways to pay.",
        deprecated="Ask paymentGatewayInitialize.",
    )
    problems: list[CheckoutProblem] | None = batch_field(
        problems, description="What keeps it from becoming an order: the delivery first, then the lines."
    )
