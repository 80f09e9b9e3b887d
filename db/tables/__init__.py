"""Every table, declared once: ``SQLModel.metadata`` after this import is what a migrated database equals."""

from db.tables import (
    accounts,
    apps,
    attributes,
    catalog,
    channels,
    checkouts,
    discounts,
    imports,
    jobs,
    orders,
    refunds,
)

__all__ = [
    "accounts",
    "apps",
    "attributes",
    "catalog",
    "channels",
    "checkouts",
    "discounts",
    "imports",
    "jobs",
    "orders",
    "refunds",
]
