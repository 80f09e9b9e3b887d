"""Documents that clients have taught us, shared by all processes through Redis for a while."""

import time
from collections.abc import Callable
from typing import NamedTuple

import structlog

from adapters.budgets import LocalBuckets
from adapters.clusters import FAILURES, connect

log = structlog.get_logger(__name__)

TIMEOUT = 0.5  # seconds: without an answer the client sends the text once more, and no harm is done
KEPT = 7 * 24 * 3600  # seconds after a document was last asked for
# Anybody may teach us. What a process shelves, so as not to fill Redis for a stranger:
AT_ONCE = 8 << 20  # bytes, many times what the clients of a shop have;
RESTORED = 200  # and each second, which are 120 MB while a document is kept


class _Shelved(NamedTuple):
    """So many bytes of what may be put in."""

    amount: int
    key: str = "shelf"
    maximum: int = AT_ONCE
    rate: float = RESTORED


class SharedDocuments:
    """Texts by the hash that a client knows them by."""

    def __init__(self, url: str, shop: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self._client = connect(url, timeout=TIMEOUT)
        self._prefix = f"matvis:{shop}:document:"
        self._room = LocalBuckets(now)

    async def get(self, hash: str) -> str | None:
        """The text, if it is still there; it then stays for another while."""
        try:
            found: bytes | str | None = await self._client.getex(self._prefix + hash, ex=KEPT)
        except FAILURES as down:
            log.warning("documents_unreachable", error=str(down))
            return None
        return found.decode(errors="replace") if isinstance(found, bytes) else found

    async def put(self, hash: str, text: str) -> None:
        """Keep the text, unless this process has kept too much lately."""
        content = text.encode(errors="replace")
        if self._room.take([_Shelved(len(content))], [0]).wait:
            return
        try:
            await self._client.set(self._prefix + hash, content, ex=KEPT)
        except FAILURES as down:
            log.warning("documents_unreachable", error=str(down))

    async def close(self) -> None:
        await self._client.aclose()
