"""graphql-transport-ws over real sockets: every MUST, and clients that break them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.engine.loading_json import made_by

PROTOCOL = Subprotocol("graphql-transport-ws")


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection) -> Any:
    return json.loads(await asyncio.wait_for(socket.recv(), 5))


async def closing(socket: ClientConnection) -> int:
    """The code the server closes with, whatever it still says before."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await asyncio.wait_for(socket.recv(), 5)
    assert socket.close_code is not None
    return socket.close_code


@contextlib.asynccontextmanager
async def opened(server: Any, payload: Any = None, **options: Any) -> AsyncIterator[ClientConnection]:
    """A socket whose initialisation has been acknowledged."""
    async with connect(server.ws, subprotocols=[PROTOCOL], **options) as socket:
        await say(socket, type="connection_init", payload=payload)
        assert await hear(socket) == {"type": "connection_ack"}
        yield socket


async def subscribe(socket: ClientConnection, name: str, query: str, **parameters: Any) -> None:
    await say(socket, id=name, type="subscribe", payload={"query": query, **parameters})


async def test_a_subscription_is_next_after_next_and_then_complete(serving: Any) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "a", "subscription($n: Int!) { ticks(upTo: $n) }", variables={"n": 2})

        heard = [await hear(socket) for _ in range(3)]

    assert heard == [
        {"id": "a", "type": "next", "payload": {"data": {"ticks": 1}}},
        {"id": "a", "type": "next", "payload": {"data": {"ticks": 2}}},
        {"id": "a", "type": "complete"},
    ]


@pytest.mark.parametrize(
    ("query", "data"),
    [("{ hello }", {"hello": "Hello, world!"}), ('mutation { note(text: "a") }', {"note": "a"})],
)
async def test_queries_and_mutations_are_one_next_and_complete(
    serving: Any, query: str, data: dict[str, str]
) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "a", query, operationName=None, variables=None, extensions=None)

        heard = [await hear(socket) for _ in range(2)]

    assert heard == [
        {"id": "a", "type": "next", "payload": {"data": data}},
        {"id": "a", "type": "complete"},
    ]


async def test_the_payload_of_the_initialisation_reaches_every_context(serving: Any) -> None:
    async with serving() as server, opened(server, {"user": "ada"}) as socket:
        await subscribe(socket, "a", "subscription { viewers }")

        heard = [await hear(socket) for _ in range(2)]

    # The first context acknowledged the socket, the second subscribed.
    assert [message["payload"]["data"]["viewers"] for message in heard] == ["ada 3", "ada 4"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ hello", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($n: Int!) { double(number: $n) }", "BAD_USER_INPUT"),
        ("query A { hello } query B { hello }", "OPERATION_RESOLUTION_FAILURE"),
        ("subscription { unready }", "PERMISSION_DENIED"),
    ],
)
async def test_what_cannot_be_executed_is_an_error_message_and_nothing_after_it(
    serving: Any, query: str, code: str
) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "a", query)
        first = await hear(socket)
        await say(socket, type="ping")
        second = await hear(socket)

    assert (first["id"], first["type"]) == ("a", "error")
    assert [error["extensions"]["code"] for error in first["payload"]] == [code]
    assert second == {"type": "pong"}


async def test_an_error_of_a_field_is_part_of_next(serving: Any) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "a", "{ denied }")

        heard = [await hear(socket) for _ in range(2)]

    assert heard[0]["payload"]["data"] == {"denied": None}
    assert heard[0]["payload"]["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"
    assert heard[1] == {"id": "a", "type": "complete"}


async def test_a_slow_operation_does_not_hold_up_the_others(serving: Any) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "slow", "{ slow }")
        await subscribe(socket, "fast", "{ hello }")

        heard = await hear(socket)

    assert heard["id"] == "fast"


async def test_completing_closes_the_source_and_frees_the_id(serving: Any, shop: Any) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "a", "subscription { forever }")
        await hear(socket)
        await shop.started.wait()
        await say(socket, id="a", type="complete")
        await subscribe(socket, "a", "{ hello }")
        heard = await hear(socket)

    assert heard == {"id": "a", "type": "next", "payload": {"data": {"hello": "Hello, world!"}}}
    assert shop.closed == ["forever"]


