"""Carts: root fields."""

from typing import Annotated

import strawberry

from commands.checkouts import creating, customer, promo_codes
from commands.checkouts import lines as _lines
from db.checkouts import CheckoutRow
from domain.checkouts import may_touch
from domain.languages import LanguageCode
from domain.refusals import Invalid
from engine.words import seen
from loaders.checkouts import CheckoutLoaders
from schema import ids
from schema.checkout_inputs import (
    CheckoutCreateInput,
    CheckoutId,
    CheckoutLineInput,
    CheckoutLineUpdateInput,
    checkout_key,
    checkout_of,
    edit_of,
    line_of,
)
from schema.checkout_payloads import (
    CheckoutAddPromoCode,
    CheckoutCreate,
    CheckoutCustomerAttach,
    CheckoutCustomerDetach,
    CheckoutCustomerNoteUpdate,
    CheckoutEmailUpdate,
    CheckoutLanguageCodeUpdate,
    CheckoutLinesAdd,
    CheckoutLinesDelete,
    CheckoutLinesUpdate,
    CheckoutRemovePromoCode,
)
from schema.checkouts import Checkout
from schema.context import Info
from schema.errors import answers


def _seen(row: CheckoutRow) -> Checkout:
    return seen(Checkout, row)


@strawberry.field(
    description="A cart, for whoever holds its id; one that has a customer is for them and for staff only."
)
async def checkout(info: Info, id: CheckoutId = None) -> Checkout | None:
    if id is None:
        return None
    row = await info.context.loading.load(CheckoutLoaders.by_id, checkout_key(id))
    if row is None or not may_touch(info.context.viewer, row.user_id):
        return None
    return _seen(row)


@strawberry.mutation(
    description="Make a cart. A customer's cart begins with their e-mail and default addresses."
)
@answers(CheckoutCreate)
async def checkout_create(
    info: Info,
    input: Annotated[CheckoutCreateInput, strawberry.argument(description="What it begins with.")],
) -> CheckoutCreate:
    row = await creating.create(info.context.shop, info.context.viewer, checkout_of(input))
    return CheckoutCreate(checkout=_seen(row))


@strawberry.mutation(description="Put products into a cart: onto the line that a variant has, if it has one.")
@answers(CheckoutLinesAdd)
async def checkout_lines_add(
    info: Info,
    lines: Annotated[list[CheckoutLineInput], strawberry.argument(description="What to put in.")],
    id: CheckoutId = None,
) -> CheckoutLinesAdd:
    row = await _lines.add(
        info.context.shop, info.context.viewer, checkout_key(id), [line_of(line) for line in lines]
    )
    return CheckoutLinesAdd(checkout=_seen(row))


@strawberry.mutation(description="Change lines of a cart; a quantity of 0 removes one.")
@answers(CheckoutLinesUpdate)
async def checkout_lines_update(
    info: Info,
    lines: Annotated[
        list[CheckoutLineUpdateInput], strawberry.argument(description="What the lines are to be.")
    ],
    id: CheckoutId = None,
) -> CheckoutLinesUpdate:
    edits = [edit_of(line) for line in lines]
    row = await _lines.update(info.context.shop, info.context.viewer, checkout_key(id), edits)
    return CheckoutLinesUpdate(checkout=_seen(row))


@strawberry.mutation(description="Remove lines from a cart.")
@answers(CheckoutLinesDelete)
async def checkout_lines_delete(
    info: Info,
    lines_ids: Annotated[list[strawberry.ID], strawberry.argument(description="The lines' ids.")],
    id: CheckoutId = None,
) -> CheckoutLinesDelete:
    keys = [ids.parse_uuid("CheckoutLine", text, field="linesIds") for text in lines_ids]
    row = await _lines.delete(info.context.shop, info.context.viewer, checkout_key(id), keys)
    return CheckoutLinesDelete(checkout=_seen(row))


