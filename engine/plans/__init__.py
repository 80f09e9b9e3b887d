"""Compiled plans: a document that was met before runs level by level, and not field by field.

A plan knows only the way on which nothing goes wrong. Where something does (a resolver refuses, a null stands
where none may, a loader fails) it *retreats*: graphql-core runs that root field once more, over what was
already read and resolved, and its answer counts. So errors, their paths and the spreading of nulls are the
reference's own, and what a root field does is still done once.
"""

from engine.plans.plan import Plan
from engine.plans.retreat import replayable
from engine.plans.shelf import SELECTION_BYTES, Plans, Shelf

__all__ = ["SELECTION_BYTES", "Plan", "Plans", "Shelf", "replayable"]
