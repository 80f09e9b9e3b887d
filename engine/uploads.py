"""A file that came with a request: the value of a schema's ``Upload`` scalar."""

from dataclasses import dataclass

from graphql import GraphQLError


@dataclass(frozen=True, slots=True)
class Upload:
    """``name`` and ``content_type`` are what the client says, and may be anything."""

    name: str
    content_type: str
    content: bytes


def read_upload(value: object) -> Upload:
    """How the scalar takes a variable's value. Raises ``GraphQLError`` for what was not sent as a file."""
    if not isinstance(value, Upload):
        raise GraphQLError("A file is sent as multipart/form-data, and stands as null in the variables.")
    return value
