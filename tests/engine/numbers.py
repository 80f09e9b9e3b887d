"""A shop whose history is numbers, a live field of it, and clients that listen."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from types import SimpleNamespace
from typing import Any

from graphql import GraphQLSchema, build_schema

from engine.errors import Explained
from engine.executor import Executor
from engine.live import Audience, LiveEvent, Mark, Told
from engine.members import Member
from engine.requests import GraphQLRequest, Response

SDL = "type Query { hello: String } type Subscription { seen(of: String, after: String): String }"
SEEN = "subscription ($of: String, $after: String) { seen(of: $of, after: $after) }"


class Banned(Exception):
    """A viewer whose right has been withdrawn."""


class Shop:
    """A history of numbers, and who listens to it as it grows."""

    def __init__(self) -> None:
        self.history: list[int] = []
        self.news: set[asyncio.Queue[int]] = set()
        self.asked = 0
        self.opened = 0
        self.banned: set[str] = set()
        self.about: str | None = None  # of what is published, if all is about one thing

    def publish(self) -> int:
        number = self.history[-1] + 1 if self.history else 1
        self.history.append(number)
        for queue in self.news:
            queue.put_nowait(number)
        return number


class Number(LiveEvent):
    def __init__(self, shop: Shop, number: int) -> None:
        self.shop = shop
        self.place = number
        self.cursor = str(number)
        self.about = shop.about

    async def __call__(self, context: Any) -> str:
        self.shop.asked += 1
        return f"{self.cursor} {context.viewer}"


class Numbers:
    """A source, as a live field of the shop gives it."""

    ends = None

    def __init__(self, context: Any, after: str | None) -> None:
        self.shop: Shop = context.shop
        self.after = after
        self.audience = Audience(context.viewer, lambda same: same)

    def __aiter__(self) -> AsyncGenerator[Any]:
        return self.live()

    async def first(self, context: Any, _cursor: str, *, returning: bool) -> LiveEvent | None:
        del returning
        await asyncio.sleep(0)
        if context.viewer in self.shop.banned:
            raise Banned
        return None

    def place(self, cursor: str) -> int:
        return int(cursor)

    async def live(self) -> AsyncGenerator[Mark | Sequence[LiveEvent]]:
        self.shop.opened += 1
        heard: asyncio.Queue[int] = asyncio.Queue()
        self.shop.news.add(heard)
        try:
            await asyncio.sleep(0)
            yield Mark(str(self.shop.history[-1] if self.shop.history else 0))
            while True:
                numbers = [await heard.get()]
                while not heard.empty():
                    numbers.append(heard.get_nowait())
                yield [Number(self.shop, number) for number in numbers]
        finally:
            self.shop.news.discard(heard)

    async def missed(self, after: int) -> AsyncGenerator[LiveEvent]:
        for number in [number for number in self.shop.history if number > after]:
            await asyncio.sleep(0)
            yield Number(self.shop, number)


def explain(exception: Exception) -> Explained | None:
    return Explained("Banned.", "PERMISSION_DENIED") if isinstance(exception, Banned) else None


def schema() -> GraphQLSchema:
    built = build_schema(SDL)
    assert built.subscription_type
    field = built.subscription_type.fields["seen"]
    field.subscribe = lambda _root, info, after=None, **_: Numbers(info.context, after)
    field.resolve = lambda event, info, **_: event(info.context)
    return built


class Ear:
    """A client: what it heard, each as the number and whether it was told that nothing is missing."""

    def __init__(self, executor: Executor, shop: Shop, viewer: str = "guest") -> None:
        self.executor = executor
        self.shop = shop
        self.viewer = viewer
        self.member: Member | None = None
        self.heard: list[str] = []
        self.recovered: list[bool | None] = []
        self.told: list[Told] = []
        self.ended: list[str] = []
        self.refusals: list[Any] = []
        self.cursor: str | None = None
        self.begin: int | None = None
        """Where its first listening began."""

    async def context(self) -> Any:
        if self.viewer in self.shop.banned:
            raise Banned
        return SimpleNamespace(shop=self.shop, viewer=self.viewer)

    async def listen(self, **variables: Any) -> None:
        """Until a group tells the rest."""
        extensions = {"subscription": {"after": self.cursor}} if self.cursor else {}
        request = GraphQLRequest(SEEN, variables=variables, extensions=extensions)
        async for answer in self.executor.follow(request, self.context, self):
            if isinstance(answer, Member):
                self.member = answer
            elif not answer.executed:
                self.end(answer)
            elif answer.is_event:
                self.take(answer)
            else:
                self.cursor = answer.cursor
                if self.begin is None:
                    self.begin = int(answer.cursor or 0)

    def take(self, response: Response) -> None:
        assert response.data is not None
        self.heard.append(response.data["seen"])
        self.recovered.append(response.extensions["subscription"].get("recovered"))
        self.cursor = response.cursor

    def tell(self, told: Told) -> None:
        self.told.append(told)
        self.take(told.response)

    def end(self, response: Response | None) -> None:
        self.ended.append(response.errors[0]["extensions"]["code"] if response else "complete")
        self.refusals += response.errors if response else ()

    def leave(self) -> None:
        assert self.member is not None
        self.member.leave()


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)
