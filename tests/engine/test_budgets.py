"""Budgets of callers: what an operation takes, what it gives back, and when it is refused."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from adapters.budgets import LocalBuckets, Taken
from engine.budgets import Admission, Budget, Caller, Claim, Counted
from engine.errors import RequestRefused
from engine.executor import Executor
from engine.loading import Loading
from engine.requests import GraphQLRequest
from tests.engine import library

LOGINS = Counted("logins", Budget(3, 0.5))


@dataclass
class Watch:
    """A clock that goes when it is told to."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


class Memory:
    """Local buckets behind the shared ones' manners."""

    def __init__(self, watch: Watch) -> None:
        self.local = LocalBuckets(watch)
        self.given_back: Counter[str] = Counter()

    async def take(self, claims: Sequence[Claim]) -> Taken:
        return self.local.take(claims, [self.given_back.pop(claim.key, 0) for claim in claims])

    def give_back(self, key: str, amount: int) -> None:
        self.given_back[key] += amount


@dataclass
class Asked:
    cost: int = 1
    root_fields: Mapping[str, int] = field(default_factory=dict)
    introspection: Sequence[dict[str, Any]] = ()
    too_large: Sequence[dict[str, Any]] = ()


@pytest.fixture
def watch() -> Watch:
    return Watch()


def admission(watch: Watch, **caller: Any) -> Admission:
    """Callers are named by their context; ``caller`` is what they may have."""
    made: dict[str, Any] = {"cost_limit": 1_000, "budget": Budget(100, 10.0)} | caller
    return Admission(lambda name: Caller(name, **made), Memory(watch), {"login": LOGINS, "reset": LOGINS})


async def test_an_operation_takes_its_cost_and_gets_back_what_it_did_not_need(watch: Watch) -> None:
    door = admission(watch)

    first = await door.admit(Asked(60), "ada")
    assert first is not None
    told = first.settle(20)
    second = await door.admit(Asked(70), "ada")
    assert second is not None

    assert told == {
        "requestedQueryCost": 60,
        "actualQueryCost": 20,
        "throttleStatus": {"maximumAvailable": 100, "currentlyAvailable": 80, "restoreRate": 10.0},
    }
    assert second.settle(500)["throttleStatus"]["currentlyAvailable"] == 10


async def test_who_has_run_out_is_told_when_to_come_back(watch: Watch) -> None:
    door = admission(watch)
    await door.admit(Asked(90), "ada")

    with pytest.raises(RequestRefused) as refusal:
        await door.admit(Asked(45), "ada")
    watch.seconds = 3.5
    assert await door.admit(Asked(45), "ada") is not None

    assert (refusal.value.status, refusal.value.headers) == (429, {"retry-after": "4"})
    assert refusal.value.errors[0]["extensions"] == {
        "retryAfter": 4,
        "cost": {
            "requestedQueryCost": 45,
            "throttleStatus": {"maximumAvailable": 100, "currentlyAvailable": 10, "restoreRate": 10.0},
        },
        "code": "THROTTLED",
    }


async def test_callers_do_not_spend_each_others_budgets(watch: Watch) -> None:
    door = admission(watch)
    await door.admit(Asked(100), "ada")

    assert await door.admit(Asked(100), "bo") is not None


async def test_what_costs_more_than_the_budget_needs_a_full_one_and_is_paid_off_later(watch: Watch) -> None:
    door = admission(watch)
    await door.admit(Asked(300), "ada")

    watch.seconds = 29.0
    with pytest.raises(RequestRefused):
        await door.admit(Asked(91), "ada")
    watch.seconds = 30.0

    assert await door.admit(Asked(100), "ada") is not None


