"""Somebody is about to pay: what the gateways' forms in the browser begin with."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from adapters.payments.gateway import Gateway, Opening, Unreachable
from commands.payments.asking import PATIENCE
from commands.payments.recording import may_pay, total_of
from commands.shop import Shop
from db import payables
from domain.access import Viewer
from domain.money import ZERO, rounded
from domain.payments import Subject
from domain.refusals import Invalid, NotFound, Refusal


@dataclass(frozen=True, slots=True)
class Opened:
    """A gateway's answer, as JSON, or why there is none."""

    gateway: str
    data: Any = None
    refusal: Refusal | None = None


async def open_gateways(
    shop: Shop,
    viewer: Viewer,
    subject: Subject,
    id: UUID,
    *,
    amount: Decimal | None = None,
    wanted: Mapping[str, Any] | None = None,
) -> list[Opened]:
    """One answer for each gateway of ``wanted`` (its id, and JSON for it); null: for all that are offered.

    ``amount`` null is all that remains to be paid. Changes nothing. Raises ``NotFound``.
    """
    async with shop.db.read() as connection:
        payable = await payables.find(connection, subject, id)
        if payable is None or not may_pay(viewer, payable):
            raise NotFound("There is nothing to pay for under this id.", field="id")
        if amount is None:
            total, _ = await total_of(connection, payable)
            amount = max(total - await payables.spoken_for(connection, payable.id), ZERO)
    gateways = shop.gateways.offered(payable.payment_gateways, payable.currency, payable.channel_slug)
    offered = {gateway.id: gateway for gateway in gateways}
    asked = dict.fromkeys(offered) if wanted is None else wanted
    due = rounded(amount, payable.currency)
    return await asyncio.gather(
        *(
            _open(offered.get(name), name, Opening(due, payable.currency, data))
            for name, data in asked.items()
        )
    )


async def _open(gateway: Gateway | None, name: str, opening: Opening) -> Opened:
    if gateway is None:
        return Opened(name, refusal=NotFound("This way to pay is not offered here.", field="id"))
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return Opened(name, await gateway.initialize(opening))
    except (Unreachable, TimeoutError):
        return Opened(name, refusal=Invalid("This way to pay does not answer at present.", field="id"))
