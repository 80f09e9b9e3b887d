"""What is sent to wear a server out takes little work, counted in calls: no busy machine adds to these."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from graphql import GraphQLSchema

from bench.attacks import BODIES, DOCUMENTS
from engine.beside import beside
from engine.documents import Documents
from engine.errors import RequestRefused
from engine.limits import Limits
from engine.requests import GraphQLRequest
from server.api import build_schema

MOST_CALLS = 400_000  # Python makes as many in some 40 ms
MOST_WORDS = 20_000  # characters of a refusal


@pytest.fixture(scope="module")
def shop_schema() -> GraphQLSchema:
    schema = build_schema().graphql
    Documents(schema).find("{ channels { id } }")  # what is worked out once
    return schema


@contextmanager
def counting() -> Iterator[list[int]]:
    """The calls that the block makes, of Python's functions and of C's."""
    calls = [0]

    def count(_frame: Any, event: str, _argument: Any) -> None:
        if event in {"call", "c_call"}:
            calls[0] += 1

    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_read_or_refused_with_little_work(shop_schema: GraphQLSchema, name: str) -> None:
    documents = Documents(shop_schema, Limits())
    words = 0

    with counting() as calls:
        try:
            documents.find(DOCUMENTS[name])
        except RequestRefused as refusal:
            words = len(str(refusal.errors))

    assert calls[0] < MOST_CALLS
    assert words < MOST_WORDS


async def test_what_is_read_beside_the_loop_lets_it_go_on_soon() -> None:
    await beside(int)

    assert sys.getswitchinterval() == pytest.approx(0.001)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_read_or_refused_with_little_work(name: str) -> None:
    code = "read"

    with counting() as calls:
        try:
            GraphQLRequest.parse(BODIES[name])
        except RequestRefused as refusal:
            code = refusal.errors[0]["extensions"]["code"]

    assert calls[0] < MOST_CALLS
    assert code in {"read", "GRAPHQL_LIMIT_EXCEEDED", "BATCHING_NOT_SUPPORTED"}
