"""The other side of the figures for kept answers: the same HTTP stack, and answers that never change."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.logs import RequestIds
from server.settings import Settings


def create_app(settings: Settings) -> Starlette:
    """Answers ``/NAME``, once the request is read, with what is in the file of this name."""
    folder = answers_in(settings.data_dir)
    known: dict[str, bytes] = {}

    async def endpoint(request: Request) -> Response:
        await request.body()
        name = request.path_params["name"]
        if name not in known:
            known[name] = (folder / name).read_bytes()
        return Response(known[name], media_type="application/json")

    return Starlette(
        routes=[Route("/{name}", endpoint, methods=["POST"])], middleware=[Middleware(RequestIds)]
    )


def answers_in(place: Path) -> Path:
    """Where the answers are kept, each in a file by its name."""
    return place / "constant"
