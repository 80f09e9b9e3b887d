"""What an operation costs before it runs: worked out once a document, each fragment once.

Where the cost depends on variables (a page's size, what is skipped) it is a short list of *steps*: each gives
a number from the variables and from the steps before it. A document without such variables has no steps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
)
from graphql import get_nullable_type as nullable

from engine.directives import LONGEST_PAGE, Price, price_of

CEILING = 1_000_000_000  # costs saturate here
INTROSPECTION = 1_000  # for a root field that reads the schema, whatever is below it
WIDEST = 8  # steps that a sum names before it becomes a step of its own

Variables = Mapping[str, Any]
Step = Callable[[list[int], Variables], int]
Size = int | Callable[[Variables], int]


@dataclass(frozen=True, slots=True)
class Amount:
    """A constant and the numbers of the steps to add to it."""

    constant: int = 0
    steps: tuple[int, ...] = ()

    def total(self, values: Sequence[int]) -> int:
        return min(CEILING, self.constant + sum([values[step] for step in self.steps]))


@dataclass(frozen=True, slots=True)
class Costs:
    """The cost of each operation of a document, by its name."""

    operations: Mapping[str | None, tuple[Amount, Variables]]
    steps: Sequence[Step]

    def of(self, name: str | None, variables: Variables) -> int:
        """What the operation costs with these (raw) variables. The only one needs no name."""
        amount, defaults = self.operations[name if name in self.operations else next(iter(self.operations))]
        if not amount.steps:
            return amount.constant
        given = {**defaults, **variables} if defaults else variables
        values: list[int] = []
        for step in self.steps:
            values.append(step(values, given))
        return amount.total(values)


def costs_of(schema: GraphQLSchema, document: DocumentNode) -> Costs:
    """The cost of a valid document. Raises ``RecursionError`` for one that is nested too deeply."""
    pricing = _Pricing(schema, document)
    operations = {
        node.name.value if node.name else None: (pricing.operation(node), _defaults(node))
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    }
    return Costs(operations, pricing.steps)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What a selection costs; ``page`` apart, which a connection multiplies by its size."""

    rest: Amount = Amount()
    page: Amount = Amount()


