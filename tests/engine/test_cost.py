"""What an operation costs, worked out from its document and its variables."""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLObjectType, GraphQLSchema, OperationDefinitionNode, build_schema, parse
from graphql.execution.values import VariableValues

from engine.cost import CEILING, costs_of
from engine.describing import describe
from engine.directives import Cost
from engine.executor import Executor
from engine.introspecting import LEAST
from engine.limits import Limits
from engine.loading import Loading
from engine.reading import fragments_of
from engine.requests import GraphQLRequest
from engine.schema import Schema
from engine.tally import Tally
from engine.words import attribute
from tests.engine import library

SDL = """
    interface Named { name: String friend: Named }
    type Query { shop: Shop, products(first: Int, last: Int): Products, named: Named, names: [String!] }
    type Shop { name: String, owner: Person, staff: [Person!]! }
    type Person implements Named { name: String, friend: Named, boss: Person }
    type Dog implements Named { name: String, friend: Named, owner: Person }
    type Products { edges: [ProductEdge!]!, pageInfo: PageInfo!, totalCount: Int }
    type ProductEdge { node: Product }
    scalar JSON
    type Product { name: String, text: JSON, maker: Person, related(first: Int = 3): Products,
      parts: [Product] }
    type PageInfo { hasNextPage: Boolean }
"""


NAMES = " ".join(f"a{number}: name" for number in range(20))
COUNTS = " ".join(f"a{number}: totalCount" for number in range(20))


@pytest.fixture(scope="module")
def shop_schema() -> GraphQLSchema:
    schema = build_schema(SDL)
    product = schema.type_map["Product"]
    assert isinstance(product, GraphQLObjectType)
    product.fields["related"].args["first"].default_value = 3  # as Strawberry tells of a default
    return schema


def cost(schema: GraphQLSchema, document: str, name: str | None = None, **variables: Any) -> int:
    return costs_of(schema, parse(document)).of(name, variables)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ __typename names }", 0),
        ("{ shop { name } }", 1),
        ("{ shop { owner { boss { name } } } }", 3),
        ("{ shop { staff { name } } }", 1 + 5),
        ("{ shop { staff { boss { name } } } }", 1 + 5 * 2),
        ("{ a: shop { name } b: shop { name } }", 2),
        # A page: what it gives, then for each item the edge, the node and what is below it.
        ("{ products(first: 7) { totalCount } }", 7),
        ("{ products(first: 7) { edges { node { name } } } }", 7 * 3),
        ("{ products(last: 7) { edges { node { maker { name } } } } }", 7 * 4),
        ("{ products { edges { node { name } } } }", 20 * 3),
        ("{ products(first: 100000) { totalCount } }", 100),
        ("{ products(first: -1) { totalCount } }", 0),
        ("{ products(first: 2) { pageInfo { hasNextPage } edges { node { name } } } }", 1 + 2 * 3),
        (
            "{ products(first: 2) { edges { node { related { edges { node { name } } } } } } }",
            2 * (3 + 3 * 3),
        ),
        ("{ shop @skip(if: true) { name } }", 0),
        # What is shown of one row: every twenty fields.
        (f"{{ shop {{ {NAMES} owner {{ {NAMES} {NAMES} }} }} }}", 1 + 1 + 1 + 2),
        (f"{{ shop {{ staff {{ ...A ...A }} }} }} fragment A on Person {{ {NAMES} }}", 1 + 5 * (1 + 2)),
        (f"{{ products(first: 7) {{ {COUNTS} edges {{ node {{ {NAMES} }} }} }} }}", 1 + 7 * (3 + 1)),
        ("{ products(first: 7) { edges { node { text b: text name } } } }", 7 * (3 + 2)),
        (f"{{ named {{ ... on Dog {{ {NAMES} }} ... on Person {{ {NAMES} {NAMES} }} }} }}", 1 + 2),
        ("{ ...A ...A } fragment A on Query { shop { ...B } } fragment B on Shop { owner { name } }", 4),
        ("{ __schema { types { fields { name } } } }", LEAST),
    ],
)
def test_rows_cost_one_each(shop_schema: GraphQLSchema, document: str, expected: int) -> None:
    assert cost(shop_schema, document) == expected


