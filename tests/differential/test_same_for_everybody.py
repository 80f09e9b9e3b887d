"""What may be kept for everybody is the same for everybody: a guest and a customer ask for all there is."""

import re
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    parse,
)

from engine.caching.hints import hint_of
from engine.caching.policies import policies_of
from engine.executor import Executor
from engine.limits import Limits
from engine.requests import GraphQLRequest
from schema.context import Context
from server.refusing import explain
from tests.differential.conftest import Asked

DEEPEST = 3
WIDE = Limits(
    length=1 << 24, tokens=1_000_000, selections=1_000_000, aliases=100_000, overlaps=1 << 40, cost=1 << 40
)
KINDS = ("Category", "Collection", "Menu", "Page", "Product", "ProductVariant")
ROOTS = {
    "categories": "(first: 3)",
    "category": "(id: $Category)",
    "channel": '(slug: "web")',
    "channels": "",
    "collection": '(id: $Collection, channel: "web")',
    "collections": '(first: 3, channel: "web")',
    "menu": "(id: $Menu)",
    "page": "(id: $Page)",
    "pages": "(first: 3)",
    "product": '(id: $Product, channel: "web")',
    "productVariant": '(id: $ProductVariant, channel: "web")',
    "products": '(first: 3, channel: "web")',
}


def test_every_root_field_with_a_hint_is_looked_at(graphql: GraphQLSchema) -> None:
    assert graphql.query_type is not None
    hinted = {name for name, field in graphql.query_type.fields.items() if hint_of(field).max_age}

    assert hinted == ROOTS.keys()


@pytest.mark.parametrize("root", ROOTS)
async def test_a_customer_is_told_what_a_guest_is(asked: Asked, graphql: GraphQLSchema, root: str) -> None:
    document = _document(graphql, root)
    executor = Executor(graphql, explain, limits=WIDE)
    variables = {kind: asked.known[kind][0] for kind in KINDS}
    guest, customer, _staff = asked.viewers

    answers = [
        await executor.execute(GraphQLRequest(document, variables=variables), Context.of(asked.shop, viewer))
        for viewer in (guest, customer)
    ]

    assert policies_of(graphql, parse(document))[None].is_public
    assert answers[0].errors == answers[1].errors == []
    assert answers[0].data == answers[1].data
    assert answers[0].data is not None
    assert answers[0].data[root] is not None


def _document(schema: GraphQLSchema, root: str) -> str:
    assert schema.query_type is not None
    arguments = ROOTS[root]
    declared = [f"${kind}: ID" for kind in KINDS if re.search(rf"\${kind}\b", arguments)]
    head = f"query ({', '.join(declared)})" if declared else "query"
    kind = get_named_type(schema.query_type.fields[root].type)
    return f"{head} {{ {root}{arguments} {_selection(schema, kind, DEEPEST)} }}"


def _selection(schema: GraphQLSchema, kind: object, depth: int) -> str:
    match kind:
        case GraphQLObjectType():
            return f"{{ __typename {' '.join(_fields(schema, kind, depth))} }}"
        case GraphQLInterfaceType() | GraphQLUnionType():
            members = (
                f"... on {member.name} {{ {' '.join(_fields(schema, member, depth, member.name))} }}"
                for member in schema.get_possible_types(kind)
            )
            return f"{{ __typename {' '.join(members)} }}"
    raise AssertionError(kind)


def _fields(schema: GraphQLSchema, kind: GraphQLObjectType, depth: int, alias: str = "") -> Iterator[str]:
    for name, field in kind.fields.items():
        shown = f"{alias}_{name}: {name}" if alias else name
        named = get_named_type(field.type)
        if not _may_be_kept(field) or any(_is_needed(argument) for argument in field.args.values()):
            continue
        if is_leaf_type(named):
            yield shown
        elif depth or name in {"edges", "node"}:
            first = "(first: 2)" if "first" in field.args else ""
            below = depth if name in {"edges", "node"} else depth - 1
            yield f"{shown}{first} {_selection(schema, named, below)}"


def _is_needed(argument: object) -> bool:
    kind = getattr(argument, "type", None)
    return isinstance(kind, GraphQLNonNull)


def _may_be_kept(field: GraphQLField) -> bool:
    hint = hint_of(field)
    if hint.is_private or hint.max_age == 0:
        return False
    return hint.max_age is not None or hint.inherits or not is_composite_type(get_named_type(field.type))
