"""The explorer's examples: documents that are good against the schema as it is."""

import pytest
from graphql import GraphQLSchema, parse, validate

from engine.explorer.page import Example
from server.api import build_schema
from server.examples import examples


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema().graphql


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.title)
def test_an_example_is_valid(schema: GraphQLSchema, example: Example) -> None:
    assert validate(schema, parse(example.document)) == []


def test_the_examples_are_told_in_their_order() -> None:
    assert [example.title for example in examples()] == [
        "A listing",
        "A product page",
        "A cart",
        "Pay",
        "Watch an order",
        "Log in",
    ]
