"""Many who ask the same at once are answered by one run, each as if it were theirs."""

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

import orjson
import pytest
import strawberry

from engine.budgets import Admission, Budget, Caller
from engine.caching.answers import WORTH, Answers
from engine.caching.hints import CacheControl
from engine.caching.serving import Caching
from engine.errors import Explained
from engine.executor import Executor
from engine.loading import Loading
from engine.operations import Operation
from engine.requests import GraphQLRequest, Response
from engine.schema import Schema
from engine.words import attribute, seen
from tests.engine.test_budgets import Memory, Watch
from tests.engine.test_kept_answers import A_BOOK, Line, Shelf, Tags

BOOK = "query Book($id: Int!) { book(id: $id) { name } }"


@dataclass(frozen=True, slots=True)
class BookRow:
    id: int
    name: str


@strawberry.type(description="A book.", directives=[CacheControl(max_age=60)])
class Book:
    represents: ClassVar[type] = BookRow

    name: str = attribute("A name.")


@strawberry.type
class Query:
    @strawberry.field
    async def book(self, info: strawberry.Info, id: int) -> Book | None:
        """Once its library says so."""
        library: Library = info.context.library
        return seen(Book, BookRow(id, await library.read(info.context.name)))


@dataclass
class Library:
    """Hands out a name for each time that it is read, when told to, and an error for None."""

    readers: list[str] = field(default_factory=list)
    waiting: list[asyncio.Future[str | None]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    async def read(self, reader: str) -> str:
        self.readers.append(reader)
        self.waiting.append(asyncio.get_running_loop().create_future())
        try:
            name = await self.waiting[-1]
        except asyncio.CancelledError:
            self.cancelled.append(reader)
            raise
        if name is None:
            raise LookupError("it is lent out")
        return name

    async def hand_out(self, name: str | None) -> None:
        """Answer the last who asked, once there is one."""
        for _ in range(1_000):
            if self.waiting and not self.waiting[-1].done():
                break
            await asyncio.sleep(0)
        self.waiting[-1].set_result(name)


@dataclass(frozen=True, slots=True)
class Context:
    library: Library
    name: str
    loading: Loading = field(default_factory=lambda: Loading(None))


class Scene:
    """An executor that keeps answers, and callers of it by name; whose name is in capitals is staff."""

    def __init__(self) -> None:
        self.line = Line()
        self.shelf = Shelf()
        self.answers = Answers(1 << 20, Tags(A_BOOK), self.line, self.shelf)
        self.answers.reach(10, self.answers.line)
        self.library = Library()
        self.executor = Executor(
            Schema(Query).graphql,
            lambda exception: (
                Explained(str(exception), "NOT_FOUND") if isinstance(exception, LookupError) else None
            ),
        )
        self.executor.caching = Caching(_is_ordinary, lambda _: False, self.answers)

    async def ask(self, name: str, id: int = 1) -> Response:
        async def context() -> Context:
            return Context(self.library, name)

        return await self.executor.answer(await self.operation(id), context)

    async def operation(self, id: int = 1) -> Operation:
        return await self.executor.prepare(GraphQLRequest(BOOK, variables={"id": id}))

    def begin(self, *names: str, **more: Any) -> list[asyncio.Task[Response]]:
        return [asyncio.create_task(self.ask(name, **more)) for name in names]

    async def settle(self) -> None:
        """Until whoever can go on has done so."""
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def data(response: Response) -> Any:
    return orjson.loads(orjson.dumps(response.body()))["data"]


def names(responses: list[Response]) -> list[str]:
    return [data(response)["book"]["name"] for response in responses]


async def test_those_who_ask_the_same_at_once_share_one_run(scene: Scene) -> None:
    asking = scene.begin(*(f"reader {n}" for n in range(100)))

    await scene.library.hand_out("Emma")
    responses = await asyncio.gather(*asking)

    assert scene.library.readers == ["reader 0"]
    assert names(responses) == ["Emma"] * 100
    assert {response.headers["cache-control"] for response in responses} == {"public, max-age=60"}
    assert scene.answers.figures == {"miss": 1, "joined": 99, "dropped": 0}
    assert scene.executor.runner.runs == {"plan": 1, "cache": 99}


async def test_other_variables_and_other_rights_are_other_answers(scene: Scene) -> None:
    asking = scene.begin("ada") + scene.begin("bo", id=2) + scene.begin("STAFF")
    await scene.settle()

    said = {"ada": "Emma", "bo": "Persuasion", "STAFF": "Emma, a draft"}
    for reader, waiting in zip(scene.library.readers, scene.library.waiting, strict=True):
        waiting.set_result(said[reader])
    assert names(await asyncio.gather(*asking)) == ["Emma", "Persuasion", "Emma, a draft"]


async def test_after_the_first_failed_one_of_the_others_goes_on_for_all(scene: Scene) -> None:
    asking = scene.begin("ada", "bo", "cy", "di")

    await scene.library.hand_out(None)
    await scene.library.hand_out("Emma")
    first, *others = await asyncio.gather(*asking)

    assert [error["extensions"]["code"] for error in first.errors] == ["NOT_FOUND"]
    assert names(others) == ["Emma"] * 3
    assert scene.library.readers == ["ada", "bo"]


async def test_nobody_waits_for_a_third_who_fails(scene: Scene) -> None:
    asking = scene.begin("ada", "bo", "cy", "di", "ed")
    await scene.library.hand_out(None)
    await scene.library.hand_out(None)
    await scene.settle()

    assert scene.library.readers == ["ada", "bo", "cy", "di", "ed"]
    for waiting in scene.library.waiting[2:]:
        waiting.set_result("Emma")
    assert names([await task for task in asking[2:]]) == ["Emma"] * 3


async def test_who_leaves_ends_nothing_that_others_wait_for(scene: Scene) -> None:
    first, second, third = scene.begin("ada", "bo", "cy")
    await scene.settle()

    first.cancel()
    second.cancel()
    await scene.settle()
    await scene.library.hand_out("Emma")

    assert names([await third]) == ["Emma"]
    assert (scene.library.readers, scene.library.cancelled) == (["ada"], [])
    assert (first.cancelled(), second.cancelled()) == (True, True)


async def test_when_the_last_has_left_the_run_ends_and_who_comes_then_begins_another(scene: Scene) -> None:
    first, second = scene.begin("ada", "bo")
    await scene.settle()

    first.cancel()
    second.cancel()
    await asyncio.wait([first, second])
    (late,) = scene.begin("cy")
    await scene.settle()
    await scene.library.hand_out("Emma")

    assert names([await late]) == ["Emma"]
    assert (scene.library.readers, scene.library.cancelled) == (["ada", "cy"], ["ada"])


async def test_who_asks_after_a_change_is_not_told_what_was_read_before_it(scene: Scene) -> None:
    before = scene.begin("ada", "bo")
    await scene.settle()
    scene.answers.drop([A_BOOK], 11)
    after = scene.begin("cy", "di")
    await scene.settle()

    await scene.library.hand_out("Emma")
    told = names(await asyncio.gather(*before))
    await scene.library.hand_out("Emma, second edition")

    assert told == ["Emma", "Emma"]
    assert names(await asyncio.gather(*after)) == ["Emma, second edition"] * 2
    assert scene.library.readers == ["ada", "cy"]
    assert scene.answers.figures["unkept"] == 1


async def test_who_asks_after_a_change_of_something_else_is_told_the_same(scene: Scene) -> None:
    before = scene.begin("ada")
    await scene.settle()
    scene.answers.drop(["Book:2"], 11)
    after = scene.begin("bo")
    await scene.settle()

    await scene.library.hand_out("Emma")

    assert names(await asyncio.gather(*before, *after)) == ["Emma", "Emma"]
    assert scene.library.readers == ["ada"]


async def test_who_asks_on_another_line_is_not_told_what_was_read_on_the_one_before(scene: Scene) -> None:
    before = scene.begin("ada")
    await scene.settle()
    scene.line.number = 2
    scene.answers.reach(10, scene.answers.line)
    after = scene.begin("bo")
    await scene.settle()

    await scene.library.hand_out("Emma")
    await scene.library.hand_out("Emma, second edition")

    assert names(await asyncio.gather(*before, *after)) == ["Emma", "Emma, second edition"]


async def test_each_pays_for_what_it_asked_for(scene: Scene) -> None:
    scene.executor.runner.admission = admission = _admission(budget=5)
    await admission.admit(await scene.operation(), Context(scene.library, "bo"))  # 4 of 5 are left
    asking = scene.begin("ada", "bo", "cy")

    await scene.library.hand_out("Emma")
    responses = await asyncio.gather(*asking)

    left = [one.extensions["cost"]["throttleStatus"]["currentlyAvailable"] for one in responses]
    assert left == [4, 3, 4]
    assert names(responses) == ["Emma"] * 3
    assert scene.library.readers == ["ada"]


async def test_who_cannot_pay_is_refused_though_the_answer_is_there_and_spoils_it_for_nobody(
    scene: Scene,
) -> None:
    scene.executor.runner.admission = admission = _admission(budget=1)
    for name in ("ada", "cy"):
        await admission.admit(await scene.operation(), Context(scene.library, name))
    asking = scene.begin("ada", "bo", "cy", "di")

    await scene.library.hand_out("Emma")
    ada, bo, cy, di = await asyncio.gather(*asking)

    assert [one.errors[0]["extensions"]["code"] for one in (ada, cy)] == ["THROTTLED"] * 2
    assert names([bo, di]) == ["Emma"] * 2
    assert scene.library.readers == ["bo"]


async def test_what_another_process_has_shared_is_fetched_once_and_costs_nobody(scene: Scene) -> None:
    first = asyncio.create_task(_costing(scene, WORTH, "ada"))
    await scene.library.hand_out("Emma")
    await first
    again = await _costing(scene, WORTH, "ada")  # which shares it
    other = Scene()
    other.executor.runner.admission = _admission(budget=1)
    other.answers._shelf = slow = _SlowShelf(scene.shelf)
    costs = partial(_costing, other, WORTH)

    asking = [asyncio.create_task(costs(name)) for name in ("bo", "cy", "di")]
    responses = await asyncio.gather(*asking)

    assert names([again, *responses]) == ["Emma"] * 4
    assert (slow.asked, other.library.readers) == (1, [])
    assert [one.extensions for one in responses] == [{}, {}, {}]


def _is_ordinary(context: Any) -> bool:
    return bool(context.name.islower())


def _explained(exception: Exception) -> Explained | None:
    return Explained(str(exception), "NOT_FOUND") if isinstance(exception, LookupError) else None


def _admission(*, budget: int) -> Admission:
    def caller(context: Context) -> Caller:
        return Caller(context.name, 1_000, Budget(budget, 0.001))

    return Admission(caller, Memory(Watch()))


async def _costing(scene: Scene, cost: int, name: str) -> Response:
    """As if the operation were worth asking others for."""
    operation = await scene.operation()
    known = replace(operation, extensions={}, cost=cost)

    async def context() -> Context:
        return Context(scene.library, name)

    return await scene.executor.answer(known, context)


class _SlowShelf:
    """A shelf that takes a turn to answer."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.asked = 0

    async def get(self, name: str) -> bytes | None:
        self.asked += 1
        await asyncio.sleep(0)
        return await self._shelf.get(name)

    def put(self, name: str, value: bytes, seconds: int) -> None:
        self._shelf.put(name, value, seconds)
