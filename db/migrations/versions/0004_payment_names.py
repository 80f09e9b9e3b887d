"""Payments are found by their gateways' names for them, and what is asked of them by our keys."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transaction_events", sa.Column("asked_under", sa.Text(), nullable=True))
    op.create_index(
        op.f("ix_transactions_gateway_reference"),
        "transactions",
        ["gateway", "reference"],
        unique=False,
        postgresql_where=sa.text("reference is not null"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_transactions_gateway_reference"), table_name="transactions")
    op.drop_column("transaction_events", "asked_under")
