"""Carts, their lines, and what they cost."""

from collections.abc import Sequence
from uuid import UUID

from db import carts, checkout_lines, checkout_problems, checkouts
from db.statements import Connection
from domain.carts import PricedCart
from domain.pricing import price
from loaders.batching import many, one


async def _priced(connection: Connection, ids: Sequence[UUID]) -> list[PricedCart]:
    return [price(cart) for cart in await carts.carts(connection, ids)]


class CheckoutLoaders:
    """``by_id`` and what follows from it do not ask who is looking: ``domain.checkouts.may_touch`` does."""

    by_id = one(checkouts.by_ids, key="id")
    of_user = many(checkouts.by_user_ids, key="user_id")
    line = one(checkout_lines.by_ids, key="id")
    lines = many(checkout_lines.by_checkout_ids, key="checkout_id")
    priced = one(_priced, key="id")
    line_problems = many(checkout_problems.lines_by_checkout_ids, key="checkout_id")
