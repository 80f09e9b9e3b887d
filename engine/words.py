"""The words in which a type declares its fields, so that an executor sees them instead of calling them.

A GraphQL type is a Strawberry type whose values at run time are *rows*: asyncpg records or small frozen
values, read by attribute. Five kinds of field are enough::

    @strawberry.type(description="An order.")
    class Order:
        represents: ClassVar[type] = OrderRow

        number: str = attribute("The number the shopper sees.")
        total: TaxedMoney = inline(TaxedMoney.of, "total_net", "total_gross", "currency", description="...")
        user: User | None = edge(AccountLoaders.by_id, key="user_id", description="...")
        lines: list[OrderLine] = edge(OrderLoaders.lines, key="id", description="...")
        can_finalize: bool = batch_field(can_finalize, description="...")

``represents`` names the class of row (or classes, as a tuple) that stands for the type wherever an interface
or a union is answered.
"""

import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar, cast

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from engine.loading import Relation

T = TypeVar("T")
WORD: Final = "word"
NOTHING: Final[Mapping[str, "Ahead"]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Arg:
    """In an edge's key: the value of the field's argument of this (Python) name."""

    name: str


@dataclass(frozen=True, slots=True)
class Only:
    """Whether all that is selected at the end of a dotted path is made of these columns of its rows.

    An empty path is the field itself.
    """

    path: str
    columns: frozenset[str]


Ahead: TypeAlias = str | Only
"""What may be asked of a document: whether it selects the field at the end of a dotted path, or ``Only``."""


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """A column of the row."""

    column: str


@dataclass(frozen=True, slots=True, eq=False)
class Inline:
    """``make(*columns)``, from the row alone.

    Null where a column is null, unless ``nulls`` lets them through. ``kept``: plans remember what they made.
    """

    make: Callable[..., Any]
    columns: tuple[str, ...]
    nulls: bool
    takes_context: bool
    has_arguments: bool
    kept: bool


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """What ``relation`` has for the key.

    Null or empty, without asking, where the key's first part is null.
    """

    relation: Relation[Any]
    key: tuple[str | Arg, ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """``call(rows, context, **arguments)`` once for all rows of a level; one answer a row, in their order.

    ``lookahead``: parameters that are told something of the document below. ``reads``: the columns it looks
    at; None for all.
    """

    call: Callable[..., Awaitable[Sequence[Any]]]
    lookahead: Mapping[str, Ahead] = field(default_factory=dict)
    reads: tuple[str, ...] | None = None


Word = Attribute | Inline | Edge | Batch


def attribute(
    description: str, *, column: str | None = None, deprecated: str | None = None, name: str | None = None
) -> Any:
    """A column of the row: the one named like the field, unless ``column`` names another."""
    return _field(Attribute(column or ""), description, deprecated=deprecated, name=name)


def inline(
    make: Callable[..., Any],
    *columns: str,
    description: str,
    nulls: bool = False,
    kept: bool = False,
    deprecated: str | None = None,
    name: str | None = None,
    directives: Sequence[object] = (),
) -> Any:
    """``make`` called with these columns of the row (with the row itself where none is named).

    Null where any of the columns is null, unless ``nulls``. A first parameter named ``context`` is given the
    context; keyword-only parameters become the field's arguments. ``kept`` is for objects that follow from
    the columns and nothing else, and of which few different ones occur, such as prices: plans remember them.
    """
    parameters = inspect.signature(make).parameters
    arguments = _keyword_arguments(make)
    takes_context = next(iter(parameters), "") == "context"
    if kept and (takes_context or arguments or not columns):
        raise TypeError("What is kept is made of columns alone.")
    word = Inline(make, columns, nulls, takes_context, bool(arguments), kept)
    return _field(word, description, arguments, deprecated=deprecated, name=name, directives=directives)


def edge(
    relation: Relation[Any],
    *,
    key: str | tuple[str | Arg, ...],
    description: str,
    arguments: Sequence[StrawberryArgument] = (),
    deprecated: str | None = None,
    name: str | None = None,
    directives: Sequence[object] = (),
) -> Any:
    """What a loader has for ``key``.

    A column, or several (and ``Arg`` for arguments) where the loader's keys are tuples. Of
    ``directives``, a ``Cost`` or ``ListSize`` (``engine.directives``) stands in for what would be worked out.
    """
    parts = (key,) if isinstance(key, str) else key
    defaults = {given.python_name: None for given in arguments}
    return _field(
        Edge(relation, parts, defaults),
        description,
        list(arguments),
        deprecated=deprecated,
        name=name,
        directives=directives,
    )


def batch_field(
    call: Callable[..., Awaitable[Sequence[Any]]],
    *,
    description: str,
    lookahead: Mapping[str, Ahead] = NOTHING,
    reads: tuple[str, ...] | None = None,
    deprecated: str | None = None,
    name: str | None = None,
    directives: Sequence[object] = (),
) -> Any:
    """``async def call(rows, context, *, ...)``, once for all rows of a level.

    Keyword-only parameters are arguments, except those of ``lookahead``: ``{"priced": "edges.node.pricing"}``
    has a plan say with ``priced=True`` that the document selects that field of what the call gives, so that
    one statement may read both, and ``prime`` the loader that would read it later; with ``Only`` it says that
    few columns will do. The reference executor leaves the parameter's default, False. ``reads`` says the same
    of this call: which columns of its ``rows`` it looks at, where those are known. ``directives`` as
    ``edge``'s.
    """
    arguments = [given for given in _keyword_arguments(call) if given.python_name not in lookahead]
    word = Batch(call, lookahead, reads)
    return _field(word, description, arguments, deprecated=deprecated, name=name, directives=directives)


def argument(
    name: str, annotation: object, description: str, *, default: Any = inspect.Parameter.empty
) -> StrawberryArgument:
    """An argument of an edge.

    ``name`` in snake_case, required unless its type allows null or it has a default.
    """
    frame = sys._getframe(1)  # noqa: SLF001  # names in a string annotation are the caller's
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(annotation, namespace=frame.f_globals),
        description=description,
        default=default,
    )


def seen(_kind: type[T], row: object) -> T:
    """``row`` as a value of the GraphQL type, for signatures: at run time the row itself stands for it."""
    return cast("T", row)


def seen_all(_kind: type[T], rows: Sequence[object]) -> list[T]:
    """As ``seen``, for a list."""
    return cast("list[T]", list(rows))


def word_of(declared: StrawberryField) -> Word | None:
    """The word a field was declared with; None for a plain annotation or a resolver."""
    found: Word | None = declared.metadata.get(WORD)
    return found


def _field(
    word: Word,
    description: str,
    arguments: Sequence[StrawberryArgument] = (),
    *,
    deprecated: str | None,
    name: str | None,
    directives: Sequence[object] = (),
) -> Any:
    declared = StrawberryField(
        graphql_name=name,
        description=description,
        deprecation_reason=deprecated,
        metadata={WORD: word},
        directives=directives,
    )
    declared.arguments = list(arguments)
    return declared


def _keyword_arguments(function: Callable[..., Any]) -> list[StrawberryArgument]:
    """The keyword-only parameters of ``function``.

    ``Annotated[..., strawberry.argument(...)]`` describes them.
    """
    namespace = getattr(inspect.unwrap(function), "__globals__", {})
    return [
        StrawberryArgument(
            python_name=parameter.name,
            graphql_name=None,
            type_annotation=StrawberryAnnotation(parameter.annotation, namespace=namespace),
            default=parameter.default,
        )
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
