"""What the shop's own documents cost: well within what a guest may ask for."""

from pathlib import Path

import pytest
from graphql import GraphQLSchema, get_introspection_query, parse

from engine.cost import costs_of
from server.settings import Settings

DOCUMENTS = sorted((Path(__file__).parent.parent / "documents").glob("*.graphql"))
GUEST = Settings.model_fields["cost_limit_guest"].default


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_guest_may_ask_for_the_longest_page_of_everything(
    graphql_schema: GraphQLSchema, document: Path
) -> None:
    costs = costs_of(graphql_schema, parse(document.read_text()))

    (name,) = costs.operations
    assert 0 < costs.of(name, {"first": 100}) < GUEST / 5


def test_a_guest_may_read_the_schema_and_not_a_hundred_times(graphql_schema: GraphQLSchema) -> None:
    often = "{ " + " ".join(f"a{number}: __schema {{ description }}" for number in range(100)) + " }"

    once = costs_of(graphql_schema, parse(get_introspection_query())).of(None, {})

    assert once < GUEST < costs_of(graphql_schema, parse(often)).of(None, {})
