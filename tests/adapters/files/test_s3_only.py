from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from adapters.files.s3 import PART, s3_files

HOUR = timedelta(hours=1)


async def presigned(*, path_style: bool = True, put: bool = False) -> str:
    """A URL signed for Google's store; signing asks nobody."""
    async with s3_files(
        bucket="shop",
        endpoint_url="https://storage.googleapis.com",
        region="auto",
        access_key="GOOG1",
        secret_key="secret",  # noqa: S106 - nobody's
        public_url="https://cdn.example",
        path_style=path_style,
    ) as files:
        if put:
            return await files.signed_url("PUT", "mugs/1.png", HOUR, "image/png", 5)
        return await files.signed_url("GET", "mugs/1.png", HOUR)


async def test_an_upload_url_binds_type_and_size_and_asks_for_no_checksum() -> None:
    url = urlsplit(await presigned(put=True))
    query = parse_qs(url.query)

    assert (url.netloc, url.path) == ("storage.googleapis.com", "/shop/mugs/1.png")
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["3600"]
    assert "/auto/s3/" in query["X-Amz-Credential"][0]
    assert not [name for name in query if "checksum" in name.lower()]


async def test_the_bucket_may_be_in_the_host() -> None:
    url = urlsplit(await presigned(path_style=False))

    assert (url.netloc, url.path) == ("shop.storage.googleapis.com", "/mugs/1.png")


async def test_a_long_upload_that_breaks_leaves_no_parts_to_pay_for(s3_endpoint: str) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"x" * (2 * PART)
        assert "<Upload>" in httpx2.get(f"{s3_endpoint}/broken-uploads?uploads").text
        raise ConnectionResetError

    httpx2.put(f"{s3_endpoint}/broken-uploads").raise_for_status()
    async with s3_files(
        bucket="broken-uploads",
        endpoint_url=s3_endpoint,
        region="us-east-1",
        access_key="key",
        secret_key="secret",  # noqa: S106 - moto asks for none
        public_url="https://cdn.example",
    ) as files:
        with pytest.raises(ConnectionResetError):
            await files.put("export.csv", failing(), "text/csv")

    assert "<Upload>" not in httpx2.get(f"{s3_endpoint}/broken-uploads?uploads").text
