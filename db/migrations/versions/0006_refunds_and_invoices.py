"""Money granted back, papers of record, and what of a gift card went back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(20, 4)


def upgrade() -> None:
    op.add_column("orders", sa.Column("granted_amount", MONEY, server_default=sa.text("0"), nullable=False))
    op.add_column(
        "gift_card_uses", sa.Column("returned_amount", MONEY, server_default=sa.text("0"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_gift_card_uses_returned_within_amount"),
        "gift_card_uses",
        "returned_amount between 0 and amount",
    )
    _refunds()
    _invoices()


def _refunds() -> None:
    op.create_table(
        "granted_refunds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("asked_under", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("includes_shipping", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_granted_refunds_amount_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_granted_refunds_order_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_granted_refunds_transaction_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_granted_refunds_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_granted_refunds")),
    )
    for column in ("order_id", "transaction_id", "user_id"):
        op.create_index(op.f(f"ix_granted_refunds_{column}"), "granted_refunds", [column])
    op.create_table(
        "granted_refund_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("granted_refund_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_granted_refund_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["granted_refund_id"],
            ["granted_refunds.id"],
            name=op.f("fk_granted_refund_lines_granted_refund_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_granted_refund_lines_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_granted_refund_lines")),
    )
    for column in ("granted_refund_id", "order_line_id"):
        op.create_index(op.f(f"ix_granted_refund_lines_{column}"), "granted_refund_lines", [column])


def _invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("granted_refund_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        *_documents("facts"),
        sa.Column("file_key", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *_documents("meta", "private_meta"),
        sa.CheckConstraint(
            "(kind = 'CREDIT_NOTE') = (granted_refund_id is not null)",
            name=op.f("ck_invoices_credit_of_refund"),
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_invoices_channel_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoices_order_id")),
        sa.ForeignKeyConstraint(
            ["granted_refund_id"], ["granted_refunds.id"], name=op.f("fk_invoices_granted_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("channel_id", "kind", "serial", name=op.f("uq_invoices_channel_id_kind_serial")),
        sa.UniqueConstraint("granted_refund_id", name=op.f("uq_invoices_granted_refund_id")),
    )
    op.create_index(op.f("ix_invoices_order_id"), "invoices", ["order_id"])
    op.create_index(
        "uq_invoices_order_id",
        "invoices",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'INVOICE'"),
    )
    op.create_table(
        "invoice_counters",
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_invoice_counters_channel_id")),
        sa.PrimaryKeyConstraint("channel_id", "kind", name=op.f("pk_invoice_counters")),
    )


def _documents(*names: str) -> "list[sa.Column[str]]":
    """JSON columns that are never null."""
    return [
        sa.Column(
            name,
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        )
        for name in names
    ]


def downgrade() -> None:
    for table in ("invoice_counters", "invoices", "granted_refund_lines", "granted_refunds"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_gift_card_uses_returned_within_amount"), "gift_card_uses", type_="check")
    op.drop_column("gift_card_uses", "returned_amount")
    op.drop_column("orders", "granted_amount")
