"""How every command begins and ends: with the checkout locked, and with its change announced."""

from datetime import datetime
from typing import Unpack
from uuid import UUID

from db import checkouts, outbox
from db.checkouts import Changes, CheckoutRow
from db.statements import Connection
from domain.access import Viewer
from domain.checkouts import may_touch
from domain.events import CheckoutUpdated
from domain.refusals import NotFound


async def locked(tx: Connection, viewer: Viewer, checkout_id: UUID) -> CheckoutRow:
    """The checkout, held until the transaction ends.

    Raises ``NotFound`` where there is none, and in the same words where it is somebody else's.
    """
    checkout = await checkouts.lock(tx, checkout_id)
    if checkout is None or not may_touch(viewer, checkout.user_id):
        raise NotFound("There is no such checkout.", field="id")
    return checkout


async def changed(
    tx: Connection, viewer: Viewer, checkout: CheckoutRow, now: datetime, **changes: Unpack[Changes]
) -> CheckoutRow:
    """The locked checkout after ``changes`` that touch neither what is bought nor its price."""
    row = await checkouts.update(tx, checkout, now, **changes)
    await outbox.record(tx, CheckoutUpdated(row.id), by=viewer)
    return row


async def repriced(
    tx: Connection, viewer: Viewer, checkout: CheckoutRow, now: datetime, **changes: Unpack[Changes]
) -> CheckoutRow:
    """As ``changed``, where what is bought or its price may have changed: a new version.

    A delivery that was chosen before is stale from now on.
    """
    changes["version"] = checkout.version + 1
    return await changed(tx, viewer, checkout, now, **changes)
