"""How much a caller may ask for: of one operation, in cost; of the hour, in points that come back with time.

The engine knows a caller by a name and a few numbers that the server gives it. What is left of a budget is
kept in *buckets*, elsewhere; one visit to them admits an operation or refuses it with a time to wait.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.errors import (
    COST_LIMIT_EXCEEDED,
    LIMIT_EXCEEDED,
    THROTTLED,
    FormattedError,
    RequestRefused,
    spoken,
)


@dataclass(frozen=True, slots=True)
class Budget:
    """``maximum`` points at once; ``rate`` of them come back each second."""

    maximum: int
    rate: float


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent an operation. ``cost_limit`` is for one operation, ``budget`` for all of them together.

    No ``budget``: only the limit counts. Not ``counted``: neither do the budgets of single root fields. Who
    ``introspects`` may read the schema. All who call from one ``place`` share the budgets of single root
    fields there, beside their own: names can be had in any number. The documents of whoever ``is_guest`` have
    narrower limits.
    """

    name: str
    cost_limit: int
    budget: Budget | None = None
    counted: bool = True
    introspects: bool = True
    place: str | None = None
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """Root fields of one ``group`` share a budget of their own: each time one is selected costs a point."""

    group: str
    budget: Budget


@dataclass(frozen=True, slots=True)
class Claim:
    """``amount`` points of the bucket ``key``."""

    key: str
    amount: int
    maximum: int
    rate: float


class Taken(Protocol):
    """What came of claims. ``levels`` are what is left in each bucket, in the order of the claims."""

    @property
    def wait(self) -> float:
        """Seconds until all claims could be met; 0 where they were, and nothing is taken where not."""

    @property
    def levels(self) -> Sequence[float]: ...


class Buckets(Protocol):
    """Where budgets are kept."""

    async def take(self, claims: Sequence[Claim]) -> Taken:
        """Take every claim, or none. A claim above a bucket's maximum is met by a full one. Never raises."""

    def give_back(self, key: str, amount: int) -> None:
        """Return points that were not needed after all."""


class Asked(Protocol):
    """What is to be known of an operation."""

    @property
    def cost(self) -> int: ...

    @property
    def root_fields(self) -> Mapping[str, int]: ...

    @property
    def introspection(self) -> Sequence[FormattedError]: ...

    @property
    def too_large(self) -> Sequence[FormattedError]: ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """An operation was admitted, and paid for at its estimated cost."""

    buckets: Buckets
    claim: Claim
    level: float

    def settle(self, actual: int) -> dict[str, Any]:
        """Return what the estimate was too high; gives ``extensions.cost``. An estimate too low is ours."""
        actual = min(actual, self.claim.amount)
        spare = self.claim.amount - actual
        if spare:
            self.buckets.give_back(self.claim.key, spare)
        return {
            "requestedQueryCost": self.claim.amount,
            "actualQueryCost": actual,
            "throttleStatus": _status(self.claim, min(self.claim.maximum, self.level + spare)),
        }


class Admission:
    """Admits operations, by caller."""

    def __init__(
        self,
        caller_of: Callable[[Any], Caller],
        buckets: Buckets | None = None,
        counted: Mapping[str, Counted] | None = None,
    ) -> None:
        """``caller_of`` is given the operation's context; ``counted`` is by the names of root fields."""
        self._caller_of = caller_of
        self._buckets = buckets
        self._counted = counted or {}

    def caller_of(self, context: object) -> Caller:
        """Who asks in this context."""
        return self._caller_of(context)

    async def admit(self, operation: Asked, context: object) -> Receipt | None:
        """Let the operation pass, or raise ``RequestRefused``. A receipt where its cost was paid for."""
        caller = self._caller_of(context)
        if operation.introspection and not caller.introspects:
            raise RequestRefused(operation.introspection, legacy_status=200)
        if operation.too_large and caller.is_guest:
            raise RequestRefused(operation.too_large, legacy_status=200)
        if operation.cost > caller.cost_limit:
            raise too_costly(operation.cost, caller.cost_limit)
        if self._buckets is None:
            return None
        counted = caller.counted and not self._counted.keys().isdisjoint(operation.root_fields)
        claims = self._counts(operation, caller.name) if counted else []
        budget = caller.budget
        if budget is not None:
            claims.append(Claim(f"{caller.name}:cost", operation.cost, budget.maximum, budget.rate))
        if not claims:
            return None
        taken = await self._buckets.take(claims)
        if taken.wait > 0:
            raise throttled(taken.wait, claims[-1] if budget else None, taken.levels[-1])
        if counted and caller.place is not None:
            await self._take_there(self._counts(operation, caller.place), claims)
        return Receipt(self._buckets, claims[-1], taken.levels[-1]) if budget else None

    async def _take_there(self, claims: Sequence[Claim], own: Sequence[Claim]) -> None:
        """Take from a place as well, or from nobody: it is a visit apart, as a cluster keeps it elsewhere."""
        assert self._buckets is not None, "something was taken"
        taken = await self._buckets.take(claims)
        if taken.wait > 0:
            for claim in own:
                self._buckets.give_back(claim.key, claim.amount)
            raise throttled(taken.wait, None, 0.0)

    def _counts(self, operation: Asked, whose: str) -> list[Claim]:
        """Raises ``RequestRefused`` for more than a budget ever holds: a full one would let them pass."""
        groups: dict[str, tuple[int, Budget]] = {}
        for name, times in operation.root_fields.items():
            counted = self._counted.get(name)
            if counted is not None:
                before = groups.get(counted.group, (0, counted.budget))[0]
                groups[counted.group] = (before + times, counted.budget)
        for group, (times, budget) in groups.items():
            if times > budget.maximum:
                most = budget.maximum
                message = f"The operation asks for {times} {group}, and {most} at once are the most."
                raise RequestRefused.because(message, LIMIT_EXCEEDED, legacy_status=200)
        return [
            Claim(f"{whose}:{group}", times, budget.maximum, budget.rate)
            for group, (times, budget) in groups.items()
        ]


def too_costly(cost: int, limit: int) -> RequestRefused:
    """The refusal of an operation above a limit."""
    message = f"The operation costs {cost}, and the limit is {limit}. Ask for shorter pages or fewer fields."
    error = spoken(message, COST_LIMIT_EXCEEDED, {"cost": {"requestedQueryCost": cost, "limit": limit}})
    return RequestRefused([error], legacy_status=200)


def throttled(wait: float, claim: Claim | None, level: float) -> RequestRefused:
    """The refusal of a caller whose budget has run out for so many seconds."""
    seconds = max(1, math.ceil(wait))
    extensions: dict[str, object] = {"retryAfter": seconds}
    if claim is not None:
        extensions["cost"] = {
            "requestedQueryCost": claim.amount,
            "throttleStatus": _status(claim, level),
        }
    error = spoken(f"Too much at once: try again in {seconds} seconds.", THROTTLED, extensions)
    return RequestRefused([error], 429, headers={"retry-after": str(seconds)})


def _status(claim: Claim, level: float) -> dict[str, Any]:
    return {
        "maximumAvailable": claim.maximum,
        "currentlyAvailable": max(0, int(level)),
        "restoreRate": claim.rate,
    }
