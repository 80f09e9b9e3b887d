"""Payments whose shopper has gone: when their gateway is asked, and whether they become orders."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "channels",
        sa.Column(
            "automatically_complete_paid_checkouts",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
        ),
    )
    op.add_column("transactions", sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
    # What was begun before and has not come to an end.
    op.execute("""
        update transactions as payment
           set look_at = now()
         where gateway <> ''
           and (greatest(
                    authorize_pending_amount, charge_pending_amount, refund_pending_amount,
                    cancel_pending_amount
                ) > 0
                or not exists (
                    select
                      from transaction_events as told
                     where told.transaction_id = payment.id
                       and told.kind in ('AUTHORIZATION_SUCCESS', 'AUTHORIZATION_FAILURE', 'CHARGE_SUCCESS',
                                         'CHARGE_FAILURE')
                ))
    """)
    op.create_index(
        op.f("ix_transactions_look_at"),
        "transactions",
        ["look_at"],
        postgresql_where=sa.text("look_at is not null"),
    )
    op.create_index(
        "ix_transactions_left",
        "transactions",
        ["checkout_id", "updated_at"],
        postgresql_where=sa.text("order_id is null and (authorized_amount > 0 or charged_amount > 0)"),
    )


def downgrade() -> None:
    op.drop_index("ix_transactions_left", table_name="transactions")
    op.drop_index(op.f("ix_transactions_look_at"), table_name="transactions")
    op.drop_column("transactions", "look_at")
    op.drop_column("channels", "automatically_complete_paid_checkouts")
