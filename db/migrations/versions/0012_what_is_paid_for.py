"""What a payment is for: the checkout as it was when the payment was last begun or taken further."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transactions", sa.Column("snapshot", sa.Text(), nullable=True))
    op.add_column("transactions", sa.Column("snapshot_turn", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("transactions", "snapshot_turn")
    op.drop_column("transactions", "snapshot")
