"""Carts: who may touch them, what may be put into them, and which lines are one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from domain import emails
from domain.access import Permission, Viewer
from domain.accounts import AddressUse
from domain.addresses import Address, check_address, refusals
from domain.metadata import metadata_problems
from domain.refusals import Invalid, NotFound, Refusal
from domain.stocks import InsufficientStock, Shortage

MAX_QUANTITY = 50_000


class ZeroQuantity(Refusal):
    code = "ZERO_QUANTITY"


class TooMany(Refusal):
    code = "QUANTITY_GREATER_THAN_LIMIT"


class NotPublished(Refusal):
    code = "PRODUCT_NOT_PUBLISHED"


class NotForSale(Refusal):
    code = "PRODUCT_UNAVAILABLE_FOR_PURCHASE"


class NotInChannel(Refusal):
    code = "UNAVAILABLE_VARIANT_IN_CHANNEL"


class ReasonWithoutPrice(Refusal):
    code = "PRICE_OVERRIDE_REASON_WITHOUT_OVERRIDE"


class ChannelMissing(Refusal):
    code = "MISSING_CHANNEL_SLUG"


class ChannelInactive(Refusal):
    code = "CHANNEL_INACTIVE"


class ShippingNotRequired(Refusal):
    code = "SHIPPING_NOT_REQUIRED"


class ShippingAddressNotSet(Refusal):
    code = "SHIPPING_ADDRESS_NOT_SET"


class ShippingChangeForbidden(Refusal):
    code = "SHIPPING_CHANGE_FORBIDDEN"


class DeliveryNotApplicable(Refusal):
    code = "DELIVERY_METHOD_NOT_APPLICABLE"


@dataclass(frozen=True, slots=True)
class NewLine:
    """Something to put into a cart: ``price`` is staff's own for a unit, ``alone`` keeps the line apart."""

    variant_id: int
    quantity: int
    price: Decimal | None = None
    price_reason: str | None = None
    alone: bool = False
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """How a channel sells a variant: it has a price there, its product is shown, and may be bought by now."""

    is_listed: bool
    is_published: bool
    is_for_sale: bool
    quantity_limit: int | None

    @property
    def is_open(self) -> bool:
        return self.is_listed and self.is_published and self.is_for_sale


def may_touch(viewer: Viewer, user_id: int | None) -> bool:
    """Whether the viewer, who knows the checkout's id, may see and change the checkout of this customer.

    The id cannot be guessed, so knowing it is enough while the checkout is nobody's. One that has a customer
    is theirs and the staff's alone, and does not exist for anybody else.
    """
    return (
        user_id is None
        or user_id == viewer.user_id
        or viewer.may(Permission.HANDLE_CHECKOUTS, Permission.MANAGE_CHECKOUTS)
    )


def merged(lines: Iterable[NewLine]) -> list[NewLine]:
    """A line for each variant, where the variant came first; lines that are ``alone`` stay so.

    The latest price given for a variant holds.
    """
    kept: list[NewLine] = []
    place_of: dict[int, int] = {}
    for line in lines:
        place = None if line.alone else place_of.get(line.variant_id)
        if place is None:
            if not line.alone:
                place_of[line.variant_id] = len(kept)
            kept.append(line)
        else:
            before = kept[place]
            kept[place] = replace(
                before,
                quantity=before.quantity + line.quantity,
                price=before.price if line.price is None else line.price,
                price_reason=before.price_reason if line.price is None else line.price_reason,
                meta={**before.meta, **line.meta},
            )
    return kept


def line_refusals(lines: Sequence[NewLine]) -> list[Refusal]:
    """What is wrong with the lines as they were written."""
    zero = [line.variant_id for line in lines if line.quantity < 1]
    unexplained = any(line.price_reason and line.price is None for line in lines)
    return [
        *(
            [ZeroQuantity("A quantity has to be 1 or more.", field="quantity", facts={"variants": zero})]
            if zero
            else []
        ),
        *(
            [ReasonWithoutPrice("A reason needs a price.", field="priceOverrideReason")]
            if unexplained
            else []
        ),
    ]


