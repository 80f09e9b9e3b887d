"""Thumbnails by address: made when first looked at, kept in the store ever after."""

import asyncio
from contextlib import suppress
from functools import lru_cache
from itertools import product
from typing import Final

from adapters.files.store import FileMissing, FileStore, KeyRefused, check_key, check_public, join_url
from adapters.pictures import MAX_BYTES, SIZES, Format, Picture, PictureRefused, recognise, snap, thumbnail

KEPT = "thumbnails/"
FORMATS: Final[dict[str, Format]] = {"original": "ORIGINAL", "webp": "WEBP", "avif": "AVIF"}
"""Formats by their word in an address."""

# Each one being made holds its original in memory, also while it waits for a worker.
_AT_ONCE = 4
_KNOWN = 1 << 13  # addresses: a listing asks for a hundred


class Thumbnails:
    """Thumbnails of one store's public pictures, at ``{base_url}/thumbnail/``.

    They are never made anew: a picture that changes needs a new key, or ``forget``.
    """

    def __init__(self, store: FileStore, base_url: str) -> None:
        self._store = store
        self._base_url = base_url.rstrip("/")
        self._making: dict[str, asyncio.Task[Picture]] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._url = lru_cache(maxsize=_KNOWN)(self._make_url)

    def url(self, key: str, size: int, format: Format) -> str:
        """Where the thumbnail is, made or not, of the size ``snap`` gives. Raises ``KeyRefused``."""
        return self._url(key, size, format)

    def _make_url(self, key: str, size: int, format: Format) -> str:
        return join_url(f"{self._base_url}/thumbnail/{snap(size)}/{format.lower()}", _check(key))

    async def fetch(self, key: str, size: int, format: Format) -> Picture:
        """The thumbnail: the one kept, or a new one, made once however many wait for it here.

        Raises ``FileMissing`` when there is no picture, ``PictureRefused`` when it is none, ``KeyRefused``.
        """
        kept = _kept(_check(key), snap(size), format)
        making = self._making.get(kept)
        if making is None:
            # The look at the store is part of the task: between the two, another could make one and go.
            making = asyncio.create_task(self._find_or_make(kept, key, snap(size), format))
            self._making[kept] = making
            making.add_done_callback(lambda done: self._made(kept, done))
        # A caller who goes away leaves the others theirs.
        return await asyncio.shield(making)

    async def forget(self, key: str) -> None:
        """Delete every kept thumbnail of ``key``, for when the picture itself is deleted or replaced."""
        _check(key)
        for size, kind in product(SIZES, FORMATS.values()):
            await self._store.delete(_kept(key, size, kind))

    async def _find_or_make(self, kept: str, key: str, size: int, format: Format) -> Picture:
        with suppress(FileMissing):
            return recognise(await self._store.get(kept))

        async with self._places:
            found = await self._store.stat(key)
            if found is None:
                raise FileMissing(key)
            if found.size > MAX_BYTES:
                raise PictureRefused(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
            picture = await thumbnail(await self._store.get(key), size, format)
            await self._store.put(kept, picture.data, picture.content_type)
            return picture

    def _made(self, kept: str, done: asyncio.Task[Picture]) -> None:
        del self._making[kept]
        if not done.cancelled():
            done.exception()  # looked at, so that asyncio does not report one that every caller has left


def _check(key: str) -> str:
    check_public(key)
    if key.startswith(KEPT):
        raise KeyRefused(key, "it is a thumbnail already")
    return key


def _kept(key: str, size: int, format: Format) -> str:
    return check_key(f"{KEPT}{size}/{format.lower()}/{key}")
