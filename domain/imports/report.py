"""What an import did, in figures that the database was asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.events import Event

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Report:
    """``figures`` are (name, value) in the order to show them.

    ``notes`` are sentences the merchant should read.

    ``dry``: nothing was kept.
    """

    title: str
    figures: Sequence[tuple[str, str]]
    notes: Sequence[str] = ()
    dry: bool = False


@dataclass(frozen=True, slots=True)
class FileImported(Event):
    """A file was brought into the channel: one event for all of it, products and past orders alike."""

    subject = "Channel"
    source: str = ""


class Undone(Exception):
    """Raised at the end of a dry run, so that the transaction is rolled back.

    Carries what it would have done.
    """

    def __init__(self, report: Report) -> None:
        super().__init__("This was a dry run.")
        self.report = report


def check_kept(report: Report) -> None:
    """Raise ``Undone`` after a dry run."""
    if report.dry:
        raise Undone(report)


def silent(stage: str, done: int, of: int) -> None:
    """For whoever does not watch."""