def refusals_to_sell(wanted: Mapping[int, int], offers: Mapping[int, Offer]) -> list[Refusal]:
    """Why these units may not be bought, whatever the stock; one refusal a reason, naming all its variants.

    ``wanted`` is units by variant, summed over the cart's lines; a variant without an offer does not exist.
    """

    def those(holds: Callable[[Offer, int], bool]) -> list[int]:
        return [
            variant
            for variant, units in wanted.items()
            if variant in offers and holds(offers[variant], units)
        ]

    missing = [variant for variant in wanted if variant not in offers]
    reasons: list[tuple[type[Refusal], str, str, list[int]]] = [
        (NotFound, "A product does not exist.", "variantId", missing),
        (
            NotInChannel,
            "A product is not sold in this channel.",
            "lines",
            those(lambda offer, _: not offer.is_listed),
        ),
        (
            NotPublished,
            "A product is not published.",
            "lines",
            those(lambda offer, _: offer.is_listed and not offer.is_published),
        ),
        (
            NotForSale,
            "A product cannot be bought at present.",
            "lines",
            those(lambda offer, _: offer.is_listed and offer.is_published and not offer.is_for_sale),
        ),
        (
            TooMany,
            "More units than one may buy.",
            "quantity",
            those(lambda offer, units: units > min(offer.quantity_limit or MAX_QUANTITY, MAX_QUANTITY)),
        ),
    ]
    return [
        kind(message, field=name, facts={"variants": variants})
        for kind, message, name, variants in reasons
        if variants
    ]


def shortages(wanted: Mapping[int, int], available: Mapping[int, int | None]) -> list[Refusal]:
    """One refusal that names every variant that falls short; none if all suffice.

    Units by variant; None never runs out, and a variant that is missing has nothing.
    """
    short = [
        Shortage(variant, units, free)
        for variant, units in wanted.items()
        if (free := available.get(variant, 0)) is not None and free < units
    ]
    return [InsufficientStock(short, field="quantity")] if short else []


def email_refusals(email: str | None) -> list[Refusal]:
    """What is wrong with a normalised address; nothing where there is none."""
    if email is None or emails.is_valid(email):
        return []
    return [Invalid("This is not an e-mail address.", field="email")]


@dataclass(frozen=True, slots=True)
class AddressWish:
    """An address as it was sent, and how strictly it is read; staff may have it taken ``unchecked``."""

    address: Address
    meta: Mapping[str, str] = field(default_factory=dict)
    required: bool = True
    format: bool = True
    normalize: bool = True
    unchecked: bool = False


def read_address(wish: AddressWish, use: AddressUse) -> tuple[Address, list[Refusal]]:
    """The address to keep, and all that is wrong with it, each refusal with the fact ``address_type``."""
    strict = not wish.unchecked
    kept, problems = check_address(
        wish.address,
        required=wish.required and strict,
        format=wish.format and strict,
        normalize=wish.normalize and strict,
    )
    return kept, [*refusals(problems, {"address_type": use}), *metadata_problems(wish.meta)]


def limited(wanted: Mapping[int, int], offers: Mapping[int, Offer]) -> list[int]:
    """The variants of which a customer may buy only so many."""
    return [variant for variant in wanted if variant in offers and offers[variant].quantity_limit is not None]


def refusals_to_sell_again(
    wanted: Mapping[int, int], offers: Mapping[int, Offer], bought: Mapping[int, int]
) -> list[Refusal]:
    """Why this customer may not buy these units besides those they have ``bought`` before.

    All are units by variant. A cart that is too much by itself is ``refusals_to_sell``'s.
    """
    beyond = [
        variant
        for variant in limited(wanted, offers)
        if wanted[variant] <= (most := offers[variant].quantity_limit or MAX_QUANTITY)
        and wanted[variant] + bought.get(variant, 0) > most
    ]
    if not beyond:
        return []
    message = "More units than one may buy, with those of earlier orders."
    return [TooMany(message, field="quantity", facts={"variants": beyond})]
