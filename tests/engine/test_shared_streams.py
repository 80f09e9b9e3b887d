"""graphql-sse's single connection: every MUST, and whoever breaks one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import orjson
import pytest

from engine.transport import reservations

TOKEN = "X-GraphQL-Event-Stream-Token"  # noqa: S105 - the name of a header
EVENTS = {"accept": "text/event-stream"}


class Caller:
    """A client of one server, under one name."""

    def __init__(self, client: httpx2.AsyncClient, url: str, name: str = "ann") -> None:
        self.client = client
        self.url = url
        self.login = {"authorization": name}
        self.token = ""

    async def reserve(self) -> httpx2.Response:
        response = await self.client.put(self.url, headers=self.login)
        self.token = response.text
        return response

    async def ask(self, name: str | None, query: str, **headers: str) -> httpx2.Response:
        body = {"query": query, "extensions": {"operationId": name} if name else {}}
        return await self.client.post(
            self.url, json=body, headers={TOKEN: self.token, **self.login, **headers}
        )

    async def stop(self, **parameters: str) -> httpx2.Response:
        return await self.client.delete(
            self.url, params=parameters, headers={TOKEN: self.token, **self.login}
        )

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[Callable[[], Any]]:
        """Open the stream; call for the name of the next event and what it says."""
        async with self.client.stream("GET", self.url, headers={TOKEN: self.token, **EVENTS}) as response:
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            lines = response.aiter_lines()

            async def event() -> tuple[str, Any] | None:
                """None at the end of the stream."""
                async with asyncio.timeout(5):
                    async for line in lines:
                        if line.startswith("event: "):
                            data = await anext(lines)
                            return line.removeprefix("event: "), orjson.loads(data.removeprefix("data: "))
                return None

            yield event


@pytest.fixture
async def ann(serving: Any) -> AsyncIterator[Caller]:
    async with (
        serving(identity=lambda context: context.viewer, init_timeout=0.5) as server,
        httpx2.AsyncClient() as client,
    ):
        yield Caller(client, server.url)


def refusal(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


async def test_operations_are_answered_through_the_stream_under_their_ids(ann: Caller) -> None:
    reserved = await ann.reserve()
    async with ann.stream() as event:
        asked = await ann.ask("one", "subscription { ticks(upTo: 2) }")
        heard = [await event() for _ in range(3)]
        await ann.ask("one", "{ hello }")
        again = [await event() for _ in range(2)]

    assert (reserved.status_code, len(reserved.text) >= 32) == (201, True)
    assert reserved.headers["content-type"] == "text/plain; charset=utf-8"
    assert (asked.status_code, asked.content) == (202, b"")
    assert heard == [
        ("next", {"id": "one", "payload": {"data": {"ticks": 1}}}),
        ("next", {"id": "one", "payload": {"data": {"ticks": 2}}}),
        ("complete", {"id": "one"}),
    ]
    assert again == [
        ("next", {"id": "one", "payload": {"data": {"hello": "Hello, world!"}}}),
        ("complete", {"id": "one"}),
    ]


async def test_a_query_may_be_sent_by_get(ann: Caller, shop: Any) -> None:
    async def get(query: str) -> httpx2.Response:
        asked = {"query": query, "extensions": '{"operationId": "one"}'}
        headers = {TOKEN: ann.token, "accept": "application/json", **ann.login}
        return await ann.client.get(ann.url, params=asked, headers=headers)

    await ann.reserve()
    async with ann.stream() as event:
        refused = await get('mutation { note(text: "a") }')
        asked = await get("{ hello }")
        heard = await event()

    assert refusal(refused) == (405, "METHOD_NOT_ALLOWED")
    assert shop.notes == []
    assert (asked.status_code, asked.content) == (202, b"")
    assert heard == ("next", {"id": "one", "payload": {"data": {"hello": "Hello, world!"}}})


async def test_what_was_asked_before_the_stream_is_opened_waits_for_it(ann: Caller) -> None:
    await ann.reserve()
    await ann.ask("early", "{ hello }")

    async with ann.stream() as event:
        heard = await event()

    assert heard == ("next", {"id": "early", "payload": {"data": {"hello": "Hello, world!"}}})


async def test_an_event_source_brings_its_token_in_the_address(ann: Caller) -> None:
    token = (await ann.reserve()).text
    await ann.ask("one", "{ hello }")

    async with ann.client.stream("GET", f"{ann.url}?token={token}", headers=EVENTS) as response:
        first = [line async for line in _first(response, 3)]

    assert first == [":", "", "event: next"]


async def _first(response: httpx2.Response, count: int) -> AsyncIterator[str]:
    lines = response.aiter_lines()
    for _ in range(count):
        yield await anext(lines)


async def test_a_reservation_is_fulfilled_once(ann: Caller) -> None:
    token = (await ann.reserve()).text
    async with ann.stream():
        second = await ann.client.get(ann.url, headers={TOKEN: token, **EVENTS})
    async with asyncio.timeout(5):
        while (gone := await ann.ask("one", "{ hello }")).status_code == 202:  # noqa: ASYNC110 - as a client would
            await asyncio.sleep(0.01)

    assert refusal(second) == (409, "STREAM_IS_OPEN")
    assert refusal(gone) == (404, "STREAM_NOT_FOUND")


async def test_a_reservation_that_nobody_opens_lapses_and_what_it_began_ends(ann: Caller, shop: Any) -> None:
    await ann.reserve()
    await ann.ask("one", "subscription { forever }")

    async with asyncio.timeout(5):
        while not shop.closed:  # noqa: ASYNC110 - the shop has a list and no event
            await asyncio.sleep(0.01)

    assert refusal(await ann.ask("two", "{ hello }")) == (404, "STREAM_NOT_FOUND")


async def test_of_too_many_reservations_the_oldest_goes(ann: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reservations, "MOST_UNOPENED", 2)
    callers = [Caller(ann.client, ann.url) for _ in range(3)]
    for caller in callers:
        await caller.reserve()

    assert [(await caller.ask("one", "{ hello }")).status_code for caller in callers] == [404, 202, 202]


async def test_a_token_in_other_hands_is_none(ann: Caller) -> None:
    bob = Caller(ann.client, ann.url, "bob")
    bob.token = (await ann.reserve()).text

    assert refusal(await bob.ask("one", "{ hello }")) == (404, "STREAM_NOT_FOUND")
    assert refusal(await bob.stop(operationId="one")) == (404, "STREAM_NOT_FOUND")


async def test_who_may_not_enter_reserves_nothing(ann: Caller, shop: Any) -> None:
    shop.banned.add("ann")

    assert refusal(await ann.reserve()) == (401, "PERMISSION_DENIED")


async def test_an_operation_that_is_stopped_lets_go_of_its_source_and_says_no_more(
    ann: Caller, shop: Any
) -> None:
    await ann.reserve()
    async with ann.stream() as event:
        await ann.ask("one", "subscription { forever }")
        first = await event()
        stopped = await ann.stop(operationId="one")
        unknown = await ann.stop(operationId="two")
        nameless = await ann.stop()
        async with asyncio.timeout(5):
            while not shop.closed:  # noqa: ASYNC110 - the shop has a list and no event
                await asyncio.sleep(0.01)
        await ann.ask("one", "{ hello }")
        second = await event()

    assert first == ("next", {"id": "one", "payload": {"data": {"forever": 0}}})
    assert (stopped.status_code, unknown.status_code, nameless.status_code) == (200, 200, 400)
    assert second == ("next", {"id": "one", "payload": {"data": {"hello": "Hello, world!"}}})


async def test_what_is_wrong_with_a_request_is_its_own_answer(ann: Caller) -> None:
    await ann.reserve()
    async with ann.stream() as event:
        answers = [
            await ann.ask(None, "{ hello }"),
            await ann.ask("one", "{ hello"),
            await ann.ask("one", "{ nothing }"),
        ]
        await ann.ask("one", "subscription { forever }")
        answers.append(await ann.ask("one", "{ hello }"))
        heard = await event()

    assert list(map(refusal, answers)) == [
        (400, "BAD_REQUEST"),
        (400, "GRAPHQL_PARSE_FAILED"),
        (400, "GRAPHQL_VALIDATION_FAILED"),
        (409, "OPERATION_EXISTS"),
    ]
    assert heard == ("next", {"id": "one", "payload": {"data": {"forever": 0}}})


async def test_parts_come_through_the_stream(ann: Caller, shop: Any) -> None:
    shop.go_on.set()
    await ann.reserve()
    async with ann.stream() as event:
        await ann.ask("one", '{ hello ... @defer(label: "later") { slow } }')
        heard = [await event() for _ in range(3)]

    late = {"label": "later", "path": [], "data": {"slow": "done"}}
    assert heard == [
        ("next", {"id": "one", "payload": {"data": {"hello": "Hello, world!"}, "hasNext": True}}),
        ("next", {"id": "one", "payload": {"incremental": [late], "hasNext": False}}),
        ("complete", {"id": "one"}),
    ]


async def test_a_client_comes_back_with_the_last_event_it_heard(ann: Caller) -> None:
    await ann.reserve()
    async with ann.stream() as event:
        await ann.ask("one", "subscription { places }", **{"last-event-id": "2"})
        heard = await event()

    said = {"cursor": "3", "recovered": True}
    payload = {"data": {"places": 3}, "extensions": {"subscription": said}}
    assert heard == ("next", {"id": "one", "payload": payload})


async def test_a_client_that_leaves_ends_its_operations(ann: Caller, shop: Any) -> None:
    await ann.reserve()
    async with ann.stream() as event:
        await ann.ask("one", "subscription { forever }")
        await ann.ask("two", "{ slow }")
        await event()
        await asyncio.wait_for(shop.started.wait(), 5)
    async with asyncio.timeout(5):
        while not (shop.closed and shop.cancelled):  # noqa: ASYNC110 - the shop has lists and no event
            await asyncio.sleep(0.01)

    assert (shop.closed, shop.cancelled) == (["forever"], ["slow"])


async def test_a_server_that_goes_answers_first_and_begins_nothing_new(
    ann: Caller, shop: Any, connections: Any
) -> None:
    await ann.reserve()
    async with ann.stream() as event:
        await ann.ask("one", 'mutation { slowNote(text: "a") }')
        await ann.ask("two", "subscription { forever }")
        await event()
        going = asyncio.create_task(connections.close_all(patience=5))
        await asyncio.sleep(0.05)
        late = [await ann.ask("three", "{ hello }"), await ann.client.put(ann.url, headers=ann.login)]
        shop.go_on.set()
        heard = [await event() for _ in range(3)]
        await going

    assert [refusal(one) for one in late] == [(503, "GOING_AWAY")] * 2
    assert heard == [
        ("next", {"id": "one", "payload": {"data": {"slowNote": "a"}}}),
        ("complete", {"id": "one"}),
        None,
    ]
    assert shop.closed == ["forever"]