def test_reading_the_schema_costs_what_there_is_to_read(shop_schema: GraphQLSchema) -> None:
    often = " ".join(f"a{number}: fields {{ ...F }}" for number in range(100))
    fragment = "fragment F on __Field { name type { name } args { name } }"

    once = cost(shop_schema, f"{{ __schema {{ types {{ fields {{ ...F }} }} }} }} {fragment}")
    document = f"{{ __schema {{ types {{ {often} }} }} }} {fragment}"
    found = cost(shop_schema, document)

    syntax = parse(document)
    operation = next(node for node in syntax.definitions if isinstance(node, OperationDefinitionNode))
    told = describe(shop_schema, operation, fragments_of(syntax), VariableValues({}, {}))
    assert once == LEAST
    assert found == told.fields // 5


def test_of_exclusive_types_the_dearest_counts(shop_schema: GraphQLSchema) -> None:
    document = """{ named {
        friend { name }
        ... on Person { boss { boss { name } } }
        ... on Dog { owner { name } }
        ...Doggy
    } }
    fragment Doggy on Dog { owner { boss { boss { name } } } }"""

    assert cost(shop_schema, document) == 1 + 1 + max(2, 1 + 3)


def test_variables_count_at_their_values(shop_schema: GraphQLSchema) -> None:
    document = """query ($n: Int = 4, $m: Int, $more: Boolean = false) {
        products(first: $n) { edges { node { related(first: $m) { edges { node { ...More } } } } } }
    }
    fragment More on Product { maker @include(if: $more) { name } }"""
    costs = costs_of(shop_schema, parse(document))

    assert costs.of(None, {"m": 1}) == 4 * (3 + 1 * 3)
    assert costs.of(None, {"n": 10, "m": 2}) == 10 * (3 + 2 * 3)
    assert costs.of(None, {"n": 10, "m": 2, "more": True}) == 10 * (3 + 2 * 4)
    assert costs.of(None, {"n": None}) == 20 * (3 + 3 * 3)
    assert costs.of(None, {"n": 1e308, "m": 100}) == 100 * (3 + 100 * 3)
    assert costs.of(None, {"n": "much", "m": []}) == 20 * (3 + 3 * 3)


def test_an_id_by_default_may_be_a_number_of_any_length(shop_schema: GraphQLSchema) -> None:
    document = f"query ($id: ID = {'9' * 5_000}) {{ products {{ totalCount }} }}"

    assert costs_of(shop_schema, parse(document)).of(None, {}) == 20


WRITES = build_schema("""
    type Query { a(ids: [ID!]): Int }
    type Mutation { add(lines: [Line!]!, note: String): Int }
    type Subscription { seen(ids: [ID!]!): Int }
    input Line { id: ID quantity: Int gifts: [ID!] }
""")


@pytest.mark.parametrize(
    ("document", "variables", "expected"),
    [
        ("mutation { add(lines: []) }", {}, 0),
        ('mutation { add(lines: [{ id: "a" }, { id: "b", gifts: ["x", "y"] }]) }', {}, 2 + 2),
        ("mutation ($l: [Line!]!) { add(lines: $l) }", {"l": [{"id": "a"}, {"gifts": ["x"]}, {}]}, 3 + 1),
        ("mutation ($l: [Line!]!) { add(lines: $l) b: add(lines: $l) }", {"l": [{}, {}]}, 2 * 2),
        ("mutation ($l: Line!) { ...F } fragment F on Mutation { add(lines: [$l, $l]) }", {"l": {}}, 2),
        ("mutation ($l: [Line!] = [{}, {}, {}]) { add(lines: $l) }", {}, 3),
        ("subscription ($ids: [ID!]!) { seen(ids: $ids) }", {"ids": ["a", "b"]}, 2),
        ('{ a(ids: ["a", "b"]) }', {}, 0),
    ],
)
def test_what_a_write_is_handed_costs_one_an_item(
    document: str, variables: dict[str, Any], expected: int
) -> None:
    assert costs_of(WRITES, parse(document)).of(None, variables) == expected


