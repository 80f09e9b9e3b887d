"""Lists read in pages: an order, and where a page of it begins, as SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from db.conditions import rendered, statement
from db.rows import Row
from db.statements import Connection
from domain.conditions import Condition
from domain.pages import InvalidCursor, Key, PageRequest, Slice, cut

R = TypeVar("R", bound=Row)
MOST = {"int": 2**31 - 1, "bigint": 2**63 - 1}


@dataclass(frozen=True, slots=True)
class Keyset:
    """Columns with their Postgres types, none ever null; the last tells any two rows apart."""

    columns: tuple[tuple[str, str], ...]
    descending: bool = False

    def beyond(self, *, backward: bool) -> str:
        """Rows after the key (before it, going backward); every row where there is none."""
        left = ", ".join(column for column, _ in self.columns)
        right = ", ".join(f"cast(:beyond_{i} as {kind})" for i, (_, kind) in enumerate(self.columns))
        sign = "<" if self.descending != backward else ">"
        return f"(cast(:beyond_0 as {self.columns[0][1]}) is null or ({left}) {sign} ({right}))"

    def order(self, *, backward: bool) -> str:
        way = "desc" if self.descending != backward else "asc"
        return ", ".join(f"{column} {way}" for column, _ in self.columns)

    def values(self, request: PageRequest) -> dict[str, Any]:
        """What ``beyond`` is to be run with. Raises ``InvalidCursor`` for a cursor of another order."""
        key = request.before if request.backward else request.after
        if key is None:
            return {f"beyond_{i}": None for i in range(len(self.columns))}
        if len(key) != len(self.columns) or not all(
            _fits(part, kind) for part, (_, kind) in zip(key, self.columns, strict=True)
        ):
            field = "before" if request.backward else "after"
            raise InvalidCursor("This is not a cursor of this list.", field=field)
        return {f"beyond_{i}": part for i, part in enumerate(key)}

    def key(self, row: Row) -> Key:
        """The row's place; it has a column of each name."""
        return tuple(row[column.rpartition(".")[2]] for column, _ in self.columns)


def _fits(part: object, kind: str) -> bool:
    if kind == "text":
        return isinstance(part, str) and "\0" not in part
    return type(part) is int and abs(part) <= MOST[kind]


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """A list: ``columns`` of ``source`` (what follows ``from``), where the named ``predicates`` hold."""

    row: type[R]
    columns: str
    source: str
    predicates: Mapping[str, str]

    async def page(
        self, connection: Connection, condition: Condition, order: Keyset, request: PageRequest, **given: Any
    ) -> Slice[R]:
        """``given`` are the values that ``columns`` and ``source`` name."""
        where, values = rendered(condition, self.predicates)
        found = await statement(f"""
            select {self.columns}
              from {self.source}
             where {where} and {order.beyond(backward=request.backward)}
             order by {order.order(backward=request.backward)}
             limit cast(:size as int)
        """).rows(connection, self.row, size=request.size + 1, **order.values(request), **values, **given)
        return cut(found, order.key, request)

    async def count(self, connection: Connection, condition: Condition, **given: Any) -> int:
        where, values = rendered(condition, self.predicates)
        sql = f"select count(*) from {self.source} where {where}"
        number: int = await statement(sql).value(connection, **values, **given)
        return number
