"""What a gateway tells of a payment by itself, sooner or later: a webhook's way in."""

from uuid import UUID

import structlog

from adapters.payments.gateway import News, Notice
from commands.payments.recording import hold
from commands.payments.telling import Settled, write_down
from commands.shop import Shop
from db import transactions
from domain.access import GUEST, Viewer
from domain.payments import Event
from domain.refusals import NotFound

log = structlog.get_logger(__name__)


async def settle(
    shop: Shop,
    transaction_id: UUID,
    event: Event,
    *,
    viewer: Viewer = GUEST,
    message: str = "",
    external_url: str = "",
) -> Settled:
    """Write down what was told of a payment and add it up, once, however often it is told.

    Whoever calls has made sure that the gateway said it. Raises ``NotFound``, and ``IncorrectDetails`` where
    the same kind and reference came with another amount. Records ``CheckoutUpdated``, or ``OrderUpdated`` and
    ``OrderPaid``.
    """
    news = News(event.kind, event.reference, event.amount, event.at, message, external_url)
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, transaction_id)
        if transaction is None:
            raise NotFound("This payment does not exist.", field="id")
        return await write_down(tx, transaction, payable, news, viewer=viewer, now=shop.clock())


async def hear(shop: Shop, gateway: str, notice: Notice) -> list[Settled]:
    """Write down all that a gateway's webhook says, or nothing of it; none where the payment is not ours.

    Whoever calls has made sure that the gateway said it. Raises and records what ``settle`` does.
    """
    async with shop.db.transaction() as tx:
        found = notice.transaction_id or await transactions.named(tx, gateway, notice.reference)
        transaction, payable = (None, None) if found is None else await hold(tx, found)
        if transaction is None or transaction.gateway != gateway:
            log.info("notice_of_nothing_here", gateway=gateway, reference=notice.reference)
            return []
        if transaction.reference not in (None, notice.reference):
            # A payment that was begun again after an answer was lost: nobody was ever told of its first one.
            log.info("notice_of_another_try", gateway=gateway, reference=notice.reference)
            return []
        return [
            await write_down(tx, transaction, payable, news, viewer=GUEST, now=shop.clock())
            for news in notice.news
        ]
