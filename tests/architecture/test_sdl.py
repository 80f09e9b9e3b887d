"""The printed schema: committed, and its own manual."""

from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
)

from server.api import build_schema

FILE = Path(__file__).parent.parent.parent / "schema" / "schema.graphql"
ROOTS = {"Query", "Mutation", "Subscription"}


def test_the_committed_schema_is_what_the_code_declares() -> None:
    assert FILE.read_text() == build_schema().sdl(), "run ./run schema"


def test_every_type_field_and_argument_is_described(graphql_schema: GraphQLSchema) -> None:
    silent: list[str] = []
    for kind in graphql_schema.type_map.values():
        if kind.name.startswith("__"):
            continue
        if not kind.description and kind.name not in ROOTS:
            silent.append(kind.name)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                silent += [] if field.description else [f"{kind.name}.{name}"]
                silent += [
                    f"{kind.name}.{name}({argument})"
                    for argument, given in field.args.items()
                    if not given.description
                ]
        elif isinstance(kind, GraphQLInputObjectType):
            silent += [f"{kind.name}.{name}" for name, field in kind.fields.items() if not field.description]

    assert silent == []


def test_codes_are_not_lost_in_numbers(graphql_schema: GraphQLSchema) -> None:
    """An enum of errors always has the code for what has none of its own."""
    codes = [
        kind
        for kind in graphql_schema.type_map.values()
        if isinstance(kind, GraphQLEnumType) and kind.name.endswith("ErrorCode")
    ]

    assert [kind.name for kind in codes if "GRAPHQL_ERROR" not in kind.values] == []
