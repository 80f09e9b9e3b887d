"""Live fields of long work."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from db.jobs import JobRow
from domain.access import Permission
from domain.events import topic
from domain.refusals import NotFound
from loaders.jobs import JobLoaders
from schema import ids
from schema.context import Context, Info
from schema.jobs import Job
from schema.live import AfterEvent
from subscriptions.changes import changes


@strawberry.subscription(
    description=(
        "A job as it stands, and whenever it has come further, until it is over. "
        "Needs MANAGE_PRODUCTS or MANAGE_SETTINGS."
    )
)
def job_progress(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The job's id.")],
    after: AfterEvent = None,
) -> AsyncGenerator[Job | None, None]:
    key = ids.parse("Job", id)

    async def look(context: Context, _topic: str) -> JobRow:
        context.viewer.require(Permission.MANAGE_PRODUCTS, Permission.MANAGE_SETTINGS)
        row = await context.loading.load(JobLoaders.by_id, key)
        if row is None:
            raise NotFound("There is no job with this id.", field="id")
        return row

    return changes(
        info,
        [topic("Job", key)],
        look,
        after=after,
        at_first=True,
        is_over=lambda row: row.finished_at is not None,
    )
