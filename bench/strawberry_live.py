"""The same field as Strawberry serves it: one connection to Redis, a queue and an execution a listener.

It reads no database: what it shows is what the message says. That is less than Matvis does for an event.
"""

import asyncio
import os
from collections.abc import AsyncGenerator

import orjson
import strawberry
from redis.asyncio import Redis
from strawberry.asgi import GraphQL

CHANNEL = "bench"
_queues: set[asyncio.Queue[dict[str, object]]] = set()
_tasks: list[asyncio.Task[None]] = []


@strawberry.type
class ProductVariant:
    id: strawberry.ID
    name: str
    sku: str
    quantity_available: int


@strawberry.type
class Query:
    hello: str = "world"


async def _hear() -> None:
    async with Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None).pubsub() as heard:
        await heard.subscribe(CHANNEL)
        async for message in heard.listen():
            if message["type"] == "message":
                fields = orjson.loads(message["data"])
                for queue in _queues:
                    queue.put_nowait(fields)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def product_variant_stock_changed(
        self, ids: list[strawberry.ID], channel: str
    ) -> AsyncGenerator[ProductVariant, None]:
        del channel
        if not _tasks:
            _tasks.append(asyncio.create_task(_hear()))
        queue: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        _queues.add(queue)
        try:
            while True:
                fields = await queue.get()
                yield ProductVariant(
                    id=ids[0], name=str(fields["name"]), sku=str(fields["sku"]), quantity_available=7
                )
        finally:
            _queues.discard(queue)


app: GraphQL[None, None] = GraphQL(strawberry.Schema(query=Query, subscription=Subscription))
