"""The API's table of contents: every root field there is."""

from typing import Any

from strawberry.tools import create_type

from engine.schema import Schema
from resolvers import channels
from schema.scalars import SCALARS

QUERIES: list[Any] = [
    channels.channel,
    channels.channels,
]
MUTATIONS: list[Any] = []
SUBSCRIPTIONS: list[Any] = []


def build_schema() -> Schema:
    """The shop's schema. Takes a moment: build it once."""
    return Schema(
        query=create_type("Query", QUERIES),
        mutation=create_type("Mutation", MUTATIONS) if MUTATIONS else None,
        subscription=create_type("Subscription", SUBSCRIPTIONS) if SUBSCRIPTIONS else None,
        scalars=SCALARS,
    )
