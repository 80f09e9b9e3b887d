"""The plans at hand: of all documents, and those of one."""

from collections import Counter, OrderedDict
from typing import Any

from graphql import DocumentNode, GraphQLIncludeDirective, GraphQLSkipDirective
from graphql.language import VariableNode

from engine.beside import beside
from engine.invocations import Invocation
from engine.plans.plan import Plan, compile_plan
from engine.plans.selections import Unsupported

MOST_CHOICES = 16  # plans of one document, one for each choice of @skip and @include; the oldest go first
MOST_ON_SHELF = 8_000  # selections
SELECTION_BYTES = 8_000  # of a compiled one, by tracemalloc
CONDITIONS = frozenset({GraphQLSkipDirective.name, GraphQLIncludeDirective.name})


class Shelf:
    """The plans at hand, of all documents. Bounded by their size: those longest unused go first."""

    def __init__(self, most: int = MOST_ON_SHELF) -> None:
        self.unsupported: Counter[str] = Counter()
        """Why documents have no plan, and how many."""
        self._most = most
        self._size = 0
        self._plans: OrderedDict[object, tuple[Plan | None, int]] = OrderedDict()

    def find(self, key: object, invocation: Invocation, besides: int = 0) -> Plan | None:
        """The plan under ``key``, made for ``invocation`` if need be; None where there can be none.

        ``besides`` is the size of what the plan alone keeps.
        """
        if key in self:
            self._plans.move_to_end(key)
            return self._plans[key][0]
        return self.put(key, self.compile(invocation), besides)

    def __contains__(self, key: object) -> bool:
        return key in self._plans

    def put(self, key: object, plan: Plan | None, besides: int) -> Plan | None:
        """Keep what was compiled for the key, in the place of what may be there; the same plan."""
        self.drop(key)
        size = besides + _size(plan)
        self._plans[key] = plan, size
        self._size += size
        while self._size > self._most and len(self._plans) > 1:
            self._size -= self._plans.popitem(last=False)[1][1]
        return plan

    def drop(self, key: object) -> None:
        """Forget what is under the key, if anything is."""
        self._size -= self._plans.pop(key, (None, 0))[1]

    def compile(self, invocation: Invocation) -> Plan | None:
        """The plan, kept nowhere; None where there can be none."""
        try:
            return compile_plan(invocation, self.unsupported)
        except Unsupported as reason:
            self.unsupported[str(reason)] += 1
        except Exception as fault:  # noqa: BLE001 - a document must never fail for the lack of a plan
            self.unsupported[f"{type(fault).__name__} while compiling"] += 1
        return None


class Plans:
    """The plans of one document, made when first run."""

    def __init__(self, document: DocumentNode, shelf: Shelf, *, is_long: bool = False) -> None:
        self._shelf = shelf
        self._is_long = is_long
        self._conditions = _condition_variables(document)
        self._choices: dict[tuple[Any, ...], None] = {}
        self._besides = 0

    def outlive(self, size: int) -> None:
        """Their document, of ``size``, is forgotten: plans would keep it.

        Those at hand go with it, and whoever still runs it makes them anew.
        """
        self._besides = size
        for choice in self._choices:
            self._shelf.drop((self, choice))

    def find(self, invocation: Invocation) -> Plan | None:
        """The plan for this operation and these values of its conditions; None where there can be none."""
        return self._shelf.find((self, self._choice(invocation)), invocation, self._besides)

    async def meet(self, invocation: Invocation) -> Plan | None:
        """As ``find``, but that of a long document is made beside the loop."""
        choice = self._choice(invocation)
        if not self._is_long or (self, choice) in self._shelf:
            return self.find(invocation)
        plan = await beside(self._shelf.compile, invocation)
        choice = self._choice(invocation)  # it may have been forgotten meanwhile, as the document may
        return self._shelf.put((self, choice), plan, self._besides)

    def _choice(self, invocation: Invocation) -> tuple[Any, ...]:
        """The operation and its conditions; the plan of the oldest makes room for one that is new."""
        values = invocation.variables.coerced
        choice = (invocation.name, *(values.get(variable) for variable in self._conditions))
        if choice not in self._choices:
            if len(self._choices) >= MOST_CHOICES:
                oldest = next(iter(self._choices))
                del self._choices[oldest]
                self._shelf.drop((self, oldest))
            self._choices[choice] = None
        return choice


def _size(plan: Plan | None) -> int:
    """What is counted of a plan; that there is none takes room as well."""
    return 1 if plan is None else 2 + plan.size


def _condition_variables(document: DocumentNode) -> list[str]:
    """The variables that decide which fields are selected."""
    names: set[str] = set()
    waiting: list[Any] = list(document.definitions)
    while waiting:
        node = waiting.pop()
        for directive in node.directives or ():
            if directive.name.value not in CONDITIONS:  # @idempotent's key is another each time
                continue
            names.update(
                given.value.name.value
                for given in directive.arguments or ()
                if isinstance(given.value, VariableNode)
            )
        selections = getattr(node, "selection_set", None)
        if selections is not None:
            waiting += selections.selections
    return sorted(names)
