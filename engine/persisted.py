"""Documents that are sent by a hash instead of their text.

*Trusted* documents were collected when a client was built, and are known beforehand. *Automatic* ones are
learnt: the first client to use one sends its text along, as Apollo's clients do.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Protocol

from engine.errors import BAD_USER_INPUT, RequestRefused
from engine.requests import GraphQLRequest

NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED"
SHA256 = re.compile("[0-9a-f]{64}")
MAX_CHARACTERS = 8 << 20  # of learnt documents kept in this process


class Shelf(Protocol):
    """Where processes share the documents they have learnt. Losing one costs a client a second trip."""

    async def get(self, hash: str) -> str | None:
        """The text, if it is still there. Never raises."""

    async def put(self, hash: str, text: str) -> None:
        """Keep the text for a while. Never raises."""


class Persisted:
    """The texts behind hashes."""

    def __init__(
        self,
        trusted: Mapping[str, str] | None = None,
        *,
        only_trusted: bool = False,
        automatic: bool = True,
        max_characters: int = MAX_CHARACTERS,
    ) -> None:
        """``trusted`` are texts by id. ``only_trusted``: nothing else is served, by text or by hash."""
        self.shelf: Shelf | None = None
        """Set by whoever has one."""
        self._trusted = dict(trusted or {})
        self._texts = frozenset(self._trusted.values())
        self._only_trusted = only_trusted
        self._automatic = automatic and not only_trusted
        self._most = max_characters
        self._characters = 0
        self._learnt: OrderedDict[str, str] = OrderedDict()

    async def text(self, request: GraphQLRequest) -> str:
        """The document that the request means. Raises ``RequestRefused``."""
        document_id = request.document_id
        if document_id is None:
            return self._allowed(request.query)
        if request.automatic and request.query and hash_of(request.query) != document_id:
            raise RequestRefused.because(
                "The hash is not the SHA-256 of the document.", BAD_USER_INPUT, legacy_status=200
            )
        found = self._trusted.get(document_id)
        if found is None and document_id in self._learnt:
            self._learnt.move_to_end(document_id)
            found = self._learnt[document_id]
        if found is not None:
            return found
        if request.query:
            return self._allowed(request.query)
        is_hash = request.automatic and SHA256.fullmatch(document_id)  # else it is a name that a build gave
        if self._automatic and self.shelf is not None and is_hash:
            shelved = await self.shelf.get(document_id)
            if shelved is not None and hash_of(shelved) == document_id:
                self._keep(document_id, shelved)
                return shelved
        raise self._missing(automatic=request.automatic)

    async def learn(self, request: GraphQLRequest) -> None:
        """Remember a document that came with its hash, and that turned out to be valid."""
        document_id = request.document_id
        if not (self._automatic and request.automatic and request.query) or document_id is None:
            return
        if document_id in self._trusted or document_id in self._learnt:
            return
        self._keep(document_id, request.query)
        if self.shelf is not None:
            await self.shelf.put(document_id, request.query)

    def _allowed(self, text: str) -> str:
        if self._only_trusted and text not in self._texts:
            raise RequestRefused.because(
                "Only documents that were registered beforehand are served.", NOT_TRUSTED, legacy_status=200
            )
        return text

    def _missing(self, *, automatic: bool) -> RequestRefused:
        # Apollo's clients also know these two by their messages.
        if automatic and not self._automatic and not self._trusted:
            return RequestRefused.because("PersistedQueryNotSupported", NOT_SUPPORTED, legacy_status=200)
        return RequestRefused.because("PersistedQueryNotFound", NOT_FOUND, legacy_status=200)

    def _keep(self, hash: str, text: str) -> None:
        if hash in self._learnt:  # two asked for it at once
            return
        self._learnt[hash] = text
        self._characters += len(text)
        while self._characters > self._most:
            _, dropped = self._learnt.popitem(last=False)
            self._characters -= len(dropped)


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
