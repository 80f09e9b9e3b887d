"""Mutations that are sent again: a client that names a request by a key hears the first answer once more."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

import orjson
import strawberry
from graphql import (
    DirectiveNode,
    FieldNode,
    OperationDefinitionNode,
    StringValueNode,
    VariableNode,
    get_operation_ast,
)
from strawberry.directive import DirectiveLocation

from engine.errors import BAD_USER_INPUT, RequestRefused
from engine.operations import Operation
from engine.requests import Response
from engine.running import Runner
from engine.uploads import Upload

HEADER: Final = "idempotency-key"
REPLAYED: Final = "idempotent-replayed"
NAME: Final = "idempotent"


@strawberry.directive(
    locations=[DirectiveLocation.MUTATION, DirectiveLocation.FIELD],
    name=NAME,
    description="Do this mutation once: whoever sends the same again under the same key within 24 hours hears"
    " the first answer. Stands at the mutation, or at its only field.",
)
def idempotent(key: str) -> None:
    """For the schema alone: the executor reads it from the document."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A mutation under its key. ``fingerprint`` is equal for equal documents and variables."""

    key: str
    fingerprint: str
    root_fields: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as it is to be kept. ``is_sound``: nothing went wrong on the way to it."""

    content: bytes
    is_sound: bool


class Repeats(Protocol):
    """Where answers are kept by key."""

    async def once(self, context: Any, asked: Asked, run: Callable[[], Awaitable[Told]]) -> bytes | None:
        """What was kept for the same before; None where ``run`` told it just now.

        What it raises is explained like any refusal.
        """


async def run_once(
    repeats: Repeats | None, runner: Runner, operation: Operation, context: object
) -> Response:
    """Answer a mutation, or hear from ``repeats`` how it was answered. Never raises."""
    fresh = Response()

    async def run() -> Told:
        nonlocal fresh
        fresh = await runner.run(operation, context)
        try:
            return Told(_packed(fresh), is_sound=fresh.executed and not fresh.errors)
        except TypeError as exception:  # a value that is no JSON
            fresh = Response(errors=[runner.errors.exception(exception)[0]])
            return Told(_packed(fresh), is_sound=False)

    try:
        key = key_of(operation)
        if key is None or repeats is None:
            return await runner.run(operation, context)
        asked = Asked(key, fingerprint(operation), operation.root_fields)
        kept = await repeats.once(context, asked, run)
    except RequestRefused as refusal:
        return Response.refused(refusal)
    except Exception as exception:  # noqa: BLE001 - told or masked by Errors
        return Response.refused(runner.refusal(exception))
    return fresh if kept is None else _unpacked(kept)


def key_of(operation: Operation) -> str | None:
    """The key in the mutation's document, or the one that came beside it. Raises ``RequestRefused``."""
    node = get_operation_ast(operation.document.syntax, operation.meant.name)
    assert node is not None, "the operation was found before"
    fields = [one for one in node.selection_set.selections if isinstance(one, FieldNode)]
    on_fields = _named([one for field in fields for one in field.directives or ()])
    if on_fields and sum(operation.root_fields.values()) > 1:
        raise _refused("Of several fields none has a key of its own: put @idempotent at the mutation.")
    keys = {_key(one, node, operation.variables) for one in (*_named(node.directives or ()), *on_fields)}
    if operation.idempotency_key is not None:
        keys.add(operation.idempotency_key)
    if len(keys) > 1:
        raise _refused("The request has two idempotency keys.")
    return next(iter(keys), None)


def fingerprint(operation: Operation) -> str:
    """Equal for requests that ask for the same in the same words."""
    source = operation.document.syntax.loc
    assert source is not None, "documents are parsed with their places"
    said = orjson.dumps(
        [operation.meant.name, operation.variables],
        default=_digest,
        option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS,
    )
    return sha256(source.source.body.encode(errors="surrogatepass") + b"\0" + said).hexdigest()


def _named(directives: Iterable[DirectiveNode]) -> list[DirectiveNode]:
    return [one for one in directives if one.name.value == NAME]


def _key(found: DirectiveNode, node: OperationDefinitionNode, variables: Mapping[str, Any]) -> str:
    (argument,) = found.arguments or ()
    match argument.value:
        case StringValueNode(value=str(key)):
            return key
        case VariableNode() as variable:
            name = variable.name.value
            given = variables.get(name, _default(node, name))
            if isinstance(given, str):
                return given
    raise _refused("The key of @idempotent is a string.")


def _default(node: OperationDefinitionNode, name: str) -> str | None:
    for one in node.variable_definitions or ():
        if one.variable.name.value == name and isinstance(one.default_value, StringValueNode):
            return one.default_value.value
    return None


def _refused(message: str) -> RequestRefused:
    return RequestRefused.because(message, BAD_USER_INPUT, legacy_status=200)


def _digest(value: object) -> str:
    """What stands for a file."""
    if isinstance(value, Upload):
        return sha256(value.content).hexdigest()
    raise TypeError(type(value).__name__)


def _packed(response: Response) -> bytes:
    head = [response.executed, response.status, response.legacy_status, dict(response.headers)]
    return orjson.dumps([*head, response.body()])


def _unpacked(kept: bytes) -> Response:
    executed, status, legacy_status, headers, body = orjson.loads(kept)
    return Response(
        body.get("data"),
        body.get("errors", ()),
        body.get("extensions", {}),
        executed,
        status,
        legacy_status,
        {**headers, REPLAYED: "true"},
    )