async def test_completing_what_is_over_or_never_was_is_no_matter(serving: Any) -> None:
    async with serving() as server, opened(server) as socket:
        await say(socket, id="never", type="complete")
        await say(socket, type="ping", payload={"n": 1})

        heard = await hear(socket)

    assert heard == {"type": "pong", "payload": {"n": 1}}


async def until_closed(shop: Any) -> None:
    async with asyncio.timeout(5):
        while not shop.closed:  # noqa: ASYNC110 - the shop has a list and no event
            await asyncio.sleep(0.01)


async def test_a_socket_that_goes_takes_its_subscriptions_along(serving: Any, shop: Any) -> None:
    async with serving() as server:
        async with opened(server) as socket:
            await subscribe(socket, "a", "subscription { forever }")
            await hear(socket)
            await shop.started.wait()
        await until_closed(shop)
        closed = list(shop.closed)

    assert closed == ["forever"]


async def test_a_mutation_outlives_its_socket(serving: Any, shop: Any, executor: Any) -> None:
    async with serving() as server:
        async with opened(server) as socket:
            await subscribe(socket, "a", 'mutation { slowNote(text: "kept") }')
            await shop.started.wait()
        await asyncio.sleep(0.1)
        shop.go_on.set()
        await executor.finish()

    assert shop.notes == ["kept"]


async def test_pings_are_answered_before_the_initialisation_too(serving: Any) -> None:
    async with serving() as server, connect(server.ws, subprotocols=[PROTOCOL]) as socket:
        await say(socket, type="pong")
        await say(socket, type="ping", payload=None)

        heard = await hear(socket)

    assert heard == {"type": "pong"}


@pytest.mark.parametrize(
    "frame",
    [
        "[]",
        '"connection_init"',
        "null",
        "7",
        "",
        "{",
        "{}",
        '{"type": null}',
        '{"type": "start"}',
        '{"type": "ping", "payload": []}',
        '{"type": "connection_init", "payload": "x"}',
        '{"type": "complete"}',
        '{"type": "subscribe", "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": "a"}',
        '{"type": "subscribe", "id": "a", "payload": {}}',
        '{"type": "subscribe", "id": "a", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "a", "payload": {"query": "{ hello }", "variables": []}}',
        b'{"type": "ping"}',
    ],
)
async def test_a_message_that_is_none_closes_the_socket(serving: Any, frame: str | bytes) -> None:
    async with serving() as server, connect(server.ws, subprotocols=[PROTOCOL]) as socket:
        await socket.send(frame)

        code = await closing(socket)

    assert code == 4400


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ hello }", "variables": {"name": "\0"}}, "BAD_USER_INPUT"),
        ({"query": "{ hello }", "variables": {"names": [""] * 20_000}}, "GRAPHQL_LIMIT_EXCEEDED"),
        ({"extensions": {"persistedQuery": {"version": 2}}}, "PERSISTED_QUERY_NOT_SUPPORTED"),
    ],
)
async def test_what_one_operation_may_not_ask_for_leaves_the_others_alone(
    serving: Any, payload: dict[str, Any], code: str
) -> None:
    async with serving() as server, opened(server) as socket:
        await say(socket, type="subscribe", id="a", payload=payload)
        first = await hear(socket)
        await subscribe(socket, "a", "{ hello }")
        second = await hear(socket)

    assert (first["id"], first["type"]) == ("a", "error")
    assert [error["extensions"]["code"] for error in first["payload"]] == [code]
    assert second["type"] == "next"


async def test_subscribing_before_the_acknowledgement_is_4401(serving: Any) -> None:
    async with serving() as server, connect(server.ws, subprotocols=[PROTOCOL]) as socket:
        await subscribe(socket, "a", "{ hello }")

        code = await closing(socket)

    assert code == 4401


@pytest.mark.parametrize(
    ("user", "code", "reason"), [("eve", 4403, "eve is banned."), ("bug", 4500, "Internal server error.")]
)
async def test_a_refused_initialisation_closes_the_socket(
    serving: Any, shop: Any, user: str, code: int, reason: str
) -> None:
    shop.banned.add("eve")

    async with serving() as server, connect(server.ws, subprotocols=[PROTOCOL]) as socket:
        await say(socket, type="connection_init", payload={"user": user})
        closed = await closing(socket)

    assert (closed, socket.close_reason) == (code, reason)


