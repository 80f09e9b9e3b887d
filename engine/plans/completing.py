"""Completing values: what a field gave becomes what the answer shows, for a whole level at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from engine.plans.retreat import Retreat

if TYPE_CHECKING:
    from engine.invocations import Invocation
    from engine.loading import Loading

Values = Sequence[Any]
Now = Callable[[Any, "Run"], Any]
Whole = Callable[[Values, "Run"], list[Any]]
Later = Callable[[Values, "Run"], Awaitable[list[Any]]]


@dataclass(slots=True)
class Run:
    """One execution of a plan: its context and loaders, and the arguments of each place in the document."""

    invocation: Invocation
    context: Any
    loading: Loading
    arguments: Mapping[int, dict[str, Any]]


class Selection(Protocol):
    """The fields selected of an object type.

    ``build`` takes a level's rows, and what was waited for in each of the ``slots``.
    """

    @property
    def slots(self) -> Sequence[object]: ...

    @property
    def build(self) -> Callable[..., list[Any]]: ...

    async def run(self, rows: Values, run: Run) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Completion:
    """How values of a type are completed.

    ``now`` one by one and ``whole`` all at once, where that needs no waiting, and ``later`` all at once. Each
    gives null for null, and raises ``Retreat`` for what does not fit.
    """

    now: Now | None
    later: Later
    whole: Whole | None


def of_now(now: Now, whole: Whole | None = None) -> Completion:
    def each(values: Values, run: Run) -> list[Any]:
        return [now(value, run) for value in values]

    chosen = whole or each

    async def later(values: Values, run: Run) -> list[Any]:
        return chosen(values, run)

    return Completion(now, later, chosen)


def non_null(completion: Completion) -> Completion:
    now_or_null, whole_or_null = completion.now, completion.whole
    if now_or_null is not None and whole_or_null is not None:

        def now(value: Any, run: Run) -> Any:
            completed = now_or_null(value, run)
            if completed is None:
                raise Retreat
            return completed

        def whole(values: Values, run: Run) -> list[Any]:
            return _without_nulls(whole_or_null(values, run))

        return of_now(now, whole)

    async def later(values: Values, run: Run) -> list[Any]:
        return _without_nulls(await completion.later(values, run))

    return Completion(None, later, None)


def many(inner: Completion) -> Completion:
    """For a list: its items are completed together with those of all the level's other lists."""
    inner_whole = inner.whole
    if inner_whole is not None:

        def now(value: Any, run: Run) -> Any:
            return None if value is None else inner_whole(_items(value), run)

        def whole(values: Values, run: Run) -> list[Any]:
            flat, ends = _flat(values)
            return _cut(inner_whole(flat, run), ends)

        return of_now(now, whole)

    async def later(values: Values, run: Run) -> list[Any]:
        flat, ends = _flat(values)
        return _cut(await inner.later(flat, run), ends)

    return Completion(None, later, None)


def one_of(selection: Selection) -> Completion:
    """For an object type. Where fields have to be waited for, a row that parents share is completed once."""
    build = selection.build
    if not selection.slots:

        def now(value: Any, run: Run) -> Any:
            return None if value is None else build((value,), run)[0]

        def whole(values: Values, run: Run) -> list[Any]:
            return [now(value, run) for value in values] if None in values else build(values, run)

        return of_now(now, whole)

    async def later(values: Values, run: Run) -> list[Any]:
        if None not in values and (len(values) == 1 or len(set(map(id, values))) == len(values)):
            return await selection.run(values, run)
        rows, places = _each_once(values)
        if not rows:
            return [None] * len(values)
        completed = [*await selection.run(rows, run), None]  # the last is for those that are null
        return [completed[place] for place in places]

    return Completion(None, later, None)


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

    return Completion(None, later, None)


def _each_once(values: Values) -> tuple[list[Any], list[int]]:
    """The values that are not null, each once, and the place of each value among them; -1 for null."""
    rows: list[Any] = []
    known: dict[int, int] = {}
    places: list[int] = []
    for value in values:
        if value is None:
            places.append(-1)
            continue
        place = known.setdefault(id(value), len(rows))
        if place == len(rows):
            rows.append(value)
        places.append(place)
    return rows, places


def _items(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise Retreat
    return value


def _without_nulls(completed: list[Any]) -> list[Any]:
    if None in completed:
        raise Retreat
    return completed


def _flat(values: Values) -> tuple[list[Any], list[int | None]]:
    """The items of all lists in a row, and where each list ends; None for a null."""
    flat: list[Any] = []
    ends: list[int | None] = []
    for value in values:
        if value is not None:
            flat += _items(value)
        ends.append(None if value is None else len(flat))
    return flat, ends


def _cut(completed: list[Any], ends: Sequence[int | None]) -> list[Any]:
    """The lists again."""
    lists: list[Any] = []
    start = 0
    for end in ends:
        lists.append(None if end is None else completed[start:end])
        start = start if end is None else end
    return lists
