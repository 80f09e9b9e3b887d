"""Payments that staff writes down: who did, and where the provider shows the details."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "transactions", sa.Column("external_url", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.create_index(
        "uq_transactions_reference_by_hand",
        "transactions",
        ["reference"],
        unique=True,
        postgresql_where=sa.text("gateway = '' and reference is not null"),
    )
    for table in ("transactions", "transaction_events"):
        op.add_column(table, sa.Column("user_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_{table}_user_id_users"), table, "users", ["user_id"], ["id"], ondelete="SET NULL"
        )
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"], unique=False)


def downgrade() -> None:
    for table in ("transactions", "transaction_events"):
        op.drop_index(op.f(f"ix_{table}_user_id"), table_name=table)
        op.drop_constraint(op.f(f"fk_{table}_user_id_users"), table, type_="foreignkey")
        op.drop_column(table, "user_id")
    op.drop_index("uq_transactions_reference_by_hand", table_name="transactions")
    op.drop_column("transactions", "external_url")