def test_operations_of_a_document_have_costs_of_their_own(shop_schema: GraphQLSchema) -> None:
    document = "query A { shop { name } } query B { products(first: 3) { totalCount } }"

    assert [cost(shop_schema, document, name) for name in ("A", "B")] == [1, 3]


@pytest.mark.parametrize("variable", [False, True])
def test_fragments_that_double_cost_what_they_double_to(
    shop_schema: GraphQLSchema, *, variable: bool
) -> None:
    page = "products(first: $n) { totalCount }" if variable else "shop { name }"
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(29))
    document = f"query ($n: Int) {{ ...F0 }} {chain} fragment F29 on Query {{ {page} }}"

    # One by one they would take an hour.
    assert cost(shop_schema, document, n=1) == 2**29


def test_costs_saturate(shop_schema: GraphQLSchema) -> None:
    deep = "edges { node { name } }"
    for _ in range(8):
        deep = f"edges {{ node {{ related(first: $n) {{ {deep} }} }} }}"

    found = cost(shop_schema, f"query ($n: Int) {{ products(first: $n) {{ {deep} }} }}", n=100)

    assert found == CEILING


def test_the_tally_counts_what_is_there(shop_schema: GraphQLSchema) -> None:
    document = parse("""{
        products(first: 50) { totalCount edges { node { name maker { name } ...P } } }
        named { ... on Dog { owner { name } } }
    }
    fragment P on Product { parts { maker { name } } }""")
    nodes = [
        {"node": {"name": "a", "maker": None, "parts": [{"maker": None}, {"maker": {"name": "b"}}]}},
        {"node": {"name": "a", "maker": None, "parts": []}},
        {"node": None},
    ]
    data = {"products": {"totalCount": 3, "edges": nodes}, "named": {}}

    found = Tally(shop_schema, document).of(None, data)

    # The page; three edges; two nodes with a maker; the third; two parts with a maker; no part; the named.
    assert found == 1 + 3 * 2 + 2 * 2 + 1 + 2 * 2 + 1 + 1
    assert found < costs_of(shop_schema, document).of(None, {})


def test_the_tally_counts_the_fields_that_a_row_shows(shop_schema: GraphQLSchema) -> None:
    document = parse(f"{{ products(first: 50) {{ edges {{ node {{ {NAMES} maker {{ {NAMES} }} }} }} }} }}")
    row = {f"a{number}": "x" for number in range(20)}
    data = {"products": {"edges": [{"node": {**row, "maker": row}}, {"node": {**row, "maker": None}}]}}

    found = Tally(shop_schema, document).of(None, data)

    assert found == 1 + 2 * (2 + 1 + 1 + 1) + 1


async def test_no_operation_above_its_limit_runs() -> None:
    executor = Executor(library.SCHEMA.graphql, lambda _: None, limits=Limits(cost=10))
    heard = library.Calls()
    context = library.Context(Loading(heard))

    answer = await executor.execute(GraphQLRequest("{ lost { books { shelf { id } } } }"), context)

    (error,) = answer.body()["errors"]
    assert error["message"].startswith("The operation costs 11, and the limit is 10.")
    assert error["extensions"] == {
        "cost": {"requestedQueryCost": 11, "limit": 10},
        "code": "COST_LIMIT_EXCEEDED",
    }
    assert heard.heard == []


def test_costs_are_printed_where_they_are_declared_or_worked_out() -> None:
    @strawberry.type
    class Query:
        plain: int = attribute("Copied.")

        heavy: int = strawberry.field(resolver=lambda: 1, directives=[Cost(complexity=40)])

    printed = Schema(Query).sdl()

    assert "heavy: Int! @cost(complexity: 40)" in printed
    assert '"""Copied."""\n  plain: Int!\n' in printed
    assert "books: [Book!]! @cost(complexity: 1) @listSize(assumedSize: 5)" in library.SCHEMA.sdl()
    assert '  price(currency: String! = "EUR"): String! @cost(complexity: 1)' in library.SCHEMA.sdl()
