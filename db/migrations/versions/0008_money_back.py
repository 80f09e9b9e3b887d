"""Money that goes back onto gift cards; what the units of a grant cost, and when it changed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("granted_refunds", sa.Column("gift_card_id", sa.BigInteger(), nullable=True))
    op.add_column("granted_refunds", sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("granted_refunds", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update granted_refunds set updated_at = created_at")
    op.alter_column("granted_refunds", "updated_at", server_default=sa.text("now()"), nullable=False)
    op.alter_column("granted_refunds", "transaction_id", nullable=True)
    op.create_foreign_key(
        op.f("fk_granted_refunds_gift_card_id"), "granted_refunds", "gift_cards", ["gift_card_id"], ["id"]
    )
    op.create_index(op.f("ix_granted_refunds_gift_card_id"), "granted_refunds", ["gift_card_id"])
    op.create_check_constraint(
        op.f("ck_granted_refunds_one_purse"),
        "granted_refunds",
        "(transaction_id is null) <> (gift_card_id is null)",
    )
    op.add_column(
        "granted_refund_lines", sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "granted_refund_lines",
        sa.Column("amount", sa.Numeric(20, 4), server_default=sa.text("0"), nullable=False),
    )
    op.execute("""
        update granted_refund_lines as granted
           set amount = line.total_gross * granted.quantity / line.quantity
          from order_lines as line
         where line.id = granted.order_line_id
    """)


def downgrade() -> None:
    op.drop_column("granted_refund_lines", "amount")
    op.drop_column("granted_refund_lines", "reason")
    op.execute("delete from granted_refunds where transaction_id is null")
    op.drop_constraint(op.f("ck_granted_refunds_one_purse"), "granted_refunds", type_="check")
    op.drop_index(op.f("ix_granted_refunds_gift_card_id"), table_name="granted_refunds")
    op.drop_constraint(op.f("fk_granted_refunds_gift_card_id"), "granted_refunds", type_="foreignkey")
    op.alter_column("granted_refunds", "transaction_id", nullable=False)
    for column in ("updated_at", "paid_at", "gift_card_id"):
        op.drop_column("granted_refunds", column)
