"""Budgets as buckets of points: they fill with time, and whoever does something takes from them.

Kept in Redis, so that all processes see the same; while Redis is away every process keeps its own.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from adapters.clusters import FAILURES, connect

log = structlog.get_logger(__name__)

TIMEOUT = 0.5  # seconds: an operation waits no longer to be admitted
PAUSE = 5.0  # seconds without asking Redis after it has failed
AT_ONCE = 50  # visits under way: beyond a hundred, redis-py has no connection, as if Redis were away
MOST_LOCAL = 50_000  # buckets of a process; the one that was not used for longest goes

# For each key the points wanted, the bucket's maximum, its points per second, and the points given back.
# Takes from all of them or from none. Answers the seconds to wait, and every level, as texts: Redis would cut
# numbers off.
TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local levels, wait = {}, 0
for i, key in ipairs(KEYS) do
  local wanted, maximum = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i - 2])
  local rate, back = tonumber(ARGV[4 * i - 1]), tonumber(ARGV[4 * i])
  local known = redis.call('HMGET', key, 'level', 'at')
  local level, at = tonumber(known[1]) or maximum, tonumber(known[2]) or now
  level = math.min(maximum, level + math.max(0, now - at) * rate + back)
  levels[i] = level
  wait = math.max(wait, (math.min(wanted, maximum) - level) / rate)
end
local answer = {}
for i, key in ipairs(KEYS) do
  local maximum, rate = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1])
  if wait <= 0 then levels[i] = levels[i] - tonumber(ARGV[4 * i - 3]) end
  redis.call('HSET', key, 'level', string.format('%.6f', levels[i]), 'at', string.format('%.6f', now))
  redis.call('PEXPIRE', key, math.ceil((maximum - levels[i]) / rate * 1000) + 1000)
  answer[i + 1] = string.format('%.6f', levels[i])
end
answer[1] = string.format('%.6f', wait)
return answer
"""


class Claim(Protocol):
    """``amount`` points of the bucket ``key``, which holds ``maximum`` and gets ``rate`` a second."""

    @property
    def key(self) -> str: ...

    @property
    def amount(self) -> int: ...

    @property
    def maximum(self) -> int: ...

    @property
    def rate(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """``wait`` is 0 where every claim was met, else the seconds until they could be. Levels: one a claim."""

    wait: float
    levels: tuple[float, ...]


class LocalBuckets:
    """The buckets of one process."""

    def __init__(self, now: Callable[[], float] = time.monotonic, most: int = MOST_LOCAL) -> None:
        self._now = now
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # level, and when it was that

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, claims: Sequence[Claim], given_back: Sequence[int]) -> Taken:
        """As the script above does. ``given_back`` has a number for each claim."""
        now = self._now()
        levels: list[float] = []
        wait = 0.0
        for claim, back in zip(claims, given_back, strict=True):
            level, at = self._buckets.get(claim.key, (float(claim.maximum), now))
            level = min(claim.maximum, level + (now - at) * claim.rate + back)
            levels.append(level)
            wait = max(wait, (min(claim.amount, claim.maximum) - level) / claim.rate)
        if wait <= 0:
            levels = [level - claim.amount for level, claim in zip(levels, claims, strict=True)]
        for claim, level in zip(claims, levels, strict=True):
            self._buckets[claim.key] = (level, now)
            self._buckets.move_to_end(claim.key)
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return Taken(max(0.0, wait), tuple(levels))


class SharedBuckets:
    """Buckets in Redis. Points given back go along with the next visit: an operation costs one trip."""

    def __init__(self, url: str, shop: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self._client = connect(url, timeout=TIMEOUT)
        self._script: Any = self._client.register_script(TAKE)
        self._prefix = f"matvis:{shop}:budget:"
        self._now = now
        self._local = LocalBuckets(now)
        self._visits = asyncio.Semaphore(AT_ONCE)
        self._given_back: OrderedDict[str, int] = OrderedDict()
        self._away_until: float | None = None

    async def take(self, claims: Sequence[Claim]) -> Taken:
        """Take every claim, or none. A claim above its bucket's maximum is met by a full bucket."""
        back = [self._given_back.pop(claim.key, 0) for claim in claims]
        if self._away_until is not None and self._now() < self._away_until:
            return self._local.take(claims, back)
        try:
            async with self._visits:
                taken = await self._ask(claims, back)
        except FAILURES as down:
            if self._away_until is None:
                log.warning("budgets_local", error=str(down))
            self._away_until = self._now() + PAUSE
            return self._local.take(claims, back)
        if self._away_until is not None:
            log.info("budgets_shared")
            self._away_until = None
        return taken

    async def _ask(self, claims: Sequence[Claim], given_back: Sequence[int]) -> Taken:
        values: list[float] = []
        for claim, back in zip(claims, given_back, strict=True):
            values += [claim.amount, claim.maximum, claim.rate, back]
        wait, *levels = await self._script(keys=[self._name(claim.key) for claim in claims], args=values)
        return Taken(max(0.0, float(wait)), tuple(map(float, levels)))

    def _name(self, key: str) -> str:
        """Redis's key for a bucket. A caller's are asked for at once, so a cluster keeps them together."""
        caller, _, group = key.rpartition(":")
        return f"{self._prefix}{{{caller}}}:{group}"

    def give_back(self, key: str, amount: int) -> None:
        """Return points with the next visit to their bucket."""
        self._given_back[key] = self._given_back.get(key, 0) + amount
        if len(self._given_back) > MOST_LOCAL:
            self._given_back.popitem(last=False)

    async def close(self) -> None:
        await self._client.aclose()
