"""Long work, as it is told to whoever waits for it."""

from dataclasses import dataclass
from enum import StrEnum

from domain.events import Event


class JobStatus(StrEnum):
    """Where a job stands, by the API's names."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class JobStarted(Event):
    """``work`` is what is done."""

    subject = "Job"
    work: str = ""


@dataclass(frozen=True, slots=True)
class JobProgressed(Event):
    subject = "Job"


@dataclass(frozen=True, slots=True)
class JobFinished(Event):
    """The job is over, and nothing more will happen to it."""

    subject = "Job"
    status: str = ""
