"""Papers of record: numbered with the order's change, drawn and kept after it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from uuid import UUID

import orjson

from adapters.files.store import PRIVATE
from adapters.papers.pdf import draw
from commands.shop import Shop
from db import addresses, channels, order_lines, orders, outbox, papers, placing, refunds
from db.orders import OrderRow
from db.statements import Connection
from domain.access import Permission, Viewer
from domain.events import OrderUpdated
from domain.money import ZERO
from domain.order_events import HistoryEntry, OrderEventKind
from domain.orders import OrderStatus
from domain.papers import Paper, PaperKind, PaperRow, check_issue, credited, number_of, read
from domain.refusals import NotFound

PDF: Final = "application/pdf"


@dataclass(frozen=True, slots=True)
class _Number:
    """What is numbered: an invoice, or the credit note of a granted refund, with what there is to say."""

    kind: PaperKind
    granted_refund_id: int | None = None
    note: str = ""


async def issue(shop: Shop, viewer: Viewer, order_id: UUID) -> int:
    """The invoice of an order; its id. Asked for again, it is the same one.

    Its number is taken in the transaction that writes it down, so none is ever left out. Raises ``Denied``,
    ``NotFound`` and ``NotReady``. Records ``OrderUpdated``.
    """
    viewer.require(Permission.MANAGE_ORDERS)
    async with shop.db.transaction() as tx:
        order = await orders.lock(tx, order_id)
        if order is None:
            raise NotFound("There is no such order.", field="orderId")
        paper_id = await papers.of_order(tx, order_id)
        if paper_id is None:
            check_issue(OrderStatus(order.status))
            rows = list((await _rows(tx, order)).values())
            paper_id = await _write(tx, shop, viewer, order, number=_Number(PaperKind.INVOICE), rows=rows)
    await keep(shop, paper_id)
    return paper_id


async def credit(shop: Shop, viewer: Viewer, granted_refund_id: int) -> int:
    """The credit note of what was granted back; its id. Asked for again, it is the same one.

    Raises ``Denied`` and ``NotFound``. Records ``OrderUpdated``.
    """
    viewer.require(Permission.MANAGE_ORDERS)
    async with shop.db.transaction() as tx:
        found = await refunds.by_ids(tx, [granted_refund_id])
        order = await orders.lock(tx, found[0].order_id) if found else None
        if order is None:
            raise NotFound("Nothing was granted back under this id.", field="grantedRefundId")
        paper_id = await papers.of_refund(tx, granted_refund_id)
        if paper_id is None:
            # Whoever had the order's lock before us may have changed the grant since it was found.
            (granted,) = await refunds.by_ids(tx, [granted_refund_id])
            units = await papers.granted_units(tx, granted.id)
            parts = _parts(await _rows(tx, order), units, shipping=granted.includes_shipping)
            rows = credited(parts, granted.amount, order.currency)
            number = _Number(PaperKind.CREDIT_NOTE, granted.id, granted.reason)
            paper_id = await _write(tx, shop, viewer, order, number=number, rows=rows)
    await keep(shop, paper_id)
    return paper_id


async def keep(shop: Shop, paper_id: int) -> None:
    """Draw the paper as it was issued, and keep the file; one that is kept stays."""
    async with shop.db.read() as connection:
        (row,) = await papers.by_ids(connection, [paper_id])
    if row.file_key is not None:
        return
    drawn = await asyncio.to_thread(draw, read(orjson.loads(row.facts)))
    key = f"{PRIVATE}invoices/{paper_id}.pdf"
    await shop.files.put(key, drawn, PDF)
    async with shop.db.transaction() as tx:
        await papers.file(tx, paper_id, key, shop.clock())


async def _write(
    tx: Connection,
    shop: Shop,
    viewer: Viewer,
    order: OrderRow,
    *,
    number: _Number,
    rows: Sequence[PaperRow],
) -> int:
    """Give the paper its number, and write down all that it says. Records ``OrderUpdated``."""
    (channel,) = await channels.by_ids(tx, [order.channel_id])
    now, serial = shop.clock(), await papers.next_serial(tx, channel.id, number.kind)
    invoice = await papers.by_order_ids(tx, [order.id]) if number.granted_refund_id else []
    paper = Paper(
        kind=number.kind,
        number=number_of(number.kind, channel.slug, serial),
        day=now.date(),
        order=order.number,
        currency=order.currency,
        seller=shop.seller or (channel.name,),
        buyer=await _buyer(tx, order),
        rows=rows,
        by_gift_card=order.gift_card_amount if number.kind is PaperKind.INVOICE else ZERO,
        refers_to=next((one.number for one in invoice if one.kind == PaperKind.INVOICE), None),
        note=number.note,
    )
    paper_id = await papers.insert(
        tx, channel.id, order.id, serial, paper, granted_refund_id=number.granted_refund_id, now=now
    )
    told = HistoryEntry(OrderEventKind.INVOICE_GENERATED, {"message": paper.number})
    await placing.insert_history(tx, order.id, viewer, [told], now)
    await outbox.record(tx, OrderUpdated(order.id), by=viewer)
    return paper_id


async def _rows(tx: Connection, order: OrderRow) -> dict[UUID | None, PaperRow]:
    """What was bought, by line, and its shipping, which has no line."""
    rows: dict[UUID | None, PaperRow] = {
        line.id: PaperRow(
            f"{line.product_name} ({line.variant_name})" if line.variant_name else line.product_name,
            line.quantity,
            line.tax_rate or ZERO,
            line.total_net,
            line.total_gross,
        )
        for line in await order_lines.by_order_ids(tx, [order.id])
    }
    if order.shipping_gross:
        name, rate = order.shipping_method_name or "Shipping", order.shipping_tax_rate or ZERO
        rows[None] = PaperRow(name, 1, rate, order.shipping_net, order.shipping_gross)
    return rows


def _parts(
    rows: Mapping[UUID | None, PaperRow], units: Mapping[UUID, int], *, shipping: bool
) -> list[tuple[PaperRow, Decimal]]:
    """What money is given back for, with its weight: the named units and the shipping, else all of it.

    All of it also where what is named has cost nothing.
    """
    named = [
        (replace(rows[key], quantity=count), rows[key].gross * count / rows[key].quantity)
        for key, count in units.items()
    ]
    if shipping and None in rows:
        named.append((rows[None], rows[None].gross))
    return named if any(weight for _, weight in named) else [(row, row.gross) for row in rows.values()]


async def _buyer(tx: Connection, order: OrderRow) -> list[str]:
    """Who is billed, a line a piece."""
    if order.billing_address_id is None:
        return [order.email]
    (row,) = await addresses.by_ids(tx, [order.billing_address_id])
    said = (
        f"{row.first_name} {row.last_name}",
        *(row.company_name, row.street_address_1, row.street_address_2),
        f"{row.postal_code} {row.city} {row.country_area}",
        *(row.country, order.email),
    )
    return [line for line in (" ".join(part.split()) for part in said) if line]
