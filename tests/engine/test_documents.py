"""Documents: found again, bounded, refused before they cost anything."""

import gc
import time
import tracemalloc

import pytest
from graphql import GraphQLSchema, OperationType, build_schema, get_introspection_query

from engine.documents import Documents
from engine.errors import RequestRefused
from engine.limits import Limits

SCHEMA = build_schema("type Query { a: Query  b: Int  c(x: [Int]): Int }  type Mutation { b: Int }")


def refusal(text: str, limits: Limits | None = None, schema: GraphQLSchema = SCHEMA) -> RequestRefused:
    with pytest.raises(RequestRefused) as caught:
        Documents(schema, limits).find(text)
    return caught.value


def code(refused: RequestRefused) -> str:
    found: str = refused.errors[0]["extensions"]["code"]
    return found


def test_the_same_text_is_the_same_document() -> None:
    documents = Documents(SCHEMA)

    first, second = documents.find("{ b }"), documents.find("{ b }")

    assert first is second
    assert len(documents) == 1


def test_a_syntax_error_is_remembered_with_its_place() -> None:
    documents = Documents(SCHEMA)

    refusals = []
    for _ in range(2):
        with pytest.raises(RequestRefused) as caught:
            documents.find("{ b")
        refusals.append(caught.value)

    assert (
        refusals[0].errors
        == refusals[1].errors
        == (
            {
                "message": "Syntax Error: Expected Name, found <EOF>.",
                "locations": [{"line": 1, "column": 4}],
                "extensions": {"code": "GRAPHQL_PARSE_FAILED"},
            },
        )
    )
    assert len(documents) == 1


def test_validation_errors_are_all_told() -> None:
    refused = refusal("{ nope nor }")

    assert [error["message"] for error in refused.errors] == [
        "Cannot query field 'nope' on type 'Query'.",
        "Cannot query field 'nor' on type 'Query'.",
    ]
    assert {error["extensions"]["code"] for error in refused.errors} == {"GRAPHQL_VALIDATION_FAILED"}
    assert (refused.status, refused.legacy_status) == (400, 200)


def test_one_operation_of_several_is_chosen_by_name() -> None:
    document = Documents(SCHEMA).find("query A { b } mutation B { b }")

    kinds = document.kind("A"), document.kind("B")

    assert kinds == (OperationType.QUERY, OperationType.MUTATION)


@pytest.mark.parametrize("name", [None, "C"])
def test_a_name_that_chooses_no_operation_is_refused(name: str | None) -> None:
    document = Documents(SCHEMA).find("query A { b } mutation B { b }")

    with pytest.raises(RequestRefused) as caught:
        document.kind(name)

    assert code(caught.value) == "OPERATION_RESOLUTION_FAILURE"


def test_the_least_lately_used_document_makes_room() -> None:
    documents = Documents(SCHEMA, max_bytes=3 * 3_000)
    first = documents.find("{ b }")
    for alias in "xyz":
        documents.find(f"{{ {alias}: b }}")

    again = documents.find("{ b }")

    assert again is not first
    assert len(documents) == 2


def test_the_registry_stays_near_its_bound_whatever_is_sent() -> None:
    documents = Documents(SCHEMA, max_bytes=4 << 20)
    tracemalloc.start()

    for number in range(60):
        documents.find(f"{{ a {{ {' '.join(f'k{number}_{key}: b' for key in range(450))} }} }}")
    gc.collect()  # trees are circular: those that made room go when the collector next looks
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert used < 5 << 20
    assert len(documents) > 2


def test_the_standard_introspection_query_is_within_the_limits() -> None:
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
    )

    document = Documents(SCHEMA).find(query)

    assert document.kind(None) is OperationType.QUERY


def test_introspection_that_multiplies_itself_is_refused() -> None:
    refused = refusal("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }")

    assert refused.errors[0]["message"] == "Maximum introspection depth exceeded"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{ a { a { a { b } } } }", "The document is deeper than 3 levels."),
        ("{ a { ...F } } fragment F on Query { a { a { b } } }", "The document is deeper than 3 levels."),
        ("{ b c d: b }", "An operation selects more than 2 root fields."),
        ("{ a { x: b y: b z: b } }", "The document has more than 2 aliases."),
        ("{ a { b b b } }", "The document selects the same fields too many times."),
        (
            "{ a { b } a { b } ...F } fragment F on Query { a { b } }",
            "The document selects the same fields too many times.",
        ),
        ("{ a { ... { ... { ... { ... { b } } } } } }", "The document selects more than 5 fields."),
    ],
)
def test_a_document_over_a_limit_is_refused(text: str, message: str) -> None:
    limits = Limits(depth=3, root_fields=2, aliases=2, overlaps=2, selections=5 if "..." in text else 50)
    if "...F" in text:
        limits = Limits(depth=3, overlaps=2)

    refused = refusal(text, limits)

    assert refused.errors[0]["message"] == message
    assert code(refused) == "GRAPHQL_LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    "text",
    [
        "{ ...A } fragment A on Query { b ...A }",
        "{ b } fragment A on Query { a { ...B } } fragment B on Query { ...A }",
    ],
)
def test_fragments_in_a_circle_are_refused(text: str) -> None:
    refused = refusal(text)

    assert refused.errors[0]["message"] == "Cannot spread fragment 'A' within itself."


HOSTILE = {
    "doubling fragments": "{ ...F0 }"
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    + " fragment F60 on Query { b }",
    "doubling fragments that select nothing": "{ b ...F0 }"
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    + " fragment F60 on Query { }",
    "one field many times": "{" + " a { b }" * 1_200 + "}",
    "one field many times, where nobody looks": "{ b } fragment F on Query {" + " a { b }" * 1_200 + "}",
    "one fragment defined twice": "{ ...F } fragment F on Query {"
    + " a { b }" * 600
    + "} fragment F on Query { b }",
    "nested": "{ a " * 1_000 + "{ b }" + " }" * 1_000,
    "a chain of fragments": "{ ...F0 }"
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(600))
    + " fragment F600 on Query { b }",
    "nested values": "{ c(x: " + "[" * 2_000 + "]" * 2_000 + ") }",
    "tokens": "{" + " b" * 6_000 + "}",
    "comments": "#\n" * 90_000 + "{ b }",
    "length": "{ b }" + " " * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_before_it_costs(name: str) -> None:
    began = time.process_time()

    refused = refusal(HOSTILE[name])

    assert time.process_time() - began < 0.5
    assert code(refused).startswith("GRAPHQL_")


@pytest.mark.parametrize("text", ["{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'])
def test_a_schema_that_may_not_be_read_is_not(text: str) -> None:
    documents = Documents(SCHEMA, Limits(introspection=False))

    with pytest.raises(RequestRefused) as refusal:
        documents.find(text)
    with pytest.raises(RequestRefused) as guess:
        documents.find("{ bb }")

    assert "introspection" in str(refusal.value).lower()
    assert "Did you mean" not in str(guess.value)