class _Pricing:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.steps: list[Step] = []
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, _Sums] = {}

    def operation(self, node: OperationDefinitionNode) -> Amount:
        kind = self._schema.get_root_type(node.operation)
        assert kind is not None, "the document is valid"
        sums = self._selection(node.selection_set, kind)
        return self._sum([sums.rest, sums.page])

    def _selection(self, selections: SelectionSetNode, kind: Any) -> _Sums:
        rest: list[Amount] = []
        page: list[Amount] = []
        choices: dict[str, list[_Sums]] = {}
        for node in selections.selections:
            if isinstance(node, FieldNode):
                cost, is_page = self._field(node, kind)
                (page if is_page else rest).append(self._conditional(node, cost))
                continue
            below, condition = self._spread(node, kind)
            below = _Sums(self._conditional(node, below.rest), self._conditional(node, below.page))
            if is_abstract_type(kind) and not is_abstract_type(condition):
                choices.setdefault(condition.name, []).append(below)
            else:
                rest.append(below.rest)
                page.append(below.page)
        if choices:  # an object is of one type only: the dearest counts
            rest.append(self._greatest([[one.rest for one in each] for each in choices.values()]))
            page.append(self._greatest([[one.page for one in each] for each in choices.values()]))
        return _Sums(self._sum(rest), self._sum(page))

    def _spread(self, node: SelectionNode, kind: Any) -> tuple[_Sums, Any]:
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments[node.name.value]
            condition: Any = self._schema.type_map[fragment.type_condition.name.value]
            if node.name.value not in self._known:
                self._known[node.name.value] = self._selection(fragment.selection_set, condition)
            return self._known[node.name.value], condition
        named = getattr(node, "type_condition", None)
        condition = self._schema.type_map[named.name.value] if named else kind
        return self._selection(node.selection_set, condition), condition  # type: ignore[attr-defined]  # inline

    def _field(self, node: FieldNode, kind: Any) -> tuple[Amount, bool]:
        name = node.name.value
        if name.startswith("__"):
            return Amount(0 if name == "__typename" else INTROSPECTION), False
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType), (
            "unions have no fields of their own"
        )
        field = kind.fields[name]
        price = price_of(kind, name, field)
        named = get_named_type(field.type)
        below = (
            self._selection(node.selection_set, named)
            if node.selection_set and is_composite_type(named)
            else _Sums()
        )
        own = Amount(price.complexity)
        if price.page:
            return self._sum([own, below.rest, below.page]), True
        size = _size(node, field, price)
        if price.connection:
            return self._sum([below.rest, self._times(self._sum([own, below.page]), size)]), False
        whole = self._sum([own, below.rest, below.page])
        return (self._times(whole, size) if is_list_type(nullable(field.type)) else whole), False

    def _conditional(self, node: SelectionNode, amount: Amount) -> Amount:
        for directive in node.directives or ():
            if directive.name.value not in {"skip", "include"}:
                continue
            wanted = directive.name.value == "include"
            value = (directive.arguments or ())[0].value
            if isinstance(value, BooleanValueNode):
                amount = amount if value.value == wanted else Amount()
            elif isinstance(value, VariableNode):
                amount = self._times(amount, _condition(value.name.value, wanted=wanted))
        return amount

    def _sum(self, amounts: Sequence[Amount]) -> Amount:
        constant = min(CEILING, sum([amount.constant for amount in amounts]))
        total = Amount(constant, tuple([step for amount in amounts for step in amount.steps]))
        # Left as they are, the sums of fragments that spread each other twice would double with each.
        if len(total.steps) <= WIDEST:
            return total
        return self._step(lambda values, _variables: total.total(values))

    def _times(self, amount: Amount, size: Size) -> Amount:
        if amount == Amount():
            return amount
        if callable(size):
            return self._step(lambda values, given: min(CEILING, amount.total(values) * size(given)))
        if not amount.steps:
            return Amount(min(CEILING, amount.constant * size))
        return self._step(lambda values, _given: min(CEILING, amount.total(values) * size))

    def _greatest(self, choices: Sequence[Sequence[Amount]]) -> Amount:
        totals = [self._sum(choice) for choice in choices]
        if not any(total.steps for total in totals):
            return max(totals, key=lambda total: total.constant)
        return self._step(lambda values, _given: max([total.total(values) for total in totals]))

    def _step(self, step: Step) -> Amount:
        self.steps.append(step)
        return Amount(0, (len(self.steps) - 1,))


def _size(node: FieldNode, field: GraphQLField, price: Price) -> Size:
    """How many items the field gives: the greatest of its slicing arguments, or what is assumed."""
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    fixed: list[int] = []
    named: list[str] = []
    assumed = price.size
    for name in price.slicing:
        value = given.get(name)
        default = field.args[name].default_value
        if isinstance(value, IntValueNode):
            fixed.append(_page(int(value.value)))
        elif isinstance(value, VariableNode):
            named.append(value.name.value)
        if isinstance(default, int) and not isinstance(value, IntValueNode | NullValueNode):
            assumed = _page(default)
    if not named:
        return max(fixed, default=assumed)

    def size(variables: Variables) -> int:
        found = [_page(value) for value in map(variables.get, named) if isinstance(value, int | float)]
        return max([*found, *fixed], default=assumed)

    return size


def _page(number: float) -> int:
    return int(max(0, min(number, LONGEST_PAGE)))


def _condition(name: str, *, wanted: bool) -> Callable[[Variables], int]:
    # What is no boolean is refused when the variables are read; until then it counts.
    return lambda variables: 0 if variables.get(name) is (not wanted) else 1


def _defaults(node: OperationDefinitionNode) -> Variables:
    """The default values of the variables a cost may depend on."""
    found: dict[str, Any] = {}
    for definition in node.variable_definitions or ():
        value = definition.default_value
        if isinstance(value, IntValueNode):
            found[definition.variable.name.value] = int(value.value)
        elif isinstance(value, BooleanValueNode):
            found[definition.variable.name.value] = value.value
    return found
