"""The explorer's page and files."""

import gzip
import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from engine.transport.media import accepts_gzip

ASSETS = Path(__file__).parent / "assets"
STYLES = ("graphiql.min.css", "explorer.css")
SCRIPTS = (  # each needs those before it
    "react.production.min.js",
    "react-dom.production.min.js",
    "graphql-ws.min.js",
    "graphiql.min.js",
    "explorer.js",
)
MEDIA = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
FOREVER = "public, max-age=31536000, immutable"  # an address holds the hash of what it names

# Nothing but our own files. GraphiQL's editor writes style elements, so styles cannot be held to files.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphiQL</title>
<link rel="icon" href="data:,">
{styles}
</head>
<body>
<div id="graphiql">Loading</div>
<script type="application/json" id="examples">{examples}</script>
{scripts}
</body>
</html>
"""


class File(NamedTuple):
    plain: bytes
    zipped: bytes
    digest: str
    media: str


@cache
def files() -> dict[str, File]:
    """Every file of the explorer by name, read once: 1.5 MB, and 0.6 MB compressed."""
    return {path.name: _read(path) for path in ASSETS.iterdir() if path.suffix in MEDIA}


def _read(path: Path) -> File:
    plain = path.read_bytes()
    digest = hashlib.sha256(plain).hexdigest()[:16]
    return File(plain, gzip.compress(plain, mtime=0), digest, MEDIA[path.suffix])


class Example(NamedTuple):
    """An operation that the page offers to whoever opens it."""

    title: str
    document: str


class Explorer:
    """The page, for a GraphQL endpoint at ``path``."""

    headers = MappingProxyType(
        {"content-security-policy": POLICY, "referrer-policy": "no-referrer", "cache-control": "no-cache"}
    )

    def __init__(self, path: str, examples: Sequence[Example] = ()) -> None:
        self._path = path
        told = orjson.dumps([example._asdict() for example in examples]).decode()
        self._examples = told.replace("<", "\\u003c")  # or a document could end the element

    def page(self, scope: Scope) -> bytes:
        """The HTML. Its addresses keep the prefix that a proxy or a mount has put before the application."""
        base = escape(f"{scope.get('root_path', '')}{self._path}/explorer/")
        addresses = {name: f"{base}{name}?v={file.digest}" for name, file in files().items()}
        styles = [f'<link rel="stylesheet" href="{addresses[name]}">' for name in STYLES]
        scripts = [f'<script src="{addresses[name]}"></script>' for name in SCRIPTS]
        page = PAGE.format(styles="\n".join(styles), scripts="\n".join(scripts), examples=self._examples)
        return page.encode()


class Asset:
    """The ASGI application behind ``{path}/explorer/{name}``."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = files().get(scope["path_params"]["name"])
        if file is None:
            response = Response(status_code=404)
        else:
            zipped = accepts_gzip(Headers(scope=scope).get("accept-encoding"))
            response = Response(
                file.zipped if zipped else file.plain,
                headers={
                    "content-type": file.media,
                    "cache-control": FOREVER,
                    "vary": "Accept-Encoding",
                    "x-content-type-options": "nosniff",
                    **({"content-encoding": "gzip"} if zipped else {}),
                },
            )
        await response(scope, receive, send)
