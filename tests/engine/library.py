"""A small library, declared in the engine's words: shelves, and books on them."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar

import strawberry

from engine.loading import Loading
from engine.schema import Schema
from engine.selected import ahead
from engine.words import Arg, Only, argument, attribute, batch_field, edge, inline, seen, seen_all


@dataclass(frozen=True, slots=True)
class ShelfRow:
    id: int
    name: str | None


@dataclass(frozen=True, slots=True)
class BookRow:
    id: int
    shelf_id: int | None
    cents: int


@dataclass(frozen=True, slots=True)
class SpareRow:
    cents: int


@dataclass(frozen=True, slots=True)
class CostRow:
    cents: int
    spare: SpareRow | None


class Calls:
    """What was asked of the relations and batch fields, in order."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, list[Any]]] = []


@dataclass(frozen=True, slots=True, eq=False)
class Books:
    """Books of a shelf: as many as the shelf's id."""

    many: bool = True

    async def load(self, source: Calls, keys: list[int]) -> list[list[BookRow]]:
        source.heard.append(("books", keys))
        return [[BookRow(key * 10 + n, key, 100 * n) for n in range(1, key + 1)] for key in keys]


@dataclass(frozen=True, slots=True, eq=False)
class Titles:
    """The title of a book in a language, for keys (id, language)."""

    many: bool = False

    async def load(self, source: Calls, keys: list[tuple[int, str | None]]) -> list[str | None]:
        source.heard.append(("titles", keys))
        return [f"{book} in {language}" if language else None for book, language in keys]


@dataclass(frozen=True, slots=True, eq=False)
class Shelves:
    many: bool = False

    async def load(self, source: Calls, keys: list[int]) -> list[ShelfRow]:
        source.heard.append(("shelves", keys))
        return [ShelfRow(key, f"Shelf {key}") for key in keys]


@dataclass(frozen=True, slots=True, eq=False)
class First:
    """The first book of a shelf; whoever asks for shelf 2 makes it fail."""

    many: bool = False

    async def load(self, source: Calls, keys: list[int]) -> list[BookRow]:
        source.heard.append(("first", keys))
        if 2 in keys:
            raise LookupError("shelf 2 is dark")
        return [BookRow(key * 10 + 1, key, 100) for key in keys]


BOOKS, TITLES, SHELVES, FIRST = Books(), Titles(), Shelves(), First()
Times = Annotated[int, strawberry.argument(description="How often.")]


def shout(name: str, *, times: Times = 1) -> str:
    return name.upper() + "!" * times


async def price(rows: Sequence[BookRow], context: "Context", *, currency: str = "EUR") -> list[str]:
    context.loading.source.heard.append(("price", [row.id for row in rows]))
    return [f"{row.cents} {currency}" for row in rows]


async def stack(
    rows: Sequence[ShelfRow], context: "Context", *, shelved: bool = False
) -> list[list[BookRow]]:
    """A book of each shelf; ``shelved``, the shelf is at hand for whoever asks for it next."""
    context.loading.source.heard.append(("stack", [row.id for row in rows]))
    for row in rows if shelved else ():
        context.loading.prime(SHELVES, {row.id: ShelfRow(row.id, f"Shelf {row.id}")})
    return [[BookRow(row.id * 10, row.id, 0)] for row in rows]


async def heap(rows: Sequence[ShelfRow], context: "Context", *, lean: bool = False) -> list[list[BookRow]]:
    context.loading.source.heard.append(("lean heap" if lean else "heap", [row.id for row in rows]))
    return [[BookRow(row.id * 10, row.id, 0)] for row in rows]


async def numbers(rows: Sequence[BookRow], _context: "Context") -> list[int]:
    return [row.id for row in rows]


class Made:
    """The amounts that ``make_cost`` was called with."""

    amounts: ClassVar[list[int]] = []


def make_cost(cents: int) -> CostRow:
    Made.amounts.append(cents)
    return CostRow(cents, None if cents < 200 else SpareRow(cents - 200))


@strawberry.interface(description="A thing.")
class Thing:
    id: int


