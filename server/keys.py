"""Keys that development makes for itself, once, and keeps."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path


def secret() -> str:
    return secrets.token_urlsafe(48)


def kept(path: Path, make: Callable[[], str]) -> str:
    """What ``path`` holds, made first if there is nothing; only its owner may read it.

    Two processes that come at once agree: the first to link its file wins, whole or not at all.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, written = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(make())
            os.link(written, path)
        except FileExistsError:
            pass
        finally:
            Path(written).unlink()
    return path.read_text()
