"""Vouchers and gift cards."""

from typing import ClassVar

import strawberry

from db.gift_cards import GiftCardRow
from db.vouchers import VoucherRow
from domain.carts import VoucherKind
from engine.words import attribute, inline
from schema.enums import declare
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata
from schema.money import Money, make_money
from schema.scalars import Date, DateTime

declare(
    VoucherKind,
    "VoucherTypeEnum",
    "What a voucher makes cheaper.",
    {
        VoucherKind.ENTIRE_ORDER: "All that is in the cart.",
        VoucherKind.SPECIFIC_PRODUCT: "Certain products.",
        VoucherKind.SHIPPING: "Shipping.",
    },
)


@strawberry.type(
    description="Money in the shop's keeping. Its code is a secret, of which the last characters are shown."
)
class GiftCard(Node, ObjectWithMetadata):
    represents: ClassVar[type] = GiftCardRow

    id: strawberry.ID = global_id("GiftCard")
    display_code: str = attribute("The last four characters of its code.", column="last_characters")
    last_4_code_chars: str = attribute("The last four characters of its code.", column="last_characters")
    current_balance: Money = inline(
        make_money, "balance_amount", "currency", description="What is left on it."
    )
    initial_balance: Money = inline(
        make_money, "initial_amount", "currency", description="What was put on it."
    )
    is_active: bool = attribute("Whether it can be used at all.")
    expiry_date: Date | None = attribute(
        "The last day it can be used; any day where null.", column="expires_on"
    )
    created: DateTime = attribute("When it was made.", column="created_at")
    last_used_on: DateTime | None = attribute("When it was used last.", column="last_used_at")


@strawberry.type(description="A reduction of the price for whoever knows a code.")
class Voucher(Node, ObjectWithMetadata):
    represents: ClassVar[type] = VoucherRow

    id: strawberry.ID = global_id("Voucher")
    name: str | None = attribute("What staff and shoppers call it.")
    code: str | None = attribute("Its code, where it has one only.")
    type: VoucherKind = attribute("What it makes cheaper.", column="kind")
    apply_once_per_order: bool = attribute(
        "Whether it is for one unit of the cheapest product.", column="once_per_order"
    )
    apply_once_per_customer: bool = attribute(
        "Whether a customer can use it once only.", column="once_per_customer"
    )
    single_use: bool = attribute("Whether each of its codes can be used once only.")
