"""Units that may be promised of a stock beyond what is on hand."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "stocks", sa.Column("backorder_limit", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.drop_constraint(op.f("ck_stocks_allocated_within_on_hand"), "stocks", type_="check")
    op.create_check_constraint(
        op.f("ck_stocks_allocated_within_backorder_limit"),
        "stocks",
        "allocated between 0 and on_hand + backorder_limit",
    )
    op.create_check_constraint(
        op.f("ck_stocks_not_below_zero"), "stocks", "on_hand >= 0 and backorder_limit >= 0"
    )


def downgrade() -> None:
    """Is refused by the constraint while anything is on backorder: those orders could not be kept."""
    op.drop_constraint(op.f("ck_stocks_not_below_zero"), "stocks", type_="check")
    op.drop_constraint(op.f("ck_stocks_allocated_within_backorder_limit"), "stocks", type_="check")
    op.create_check_constraint(
        op.f("ck_stocks_allocated_within_on_hand"), "stocks", "allocated between 0 and on_hand"
    )
    op.drop_column("stocks", "backorder_limit")