async def test_nothing_above_the_callers_limit_is_admitted(watch: Watch) -> None:
    with pytest.raises(RequestRefused) as refusal:
        await admission(watch, cost_limit=10).admit(Asked(11), "ada")

    assert refusal.value.errors[0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED"
    assert await admission(watch, cost_limit=11, budget=None).admit(Asked(11), "ada") is None


async def test_aliases_of_a_counted_field_count_each(watch: Watch) -> None:
    door = admission(watch, budget=None)
    await door.admit(Asked(1, {"login": 2, "reset": 1, "me": 9}), "ada")

    with pytest.raises(RequestRefused) as refusal:
        await door.admit(Asked(1, {"login": 1}), "ada")

    assert refusal.value.errors[0]["extensions"] == {"retryAfter": 2, "code": "THROTTLED"}


async def test_no_operation_has_more_of_a_counted_field_than_its_budget_holds(watch: Watch) -> None:
    with pytest.raises(RequestRefused, match="4 logins, and 3 at once") as refusal:
        await admission(watch).admit(Asked(1, {"login": 3, "reset": 1}), "ada")

    assert refusal.value.errors[0]["extensions"]["code"] == "GRAPHQL_LIMIT_EXCEEDED"


async def test_callers_at_one_place_share_its_counted_fields(watch: Watch) -> None:
    door = admission(watch, place="here")
    await door.admit(Asked(5, {"login": 2}), "ada")

    with pytest.raises(RequestRefused, match="2 seconds") as refusal:
        await door.admit(Asked(5, {"login": 2}), "bo")
    await door.admit(Asked(99, {"me": 2}), "bo")  # who was refused has paid nothing
    watch.seconds = 2.0
    await door.admit(Asked(5, {"login": 2}), "bo")

    assert refusal.value.status == 429


async def test_a_refused_operation_takes_nothing_from_any_bucket(watch: Watch) -> None:
    door = admission(watch)
    await door.admit(Asked(1, {"login": 3}), "ada")

    with pytest.raises(RequestRefused):
        await door.admit(Asked(50, {"login": 1}), "ada")
    after = await door.admit(Asked(99), "ada")

    assert after is not None
    assert after.level == 0


async def test_who_is_not_counted_may_try_for_ever(watch: Watch) -> None:
    door = admission(watch, budget=None, counted=False)

    assert [await door.admit(Asked(1, {"login": 50}), "ada") for _ in range(3)] == [None] * 3


def test_the_bucket_unused_for_longest_is_forgotten_first(watch: Watch) -> None:
    buckets = LocalBuckets(watch, most=2)
    for key in ("a", "b", "a", "c"):
        buckets.take([Claim(key, 1, 10, 1.0)], [0])

    levels = [buckets.take([Claim(key, 1, 10, 1.0)], [0]).levels for key in ("a", "b")]

    assert levels == [(7.0,), (9.0,)]
    assert len(buckets) == 2


def test_a_bucket_never_holds_more_than_its_maximum(watch: Watch) -> None:
    buckets = LocalBuckets(watch)
    buckets.take([Claim("a", 5, 10, 1.0)], [0])
    watch.seconds = 1_000.0

    taken = buckets.take([Claim("a", 1, 10, 1.0)], [1_000])

    assert taken == Taken(0.0, (9.0,))


async def test_answers_say_what_they_cost(watch: Watch) -> None:
    executor = Executor(library.SCHEMA.graphql, lambda _: None)
    executor.runner.admission = Admission(lambda _: Caller("ada", 1_000, Budget(100, 10.0)), Memory(watch))
    context = library.Context(Loading(library.Calls()))

    answer = await executor.execute(GraphQLRequest("{ shelves(ids: [1, 2]) { books { id } } }"), context)

    # Two shelves, and the three books on them, where five shelves with five books each were feared.
    assert answer.body() == {
        "data": {"shelves": [{"books": [{"id": 11}]}, {"books": [{"id": 21}, {"id": 22}]}]},
        "extensions": {
            "cost": {
                "requestedQueryCost": 30,
                "actualQueryCost": 5,
                "throttleStatus": {"maximumAvailable": 100, "currentlyAvailable": 95, "restoreRate": 10.0},
            }
        },
    }


@pytest.mark.parametrize(
    ("document", "actual"),
    [
        ("{ shelves(ids: [1, 2]) { first { id } } }", 4),  # shelf 2 has no first book: that is all there is
        ("{ shelves(ids: [1, 9]) { books { id } name } }", 30),  # a shelf has no name: all books go with it
    ],
)
async def test_what_an_error_takes_along_is_not_given_back(watch: Watch, document: str, actual: int) -> None:
    executor = Executor(library.SCHEMA.graphql, lambda _: None)
    executor.runner.admission = Admission(lambda _: Caller("ada", 1_000, Budget(100, 10.0)), Memory(watch))

    answer = await executor.execute(GraphQLRequest(document), library.Context(Loading(library.Calls())))

    assert len(answer.errors) > 0
    assert answer.extensions["cost"]["actualQueryCost"] == actual


async def test_a_refusal_over_http_says_when_to_come_back(
    executor: Executor, client: httpx2.AsyncClient, watch: Watch
) -> None:
    executor.runner.admission = Admission(
        lambda context: Caller(context.viewer, 1_000),
        Memory(watch),
        {"note": Counted("notes", Budget(2, 1.0))},
    )
    notes = 'mutation { a: note(text: "a") ...More } fragment More on Mutation { b: note(text: "b") }'

    answers = [await client.post("/graphql", json={"query": notes}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["retry-after"] == "2"
    assert answers[1].json() == {
        "errors": [
            {
                "message": "Too much at once: try again in 2 seconds.",
                "extensions": {"retryAfter": 2, "code": "THROTTLED"},
            }
        ]
    }


async def test_what_is_left_makes_no_other_answer_of_a_cached_one(
    executor: Executor, client: httpx2.AsyncClient, watch: Watch
) -> None:
    executor.runner.admission = Admission(lambda _: Caller("ada", 1_000, Budget(100, 10.0)), Memory(watch))
    first = await client.get("/graphql", params={"query": "{ me { hello } }"})
    await client.get("/graphql", params={"query": "{ me { friend { hello } } }"})

    again = await client.get(
        "/graphql", params={"query": "{ me { hello } }"}, headers={"if-none-match": first.headers["etag"]}
    )

    assert first.json()["extensions"]["cost"]["requestedQueryCost"] == 1
    assert (again.status_code, again.content) == (304, b"")
