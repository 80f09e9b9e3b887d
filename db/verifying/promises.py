"""What a promise is, as a query."""

from dataclasses import dataclass

from db.rows import Row
from db.statements import Connection, Statement


class BreachRow(Row):
    """What breaks a promise: the object by name, and what is wrong with it."""

    subject: str
    what: str


@dataclass(frozen=True, slots=True)
class Promise:
    """``text`` says what always holds; ``breaches`` selects (subject, what) for all of which it does not."""

    text: str
    breaches: Statement


async def breaches(connection: Connection, promise: Promise) -> list[BreachRow]:
    """Everything that breaks ``promise``."""
    return await promise.breaches.rows(connection, BreachRow)
