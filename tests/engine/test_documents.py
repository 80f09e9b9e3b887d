"""Documents: found again, bounded, refused before they cost anything."""

import gc
import time
import tracemalloc

import pytest
from graphql import GraphQLSchema, OperationType, build_schema, get_introspection_query

from engine.documents import Documents
from engine.errors import RequestRefused
from engine.limits import Extent, Limits

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

    kinds = document.meant("A").kind, document.meant("B").kind

    assert kinds == (OperationType.QUERY, OperationType.MUTATION)


@pytest.mark.parametrize("name", [None, "C"])
def test_a_name_that_chooses_no_operation_is_refused(name: str | None) -> None:
    document = Documents(SCHEMA).find("query A { b } mutation B { b }")

    with pytest.raises(RequestRefused) as caught:
        document.meant(name)

    assert code(caught.value) == "OPERATION_RESOLUTION_FAILURE"


def test_the_least_lately_used_document_makes_room() -> None:
    documents = Documents(SCHEMA, max_bytes=2 * 26_000)
    first = documents.find("{ b }")
    for alias in "xyz":
        documents.find(f"{{ {alias}: b }}")

    again = documents.find("{ b }")

    assert again is not first
    assert len(documents) == 2


def test_the_registry_stays_near_its_bound_whatever_is_sent() -> None:
    documents = Documents(SCHEMA, max_bytes=4 << 20)
    tracemalloc.start()

    for number in range(110):
        documents.find(f"{{ a {{ {' '.join(f'k{number}_{key}: b' for key in range(240))} }} }}")
    gc.collect()  # what follows from a tree is circular: it goes when the collector next looks
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert used < 5 << 20
    assert len(documents) > 2


def test_the_collector_is_shown_what_comes_before_it_is_much() -> None:
    documents = Documents(SCHEMA, max_bytes=4 << 20)
    text = "{ " + "a { b } " * 90 + "}"
    most = 0
    gc.collect()
    gc.disable()  # it would not count what comes either, where as much goes
    try:
        for number in range(60):
            documents.find(f"#{number}\n{text}")
            most = max(most, len(gc.get_objects(0)) + len(gc.get_objects(1)))
    finally:
        gc.enable()

    assert most < 8_000


def test_the_standard_introspection_query_is_within_the_limits() -> None:
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
    )

    document = Documents(SCHEMA).find(query)

    assert document.meant(None).kind is OperationType.QUERY


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
        ("{ a { c(x: 1) c(x: 1,) c(x:1) } }", "The document selects the same fields too many times."),
        (
            "{ a { c(x: 1) } a { c(x:1) } ...F } fragment F on Query { a { b } }",
            "The document selects the same fields too many times.",
        ),
        (
            "{ a { ...F ...G ...H c(x: 1) c(x:1) } } "
            + " ".join(f"fragment {name} on Query {{ b }}" for name in "FGH"),
            "The document selects the same fields too many times.",
        ),
        ("query A { b } query B { b }", "The document defines more than 1 things."),
        ("{ b }\r\n\r\n", "The document has more than 3 lines."),
        ("{ a { ... { ... { ... { ... { b } } } } } }", "The document selects more than 5 fields."),
    ],
)
def test_a_document_over_a_limit_is_refused(text: str, message: str) -> None:
    limits = Limits(depth=3, root_fields=2, aliases=2, overlaps=2, selections=5 if "..." in text else 50)
    if "...F" in text:
        limits = Limits(depth=3, overlaps=2)
    if "query A" in text:
        limits = Limits(definitions=1)
    if "\n" in text:
        limits = Limits(tokens=3)

    refused = refusal(text, limits)

    assert refused.errors[0]["message"] == message
    assert code(refused) == "GRAPHQL_LIMIT_EXCEEDED"


