"""Documents that clients have taught us, shared by all processes through Redis for a while."""

import structlog

from adapters.clusters import FAILURES, connect

log = structlog.get_logger(__name__)

TIMEOUT = 0.5  # seconds: without an answer the client sends the text once more, and no harm is done
KEPT = 7 * 24 * 3600  # seconds after a document was last asked for


class SharedDocuments:
    """Texts by the hash that a client knows them by."""

    def __init__(self, url: str, shop: str) -> None:
        self._client = connect(url, timeout=TIMEOUT)
        self._prefix = f"matvis:{shop}:document:"

    async def get(self, hash: str) -> str | None:
        """The text, if it is still there; it then stays for another while."""
        try:
            found: bytes | str | None = await self._client.getex(self._prefix + hash, ex=KEPT)
        except FAILURES as down:
            log.warning("documents_unreachable", error=str(down))
            return None
        return found.decode(errors="replace") if isinstance(found, bytes) else found

    async def put(self, hash: str, text: str) -> None:
        """Keep the text."""
        try:
            await self._client.set(self._prefix + hash, text.encode(errors="replace"), ex=KEPT)
        except FAILURES as down:
            log.warning("documents_unreachable", error=str(down))

    async def close(self) -> None:
        await self._client.aclose()