@strawberry.mutation(description="Say where mails about the order go.")
@answers(CheckoutEmailUpdate)
async def checkout_email_update(
    info: Info,
    email: Annotated[str, strawberry.argument(description="The e-mail address.")],
    id: CheckoutId = None,
) -> CheckoutEmailUpdate:
    row = await customer.set_email(info.context.shop, info.context.viewer, checkout_key(id), email)
    return CheckoutEmailUpdate(checkout=_seen(row))


@strawberry.mutation(description="Choose the language of the order's texts.")
@answers(CheckoutLanguageCodeUpdate)
async def checkout_language_code_update(
    info: Info,
    language_code: Annotated[LanguageCode, strawberry.argument(description="The language.")],
    id: CheckoutId = None,
) -> CheckoutLanguageCodeUpdate:
    row = await customer.set_language(info.context.shop, info.context.viewer, checkout_key(id), language_code)
    return CheckoutLanguageCodeUpdate(checkout=_seen(row))


@strawberry.mutation(description="Keep what the customer has to say with the order.")
@answers(CheckoutCustomerNoteUpdate)
async def checkout_customer_note_update(
    info: Info,
    customer_note: Annotated[str, strawberry.argument(description="The customer's words.")],
    id: CheckoutId = None,
) -> CheckoutCustomerNoteUpdate:
    row = await customer.set_note(info.context.shop, info.context.viewer, checkout_key(id), customer_note)
    return CheckoutCustomerNoteUpdate(checkout=_seen(row))


@strawberry.mutation(description="Use a voucher's code or a gift card. A voucher takes the place of another.")
@answers(CheckoutAddPromoCode)
async def checkout_add_promo_code(
    info: Info,
    promo_code: Annotated[str, strawberry.argument(description="The code, in any case.")],
    checkout_id: CheckoutId = None,
    id: CheckoutId = None,
) -> CheckoutAddPromoCode:
    row = await promo_codes.add(
        info.context.shop, info.context.viewer, checkout_key(id or checkout_id), promo_code
    )
    return CheckoutAddPromoCode(checkout=_seen(row))


@strawberry.mutation(description="Use a voucher or a gift card no longer. Name it by its code or by its id.")
@answers(CheckoutRemovePromoCode)
async def checkout_remove_promo_code(
    info: Info,
    checkout_id: CheckoutId = None,
    id: CheckoutId = None,
    promo_code: Annotated[str | None, strawberry.argument(description="The code, in any case.")] = None,
    promo_code_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="The voucher's or the gift card's id.")
    ] = None,
) -> CheckoutRemovePromoCode:
    shop, viewer, key = info.context.shop, info.context.viewer, checkout_key(id or checkout_id)
    if (promo_code is None) == (promo_code_id is None):
        raise Invalid("Name the code or its id.", field="promoCode")
    if promo_code_id is None:
        row = await promo_codes.remove(shop, viewer, key, code=promo_code)
    elif ids.split(promo_code_id)[0] == "Voucher":
        voucher = ids.parse("Voucher", promo_code_id, field="promoCodeId")
        row = await promo_codes.remove(shop, viewer, key, voucher_id=voucher)
    else:
        card = ids.parse("GiftCard", promo_code_id, field="promoCodeId")
        row = await promo_codes.remove(shop, viewer, key, gift_card_id=card)
    return CheckoutRemovePromoCode(checkout=_seen(row))


@strawberry.mutation(description="Make a cart one's own. Nobody else can see or change it then.")
@answers(CheckoutCustomerAttach)
async def checkout_customer_attach(info: Info, id: CheckoutId = None) -> CheckoutCustomerAttach:
    row = await customer.attach(info.context.shop, info.context.viewer, checkout_key(id))
    return CheckoutCustomerAttach(checkout=_seen(row))


@strawberry.mutation(description="Make one's own cart nobody's. Whoever holds its id can use it then.")
@answers(CheckoutCustomerDetach)
async def checkout_customer_detach(info: Info, id: CheckoutId = None) -> CheckoutCustomerDetach:
    row = await customer.detach(info.context.shop, info.context.viewer, checkout_key(id))
    return CheckoutCustomerDetach(checkout=_seen(row))