@strawberry.type(description="What is left of a price.")
class Spare:
    represents: ClassVar[type] = SpareRow

    cents: int = attribute("How much.")


@strawberry.type(description="A price.")
class Cost:
    represents: ClassVar[type] = CostRow

    cents: int = attribute("How much.")
    spare: Spare | None = attribute("What is above two.")
    needed: Spare = attribute("The same, which it must have.", column="spare")


@strawberry.type(description="A shelf.")
class Shelf(Thing):
    represents: ClassVar[type] = ShelfRow

    id: int = attribute("Its number.")
    label: str | None = attribute("Its name.", column="name")
    loud: str | None = inline(shout, "name", description="Its name, loud.")
    name: str = attribute("Its name, which it must have.")
    first: "Book | None" = edge(FIRST, key="id", description="The first book on it; shelf 2 fails to say.")
    books: list["Book"] = edge(BOOKS, key="id", description="What stands on it.")
    heap: list["Book"] = batch_field(
        heap,
        description="What lies beside it.",
        lookahead={"lean": Only("", frozenset({"id", "shelf_id"}))},
    )
    stack: list["Book"] = batch_field(stack, description="What lies on it.", lookahead={"shelved": "shelf"})


@strawberry.type(description="A book.")
class Book(Thing):
    represents: ClassVar[type] = BookRow

    id: int = attribute("Its number.")
    shelf: Shelf | None = edge(SHELVES, key="shelf_id", description="Where it stands.")
    title: str | None = edge(
        TITLES,
        key=("id", Arg("language")),
        description="Its title.",
        arguments=[argument("language", str | None, "In which language.")],
    )
    price: str = batch_field(price, description="What it costs.")
    number: int = batch_field(numbers, description="Its number, again.", reads=("id",))
    cost: Cost = inline(make_cost, "cents", description="The same, as an object.")
    kept: Cost | None = inline(make_cost, "cents", description="The same, remembered.", kept=True)


@strawberry.type
class Query:
    @strawberry.field
    async def shelves(self, ids: list[int]) -> list[Shelf]:
        return seen_all(Shelf, [ShelfRow(one, f"Shelf {one}" if one < 9 else None) for one in ids])

    @strawberry.field
    async def things(self) -> list[Thing]:
        return seen_all(Thing, [ShelfRow(1, "One"), BookRow(2, None, 5)])

    @strawberry.field
    async def lent(self, info: strawberry.Info) -> "Book":
        if ahead(info, "shelf.label"):
            info.context.loading.prime(SHELVES, {6: ShelfRow(6, "Shelf 6")})
        return seen(Book, BookRow(60, 6, 0))

    @strawberry.field
    async def stranger(self) -> Thing:
        return seen(Thing, Calls())

    @strawberry.field
    async def lost(self, info: strawberry.Info) -> Shelf:
        info.context.loading.source.heard.append(("lost", []))
        raise LookupError("nobody knows where it is")

    @strawberry.field
    async def nameless(self, info: strawberry.Info) -> Shelf | None:
        info.context.loading.source.heard.append(("nameless", []))
        return seen(Shelf, ShelfRow(1, None))


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def put(self, info: strawberry.Info, shelf: int) -> Shelf | None:
        info.context.loading.source.heard.append(("put", [shelf]))
        info.context.loading.forget()
        return seen(Shelf, ShelfRow(shelf, None if shelf == 7 else f"Shelf {shelf}"))


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def arrivals(self, shelf: int) -> AsyncGenerator[Shelf, None]:
        """Two events, the second of a shelf without a name."""
        for name in (f"Shelf {shelf}", None):
            yield seen(Shelf, partial(_arrived, ShelfRow(shelf, name)))


async def _arrived(row: ShelfRow, context: "Context") -> ShelfRow:
    context.loading.source.heard.append(("arrived", [row.id]))
    return row


@dataclass(frozen=True, slots=True)
class Context:
    loading: Loading


SCHEMA = Schema(Query, Mutation, Subscription, types=[Book])
