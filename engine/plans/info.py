"""What the function of a root field is handed, most of which it never looks at."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo

from engine.words import Ahead


class LateInfo(strawberry.Info[Any, Any]):
    """Strawberry's ``Info``, whose context is at hand and whose rest is made when it is asked for."""

    def __init__(
        self,
        context: object,
        field: Any,
        make: Callable[[], GraphQLResolveInfo[Any]],
        ahead: Callable[[Ahead], bool],
    ) -> None:
        self._field = field
        self._context = context
        self._make = make
        self.ahead = ahead
        """Answers questions about the document below this field."""

    @cached_property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]  # a field there, made late here
        return self._make()

    @property
    def context(self) -> Any:
        return self._context
