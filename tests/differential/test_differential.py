"""Plans against the reference executor, over documents that nobody would think of."""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from zlib import crc32

import orjson
import pytest
from graphql import GraphQLSchema, parse, validate

from engine.executor import Executor
from engine.limits import Limits
from engine.loading import Loading, Relation
from engine.requests import GraphQLRequest, Response
from loaders.batching import Source
from schema.context import Context
from server.refusing import explain
from tests.differential.conftest import Asked
from tests.differential.generating import Drawing

# graphql-core leaves coroutines behind that it has not begun, where a branch beside them fails.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine 'Executor:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
BATCHES = 4
USUAL, SLOW = 40, 1_250  # documents of one batch, which are asked of a shop in order and of one with faults
LARGE = Limits(depth=30, aliases=5_000)
FAULTY = 6  # of this many relations one fails, one has gaps, two are slow, where faults are injected
CANCELLED = 4  # and of this many one is cancelled while it reads, where branches are
SLOWLY = 4  # turns of the loop, in which a branch that failed meanwhile cancels those beside it


@dataclass(frozen=True, slots=True)
class Faulty:
    """A relation that may fail, be slow, or have nothing where there is something; the same for one seed.

    Where reads are ``cancelled`` it may also break off as a read does whose task was cancelled.
    """

    relation: Relation[Any]
    seed: int
    cancelled: bool

    @property
    def many(self) -> bool:
        return self.relation.many

    async def load(self, source: Any, keys: list[Any]) -> Sequence[Any]:
        chance = crc32(f"{self.seed} {self.relation}".encode()) % FAULTY
        if chance == 0:
            raise LookupError("out of order")
        if self.cancelled and crc32(f"{self.relation} {self.seed}".encode()) % CANCELLED == 0:
            raise asyncio.CancelledError
        if chance in {2, 3}:
            for _ in range(SLOWLY):
                await asyncio.sleep(0)
        found = await self.relation.load(source, keys)
        if chance > 1:
            return found
        return [
            None if crc32(f"{self.seed} {key}".encode()) % 2 else value
            for key, value in zip(keys, found, strict=True)
        ]


class OutOfOrder(Loading):
    """Loaders of which some are faulty."""

    def __init__(self, source: Source, seed: int, *, cancelled: bool) -> None:
        super().__init__(source)
        self._seed = seed
        self._cancelled = cancelled

    def prime(self, relation: Relation[Any], answers: Mapping[Any, Any]) -> None:
        """Nothing is at hand: only plans read ahead, and what is not read does not fail."""

    def _level(self, relation: Relation[Any]) -> Any:
        return super()._level(Faulty(relation, self._seed, self._cancelled))


def nulls(data: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every position of the answer that is null."""
    match data:
        case None:
            return {path}
        case dict():
            return {null for name, value in data.items() for null in nulls(value, (*path, name))}
        case list():
            return {null for at, value in enumerate(data) for null in nulls(value, (*path, at))}
    return set()


def facts(response: Response) -> tuple[bytes, set[Any], set[Any]]:
    """The data as bytes, the errors that stand at their null, and the nulls that others have spread to.

    Below a null that has spread the specification leaves it open which errors are told.
    """
    empty = nulls(response.data)
    own: set[Any] = set()
    spread: set[Any] = set()
    for error in response.errors or ():
        path = tuple(error.get("path", ()))
        null = next((path[:end] for end in range(len(path) + 1) if path[:end] in empty), None)
        assert null is not None, f"{error} has left no null"
        if null == path:
            own.add((path, error["message"], error["extensions"]["code"]))
        else:
            spread.add(null)
    explained = {null for null, _, _ in own} | spread
    return orjson.dumps(response.data), {one for one in own if one[0] not in spread}, explained


@pytest.mark.parametrize("faults", ["none", "some", "cancelled"])
@pytest.mark.parametrize("batch", range(BATCHES))
async def test_a_plan_answers_as_the_reference_does_whatever_is_asked(
    asked: Asked, graphql: GraphQLSchema, batch: int, faults: str, pytestconfig: pytest.Config
) -> None:
    planned, reference = (Executor(graphql, explain, debug=True, limits=LARGE) for _ in range(2))
    reference.runner.planning = False
    documents = SLOW if pytestconfig.getoption("--slow") else USUAL
    invalid = 0

    for seed in range(batch * SLOW, batch * SLOW + documents):
        random = Random(seed)  # noqa: S311  # the same documents in every run
        drawing = Drawing(graphql, random, asked.known)
        text, viewer = drawing.query(), random.choice(asked.viewers)
        if validate(graphql, parse(text)):
            invalid += 1
            continue
        request = GraphQLRequest(text, variables=drawing.variables)
        answers: list[Response] = []
        for executor in (planned, reference):
            source = Source(asked.shop.db, viewer)
            loading = (
                Loading(source)
                if faults == "none"
                else OutOfOrder(source, seed, cancelled=faults == "cancelled")
            )
            answers.append(await executor.execute(request, Context(asked.shop, viewer, loading)))

        assert facts(answers[0]) == facts(answers[1]), f"seed {seed}: {text} {drawing.variables}"

    gc.collect()  # what is left behind is complained of here and not in another test
    assert invalid < documents // 2
    assert planned.unsupported == {}
    assert set(planned.runner.runs) <= {"plan", "retreat"}
    assert set(reference.runner.runs) == {"reference"}
