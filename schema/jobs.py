"""Long work, as staff watches it."""

from typing import ClassVar

import strawberry

from db.jobs import JobRow
from engine.words import attribute
from schema.ids import global_id
from schema.job_states import JobStatus
from schema.metadata import Node
from schema.scalars import DateTime


@strawberry.type(description="Long work, such as an import.")
class Job(Node):
    represents: ClassVar[type] = JobRow

    id: strawberry.ID = global_id("Job")
    work: str = attribute("What is done.")
    status: JobStatus = attribute("Where it stands.")
    message: str = attribute("The stage that it is in.")
    done: int = attribute("How many steps of the stage are behind it.")
    total: int = attribute("How many steps the stage has.")
    error: str | None = attribute("Why it was broken off.")
    created_at: DateTime = attribute("When it began.")
    updated_at: DateTime = attribute("When it was last heard of.")
    finished_at: DateTime | None = attribute("When it was over.")