async def test_a_long_reason_is_cut_to_what_a_close_frame_holds(serving: Any, shop: Any) -> None:
    shop.banned.add("é" * 200)

    async with serving() as server, connect(server.ws, subprotocols=[PROTOCOL]) as socket:
        await say(socket, type="connection_init", payload={"user": "é" * 200})
        closed = await closing(socket)

    assert (closed, socket.close_reason) == (4403, "é" * 61)


@pytest.mark.parametrize("protocols", [None, ["graphql-ws"]])
async def test_another_subprotocol_is_4406(serving: Any, protocols: Any) -> None:
    async with serving() as server, connect(server.ws, subprotocols=protocols) as socket:
        code = await closing(socket)

    assert code == 4406


async def test_a_socket_that_never_initialises_is_4408(serving: Any) -> None:
    async with serving(init_timeout=0.05) as server, connect(server.ws, subprotocols=[PROTOCOL]) as socket:
        code = await closing(socket)

    assert code == 4408


async def test_a_socket_that_did_initialise_stays(serving: Any) -> None:
    async with serving(init_timeout=0.5) as server, opened(server) as socket:
        await asyncio.sleep(0.6)
        await say(socket, type="ping")

        heard = await hear(socket)

    assert heard == {"type": "pong"}


async def test_an_id_in_use_is_4409(serving: Any) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "a", "{ slow }")
        await subscribe(socket, "a", "{ hello }")

        code = await closing(socket)

    assert (code, socket.close_reason) == (4409, "Subscriber for a already exists")


async def test_initialising_twice_is_4429(serving: Any) -> None:
    async with serving() as server, opened(server) as socket:
        await say(socket, type="connection_init")

        code = await closing(socket)

    assert code == 4429


async def test_a_message_too_big_is_1009(serving: Any) -> None:
    async with serving(max_body=1_000) as server, opened(server) as socket:
        await say(socket, type="ping", payload={"x": "y" * 1_000})

        code = await closing(socket)

    assert code == 1009


async def test_of_a_message_of_too_many_values_none_is_made(
    serving: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving() as server, opened(server) as socket:
        made = made_by(monkeypatch, "protocol")
        await subscribe(socket, "a", "{ hello }", variables={"unused": [1] * 19_000})
        heard = await hear(socket)
        await subscribe(socket, "a", "{ hello }", variables={"unused": [{}] * 30_000})

        code = await closing(socket)

    assert heard["type"] == "next"
    assert code == 4400
    assert socket.close_reason == "A message holds more than 20000 values, or 1000 objects."
    assert len(made) == 1


async def test_too_many_operations_are_refused_one_by_one(serving: Any) -> None:
    async with serving(operations_per_socket=1) as server, opened(server) as socket:
        await subscribe(socket, "a", "{ slow }")
        await subscribe(socket, "b", "{ hello }")

        heard = await hear(socket)

    assert (heard["id"], heard["type"]) == ("b", "error")
    assert heard["payload"][0]["extensions"] == {"code": "TOO_MANY_OPERATIONS"}


async def test_a_page_of_another_origin_gets_no_socket(serving: Any) -> None:
    async with serving() as server:
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.ws, subprotocols=[PROTOCOL], origin=Origin("https://front.example"))

    assert refused.value.response.status_code == 403


async def test_a_page_of_a_listed_origin_gets_a_socket(serving: Any) -> None:
    origins = frozenset({"https://front.example"})

    async with serving(origins=origins) as server, opened(server, origin="https://front.example") as socket:
        await say(socket, type="ping")
        heard = await hear(socket)

    assert heard == {"type": "pong"}


async def test_a_right_withdrawn_mid_stream_ends_the_operation(serving: Any, shop: Any) -> None:
    async with serving() as server, opened(server, {"user": "ada"}) as socket:
        shop.banned.add("ada")
        await subscribe(socket, "a", "subscription { viewers }")

        heard = await hear(socket)

    assert (heard["type"], heard["payload"][0]["message"]) == ("error", "ada is banned.")


async def test_a_client_that_completes_and_leaves_at_once_lets_the_source_close(
    serving: Any, shop: Any
) -> None:
    async with serving() as server:
        async with opened(server) as socket:
            await subscribe(socket, "a", "subscription { forever }")
            await hear(socket)
            await shop.started.wait()
            await say(socket, id="a", type="complete")
        await until_closed(shop)
        closed = list(shop.closed)

    assert closed == ["forever"]


