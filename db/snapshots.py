"""What the payments of a checkout are for, and what there is to compare it with."""

from typing import Final
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement
from domain.addresses import FIELDS
from domain.snapshots import Arrangement


class SnapshotRow(Row):
    """Addresses are their fields, null where there is none; ``postal_code`` is where the goods go.

    ``paid_for`` is the fingerprint of the checkout that its money is for; null where no payment with money on
    it has one.
    """

    shipping_address: list[str] | None
    billing_address: list[str] | None
    shipping_method_id: int | None
    collection_point_id: int | None
    postal_code: str | None
    paid_for: str | None

    @property
    def arrangement(self) -> Arrangement:
        return Arrangement(
            self.shipping_address, self.billing_address, self.shipping_method_id, self.collection_point_id
        )


def _address(name: str) -> str:
    fields = ", ".join(f"{name}.{field}" for field in FIELDS)
    return f"case when {name}.id is not null then array[{fields}] end as {name}_address"


# A payment that failed was for nothing: what the one before it was for counts again.
FIND: Final = Statement(f"""
    select {_address("shipping")}, {_address("billing")}, chosen.shipping_method_id,
           checkout.collection_point_id, shipping.postal_code,
           (
               select payment.snapshot
                 from transactions as payment
                where payment.checkout_id = checkout.id
                  and payment.snapshot is not null
                  and greatest(
                          payment.authorized_amount, payment.authorize_pending_amount,
                          payment.charged_amount, payment.charge_pending_amount
                      ) > 0
                order by payment.snapshot_turn desc
                limit 1
           ) as paid_for
      from checkouts as checkout
      left join checkout_deliveries as chosen on chosen.id = checkout.delivery_id
      left join addresses as shipping on shipping.id = checkout.shipping_address_id
      left join addresses as billing on billing.id = checkout.billing_address_id
     where checkout.id = :id
""")
KEEP: Final = Statement("""
    update transactions
       set snapshot = :snapshot,
           snapshot_turn = 1 + coalesce(
               (
                   select max(earlier.snapshot_turn)
                     from transactions as earlier
                    where earlier.checkout_id = :checkout_id
               ), 0)
     where id = :id
""")


async def find(tx: Connection, checkout_id: UUID) -> SnapshotRow:
    """Of a checkout that is locked: neither it nor what its payments add up to changes meanwhile."""
    row = await FIND.row(tx, SnapshotRow, id=checkout_id)
    assert row is not None, "a locked row stays"
    return row


async def keep(tx: Connection, transaction_id: UUID, checkout_id: UUID, snapshot: str) -> None:
    """The payment is for this, from now on; and so are, with it, the locked checkout's earlier ones."""
    await KEEP.run(tx, id=transaction_id, checkout_id=checkout_id, snapshot=snapshot)
