from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from httpx2 import ASGITransport, AsyncClient
from PIL import Image
from starlette.applications import Starlette
from starlette.types import Message

from adapters.files.disk import DiskFiles, disk_files
from adapters.files.s3 import S3Files
from adapters.thumbnails import Thumbnails
from server.media import media_routes

SHOP = "https://shop.example"
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> DiskFiles:
    return disk_files(tmp_path / "files", SHOP, "a secret", lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
async def client(store: DiskFiles) -> AsyncIterator[AsyncClient]:
    app = Starlette(routes=media_routes(store, Thumbnails(store, SHOP)))
    async with AsyncClient(transport=ASGITransport(app), base_url=SHOP) as client:
        yield client


async def test_a_public_file_is_served_with_its_type_and_its_tag(
    client: AsyncClient, store: DiskFiles
) -> None:
    await store.put("mugs/1 é.png", b"a mug", "image/webp")
    found = await store.stat("mugs/1 é.png")
    assert found is not None

    answer = await client.get(store.public_url("mugs/1 é.png"))

    assert (answer.status_code, answer.content) == (200, b"a mug")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["content-length"] == "5"
    assert answer.headers["etag"] == f'"{found.etag}"'
    assert answer.headers["last-modified"] == found.modified.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in answer.headers


async def test_a_client_that_has_the_file_gets_none(client: AsyncClient, store: DiskFiles) -> None:
    await store.put("mug.png", b"a mug", "image/png")
    tag = (await client.get("/media/mug.png")).headers["etag"]

    again = await client.get("/media/mug.png", headers={"if-none-match": f'"other", W/{tag}'})
    await store.put("mug.png", b"a cup", "image/png")
    changed = await client.get("/media/mug.png", headers={"if-none-match": tag})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (changed.status_code, changed.content) == (200, b"a cup")


async def test_a_large_file_comes_whole_or_in_the_part_asked_for(
    client: AsyncClient, store: DiskFiles
) -> None:
    film = bytes(range(256)) * 4096
    await store.put("film.mp4", film, "video/mp4")

    whole = await client.get("/media/film.mp4")
    part = await client.get("/media/film.mp4", headers={"range": "bytes=1000-1999"})
    head = await client.head("/media/film.mp4")

    assert whole.content == film
    assert (part.status_code, part.content) == (206, film[1000:2000])
    assert (head.headers["content-length"], head.content) == (str(len(film)), b"")


@pytest.mark.parametrize(
    ("content_type", "sandboxed"),
    [("text/html", True), ("image/svg+xml", True), ("text/xml", True), ("application/pdf", False)],
)
async def test_what_could_run_scripts_is_sandboxed(
    client: AsyncClient, store: DiskFiles, content_type: str, *, sandboxed: bool
) -> None:
    await store.put("upload", b"<svg onload='alert(1)'/>", content_type)

    answer = await client.get("/media/upload")

    assert ("sandbox" in answer.headers.get("content-security-policy", "")) is sandboxed


@pytest.mark.parametrize(
    "path",
    [
        "/media/nothing.png",
        "/media/",
        "/media/mugs",
        "/media/..%2fsecret.txt",
        "/media/%2e%2e/secret.txt",
        "/media/mugs/..%2f..%2f..%2fsecret.txt",
        "/media/%2fetc/passwd",
        "/media//etc/passwd",
        "/media/..%5csecret.txt",
        "/media/mugs/1.png%00.txt",
        "/media/mugs/.1.png.type",
        "/media/private/invoice.pdf",
        "/media/x%2f..%2fprivate/invoice.pdf",
        "/thumbnail/64/webp/nothing.png",
        "/thumbnail/64/webp/..%2fsecret.txt",
        "/thumbnail/64/webp/private/invoice.pdf",
        "/thumbnail/65/webp/mugs/1.png",
        "/thumbnail/64/gif/mugs/1.png",
        "/thumbnail/64/WEBP/mugs/1.png",
        "/thumbnail/64/webp/thumbnails/64/webp/mugs/1.png",
    ],
)
async def test_what_is_not_public_is_not_found(
    client: AsyncClient, store: DiskFiles, tmp_path: Path, path: str
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    await store.put("mugs/1.png", png(300, 150), "image/webp")
    await store.put("private/invoice.pdf", b"an invoice", "application/pdf")

    answer = await client.get(path)

    assert (answer.status_code, answer.text) == (404, "Not Found")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_signed_url_reads_a_private_file(client: AsyncClient, store: DiskFiles) -> None:
    await store.put("private/invoice.pdf", b"an invoice", "application/pdf")
    url = await store.signed_url("GET", "private/invoice.pdf", HOUR)

    answer = await client.get(url)
    head = await client.head(url)

    assert (answer.status_code, answer.content, head.status_code) == (200, b"an invoice", 200)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_signed_url_is_for_that_file_and_that_method(client: AsyncClient, store: DiskFiles) -> None:
    await store.put("private/invoice.pdf", b"an invoice", "application/pdf")
    await store.put("private/other.pdf", b"another", "application/pdf")
    url = await store.signed_url("GET", "private/invoice.pdf", HOUR)

    unsigned = await client.get("/files/private/invoice.pdf")
    other = await client.get(url.replace("invoice", "other"))
    written = await client.put(url, content=b"mine", headers={"content-type": "application/pdf"})
    missing = await client.get(await store.signed_url("GET", "private/nothing.pdf", HOUR))
    unsafe = await client.get("/files/..%2fsecret.txt")

    assert [answer.status_code for answer in (unsigned, other, written, missing, unsafe)] == [
        *(403, 403, 403, 404, 404)
    ]
    assert await store.get("private/invoice.pdf") == b"an invoice"


async def test_an_expired_url_is_refused(store: DiskFiles, tmp_path: Path) -> None:
    later = disk_files(tmp_path / "files", SHOP, "a secret", lambda: datetime(2026, 3, 1, 13, tzinfo=UTC))
    await store.put("mug.png", b"a mug", "image/png")
    url = await store.signed_url("GET", "mug.png", HOUR)

    app = Starlette(routes=media_routes(later, Thumbnails(later, SHOP)))
    async with AsyncClient(transport=ASGITransport(app), base_url=SHOP) as client:
        answer = await client.get(url)

    assert (answer.status_code, answer.text) == (403, "This URL has expired.")


async def test_an_upload_lands_under_its_key_with_its_type(client: AsyncClient, store: DiskFiles) -> None:
    url = await store.signed_url("PUT", "mugs/1.png", HOUR, "image/webp", 5)

    answer = await client.put(url, content=b"a mug", headers={"content-type": "image/webp"})

    found = await store.stat("mugs/1.png")
    assert found is not None
    assert (answer.status_code, answer.content) == (200, b"")
    assert (found.content_type, await store.get("mugs/1.png")) == ("image/webp", b"a mug")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(b"a mu", "image/webp"), (b"a mug!", "image/webp"), (b"", "image/webp"), (b"a mug", "text/html")],
)
async def test_an_upload_that_is_not_the_one_signed_for_leaves_nothing(
    client: AsyncClient, store: DiskFiles, content: bytes, content_type: str
) -> None:
    url = await store.signed_url("PUT", "mug.png", HOUR, "image/webp", 5)

    answer = await client.put(url, content=content, headers={"content-type": content_type})

    assert answer.status_code == 400
    assert await store.exists("mug.png") is False


