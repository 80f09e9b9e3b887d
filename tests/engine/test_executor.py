"""Executing: data, errors in the API's words, masked faults, one context an event."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema

from engine.executor import Executor
from engine.limits import Limits
from engine.requests import GraphQLRequest, Response
from tests.engine.following import Alone, answers_to


def body(response: Response) -> Mapping[str, Any]:
    return response.body()


async def test_data_and_nothing_else_when_all_went_well(executor: Executor, context: Any) -> None:
    request = GraphQLRequest("query($n: Int!) { double(number: $n) }", variables={"n": 21})

    response = await executor.execute(request, context)

    assert body(response) == {"data": {"double": 42}}
    assert response.status == 200


async def test_a_refusal_is_told_in_the_words_of_explain(executor: Executor, context: Any) -> None:
    response = await executor.execute(GraphQLRequest("{ hello denied }"), context)

    assert body(response) == {
        "errors": [
            {
                "message": "Not yours.",
                "locations": [{"line": 1, "column": 9}],
                "path": ["denied"],
                "extensions": {"code": "PERMISSION_DENIED", "field": "viewer"},
            }
        ],
        "data": {"hello": "Hello, world!", "denied": None},
    }


@pytest.mark.parametrize("name", ["broken", "missing", "unfit"])
async def test_a_fault_is_masked_and_logged_under_its_id(
    executor: Executor, context: Any, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    response = await executor.execute(GraphQLRequest(f"{{ {name} }}"), context)

    (error,) = response.errors
    fault_id = error["extensions"]["id"]
    assert (error["message"], error["path"]) == ("Internal server error.", [name])
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "id": fault_id}
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, f"Fault {fault_id} in {name}")
    assert record.exc_info is not None


async def test_a_fault_in_reading_a_document_is_masked_too(
    executor: Executor, context: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("engine.reading.costs_of", lambda *_: 1 // 0)

    response = await executor.execute(GraphQLRequest("{ hello }"), context)

    (error,) = response.errors
    assert (response.executed, response.status) == (False, 500)
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert len(caplog.records) == 1


async def test_the_log_of_a_fault_has_what_the_client_is_not_told(
    executor: Executor, context: Any, caplog: pytest.LogCaptureFixture
) -> None:
    response = await executor.execute(GraphQLRequest("{ broken }"), context)

    assert "hunter2" not in str(response)
    assert "hunter2" in caplog.text


async def test_debug_tells_the_fault(schema: GraphQLSchema, context: Any) -> None:
    executor = Executor(schema, lambda _: None, debug=True)

    response = await executor.execute(GraphQLRequest("{ broken }"), context)

    assert response.errors[0]["message"] == "ZeroDivisionError: the password is hunter2"


async def test_an_error_that_brings_a_code_keeps_its_words(executor: Executor, context: Any) -> None:
    response = await executor.execute(GraphQLRequest("{ coded }"), context)

    assert response.errors[0]["message"] == "Too early."
    assert response.errors[0]["extensions"] == {"code": "TOO_EARLY"}


async def test_variables_that_do_not_fit_are_the_clients_error(executor: Executor, context: Any) -> None:
    request = GraphQLRequest("query($n: Int!) { double(number: $n) }", variables={"n": "many"})

    response = await executor.execute(request, context)

    assert body(response) == {
        "errors": [
            {
                "message": "Variable '$n' has invalid value: Int cannot represent non-integer value: 'many'",
                "locations": [{"line": 1, "column": 7}],
                "extensions": {"code": "BAD_USER_INPUT"},
            }
        ]
    }
    assert (response.executed, response.status, response.legacy_status) == (False, 400, 200)


async def test_a_null_that_an_argument_does_not_take_is_the_clients_error(
    executor: Executor, context: Any
) -> None:
    request = GraphQLRequest("query($n: Int = 1) { double(number: $n) }", variables={"n": None})

    response = await executor.execute(request, context)

    assert response.errors[0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert response.errors[0]["path"] == ["double"]


async def test_a_carrier_that_may_only_read_runs_no_mutation(
    executor: Executor, context: Any, shop: Any
) -> None:
    request = GraphQLRequest('mutation { note(text: "a") }')

    response = await executor.execute(request, context, allow_mutation=False)

    assert response.errors[0]["extensions"] == {"code": "METHOD_NOT_ALLOWED"}
    assert (response.executed, shop.notes) == (False, [])


async def test_a_query_ends_with_its_caller(executor: Executor, context: Any, shop: Any) -> None:
    caller = asyncio.create_task(executor.execute(GraphQLRequest("{ slow }"), context))
    await shop.started.wait()

    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)

    assert shop.cancelled == ["slow"]


async def test_a_mutation_that_began_outlives_its_caller(executor: Executor, context: Any, shop: Any) -> None:
    request = GraphQLRequest('mutation { slowNote(text: "a")  note(text: "b") }')
    caller = asyncio.create_task(executor.execute(request, context))
    await shop.started.wait()

    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    shop.go_on.set()
    await executor.finish()

    assert caller.cancelled()
    assert shop.notes == ["a", "b"]


async def collect(executor: Executor, query: str, make_context: Any) -> list[Mapping[str, Any]]:
    return [body(response) async for response in answers_to(executor, query, make_context)]


async def test_each_event_is_executed_in_a_context_of_its_own(executor: Executor, make_context: Any) -> None:
    bodies = await collect(executor, "subscription { viewers }", make_context)

    assert bodies == [{"data": {"viewers": "nobody 2"}}, {"data": {"viewers": "nobody 3"}}]


async def test_a_right_withdrawn_between_events_ends_the_stream(
    executor: Executor, make_context: Any, shop: Any
) -> None:
    async with aclosing(answers_to(executor, "subscription { ticks(upTo: 3) }", make_context)) as events:
        first = await anext(events)
        shop.banned.add("nobody")
        rest = [response async for response in events]

    assert body(first) == {"data": {"ticks": 1}}
    assert [body(response) for response in rest] == [
        {
            "errors": [
                {
                    "message": "nobody is banned.",
                    "extensions": {"field": "viewer", "code": "PERMISSION_DENIED"},
                }
            ]
        }
    ]
    assert shop.closed == ["ticks"]


async def test_closing_the_stream_closes_its_source(executor: Executor, make_context: Any, shop: Any) -> None:
    events = answers_to(executor, "subscription { forever }", make_context)
    await anext(events)

    await events.aclose()

    assert shop.closed == ["forever"]


async def test_a_source_that_breaks_is_masked_and_ends_the_stream(
    executor: Executor, make_context: Any
) -> None:
    bodies = await collect(executor, "subscription { failing }", make_context)

    assert bodies[0] == {"data": {"failing": 1}}
    assert bodies[1]["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert len(bodies) == 2


async def test_a_field_that_refuses_to_subscribe_says_why(executor: Executor, make_context: Any) -> None:
    bodies = await collect(executor, "subscription { unready }", make_context)

    assert [error["message"] for error in bodies[0]["errors"]] == ["Not for you."]
    assert "data" not in bodies[0]


async def test_a_query_over_a_stream_is_one_answer(executor: Executor, make_context: Any) -> None:
    bodies = await collect(executor, "{ hello }", make_context)

    assert bodies == [{"data": {"hello": "Hello, world!"}}]


@pytest.mark.parametrize("operation", ["query", "subscription"])
async def test_without_suggestions_a_misspelt_value_of_a_variable_tells_of_no_other(operation: str) -> None:
    schema = build_schema(
        "type Query { a(kind: Kind): Int } type Subscription { a(kind: Kind): Int } enum Kind { HIDDEN }"
    )

    async def make_context() -> None:
        return None

    request = GraphQLRequest(f"{operation} ($kind: Kind) {{ a(kind: $kind) }}", variables={"kind": "HIDDEM"})
    told = []
    for limits in (Limits(), Limits(suggestions=False)):
        executor = Executor(schema, lambda _: None, limits=limits)
        async for response in executor.follow(request, make_context, Alone()):
            assert isinstance(response, Response)
            told.append(response.errors[0]["message"])

    assert "HIDDEN" in told[0]
    assert told[1] == "Variable '$kind' has invalid value: Value 'HIDDEM' does not exist in 'Kind' enum."
