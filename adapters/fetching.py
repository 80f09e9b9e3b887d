"""Pictures from addresses that strangers wrote down.

Fetched from the public internet only, and never for long.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from ssl import SSLContext, create_default_context
from urllib.parse import urljoin, urlsplit

import httpx2 as httpx

from adapters.pictures import Picture, PictureRefused, recognise

MAX_BYTES = 10_000_000
SECONDS = 10.0
REDIRECTS = 3
SCHEMES = {"http": 80, "https": 443}

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]

# IPv6 addresses that lead to an IPv4 one inside them, through a gateway.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))


class FetchFailed(Exception):
    """There is no picture to be had from the address; the message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class _Target:
    """A checked address, and the host that is asked for there."""

    url: httpx.URL
    host: str
    headers: dict[str, str]


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could reach the address: not ourselves, our network, or our cloud's."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.sixtofour is not None or address.teredo is not None:
            return False
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


async def resolve(host: str, port: int) -> list[Address]:
    """Every address the host has. Raises ``OSError``."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(place[4][0]) for place in found))


class Fetcher:
    """Fetches pictures. ``resolving`` and ``allowed`` are other than the real ones only in tests."""

    def __init__(
        self,
        *,
        resolving: Resolve = resolve,
        allowed: Callable[[Address], bool] = is_public,
        seconds: float = SECONDS,
    ) -> None:
        self._resolve = resolving
        self._allowed = allowed
        self._seconds = seconds
        self._tls: SSLContext = create_default_context()

    async def picture(self, url: str) -> Picture:
        """The picture there. Raises ``FetchFailed``.

        Its host is looked up once, and the address that was checked is the one that is asked: a second
        look-up could give another. The same goes for each redirect.
        """
        try:
            async with asyncio.timeout(self._seconds):
                return recognise(await self._bytes(url))
        except TimeoutError:
            raise FetchFailed(f"it took longer than {self._seconds:g} seconds") from None
        except PictureRefused:
            raise FetchFailed("it is no JPEG, PNG, WebP or AVIF picture") from None
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise FetchFailed(f"it cannot be reached ({type(error).__name__})") from error

    async def _bytes(self, url: str) -> bytes:
        # No proxy, no cookie and no password from the machine's surroundings goes along.
        async with httpx.AsyncClient(trust_env=False, verify=self._tls, timeout=self._seconds) as client:
            for _ in range(REDIRECTS + 1):
                target = await self._checked(url)
                async with client.stream(
                    "GET", target.url, headers=target.headers, extensions={"sni_hostname": target.host}
                ) as answer:
                    if answer.is_redirect:
                        url = urljoin(url, answer.headers["location"])
                        continue
                    if answer.status_code != httpx.codes.OK:
                        raise FetchFailed(f"the server there answers {answer.status_code}")
                    return await _bounded(answer)
        raise FetchFailed("it redirects too often")

    async def _checked(self, url: str) -> _Target:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname or parts.username is not None:
            raise FetchFailed("it is no plain http or https address")
        host, port = parts.hostname, parts.port or SCHEMES[parts.scheme]
        try:
            addresses = await self._resolve(host, port)
        except OSError:
            raise FetchFailed("its host cannot be found") from None
        if not addresses or not all(self._allowed(address) for address in addresses):
            raise FetchFailed("it does not lead to a public address")
        given = httpx.URL(url)
        shown = f"[{host}]" if ":" in host else host
        headers = {
            "Host": shown if parts.port is None else f"{shown}:{port}",
            "Accept": "image/avif,image/webp,image/png,image/jpeg",
            "Accept-Encoding": "identity",
        }
        return _Target(given.copy_with(host=str(addresses[0]), port=port), host, headers)


async def _bounded(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_raw():  # unpacked, a small answer may be a large one
        found += part
        if len(found) > MAX_BYTES:
            raise FetchFailed(f"it is larger than {MAX_BYTES // 1_000_000} MB")
    return bytes(found)
