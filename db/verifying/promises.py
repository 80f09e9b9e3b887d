"""What a promise is, as a query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from db.rows import Row
from db.statements import Connection, Statement

Sums: TypeAlias = Mapping[str, Any]
"""What ``db/verifying/sums.py`` adds up, by table and name."""


class BreachRow(Row):
    """What breaks a promise: the object by name, and what is wrong with it."""

    subject: str
    what: str


@dataclass(frozen=True, slots=True)
class Promise:
    """``text`` says what always holds; ``breaches`` selects (subject, what) for all of which it does not.

    Where ``same`` names pairs of sums or ``none`` counts of ``db/verifying/sums.py``, the promise is kept if
    the pairs are equal and the counts are 0, and only else ``breaches`` has to be looked for. One that takes
    long is looked for in ``parts``: then ``:part`` is the number of one, from 0.
    """

    text: str
    breaches: Statement
    same: Sequence[tuple[str, str]] = ()
    none: Sequence[str] = ()
    parts: int = 1

    def is_seen_kept(self, sums: Sums) -> bool:
        """Whether the sums alone show it."""
        if not self.same and not self.none:
            return False
        return all(sums[one] == sums[other] for one, other in self.same) and not any(
            sums[name] for name in self.none
        )


async def breaches(connection: Connection, promise: Promise) -> list[BreachRow]:
    """Everything that breaks ``promise``."""
    return [row for part in range(promise.parts) for row in await breaches_in(connection, promise, part)]


async def breaches_in(connection: Connection, promise: Promise, part: int) -> list[BreachRow]:
    """What breaks ``promise`` in one of its parts."""
    values = {"part": part} if promise.parts > 1 else {}
    return await promise.breaches.rows(connection, BreachRow, **values)
