"""From declared types to a schema that graphql-core can run.

Strawberry builds the types; then every declared field is given a resolver that does what its word says and
nothing else, and interfaces and unions are answered by the class of the row.
"""

from collections.abc import Callable, Iterable, Mapping
from inspect import isfunction
from operator import attrgetter
from typing import Any, Protocol

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.scalar import ScalarDefinition

from engine.declarations import ROOT, ROWS, WORD, Converted, Declared, Root
from engine.directives import MUTATION_COMPLEXITY, publish_price
from engine.loading import Loading
from engine.plans.retreat import replayable
from engine.repeating import idempotent
from engine.words import Arg, Attribute, Batch, Edge, Inline, Word, word_of

DEFINITION = "strawberry-definition"
Resolve = Callable[..., Any]


class Loads(Protocol):
    """What the engine asks of a context."""

    @property
    def loading(self) -> Loading: ...


class Schema:
    """The shop's schema, twice: Strawberry's, which prints it, and graphql-core's, which runs it."""

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        *,
        types: Iterable[Any] = (),
        scalars: Mapping[object, ScalarDefinition] | None = None,
    ) -> None:
        self._strawberry = strawberry.Schema(
            query=query,
            mutation=mutation,
            subscription=subscription,
            types=list(types),
            directives=[idempotent],
            config=StrawberryConfig(
                scalar_map=dict(scalars or {}), enable_experimental_incremental_execution=True
            ),
        )
        self.graphql: GraphQLSchema = self._strawberry._schema  # noqa: SLF001  # Strawberry offers no public way to it
        self._install()

    def sdl(self) -> str:
        """The schema in GraphQL's schema language, with a newline at the end."""
        return self._strawberry.as_str().rstrip() + "\n"

    def _install(self) -> None:
        names: dict[type, str] = {}
        for kind in self.graphql.type_map.values():
            match kind:
                case GraphQLObjectType():
                    kind.is_type_of = None
                    rows, own = _rows_of(kind)
                    kind.extensions = {**kind.extensions, ROWS: rows or own}
                    for row in (*rows, *own):
                        assert names.setdefault(row, kind.name) == kind.name, f"{row} stands for two types"
                    self._install_fields(kind)
                case GraphQLInterfaceType():
                    kind.resolve_type = _type_by_class(names)
                    self._install_fields(kind)
                case GraphQLUnionType():
                    kind.resolve_type = _type_by_class(names)
                case GraphQLInputObjectType():
                    _leave_out_nulls(kind.fields.values())
                case _:
                    pass
        self.graphql.extensions = {**self.graphql.extensions, ROWS: names}
        self._install_roots()
        self._publish_prices()

    def _install_roots(self) -> None:
        for root in (self.graphql.query_type, self.graphql.mutation_type):
            for declared in root.fields.values() if root is not None else ():
                assert declared.resolve is not None, "every root field has a resolver"
                self._install_root(declared)
                declared.resolve = replayable(declared.resolve)
        if self.graphql.subscription_type is not None:
            for declared in self.graphql.subscription_type.fields.values():
                declared.resolve = replayable(_answer_event)

    def _publish_prices(self) -> None:
        for kind in self.graphql.type_map.values():
            if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__"):
                complexity = MUTATION_COMPLEXITY if kind is self.graphql.mutation_type else 1
                for name, declared in kind.fields.items():
                    publish_price(kind, name, declared, complexity=complexity)

    def _install_fields(self, kind: GraphQLObjectType | GraphQLInterfaceType) -> None:
        for declared in kind.fields.values():
            self._install_field(declared)
            _leave_out_nulls(declared.args.values())

    def _install_field(self, declared: GraphQLField) -> None:
        definition = declared.extensions.get(DEFINITION)
        if not isinstance(definition, StrawberryField) or definition.base_resolver is not None:
            return
        word = word_of(definition) or Attribute("")
        converted = self._converted(definition)
        declared.resolve = resolver(word, definition.python_name, converted)
        declared.extensions = {**declared.extensions, WORD: Declared(word, definition.python_name, converted)}

    def _install_root(self, declared: GraphQLField) -> None:
        """Let plans call the function itself, unless Strawberry does more around it than they could."""
        definition = declared.extensions.get(DEFINITION)
        if not isinstance(definition, StrawberryField) or definition.extensions:
            return
        found = definition.base_resolver
        if found is None or not isfunction(found.wrapped_func):
            return
        if found.parent_parameter or found.root_parameter:
            return
        info = found.info_parameter.name if found.info_parameter else None
        root = Root(
            found.wrapped_func,
            found.self_parameter is not None,
            info,
            definition,
            self._converted(definition),
        )
        declared.extensions = {**declared.extensions, ROOT: root}

    def _converted(self, definition: StrawberryField) -> Converted:
        converter = self._strawberry.schema_converter
        return Converted(definition.arguments, converter.scalar_registry, converter.config)


