"""The shop's files over HTTP: public ones, signed ones, thumbnails."""

from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import format_datetime
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from adapters.files.disk import DiskFiles
from adapters.files.signing import Grant, SignatureRefused
from adapters.files.store import FileMissing, FileStore, KeyRefused, Stat, check_public
from adapters.pictures import SIZES, PictureRefused
from adapters.thumbnails import FORMATS, Thumbnails

Endpoint = Callable[[Request], Awaitable[Response]]

FOREVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"
NOSNIFF: Final = {"x-content-type-options": "nosniff"}

# A page, or an SVG that somebody uploaded, must not run scripts in the shop's own origin. What a browser only
# shows is left alone, because a sandbox would take its PDF viewer away.
SHOWN = ("image/", "audio/", "video/", "application/pdf", "text/plain")
SANDBOX: Final = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}


class UploadRefused(Exception):
    """The body is not the one that the URL was signed for."""


def media_routes(store: FileStore, thumbnails: Thumbnails) -> list[Route]:
    """Thumbnails of any store; public and signed files of one on disk, which has no server of its own."""
    routes = [Route("/thumbnail/{size:int}/{format}/{key:path}", _thumbnail(thumbnails), methods=["GET"])]
    if isinstance(store, DiskFiles):
        routes.append(Route("/media/{key:path}", _public(store), methods=["GET"]))
        routes.append(Route("/files/{key:path}", _signed(store), methods=["GET", "PUT"]))
    return routes


def _thumbnail(thumbnails: Thumbnails) -> Endpoint:
    async def answer(request: Request) -> Response:
        size, kind = request.path_params["size"], FORMATS.get(request.path_params["format"])
        # Only the addresses that `Thumbnails.url` gives: others would be copies.
        if size not in SIZES or kind is None:
            return _refusal(404)
        try:
            picture = await thumbnails.fetch(request.path_params["key"], size, kind)
        except (FileMissing, KeyRefused):
            return _refusal(404)
        except PictureRefused as refused:
            return _refusal(415, str(refused))
        headers = {"cache-control": FOREVER, **NOSNIFF}
        return Response(picture.data, media_type=picture.content_type, headers=headers)

    return answer


def _public(store: DiskFiles) -> Endpoint:
    async def answer(request: Request) -> Response:
        key = request.path_params["key"]
        try:
            found = await store.stat(check_public(key))
        except KeyRefused:
            return _refusal(404)
        if found is None:
            return _refusal(404)
        headers = {"cache-control": AN_HOUR, "etag": f'"{found.etag}"', **NOSNIFF}
        if _knows(request, found):
            return Response(status_code=304, headers=headers)
        return _file(store, key, found, headers)

    return answer


def _signed(store: DiskFiles) -> Endpoint:
    async def answer(request: Request) -> Response:
        key = request.path_params["key"]
        try:
            if request.method == "PUT":
                return await _upload(store, store.verify("PUT", key, request.query_params), request)
            store.verify("GET", key, request.query_params)
            found = await store.stat(key)
        except KeyRefused:
            return _refusal(404)
        except SignatureRefused as refused:
            return _refusal(403, str(refused))
        if found is None:
            return _refusal(404)
        headers = {"cache-control": "private, no-store", "etag": f'"{found.etag}"', **NOSNIFF}
        return _file(store, key, found, headers)

    return answer


async def _upload(store: DiskFiles, grant: Grant, request: Request) -> Response:
    assert grant.content_type is not None, "an upload is signed with its type"
    assert grant.size is not None, "and with its size"
    if request.headers.get("content-type") != grant.content_type:
        return _refusal(400, f"The upload must be of type {grant.content_type}.")
    try:
        await store.put(grant.key, _exactly(grant.size, request.stream()), grant.content_type)
    except UploadRefused as refused:
        return _refusal(400, str(refused))
    except ClientDisconnect:
        return _refusal(400, "")  # to nobody; the store has dropped what came
    return Response(status_code=200)  # as S3 says it


async def _exactly(size: int, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same chunks; raises ``UploadRefused`` once they pass ``size`` bytes, or end below it."""
    seen = 0
    async for chunk in chunks:
        seen += len(chunk)
        if seen > size:
            break
        yield chunk
    if seen != size:
        raise UploadRefused(f"The upload must have {size} bytes.")


def _file(store: DiskFiles, key: str, found: Stat, headers: dict[str, str]) -> Response:
    headers["last-modified"] = format_datetime(found.modified, usegmt=True)
    if found.content_type == "image/svg+xml" or not found.content_type.startswith(SHOWN):
        headers |= SANDBOX
    return FileResponse(store.path(key), media_type=found.content_type, headers=headers)


def _knows(request: Request, found: Stat) -> bool:
    """Whether the client has this very file already (RFC 9110, 13.1.2)."""
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return "*" in known or f'"{found.etag}"' in known


def _refusal(status: int, reason: str = "Not Found") -> Response:
    return PlainTextResponse(reason, status, {"cache-control": "no-store", **NOSNIFF})