def test_a_guest_is_told_of_everything_that_is_too_large() -> None:
    text = "query P { x: b ...F } query Q { a { b } c(x: 1) } fragment F on Query { a { y: a { b } } }"
    exact = Extent(tokens=38, depth=3, selections=8, aliases=2, root_fields=2)

    found = {
        most: [error["message"].partition(".")[0] for error in document.too_large]
        for most in (exact, exact._replace(tokens=37, aliases=1), Extent(37, 2, 7, 1, 1))
        for document in [Documents(SCHEMA, Limits(guests=most)).find(text)]
    }

    assert list(found.values()) == [
        [],
        ["The document has more than 37 words and signs", "The document has more than 1 aliases"],
        [
            "The document has more than 37 words and signs",
            "The document is deeper than 2 levels",
            "The document selects more than 7 fields",
            "The document has more than 1 aliases",
            "An operation selects more than 1 root fields",
        ],
    ]


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
    "one field many times": "{" + " c(x: 1) c(x:1)" * 150 + "}",
    "one field many times, where nobody looks": "{ b } fragment F on Query {" + " c(x: 1) c(x:1)" * 150 + "}",
    "fragments to compare each with each": "{ c(x: 1) c(x:1)"
    + "".join(f" ...F{n}" for n in range(100))
    + "}"
    + " ".join(f"fragment F{n} on Query {{ a{n}: b }}" for n in range(100)),
    "faults that repeat a literal": "{ c(x: [" + '"a" ' * 2_000 + "]) }",
    "lines before faults": "\n" * 190_000 + "{ x y z }",
    "operations": " ".join(f"query Q{n} {{ b }}" for n in range(500)),
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
    assert sum(len(str(error)) for error in refused.errors) < 20_000


def test_the_same_field_may_be_selected_often() -> None:
    text = "{" + " a { b ...F }" * 300 + "} fragment F on Query { b c(x: 1) }"

    document = Documents(SCHEMA).find(text)

    assert document.meant(None).kind is OperationType.QUERY


def test_a_literal_is_told_of_once_and_an_error_is_short() -> None:
    refused = refusal('{ c(x: ["' + "a" * 1_000 + '", "b", "c"]) }')

    (error,) = refused.errors
    assert error["message"].startswith('Int cannot represent non-integer value: "aaa')
    assert len(error["message"]) == 404


def test_an_error_names_few_of_its_places() -> None:
    refused = refusal("{ b @include(" + "if: true " * 500 + ") }")

    assert {len(error["locations"]) for error in refused.errors} == {10}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("{ __schema { queryType { name } } }", ["__schema"]),
        ('{ a { ...F } } fragment F on Query { x: __type(name: "Query") { name } }', ["__type"]),
        ("query A { b } query B { __schema { description } }", ["__schema"]),
        ("{ __typename a { __typename b } }", []),
        ("{ b } # __schema", []),
    ],
)
def test_a_document_is_known_to_read_the_schema(text: str, fields: list[str]) -> None:
    document = Documents(SCHEMA).find(text)

    words = "GraphQL introspection has been disabled, but the requested query contained the field"
    assert [(error["message"], error["extensions"]["code"]) for error in document.introspection] == [
        (f"{words} '{field}'.", "INTROSPECTION_DISABLED") for field in fields
    ]
    assert all(error["locations"] for error in document.introspection)


def test_without_suggestions_a_misspelt_name_tells_of_no_other() -> None:
    suggested, plain = refusal("{ bb }"), refusal("{ bb }", Limits(suggestions=False))

    assert suggested.errors[0]["message"] == "Cannot query field 'bb' on type 'Query'. Did you mean 'b'?"
    assert plain.errors[0]["message"] == "Cannot query field 'bb' on type 'Query'."


def test_a_few_errors_say_what_a_misspelt_name_may_have_meant() -> None:
    refused = refusal("{ " + " ".join(f"bb{number}" for number in range(9)) + " }")

    suggested = ["Did you mean 'b'?" in error["message"] for error in refused.errors]
    assert suggested == [True] * 5 + [False] * 4


def test_a_text_that_is_too_long_is_refused_unread() -> None:
    refused = refusal("{" + " " * 100 + "\0 b", Limits(length=100))

    (error,) = refused.errors
    assert error["message"] == "The document has more than 100 characters."
    assert code(refused) == "GRAPHQL_LIMIT_EXCEEDED"
