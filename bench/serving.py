"""``python -m bench.serving SIDE PORT``: one side of the comparison, as the shop itself is served."""

import sys
from typing import Any

import uvicorn

from bench import constant, handwritten, strawberry_live
from server import logs
from server.asgi import create_app
from server.cli.sockets import Sockets
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


if __name__ == "__main__":
    uvicorn.run(
        _app(sys.argv[1]),
        port=int(sys.argv[2]),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio" if sys.argv[1] == "strawberry" else Sockets,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        server_header=False,
    )
