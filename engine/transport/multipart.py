"""Uploads: the graphql-multipart-request specification, one operation and its files in one form.

``operations`` is the request with null where a file belongs, ``map`` says which file belongs where, and the
files follow. https://github.com/jaydenseric/graphql-multipart-request-spec
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from engine.errors import LIMIT_EXCEEDED, RequestRefused
from engine.requests import GraphQLRequest, holds_too_many, is_plain, too_many_values
from engine.transport.media import check_charset
from engine.uploads import Upload

MULTIPART: Final = "multipart/form-data"
FIELDS: Final = 2  # operations and map
PIECE: Final = 1 << 20  # bytes that are looked at in one go
MAX_PLACES: Final = 100  # where files belong, all together
MAX_PATH: Final = 400  # characters: some repeat what was sent


class _Parser(MultiPartParser):
    spool_max_size = 1 << 40  # never to a disk: the body is in memory, and bounded, already


@lru_cache(256)  # clients send few different ones, with every request
def is_multipart(content_type: str | None) -> bool:
    """Whether a body with this header may bring files."""
    return (content_type or "").partition(";")[0].strip().lower() == MULTIPART


async def parse_form(
    headers: Mapping[str, str], body: bytes, max_files: int, max_field: int
) -> GraphQLRequest:
    """The request in a form, its files in place; ``max_field``: bytes that operations or map may have.

    Raises ``RequestRefused``.
    """
    check_charset(headers.get("content-type"))  # the parser would decode by whatever codec Python has

    async def stream() -> AsyncGenerator[bytes]:
        for start in range(0, len(body), PIECE):
            yield body[start : start + PIECE]
            await asyncio.sleep(0)  # 20 MB take a tenth of a second: others have their turn

    parser = _Parser(
        Headers(headers), stream(), max_files=max_files, max_fields=FIELDS, max_part_size=max_field
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError):  # also: no boundary
        message = (
            f"The form cannot be read: it has operations and map, of at most {max_field} bytes each, and "
            f"at most {max_files} files."
        )
        raise RequestRefused.because(message) from None
    try:
        request, is_looked_at = _json(form, "operations")
        if isinstance(request, dict):  # anything else is refused below, in the usual words
            _put_files(request, _places(form), form)
        return GraphQLRequest.parse(request, looked_at=is_looked_at)
    finally:
        await form.close()


def _put_files(request: dict[str, Any], places: Mapping[str, list[str]], form: FormData) -> None:
    files = {name: value for name, value in form.multi_items() if isinstance(value, UploadFile)}
    if files.keys() != places.keys():
        raise RequestRefused.because("The form's map must name each file that follows, and no other.")
    for name, paths in places.items():
        file = files[name]
        content = file.file.read()
        upload = Upload(file.filename or "", file.content_type or "application/octet-stream", content)
        for path in paths:
            _put(request, path, upload)


def _put(request: dict[str, Any], path: str, upload: Upload) -> None:
    """Put the file where ``path`` (``variables.input.images.0``) leads to a null."""
    refusal = RequestRefused.because(f"The form's map leads to '{path}', which is no null in the variables.")
    steps = path.split(".")
    last = steps[-1]
    if steps[0] != "variables" or len(steps) == 1:
        raise refusal
    holder: Any = request
    for step in steps[:-1]:
        holder = _at(holder, step)
    match holder:
        case dict() if last in holder and holder[last] is None:
            holder[last] = upload
        case list() if _at(holder, last, missing=holder) is None:
            holder[int(last)] = upload
        case _:
            raise refusal


def _at(holder: Any, step: str, missing: object = None) -> Any:
    match holder:
        case dict():
            return holder.get(step, missing)
        case list() if step.isdecimal() and len(step) < len("1000000") and int(step) < len(holder):
            return holder[int(step)]
        case _:
            return missing


def _places(form: FormData) -> dict[str, list[str]]:
    places, _ = _json(form, "map")
    if not isinstance(places, dict) or not all(
        isinstance(paths, list) and all(isinstance(path, str) for path in paths) for paths in places.values()
    ):
        raise RequestRefused.because("The form's map must be an object of lists of paths.")
    if sum(map(len, places.values())) > MAX_PLACES:
        raise RequestRefused.because(f"The form's map has more than {MAX_PLACES} paths.", LIMIT_EXCEEDED, 413)
    if any(len(path) > MAX_PATH for paths in places.values() for path in paths):
        raise RequestRefused.because(f"The form's map has a path of more than {MAX_PATH} characters.")
    return places


def _json(form: FormData, name: str) -> tuple[Any, bool]:
    """The value of this field, and whether its text ``is_plain``."""
    text = form.get(name)
    if isinstance(text, str):
        body = text.encode(errors="replace")
        if holds_too_many(body):
            raise too_many_values(f"The form's field {name} holds")
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(text), is_plain(body)
    raise RequestRefused.because(f"The form's {name} must be JSON.")
