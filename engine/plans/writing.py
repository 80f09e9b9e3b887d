"""Writing the Python of a plan: the function that builds one selection's objects."""

from collections.abc import Sequence
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)

from engine.declarations import Declared, columns_of, declared_as, rows_of
from engine.plans.completing import Completion
from engine.plans.functions import Bound
from engine.plans.leaves import NAMESPACE as OF_LEAVES
from engine.plans.leaves import plain_test
from engine.plans.lookahead import ahead
from engine.plans.memory import keep, kept
from engine.plans.selections import CompiledSelection, Details, Unsupported
from engine.plans.slots import Keys, Slot, batch_slot, column_slot, edge_slot, inline_value, value_slot
from engine.words import Arg, Attribute, Batch, Edge, Inline

if TYPE_CHECKING:
    from engine.plans.compiling import Compiler

TYPENAME = "__typename"
PLACES: Final = count()  # where objects are remembered: no two places make the same of the same columns
NAMESPACE: Final = {**OF_LEAVES, "keep": keep, "kept": kept}


class Writer:
    """Writes the function that builds one selection's objects, out of rows called ``row``.

    Objects within them that wait for nothing are built by the same function, each by a writer of its own that
    binds what it needs in the same place and calls its variables by another ``prefix``.
    """

    def __init__(
        self,
        compiler: "Compiler",
        kind: GraphQLObjectType,
        row: str = "r",
        prefix: str = "v",
        bound: Bound | None = None,
    ) -> None:
        self._compiler = compiler
        self._kind = kind
        self._rows = rows_of(kind)
        self._row = row
        self._prefix = prefix
        self._bound = Bound(NAMESPACE) if bound is None else bound
        self._lines: list[str] = []
        self._items: list[str] = []
        self._slots: list[Slot] = []

    def add(self, name: str, details: Details) -> None:
        node: FieldNode = details[0].node
        if node.name.value == TYPENAME:
            self._item(name, repr(self._kind.name))
            return
        declared = self._compiler.execution.schema.get_field(self._kind, node.name.value)
        found = declared_as(declared) if declared is not None else None
        if declared is None or found is None:
            raise Unsupported(f"resolver of {self._kind.name}.{node.name.value}")
        place = self._compiler.place(declared, node, found.converted)
        match found.word:
            case Edge():
                completion = self._compiler.completion(declared.type, details)
                self._slot(
                    name,
                    edge_slot(
                        found.word, self._keys(found.word), place, completion, self._compiler.parts.edges
                    ),
                )
            case Batch():
                completion = self._compiler.completion(declared.type, details)
                told = self._lookahead(found.word, declared, details)
                self._slot(name, batch_slot(found.word, place, completion, told))
            case Inline():
                self._inline(name, found.word, place, declared, details)
            case Attribute():
                self._attribute(name, found, declared, details)

    def selection(self) -> CompiledSelection:
        slots = [f"s{number}" for number in range(len(self._slots))]
        filled = [f"y{number}" for number in range(len(self._slots))]
        source = [f"def build({', '.join(['rows', 'x', *slots])}):", *_indented(self._told("rows"))]
        if self._lines or not slots:
            source += [
                "    out = []",
                "    append = out.append",
                f"    {_each(['r', *filled], ['rows', *slots])}:",
                *_indented(_indented([*self._lines, f"append({self._made})"])),
                "    return out",
            ]
        else:
            source.append(f"    return [{self._made} {_each(filled, slots)}]")
        build = self._bound.function("\n".join(source), f"<plan of {self._kind.name}>")
        return CompiledSelection(self._slots, build)

    @property
    def _made(self) -> str:
        return "{" + ", ".join(self._items) + "}"

    def _told(self, rows: str) -> list[str]:
        """Lines that tell of the rows to whoever wants to know, where those say what they stand for."""
        if not any(name == "id" or name.endswith("_id") for kind in self._rows for name in columns_of(kind)):
            return []
        seen = "x.invocation.seen"
        return [f"if {seen} is not None:", f"    {seen}.levels.append({rows})"]

    def _slot(self, name: str, slot: Slot) -> None:
        self._item(name, f"y{len(self._slots)}")
        self._slots.append(slot)

    def _lookahead(self, word: Batch, declared: GraphQLField, details: Details) -> dict[str, bool]:
        return {
            parameter: ahead(self._compiler.execution, declared.type, details, question)
            for parameter, question in word.lookahead.items()
        }

    def _column(self, column: str) -> str:
        """Python that reads a column.

        A record's by name, which is quicker, any other row's as an attribute.
        """
        if self._rows and all(_has_column(kind, column) for kind in self._rows):
            return f"{self._row}[{column!r}]"
        return f"{self._row}.{column}"

    def _keys(self, word: Edge) -> Keys:
        parts = [f"a[{part.name!r}]" if isinstance(part, Arg) else self._column(part) for part in word.key]
        defaults = dict(word.defaults)
        key = parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
        guard = "" if len(parts) == 1 else f" if {parts[0]} is not None else None"
        text = f"def keys(rows, a):\n    return [{key}{guard} for r in rows]"
        keys: Keys = Bound({}).function(text, "<keys of a plan>")
        return (lambda rows, given: keys(rows, defaults | given)) if defaults else keys

    def _inline(self, name: str, word: Inline, place: int, declared: GraphQLField, details: Details) -> None:
        kind = self._compiler.flat(declared.type, details)
        completion = self._compiler.completion(declared.type, details) if kind is None else None
        if completion is not None and completion.now is None:
            self._slot(name, value_slot(inline_value(word, place), completion))
            return
        value = self._variable(name)
        columns = [f"{value}_{number}" for number in range(len(word.columns))]
        for variable, column in zip(columns, word.columns, strict=True):
            self._lines.append(f"{variable} = {self._column(column)}")
        given = [*(["x.context"] if word.takes_context else []), *(columns or [self._row])]
        if word.has_arguments:
            given.append(f"**x.arguments[{self._bound.name(place)}]")
        call = f"{self._bound.name(word.make)}({', '.join(given)})"
        if columns and not word.nulls:
            nulls = " or ".join(f"{variable} is None" for variable in columns)
            call = f"None if {nulls} else {call}"
        made = f"{value} = {call}"
        if kind is None:
            assert completion is not None, "made above"
            self._lines += [made, *self._completed(value, declared, completion)]
        elif word.kept:
            key = f"{value}_k"
            lines = [made, *self._object(value, kind, declared, details, [f"keep({key}, {value})"])]
            self._lines += [
                f"{key} = ({', '.join([self._bound.name(next(PLACES)), *columns])})",
                f"{value} = kept({key})",
                f"if {value} is None:",
                *_indented(lines),
            ]
        else:
            self._lines += [made, *self._object(value, kind, declared, details)]

    def _attribute(self, name: str, found: Declared, declared: GraphQLField, details: Details) -> None:
        assert isinstance(found.word, Attribute), "matched by its caller"
        column = found.word.column or found.name
        kind = self._compiler.flat(declared.type, details)
        if kind is not None:
            value = self._variable(name)
            self._lines += [
                f"{value} = {self._column(column)}",
                *self._object(value, kind, declared, details),
            ]
            return
        completion = self._compiler.completion(declared.type, details)
        if completion.now is None:
            self._slot(name, column_slot(attrgetter(column), completion))
            return
        value = self._variable(name)
        self._lines += [f"{value} = {self._column(column)}", *self._completed(value, declared, completion)]

    def _variable(self, name: str) -> str:
        """The variable that holds what the answer shows under ``name``."""
        variable = f"{self._prefix}{len(self._items)}"
        self._item(name, variable)
        return variable

    def _item(self, name: str, value: str) -> None:
        """The answer shows ``value``, Python that gives it, under ``name``."""
        self._items.append(f"{self._bound.shown(name)}: {value}")

    def _object(
        self,
        value: str,
        kind: GraphQLObjectType,
        declared: GraphQLField,
        details: Details,
        then: Sequence[str] = (),
    ) -> list[str]:
        """Lines that make the row in ``value`` the object that is shown; if not null, ``then`` follow."""
        inner = Writer(self._compiler, kind, value, f"{value}f", self._bound)
        for name, chosen in self._compiler.selected(kind, details).items():
            inner.add(name, chosen)
        assert not inner._slots, "a flat object waits for nothing"
        lines = [*inner._told(f"({value},)"), *inner._lines, f"{value} = {inner._made}", *then]
        if isinstance(declared.type, GraphQLNonNull):
            return [f"if {value} is None: raise Retreat", *lines]
        return [f"if {value} is not None:", *_indented(lines)]

    def _completed(self, value: str, declared: GraphQLField, completion: Completion) -> list[str]:
        """Lines that copy what is plain already; whatever else goes through the completion."""
        kind = get_named_type(declared.type)
        is_single = not isinstance(_nullable(declared.type), GraphQLList)
        test = plain_test(kind, value) if is_leaf_type(kind) and is_single else None
        completed = f"{value} = {self._bound.name(completion.now)}({value}, x)"
        return [completed if test is None else f"if not ({test}): {completed}"]


def _each(names: Sequence[str], lists: Sequence[str]) -> str:
    """Python that goes through several lists side by side."""
    over = lists[0] if len(lists) == 1 else f"zip({', '.join(lists)})"
    return f"for {', '.join(names)} in {over}"


def _has_column(kind: type, column: str) -> bool:
    """Whether ``kind`` is a record that declares the column: a tuple has its parts by number only."""
    is_record = hasattr(kind, "__getitem__") and not issubclass(kind, tuple)
    return is_record and column in columns_of(kind)


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _nullable(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind
