"""Long work, watched while it goes on."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest

from commands import jobs
from domain.access import Permission
from domain.imports.csv_rows import FileRefused
from schema.ids import to_global
from tests.factory import Factory

PROGRESS = """
subscription ($id: ID!, $after: String) {
  jobProgress(id: $id, after: $after) { id work status message done total error finishedAt }
}
"""

Served = Callable[..., Any]


async def test_a_job_is_followed_from_stage_to_stage_until_it_is_over(served: Served) -> None:
    async with served() as server:
        staff = await server.client.as_staff([Permission.MANAGE_PRODUCTS])
        async with jobs.job(server.shop, "import mugs") as job:
            name = to_global("Job", job.id)
            await server.told()
            watching = AsyncExitStack()
            live = await watching.enter_async_context(server.subscription(PROGRESS, staff.token, id=name))
            first = await live.next()
            job.told("Reading", 1, 2)
            second = await live.next()
        third = await live.next()
        end = await live.message()
        await watching.aclose()

    told = [one["jobProgress"] for one in (first, second, third)]
    assert [(one["status"], one["message"], one["done"], one["total"]) for one in told] == [
        ("PENDING", "", 0, 0),
        ("PENDING", "Reading", 1, 2),
        ("SUCCESS", "Reading", 1, 2),
    ]
    assert [one["finishedAt"] is None for one in told] == [True, True, False]
    assert {(one["id"], one["work"], one["error"]) for one in told} == {(name, "import mugs", None)}
    assert end["type"] == "complete"


async def test_whoever_comes_when_it_is_over_sees_how_it_ended(served: Served) -> None:
    async with served() as server:
        staff = await server.client.as_staff([Permission.MANAGE_PRODUCTS])
        async with jobs.job(server.shop, "import mugs") as job:
            pass
        async with server.subscription(PROGRESS, staff.token, id=to_global("Job", job.id)) as live:
            data = await live.next()
            end = await live.message()

    assert (data["jobProgress"]["status"], end["type"]) == ("SUCCESS", "complete")


async def test_however_often_it_tells_it_is_reported_now_and_then_and_at_its_end(
    served: Served, factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAUSE", 0.05)
    async with served() as server:
        async with jobs.job(server.shop, "count") as job:
            for number in range(1, 1_001):
                job.told("Counting", number, 1_000)
                if number % 100 == 0:
                    await asyncio.sleep(0.02)
        kinds = await factory.value("select array_agg(kind order by id) from outbox where subject = 'Job'")
        numbers = await factory.value("select array[done, total] from jobs")

    assert (kinds[0], kinds[-1]) == ("JobStarted", "JobFinished")
    assert 2 <= kinds.count("JobProgressed") <= 10
    assert numbers == [1_000, 1_000]


async def test_a_client_that_comes_back_hears_what_became_of_it(served: Served) -> None:
    async with served() as server:
        staff = await server.client.as_staff([Permission.MANAGE_SETTINGS])
        refused = FileRefused("mugs.csv", 2, "this is no price")
        name, told = to_global("Job", 1), {}
        with suppress(FileRefused):
            async with (
                jobs.job(server.shop, "import mugs"),
                server.subscription(PROGRESS, staff.token, id=name) as live,
            ):
                _, told = await live.event()
                raise refused
        async with server.subscription(PROGRESS, staff.token, id=name, after=told["cursor"]) as back:
            data, since = await back.event()

    assert since["recovered"] is True
    assert (data["jobProgress"]["status"], data["jobProgress"]["error"]) == ("FAILED", refused.message)
    assert data["jobProgress"]["finishedAt"] is not None


async def test_a_fault_or_a_cancellation_leaves_a_job_that_failed(served: Served, factory: Factory) -> None:
    async with served() as server:
        with pytest.raises(ZeroDivisionError):
            async with jobs.job(server.shop, "divide"):
                raise ZeroDivisionError
        begun = asyncio.Event()

        async def wait() -> None:
            async with jobs.job(server.shop, "wait"):
                begun.set()
                await asyncio.sleep(10)

        waiting = asyncio.create_task(wait())
        await begun.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        ended = await factory.fetch("select work, status, error from jobs order by id")

    assert [tuple(row) for row in ended] == [
        ("divide", "FAILED", jobs.BROKEN),
        ("wait", "FAILED", jobs.BROKEN),
    ]


async def test_a_job_is_seen_by_staff_alone_and_one_that_is_not_there_by_nobody(served: Served) -> None:
    async with served() as server:
        staff = await server.client.as_staff([Permission.MANAGE_SETTINGS])
        clerk = await server.client.as_staff([Permission.MANAGE_ORDERS])
        name = to_global("Job", 1)
        async with jobs.job(server.shop, "import mugs"):
            pass
        async with server.subscription(PROGRESS, clerk.token, id=name) as denied:
            codes = await denied.refusals()
        async with server.subscription(PROGRESS, staff.token, id=to_global("Job", 4711)) as missing:
            codes += await missing.refusals()

    assert codes == ["PERMISSION_DENIED", "NOT_FOUND"]