async def test_an_upload_whose_client_hangs_up_leaves_nothing(store: DiskFiles) -> None:
    url = urlsplit(await store.signed_url("PUT", "mug.png", HOUR, "image/webp", 5))
    events: Iterator[Message] = iter(
        [{"type": "http.request", "body": b"a m", "more_body": True}, {"type": "http.disconnect"}]
    )
    scope = {
        "type": "http",
        "method": "PUT",
        "path": url.path,
        "query_string": url.query.encode(),
        "headers": [(b"content-type", b"image/webp")],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return next(events)

    async def send(message: Message) -> None:
        sent.append(message)

    await Starlette(routes=media_routes(store, Thumbnails(store, SHOP)))(scope, receive, send)

    assert (sent[0]["status"], sent[1]["body"]) == (400, b"")
    assert await store.exists("mug.png") is False


def png(width: int, height: int) -> bytes:
    data = BytesIO()
    Image.new("RGB", (width, height), (200, 0, 0)).save(data, "PNG")
    return data.getvalue()


async def test_a_thumbnail_is_served_for_ever(client: AsyncClient, store: DiskFiles) -> None:
    await store.put("mugs/1 é.png", png(300, 150), "image/png")
    url = Thumbnails(store, SHOP).url("mugs/1 é.png", 50, "AVIF")

    made = await client.get(url)
    kept = await client.get(url)

    assert (made.status_code, kept.content) == (200, made.content)
    assert made.headers["content-type"] == "image/avif"
    assert made.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert made.headers["x-content-type-options"] == "nosniff"
    assert Image.open(BytesIO(made.content)).size == (64, 32)


async def test_what_is_no_picture_has_no_thumbnail(client: AsyncClient, store: DiskFiles) -> None:
    await store.put("list.csv", b"a,b", "text/csv")

    answer = await client.get("/thumbnail/64/original/list.csv")

    assert (answer.status_code, answer.text) == (415, "The file is not a picture of a kind we read.")


def test_a_bucket_serves_its_own_files(store: DiskFiles) -> None:
    bucket = S3Files(None, "shop", "https://cdn.example")

    assert [route.path for route in media_routes(bucket, Thumbnails(bucket, SHOP))] == [
        "/thumbnail/{size:int}/{format}/{key:path}"
    ]
    assert [route.path for route in media_routes(store, Thumbnails(store, SHOP))][1:] == [
        "/media/{key:path}",
        "/files/{key:path}",
    ]
