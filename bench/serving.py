"""``python -m bench.serving SIDE PORT``: one side of the comparison, as the shop itself is served."""

import sys

import uvicorn
from starlette.applications import Starlette

from bench import handwritten
from server import logs
from server.asgi import create_app
from server.settings import Settings


def _app(side: str) -> Starlette:
    settings = Settings.load()
    logs.configure(settings.log_level, readable=False)
    if side == "handwritten":
        return handwritten.create_app(settings)
    app = create_app(settings, with_chores=False)
    app.state.executor.runner.planning = side == "plan"
    return app


if __name__ == "__main__":
    uvicorn.run(
        _app(sys.argv[1]),
        port=int(sys.argv[2]),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
    )
