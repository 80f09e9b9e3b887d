"""Alembic's door: runs the migrations on the connection that ``db.migrating`` hands over."""

from alembic import context
from sqlmodel import SQLModel

import db.tables  # noqa: F401  # declares every table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
