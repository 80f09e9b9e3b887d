"""Rules of validation, asked together: as graphql-core asks them, at the nodes that any of them looks at.

None of them looks at a name by itself, and names are half of a document. What was visited is let go of at the
end: a visitor keeps its own methods, and through them all it has seen until the collector comes by.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from graphql import (
    BREAK,
    SKIP,
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    ValidationContext,
    Visitor,
    visit,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.pyutils import RefMap
from graphql.validation.validation_context import VariableUsage, VariableUsageVisitor

UNASKED: Final = {"description", "name", "alias"}
KEYS: Final = {
    kind: tuple(key for key in keys if key not in UNASKED) for kind, keys in QUERY_DOCUMENT_KEYS.items()
}
Ask = Callable[..., Any]
SUGGESTED: Final = 5  # errors that say what a name may have meant


class _Enough(Exception):
    """There are as many errors as anybody reads."""


def errors_by(
    schema: GraphQLSchema,
    document: DocumentNode,
    rules: Sequence[type[ASTValidationRule]],
    most: int,
    *,
    suggestions: bool,
) -> list[GraphQLError]:
    """What the rules have to say of a document, ``most`` errors and a word of the rest."""
    errors: list[GraphQLError] = []

    def told(error: GraphQLError) -> None:
        if len(errors) >= most:
            raise _Enough
        errors.append(error)

    info = TypeInfo(schema)
    context = _Context(schema, document, info, told, hide_suggestions=not suggestions)
    context.errors = errors
    asking = _Asking(info, [rule(context) for rule in rules])
    try:
        visit(document, asking, KEYS)
    except _Enough:
        errors.append(GraphQLError("Too many validation errors, error limit reached. Validation aborted."))
    except RecursionError:
        errors.append(GraphQLError("Validation aborted."))
    finally:
        asking.let_go()
    return errors


class _Context(ValidationContext):
    """Knows nodes by what they are: graphql-core's own looks for them by all that is in them."""

    errors: Sequence[GraphQLError] = ()
    """What was told so far."""

    @property
    def hide_suggestions(self) -> bool:
        """Whether what a name may have meant is kept back: each there is has to be compared with it."""
        return self._hide_suggestions or len(self.errors) >= SUGGESTED

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._fragment_spreads: Any = RefMap()
        self._variable_usages: Any = RefMap()
        self._recursive_variable_usages: Any = RefMap()

    def get_variable_usages(
        self, node: OperationDefinitionNode | FragmentDefinitionNode
    ) -> list[VariableUsage]:
        """Without a look at names, among which there are none."""
        known: list[VariableUsage] | None = self._variable_usages.get(node)
        if known is None:
            signed = node if isinstance(node, FragmentDefinitionNode) else None
            looking = VariableUsageVisitor(self._type_info, signed)
            visit(node, TypeInfoVisitor(self._type_info, looking), KEYS)
            known = self._variable_usages[node] = looking.usages
        return known


class _Asking(Visitor):
    """Asks each rule at the nodes of which it has something to say, with the types there at hand."""

    def __init__(self, info: TypeInfo, rules: Sequence[ASTValidationRule]) -> None:
        super().__init__()
        self._info = info
        self._rules = rules
        self._known: dict[str, tuple[list[tuple[int, Ask]], list[tuple[int, Ask]]]] = {}
        self._skipping: list[Any] = [None] * len(rules)

    def enter(self, node: Node, *args: Any) -> None:
        self._info.enter(node)
        skipping = self._skipping
        for place, ask in self._asked(node.kind)[0]:
            if skipping[place] is None:
                said = ask(node, *args)
                if said is SKIP or said is False:
                    skipping[place] = node
                elif said is BREAK or said is True:
                    skipping[place] = BREAK

    def leave(self, node: Node, *args: Any) -> None:
        skipping = self._skipping
        for place, ask in self._asked(node.kind)[1]:
            if skipping[place] is None:
                said = ask(node, *args)
                if said is BREAK or said is True:
                    skipping[place] = BREAK
        for place, at in enumerate(skipping):
            if at is node:
                skipping[place] = None
        self._info.leave(node)

    def let_go(self) -> None:
        """Of all that was seen."""
        self.enter_leave_map.clear()
        self._known.clear()
        self._rules = ()

    def _asked(self, kind: str) -> tuple[list[tuple[int, Ask]], list[tuple[int, Ask]]]:
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = self._found("enter", kind), self._found("leave", kind)
        return known

    def _found(self, word: str, kind: str) -> list[tuple[int, Ask]]:
        return [
            (place, ask)
            for place, rule in enumerate(self._rules)
            if (ask := getattr(rule, f"{word}_{kind}", None) or getattr(rule, word, None))
        ]
