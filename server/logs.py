"""Logs: one line a fact, JSON in production, and every line of a request under that request's id."""

import logging
import re
import sys
from contextvars import ContextVar
from functools import partial
from random import getrandbits
from typing import Any, Final, TextIO

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import EventDict, Processor

from engine.transport.headers import TOLD

SANE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
HEADER: Final = b"x-request-id"
# They tell of every socket and request, of which we have our own line; and an address may hold a secret.
QUIETER: Final = dict.fromkeys(("uvicorn", "httpx2", "stripe", "botocore", "aiobotocore"), logging.WARNING)

# Local variables hold what a log must not: tokens, addresses, what a client sent.
TRACEBACKS: Final = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def configure(level: str, *, readable: bool, stream: TextIO = sys.stdout) -> None:
    """Send what structlog and the standard library's loggers say, from ``level`` up, to ``stream``.

    ``readable`` for people, else JSON: one object a line with at least ``event``, ``level``, ``logger`` and
    ``timestamp``.
    """
    threshold = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        _with_request_id,
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
        else [TRACEBACKS, _without_rows, _as_json]
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


def _with_request_id(_logger: object, _method: str, event: EventDict) -> EventDict:
    request_id = _request_id.get()
    if request_id is not None:
        event.setdefault("request_id", request_id)
    return event


class _Lines:
    """Writes the lines of one logger."""

    def __init__(self, stream: TextIO, name: str = "") -> None:
        self.name = name
        self._stream = stream

    def msg(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()

    debug = info = warning = error = exception = critical = msg


def _without_rows(_logger: object, _method: str, event: EventDict) -> EventDict:
    """What Postgres adds to an error may be the row it refused, whosever it is."""
    waiting = [*(event.get("exception") or ())]
    while waiting:
        trace = waiting.pop()
        trace["exc_value"] = trace["exc_value"].partition("\nDETAIL:")[0]
        for one in trace["exceptions"]:  # of a group
            waiting += one
    return event


def _as_json(_logger: object, _method: str, event: EventDict) -> str:
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()


class RequestIds:
    """Gives every request and socket an id: the client's ``X-Request-Id`` when it is sane, else a new one.

    The id is in every line that is logged meanwhile, and in the answer's header. ``hands_down``: the answers
    of this application bear what is ``TOLD`` them.
    """

    def __init__(self, app: ASGIApp, *, hands_down: bool = False) -> None:
        self._app = app
        self._hands_down = hands_down

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given = ""
        for name, value in scope["headers"]:
            if name == HEADER:
                given = value.decode("latin-1")
                break
        request_id = given if given and SANE.fullmatch(given) else f"{getrandbits(128):032x}"
        told = (HEADER, request_id.encode())

        token = _request_id.set(request_id)
        try:
            if self._hands_down:
                scope[TOLD] = (told,)
                await self._app(scope, receive, send)
            else:
                await self._app(scope, receive, _telling(told, send))
        finally:
            _request_id.reset(token)


def _telling(told: tuple[bytes, bytes], send: Send) -> Send:
    async def send_with_header(message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.accept"}:
            message["headers"] = [*message.get("headers", ()), told]
        await send(message)

    return send_with_header


def facts(**given: Any) -> dict[str, Any]:
    """Only those that say something."""
    return {name: value for name, value in given.items() if value not in (None, "", [], ())}
