"""Lists of trusted documents, as the tools that collect them write them.

- GraphQL Code Generator's client preset (``persisted-documents.json``) and Relay's compiler: ``{id: text}``
- Apollo's ``generate-persisted-query-manifest``: ``{"format": ..., "operations": [{"id", "body", ...}]}``
- a folder: every such file in it, and every ``.graphql`` file by the SHA-256 of its text
"""

from pathlib import Path
from typing import Any

import orjson

from engine.persisted import hash_of

APOLLO = "apollo-persisted-query-manifest"


class BadManifest(Exception):
    """The message is a sentence that names the file."""


def trusted_documents(path: Path) -> dict[str, str]:
    """Texts by id, for a file or a folder; each also by the SHA-256 of its text. Raises ``BadManifest``."""
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in {".json", ".graphql", ".gql"})
    else:
        files = [path]
    found: dict[str, str] = {}
    for file in files:
        for document_id, text in _read(file):
            if found.setdefault(document_id, text) != text:
                raise BadManifest(f"{file} has another document under {document_id} than there was before.")
    return {hash_of(text): text for text in found.values()} | found


def _read(file: Path) -> list[tuple[str, str]]:
    try:
        content = file.read_text(encoding="utf-8")
        if file.suffix != ".json":
            return [(hash_of(content), content)]
        value: Any = orjson.loads(content)
    except (OSError, ValueError) as error:
        raise BadManifest(f"{file} cannot be read: {error}.") from error
    match value:
        case {"format": str() as form, "operations": list(operations)}:
            if form != APOLLO:
                raise BadManifest(f"{file} has the format {form}, which is not known.")
            try:
                return [(str(operation["id"]), _text(operation["body"], file)) for operation in operations]
            except (KeyError, TypeError) as error:
                raise BadManifest(f"{file} has an operation without an id and a body.") from error
        case dict():
            return [(document_id, _text(text, file)) for document_id, text in value.items()]
        case _:
            raise BadManifest(f"{file} is no list of documents.")


def _text(value: object, file: Path) -> str:
    if not isinstance(value, str) or not value:
        raise BadManifest(f"{file} has an id without a document.")
    return value
