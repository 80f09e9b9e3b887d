"""The shop's promises as queries, each of which finds what breaks one. On a sound shop all find nothing."""

from db.verifying.promises import BreachRow, Promise, breaches
from db.verifying.searching import PROMISES, Finding, search

__all__ = ["PROMISES", "BreachRow", "Finding", "Promise", "breaches", "search"]
