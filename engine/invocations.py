"""One run of an operation, prepared: its variables are read, and nothing else is made before it is needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.execution import Executor as Execution
from graphql.execution.values import VariableValues

from engine.variables import Variables


@dataclass(slots=True)
class Seen:
    """The rows that a plan has made an answer of, a level at a time.

    Not ``is_whole`` where another executor has made it, or a part of it.
    """

    levels: list[Sequence[Any]] = field(default_factory=list)
    is_whole: bool = True


@dataclass(slots=True)
class Invocation:
    """An operation with its variables, its context and its root value.

    ``execution`` is graphql-core's own, which a plan needs to be made and to retreat, and no more.
    """

    invoker: "Invoker | None"
    name: str | None  # of the operation
    raw: Mapping[str, Any]
    variables: VariableValues
    context: Any
    root: object = None
    made: Execution[None] | None = field(default=None, repr=False)
    seen: Seen | None = None
    """Where the rows are to be told, if anybody wants to know."""

    @classmethod
    def of(cls, execution: Execution[None]) -> "Invocation":
        """The one that graphql-core has prepared already."""
        node, values = execution.operation.name, execution.variable_values
        name = node.value if node else None
        return cls(None, name, {}, values, execution.context_value, execution.root_value, execution)

    @property
    def execution(self) -> Execution[None]:
        if self.made is None:
            assert self.invoker is not None, "without one it was made of an execution"
            made = self.invoker.execution(self.raw, self.context, self.root)
            assert not isinstance(made, list), "its variables have been read"
            self.made = made
        return self.made

    def let_go(self) -> None:
        """Of graphql-core's execution, once nothing of it is needed: it holds itself, and the document."""
        if self.made is not None and self.invoker is not None:
            vars(self.made).clear()
            self.made = None

    @property
    def errors(self) -> list[GraphQLError]:
        """Those that fields have raised so far."""
        return [] if self.made is None else self.made.collected_errors.errors


class Invoker:
    """Prepares runs of one operation of a valid document."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        *,
        suggestions: bool = True,
    ) -> None:
        self.suggestions = suggestions
        """Whether a variable that is refused says what a misspelt name in it may mean."""
        self._schema = schema
        self._document = document
        self._name = operation.name.value if operation.name else None
        self._variables = Variables(schema, operation)

    def invoke(self, raw: Mapping[str, Any], context: object) -> Invocation | list[GraphQLError]:
        """A run with these variables, or what is wrong with them."""
        variables = self._variables.read(raw)
        if variables is not None:
            return Invocation(self, self._name, raw, variables, context)
        made = self.execution(raw, context)
        if isinstance(made, list):
            return made
        return Invocation(self, self._name, raw, made.variable_values, context, made=made)

    def execution(
        self, raw: Mapping[str, Any], context: object, root: object = None
    ) -> Execution[None] | list[GraphQLError]:
        """As graphql-core prepares it."""
        return Execution.build(
            self._schema,
            self._document,
            root_value=root,
            context_value=context,
            raw_variable_values=dict(raw),
            operation_name=self._name,
            hide_suggestions=not self.suggestions,
        )
