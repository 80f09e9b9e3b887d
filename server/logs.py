"""Logs: one line a fact, JSON in production, and every line of a request under that request's id."""

import logging
import os
import re
import sys
from functools import partial
from typing import Any, Final, TextIO

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars
from structlog.typing import EventDict, Processor

SANE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
HEADER: Final = b"x-request-id"
# They tell of every socket and request, of which we have our own line; and an address may hold a secret.
QUIETER: Final = dict.fromkeys(("uvicorn", "httpx2", "stripe", "botocore", "aiobotocore"), logging.WARNING)


def configure(level: str, *, readable: bool, stream: TextIO = sys.stdout) -> None:
    """Send what structlog and the standard library's loggers say, from ``level`` up, to ``stream``.

    ``readable`` for people, else JSON: one object a line with at least ``event``, ``level``, ``logger`` and
    ``timestamp``.
    """
    threshold = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if readable else "iso", utc=not readable),
    ]
    ending: list[Processor] = (
        [
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(),
                pad_event_to=0,
                # The default prints local variables where it can, and so the keys of a payment provider.
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
        if readable
        else [structlog.processors.dict_tracebacks, _without_locals, _as_json]
    )
    # Past the standard library, through which a line costs five times as much.
    structlog.configure(
        processors=[*shared, *ending],
        logger_factory=partial(_Lines, stream),
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(threshold)
    for name, least in QUIETER.items():
        logging.getLogger(name).setLevel(max(least, threshold))


class _Lines:
    """Writes the lines of one logger."""

    def __init__(self, stream: TextIO, name: str = "") -> None:
        self.name = name
        self._stream = stream

    def msg(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()

    debug = info = warning = error = exception = critical = msg


def _without_locals(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Local variables hold what a log must not: tokens, addresses, what a client sent."""
    for trace in event.get("exception") or ():
        for frame in trace.get("frames", ()):
            frame.pop("locals", None)
    return event


def _as_json(_logger: object, _method: str, event: EventDict) -> str:
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()


class RequestIds:
    """Gives every request and socket an id: the client's ``X-Request-Id`` when it is sane, else a new one.

    The id is in every line that is logged meanwhile, and in the answer's header.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == HEADER), b"").decode("latin-1")
        request_id = given if SANE.fullmatch(given) else os.urandom(16).hex()
        told = (HEADER, request_id.encode())

        async def send_with_id(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.accept"}:
                message["headers"] = [*message.get("headers", ()), told]
            await send(message)

        tokens = bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            reset_contextvars(**tokens)


def facts(**given: Any) -> dict[str, Any]:
    """Only those that say something."""
    return {name: value for name, value in given.items() if value not in (None, "", [], ())}
