"""What every store promises, held to each of them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.files.s3 import PART
from adapters.files.store import CHUNK, FileMissing, FileStore, KeyRefused, Method

HOUR = timedelta(hours=1)


async def test_gives_back_what_was_put(store: FileStore) -> None:
    await store.put("products/mug one.png", b"a mug", "image/png")

    assert await store.get("products/mug one.png") == b"a mug"
    assert await store.exists("products/mug one.png") is True


async def test_keeps_an_empty_file(store: FileStore) -> None:
    await store.put("empty.txt", b"", "text/plain")

    assert await store.get("empty.txt") == b""
    assert [chunk async for chunk in store.open("empty.txt")] == []


async def test_a_new_file_takes_the_place_of_the_old_one(store: FileStore) -> None:
    await store.put("mug.png", b"a mug", "image/webp")
    before = await store.stat("mug.png")

    await store.put("mug.png", b"a cup", "image/png")

    after = await store.stat("mug.png")
    assert before is not None
    assert after is not None
    assert await store.get("mug.png") == b"a cup"
    assert (after.content_type, after.etag != before.etag) == ("image/png", True)


@pytest.mark.parametrize(
    ("key", "content_type"),
    [
        ("mug.png", "image/png"),
        ("mug.png", "image/webp"),
        ("mug", "text/csv; charset=utf-8"),
        ("m.png/x", "a/b"),
    ],
)
async def test_tells_size_and_type(store: FileStore, key: str, content_type: str) -> None:
    await store.put(key, b"12345", content_type)

    found = await store.stat(key)

    assert found is not None
    assert (found.size, found.content_type) == (5, content_type)
    assert found.modified.utcoffset() == timedelta(0)


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART])
async def test_takes_a_stream_of_any_length(store: FileStore, size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    pieces = [data[start : min(start + 1_000_003, size)] for start in range(0, size, 1_000_003)]

    await store.put("export.csv", chunks(*pieces), "text/csv")

    assert await store.get("export.csv") == data[:size]
    read = [chunk async for chunk in store.open("export.csv")]
    assert b"".join(read) == data[:size]
    assert max(map(len, read), default=0) <= CHUNK


async def failing(first: bytes) -> AsyncIterator[bytes]:
    yield first
    raise ConnectionResetError


@pytest.mark.parametrize("size", [10, PART + 10])
async def test_a_stream_that_breaks_leaves_the_old_file(store: FileStore, size: int) -> None:
    await store.put("mug.png", b"a mug", "image/png")

    with pytest.raises(ConnectionResetError):
        await store.put("mug.png", failing(b"x" * size), "image/webp")

    found = await store.stat("mug.png")
    assert found is not None
    assert await store.get("mug.png") == b"a mug"
    assert found.content_type == "image/png"


async def test_an_upload_called_off_leaves_nothing(store: FileStore) -> None:
    started, never = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x" * (PART + 1)
        started.set()
        await never.wait()

    upload = asyncio.create_task(store.put("mug.png", slow(), "image/png"))
    await started.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload

    assert await store.exists("mug.png") is False


async def test_two_writers_leave_one_of_the_two_files(store: FileStore) -> None:
    files = [bytes([letter]) * 300_000 for letter in b"abcdefgh"]

    await asyncio.gather(*(store.put("mug.png", data, "image/png") for data in files))

    assert await store.get("mug.png") in files


async def test_a_deleted_file_is_gone_and_may_be_deleted_again(store: FileStore) -> None:
    await store.put("mug.png", b"a mug", "image/webp")

    await store.delete("mug.png")
    await store.delete("mug.png")

    assert await store.exists("mug.png") is False
    with pytest.raises(FileMissing, match=r"mug\.png"):
        await store.get("mug.png")


@pytest.mark.parametrize("key", ["nothing.png", "products", "products/mug.png/handle"])
async def test_what_is_not_there_is_missing(store: FileStore, key: str) -> None:
    await store.put("products/mug.png", b"a mug", "image/png")

    await store.delete(key)

    assert await store.stat(key) is None
    assert await store.exists(key) is False
    with pytest.raises(FileMissing):
        await store.get(key)
    with pytest.raises(FileMissing):
        await anext(aiter(store.open(key)))
    assert await store.exists("products/mug.png") is True


UNSAFE = [
    *("", "/etc/passwd", "..", "../mug.png", "a/../b", "a/..", ".", "a/./b", "a//b", "a/", ".hidden", "a/.b"),
    *("a\x00b", "a\nb", "a\x7fb", "a\u202eb", "a\u2028b", "a\ud800b", "a\\b", "x" * 201, "ab/" * 334),
]


async def first_chunk(store: FileStore, key: str) -> bytes:
    return await anext(aiter(store.open(key)))


async def test_refuses_an_unsafe_key_everywhere(store: FileStore) -> None:
    for key in UNSAFE:  # in one test, because opening a client takes longer than refusing all of them
        for asked in (
            store.put(key, b"", "image/png"),
            store.get(key),
            first_chunk(store, key),
            store.stat(key),
            store.exists(key),
            store.delete(key),
            store.signed_url("GET", key, HOUR),
        ):
            with pytest.raises(KeyRefused) as refusal:
                await asked
            assert (refusal.value.code, refusal.value.key) == ("INVALID", key)
        with pytest.raises(KeyRefused):
            store.public_url(key)


@pytest.mark.parametrize(
    "content_type", ["", "image", "image/png\r\nx-evil: 1", "image/png, text/html", "a/b\n"]
)
async def test_refuses_what_is_no_content_type(store: FileStore, content_type: str) -> None:
    with pytest.raises(ValueError, match="not a content type"):
        await store.put("mug.png", b"a mug", content_type)

    assert await store.exists("mug.png") is False


async def test_a_public_url_is_percent_encoded(store: FileStore) -> None:
    url = store.public_url("products/mug é?#%.png")

    assert url == "https://shop.example/media/products/mug%20%C3%A9%3F%23%25.png"


async def test_a_private_file_has_no_public_url(store: FileStore) -> None:
    with pytest.raises(KeyRefused, match="it is private"):
        store.public_url("private/invoice.pdf")


async def test_a_signed_url_names_the_key_and_not_the_secret(store: FileStore) -> None:
    url = urlsplit(await store.signed_url("GET", "private/invoice 1.pdf", HOUR))

    assert url.path.endswith("/private/invoice%201.pdf")
    assert "signature" in "".join(parse_qs(url.query)).lower()
    assert "secret" not in url.query


@pytest.mark.parametrize(
    ("method", "expires", "content_type", "size"),
    [
        ("GET", timedelta(0), None, None),
        ("GET", timedelta(days=8), None, None),
        ("GET", HOUR, "image/png", None),
        ("GET", HOUR, None, 5),
        ("PUT", HOUR, None, 5),
        ("PUT", HOUR, "image/png", None),
        ("PUT", HOUR, "image/png", -1),
        ("PUT", HOUR, "image/png\n", 5),
    ],
)
async def test_signs_no_url_that_says_too_little(
    store: FileStore, method: Method, expires: timedelta, content_type: str | None, size: int | None
) -> None:
    with pytest.raises(ValueError, match=r"signed URL|download|upload|content type"):
        await store.signed_url(method, "mug.png", expires, content_type, size)
