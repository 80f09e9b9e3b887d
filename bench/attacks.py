"""Requests that cost a server more than their sender: documents that grow to the limits, and beyond them."""

from collections.abc import Mapping
from typing import Any, Final

from graphql import get_introspection_query

NODES: Final = "{ products(first: 1) { edges { node { %s } } } }"


def _many(text: str, number: int) -> str:
    """``text`` so many times, with ``#`` as the number of each."""
    return " ".join(text.replace("#", str(n)) for n in range(number))


def _nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


def _chain(number: int, each: str) -> str:
    """Fragments of which each spreads the next, as ``each`` says."""
    links = " ".join(f"fragment F{n} on Query {{ {each.replace('#', f'F{n + 1}')} }}" for n in range(number))
    return f"{links} fragment F{number} on Query {{ __typename }}"


DOCUMENTS: Final[Mapping[str, str]] = {
    # Far above the limits.
    "fragments that double": "{ ...F0 } " + _chain(60, "...# ...#"),
    "selections, nested": _nested("{ a ", "{ b }", " }", 2_000),
    "lists, nested": "{ products(first: " + _nested("[", "1", "]", 2_000) + ") { totalCount } }",
    "objects, nested": "{ products(first: 1, filter: "
    + _nested("{ a: ", "1", " }", 2_000)
    + ") { totalCount } }",
    "types, nested": "query ($v: " + _nested("[", "Int", "]", 2_000) + ") { __typename }",
    "one field, many times": "{" + " __typename" * 60_000 + " }",
    "aliases": "{ " + _many("a#: __typename", 20_000) + " }",
    "a long list": "{ products(first: 1, filter: { ids: [" + '"a" ' * 40_000 + "] }) { totalCount } }",
    "comments": "#\n" * 90_000 + "{ __typename }",
    "lines before faults": "\n" * 190_000 + "{ " + _many("x#", 40) + " }",
    "commas": "," * 190_000 + "{ __typename }",
    "a long name": "{ " + "a" * 190_000 + " }",
    "a long string": '{ product(slug: "' + "a" * 190_000 + '") { id } }',
    "a block of lines": '{ product(slug: """' + "\n" * 190_000 + '""") { id } }',
    "escapes": '{ product(slug: "' + "\\u0061" * 32_000 + '") { id } }',
    "escapes, as many as fit": '{ product(slug: "' + "\\n" * 49_000 + '") { id } }',
    "pairs of escapes": '{ product(slug: "' + "\\ud83d\\ude00" * 8_000 + '") { id } }',
    "a block, as long as may be": '{ product(slug: """' + "\\n" * 49_000 + '""") { id } }',
    "a comment, as long as may be": "#" * 99_000 + "\n{ __typename }",
    "a long number": "{ products(first: " + "1" * 190_000 + ") { totalCount } }",
    "operations": _many("query Q# { __typename }", 5_000),
    "fragments": "{ __typename } " + _many("fragment F# on Product { id }", 5_000),
    "variables": "query (" + _many("$v#: Int", 20_000) + ") { __typename }",
    "directives": "{ __typename " + "@include(if: true) " * 10_000 + "}",
    "all of a schema, often": "{ __schema { types { "
    + _many("a#: fields { name args { name } }", 900)
    + " } } }",
    # What the limits let through to validation.
    "fields at the limit": NODES % _many("a#: id", 249),
    "unknown fields": NODES % _many("x#", 1_900),
    "unknown arguments": "{ products(" + _many("x#: 1", 650) + ") { totalCount } }",
    "unknown fields of an input": "{ products(first: 1, filter: { "
    + _many("x#: 1", 650)
    + " }) { totalCount } }",
    "unknown directives": "{ __typename " + _many("@d#", 980) + " }",
    "unknown types": "{ __typename } " + _many("fragment F# on Nope# { id }", 140),
    "variables at the limit": "query (" + _many("$v#: Int", 480) + ") { __typename }",
    "one argument, many times": "{ __typename @include(" + "if: true " * 650 + ") }",
    "a literal at the limit": "{ products(first: 1, filter: { ids: ["
    + '"a" ' * 1_950
    + "] }) { totalCount } }",
    "a literal of the wrong kind": "{ products(first: 1, filter: { ids: ["
    + "{} " * 980
    + "] }) { totalCount } }",
    "operations at the limit": _many("query Q# { __typename }", 149),
    "a chain at the limit": "{ ...F0 } " + _chain(90, "...#"),
    "fields to compare": NODES
    % ("slug name " + "thumbnail(size: 1) { url } thumbnail(size:1) { url } " * 20),
    "fields that differ": NODES % ("a: slug a: name " * 30),
    "fragments to compare": NODES % ("x: name ...F0 x: name @include(if: true) " + _many("...F#", 60))
    + _many("fragment F# on Product { a#: slug }", 60),
    "fragments that are the same": NODES % _many("...F#", 110)
    + _many("fragment F# on Product { a#: id name }", 110),
    "conditions": "query ("
    + _many("$v#: Boolean!", 140)
    + ") "
    + NODES % _many("a#: id @skip(if: $v#)", 140),
    "many names of many rows": '{ products(first: 100, channel: "web") { edges { node { variants { product '
    + _nested("{ variants { product ", f"{{ {_many('a#: name', 240)} }}", " } }", 2)
    + " } } } } }",
    "the schema": get_introspection_query(),
    "the schema, as wide as may be": "{ __schema { types { "
    + _many("a#: fields { name args { name } }", 18)
    + " } } }",
    "the schema, wide": "{ __schema { types { " + _many("a#: fields { name args { name } }", 40) + " } } }",
}
CHEAP: Final = "{ __typename }"
BODIES: Final[Mapping[str, Any]] = {
    "many values": {"query": CHEAP, "variables": {"a": [0] * 300_000}},
    "many objects": {"query": CHEAP, "variables": {"a": [{}] * 300_000}},
    "many keys": {"query": CHEAP, "variables": {f"{number:x}": 1 for number in range(90_000)}},
    "a long name of an operation": {"query": "query A { __typename }", "operationName": "A" * 1_000_000},
    "a long text": {"query": CHEAP, "variables": {"a": "a" * 1_000_000}},
    "values at the limit": {
        "query": "query ($a: [ID!]) { products(first: 1, filter: { ids: $a }) { totalCount } }",
        "variables": {"a": ["UHJvZHVjdDox"] * 19_000},
    },
    "values of the wrong kind": {
        "query": "query ($a: [ID!]) { products(first: 1, filter: { ids: $a }) { totalCount } }",
        "variables": {"a": [None] * 19_000},
    },
    "many conditions": {
        "query": "query ($f: ProductFilterInput) { products(first: 1, filter: $f) { totalCount } }",
        "variables": {"f": {"attributes": [{"slug": "a"}] * 990}},
    },
    "attributes at the limit": {
        "query": 'query ($f: ProductFilterInput) { products(first: 1, channel: "web", filter: $f) '
        "{ totalCount } }",
        "variables": {"f": {"attributes": [{"slug": f"a{number}", "values": ["b"]} for number in range(20)]}},
    },
    "a long search": {
        "query": 'query ($a: String) { products(first: 1, channel: "web", search: $a) { totalCount } }',
        "variables": {"a": "a " * 450_000},
    },
    "a batch": [{"query": CHEAP}] * 50_000,
    "a hash that nobody knows": {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
}
