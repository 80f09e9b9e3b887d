"""Arguments are converted as Strawberry converts them, with less work for each value."""

from dataclasses import field
from enum import Enum
from typing import Annotated, Any

import pytest
import strawberry
from strawberry.types.arguments import convert_arguments

from engine.converting import Converters


@strawberry.enum
class Colour(Enum):
    RED = "red"


@strawberry.input
class Point:
    x: int
    some_words: str | None
    colours: list[Colour] | None = None
    tags: list[str] = field(default_factory=lambda: ["new"])
    named: str | None = strawberry.UNSET
    other: Annotated["Point", strawberry.lazy("tests.engine.test_converting")] | None = None
    grid: list[list["Point"] | None] | None = None


@strawberry.type
class Query:
    @strawberry.field
    def points(self, at: list[Point] | None = None, one: Point | None = None, word: str = "a") -> str:
        return f"{at} {one} {word}"


SCHEMA = strawberry.Schema(Query)
ARGUMENTS = Query.__strawberry_definition__.fields[0].arguments  # type: ignore[attr-defined]  # Strawberry's
SCALARS = SCHEMA.schema_converter.scalar_registry
LEAST = {"x": 1}
FULL: dict[str, Any] = {
    "x": 2,
    "someWords": "a",
    "colours": [Colour.RED],
    "tags": [],
    "named": None,
    "other": LEAST,
}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"word": "b", "at": None, "one": None},
        {"one": LEAST, "at": []},
        {"at": [LEAST, FULL], "one": FULL | {"grid": [[FULL], None, []]}},
    ],
)
def test_values_become_what_strawberry_makes_of_them(given: dict[str, Any]) -> None:
    converters = Converters(SCALARS, SCHEMA.config)
    theirs = convert_arguments(given, ARGUMENTS, scalar_registry=SCALARS, config=SCHEMA.config)

    ours = {}
    for argument in ARGUMENTS:
        if argument.python_name in given:
            convert = converters.of(argument.type)
            value = given[argument.python_name]
            ours[argument.python_name] = value if convert is None else convert(value)

    assert ours == theirs


def test_a_list_is_a_copy_for_a_default_is_handed_to_all() -> None:
    default = [["a"]]
    convert = Converters(SCALARS, SCHEMA.config).of(strawberry.types.base.StrawberryList(str))

    assert convert is not None
    assert convert(default) == default
    assert convert(default) is not default
