"""What an operation costs before it runs: worked out once a document, each fragment once.

Where the cost depends on variables (a page's size, what is skipped) it is a short list of *steps*: each gives
a number from the variables and from the steps before it. A document without such variables has no steps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_list_type,
)
from graphql import get_nullable_type as nullable

from engine.delays import is_delayed
from engine.directives import FIELDS_A_POINT, LONGEST_PAGE, price_of, shown_by
from engine.inputs import Items, items_of
from engine.introspecting import Introspection
from engine.sizes import Size, Variables, condition, defaults_of, size_of

CEILING = 1_000_000_000  # costs saturate here
WIDEST = 8  # steps that a sum names before it becomes a step of its own

Step = Callable[[list[int], Variables], int]


class Amount(NamedTuple):
    """A constant and the numbers of the steps to add to it."""

    constant: int = 0
    steps: tuple[int, ...] = ()

    def total(self, values: Sequence[int]) -> int:
        return min(CEILING, self.constant + sum([values[step] for step in self.steps]))


FREE = Amount()
PART = Amount(1)  # of an answer that comes in parts


@dataclass(frozen=True, slots=True)
class Costs:
    """The cost of each operation of a document, by its name."""

    operations: Mapping[str | None, tuple[Amount, Variables]]
    steps: Sequence[Step]
    given: Mapping[str | None, Items]
    """What each operation is handed; an item costs 1, over and above what is selected."""

    def of(self, name: str | None, variables: Variables) -> int:
        """What the operation costs with these (raw) variables. The only one needs no name."""
        key = name if name in self.operations else next(iter(self.operations))
        amount, defaults = self.operations[key]
        return min(CEILING, self._selected(amount, defaults, variables) + self.given[key].count(variables))

    def _selected(self, amount: Amount, defaults: Variables, variables: Variables) -> int:
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
    nodes = {
        node.name.value if node.name else None: node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    }
    operations = {name: (pricing.operation(node), defaults_of(node)) for name, node in nodes.items()}
    given = {name: items_of(node, pricing.fragments) for name, node in nodes.items()}
    return Costs(operations, pricing.steps, given)


class _Sums(NamedTuple):
    """What a selection costs; ``page`` apart, which a connection multiplies by its size.

    ``shown`` is how many fields it shows of the row itself, skipped ones included.
    """

    rest: Amount = FREE
    page: Amount = FREE
    shown: int = 0


NOTHING = _Sums()


class _Pricing:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.steps: list[Step] = []
        self._schema = schema
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, _Sums] = {}
        self._introspection = Introspection(schema, self.fragments)

    def operation(self, node: OperationDefinitionNode) -> Amount:
        kind = self._schema.get_root_type(node.operation)
        assert kind is not None, "the document is valid"
        sums = self._selection(node.selection_set, kind)
        return self._sum([sums.rest, sums.page, _for(sums.shown)])

    def _selection(self, selections: SelectionSetNode, kind: Any) -> _Sums:
        rest: list[Amount] = []
        page: list[Amount] = []
        choices: dict[str, list[_Sums]] = {}
        shown = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                cost, is_page, of_row = self._field(node, kind)
                shown += of_row
                if cost is not FREE:
                    (page if is_page else rest).append(self._conditional(node, cost))
                continue
            below, condition = self._spread(node, kind)
            if is_delayed(node):
                below = below._replace(rest=self._sum([below.rest, PART]))
            rest_of, page_of = self._conditional(node, below.rest), self._conditional(node, below.page)
            below = _Sums(rest_of, page_of, below.shown)
            if is_abstract_type(kind) and not is_abstract_type(condition):
                choices.setdefault(condition.name, []).append(below)
            else:
                rest.append(below.rest)
                page.append(below.page)
                shown += below.shown
        if choices:  # an object is of one type only: the dearest counts
            rest.append(self._greatest([[one.rest for one in each] for each in choices.values()]))
            page.append(self._greatest([[one.page for one in each] for each in choices.values()]))
            shown += max([sum([one.shown for one in each]) for each in choices.values()])
        return _Sums(self._sum(rest), self._sum(page), min(CEILING, shown))

    def _spread(self, node: SelectionNode, kind: Any) -> tuple[_Sums, Any]:
        if isinstance(node, FragmentSpreadNode):
            fragment = self.fragments[node.name.value]
            condition: Any = self._schema.type_map[fragment.type_condition.name.value]
            if node.name.value not in self._known:
                self._known[node.name.value] = self._selection(fragment.selection_set, condition)
            return self._known[node.name.value], condition
        named = getattr(node, "type_condition", None)
        condition = self._schema.type_map[named.name.value] if named else kind
        return self._selection(node.selection_set, condition), condition  # type: ignore[attr-defined]  # inline

    def _field(self, node: FieldNode, kind: Any) -> tuple[Amount, bool, int]:
        """What the field costs, whether it is a page's, and how many fields it shows of the row."""
        name = node.name.value
        if name.startswith("__"):
            return (FREE if name == "__typename" else Amount(self._introspection.cost(node))), False, 1
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType), (
            "unions have no fields of their own"
        )
        field = kind.fields[name]
        price = price_of(kind, name, field)
        selected = node.selection_set
        below = self._selection(selected, get_named_type(field.type)) if selected else NOTHING
        own = Amount(price.complexity) if price.complexity else FREE
        if node.directives and is_delayed(node):
            own = self._sum([own, PART])
        if own is FREE and below is NOTHING:
            return FREE, price.page, shown_by(field)
        if price.page:
            return self._sum([own, below.rest, below.page, _for(below.shown)]), True, 0
        if price.connection:
            page = self._times(self._sum([own, below.page]), size_of(node, field, price))
            return self._sum([below.rest, page, _for(below.shown)]), False, 0
        size = size_of(node, field, price) if is_list_type(nullable(field.type)) else 1
        if own is FREE:  # the row's own
            shown = below.shown * (LONGEST_PAGE if callable(size) else size)
            return self._times(self._sum([below.rest, below.page]), size), False, max(1, shown)
        whole = self._sum([own, below.rest, below.page, _for(below.shown)])
        return self._times(whole, size), False, 0

    def _conditional(self, node: SelectionNode, amount: Amount) -> Amount:
        for directive in node.directives or ():
            if directive.name.value not in {"skip", "include"}:
                continue
            wanted = directive.name.value == "include"
            value = (directive.arguments or ())[0].value
            if isinstance(value, BooleanValueNode):
                amount = amount if value.value == wanted else FREE
            elif isinstance(value, VariableNode):
                amount = self._times(amount, condition(value.name.value, wanted=wanted))
        return amount

    def _sum(self, amounts: Sequence[Amount]) -> Amount:
        paid = [amount for amount in amounts if amount is not FREE]
        if len(paid) < 2:  # noqa: PLR2004 - nothing to add up
            return paid[0] if paid else FREE
        constant = min(CEILING, sum([amount.constant for amount in paid]))
        total = Amount(constant, tuple([step for amount in paid for step in amount.steps]))
        # Left as they are, the sums of fragments that spread each other twice would double with each.
        if len(total.steps) <= WIDEST:
            return total
        return self._step(lambda values, _variables: total.total(values))

    def _times(self, amount: Amount, size: Size) -> Amount:
        if amount == FREE:
            return FREE
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


def _for(shown: int) -> Amount:
    """What showing so many fields of a row costs."""
    return Amount(shown // FIELDS_A_POINT) if shown >= FIELDS_A_POINT else FREE
