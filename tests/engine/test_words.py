"""The words for fields, run by graphql-core."""

import asyncio
from inspect import isawaitable
from typing import Any

import pytest
from graphql import ExecutionResult, parse
from graphql.execution import Executor as Execution

from engine.loading import Loading
from tests.engine.library import BOOKS, SCHEMA, BookRow, Calls, Context


async def run(document: str) -> tuple[ExecutionResult, list[tuple[str, list[Any]]]]:
    calls = Calls()
    execution = Execution.build(SCHEMA.graphql, parse(document), context_value=Context(Loading(calls)))
    assert isinstance(execution, Execution)
    result = execution.execute_operation()
    if isawaitable(result):
        result = await result
    assert isinstance(result, ExecutionResult)
    return result, calls.heard


async def test_an_attribute_is_the_column_of_its_name_or_the_one_named() -> None:
    result, _ = await run("{ shelves(ids: [3]) { id label } }")

    assert result.data == {"shelves": [{"id": 3, "label": "Shelf 3"}]}


async def test_an_inline_field_is_made_of_columns_and_arguments_and_null_where_a_column_is() -> None:
    result, _ = await run("{ shelves(ids: [1, 9]) { loud quiet: loud(times: 0) } }")

    assert result.data == {
        "shelves": [{"loud": "SHELF 1!", "quiet": "SHELF 1"}, {"loud": None, "quiet": None}]
    }


async def test_an_edge_is_one_call_for_a_whole_level() -> None:
    result, heard = await run("{ shelves(ids: [1, 2]) { books { id shelf { label } } } }")

    assert result.errors is None
    assert result.data is not None
    assert [len(shelf["books"]) for shelf in result.data["shelves"]] == [1, 2]
    assert heard == [("books", [1, 2]), ("shelves", [1, 2])]


async def test_an_edge_without_a_key_asks_nobody() -> None:
    result, heard = await run("{ things { ... on Book { shelf { id } } } }")

    assert result.data == {"things": [{}, {"shelf": None}]}
    assert heard == []


async def test_an_argument_is_part_of_the_key() -> None:
    result, heard = await run(
        '{ things { ... on Book { german: title(language: "de")'
        ' english: title(language: "en") none: title } } }'
    )

    assert result.data == {"things": [{}, {"german": "2 in de", "english": "2 in en", "none": None}]}
    assert heard == [("titles", [(2, "de"), (2, "en"), (2, None)])]


async def test_a_batch_field_is_called_once_for_each_place_in_the_document() -> None:
    result, heard = await run('{ shelves(ids: [2]) { books { price dear: price(currency: "USD") } } }')

    assert result.data == {
        "shelves": [
            {"books": [{"price": "100 EUR", "dear": "100 USD"}, {"price": "200 EUR", "dear": "200 USD"}]}
        ]
    }
    assert heard == [("books", [2]), ("price", [21, 22]), ("price", [21, 22])]


async def test_an_interface_is_answered_by_the_class_of_the_row() -> None:
    result, _ = await run("{ things { __typename id } }")

    assert result.data == {"things": [{"__typename": "Shelf", "id": 1}, {"__typename": "Book", "id": 2}]}


async def test_a_row_that_stands_for_no_type_is_a_fault_that_names_it() -> None:
    result, _ = await run("{ stranger { id } }")

    assert result.errors is not None
    assert "No type of Thing represents Calls" in str(result.errors[0])


async def test_a_cancelled_caller_leaves_the_shared_read_to_the_others() -> None:
    loading = Loading(Calls())

    async def ask() -> list[BookRow]:
        return await loading.load(BOOKS, 1)

    first, second = asyncio.create_task(ask()), asyncio.create_task(ask())
    await asyncio.sleep(0)
    first.cancel()

    assert await second == [BookRow(11, 1, 100)]
    with pytest.raises(asyncio.CancelledError):
        await first


def test_what_may_be_left_out_has_no_default_in_the_printed_schema() -> None:
    assert "language: String\n" in SCHEMA.sdl()
    assert "times: Int! = 1" in SCHEMA.sdl()