def _rows_of(kind: GraphQLObjectType) -> tuple[tuple[type, ...], tuple[type, ...]]:
    """The classes that ``kind`` represents; and its own, whose values payloads are."""
    definition = kind.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryObjectDefinition):
        return (), ()
    represented = getattr(definition.origin, "represents", ())
    return represented if isinstance(represented, tuple) else (represented,), (definition.origin,)


def _answer_event(event: Resolve, info: GraphQLResolveInfo[Any], **_arguments: Any) -> Any:
    """An event of a subscription is a question, to be asked with the context that is made for it."""
    return event(info.context)


def _leave_out_nulls(inputs: Iterable[GraphQLArgument | GraphQLInputField]) -> None:
    """What may be left out defaults to nothing, not to null: the Python side has its own default."""
    for given in inputs:
        if given.default_value is None:
            given.default_value = Undefined


def resolver(word: Word, name: str, converted: Callable[[dict[str, Any]], dict[str, Any]]) -> Resolve:
    """A graphql-core resolver that does what ``word`` says for a field called ``name`` in Python."""
    match word:
        case Attribute():
            get = attrgetter(word.column or name)
            return lambda row, _info: get(row)
        case Inline():
            return _inline(word, converted)
        case Edge():
            return _edge(word, converted)
        case Batch():
            return _batch(word, converted)


def _inline(word: Inline, converted: Callable[[dict[str, Any]], dict[str, Any]]) -> Resolve:
    make, columns, nulls, takes_context = word.make, word.columns, word.nulls, word.takes_context

    def resolve(row: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        values = [getattr(row, column) for column in columns] if columns else [row]
        if not nulls and None in values:
            return None
        if takes_context:
            values.insert(0, info.context)
        return make(*values, **converted(arguments)) if word.has_arguments else make(*values)

    return resolve


def _edge(word: Edge, converted: Callable[[dict[str, Any]], dict[str, Any]]) -> Resolve:
    relation, parts, defaults = word.relation, word.key, word.defaults

    def resolve(row: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        given = {**defaults, **converted(arguments)} if defaults else {}
        key = tuple(given[part.name] if isinstance(part, Arg) else getattr(row, part) for part in parts)
        if key[0] is None:
            return [] if relation.many else None
        return info.context.loading.load(relation, key if len(parts) > 1 else key[0])

    return resolve


def _batch(word: Batch, converted: Callable[[dict[str, Any]], dict[str, Any]]) -> Resolve:
    def resolve(row: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        # One place in the document has one set of arguments, so the field's node names the batch.
        async def call(rows: list[Any]) -> list[Any]:
            return list(await word.call(rows, info.context, **converted(arguments)))

        return info.context.loading.together((word, id(info.field_nodes[0])), row, call)

    return resolve


def _type_by_class(names: Mapping[type, str]) -> Callable[[Any, GraphQLResolveInfo[Any], Any], str]:
    def resolve_type(value: Any, _info: GraphQLResolveInfo[Any], kind: Any) -> str:
        name = names.get(type(value))
        if name is None:
            raise TypeError(f"No type of {kind} represents {type(value).__name__}")
        return name

    return resolve_type
