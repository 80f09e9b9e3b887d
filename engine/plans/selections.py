"""What a selection set is compiled to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.plans.completing import Run, Values
from engine.plans.slots import Slot
from engine.plans.together import together

Details = list[Any]  # graphql-core's FieldDetails of one response name


class Unsupported(Exception):
    """The reference executor has to run this; the message says why, in few words that can be counted."""


@dataclass(slots=True)
class CompiledSelection:
    """``build(rows, run, *slots)`` gives the objects."""

    slots: Sequence[Slot]
    build: Callable[..., list[Any]]

    async def run(self, rows: Values, run: Run) -> list[Any]:
        slots = self.slots
        if len(slots) == 1:
            return self.build(rows, run, await slots[0].fill(rows, run))
        filled = [None if slot.at_once is None else slot.at_once(rows, run) for slot in slots]
        places = [place for place, values in enumerate(filled) if values is None]
        found = await together([slots[place].fill(rows, run) for place in places], run.loading)
        for place, values in zip(places, found, strict=True):
            filled[place] = values
        return self.build(rows, run, *filled)
