"""Clients that begin a request and do not end it, on real TCP."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.cli.requests import AHEAD
from tests.running import running

HEAD = b"POST /echo HTTP/1.1\r\nHost: shop\r\n"
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(request: Request) -> Response:
    return Response(await request.body())


@pytest.fixture
async def ends(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ends]:
    monkeypatch.setattr("server.cli.requests.PATIENCE", 0.2)
    async with running(Starlette(routes=[Route("/echo", echo, methods=["POST"])])) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        yield reader, writer
        writer.close()


async def over(reader: asyncio.StreamReader) -> bytes:
    """All that is said before the server hangs up."""
    heard = b""
    async with asyncio.timeout(5):
        try:
            while more := await reader.read(1 << 16):
                heard += more
        except ConnectionError:
            pass
    return heard


@pytest.mark.parametrize("begun", [b"", HEAD, HEAD + b"Content-Length: 9\r\n\r\n{"])
async def test_who_begins_and_goes_on_no_more_is_let_go(ends: Ends, begun: bytes) -> None:
    reader, writer = ends
    writer.write(begun)

    assert await over(reader) == b""


async def test_a_head_that_comes_bit_by_bit_has_its_time(ends: Ends) -> None:
    reader, writer = ends

    async def drip() -> None:
        writer.write(HEAD)
        while True:
            writer.write(b"X: a\r\n")
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    heard = await over(reader)
    dripping.cancel()

    assert heard == b""


@pytest.mark.parametrize("begun", [HEAD, HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"])
async def test_headers_without_an_end_are_refused(ends: Ends, begun: bytes) -> None:
    reader, writer = ends
    writer.write(begun)
    for number in range(40):
        writer.write(b"X%d: %b\r\n" % (number, b"a" * 10_000))
    hearing = asyncio.create_task(over(reader))

    assert (await hearing).startswith(b"HTTP/1.1 400 ")


async def test_a_slow_body_and_long_silence_between_requests_are_fine(ends: Ends) -> None:
    reader, writer = ends

    for _ in range(2):
        writer.write(HEAD + b"Content-Length: 8\r\n\r\n")
        for _ in range(8):
            writer.write(b"x")
            await asyncio.sleep(0.1)
        async with asyncio.timeout(5):
            answer = await reader.readuntil(b"xxxxxxxx")
        assert answer.startswith(b"HTTP/1.1 200 ")
        await asyncio.sleep(0.7)


async def test_a_long_body_in_chunks_is_no_head(ends: Ends) -> None:
    reader, writer = ends
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")

    for _ in range(5):
        writer.write(b"30D40\r\n" + b"x" * 0x30D40 + b"\r\n")
        await writer.drain()
    writer.write(b"0\r\nX: a\r\n\r\n")

    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(5 * 0x30D40)
    assert head.startswith(b"HTTP/1.1 200 ")
    assert body == b"x" * len(body)


async def test_requests_may_wait_for_others_but_not_thousands(ends: Ends) -> None:
    reader, writer = ends
    request = HEAD + b"Content-Length: 1\r\n\r\nx"

    writer.write(request * 50)
    async with asyncio.timeout(5):
        for _ in range(50):
            await reader.readuntil(b"\r\n\r\nx")
    writer.write(request * 5_000)

    heard = await over(reader)
    assert b"HTTP/1.1 400 " in heard
    assert heard.count(b"HTTP/1.1 200 ") <= AHEAD
