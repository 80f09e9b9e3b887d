"""From a document to a plan: each selection becomes a Python function that builds its objects in one go."""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from types import CodeType
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

from engine.declarations import Converted, Declared, columns_of, declared_as, rows_by_class, rows_of
from engine.plans.completing import Completion, Run, any_of, many, non_null, of_now, one_of
from engine.plans.leaves import NAMESPACE, leaf, plain_test
from engine.plans.places import Place, place
from engine.plans.selections import CompiledSelection
from engine.plans.slots import Keys, Slot, batch_slot, edge_slot, inline_value, value_slot
from engine.words import Arg, Attribute, Batch, Edge, Inline

Details = list[Any]  # graphql-core's FieldDetails of one response name
TYPENAME = "__typename"
MOST_SELECTIONS = 500  # of one plan: fragments that spread each other twice over would fill the memory
MOST_TEXTS = 1_024  # compiled ones, of 1 to 4 KB: documents differ, and select money and edges alike
MEMBERS = 4  # an interface or a union counts as so many selections before any row of it is seen


class Unsupported(Exception):
    """The reference executor has to run this; the message says why, in few words that can be counted."""


@dataclass(slots=True)
class Parts:
    """What the functions of one plan share, those that are compiled later included."""

    unsupported: Counter[str]
    places: list[Place] = field(default_factory=list)
    selections: int = 0


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles one operation, under one choice of ``@skip`` and ``@include``."""

    execution: Any  # graphql-core's, of the run that the plan is made for
    parts: Parts

    def completion(self, kind: Any, details: Details) -> Completion:
        """How values of ``kind`` are completed, with the fields that ``details`` select of them."""
        match kind:
            case GraphQLNonNull():
                return non_null(self.completion(kind.of_type, details))
            case GraphQLList():
                return many(self.completion(kind.of_type, details))
            case GraphQLObjectType():
                return one_of(self.selection(kind, details))
            case GraphQLInterfaceType() | GraphQLUnionType():
                return self._abstract(kind, details)
        convert = leaf(kind)
        return of_now(lambda value, _run: None if value is None else convert(value))

    def place(self, declared: GraphQLField, node: FieldNode, converted: Converted) -> int:
        """A place in the document has its arguments at this index."""
        self.parts.places.append(place(declared, node, self.execution.variable_values, converted))
        return len(self.parts.places) - 1

    def _abstract(self, kind: GraphQLInterfaceType | GraphQLUnionType, details: Details) -> Completion:
        """The fields of a member are compiled when its first row comes: most members never do."""
        self.parts.selections += MEMBERS
        members: dict[type, Completion | None] = {}
        parts = self.parts  # a plan outlives the execution it was made for, and must not hold it

        def member(row: type, run: Run) -> Completion | None:
            if row not in members:
                members[row] = Compiler(run.invocation.execution, parts).member(kind, row, details)
            return members[row]

        return any_of(member)

    def member(
        self, kind: GraphQLInterfaceType | GraphQLUnionType, row: type, details: Details
    ) -> Completion | None:
        """How rows of this class are completed; None where they cannot be."""
        schema = self.execution.schema
        possible = schema.type_map.get(rows_by_class(schema).get(row, ""))
        if not isinstance(possible, GraphQLObjectType) or not schema.is_sub_type(kind, possible):
            return None
        try:
            return one_of(self.selection(possible, details))
        except Unsupported as reason:
            self.parts.unsupported[str(reason)] += 1
            return None

    def selection(self, kind: GraphQLObjectType, details: Details) -> CompiledSelection:
        """The function that builds objects of ``kind``. Raises ``Unsupported``."""
        self.parts.selections += 1
        if self.parts.selections > MOST_SELECTIONS:
            raise Unsupported("size")
        collected = self.execution.collect_subfields(kind, details).grouped_field_set
        writer = _Writer(self, kind)
        for name, chosen in collected.items():
            writer.add(name, chosen)
        return writer.selection()


class _Writer:
    """Writes the function that builds one selection's objects."""

    def __init__(self, compiler: Compiler, kind: GraphQLObjectType) -> None:
        self._compiler = compiler
        self._kind = kind
        self._rows = rows_of(kind)
        self._names: dict[str, Any] = dict(NAMESPACE)
        self._lines: list[str] = []
        self._items: list[str] = []
        self._slots: list[Slot] = []

    def add(self, name: str, details: Details) -> None:
        node: FieldNode = details[0].node
        if node.name.value == TYPENAME:
            self._items.append(f"{name!r}: {self._kind.name!r}")
            return
        declared = self._compiler.execution.schema.get_field(self._kind, node.name.value)
        found = declared_as(declared) if declared is not None else None
        if declared is None or found is None:
            raise Unsupported(f"resolver of {self._kind.name}.{node.name.value}")
        completion = self._compiler.completion(declared.type, details)
        place = self._compiler.place(declared, node, found.converted)
        match found.word:
            case Edge():
                self._slot(name, edge_slot(found.word, self._keys(found.word), place, completion))
            case Batch():
                self._slot(name, batch_slot(found.word, place, completion))
            case Inline():
                self._inline(name, found.word, place, declared, completion)
            case Attribute():
                self._attribute(name, found, declared, completion)

    def selection(self) -> CompiledSelection:
        body = [f"        {line}" for line in self._lines]
        made = "{" + ", ".join(self._items) + "}"
        parameters = "".join(f", s{number}" for number in range(len(self._slots)))
        loop = ", ".join(["r", *(f"y{number}" for number in range(len(self._slots)))])
        over = f"zip(rows{parameters})" if self._slots else "rows"
        source = [
            f"def build(rows, x{parameters}):",
            *self._told("rows"),
            "    out = []",
            "    append = out.append",
            f"    for {loop} in {over}:",
            *body,
            f"        append({made})",
            "    return out",
        ]
        if not self._slots:
            source += ["def one(r, x):", *self._told("(r,)")]
            source += [*(line[4:] for line in body), f"    return {made}"]
        exec(_code("\n".join(source), f"<plan of {self._kind.name}>"), self._names)  # noqa: S102 - our own text: names are bound, response names quoted
        return CompiledSelection(self._slots, self._names["build"], self._names.get("one"))

    def _told(self, rows: str) -> list[str]:
        """Lines that tell of the rows to whoever wants to know, where those say what they stand for."""
        if not any(name == "id" or name.endswith("_id") for kind in self._rows for name in columns_of(kind)):
            return []
        seen = "x.invocation.seen"
        return [f"    if {seen} is not None:", f"        {seen}.levels.append({rows})"]

    def _bind(self, value: object) -> str:
        name = f"_{len(self._names)}"
        self._names[name] = value
        return name

    def _slot(self, name: str, slot: Slot) -> None:
        self._items.append(f"{name!r}: y{len(self._slots)}")
        self._slots.append(slot)

    def _column(self, column: str, row: str = "r") -> str:
        """Python that reads a column.

        A record's by name, which is quicker, any other row's as an attribute.
        """
        if self._rows and all(_has_column(kind, column) for kind in self._rows):
            return f"{row}[{column!r}]"
        return f"{row}.{column}"

    def _keys(self, word: Edge) -> Keys:
        parts = [f"a[{part.name!r}]" if isinstance(part, Arg) else self._column(part) for part in word.key]
        defaults = dict(word.defaults)
        key = parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
        names: dict[str, Any] = {}
        guard = "" if len(parts) == 1 else f" if {parts[0]} is not None else None"
        text = f"def keys(rows, a):\n    return [{key}{guard} for r in rows]"
        exec(_code(text, "<keys of a plan>"), names)  # noqa: S102 - our own text
        keys: Keys = names["keys"]
        return (lambda rows, given: keys(rows, defaults | given)) if defaults else keys

    def _inline(
        self, name: str, word: Inline, place: int, declared: GraphQLField, completion: Completion
    ) -> None:
        if completion.now is None:
            self._slot(name, value_slot(inline_value(word, place), completion))
            return
        value = f"v{len(self._items)}"
        columns = [f"{value}_{number}" for number in range(len(word.columns))]
        for variable, column in zip(columns, word.columns, strict=True):
            self._lines.append(f"{variable} = {self._column(column)}")
        given = [*(["x.context"] if word.takes_context else []), *(columns or ["r"])]
        if word.has_arguments:
            given.append(f"**x.arguments[{place}]")
        call = f"{self._bind(word.make)}({', '.join(given)})"
        if columns and not word.nulls:
            nulls = " or ".join(f"{variable} is None" for variable in columns)
            call = f"None if {nulls} else {call}"
        self._lines.append(f"{value} = {call}")
        self._complete(name, value, declared, completion)

    def _attribute(self, name: str, found: Declared, declared: GraphQLField, completion: Completion) -> None:
        assert isinstance(found.word, Attribute), "matched by its caller"
        column = found.word.column or found.name
        if completion.now is None:
            get = attrgetter(column)
            self._slot(name, value_slot(lambda row, _run: get(row), completion))
            return
        value = f"v{len(self._items)}"
        self._lines.append(f"{value} = {self._column(column)}")
        self._complete(name, value, declared, completion)

    def _complete(self, name: str, value: str, declared: GraphQLField, completion: Completion) -> None:
        """Copy what is plain already; whatever else goes through the completion."""
        self._items.append(f"{name!r}: {value}")
        if completion.inner is not None:
            made = f"{value} = {self._bind(completion.inner)}({value}, x)"
            null = f"if {value} is None: raise Retreat" if completion.strict else None
            self._lines += [null, made] if null else [f"if {value} is not None: {made}"]
            return
        kind = get_named_type(declared.type)
        is_single = not isinstance(_nullable(declared.type), GraphQLList)
        test = plain_test(kind, value) if is_leaf_type(kind) and is_single else None
        completed = f"{value} = {self._bind(completion.now)}({value}, x)"
        self._lines.append(completed if test is None else f"if not ({test}): {completed}")


@lru_cache(MOST_TEXTS)
def _code(text: str, title: str) -> CodeType:
    """Python, compiled; a text that several selections share, once."""
    return compile(text, title, "exec")


def _has_column(kind: type, column: str) -> bool:
    """Whether ``kind`` is a record that declares the column: a tuple has its parts by number only."""
    is_record = hasattr(kind, "__getitem__") and not issubclass(kind, tuple)
    return is_record and column in columns_of(kind)


def _nullable(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind
