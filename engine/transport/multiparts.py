"""An answer in parts as ``multipart/mixed``: each part is a JSON of its own, sent when it is there."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from engine.errors import Errors
from engine.requests import Response
from engine.transport.answers import Reply, encode
from engine.transport.media import MULTIPART, Asked

# The line that ends a part is sent with it, for readers wait for that.
PART: Final = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n%b\r\n---"
BEGIN: Final = b"\r\n---"
END: Final = b"--\r\n"


async def write_parts(
    reply: Reply, responses: AsyncGenerator[Response], asked: Asked, media: str, errors: Errors
) -> None:
    """Send the parts; an answer that has only one is sent as ``media``, like any other."""
    async with aclosing(responses):
        first = await anext(responses)
        if first.part is None:
            await reply.response(first, media, errors)
            return
        form = f"; {asked.form.value}" if asked.named else ""
        headers = {"content-type": f'{MULTIPART}; boundary="-"{form}', "x-accel-buffering": "no"}
        await reply.start(200, None, headers)
        await reply.chunk(BEGIN + PART % encode(first, errors))
        async for response in responses:
            await reply.chunk(PART % encode(response, errors))
    await reply.chunk(END, more=False)
