"""What logs would print."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from server import logs


@contextmanager
def printing(level: str = "info", *, readable: bool = False) -> Iterator[io.StringIO]:
    """Everything that is logged from ``level`` up while the block runs: as in production, or for people."""
    root = logging.getLogger()
    before, threshold, kept = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    logs.configure(level, readable=readable, stream=stream)
    try:
        yield stream
    finally:
        root.handlers, root.level = before, threshold
        structlog.configure(**kept)
        for name in logs.QUIETER:
            logging.getLogger(name).setLevel(logging.NOTSET)
