"""The room that documents take: what is counted is no less than what is kept, whatever they are."""

import gc
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from graphql import GraphQLSchema

from bench.attacks import NODES
from engine.documents import Documents
from engine.errors import RequestRefused
from engine.invocations import Invocation
from engine.plans import SELECTION_BYTES, Shelf
from engine.reading import Document
from server.api import build_schema

TIMES = 4


def many(text: str, number: int) -> str:
    return " ".join(text.replace("#", str(one)) for one in range(number))


FILTERS = "query Q#($f: ProductFilterInput) { products(first: 1, filter: $f) { totalCount } }"
CHECKOUTS = "mutation M#($i: CheckoutCreateInput!) { checkoutCreate(input: $i) { errors { code } } }"
CATEGORY = (
    "id name slug level description seoTitle seoDescription parent { id name slug } backgroundImage { url }"
)
DOCUMENTS = {
    "one field": "{ __typename }",
    "one field, often": NODES % ("id " * 600),
    "aliases": NODES % many("a#: id", 240),
    "operations": many("query Q# { __typename }", 149),
    "large inputs": many(FILTERS, 40),
    "larger inputs": many(CHECKOUTS, 60),
    "fragments": "{ ...F0 }"
    + many("fragment F# on Query { ...G# }", 1).replace("G0", "F1")
    + "fragment F1 on Query { __typename }",
    "fragments, spread often": "{ products(first: 1) { edges { node { "
    + many("a#: category { ...F }", 60)
    + " } } } } fragment F on Category { "
    + CATEGORY
    + " }",
    "variables": "query (" + many("$v#: Boolean!", 90) + ") " + NODES % many("a#: id @skip(if: $v#)", 90),
    "a long list": "{ products(first: 1, filter: { ids: [" + "1 " * 1_900 + "] }) { totalCount } }",
    "a long text": '{ products(first: 1, search: "' + "\U0001f600" * 1_000 + '") { totalCount } }',
    "a long comment": "{ __typename } #" + "\U0001f600" * 1_000,
    "inline fragments": NODES % ("... { id } " * 300),
    "objects": NODES % many("a#: variants { id }", 200),
    "prices": NODES % many("a#: pricing { priceRange { start { gross { amount } } } }", 60),
    "arguments": NODES % many("a#: thumbnail(size: 1) { url }", 150),
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema().graphql


@contextmanager
def kept() -> Iterator[Callable[[], int]]:
    """Gives how many bytes more there are than at its beginning."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]

    def more() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    try:
        yield more
    finally:
        tracemalloc.stop()


def use(document: Document, text: str) -> None:
    """Let each operation work out what it does when it first runs; variables are empty, or false."""
    given: dict[str, Any] = {"f": {}, "i": {}, **{f"v{number}": False for number in range(90)}}
    for name, meant in document.operations.items():
        variables = {key: value for key, value in given.items() if f"${key}:" in text}
        document.tally.of(name, {"a": 1})
        document.costs.of(name, variables)
        invocation = meant.invoker.invoke(variables, None)
        if isinstance(invocation, Invocation):
            document.plans.find(invocation)
            invocation.let_go()


@pytest.mark.parametrize("title", DOCUMENTS)
def test_a_document_and_its_plans_take_no_more_than_is_counted(schema: GraphQLSchema, title: str) -> None:
    text = DOCUMENTS[title]
    warm = Documents(schema)
    use(warm.find(text), text)
    shelf = Shelf(1 << 40)
    documents = Documents(schema, max_bytes=1 << 40, shelf=shelf)

    with kept() as more:
        found = [documents.find(f"{text}#{number}") for number in range(TIMES)]
        for document in found:
            document.tally.of(next(iter(document.operations)), {"a": 1})
        of_documents = more()
        for document in found:
            use(document, text)
        of_plans = more() - of_documents

    assert of_documents <= documents.weight
    assert of_plans <= shelf._size * SELECTION_BYTES


@pytest.mark.parametrize("text", ["{ " + "\U0001f600" * 20_000, NODES % many("x#", 300), "{ a " * 500])
def test_a_refusal_takes_no_more_than_is_counted(schema: GraphQLSchema, text: str) -> None:
    documents = Documents(schema, max_bytes=1 << 40)
    with pytest.raises(RequestRefused):
        documents.find(text)

    with kept() as more:
        weight = documents.weight
        for number in range(TIMES):
            with pytest.raises(RequestRefused):
                documents.find(f"#{number}\n{text}")
        of_refusals = more()

    assert of_refusals <= documents.weight - weight


def test_a_document_that_is_forgotten_is_gone_at_once_and_its_plans_with_it(schema: GraphQLSchema) -> None:
    documents = Documents(schema, max_bytes=500_000)
    text = NODES % "id name category { id } pricing { onSale } ...F" + " fragment F on Product { slug }"
    gc.collect()
    gc.disable()
    try:
        trees = [_used(documents, f"{text}#{number}") for number in range(50)]
        alive = [tree for tree in trees if tree() is not None]
        left_behind = gc.collect()
    finally:
        gc.enable()

    assert left_behind < 50 * 105  # objects, 85 each: visitors that hold nothing but themselves
    assert len(alive) == len(documents) < 50
    assert len(documents._shelf._plans) == len(documents)


def test_who_still_runs_a_forgotten_document_has_it_counted_with_its_plan(schema: GraphQLSchema) -> None:
    documents = Documents(schema, max_bytes=500_000)
    text = NODES % ("id " * 400)
    document = documents.find(text)
    use(document, text)
    before = documents._shelf._size
    for number in range(5):
        documents.find(f"{text}#{number}")

    use(document, text)

    tree = 300_000 // SELECTION_BYTES
    assert document.syntax.definitions
    assert before < 10
    assert documents._shelf._size > tree


def test_readers_of_large_inputs_are_made_once(schema: GraphQLSchema) -> None:
    documents = Documents(schema)
    text = FILTERS.replace("#", "")

    readers = [_reader(documents.find(f"{text}#{number}")) for number in range(2)]

    assert readers[0]({"search": "mug"}) == readers[1]({"search": "mug"})
    assert readers[0].__closure__[0].cell_contents is readers[1].__closure__[0].cell_contents


def _used(documents: Documents, text: str) -> weakref.ref[Any]:
    document = documents.find(text)
    use(document, text)
    return weakref.ref(document.syntax.definitions[0])


def _reader(document: Document) -> Any:
    return document.operations["Q"].invoker._variables._known[0][2]
