"""Requests without an end, and answers that nobody takes, on real TCP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from server.cli import requests
from server.cli.requests import AHEAD, HEAD, Requests

LARGE = 8 << 20  # bytes of an answer, more than the system takes at once
POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the body; to /large at length."""
    body = b"x" * LARGE if scope["path"] == "/large" else b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        more = message.get("more_body", False)
    length = b"%d" % len(body)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self._reader = reader

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of the next answer."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(head.split()[1]), await self._reader.readexactly(length)

    def is_answered(self) -> bool:
        """Whether anything has come that was not read."""
        return bool(self._reader._buffer)  # type: ignore[attr-defined]

    async def answers(self) -> AsyncIterator[tuple[int, bytes]]:
        """Every answer until the connection ends."""
        try:
            while True:
                yield await self.answer()
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async def is_sent_away(self) -> bool:
        return await self._reader.read() == b""


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(echo, port=0, http=Requests, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # without its signals
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110 - uvicorn has nothing to wait for
            await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = server.force_exit = True
    await serving


@asynccontextmanager
async def client(port: int) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(10):
            yield Client(reader, writer)
    finally:
        writer.close()


def patience(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(requests, "SENDING", seconds)
    monkeypatch.setattr(requests, "TAKING", seconds)


@pytest.mark.parametrize("head", [b"x-one: " + b"a" * HEAD, b"x: y\r\n" * (HEAD // 4)], ids=["one", "many"])
@pytest.mark.parametrize("pieces", [1, 3])
async def test_a_head_that_is_too_large_is_refused(port: int, head: bytes, pieces: int) -> None:
    whole = b"GET / HTTP/1.1\r\nhost: x\r\n" + head + b"\r\n\r\n"
    size = len(whole) // pieces + 1
    async with client(port) as caller:
        for start in range(0, len(whole), size):
            await caller.send(whole[start : start + size])
            await asyncio.sleep(0.05)

        status, body = await caller.answer()

    assert status == 431
    assert b'"code":"REQUEST_HEADER_FIELDS_TOO_LARGE"' in body


async def test_a_head_without_an_end_is_read_no_further_than_the_bound(port: int) -> None:
    async with client(port) as caller:
        await caller.send(b"GET / HTTP/1.1\r\nx: ")

        with pytest.raises(ConnectionError):
            await caller.send(b"a" * LARGE)


async def test_what_follows_a_large_body_counts_for_nothing(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % (3 * HEAD)
    async with client(port) as caller:
        await caller.send(head + b"y" * (3 * HEAD) + POST[:20])
        await asyncio.sleep(0.05)
        await caller.send(POST[20:] + b"last")

        first, second = await caller.answer(), await caller.answer()

    assert first == (200, b"y" * (3 * HEAD))
    assert second == (200, b"last")


CHUNKS = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"


async def test_headers_after_the_body_have_an_end_as_well(port: int) -> None:
    async with client(port) as caller:
        await caller.send(CHUNKS + b"1\r\nx\r\n0\r\n")
        for number in range(40):
            await caller.send(b"x%d: %b\r\n" % (number, b"a" * (HEAD // 30)))
            await asyncio.sleep(0.01)
            if caller.is_answered():
                break

        status, _ = await caller.answer()

    assert status == 431


async def test_a_long_body_in_chunks_is_no_head(port: int) -> None:
    async with client(port) as caller:
        await caller.send(CHUNKS)
        for _ in range(5):
            await caller.send(b"%x\r\n" % (3 * HEAD) + b"x" * (3 * HEAD) + b"\r\n")
        await caller.send(b"0\r\nx: a\r\n\r\n")

        assert await caller.answer() == (200, b"x" * (15 * HEAD))


async def test_requests_may_wait_for_others_but_not_thousands(port: int) -> None:
    async with client(port) as caller:
        await caller.send((POST + b"last") * 50)
        answers = [await caller.answer() for _ in range(50)]
        await caller.send((POST + b"last") * 5_000)
        statuses = [status async for status, _ in caller.answers()]

    assert answers == [(200, b"last")] * 50
    assert len(statuses) <= 2 * AHEAD


async def test_what_is_no_http_is_refused_in_json(port: int) -> None:
    async with client(port) as caller:
        await caller.send(b"Hello!\r\n\r\n")

        status, body = await caller.answer()

    assert status == 400
    assert b'"code":"BAD_REQUEST"' in body


@pytest.mark.parametrize(
    "body",
    [b"content-length: 4\r\n\r\nbody", b"transfer-encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"],
    ids=["whole", "chunked"],
)
@pytest.mark.parametrize("split", [-1, 70, 110])
async def test_who_would_rather_have_http_2_is_answered_all_the_same(
    port: int, body: bytes, split: int
) -> None:
    whole = b"POST / HTTP/1.1\r\nhost: x\r\nupgrade: h2c\r\nconnection: upgrade, http2-settings\r\n" + body
    async with client(port) as caller:
        await caller.send(whole[:split])
        await asyncio.sleep(0.05)
        await caller.send(whole[split:] + POST + b"more")

        assert await caller.answer() == (200, b"body")
        assert await caller.is_sent_away()


async def test_a_get_that_would_rather_have_http_2_is_answered(port: int) -> None:
    async with client(port) as caller:
        await caller.send(b"GET / HTTP/1.1\r\nhost: x\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n")

        assert await caller.answer() == (200, b"")
        assert await caller.is_sent_away()


@pytest.mark.parametrize("begun", [POST[:20], POST, POST + b"he", POST + b"body" + POST[:20]])
async def test_a_request_that_does_not_come_to_its_end_is_refused(
    port: int, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    patience(monkeypatch, 0.2)
    async with client(port) as caller:
        await caller.send(begun)
        if b"body" in begun:
            await caller.answer()

        status, body = await caller.answer()

    assert status == 408
    assert b'"code":"REQUEST_TIMEOUT"' in body


async def test_a_client_that_never_says_anything_is_sent_away(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience(monkeypatch, 0.2)
    async with client(port) as caller:
        assert await caller.is_sent_away()


async def test_a_large_body_may_take_its_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    patience(monkeypatch, 0.2)
    monkeypatch.setattr(requests, "PIECE", 100)
    async with client(port) as caller:
        await caller.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(10):
            await asyncio.sleep(0.1)
            await caller.send(b"z" * 100)

        assert await caller.answer() == (200, b"z" * 1_000)


async def test_a_client_that_takes_nothing_of_its_answer_is_sent_away(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience(monkeypatch, 0.2)
    async with client(port) as caller:
        caller.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await caller.send(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(1)
        caller.writer.transport.resume_reading()  # type: ignore[attr-defined]

        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await caller.answer()
