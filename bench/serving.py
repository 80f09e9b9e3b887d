"""``python -m bench.serving SIDE PORT``: one side of the comparison, as the shop itself is served."""

import socket
import sys
from typing import Any

import uvicorn

from bench import constant, handwritten, strawberry_live
from server import logs
from server.asgi import create_app
from server.cli.requests import Requests
from server.cli.serving import keep_little_unsent
from server.cli.sockets import Sockets
from server.collecting import spared
from server.settings import Settings


def _app(side: str) -> Any:
    settings = Settings.load()
    logs.configure(settings.log_level, readable=False)
    if side == "handwritten":
        return handwritten.create_app(settings)
    if side == "constant":
        return constant.create_app(settings)
    if side == "strawberry":
        return strawberry_live.app
    if side == "live":
        return create_app(settings)
    app = create_app(settings, with_chores=False)
    app.state.executor.runner.planning = side == "plan"
    return app


def _serve(side: str, port: int) -> None:
    theirs = side == "strawberry"
    app = _app(side)
    config = uvicorn.Config(
        app if theirs else spared(app),
        loop="uvloop",
        http="httptools" if theirs else Requests,
        ws="websockets-sansio" if theirs else Sockets,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        server_header=False,
    )
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        if not theirs:
            keep_little_unsent(listening)
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
