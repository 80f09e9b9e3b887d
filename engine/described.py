"""Answers about the schema: they follow from document and variables, so each is made once and kept."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import Final

import orjson
from graphql import GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues

from engine.beside import beside
from engine.caching.flights import Flights
from engine.caching.keeping import Key
from engine.describing import describe
from engine.errors import RequestRefused
from engine.introspecting import MOST_FIELDS, cost_of
from engine.operations import Operation
from engine.reading import fragments_of
from engine.requests import Encoded, Response

MAX_BYTES: Final = 8 << 20
ENTRY_BYTES: Final = 1_000  # what the smallest answer takes beside its JSON


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the schema, or why it is not; and what that did cost."""

    response: Response
    cost: int


class Described:
    """The answers that were asked for last, bounded by bytes.

    They are made beside the loop, and who asks for the same meanwhile waits for that one. Whether somebody
    may read the schema at all is for others to ask, before.
    """

    def __init__(
        self, schema: GraphQLSchema, max_bytes: int = MAX_BYTES, most_fields: int = MOST_FIELDS
    ) -> None:
        self.bytes = 0
        self._schema = schema
        self._max_bytes = max_bytes
        self._most_fields = most_fields
        self._told: OrderedDict[Key, Told] = OrderedDict()
        self._flights: Flights[Told] = Flights()

    def __len__(self) -> int:
        return len(self._told)

    async def tell(self, operation: Operation, variables: VariableValues) -> Told:
        """The answer to an operation that reads the schema and nothing else."""
        asked = orjson.dumps(operation.variables, option=orjson.OPT_SORT_KEYS, default=str)
        key = Key(operation.document.hash, operation.meant.name or "", asked)
        told = self._told.get(key)
        if told is not None:
            self._told.move_to_end(key)
            return told
        flight = self._flights.find(key)
        if flight is None:
            flight = self._flights.begin(key, partial(self._make, key, operation, variables))
        return await flight.wait()

    async def _make(self, key: Key, operation: Operation, variables: VariableValues) -> Told:
        told = await beside(self._describe, operation, variables)
        weight = _weight(key, told)
        if weight * 4 <= self._max_bytes:
            self._told[key] = told
            self.bytes += weight
        while self.bytes > self._max_bytes:
            self.bytes -= _weight(*self._told.popitem(last=False))
        return told

    def _describe(self, operation: Operation, variables: VariableValues) -> Told:
        definitions = operation.document.syntax.definitions
        fragments = fragments_of(operation.document.syntax)
        operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
        node = operations[0]
        if len(operations) > 1:
            node = next(one for one in operations if one.name and one.name.value == operation.meant.name)
        try:
            found = describe(self._schema, node, fragments, variables, self._most_fields)
        except RequestRefused as refusal:
            return Told(Response.refused(refusal), operation.cost)
        return Told(Response(encoded=Encoded(orjson.dumps(found.data))), cost_of(found.fields))


def _weight(key: Key, told: Told) -> int:
    encoded = told.response.encoded
    # Carriers keep the whole answer beside its data, and compressed, which takes a fifth.
    written = 0 if encoded is None else 5 * len(encoded.data) // 2
    return ENTRY_BYTES + len(key.variables) + written
