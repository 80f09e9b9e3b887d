"""Events are paid for: by each listener, in batches, and until its caller's budget has run out."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from adapters.budgets import Taken
from engine.budgets import Admission, Budget, Caller, Claim
from engine.charging import LITTLE_AFTER, Accounts
from engine.errors import RequestRefused
from engine.executor import Executor
from tests.engine.numbers import Ear, Shop, explain, schema, settled
from tests.engine.test_budgets import Memory, Watch


class Counting(Memory):
    """Buckets that count how often they are visited."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(watch)
        self.visits: list[tuple[str, int]] = []

    async def take(self, claims: Sequence[Claim]) -> Taken:
        self.visits += [(claim.key, claim.amount) for claim in claims]
        return await super().take(claims)

    def level(self, name: str) -> float:
        return self.local.take([Claim(f"{name}:cost", 0, 10, 1.0)], [0]).levels[0]


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def buckets(watch: Watch) -> Counting:
    return Counting(watch)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def accounts(buckets: Counting, watch: Watch) -> Accounts:
    """Settled at every turn of the loop."""
    return Accounts(buckets, every=0.0, now=watch)


@pytest.fixture
def executor(buckets: Counting, accounts: Accounts) -> Executor:
    """An event costs 1; a budget has 10 and gets 1 a second."""
    made = Executor(schema(), explain)
    budget = Budget(10, 1.0)
    made.runner.admission = Admission(
        lambda context: Caller(context.viewer, 100, None if context.viewer == "free" else budget), buckets
    )
    made.runner.accounts = accounts
    return made


@pytest.fixture
def ear(executor: Executor, shop: Shop) -> Callable[..., Ear]:
    return lambda viewer="ada": Ear(executor, shop, viewer)


async def publish(shop: Shop, number: int) -> None:
    for _ in range(number):
        shop.publish()
        await settled()


async def publish_together(shop: Shop, number: int) -> None:
    """They are told before any of them is settled."""
    for _ in range(number):
        shop.publish()
    await settled()


async def test_each_listener_pays_for_what_it_is_told(
    ear: Callable[..., Ear], shop: Shop, buckets: Counting
) -> None:
    ears = [ear("ada"), ear("ada"), ear("bob")]
    for one in ears:
        await one.listen()
    await publish(shop, 2)

    assert [len(one.heard) for one in ears] == [2, 2, 2]
    assert {name: buckets.level(name) for name in ("ada", "bob")} == {"ada": 10 - 4, "bob": 10 - 2}


async def test_events_are_settled_together_and_not_one_by_one(
    ear: Callable[..., Ear], shop: Shop, buckets: Counting, executor: Executor
) -> None:
    executor.runner.accounts = accounts = Accounts(buckets, every=600.0)
    for name in ("ada", "ada", "bob"):
        await ear(name).listen()
    buckets.visits.clear()
    await publish(shop, 3)
    before = list(buckets.visits)
    await accounts.close()

    assert before == []
    assert sorted(buckets.visits) == [("ada:cost", 6), ("bob:cost", 3)]


async def test_a_caller_whose_budget_runs_out_is_let_go_and_misses_nothing_on_coming_back(
    ear: Callable[..., Ear], shop: Shop, watch: Watch
) -> None:
    one = ear()
    await one.listen()
    await publish(shop, 11)
    at_once = ear()
    at_once.cursor = one.cursor
    await at_once.listen()
    watch.seconds += 5
    await publish(shop, 2)
    again = ear()
    again.cursor = one.cursor
    await again.listen()
    await publish(shop, 1)

    assert (one.ended, at_once.ended, again.ended) == (["THROTTLED"], ["THROTTLED"], [])
    assert [*one.heard, *again.heard] == [f"{number} ada" for number in range(1, 15)]
    assert again.recovered == [True, None, None]


async def test_it_is_told_when_to_come_back(ear: Callable[..., Ear], shop: Shop) -> None:
    one = ear()
    await one.listen()
    await publish_together(shop, 14)  # more than there is at once: they are paid for later
    before = list(one.ended)
    await publish(shop, 1)

    assert before == []
    assert one.refusals == [
        {
            "message": "Too much at once: try again in 5 seconds.",
            "extensions": {
                "code": "THROTTLED",
                "retryAfter": 5,
                "cost": {
                    "requestedQueryCost": 1,
                    "throttleStatus": {
                        "maximumAvailable": 10,
                        "currentlyAvailable": 0,
                        "restoreRate": 1.0,
                    },
                },
            },
        }
    ]


async def test_what_was_more_than_there_is_stays_owed_and_is_paid_first(
    ear: Callable[..., Ear], shop: Shop, executor: Executor, buckets: Counting, watch: Watch
) -> None:
    one = ear()
    await one.listen()
    await publish(shop, 5)
    await publish_together(shop, 8)
    left = buckets.level("ada")
    with pytest.raises(RequestRefused):
        executor.runner.account(await one.context())
    watch.seconds += 4
    await settled()
    account = executor.runner.account(await one.context())

    assert (one.ended, len(one.heard), left) == (["THROTTLED"], 13, 0)
    assert (buckets.level("ada"), account and account.owed) == (4 - 3, 0)


async def test_what_was_missed_is_paid_for_as_well(ear: Callable[..., Ear], shop: Shop) -> None:
    await publish(shop, 30)
    one, two = ear("ada"), ear("bob")
    one.cursor, two.cursor = "20", "1"
    await one.listen()
    await two.listen()
    await settled()

    assert (len(one.heard), one.ended) == (10, [])
    assert two.ended == ["THROTTLED"]
    assert 10 < len(two.heard) < 29, "it is let go in the middle of what it missed"


async def test_who_owes_little_is_settled_seldom(
    ear: Callable[..., Ear], shop: Shop, executor: Executor, buckets: Counting
) -> None:
    rich = Budget(1_000_000, 1.0)
    executor.runner.admission = Admission(lambda context: Caller(context.viewer, 100, rich), buckets)
    await ear().listen()
    buckets.visits.clear()
    shop.publish()
    for _ in range(LITTLE_AFTER - 5):
        await asyncio.sleep(0)
    early = list(buckets.visits)
    await settled()

    assert (early, buckets.visits) == ([], [("ada:cost", 1)])


async def test_whoever_has_no_budget_pays_nothing_and_no_account_is_left_behind(
    ear: Callable[..., Ear], shop: Shop, accounts: Accounts, buckets: Counting
) -> None:
    free, banned, leaves = ear("free"), ear("eve"), ear("ada")
    shop.banned.add("eve")
    for one in (free, banned, leaves):
        await one.listen()
    await publish(shop, 5)
    held = len(accounts)
    leaves.leave()
    await settled()

    assert (len(free.heard), banned.ended) == (5, ["PERMISSION_DENIED"])
    assert (held, len(accounts)) == (1, 0)
    assert {key for key, _ in buckets.visits} == {"ada:cost"}
