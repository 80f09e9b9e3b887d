"""When a channel's paid checkouts become orders by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "channels",
        sa.Column("automatic_completion_delay", sa.Integer(), server_default=sa.text("30"), nullable=False),
    )
    op.add_column(
        "channels", sa.Column("automatic_completion_cut_off", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_check_constraint(
        op.f("ck_channels_completion_before_money_goes_back"),
        "channels",
        "automatic_completion_delay between 0 and 720",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_channels_completion_before_money_goes_back"), "channels", type_="check")
    op.drop_column("channels", "automatic_completion_cut_off")
    op.drop_column("channels", "automatic_completion_delay")
