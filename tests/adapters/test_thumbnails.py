import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from adapters.files.disk import DiskFiles, disk_files
from adapters.files.store import Data, FileMissing, KeyRefused, Method, Stat
from adapters.pictures import PictureRefused
from adapters.thumbnails import Thumbnails

SHOP = "https://shop.example/"


class CountingFiles:
    """A disk store that remembers which files were read and written."""

    def __init__(self, disk: DiskFiles) -> None:
        self.disk = disk
        self.read: list[str] = []
        self.written: list[str] = []

    async def put(self, key: str, data: Data, content_type: str) -> None:
        self.written.append(key)
        await self.disk.put(key, data, content_type)

    async def get(self, key: str) -> bytes:
        data = await self.disk.get(key)
        self.read.append(key)
        return data

    def open(self, key: str) -> AsyncIterator[bytes]:
        return self.disk.open(key)

    async def stat(self, key: str) -> Stat | None:
        return await self.disk.stat(key)

    async def exists(self, key: str) -> bool:
        return await self.disk.exists(key)

    async def delete(self, key: str) -> None:
        await self.disk.delete(key)

    def public_url(self, key: str) -> str:
        return self.disk.public_url(key)

    async def signed_url(
        self,
        method: Method,
        key: str,
        expires: timedelta,
        content_type: str | None = None,
        size: int | None = None,
    ) -> str:
        return await self.disk.signed_url(method, key, expires, content_type, size)


@pytest.fixture
def files(tmp_path: Path) -> CountingFiles:
    return CountingFiles(disk_files(tmp_path, SHOP, "a secret", lambda: datetime(2026, 3, 1, tzinfo=UTC)))


def png(width: int, height: int) -> bytes:
    data = BytesIO()
    Image.new("RGB", (width, height), (200, 0, 0)).save(data, "PNG")
    return data.getvalue()


def test_an_address_is_stable_snapped_and_encoded(files: CountingFiles) -> None:
    thumbnails = Thumbnails(files, SHOP)

    assert thumbnails.url("mugs/1 é.png", 200, "WEBP") == (
        "https://shop.example/thumbnail/256/webp/mugs/1%20%C3%A9.png"
    )
    assert (
        thumbnails.url("mug.png", 9999, "ORIGINAL") == "https://shop.example/thumbnail/4096/original/mug.png"
    )
    assert files.read == []


async def test_is_made_once_and_kept(files: CountingFiles) -> None:
    await files.disk.put("mugs/1.png", png(300, 150), "image/png")

    made = await Thumbnails(files, SHOP).fetch("mugs/1.png", 50, "WEBP")
    kept = await Thumbnails(files, SHOP).fetch("mugs/1.png", 64, "WEBP")

    assert kept == made
    assert made.content_type == "image/webp"
    assert Image.open(BytesIO(made.data)).size == (64, 32)
    assert files.written == ["thumbnails/64/webp/mugs/1.png"]
    assert files.read == ["mugs/1.png", "thumbnails/64/webp/mugs/1.png"]


async def test_callers_at_once_share_one_making(files: CountingFiles) -> None:
    await files.disk.put("mug.png", png(300, 150), "image/png")
    thumbnails = Thumbnails(files, SHOP)

    pictures = await asyncio.gather(*(thumbnails.fetch("mug.png", 64, "WEBP") for _ in range(20)))

    assert len(set(pictures)) == 1
    assert files.read.count("mug.png") == 1
    assert files.written == ["thumbnails/64/webp/mug.png"]


async def test_a_caller_who_leaves_does_not_take_it_from_the_others(files: CountingFiles) -> None:
    await files.disk.put("mug.png", png(300, 150), "image/png")
    thumbnails = Thumbnails(files, SHOP)

    first = asyncio.create_task(thumbnails.fetch("mug.png", 64, "WEBP"))
    second = asyncio.create_task(thumbnails.fetch("mug.png", 64, "WEBP"))
    await asyncio.sleep(0)  # both are waiting now
    first.cancel()

    assert (await second).content_type == "image/webp"
    assert first.cancelled() is True
    assert thumbnails._making == {}


async def test_a_failure_is_told_and_not_kept(files: CountingFiles) -> None:
    thumbnails = Thumbnails(files, SHOP)
    with pytest.raises(FileMissing, match=r"mug\.png"):
        await thumbnails.fetch("mug.png", 64, "WEBP")
    await files.disk.put("mug.png", b"not a picture", "image/png")
    with pytest.raises(PictureRefused):
        await thumbnails.fetch("mug.png", 64, "WEBP")

    await files.disk.put("mug.png", png(300, 150), "image/png")

    assert (await thumbnails.fetch("mug.png", 64, "WEBP")).content_type == "image/webp"


async def test_a_forgotten_one_is_made_anew(files: CountingFiles) -> None:
    await files.disk.put("mug.png", png(300, 150), "image/png")
    thumbnails = Thumbnails(files, SHOP)
    await thumbnails.fetch("mug.png", 64, "WEBP")
    await thumbnails.fetch("mug.png", 512, "ORIGINAL")

    await thumbnails.forget("mug.png")

    assert await files.exists("thumbnails/64/webp/mug.png") is False
    assert await files.exists("thumbnails/512/original/mug.png") is False
    assert await files.exists("mug.png") is True


@pytest.mark.parametrize("key", ["../mug.png", "private/invoice.png", "thumbnails/64/webp/mug.png"])
async def test_what_is_not_a_public_picture_has_none(files: CountingFiles, key: str) -> None:
    thumbnails = Thumbnails(files, SHOP)

    with pytest.raises(KeyRefused):
        thumbnails.url(key, 64, "WEBP")
    with pytest.raises(KeyRefused):
        await thumbnails.fetch(key, 64, "WEBP")
    assert files.written == []
