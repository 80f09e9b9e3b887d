"""Clients that ask as fast as they are answered, over HTTP/1.1, with next to no work of their own."""

import asyncio
from collections.abc import Sequence
from itertools import cycle
from time import perf_counter

CLIENTS = 16


class Failed(Exception):
    """An answer that is not the expected one; the figure would be worth nothing."""


def posted(path: str, body: bytes, token: str | None = None) -> bytes:
    """A whole request."""
    headers = [
        f"POST {path} HTTP/1.1",
        "host: localhost",
        "content-type: application/json",
        "accept: application/json",
        f"content-length: {len(body)}",
        *([f"authorization: Bearer {token}"] if token else []),
    ]
    return "\r\n".join([*headers, "", ""]).encode() + body


async def ask(port: int, request: bytes) -> bytes:
    """One answer's body. Raises ``Failed``."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await read_answer(reader)
    finally:
        writer.close()
        await writer.wait_closed()


async def throughput(port: int, requests: Sequence[bytes], seconds: float) -> float:
    """Answers a second, of all clients together; client n begins with request n. Raises ``Failed``."""
    began = perf_counter()
    until = began + seconds
    counts = await asyncio.gather(
        *(_client(port, [*requests[n:], *requests[:n]], until) for n in range(CLIENTS))
    )
    return sum(counts) / (perf_counter() - began)


async def _client(port: int, requests: Sequence[bytes], until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    try:
        for request in cycle(requests):
            writer.write(request)
            await read_answer(reader)
            count += 1
            if perf_counter() >= until:
                break
    finally:
        writer.close()
        await writer.wait_closed()
    return count


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    """One answer's body. Raises ``Failed`` where it is not a good one."""
    head = await reader.readuntil(b"\r\n\r\n")
    status, _, headers = head.partition(b"\r\n")
    length = next(
        int(line[15:]) for line in headers.split(b"\r\n") if line[:15].lower() == b"content-length:"
    )
    body = await reader.readexactly(length)
    if b" 200 " not in status or body.startswith(b'{"errors"'):
        raise Failed(body.decode())
    return body
