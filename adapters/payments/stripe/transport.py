"""How Stripe's own client sends its requests: over the HTTP library that the rest of the shop uses."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2
import stripe


class Transport(stripe.HTTPClient):
    """Gives each attempt so many ``seconds`` from the first byte to the last."""

    name = "httpx2"

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._http = httpx2.AsyncClient(timeout=seconds)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._http.request(method, url, headers=dict(headers), content=post_data)
        except (httpx2.HTTPError, TimeoutError) as error:
            # Whoever asked may not have been heard, or only not have heard the answer: the key tells.
            lost = type(error).__name__
            raise stripe.APIConnectionError(lost, should_retry=True) from None  # type: ignore[no-untyped-call]
        return answer.content, answer.status_code, answer.headers

    async def sleep_async(self, secs: float) -> None:
        await asyncio.sleep(secs)

    async def close_async(self) -> None:
        await self._http.aclose()
