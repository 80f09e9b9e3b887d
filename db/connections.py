"""A connection of the pool: asyncpg's, with a short way for statements that it has met before."""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg

KNOWN: Final = 500  # statements that one connection remembers


class PooledConnection(asyncpg.Connection):
    """Sends nothing at release, and asks Postgres for what is prepared without looking at it again.

    No code of ours leaves session state behind, and the usual reset costs a round trip. asyncpg's own way
    from a text to its prepared statement is twenty calls long, and takes as long as Postgres does for a small
    one. What is done here instead are the same two steps; what goes wrong goes its way.
    """

    # Asyncpg's own, which its stubs leave out.
    _protocol: Any
    _query_loggers: Any
    _time_and_log: Any
    _execute: Any
    _drop_global_statement_cache: Any

    keeps = True
    """Whether statements stay prepared: not behind a pooler that lends for a transaction."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._known: dict[tuple[str, type | None], Any] = {}  # while they live, they stay prepared

    def get_reset_query(self) -> str:
        return ""

    @property
    def itself(self) -> "PooledConnection":
        """The connection behind the pool's proxy, which passes on what it does not know."""
        return self

    def _drop_local_statement_cache(self) -> None:
        super()._drop_local_statement_cache()  # type: ignore[misc]  # as above
        self._known.clear()

    async def ask(
        self, text: str, arguments: Sequence[Any], row: type[asyncpg.Record] | None, limit: int
    ) -> list[Any]:
        """As ``fetch``; ``limit`` rows at most where it is not 0."""
        rows: list[Any] = await self._run(text, arguments, row, limit)
        return rows

    async def change(self, text: str, arguments: Sequence[Any]) -> str:
        """As ``execute``: what Postgres says was done."""
        _, status, _ = await self._run(text, arguments, None, 0, with_status=True)
        return bytes(status).decode()

    async def _run(
        self,
        text: str,
        arguments: Sequence[Any],
        row: type[asyncpg.Record] | None,
        limit: int,
        *,
        with_status: bool = False,
    ) -> Any:
        known = self._known.get((text, row))
        if known is None and self.keeps:
            known = await self._meet(text, row)
        if known is not None:
            state = known._state  # noqa: SLF001 - this is the short way
            asked = self._protocol.bind_execute(state, arguments, "", limit, with_status, None)
            try:
                if not self._query_loggers:
                    return await asked
                with self._time_and_log(text, arguments, None):
                    return await asked
            except asyncpg.OutdatedSchemaCacheError:  # it has run
                await self.reload_schema_state()
                raise
            except asyncpg.InvalidCachedStatementError:  # it has not: tables are others now
                self._drop_global_statement_cache()
                if self.is_in_transaction():
                    raise
        return await self._execute(text, arguments, limit, None, return_status=with_status, record_class=row)

    async def _meet(self, text: str, row: type[asyncpg.Record] | None) -> Any:
        if len(self._known) >= KNOWN:
            self._known.clear()
        made = self._known[text, row] = await self.prepare(text, record_class=row)
        return made
