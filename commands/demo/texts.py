"""Texts as the shop's editor keeps them."""

from typing import Any


def written(*paragraphs: str, title: str | None = None) -> dict[str, Any]:
    """The editor's JSON of a text."""
    blocks = [{"type": "paragraph", "data": {"text": paragraph}} for paragraph in paragraphs]
    if title is not None:
        blocks.insert(0, {"type": "header", "data": {"text": title, "level": 2}})
    return {"time": 0, "version": "2.30.7", "blocks": blocks}
