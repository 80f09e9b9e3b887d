"""Tables that live as long as a transaction, for rows on their way into the shop."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from db.codecs import as_binary
from db.statements import Connection

CHUNK = 20_000
NAME = re.compile(r"[a-z_]+")
LONG = "set local statement_timeout = '15min'; set local idle_in_transaction_session_timeout = '15min'"


def nothing(_: int) -> None:
    """For whoever does not count."""


async def allow_long(tx: Connection) -> None:
    """Let this transaction's statements take minutes: the shop's own bound is for shoppers, who wait."""
    await tx.execute(LONG)


async def stage(
    tx: Connection,
    name: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
    *,
    filled: Mapping[str, str] | None = None,
    heard: Callable[[int], None] = nothing,
) -> None:
    """Make the temporary table ``name`` of ``columns`` (name to SQL type) and copy ``rows`` into it.

    ``filled`` are further columns, each its type and default (``uuid default gen_random_uuid()``). ``heard``
    gets the number of rows copied so far. One of the same name is replaced. From here to the end of the
    transaction statements are planned for what is in the tables.
    """
    declared = [f"{column} {kind}" for column, kind in {**columns, **(filled or {})}.items()]
    assert NAME.fullmatch(name), "the name is ours, and goes into the statement as it is"
    await tx.execute("set local plan_cache_mode = auto")
    await tx.execute(
        f"drop table if exists {name}; create temporary table {name} ({', '.join(declared)}) on commit drop"
    )
    waiting, copied = iter(rows), 0
    async with as_binary(tx):
        while chunk := list(islice(waiting, CHUNK)):
            await tx.copy_records_to_table(name, records=chunk, columns=list(columns))
            copied += len(chunk)
            heard(copied)
    # Autovacuum sees no temporary tables, and without figures the joins below are guesses.
    await tx.execute(f"analyze {name}")
