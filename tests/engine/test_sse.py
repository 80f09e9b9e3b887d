"""Server-sent events: one operation a stream."""

import asyncio
from typing import Any

import httpx2
import pytest

EVENTS = {"accept": "text/event-stream"}


async def test_events_end_lines_with_a_bare_newline(client: httpx2.AsyncClient) -> None:
    body = {"query": "subscription { ticks(upTo: 2) }"}

    response = await client.post("/graphql", json=body, headers=EVENTS)

    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.content == (
        b'event: next\ndata: {"data":{"ticks":1}}\n\n'
        b'event: next\ndata: {"data":{"ticks":2}}\n\n'
        b"event: complete\ndata:\n\n"
    )


async def test_a_query_is_a_stream_of_one(client: httpx2.AsyncClient) -> None:
    response = await client.get("/graphql", params={"query": "{ hello }"}, headers=EVENTS)

    assert response.content == (
        b'event: next\ndata: {"data":{"hello":"Hello, world!"}}\n\nevent: complete\ndata:\n\n'
    )


async def test_who_would_rather_have_json_is_sent_the_events_of_a_subscription(
    client: httpx2.AsyncClient,
) -> None:
    accept = {"accept": "application/json, text/event-stream;q=0.5"}

    once = await client.post("/graphql", json={"query": "{ hello }"}, headers=accept)
    events = await client.post("/graphql", json={"query": "subscription { ticks(upTo: 1) }"}, headers=accept)

    assert once.json() == {"data": {"hello": "Hello, world!"}}
    assert events.content == b'event: next\ndata: {"data":{"ticks":1}}\n\nevent: complete\ndata:\n\n'


async def test_a_bad_document_is_told_within_the_stream(client: httpx2.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "{ hello"}, headers=EVENTS)

    assert response.status_code == 200
    assert response.content.startswith(b'event: next\ndata: {"errors":[{"message":"Syntax Error')
    assert response.content.endswith(b"event: complete\ndata:\n\n")


async def test_get_streams_no_mutation(client: httpx2.AsyncClient, shop: Any) -> None:
    query = 'mutation { note(text: "a") }'

    response = await client.get("/graphql", params={"query": query}, headers=EVENTS)

    assert (response.status_code, shop.notes) == (405, [])
    assert response.headers["content-type"] == "application/json; charset=utf-8"


async def test_silence_is_broken_by_comments_and_leaving_closes_the_source(serving: Any, shop: Any) -> None:
    async with serving(keep_alive=0.02) as server, httpx2.AsyncClient() as client:
        body = {"query": "subscription { forever }"}
        async with client.stream("POST", server.url, json=body, headers=EVENTS) as response:
            lines = response.aiter_lines()
            heard = [await anext(lines) for _ in range(7)]
        await _until_ended(shop)

    assert heard == ["event: next", 'data: {"data":{"forever":0}}', "", ":", "", ":", ""]
    assert shop.closed == ["forever"]


@pytest.mark.parametrize("query", ["subscription { forever }", "{ slow }"])
async def test_a_server_that_goes_ends_its_streams_so_that_clients_come_back(
    serving: Any, shop: Any, connections: Any, query: str
) -> None:
    async with serving() as server, httpx2.AsyncClient() as client:
        asking = asyncio.create_task(client.post(server.url, json={"query": query}, headers=EVENTS))
        await shop.started.wait()

        await connections.close_all()
        response = await asking
        await _until_ended(shop)

    assert response.content.endswith(b": this server goes down: come back with your cursor\n\n")
    assert b"event: complete" not in response.content
    assert shop.closed + shop.cancelled == ["forever" if "forever" in query else "slow"]


async def test_events_have_their_places_as_ids_and_the_start_has_one_too(client: httpx2.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "subscription { places }"}, headers=EVENTS)

    told = [frame.split(b"\n") for frame in response.content.split(b"\n\n")]
    assert told[0] == [b"id: 0"]
    assert told[1:3] == [
        [
            b"event: next",
            b"id: %d" % place,
            b'data: {"data":{"places":%d},"extensions":{"subscription":{"cursor":"%d"}}}' % ((place,) * 2),
        ]
        for place in (1, 2)
    ]


@pytest.mark.parametrize("told", [{"after": "1"}, None])
async def test_a_reader_goes_on_after_the_last_id_whatever_the_request_repeats(
    client: httpx2.AsyncClient, told: dict[str, str] | None
) -> None:
    body = {"query": "subscription { places }", "extensions": {"subscription": told}}

    response = await client.post("/graphql", json=body, headers={**EVENTS, "last-event-id": "2"})

    assert response.content == (
        b"id: 2\n\n"
        b'event: next\nid: 3\ndata: {"data":{"places":3},'
        b'"extensions":{"subscription":{"cursor":"3","recovered":true}}}\n\n'
        b"event: complete\ndata:\n\n"
    )


async def _until_ended(shop: Any) -> None:
    """The operation hears a moment after its client that it is over."""
    async with asyncio.timeout(5):
        while not (shop.closed or shop.cancelled):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.005)
