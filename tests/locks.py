"""In which order rows are locked, over all that the tests of a run do."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

LOCKING: Final = re.compile(r" for (?:no key )?update(?: of (\w+))?")


def locked_by(text: str) -> str | None:
    """The table whose rows a statement locks, if it does. ``text`` is in lower case, spaced by one."""
    locking = LOCKING.search(text)
    if locking is None:
        return None
    named = re.search(rf"(\w+) as {locking[1]}\b" if locking[1] else r"\bfrom (\w+)", text)
    assert named, text
    return named[1]


class LockOrder:
    """Which table was locked after which others, in some transaction of some test."""

    def __init__(self) -> None:
        self.after: dict[str, set[str]] = {}
        self._held: dict[int, list[str]] = {}

    def hear(self, connection: int, query: str) -> None:
        """A statement, in the order in which its connection sent it."""
        text = " ".join(query.lower().split())
        if text.startswith(("commit", "rollback;")):
            self._held.pop(connection, None)
        elif text.startswith("begin"):
            self._held[connection] = []
        elif connection in self._held:  # a statement alone holds its locks for itself alone
            self._lock(locked_by(text), self._held[connection])

    def _lock(self, table: str | None, held: list[str]) -> None:
        if table is not None and table not in held:
            self.after.setdefault(table, set()).update(held)
            held.append(table)

    def cycle(self) -> Sequence[str]:
        """Tables of which each was locked before the next, and the last before the first; empty for none."""
        for start in self.after:
            found = self._way(start, start, [start])
            if found:
                return found[::-1]
        return ()

    def _way(self, table: str, goal: str, passed: list[str]) -> list[str]:
        for earlier in sorted(self.after.get(table, ())):
            if earlier == goal:
                return passed
            if earlier not in passed:
                found = self._way(earlier, goal, [*passed, earlier])
                if found:
                    return found
        return []


SEEN: Final = LockOrder()


def heard_by(order: LockOrder, add: Callable[..., Any]) -> Callable[[Any, Callable[[Any], Any]], Any]:
    """Asyncpg's ``add_query_logger``, whose listeners ``order`` goes before."""

    def add_both(connection: Any, listener: Callable[[Any], Any]) -> Any:
        def hear(record: Any) -> Any:
            order.hear(id(connection), record.query)
            return listener(record)

        return add(connection, hear)

    return add_both
