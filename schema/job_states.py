"""How far work has come that takes its time."""

from domain.jobs import JobStatus
from schema.enums import declare

declare(
    JobStatus,
    "JobStatusEnum",
    "Where a job stands.",
    {
        JobStatus.PENDING: "It is under way.",
        JobStatus.SUCCESS: "It is done.",
        JobStatus.FAILED: "It was broken off; `error` says why.",
        JobStatus.DELETED: "What it made is no longer kept.",
    },
)

__all__ = ["JobStatus"]
