"""What the checks of the house look at."""

from pathlib import Path

import pytest
from graphql import GraphQLSchema

from server.api import build_schema

ROOT = Path(__file__).parent.parent.parent
FLOORS = (
    "server",
    "engine",
    "resolvers",
    "subscriptions",
    "schema",
    "commands",
    "loaders",
    "db",
    "adapters",
    "domain",
)


@pytest.fixture(scope="session")
def graphql_schema() -> GraphQLSchema:
    return build_schema().graphql
