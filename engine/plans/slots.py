"""Slots: the fields of a level that have to be waited for, each filled once for all rows."""

from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, NamedTuple

from engine.loading import Relation
from engine.plans.completing import Completion, Run, Values
from engine.plans.retreat import Retreat
from engine.words import Batch, Edge, Inline

Keys = Callable[[Values, dict[str, Any]], list[Any]]


class Slot(NamedTuple):
    """``fill(rows, run)`` gives a value for each row.

    ``at_once`` the same without a wait, or None where that cannot be.
    """

    fill: Callable[[Values, Run], Coroutine[Any, Any, list[Any]]]
    at_once: Callable[[Values, Run], list[Any] | None] | None = None


def edge_slot(
    word: Edge, keys: Keys, place: int, completion: Completion, edges: Counter[Relation[Any]]
) -> Slot:
    """``keys`` gives each row's key of the relation, None where there is nothing to ask for.

    ``edges`` counts the plan's places by what they ask.
    """
    relation, whole = word.relation, completion.whole
    nothing: Any = [] if relation.many else None
    edges[relation] += 1

    async def fill(rows: Values, run: Run) -> list[Any]:
        given = keys(rows, run.arguments[place])
        values = await run.loading.level(relation, given, nothing, sole=edges[relation] == 1)
        return await _complete(completion, values, run)

    def at_once(rows: Values, run: Run) -> list[Any] | None:
        if whole is None or not run.loading.at_hand(relation):
            return None
        values = run.loading.known(relation, keys(rows, run.arguments[place]), nothing)
        return None if values is None else whole(values, run)

    return Slot(fill, at_once)


def batch_slot(word: Batch, place: int, completion: Completion, told: Mapping[str, bool]) -> Slot:
    """``told`` is what its lookahead has found."""
    call = partial(word.call, **told) if told else word.call

    async def fill(rows: Values, run: Run) -> list[Any]:
        values = await call(rows, run.context, **run.arguments[place])
        if len(values) != len(rows):
            raise Retreat
        return await _complete(completion, values, run)

    return Slot(fill)


def column_slot(get: Callable[[Any], Any], completion: Completion) -> Slot:
    """For a column of the row, below which something has to be waited for."""

    async def fill(rows: Values, run: Run) -> list[Any]:
        return await completion.later(list(map(get, rows)), run)

    return Slot(fill)


def value_slot(value: Callable[[Any, Run], Any], completion: Completion) -> Slot:
    """As ``column_slot``, for what is made of a row."""

    async def fill(rows: Values, run: Run) -> list[Any]:
        return await completion.later([value(row, run) for row in rows], run)

    return Slot(fill)


def inline_value(word: Inline, place: int) -> Callable[[Any, Run], Any]:
    """What an ``inline`` word makes of a row."""
    make, columns = word.make, word.columns

    def value(row: Any, run: Run) -> Any:
        values = [getattr(row, column) for column in columns] if columns else [row]
        if not word.nulls and None in values:
            return None
        if word.takes_context:
            values.insert(0, run.context)
        return make(*values, **run.arguments[place])

    return value


async def _complete(completion: Completion, values: Values, run: Run) -> list[Any]:
    whole = completion.whole
    return await completion.later(values, run) if whole is None else whole(values, run)
