"""When a plan cannot go on: what it hands to the reference executor."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from graphql import GraphQLResolveInfo


class Retreat(Exception):
    """Something is not as a plan expects: an error, or a null where none may be. Nothing is lost by it."""


class Replay:
    """What root fields gave, by response name; it is their source when the reference takes over."""

    def __init__(self, root: object) -> None:
        self.root = root
        self.outcomes: dict[str, tuple[Any, Exception | None]] = {}
        self.retreats = 0


def replayable(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """A root field's resolver that does not do again what was done already."""

    @wraps(resolve)
    def resolved(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        if not isinstance(source, Replay):
            return resolve(source, info, **arguments)
        outcome = source.outcomes.get(str(info.path.key))
        if outcome is None:
            return resolve(source.root, info, **arguments)
        value, error = outcome
        if error is not None:
            raise error
        return value

    return resolved
