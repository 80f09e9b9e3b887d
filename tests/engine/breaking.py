"""Documents that are nearly valid: one or two small things of a valid one are changed at random.

Changes are made to the text, at the places that the parsed document names; some of them leave no document.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from graphql import (
    ArgumentNode,
    DefinitionNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    NameNode,
    Node,
    ObjectFieldNode,
    SelectionNode,
    SelectionSetNode,
    TypeNode,
    ValueNode,
    VariableDefinitionNode,
    parse,
)

KINDS: Sequence[type[Node]] = (
    ArgumentNode,
    DefinitionNode,
    DirectiveNode,
    ObjectFieldNode,
    SelectionNode,
    SelectionSetNode,
    TypeNode,
    ValueNode,
    VariableDefinitionNode,
)
TWICE = 0.3  # of all documents are changed once more
LITERALS = [
    "1",
    "-7",
    "99999999999",
    "1.5",
    '"x"',
    '"""x"""',
    "true",
    "null",
    "DESC",
    "[1]",
    "[]",
    "{}",
    "$v0",
]
DIRECTIVES = [
    "@skip(if: true)",
    "@include(if: $v0)",
    "@nope",
    "@skip",
    "@stream",
    "@defer",
    '@idempotent(key: "x")',
]


class Breaking:
    """A text that is a document, and what may be done to it. ``names`` are those it may come to name."""

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self._text = text
        self._names = names
        self._random = Random()  # noqa: S311
        self._nodes = [*_nodes(parse(text))]

    def broken(self, random: Random) -> DocumentNode | None:
        """A document that differs in one or two things; None where the change leaves none."""
        try:
            text = self._changed(random)
            if random.random() < TWICE:
                text = Breaking(text, self._names)._changed(random)
            return parse(text)
        except GraphQLSyntaxError:
            return None

    def _changed(self, random: Random) -> str:
        self._random = random
        changes = [
            *[self._renamed] * 3,
            self._dropped,
            self._doubled,
            self._exchanged,
            self._exchanged,
            self._revalued,
            self._wrapped,
            self._aliased,
            self._selecting,
            self._directed,
            self._extended,
        ]
        change: Callable[[], str] = self._random.choice(changes)
        return change()

    def _renamed(self) -> str:
        """A name is another's, of this document or of the schema."""
        own = [node.value for node in self._of(NameNode)]
        return self._put(self._any(NameNode), self._random.choice([*own, self._random.choice(self._names)]))

    def _dropped(self) -> str:
        return self._put(self._any(*KINDS), "")

    def _doubled(self) -> str:
        node = self._any(*KINDS)
        return self._put(node, f"{self._of_text(node)} {self._of_text(node)}")

    def _exchanged(self) -> str:
        """Something stands where another of its kind was."""
        kind = self._random.choice(KINDS)
        return self._put(self._any(kind), self._of_text(self._any(kind)))

    def _revalued(self) -> str:
        return self._put(self._any(ValueNode), self._random.choice(LITERALS))

    def _wrapped(self) -> str:
        node = self._any(TypeNode)
        text = self._of_text(node)
        return self._put(
            node, self._random.choice([f"[{text}]", f"{text}!", text.strip("[]!"), text.rstrip("!")])
        )

    def _aliased(self) -> str:
        """A field answers to some name, mostly of another."""
        node = self._any(FieldNode)
        if not isinstance(node, FieldNode) or node.name.loc is None or node.loc is None:
            return self._text
        alias = self._random.choice([other.value for other in self._of(NameNode)])
        return self._put(node, f"{alias}: {self._text[node.name.loc.start : node.loc.end]}")

    def _selecting(self) -> str:
        node = self._any(FieldNode)
        return self._put(node, f"{self._of_text(node)} {{ {self._of_text(self._any(SelectionNode))} }}")

    def _directed(self) -> str:
        """A directive stands before a selection, or behind a leaf or a spread."""
        directive = self._random.choice(DIRECTIVES)
        node = self._any(SelectionSetNode, FieldNode, FragmentSpreadNode)
        text = self._of_text(node)
        return self._put(
            node, f"{directive} {text}" if isinstance(node, SelectionSetNode) else f"{text} {directive}"
        )

    def _extended(self) -> str:
        """One more definition, used or not."""
        name = self._random.choice(self._names)
        more = self._random.choice(
            [
                f"fragment Other on {name} {{ __typename }}",
                "query { __typename }",
                "query Drawn { __typename }",
                "query Other { __typename ...F0 }",
                "query Other($v0: Int) { __typename }",
                "type Other { name: String }",
                "subscription Other { __typename }",
            ]
        )
        return f"{self._text} {more}"

    def _of(self, *kinds: type[Node]) -> list[Any]:
        return [node for node in self._nodes if isinstance(node, kinds)]

    def _any(self, *kinds: type[Node]) -> Node | None:
        there = self._of(*kinds)
        return self._random.choice(there) if there else None

    def _of_text(self, node: Node | None) -> str:
        return self._text[node.loc.start : node.loc.end] if node and node.loc else ""

    def _put(self, node: Node | None, text: str) -> str:
        if node is None or node.loc is None:
            return self._text
        return f"{self._text[: node.loc.start]}{text}{self._text[node.loc.end :]}"


def _nodes(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for key in node.keys:
        below = getattr(node, key)
        for one in below if isinstance(below, tuple) else (below,):
            if isinstance(one, Node):
                yield from _nodes(one)


def names_of(schema: GraphQLSchema) -> list[str]:
    """All that a document may name."""
    found = {*schema.type_map, "__typename", "__schema", "nope"}
    for kind in schema.type_map.values():
        fields: Mapping[str, Any] = getattr(kind, "fields", {})
        found |= {*fields, *getattr(kind, "values", {})}
        found |= {name for field in fields.values() for name in getattr(field, "args", {})}
    return sorted(found)
