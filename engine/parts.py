"""The parts of an answer in the words of a client: the current ones, or those of 2022."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from graphql import GraphQLError
from graphql.execution import (
    CompletedResult,
    IncrementalDeferResult,
    IncrementalResult,
    InitialIncrementalExecutionResult,
    PendingResult,
    SubsequentIncrementalExecutionResult,
)

Place = list[str | int]
Format = Callable[[Sequence[GraphQLError] | None], list[dict[str, Any]]]  # errors, as an answer has them


class Form(Enum):
    """``NAMED`` announces what is to come under an id; ``PLACED`` (2022) gives each part its path."""

    NAMED = "incrementalSpec=v0.2"
    PLACED = "deferSpec=20220824"


class Writer:
    """Words the parts of one answer, and keeps the whole of it."""

    def __init__(self, form: Form, errors: Format) -> None:
        self.whole: Any = None
        """What the parts so far make together."""
        self._form = form
        self._errors = errors
        self._pending: dict[str, PendingResult] = {}

    def first(self, result: InitialIncrementalExecutionResult) -> dict[str, Any]:
        """What the first part has beside its data."""
        self.whole = result.data
        return self._part(result.pending or [], [], [], has_next=True)

    def later(self, result: SubsequentIncrementalExecutionResult) -> dict[str, Any]:
        """A part that follows, all of it."""
        return self._part(
            result.pending or [],
            result.incremental or [],
            result.completed or [],
            has_next=result.has_next,
        )

    def _part(
        self,
        pending: Sequence[PendingResult],
        incremental: Sequence[IncrementalResult],
        completed: Sequence[CompletedResult],
        *,
        has_next: bool,
    ) -> dict[str, Any]:
        self._pending.update({one.id: one for one in pending})
        said: dict[str, Sequence[Any]]
        if self._form is Form.NAMED:
            said = {
                "pending": [one.formatted for one in pending],
                "incremental": [self._named(one) for one in incremental],
                "completed": [self._completed(one) for one in completed],
            }
        else:
            failed = [one for one in completed if one.errors]
            said = {"incremental": [*map(self._placed, incremental), *map(self._failed, failed)]}
            # A part's place depends on those before it, so they are put in their places one by one.
        return {**{name: words for name, words in said.items() if words}, "hasNext": has_next}

    def _named(self, one: IncrementalResult) -> dict[str, Any]:
        path = self._put(one)[0]
        words: dict[str, Any] = {"id": one.id}
        pending = self._pending[one.id].path
        if len(path) > len(pending):
            words["subPath"] = path[len(pending) :]
        return self._with_value(words, one)

    def _completed(self, one: CompletedResult) -> dict[str, Any]:
        return {"id": one.id, **self._spoken(one.errors)}

    def _placed(self, one: IncrementalResult) -> dict[str, Any]:
        path, length = self._put(one)
        place = path if isinstance(one, IncrementalDeferResult) else [*path, length]
        return self._with_value(self._labelled(one.id, place), one)

    def _failed(self, one: CompletedResult) -> dict[str, Any]:
        """Nothing more comes to this place, because a null stood where none may."""
        path = self._pending[one.id].path
        found = _found(self.whole, path)
        if isinstance(found, list):
            return {**self._labelled(one.id, [*path, len(found)]), "items": None, **self._spoken(one.errors)}
        return {**self._labelled(one.id, path), "data": None, **self._spoken(one.errors)}

    def _labelled(self, id: str, path: Place) -> dict[str, Any]:
        label = self._pending[id].label
        return {"path": path} if label is None else {"label": label, "path": path}

    def _with_value(self, words: dict[str, Any], one: IncrementalResult) -> dict[str, Any]:
        value = {"data": one.data} if isinstance(one, IncrementalDeferResult) else {"items": one.items}
        return {**words, **value, **self._spoken(one.errors)}

    def _spoken(self, errors: Sequence[GraphQLError] | None) -> Mapping[str, Any]:
        return {"errors": self._errors(errors)} if errors else {}

    def _put(self, one: IncrementalResult) -> tuple[Place, int]:
        """Put a part in its place; gives the place, and how long a list was there before."""
        path = [*self._pending[one.id].path, *(one.sub_path or [])]
        before = _found(self.whole, path)
        if isinstance(one, IncrementalDeferResult):
            self.whole = _changed(self.whole, path, lambda found: {**found, **one.data})
            return path, 0
        self.whole = _changed(self.whole, path, lambda found: [*found, *one.items])
        return path, len(before)


def _found(whole: Any, path: Sequence[str | int]) -> Any:
    for key in path:
        whole = whole[key]
    return whole


def _changed(whole: Any, path: Sequence[str | int], change: Callable[[Any], Any]) -> Any:
    """The same with a change at its place; what was sent already is not touched."""
    if not path:
        return change(whole)
    copy = whole.copy()
    copy[path[0]] = _changed(whole[path[0]], path[1:], change)
    return copy
