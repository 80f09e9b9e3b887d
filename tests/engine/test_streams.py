"""Event streams whose clients are slow: what waits, what is dropped, and how they come back."""

import asyncio
from collections.abc import MutableMapping
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from graphql import OperationType

from engine.executor import Executor
from engine.requests import GraphQLRequest
from engine.transport.answers import Reply
from engine.transport.options import TransportOptions
from engine.transport.outbox import MESSAGES
from engine.transport.reservations import SharedStream
from engine.transport.sse import GOING, EventStream
from tests.engine.numbers import SEEN, Ear, Shop, explain, schema, settled

Message = MutableMapping[str, Any]


class Taking:
    """The way to a client that takes what is sent while ``open`` is set; also the server's line to it."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.one_by_one = False
        self.sent: list[bytes] = []
        self.over = False
        self.is_last = False
        self.aborted = asyncio.Event()
        self.unsent = 0

    async def send(self, message: Message) -> None:
        await self.open.wait()
        if self.one_by_one:
            self.open.clear()
        if message["type"] == "http.response.body":
            self.sent.append(message["body"])
            self.over = not message["more_body"]

    def let_go(self) -> None:
        self.is_last = True

    def abort(self) -> None:
        self.aborted.set()

    @property
    def text(self) -> bytes:
        return b"".join(self.sent)


class Client:
    """A reader of one stream, in a world of numbers."""

    def __init__(self, shop: Shop, executor: Executor, **options: Any) -> None:
        self.shop = shop
        self.executor = executor
        self.options = TransportOptions(**options)
        self.way = Taking()
        self.stream = EventStream(executor.errors, self.options)
        self.task: asyncio.Task[None] | None = None

    async def context(self) -> Any:
        return SimpleNamespace(shop=self.shop, viewer="guest")

    async def listen(self, query: str = SEEN) -> None:
        answers = self.executor.follow(GraphQLRequest(query), self.context, self.stream)
        reply = Reply({}, self.way.send, self.options)
        self.task = asyncio.create_task(self.stream.serve(reply, self.way, answers))
        await settled()

    async def publish(self, number: int = 1) -> None:
        for _ in range(number):
            self.shop.publish()
            await settled()

    async def ended(self) -> None:
        assert self.task is not None
        async with asyncio.timeout(5):
            await self.task


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def executor() -> Executor:
    return Executor(schema(), explain)


@pytest.fixture
async def client(shop: Shop, executor: Executor) -> Client:
    return Client(shop, executor)


def event(number: int) -> bytes:
    data = b'{"data":{"seen":"%d guest"},"extensions":{"subscription":{"cursor":"%d"}}}' % (number, number)
    return b"event: next\nid: %d\ndata: %b\n\n" % (number, data)


async def test_a_reader_that_keeps_up_costs_no_task_an_event(client: Client) -> None:
    await client.listen()
    before = asyncio.all_tasks()
    await client.publish(3)

    assert asyncio.all_tasks() == before
    assert client.way.sent == [b"id: 0\n\n", event(1), event(2), event(3)]
    assert client.stream.farewell.connection.held == 0


async def test_of_one_object_a_slow_reader_is_told_the_newest_with_its_place(client: Client) -> None:
    client.shop.about = "a mug"
    await client.listen()
    client.way.open.clear()
    await client.publish(MESSAGES + 50)
    held = client.stream.farewell.connection.held
    client.way.open.set()
    await settled()

    assert client.way.sent == [b"id: 0\n\n", event(1), event(MESSAGES + 50)]
    assert held == len(event(1)) + len(event(MESSAGES + 50))


async def test_a_reader_that_lags_too_far_is_let_go_and_comes_back_with_the_last_id(
    client: Client, executor: Executor, shop: Shop
) -> None:
    await client.listen()
    await client.publish()
    client.way.open.clear()
    await client.publish(MESSAGES + 2)
    client.way.open.set()
    await client.ended()
    back = Ear(executor, shop)
    back.cursor = "1"
    await back.listen()

    assert client.way.text == (
        b"id: 0\n\n" + event(1) + b": SUBSCRIPTION_TOO_SLOW come back with your cursor\n\n"
    )
    assert (client.way.over, client.way.is_last, client.stream.farewell.let_go) == (True, True, True)
    assert (len(back.heard), back.heard[0]) == (MESSAGES + 2, "2 guest")
    assert len(executor.groups) == 1, "the reader is no member any more"


async def test_a_reader_that_takes_nothing_for_long_is_let_go_by_force(
    shop: Shop, executor: Executor
) -> None:
    client = Client(shop, executor, send_timeout=0.01, close_timeout=0.01)
    await client.listen()
    client.way.open.clear()
    await client.publish()
    await client.ended()

    assert client.way.aborted.is_set()
    assert (client.way.over, client.stream.farewell.let_go) == (False, True)
    assert executor.groups.members == 0


async def test_what_was_told_is_sent_before_the_last_event(client: Client, shop: Shop) -> None:
    await client.listen()
    client.way.open.clear()
    await client.publish(3)
    shop.banned.add("guest")
    client.stream.farewell.begin(at_once=False)
    client.way.one_by_one = True
    while not client.way.over:
        await settled()
        client.way.open.set()
    await client.ended()

    assert client.way.sent[1:] == [event(1), event(2), event(3), GOING, b""]
    assert client.way.over


async def test_a_server_that_goes_waits_no_longer_for_a_stream_that_was_ending(
    shop: Shop, executor: Executor
) -> None:
    client = Client(shop, executor, send_timeout=600.0, close_timeout=0.01)
    await client.listen()
    client.way.open.clear()
    await client.publish()
    client.stream.farewell.begin(at_once=False)
    await settled()
    client.stream.farewell.begin(at_once=True)
    await client.ended()

    assert client.way.aborted.is_set()


async def test_operations_of_one_stream_wait_apart_and_what_is_stopped_is_not_sent(
    shop: Shop, executor: Executor
) -> None:
    way, options = Taking(), TransportOptions()
    stream = SharedStream("token", "ann", executor.errors, options)
    serving = asyncio.create_task(stream.serve(Reply({}, way.send, options), way))
    shop.about = "a mug"

    async def context() -> Any:
        return SimpleNamespace(shop=shop, viewer="guest")

    for name in ("one", "two", "three"):
        stream.begin(
            name,
            OperationType.SUBSCRIPTION,
            lambda follower: executor.follow(GraphQLRequest(SEEN), context, follower),
        )
        await settled()
    shop.publish()
    await settled()
    way.open.clear()
    for _ in range(3):
        shop.publish()
        await settled()
    stream.stop("two")
    way.open.set()
    await settled()
    heard = [
        (said["id"], said["payload"]["data"]["seen"])
        for said in (orjson.loads(frame.split(b"data: ")[1]) for frame in way.sent if b"data: " in frame)
    ]
    shared = executor.groups.members
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await stream.end()

    assert heard == [
        *(("one", "1 guest"), ("two", "1 guest"), ("three", "1 guest")),
        ("one", "2 guest"),  # on its way when the client stopped taking
        ("one", "4 guest"),
        ("three", "4 guest"),
    ]
    assert (shared, executor.groups.members) == (2, 0)
