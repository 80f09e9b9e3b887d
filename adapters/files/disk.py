"""Files in a folder: the store of a shop that runs on one machine."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from adapters.files.signing import Grant, sign, verify
from adapters.files.store import (
    CHUNK,
    Data,
    FileMissing,
    KeyRefused,
    Method,
    Stat,
    check_content_type,
    check_grant,
    check_key,
    check_public,
    join_url,
)

# A file whose type is not the one of its name has it beside it, in `.{name}.type`. The table is our own: the
# machine's may change, and files already kept would change their types with it.
TYPES = {
    ".avif": "image/avif",
    ".csv": "text/csv",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".zip": "application/zip",
}
UNKNOWN = "application/octet-stream"

_ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class DiskFiles:
    """A ``FileStore`` in a folder; public at ``{base_url}/media/``, signed at ``{base_url}/files/``.

    Nothing is flushed to the platter: after a power cut the newest files may be gone, but none is half there.
    """

    def __init__(self, root: Path, base_url: str, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._root = root
        self._base_url = base_url.rstrip("/")
        self._secret = secret
        self._clock = clock

    async def put(self, key: str, data: Data, content_type: str) -> None:
        path = self.path(key)
        check_content_type(content_type)
        draft = _beside(path, f"{secrets.token_hex(8)}.part")
        await asyncio.to_thread(_start, key, draft)
        try:
            if isinstance(data, bytes):
                await asyncio.to_thread(_append, draft, data)
            else:
                async for chunk in data:
                    await asyncio.to_thread(_append, draft, chunk)
            await asyncio.to_thread(_finish, key, draft, path, content_type)
        finally:
            await asyncio.to_thread(draft.unlink, missing_ok=True)

    async def get(self, key: str) -> bytes:
        try:
            return await asyncio.to_thread(self.path(key).read_bytes)
        except _ABSENT:
            raise FileMissing(key) from None

    async def open(self, key: str) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self.path(key).open, "rb")
        except _ABSENT:
            raise FileMissing(key) from None
        try:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk
        finally:
            file.close()

    async def stat(self, key: str) -> Stat | None:
        return await asyncio.to_thread(_stat, self.path(key))

    async def exists(self, key: str) -> bool:
        return await self.stat(key) is not None

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(_delete, self.path(key))

    def public_url(self, key: str) -> str:
        return join_url(f"{self._base_url}/media", check_public(key))

    async def signed_url(
        self,
        method: Method,
        key: str,
        expires: timedelta,
        content_type: str | None = None,
        size: int | None = None,
    ) -> str:
        check_key(key)
        check_grant(method, expires, content_type, size)
        grant = Grant(method, key, self._clock() + expires, content_type, size)
        return f"{join_url(f'{self._base_url}/files', key)}?{sign(self._secret, grant)}"

    def verify(self, method: Method, key: str, query: Mapping[str, str]) -> Grant:
        """What the query of a signed URL grants now; raises ``SignatureRefused``, ``KeyRefused``."""
        return verify(self._secret, method, check_key(key), query, self._clock())

    def path(self, key: str) -> Path:
        """Where the file of ``key`` lies, or would; raises ``KeyRefused``."""
        return self._root / check_key(key)


def disk_files(root: Path, base_url: str, secret: str, clock: Callable[[], datetime]) -> DiskFiles:
    """A store in ``root``, which is made if need be; ``secret`` signs its URLs and may sign other things."""
    if not secret:
        raise ValueError("without a secret anyone could sign a URL")
    root.mkdir(parents=True, exist_ok=True)
    return DiskFiles(root.resolve(), base_url, secret.encode(), clock)


def _beside(path: Path, suffix: str) -> Path:
    """A name in the same folder that no key can reach."""
    return path.with_name(f".{path.name}.{suffix}")


def _start(key: str, draft: Path) -> None:
    try:
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(exist_ok=False)
    except (FileExistsError, NotADirectoryError):
        raise KeyRefused(key, "a part of it is a file") from None


def _append(draft: Path, chunk: bytes) -> None:
    # Not "ab", which would make the draft anew if its upload was cancelled while this waited for a thread.
    with draft.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(chunk)


def _finish(key: str, draft: Path, path: Path, content_type: str) -> None:
    if path.is_dir():
        raise KeyRefused(key, "it is a folder")
    kept_type = _beside(path, "type")
    if content_type == _type_by_name(path.name):
        draft.replace(path)
        kept_type.unlink(missing_ok=True)
    else:
        # The type first: a picture must never be seen for a moment as what its name says it is.
        draft_type = draft.with_suffix(".type-part")
        draft_type.write_text(content_type, encoding="ascii")
        draft_type.replace(kept_type)
        draft.replace(path)


def _stat(path: Path) -> Stat | None:
    try:
        found = path.stat()
    except _ABSENT:
        return None
    if not S_ISREG(found.st_mode):
        return None
    return Stat(
        size=found.st_size,
        content_type=_type_of(path),
        modified=datetime.fromtimestamp(found.st_mtime, UTC),
        etag=f"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}",
    )


def _type_of(path: Path) -> str:
    with suppress(FileNotFoundError):
        return _beside(path, "type").read_text(encoding="ascii")
    return _type_by_name(path.name)


def _type_by_name(name: str) -> str:
    return TYPES.get(PurePosixPath(name).suffix.lower(), UNKNOWN)


def _delete(path: Path) -> None:
    # A folder is nobody's file; on Linux unlinking one is IsADirectoryError, elsewhere PermissionError.
    if path.is_dir():
        return
    with suppress(*_ABSENT):
        path.unlink()
        _beside(path, "type").unlink(missing_ok=True)
