"""The shop's promises as queries, each of which finds what breaks one. On a sound shop all find nothing."""

from db.verifying import announcing, offers, orders, papers, payments, stocks
from db.verifying.promises import BreachRow, Promise, breaches

PROMISES = (
    *stocks.PROMISES,
    *orders.PROMISES,
    *payments.PROMISES,
    *offers.PROMISES,
    *papers.PROMISES,
    *announcing.PROMISES,
)

__all__ = ["PROMISES", "BreachRow", "Promise", "breaches"]
