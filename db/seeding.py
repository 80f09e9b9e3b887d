"""Many rows of many tables at once, into a shop that has none yet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import orjson
from sqlalchemy import Table
from sqlmodel import SQLModel

import db.tables  # noqa: F401  # declares every table
from db.statements import Connection, Statement

TABLES: Mapping[str, Table] = {table.name: table for table in SQLModel.metadata.sorted_tables}
"""Each after those that it points at; what points back is written last."""
NUMBERED = [name for name, table in TABLES.items() if table.c[table.primary_key.columns[0].name].identity]

# Readers go on, writers wait: also another that would fill the same shop.
HOLD = Statement(f"lock table {', '.join(TABLES)} in share row exclusive mode")
IS_EMPTY = Statement("""
    select not exists (select from channels)
       and not exists (select from warehouses)
       and not exists (select from product_types)
       and not exists (select from products)
       and not exists (select from categories)
       and not exists (select from collections)
       and not exists (select from attributes)
       and not exists (select from page_types)
       and not exists (select from menus)
       and not exists (select from orders)
       and not exists (select from users where email = any(cast(:emails as text[])))
""")
KNOWN = Statement("select count(*) from users where email = any(cast(:emails as text[]))")
FIRST_IDS = Statement(
    " union all ".join(
        f"select '{name}' as name, coalesce(max(id), 0) + 1 as id from {name}" for name in NUMBERED
    )
)
COUNT_ON = {
    name: Statement(f"select setval(pg_get_serial_sequence('{name}', 'id'), max(id)) from {name}")
    for name in NUMBERED
}


class Rows:
    """Rows that are still to be written, but can be pointed at already: ``add`` gives a row its id.

    Values are as JSON has them: dates, decimals and UUIDs are turned into text on the way.
    """

    def __init__(self, first_ids: Mapping[str, int]) -> None:
        self._ids = {name: count(first) for name, first in first_ids.items()}
        self._rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._by_id: dict[tuple[str, int], dict[str, Any]] = {}

    def add(self, table: str, **values: Any) -> int:
        """A row of a table that numbers its rows; its id."""
        row_id = next(self._ids[table])
        row = {"id": row_id} | values
        self._rows[table].append(row)
        self._by_id[table, row_id] = row
        return row_id

    def put(self, table: str, **values: Any) -> None:
        """A row that brings its key."""
        self._rows[table].append(values)

    def change(self, table: str, id: int, **values: Any) -> None:
        """Say more of a row that was added."""
        self._by_id[table, id].update(values)

    def of(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self._rows[table]


async def hold(tx: Connection) -> None:
    """Let nobody else write anything until the transaction ends."""
    await HOLD.value(tx)


async def is_empty(connection: Connection, emails: Sequence[str]) -> bool:
    """Whether the shop has nothing yet, and nobody with one of these addresses."""
    empty: bool = await IS_EMPTY.value(connection, emails=emails)
    return empty


async def are_known(connection: Connection, emails: Sequence[str]) -> bool:
    """Whether all of these have an account."""
    found: int = await KNOWN.value(connection, emails=emails)
    return found == len(emails)


async def rows_to_fill(tx: Connection) -> Rows:
    """No rows yet; their ids go on from those there are. Take ``hold`` first."""
    return Rows({row["name"]: row["id"] for row in await tx.fetch(FIRST_IDS.text)})


async def write(tx: Connection, rows: Rows) -> None:
    """Insert all rows. Those of a table keep their order if they name the same columns."""
    pointers: list[tuple[Statement, str]] = []
    for name, table in TABLES.items():
        for columns, group in _alike(rows.of(name)):
            late = [column for column in columns if _points_back(table, column)]
            await _insert(name, [column for column in columns if column not in late]).run(
                tx, rows=_json(group)
            )
            if late:
                pointers.append((_update(name, late), _json(group)))
        if rows.of(name) and name in COUNT_ON:
            await COUNT_ON[name].value(tx)
    for statement, group_json in pointers:
        await statement.run(tx, rows=group_json)


def _alike(rows: Iterable[Mapping[str, Any]]) -> Iterable[tuple[Sequence[str], list[Mapping[str, Any]]]]:
    """The rows by the columns they name: what a row leaves out has the table's default."""
    groups: defaultdict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[tuple(sorted(row))].append(row)
    return groups.items()


def _points_back(table: Table, column: str) -> bool:
    return any(
        key.constraint is not None and key.constraint.use_alter for key in table.c[column].foreign_keys
    )


def _insert(table: str, columns: Sequence[str]) -> Statement:
    named = ", ".join(f'"{column}"' for column in columns)
    return Statement(f"""
        insert into {table} ({named})
        select {named} from jsonb_populate_recordset(cast(null as {table}), cast(:rows as jsonb))
    """)


def _update(table: str, columns: Sequence[str]) -> Statement:
    changes = ", ".join(f'"{column}" = given."{column}"' for column in columns)
    return Statement(f"""
        update {table} set {changes}
          from jsonb_populate_recordset(cast(null as {table}), cast(:rows as jsonb)) as given
         where {table}.id = given.id
    """)


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps([dict(row) for row in rows], default=str).decode()
