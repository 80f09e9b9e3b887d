"""The largest documents that shop fronts send, pages of a dashboard, are far within the limits."""

from pathlib import Path

import pytest
from graphql import GraphQLSchema
from graphql.language import Lexer, Source, TokenKind

from engine.documents import Documents
from engine.limits import Limits
from server.api import build_schema
from server.settings import Settings

PAGES = Path(__file__).parent.parent / "documents" / "dashboard"
TOKENS = {"order_details": 733, "product_details": 512}
"""By page. The order's has 347 fields in 11 fragments; with each fragment written out it has 1 120 tokens."""


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema().graphql


@pytest.mark.parametrize("name", TOKENS)
def test_a_page_has_less_than_half_of_what_it_may_have(schema: GraphQLSchema, name: str) -> None:
    text = (PAGES / f"{name}.graphql").read_text()
    default: int = Settings.model_fields["document_tokens"].default

    document = Documents(schema, Limits(tokens=default)).find(text)

    (operation,) = document.operations
    assert _tokens(text) == TOKENS[name]
    assert 2 * TOKENS[name] < default == Limits().tokens
    assert (
        document.costs.of(operation, {"withNotes": True})
        < Settings.model_fields["cost_limit_customer"].default
    )


@pytest.mark.parametrize("name", TOKENS)
def test_a_page_is_still_a_page_when_it_asks_for_twice_as_much(schema: GraphQLSchema, name: str) -> None:
    text = (PAGES / f"{name}.graphql").read_text()
    twice = text.replace("  id\n", "  id\n  again: id\n") + text.replace("query ", "query Again").replace(
        "fragment ", "fragment Again"
    ).replace("...", "...Again").replace("...Again on ", "... on ")

    document = Documents(schema, Limits()).find(twice)

    assert len(document.operations) == 2
    assert _tokens(twice) > 2 * TOKENS[name]


def _tokens(text: str) -> int:
    lexer, number = Lexer(Source(text)), 0
    while lexer.advance().kind != TokenKind.EOF:
        number += 1
    return number
