"""Pages of a list, by keyset: where to go on from, and how far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from domain.refusals import Invalid

R_co = TypeVar("R_co", covariant=True)
Key = tuple[str | int | None, ...]
"""The sort key of a row as a cursor holds it: texts, integers and nulls; decimals and times as their text."""

MAX_PAGE = 100
DEFAULT_PAGE = 20


class InvalidCursor(Invalid):
    """A cursor that is malformed, or of a list in another order."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """``size`` rows after ``after``, or (``backward``) the last ``size`` rows before ``before``."""

    size: int = DEFAULT_PAGE
    after: Key | None = None
    before: Key | None = None
    backward: bool = False


class Slice(NamedTuple, Generic[R_co]):
    """Rows of one page in the list's order, how their keys are made, and whether more are on either side.

    Few documents ask for a cursor, and hardly any for each row's.
    """

    rows: Sequence[R_co]
    key: Callable[[Any], Key]
    has_next: bool
    has_previous: bool


def cut(rows: Sequence[R_co], key: Callable[[R_co], Key], request: PageRequest) -> Slice[R_co]:
    """The page from up to ``size + 1`` rows read in the direction of travel.

    One row more than asked for tells that there is more. Rows read backward are turned round.
    """
    more = len(rows) > request.size
    page = rows[: request.size] if more else rows
    if request.backward:
        return Slice(page[::-1], key, has_next=request.before is not None, has_previous=more)
    return Slice(page, key, has_next=more, has_previous=request.after is not None)


def page_request(first: int | None, after: Key | None, last: int | None, before: Key | None) -> PageRequest:
    """What the four arguments of a connection ask for.

    Raises ``Invalid`` for ones that contradict each other.
    """
    if first is not None and last is not None:
        raise Invalid("Give either first or last, not both.", field="first")
    for name, value in (("first", first), ("last", last)):
        if value is not None and not 0 < value <= MAX_PAGE:
            raise Invalid(f"{name} has to be between 1 and {MAX_PAGE}.", field=name)
    if last is not None:
        return PageRequest(last, after, before, backward=True)
    return PageRequest(first or DEFAULT_PAGE, after, before)
