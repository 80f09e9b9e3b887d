"""A new cart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commands.checkouts.filling import fill, line_problems
from commands.shop import Shop
from db import accounts, addresses, channels, checkouts, outbox
from db.channels import ChannelRow
from db.checkouts import CheckoutRow
from db.statements import Connection
from domain import emails
from domain.access import Permission, Viewer
from domain.accounts import AddressUse
from domain.addresses import Address
from domain.checkouts import (
    AddressWish,
    ChannelInactive,
    ChannelMissing,
    NewLine,
    email_refusals,
    read_address,
)
from domain.events import CheckoutCreated
from domain.languages import LanguageCode
from domain.metadata import metadata_problems
from domain.refusals import NotFound, Refusal, refuse_all

STAFF = (Permission.HANDLE_CHECKOUTS, Permission.MANAGE_CHECKOUTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCheckout:
    """``channel`` is a slug; it may be left out where the shop has one active channel."""

    channel: str | None = None
    lines: Sequence[NewLine] = ()
    email: str | None = None
    shipping_address: AddressWish | None = None
    billing_address: AddressWish | None = None
    save_shipping_address: bool = True
    save_billing_address: bool = True
    language_code: LanguageCode = LanguageCode.EN
    meta: Mapping[str, str] = field(default_factory=dict)
    private_meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """An address of the new checkout: sent with it, or one of the customer's defaults; neither for none."""

    sent: Address | None = None
    meta: Mapping[str, str] | None = None
    default_id: int | None = None


async def create(shop: Shop, viewer: Viewer, wanted: NewCheckout) -> CheckoutRow:
    """A cart in a channel, with or without lines; a customer's has their e-mail and default addresses.

    Raises ``Refused`` with every reason at once, or ``Denied`` for what only staff may set. Records
    ``CheckoutCreated``.
    """
    if wanted.private_meta or any(
        wish and wish.unchecked for wish in (wanted.shipping_address, wanted.billing_address)
    ):
        viewer.require(*STAFF)
    email = None if wanted.email is None else emails.normalize(wanted.email)
    shipping, shipping_refusals = _read(wanted.shipping_address, AddressUse.SHIPPING)
    billing, billing_refusals = _read(wanted.billing_address, AddressUse.BILLING)
    refuse_all(
        [
            *email_refusals(email),
            *shipping_refusals,
            *billing_refusals,
            *line_problems(viewer, wanted.lines),
            *metadata_problems(wanted.meta),
            *metadata_problems(wanted.private_meta, field="privateMetadata"),
        ]
    )
    async with shop.db.transaction() as tx:
        channel = await _channel(tx, wanted.channel)
        if viewer.user_id is not None:
            (person,) = await accounts.by_ids(tx, [viewer.user_id], viewer)
            email = email or person.email
            shipping = shipping or _Place(default_id=person.default_shipping_address_id)
            billing = billing or _Place(default_id=person.default_billing_address_id)
        shipping_id, country = await _kept(tx, shipping)
        billing_id, _ = await _kept(tx, billing)
        checkout = await checkouts.insert(
            tx,
            channel_id=channel.id,
            currency=channel.currency_code,
            country=country or channel.default_country,
            language_code=wanted.language_code,
            user_id=viewer.user_id,
            email=email,
            shipping_address_id=shipping_id,
            billing_address_id=billing_id,
            save_shipping_address=wanted.save_shipping_address,
            save_billing_address=wanted.save_billing_address,
            meta=wanted.meta,
            private_meta=wanted.private_meta,
            now=shop.clock(),
        )
        await fill(tx, checkout, wanted.lines)
        await outbox.record(tx, CheckoutCreated(checkout.id), by=viewer)
    return checkout


def _read(wish: AddressWish | None, use: AddressUse) -> tuple[_Place | None, list[Refusal]]:
    if wish is None:
        return None, []
    address, refusals = read_address(wish, use)
    return _Place(sent=address, meta=wish.meta), refusals


async def _channel(tx: Connection, slug: str | None) -> ChannelRow:
    found = [row for row in await channels.every(tx) if (row.is_active if slug is None else row.slug == slug)]
    if slug is None and len(found) != 1:
        raise ChannelMissing("Say in which channel.", field="channel")
    if not found:
        raise NotFound("There is no such channel.", field="channel")
    if not found[0].is_active:
        raise ChannelInactive("The shop does not sell in this channel at present.", field="channel")
    return found[0]


async def _kept(tx: Connection, place: _Place | None) -> tuple[int | None, str | None]:
    """The id of the checkout's own copy of an address, and its country."""
    if place is None:
        return None, None
    if place.sent is not None:
        return await addresses.insert(tx, place.sent, meta=place.meta), place.sent.country
    if place.default_id is None:
        return None, None
    (row,) = await addresses.by_ids(tx, [place.default_id])
    return await addresses.copy(tx, place.default_id), row.country
