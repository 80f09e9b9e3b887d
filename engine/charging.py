"""What the events of subscriptions cost their listeners: noted here, and settled with the budgets in batches.

A visit to the buckets for each event and listener would cost more than the message. So every listener of a
caller adds to one *account*, and accounts are settled about once a second.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

from engine.budgets import Buckets, Budget, Caller, Claim, throttled
from engine.requests import Response

EVERY: Final = 1.0  # seconds between two settlements
LITTLE: Final = 1_000  # what is owed is little where so many times as much fills the budget,
LITTLE_AFTER: Final = 30  # and is settled after so many rounds: few callers owe much, many owe little


class Listener(Protocol):
    """A listener that can be let go."""

    def end(self, response: Response | None) -> None:
        """Nothing more comes after this."""


class Account:
    """What one caller owes for events."""

    __slots__ = ("_accounts", "_listeners", "budget", "name", "owed", "throttled_until", "turns")

    def __init__(self, accounts: "Accounts", name: str, budget: Budget) -> None:
        self.name = name
        self.budget = budget
        self.owed = 0
        self.turns = 0
        """Settlements that have passed it over, as it owed little."""
        self.throttled_until = 0.0
        """Until then nothing new may be begun."""
        self._accounts = accounts
        self._listeners: set[Listener] = set()

    @property
    def is_idle(self) -> bool:
        return not (self._listeners or self.owed)

    def charge(self, cost: int) -> None:
        """A listener was told an event that cost so much."""
        if not self.owed and cost:
            self._accounts.owes(self)
        self.owed += cost

    def join(self, listener: Listener) -> None:
        """The listener is let go should the budget run out."""
        self._listeners.add(listener)

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        self.close()

    def close(self) -> None:
        """Forget the account if nothing depends on it."""
        self._accounts.drop(self)

    def claim(self, amount: int) -> Claim:
        return Claim(f"{self.name}:cost", amount, self.budget.maximum, self.budget.rate)

    def let_go(self, refusal: Response) -> None:
        """End every listener. Each may come back, with its cursor, when it is no longer throttled."""
        for listener in tuple(self._listeners):
            listener.end(refusal)


class Accounts:
    """The accounts of this process."""

    def __init__(
        self, buckets: Buckets, every: float = EVERY, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._buckets = buckets
        self._every = every
        self._now = now
        self._accounts: dict[str, Account] = {}
        self._owing: dict[Account, None] = {}
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._accounts)

    def of(self, caller: Caller) -> Account | None:
        """The caller's account; none where it has no budget.

        Close it when nothing joins or is charged any more. Raises ``RequestRefused`` while it is throttled.
        """
        if caller.budget is None:
            return None
        account = self._accounts.get(caller.name)
        if account is None:
            account = self._accounts[caller.name] = Account(self, caller.name, caller.budget)
        wait = account.throttled_until - self._now()
        if wait > 0:
            raise throttled(wait, account.claim(account.owed), 0.0)
        return account

    def owes(self, account: Account) -> None:
        """See that the account is settled."""
        self._owing[account] = None
        if self._task is None:
            self._task = asyncio.create_task(self._settle_them())

    def drop(self, account: Account) -> None:
        """Forget the account if nothing depends on it."""
        if account.is_idle and self._accounts.get(account.name) is account:
            del self._accounts[account.name]

    async def close(self) -> None:
        """Settle what is owed, as far as the budgets go."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for account in tuple(self._owing):
            await self._settle(account)

    async def _settle_them(self) -> None:
        try:
            while self._owing:
                await asyncio.sleep(self._every)
                for account in tuple(self._owing):
                    account.turns += 1
                    if account.owed * LITTLE >= account.budget.maximum or account.turns >= LITTLE_AFTER:
                        await self._settle(account)
        finally:
            self._task = None

    async def _settle(self, account: Account) -> None:
        account.turns = 0
        owed = account.owed
        taken = await self._buckets.take([account.claim(owed)])
        if taken.wait <= 0:
            self._paid(account, owed)
            return
        # What is there is taken, so that the caller finds nothing elsewhere; the rest stays owed, and is
        # asked for first.
        left = int(taken.levels[-1])
        if left > 0 and (await self._buckets.take([account.claim(left)])).wait <= 0:
            self._paid(account, left)
        account.turns = LITTLE_AFTER
        account.throttled_until = self._now() + taken.wait
        account.let_go(Response.refused(throttled(taken.wait, account.claim(owed), 0.0)))

    def _paid(self, account: Account, amount: int) -> None:
        account.owed -= amount
        if not account.owed:
            self._owing.pop(account, None)
            self.drop(account)
