"""What the schema says of itself: as the reference says it, once, and never without end."""

import asyncio
from typing import Any

import orjson
import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, get_introspection_query, parse
from graphql.execution import Executor as Execution

from bench.attacks import DOCUMENTS
from engine.budgets import Admission, Budget, Caller
from engine.described import Described
from engine.describing import describe
from engine.documents import Documents
from engine.errors import RequestRefused
from engine.executor import Executor
from engine.introspecting import MOST_FIELDS
from engine.operations import Operation, comes_in_parts
from engine.reading import fragments_of
from engine.requests import GraphQLRequest, Response
from server.api import build_schema
from tests.engine.test_budgets import Memory, Watch

EVERYTHING = get_introspection_query(
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
    experimental_directive_deprecation=True,
    one_of=True,
)
WIDEST = DOCUMENTS["the schema, as wide as may be"]
NAMES = "{ __schema { types { name } } }"
ASKED = [
    EVERYTHING,
    get_introspection_query(descriptions=False),
    "{ __typename __schema { __typename queryType { __typename name } mutationType { name } } }",
    '{ a: __type(name: "Product") { kind name } b: __type(name: "Nope") { name } __typename }',
    "query ($n: String!) { __type(name: $n) { fields(includeDeprecated: true) { name isDeprecated } } }",
    "query ($old: Boolean) { __schema { types { fields(includeDeprecated: $old) { name } } } }",
    "query ($old: Boolean = true) { __schema { types { enumValues(includeDeprecated: $old) { name } } } }",
    "query ($yes: Boolean!) { __schema { types { name @skip(if: $yes) kind @include(if: $yes) } } }",
    "query ($yes: Boolean!) { __schema { ... @skip(if: $yes) { types { name } } directives { name } } }",
    """
    { __schema { ...A ...B } }
    fragment A on __Schema { types { name } }
    fragment B on __Schema { types { kind ... on __Type { k: kind ofType { name } } } }
    """,
    """
    { ...R }
    fragment R on Query { __type(name: "Money") { fields { name type { ...T } } } }
    fragment T on __Type { kind name ofType { kind name ofType { name } } }
    """,
    '{ __type(name: "Node") { possibleTypes { name interfaces { name } } inputFields { name } } }',
    "{ __schema { directives { name locations isRepeatable args { name defaultValue type { name } } } } }",
]
VARIABLES: dict[str, Any] = {"n": "Order", "old": True, "yes": True}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema().graphql


@pytest.fixture(scope="module")
def documents(schema: GraphQLSchema) -> Documents:
    return Documents(schema)


@pytest.mark.parametrize("document", ASKED)
def test_the_schema_is_told_as_the_reference_tells_it(schema: GraphQLSchema, document: str) -> None:
    syntax = parse(document)
    known = {name: value for name, value in VARIABLES.items() if f"${name}:" in document}
    reference = Execution.build(schema, syntax, raw_variable_values=known)
    assert isinstance(reference, Execution)
    operation = next(node for node in syntax.definitions if isinstance(node, OperationDefinitionNode))

    found = describe(schema, operation, fragments_of(syntax), reference.variable_values)

    told: Any = reference.execute_operation()
    assert told.errors is None
    assert orjson.dumps(found.data) == orjson.dumps(told.data)
    assert found.fields == _fields(told.data)


@pytest.mark.parametrize("document", [EVERYTHING, get_introspection_query()])
def test_what_tools_ask_costs_what_it_tells_and_no_guest_is_refused(
    documents: Documents, document: str
) -> None:
    cost = documents.find(document).costs.of("IntrospectionQuery", {})

    assert 5_000 < cost < 8_000


def test_what_would_tell_too_much_is_refused_unread(documents: Documents) -> None:
    documents.find(WIDEST)
    with pytest.raises(RequestRefused) as refusal:
        documents.find(WIDEST.replace("a0:", "a: fields { name args { name } } a0:"))

    assert refusal.value.errors[0]["extensions"]["code"] == "GRAPHQL_LIMIT_EXCEEDED"
    assert str(MOST_FIELDS) in refusal.value.errors[0]["message"]


async def test_what_tells_too_much_after_all_is_refused_on_the_way(schema: GraphQLSchema) -> None:
    executor = _executor(schema)
    executor.runner.described = Described(schema, most_fields=20)

    few = await _ask(executor, '{ __type(name: "Query") { name kind } }')
    many = await _ask(executor, NAMES)

    assert orjson.dumps(few.body()) == b'{"data":{"__type":{"name":"Query","kind":"OBJECT"}}}'
    assert [error["extensions"]["code"] for error in many.errors] == ["GRAPHQL_LIMIT_EXCEEDED"]
    assert not many.executed


async def test_it_is_told_again_and_those_who_ask_at_once_share_it(
    schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = _executor(schema)
    made = []

    def counted(*asked: Any) -> Any:
        made.append(asked)
        return describe(*asked)

    monkeypatch.setattr("engine.described.describe", counted)
    document = "query ($n: String!) { __type(name: $n) { name } }"
    first = await asyncio.gather(*(_ask(executor, document, n="Order") for _ in range(5)))
    again = await _ask(executor, document, n="Order")
    other = await _ask(executor, document, n="User")

    assert {orjson.dumps(one.body()) for one in [*first, again]} == {b'{"data":{"__type":{"name":"Order"}}}'}
    assert orjson.dumps(other.body()) == b'{"data":{"__type":{"name":"User"}}}'
    assert len(made) == 2
    assert executor.runner.runs == {"schema": 7}


async def test_what_is_kept_of_it_is_bounded(schema: GraphQLSchema) -> None:
    executor = _executor(schema)
    executor.runner.described = described = Described(schema, max_bytes=400_000)

    for number in range(50):
        await _ask(executor, NAMES.replace("{ __schema", f"query Q{number} {{ __schema"))
    await _ask(executor, EVERYTHING)  # which would take it all

    assert 0 < described.bytes <= 400_000
    assert 2 < len(described) < 50


async def test_each_pays_for_what_it_was_told_and_who_may_not_read_is_not_told_what_is_kept(
    schema: GraphQLSchema,
) -> None:
    executor = _executor(schema)

    def caller(name: str) -> Caller:
        return Caller(name, 50_000, Budget(50_000, 1.0), introspects=name != "guest")

    executor.runner.admission = Admission(caller, Memory(Watch()))
    staff = [await _ask(executor, EVERYTHING, context=name) for name in ("ada", "bo")]
    guest = await _ask(executor, EVERYTHING, context="guest")

    assert staff[0].encoded is not None
    fields = _fields(orjson.loads(staff[0].encoded.data))
    costs = [one.extensions["cost"]["actualQueryCost"] for one in staff]
    left = [one.extensions["cost"]["throttleStatus"]["currentlyAvailable"] for one in staff]
    assert costs == [min(fields // 5, staff[0].extensions["cost"]["requestedQueryCost"])] * 2
    assert left == [50_000 - costs[0]] * 2
    assert [error["extensions"]["code"] for error in guest.errors] == ["INTROSPECTION_DISABLED"]
    assert guest.encoded is None


async def test_it_never_comes_in_parts(schema: GraphQLSchema) -> None:
    executor = _executor(schema)

    asked = [
        await _prepared(executor, document)
        for document in (
            "{ ... @defer { __schema { types { name } } } }",
            "{ ... @defer { channels { id } } }",
        )
    ]

    assert [comes_in_parts(one) for one in asked] == [False, True]


def _executor(schema: GraphQLSchema) -> Executor:
    return Executor(schema, lambda _: None, debug=True)


async def _prepared(executor: Executor, document: str, **variables: Any) -> Operation:
    return await executor.prepare(GraphQLRequest(document, variables=variables))


async def _ask(executor: Executor, document: str, *, context: Any = None, **variables: Any) -> Response:
    return await executor.run(await _prepared(executor, document, **variables), context)


def _fields(value: Any) -> int:
    if isinstance(value, dict):
        return sum(1 + _fields(below) for below in value.values())
    return sum(map(_fields, value)) if isinstance(value, list) else 0
