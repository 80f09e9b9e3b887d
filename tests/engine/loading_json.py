"""What a transport makes of JSON, told."""

from types import SimpleNamespace
from typing import Any

import orjson
import pytest


def made_by(monkeypatch: pytest.MonkeyPatch, module: str) -> list[Any]:
    """Grows by each text that this module of ``engine.transport`` makes values of, from now on."""
    made: list[Any] = []

    def load(text: Any) -> Any:
        made.append(text)
        return orjson.loads(text)

    reader = SimpleNamespace(loads=load, JSONDecodeError=orjson.JSONDecodeError)
    monkeypatch.setattr(f"engine.transport.{module}.orjson", reader)
    return made
