"""@defer and @stream: what comes in which part, in both forms, to the byte."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from engine.executor import Executor
from engine.loading import Loading
from engine.transport.media import asked_in_parts
from engine.transport.options import TransportOptions
from engine.transport.routes import graphql_routes
from tests.engine.library import SCHEMA, Calls, Context

NAMED = "multipart/mixed;incrementalSpec=v0.2, application/graphql-response+json"
PLACED = "multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json;q=0.9"
DEFERRED = '{ shelves(ids: [1, 3]) { id ... @defer(label: "rest") { label books { id } } } }'


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def library() -> Executor:
    return Executor(SCHEMA.graphql, lambda _: None)


@pytest.fixture
async def client(library: Executor, calls: Calls) -> AsyncIterator[httpx2.AsyncClient]:
    async def make_context(_connection: object, _params: object) -> Context:
        return Context(Loading(calls))

    app = Starlette(routes=graphql_routes(library, make_context, TransportOptions()))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        yield client


async def ask(client: httpx2.AsyncClient, query: str, accept: str, **body: Any) -> httpx2.Response:
    return await client.post("/graphql", json={"query": query, **body}, headers={"accept": accept})


def parts(response: httpx2.Response) -> list[Any]:
    """The parts of a body, each read as JSON."""
    *frames, end = response.content.split(b"\r\n---\r\n")
    assert frames.pop(0) == b""
    frames.append(end.removesuffix(b"\r\n-----\r\n"))
    head = b"Content-Type: application/json; charset=utf-8\r\n\r\n"
    return [httpx2.Response(200, content=frame.removeprefix(head)).json() for frame in frames]


async def test_a_part_is_framed_and_ended_by_its_boundary(client: httpx2.AsyncClient) -> None:
    query = '{ shelves(ids: [1]) { id ... @defer(label: "rest") { label } } }'

    response = await ask(client, query, NAMED)

    assert response.headers["content-type"] == 'multipart/mixed; boundary="-"; incrementalSpec=v0.2'
    assert response.content == (
        b"\r\n---\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
        b'{"data":{"shelves":[{"id":1}]},'
        b'"pending":[{"id":"0","path":["shelves",0],"label":"rest"}],"hasNext":true}'
        b"\r\n---\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
        b'{"incremental":[{"id":"0","data":{"label":"Shelf 1"}}],"completed":[{"id":"0"}],"hasNext":false}'
        b"\r\n-----\r\n"
    )


async def test_the_form_of_2022_has_paths(client: httpx2.AsyncClient) -> None:
    response = await ask(client, DEFERRED, PLACED)

    assert response.headers["content-type"] == 'multipart/mixed; boundary="-"; deferSpec=20220824'
    first, second = parts(response)
    assert first == {"data": {"shelves": [{"id": 1}, {"id": 3}]}, "hasNext": True}
    assert second == {
        "incremental": [
            {
                "label": "rest",
                "path": ["shelves", place],
                "data": {"label": f"Shelf {key}", "books": [{"id": key * 10 + n + 1} for n in range(key)]},
            }
            for place, key in enumerate([1, 3])
        ],
        "hasNext": False,
    }


@pytest.mark.parametrize("accept", [NAMED, PLACED])
async def test_what_a_list_puts_off_is_read_together(
    client: httpx2.AsyncClient, calls: Calls, accept: str
) -> None:
    await ask(client, "{ shelves(ids: [1, 2, 3]) @stream { id ... @defer { books { id price } } } }", accept)

    assert calls.heard == [("books", [1, 2, 3]), ("price", [11, 21, 22, 31, 32, 33])]


async def test_items_follow_those_that_came_first(client: httpx2.AsyncClient) -> None:
    query = '{ shelves(ids: [1, 2, 3]) @stream(initialCount: 1, label: "more") { id books { id } } }'

    named = parts(await ask(client, query, NAMED))
    placed = parts(await ask(client, query, PLACED))

    items = [
        {"id": 2, "books": [{"id": 21}, {"id": 22}]},
        {"id": 3, "books": [{"id": 31}, {"id": 32}, {"id": 33}]},
    ]
    data = {"shelves": [{"id": 1, "books": [{"id": 11}]}]}
    assert named == [
        {"data": data, "pending": [{"id": "0", "path": ["shelves"], "label": "more"}], "hasNext": True},
        {"incremental": [{"id": "0", "items": items}], "completed": [{"id": "0"}], "hasNext": False},
    ]
    assert placed == [
        {"data": data, "hasNext": True},
        {"incremental": [{"label": "more", "path": ["shelves", 1], "items": items}], "hasNext": False},
    ]


async def test_parts_are_also_server_sent_events(client: httpx2.AsyncClient) -> None:
    query = "{ shelves(ids: [1]) { id ... @defer { label } } }"

    response = await ask(client, query, "text/event-stream")

    assert response.content == (
        b'event: next\ndata: {"data":{"shelves":[{"id":1}]},"hasNext":true}\n\n'
        b'event: next\ndata: {"incremental":[{"path":["shelves",0],"data":{"label":"Shelf 1"}}],'
        b'"hasNext":false}\n\nevent: complete\ndata:\n\n'
    )


@pytest.mark.parametrize("accept", ["application/json", "*/*", "multipart/*, application/json"])
async def test_who_does_not_ask_for_parts_is_answered_whole(
    client: httpx2.AsyncClient, library: Executor, accept: str
) -> None:
    response = await ask(client, DEFERRED, accept)

    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert [list(shelf) for shelf in response.json()["data"]["shelves"]] == [["id", "label", "books"]] * 2
    assert library.runner.runs == {"plan": 1}


@pytest.mark.parametrize(
    "query",
    [
        "{ shelves(ids: [1]) { id ... @defer(if: false) { label } } }",
        "mutation { put(shelf: 1) { id ... @defer { label } } }",
        "{ shelves(ids: [1]) { id label } }",
    ],
)
async def test_an_answer_of_one_part_is_plain(client: httpx2.AsyncClient, query: str) -> None:
    response = await ask(client, query, NAMED)

    assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    (data,) = response.json()["data"].values()
    assert data in ([{"id": 1, "label": "Shelf 1"}], {"id": 1, "label": "Shelf 1"})


@pytest.mark.parametrize(
    "query",
    [
        "mutation { ... @defer { put(shelf: 1) { id } } }",
        "subscription { arrivals(shelf: 1) { id ... @defer { label } } }",
        "{ shelves(ids: [1]) { id @stream } }",
        '{ shelves(ids: [1]) { ... @defer(label: "a") { id } ... @defer(label: "a") { label } } }',
        "query ($l: String) { shelves(ids: [1]) { ... @defer(label: $l) { id } } }",
    ],
)
async def test_directives_out_of_place_are_refused(client: httpx2.AsyncClient, query: str) -> None:
    response = await ask(client, query, NAMED)

    assert response.status_code == 400
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {
        "GRAPHQL_VALIDATION_FAILED"
    }


async def test_errors_stand_in_their_part_masked(client: httpx2.AsyncClient) -> None:
    query = "{ shelves(ids: [2]) { id ... @defer { first { id } } } }"

    (_, named), (_, placed) = [parts(await ask(client, query, accept)) for accept in (NAMED, PLACED)]

    for entry in (named["incremental"][0], placed["incremental"][0]):
        (error,) = entry["errors"]
        assert (entry["data"], error["path"]) == ({"first": None}, ["shelves", 0, "first"])
        assert (error["message"], error["extensions"]["code"]) == (
            "Internal server error.",
            "INTERNAL_SERVER_ERROR",
        )


async def test_a_null_where_none_may_be_ends_its_part_alone(client: httpx2.AsyncClient) -> None:
    query = "{ shelves(ids: [1, 9]) { id ... @defer { name } } }"

    (first, named), (_, placed) = [parts(await ask(client, query, accept)) for accept in (NAMED, PLACED)]

    assert first["data"] == {"shelves": [{"id": 1}, {"id": 9}]}
    assert named["incremental"] == [{"id": "0", "data": {"name": "Shelf 1"}}]
    assert [(one["id"], "errors" in one) for one in named["completed"]] == [("0", False), ("1", True)]
    assert placed["incremental"][0] == {"path": ["shelves", 0], "data": {"name": "Shelf 1"}}
    assert placed["incremental"][1]["path"] == ["shelves", 1]
    assert placed["incremental"][1]["data"] is None
    assert placed["incremental"][1]["errors"][0]["path"] == ["shelves", 1, "name"]


@pytest.mark.parametrize(("variables", "count"), [("", "-1"), ("($n: Int! = -1)", "$n")])
async def test_a_stream_that_begins_before_its_list_is_the_clients_mistake(
    client: httpx2.AsyncClient, variables: str, count: str
) -> None:
    query = f"query Q{variables} {{ shelves(ids: [1]) @stream(initialCount: {count}) {{ id }} }}"

    response = await ask(client, query, PLACED)

    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert error["path"] == ["shelves"]


async def test_a_null_among_items_ends_their_stream(client: httpx2.AsyncClient) -> None:
    query = "{ shelves(ids: [1, 9, 2]) @stream(initialCount: 1) { name } }"

    (_, *named), (_, *placed) = [parts(await ask(client, query, accept)) for accept in (NAMED, PLACED)]

    assert [list(one) for one in named[-1]["completed"]] == [["id", "errors"]]
    entry = placed[-1]["incremental"][-1]
    assert (entry["path"], entry["items"]) == (["shelves", 1], None)
    assert entry["errors"][0]["path"] == ["shelves", 1, "name"]


async def test_a_stream_that_begins_below_nothing_is_the_clients_mistake(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "{ shelves(ids: [1]) @stream(initialCount: -1) { id } }", NAMED)

    (error,) = response.json()["errors"]
    assert error["path"] == ["shelves"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_a_document_that_is_refused_is_refused_in_plain_json(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "{ ... @defer { unknown } }", "multipart/mixed")

    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_what_costs_much_comes_whole(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.operations.MOST_IN_PARTS", 1)

    response = await ask(client, DEFERRED, NAMED)

    assert response.headers["content-type"].startswith("application/graphql-response+json")
    assert [*response.json()["data"]["shelves"][0]] == ["id", "label", "books"]


async def test_parts_count_as_a_row_does(library: Executor) -> None:
    async def cost(query: str) -> int:
        document = library._documents.find(query)
        return document.costs.of(None, {})

    whole = await cost("{ shelves(ids: [1]) { id ... { label } } }")

    assert await cost("{ shelves(ids: [1]) { id ... @defer { label } } }") == whole + 5
    assert await cost("{ shelves(ids: [1]) @stream { id ... { label } } }") == whole + 5


async def test_how_parts_were_run_is_counted(client: httpx2.AsyncClient, library: Executor) -> None:
    await ask(client, DEFERRED, NAMED)

    assert library.runner.runs == {"parts": 1}


@pytest.mark.parametrize(
    ("accept", "asked"),
    [
        (None, None),
        ("*/*", None),
        ("multipart/mixed;q=0", None),
        ("multipart/mixed;incrementalSpec=v9", None),
        ("multipart/mixed", ("multipart/mixed", "PLACED", False)),
        ("multipart/mixed; deferSpec=20220824", ("multipart/mixed", "PLACED", True)),
        ('Multipart/Mixed; incrementalspec="v0.2"', ("multipart/mixed", "NAMED", True)),
        ("text/event-stream, multipart/mixed", ("multipart/mixed", "PLACED", False)),
        ("text/event-stream, multipart/mixed;q=0.5", ("text/event-stream", "PLACED", False)),
        ("text/event-stream;incrementalSpec=v0.2", ("text/event-stream", "NAMED", True)),
    ],
)
def test_the_header_says_how(accept: str | None, asked: tuple[str, str, bool] | None) -> None:
    found = asked_in_parts(accept)

    assert (found and (found.media, found.form.name, found.named)) == asked


@pytest.mark.parametrize("accept", ["multipart/mixed", "text/event-stream"])
async def test_the_first_part_is_read_before_the_rest_is_there_and_leaving_cancels_that(
    serving: Any, shop: Any, accept: str
) -> None:
    body = {"query": "{ hello ... @defer { slow } }"}
    async with serving() as server, httpx2.AsyncClient() as client:
        async with client.stream("POST", server.url, json=body, headers={"accept": accept}) as response:
            first = await anext(response.aiter_bytes())
            await asyncio.wait_for(shop.started.wait(), 5)
        async with asyncio.timeout(5):
            while not shop.cancelled:  # noqa: ASYNC110 - the shop has a list and no event
                await asyncio.sleep(0.01)

    assert b'{"data":{"hello":"Hello, world!"},"hasNext":true}' in first
    assert shop.cancelled == ["slow"]


async def test_a_server_that_goes_waits_for_the_parts_of_a_stream(
    serving: Any, shop: Any, connections: Any
) -> None:
    body = {"query": "{ hello ... @defer { slow } }"}
    async with serving() as server, httpx2.AsyncClient() as client:
        asking = asyncio.create_task(
            client.post(server.url, json=body, headers={"accept": "text/event-stream"})
        )
        await asyncio.wait_for(shop.started.wait(), 5)
        going = asyncio.create_task(connections.close_all(patience=5))
        await asyncio.sleep(0.05)
        shop.go_on.set()
        response = await asking
        await going

    assert response.content.endswith(
        b'data: {"incremental":[{"path":[],"data":{"slow":"done"}}],"hasNext":false}\n\n'
        b"event: complete\ndata:\n\n"
    )
