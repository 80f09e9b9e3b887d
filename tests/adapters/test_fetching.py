import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address

import pytest

from adapters import fetching
from adapters.fetching import Address, Fetcher, FetchFailed, is_public

PNG = b"\x89PNG\r\n\x1a\n" + b"." * 100
Answer = Callable[[str], Awaitable[bytes]]


def http(status: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[int]:
    """A server on loopback; ``answer`` gets each request's head."""
    open_now: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.add(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        with suppress(ConnectionError):  # the client may have had enough
            writer.write(await answer(head.decode()))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for writer in open_now:
            writer.transport.abort()


def fetcher(*, seconds: float = 5, inside: tuple[str, ...] = ("inside.example",)) -> Fetcher:
    """Every host leads to loopback, which counts as public but for the hosts ``inside``."""

    async def resolve(host: str, _: int) -> list[Address]:
        return [ip_address("127.0.0.1" if host not in inside else "10.0.0.1")]

    return Fetcher(resolving=resolve, allowed=lambda address: str(address) == "127.0.0.1", seconds=seconds)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1", "100.64.0.1"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1"),
        *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "::127.0.0.1"),
    ],
)
def test_addresses_of_our_own_side_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


async def test_the_host_is_asked_at_the_address_that_was_checked() -> None:
    heads = []

    async def answer(head: str) -> bytes:
        heads.append(head.splitlines())
        return http("200 OK", PNG)

    async with serving(answer) as port:
        picture = await fetcher().picture(f"http://shop.example:{port}/a.png?size=1")

    assert (picture.data, picture.extension) == (PNG, ".png")
    assert heads[0][0] == "GET /a.png?size=1 HTTP/1.1"
    assert f"host: shop.example:{port}" in [line.lower() for line in heads[0]]


async def test_a_redirect_is_followed_and_checked_like_the_first_address() -> None:
    async def answer(head: str) -> bytes:
        if "GET /moved" in head:
            return http("302 Found", location="/here.png")
        if "GET /inside" in head:
            return http("302 Found", location="http://inside.example/")
        if "GET /round" in head:
            return http("302 Found", location="/round")
        return http("200 OK", PNG)

    async with serving(answer) as port:
        there = f"http://shop.example:{port}"
        assert (await fetcher().picture(f"{there}/moved")).data == PNG
        with pytest.raises(FetchFailed, match="it does not lead to a public address"):
            await fetcher().picture(f"{there}/inside")
        with pytest.raises(FetchFailed, match="it redirects too often"):
            await fetcher().picture(f"{there}/round")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "it is no plain http or https address"),
        ("ftp://shop.example/a.png", "it is no plain http or https address"),
        ("http://user:secret@shop.example/a.png", "it is no plain http or https address"),
        ("http:///a.png", "it is no plain http or https address"),
        ("http://inside.example/a.png", "it does not lead to a public address"),
        ("http://shop.example:99999/a.png", r"it cannot be reached \(ValueError\)"),
        ("http://shop.example:1/a.png", r"it cannot be reached \(ConnectError\)"),
    ],
)
async def test_what_is_no_address_on_the_internet_is_not_asked(url: str, reason: str) -> None:
    with pytest.raises(FetchFailed, match=f"^{reason}$"):
        await fetcher().picture(url)


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]", "169.254.169.254", "0x7f000001", "2130706433"])
async def test_the_real_look_up_refuses_our_own_side_however_it_is_written(address: str) -> None:
    with pytest.raises(FetchFailed, match=r"does not lead to a public address|cannot be found"):
        await Fetcher().picture(f"http://{address}/latest/meta-data")


async def test_what_is_no_picture_or_not_there_fails() -> None:
    async def answer(head: str) -> bytes:
        return http("200 OK", b"<html>") if "GET /page" in head else http("404 Not Found")

    async with serving(answer) as port:
        with pytest.raises(FetchFailed, match="it is no JPEG, PNG, WebP or AVIF picture"):
            await fetcher().picture(f"http://shop.example:{port}/page")
        with pytest.raises(FetchFailed, match="the server there answers 404"):
            await fetcher().picture(f"http://shop.example:{port}/gone")


async def test_a_large_one_is_left_where_it_is() -> None:
    async def answer(_: str) -> bytes:
        return http("200 OK", PNG + b"." * fetching.MAX_BYTES)

    async with serving(answer) as port:
        with pytest.raises(FetchFailed, match="it is larger than 10 MB"):
            await fetcher().picture(f"http://shop.example:{port}/large.png")


async def test_a_slow_one_is_not_waited_for() -> None:
    async def answer(_: str) -> bytes:
        await asyncio.sleep(5)
        return http("200 OK", PNG)

    async with serving(answer) as port:
        with pytest.raises(FetchFailed, match=r"it took longer than 0\.2 seconds"):
            await fetcher(seconds=0.2).picture(f"http://shop.example:{port}/slow.png")
