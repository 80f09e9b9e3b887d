"""Completing values: what a field gave becomes what the answer shows, for a whole level at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from engine.plans.retreat import Retreat

if TYPE_CHECKING:
    from graphql.execution import Executor as Execution

    from engine.loading import Loading

Values = Sequence[Any]
Now = Callable[[Any, "Run"], Any]
Later = Callable[[Values, "Run"], Awaitable[list[Any]]]


@dataclass(slots=True)
class Run:
    """One execution of a plan: its context and loaders, and the arguments of each place in the document."""

    execution: Execution[None]
    context: Any
    loading: Loading
    arguments: Mapping[int, dict[str, Any]]


class Selection(Protocol):
    """The fields selected of an object type. ``one`` is None where some field has to be waited for."""

    @property
    def one(self) -> Now | None: ...

    async def run(self, rows: Values, run: Run) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Completion:
    """How values of a type are completed.

    ``now`` one by one, where that needs no waiting, and ``later`` all at once.

    Both give null for null, and raise ``Retreat`` for what does not fit.
    """

    now: Now | None
    later: Later


def of_now(now: Now) -> Completion:
    async def later(values: Values, run: Run) -> list[Any]:
        return [now(value, run) for value in values]

    return Completion(now, later)


def non_null(inner: Completion) -> Completion:
    inner_now = inner.now

    def now(value: Any, run: Run) -> Any:
        assert inner_now is not None, "asked for only where it is there"
        completed = inner_now(value, run)
        if completed is None:
            raise Retreat
        return completed

    async def later(values: Values, run: Run) -> list[Any]:
        completed = await inner.later(values, run)
        if None in completed:
            raise Retreat
        return completed

    return Completion(now if inner_now else None, later)


def many(inner: Completion) -> Completion:
    """For a list: its items are completed together with those of all the level's other lists."""
    inner_now = inner.now

    def now(value: Any, run: Run) -> Any:
        assert inner_now is not None, "asked for only where it is there"
        return None if value is None else [inner_now(item, run) for item in _items(value)]

    async def later(values: Values, run: Run) -> list[Any]:
        flat: list[Any] = []
        ends: list[int | None] = []
        for value in values:
            if value is not None:
                flat += _items(value)
            ends.append(None if value is None else len(flat))
        completed = await inner.later(flat, run)
        lists: list[Any] = []
        start = 0
        for end in ends:
            lists.append(None if end is None else completed[start:end])
            start = start if end is None else end
        return lists

    return Completion(now if inner_now else None, later)


def one_of(selection: Selection) -> Completion:
    """For an object type. A row that several parents share is completed once."""
    one = selection.one
    if one is not None:
        return of_now(lambda value, run: None if value is None else one(value, run))

    async def later(values: Values, run: Run) -> list[Any]:
        rows: list[Any] = []
        places: dict[int, int] = {}
        where: list[int] = []
        for value in values:
            if value is None:
                where.append(-1)
                continue
            place = places.setdefault(id(value), len(rows))
            if place == len(rows):
                rows.append(value)
            where.append(place)
        if not rows:
            return [None] * len(values)
        completed = [*await selection.run(rows, run), None]  # the last is for those that are null
        return [completed[place] for place in where]

    return Completion(None, later)


def any_of(member: Callable[[type, Run], Completion | None]) -> Completion:
    """For an interface or a union: rows of one class are completed together, as ``member`` says of it."""

    async def later(values: Values, run: Run) -> list[Any]:
        completed: list[Any] = [None] * len(values)
        places: dict[type, list[int]] = {}
        for place, value in enumerate(values):
            if value is not None:
                places.setdefault(type(value), []).append(place)
        for kind, mine in places.items():
            completion = member(kind, run)
            if completion is None:
                raise Retreat
            answers = await completion.later([values[place] for place in mine], run)
            for place, answer in zip(mine, answers, strict=True):
                completed[place] = answer
        return completed

    return Completion(None, later)


def _items(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise Retreat
    return value
