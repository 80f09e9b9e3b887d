"""Looking ahead: what is read with its parents because the document asks for it further down."""

import asyncio
from typing import Any

import pytest

from engine.executor import Executor
from engine.loading import Loading
from engine.requests import GraphQLRequest
from tests.engine.library import SCHEMA, SHELVES, Calls, Context, ShelfRow

LENT = "query ($yes: Boolean! = true) { lent { id shelf { id label @include(if: $yes) } } }"


async def heard(executor: Executor, document: str, **variables: Any) -> list[str]:
    """Which relations and batch fields were asked."""
    calls = Calls()
    response = await executor.execute(GraphQLRequest(document, variables=variables), Context(Loading(calls)))
    assert response.errors == []
    return [name for name, _ in calls.heard]


@pytest.fixture
def executor() -> Executor:
    return Executor(SCHEMA.graphql, lambda _: None, debug=True)


@pytest.mark.parametrize(
    "below",
    [
        "shelf { id }",
        "aliased: shelf { id }",
        "... on Book { ...S } } } } fragment S on Book { shelf { id } } query Q { lent { ... { x: id",
    ],
)
async def test_what_is_asked_for_further_down_is_read_at_once(executor: Executor, below: str) -> None:
    document = f"query P {{ shelves(ids: [1, 2]) {{ stack {{ {below} }} }} }}"
    calls = Calls()
    request = GraphQLRequest(document, operation_name="P")

    response = await executor.execute(request, Context(Loading(calls)))

    assert response.errors == []
    assert calls.heard == [("stack", [1, 2])]


async def test_what_nobody_asks_for_is_not_read_ahead(executor: Executor) -> None:
    document = "{ shelves(ids: [1]) { stack { id } books { shelf { id } } } }"

    assert sorted(await heard(executor, document)) == ["books", "shelves", "stack"]


@pytest.mark.parametrize(
    ("below", "lean"),
    [
        ("id number __typename", True),
        ("shelf { name }", True),
        ('title(language: "de")', True),
        ("id price", False),
        ("id cost { cents }", False),
        ("id kept @include(if: false) { cents } ... on Thing { id }", True),
        ("... on Book { kept { cents } }", False),
    ],
)
async def test_whether_few_columns_will_do(executor: Executor, below: str, lean: bool) -> None:  # noqa: FBT001
    (first, *_) = await heard(executor, f"{{ shelves(ids: [1]) {{ heap {{ {below} }} }} }}")

    assert first == ("lean heap" if lean else "heap")


async def test_every_alias_has_to_do_with_the_few_columns(executor: Executor) -> None:
    document = "{ shelves(ids: [1]) { a: heap { id } b: heap { id kept { cents } } } }"

    assert await heard(executor, document) == ["lean heap", "heap"]


async def test_a_root_field_looks_ahead_as_the_conditions_are(executor: Executor) -> None:
    assert await heard(executor, LENT) == []
    assert await heard(executor, LENT, yes=False) == ["shelves"]
    assert await heard(executor, LENT, yes=True) == []


async def test_the_reference_reads_when_it_is_asked(executor: Executor) -> None:
    executor.runner.planning = False

    assert await heard(executor, LENT) == ["shelves"]
    assert await heard(executor, "{ shelves(ids: [1]) { stack { shelf { id } } } }") == ["stack", "shelves"]


def test_what_looks_ahead_is_no_argument() -> None:
    assert "  stack: [Book!]!" in SCHEMA.sdl()


async def test_two_places_that_ask_a_relation_still_ask_it_together(executor: Executor) -> None:
    document = "{ a: shelves(ids: [1]) { books { id } } b: shelves(ids: [2]) { books { id } stack { id } } }"

    assert sorted(await heard(executor, document)) == ["books", "stack"]


async def test_what_was_read_stays_as_it_was_and_the_rest_is_at_hand() -> None:
    calls = Calls()
    loading = Loading(calls)
    read = await loading.load(SHELVES, 1)

    loading.prime(SHELVES, {1: ShelfRow(1, "another"), 2: ShelfRow(2, "given")})

    assert await loading.load_many(SHELVES, [1, 2]) == [read, ShelfRow(2, "given")]
    assert read != ShelfRow(1, "another")
    assert calls.heard == [("shelves", [1])]


async def test_what_is_handed_over_while_a_read_is_under_way_stays() -> None:
    calls = Calls()
    loading = Loading(calls)
    reading = asyncio.ensure_future(loading.load(SHELVES, 1))
    await asyncio.sleep(0)

    loading.prime(SHELVES, {2: ShelfRow(2, "given")})
    await reading

    assert await loading.load_many(SHELVES, [1, 2]) == [await reading, ShelfRow(2, "given")]
    assert calls.heard == [("shelves", [1])]