async def test_a_client_that_stops_reading_is_closed_and_holds_nothing(serving: Any, shop: Any) -> None:
    async with serving(send_timeout=0.2) as server, opened(server, max_queue=1) as socket:
        for number in range(90):
            await subscribe(socket, f"l{number}", "{ " + " ".join(f"k{n}: long" for n in range(40)) + " }")
        await subscribe(socket, "f", "subscription { forever }")
        for _ in range(400):
            await asyncio.sleep(0.01)
            if shop.closed:
                break
        closed = list(shop.closed)
        socket.transport.abort()

    assert closed == ["forever"]


async def test_a_server_that_goes_says_so_and_waits_for_its_sources(
    serving: Any, shop: Any, connections: Any
) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "a", "subscription { forever }")
        await hear(socket)
        await shop.started.wait()

        await connections.close_all()
        closed = list(shop.closed)
        code = await closing(socket)

    assert closed == ["forever"]
    assert code == 1001
    assert len(connections) == 0


async def test_a_server_that_goes_answers_first_and_begins_nothing_new(
    serving: Any, shop: Any, connections: Any
) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "1", 'mutation { slowNote(text: "a") }')
        await shop.started.wait()
        going = asyncio.create_task(connections.close_all(patience=5))
        await asyncio.sleep(0.05)
        await subscribe(socket, "2", 'mutation { note(text: "b") }')
        await asyncio.sleep(0.05)
        shop.go_on.set()
        heard = [await hear(socket), await hear(socket)]
        code = await closing(socket)
        await going

    assert heard == [
        {"id": "1", "type": "next", "payload": {"data": {"slowNote": "a"}}},
        {"id": "1", "type": "complete"},
    ]
    assert (code, shop.notes) == (1001, ["a"])


async def test_a_server_that_goes_waits_no_longer_than_it_was_told_to(
    serving: Any, shop: Any, connections: Any
) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "1", "{ slow }")
        await shop.started.wait()

        async with asyncio.timeout(2):
            await connections.close_all(patience=0.1)
        code = await closing(socket)

    assert (code, shop.cancelled) == (1001, ["slow"])


async def test_the_ends_of_many_sockets_are_spread(serving: Any, connections: Any) -> None:
    ended: list[float] = []
    clock = asyncio.get_running_loop().time

    async def wait(socket: ClientConnection) -> None:
        await socket.wait_closed()
        ended.append(clock())

    async with serving() as server, contextlib.AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(opened(server)) for _ in range(20)]
        began = clock()
        await asyncio.gather(connections.close_all(spread=0.4, patience=5), *map(wait, sockets))

    assert {socket.close_code for socket in sockets} == {1001}
    assert 0.3 < max(ended) - began < 1
    assert len([end for end in ended if end - began < 0.2]) < 15


async def test_a_client_comes_back_with_the_cursor_of_an_event(serving: Any) -> None:
    back = {"subscription": {"after": "2"}}
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "1", "subscription { places }", extensions=back)
        heard = [await hear(socket), await hear(socket)]

    place = {"subscription": {"cursor": "3", "recovered": True}}
    assert heard == [
        {"id": "1", "type": "next", "payload": {"data": {"places": 3}, "extensions": place}},
        {"id": "1", "type": "complete"},
    ]


@pytest.mark.parametrize("given", [{"after": 2}, "2", [2]])
async def test_a_cursor_that_is_no_text_is_refused(serving: Any, given: Any) -> None:
    async with serving() as server, opened(server) as socket:
        await subscribe(socket, "1", "subscription { places }", extensions={"subscription": given})
        heard = await hear(socket)

    assert (heard["type"], heard["payload"][0]["extensions"]["code"]) == ("error", "BAD_USER_INPUT")


async def test_a_socket_lives_as_long_as_its_context_says(serving: Any) -> None:
    async with serving(lifetime=lambda _context: 0.1) as server, opened(server) as socket:
        await subscribe(socket, "1", "subscription { forever }")
        began = await hear(socket)

        assert began["payload"] == {"data": {"forever": 0}}
        assert await closing(socket) == 4403
