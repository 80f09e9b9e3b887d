"""How long an answer is good for, worked out from its document."""

from typing import Annotated

import pytest
import strawberry
from graphql import GraphQLSchema, parse

from engine.caching.hints import CacheControl, CacheScope
from engine.caching.policies import Policy, policies_of
from engine.schema import Schema
from engine.words import attribute


@strawberry.type(description="Without a hint.")
class Plain:
    name: str = attribute("A name.")
    self: "Plain" = attribute("Itself.")


@strawberry.interface(description="A thing.")
class Thing:
    name: str = attribute("A name.")


@strawberry.type(description="A book.", directives=[CacheControl(max_age=60)])
class Book(Thing):
    name: str = attribute("A name.")
    pages: "Pages" = attribute("Its pages.")
    plain: Plain = attribute("No hint.")
    hinted: Plain = strawberry.field(description="A hint of its own.", directives=[CacheControl(max_age=30)])
    stock: int = strawberry.field(description="A shorter one.", directives=[CacheControl(max_age=5)])
    longer: "Book" = strawberry.field(description="A longer one.", directives=[CacheControl(max_age=600)])
    mine: int = strawberry.field(
        description="Of the viewer.", directives=[CacheControl(scope=CacheScope.PRIVATE)]
    )
    never: int = strawberry.field(description="Never kept.", directives=[CacheControl(max_age=0)])


@strawberry.type(description="A film.", directives=[CacheControl(max_age=20)])
class Film(Thing):
    name: str = strawberry.field(description="A name.", directives=[CacheControl(max_age=7)])


@strawberry.type(description="Pages.", directives=[CacheControl(inherit_max_age=True)])
class Pages:
    number: int = attribute("How many.")
    books: list[Book] = attribute("Books.")


Found = Annotated[
    Book | Film, strawberry.union("Found", description="Either.", directives=[CacheControl(max_age=40)])
]


@strawberry.type(description="Questions.")
class Query:
    plain: Plain = attribute("No hint.")
    book: Book = attribute("By its type.")
    brief: Book = strawberry.field(description="Shorter.", directives=[CacheControl(max_age=10)])
    number: int = attribute("No hint.")
    hinted: int = strawberry.field(description="A hint.", directives=[CacheControl(max_age=15)])
    thing: Thing = strawberry.field(description="Either.", directives=[CacheControl(max_age=50)])
    found: Found = attribute("Either.")
    inherits: Pages = attribute("Inherits from nothing.")


@strawberry.type(description="Changes.")
class Mutation:
    book: Book = strawberry.field(description="A change.", directives=[CacheControl(max_age=60)])


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return Schema(Query, Mutation).graphql


def policy(schema: GraphQLSchema, document: str, name: str | None = None) -> Policy:
    return policies_of(schema, parse(document))[name]


@pytest.mark.parametrize(
    ("document", "seconds"),
    [
        ("{ book { name } }", 60),
        ("{ plain { name } }", 0),
        ("{ brief { name } }", 10),
        ("{ number }", 0),
        ("{ hinted }", 15),
        ("{ hinted book { name } }", 15),
        ("{ book { name stock } }", 5),
        ("{ book { never } }", 0),
        ("{ book { plain { name } } }", 0),
        ("{ book { hinted { name } } }", 30),
        ("{ book { hinted { self { name } } } }", 0),
        ("{ book { longer { name } } }", 60),
        ("{ book { pages { number } } }", 60),
        ("{ book { pages { books { stock } } } }", 5),
        ("{ inherits { number } }", 0),
        ("{ __typename book { __typename } }", 60),
        ("{ __typename }", 0),
        ("{ __schema { description } book { name } }", 0),
        # A fragment counts wherever it is spread, and whatever is left out.
        ("{ book { ...F } } fragment F on Book { stock }", 5),
        ("{ book { ... { stock } } }", 5),
        ("query ($no: Boolean!) { book { name stock @include(if: $no) } }", 5),
        # Who may stand there: each film's name is good for 7 seconds.
        ("{ thing { name } }", 7),
        ("{ thing { ... on Book { stock } } }", 5),
        ("{ found { ... on Book { name } } }", 40),
        ("{ found { ... on Film { name } } }", 7),
    ],
)
def test_an_answer_is_as_good_as_the_worst_field_in_it(
    schema: GraphQLSchema, document: str, seconds: int
) -> None:
    assert policy(schema, document).max_age == seconds


def test_what_is_the_viewers_is_for_nobody_else(schema: GraphQLSchema) -> None:
    mine, everybodys = policy(schema, "{ book { name mine } }"), policy(schema, "{ book { name } }")

    assert (mine.max_age, mine.is_private, mine.is_public) == (60, True, False)
    assert everybodys.is_public


def test_each_operation_has_its_own(schema: GraphQLSchema) -> None:
    document = "query A { book { name } } query B { brief { name } } mutation C { book { name } }"

    assert [policy(schema, document, name).max_age for name in "ABC"] == [60, 10, 0]


def test_the_types_of_lists_and_roots_are_known(schema: GraphQLSchema) -> None:
    found = policy(schema, "{ one: found { __typename } book { pages { books { name } } } }")

    assert found.listed == {"Book"}
    assert found.roots == {"one": {"Book", "Film"}, "book": {"Book"}}


def test_fragments_that_fan_out_are_looked_at_once(schema: GraphQLSchema) -> None:
    spreads = "".join(
        f"fragment F{n} on Book {{ a: longer {{ ...F{n + 1} }} b: longer {{ ...F{n + 1} }} }} "
        for n in range(60)
    )

    found = policy(schema, f"{{ book {{ ...F0 }} }} {spreads} fragment F60 on Book {{ stock }}")

    assert found.max_age == 5


def test_the_hints_are_in_the_printed_schema() -> None:
    sdl = Schema(Query).sdl()

    assert "type Book implements Thing @cacheControl(maxAge: 60) {" in sdl
    assert "mine: Int! @cacheControl(scope: PRIVATE)" in sdl
    assert "type Pages @cacheControl(inheritMaxAge: true) {" in sdl
