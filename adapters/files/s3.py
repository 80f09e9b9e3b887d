"""Files in a bucket of S3, or of anything that speaks its language (GCS, R2, MinIO)."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, NoReturn

import aioboto3  # type: ignore[import-untyped]  # ships no types
from aiobotocore.config import AioConfig  # type: ignore[import-untyped]  # the same
from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # the same

from adapters.files.store import (
    CHUNK,
    Data,
    FileMissing,
    Method,
    Stat,
    check_content_type,
    check_grant,
    check_key,
    check_public,
    join_url,
)

PART = 8 * 1024 * 1024
"""Bytes of an upload held in memory; a longer one goes up in parts of this size (S3's least is 5 MiB)."""

_MISSING = frozenset({"NoSuchKey", "NotFound", "404"})


class S3Files:
    """A ``FileStore`` in one bucket. Made, with its open client, by ``s3_files``."""

    def __init__(self, client: Any, bucket: str, public_url: str) -> None:
        self._client = client
        self._bucket = bucket
        self._public_url = public_url

    async def put(self, key: str, data: Data, content_type: str) -> None:
        where = self._where(key)
        made_of = {"ContentType": check_content_type(content_type)}
        if isinstance(data, bytes):
            await self._client.put_object(**where, **made_of, Body=data)
            return

        parts = _parts(data)
        first = await anext(parts, b"")
        if len(first) < PART:
            await self._client.put_object(**where, **made_of, Body=first)
        else:
            await self._put_parts(where, made_of, first, parts)

    async def _put_parts(
        self, where: dict[str, str], made_of: dict[str, str], first: bytes, rest: AsyncIterator[bytes]
    ) -> None:
        started = await self._client.create_multipart_upload(**where, **made_of)
        upload = {**where, "UploadId": started["UploadId"]}
        try:
            done = [await self._put_part(upload, 1, first)]
            async for part in rest:
                done.append(await self._put_part(upload, len(done) + 1, part))
            await self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": done})
        except BaseException:
            # Cancelled or failed, the parts would be kept and paid for until someone looked.
            with suppress(ClientError):
                await asyncio.shield(self._client.abort_multipart_upload(**upload))
            raise

    async def _put_part(self, upload: dict[str, str], number: int, part: bytes) -> dict[str, object]:
        answer = await self._client.upload_part(**upload, PartNumber=number, Body=part)
        return {"PartNumber": number, "ETag": answer["ETag"]}

    async def get(self, key: str) -> bytes:
        return b"".join([chunk async for chunk in self.open(key)])

    async def open(self, key: str) -> AsyncIterator[bytes]:
        where = self._where(key)
        try:
            answer = await self._client.get_object(**where)
        except ClientError as error:
            _raise_missing(error, key)
        async with answer["Body"] as body:
            async for chunk in body.content.iter_chunked(CHUNK):
                yield chunk

    async def stat(self, key: str) -> Stat | None:
        where = self._where(key)
        try:
            answer = await self._client.head_object(**where)
        except ClientError as error:
            if _is_missing(error):
                return None
            raise
        return Stat(
            size=answer["ContentLength"],
            content_type=answer["ContentType"],
            modified=answer["LastModified"],
            etag=answer["ETag"].strip('"'),
        )

    async def exists(self, key: str) -> bool:
        return await self.stat(key) is not None

    async def delete(self, key: str) -> None:
        where = self._where(key)
        try:
            await self._client.delete_object(**where)
        except ClientError as error:
            if not _is_missing(error):  # GCS says so where S3 is silent
                raise

    def public_url(self, key: str) -> str:
        return join_url(self._public_url, check_public(key))

    async def signed_url(
        self,
        method: Method,
        key: str,
        expires: timedelta,
        content_type: str | None = None,
        size: int | None = None,
    ) -> str:
        params: dict[str, object] = {**self._where(key)}
        check_grant(method, expires, content_type, size)
        if method == "PUT":
            params |= {"ContentType": content_type, "ContentLength": size}
        url: str = await self._client.generate_presigned_url(
            "get_object" if method == "GET" else "put_object",
            Params=params,
            ExpiresIn=int(expires.total_seconds()),
        )
        return url

    def _where(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": check_key(key)}


@asynccontextmanager
async def s3_files(
    *,
    bucket: str,
    endpoint_url: str | None,
    region: str,
    access_key: str | None,
    secret_key: str | None,
    public_url: str,
    path_style: bool = True,
) -> AsyncIterator[S3Files]:
    """A store in ``bucket``, over one client that is open as long as the block.

    Without an endpoint it is Amazon's; without keys they come from the environment or the machine's role. GCS
    takes the region ``auto``, its HMAC keys and ``https://storage.googleapis.com``. ``path_style`` puts the
    bucket's name in the path instead of the host. ``public_url`` is where anyone reads the bucket, or the CDN
    before it.
    """
    config = AioConfig(
        signature_version="s3v4",
        s3={"addressing_style": "path" if path_style else "virtual"},
        # The checksums that newer SDKs add by themselves are refused by stores other than Amazon's.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "max_attempts": 3},
        max_pool_connections=32,
    )
    session = aioboto3.Session(
        aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name=region
    )
    async with session.client("s3", endpoint_url=endpoint_url, config=config) as client:
        yield S3Files(client, bucket, public_url)


async def _parts(data: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in parts of ``PART``, but for a shorter last one."""
    waiting = bytearray()
    async for chunk in data:
        waiting += chunk
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)


def _is_missing(error: ClientError) -> bool:
    return error.response["Error"]["Code"] in _MISSING


def _raise_missing(error: ClientError, key: str) -> NoReturn:
    if _is_missing(error):
        raise FileMissing(key) from None
    raise error
