"""Figures: what an operation adds to them, and who may read them."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from engine.reading import MOST_TITLE
from server.asgi import create_app
from server.metrics import NAMES, OTHER, Names
from server.settings import Settings
from tests.clients import Client, serving
from tests.factory import Factory

CHANNELS = "query Shelves { channels { slug } }"


async def figures(client: Client) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus writes them."""
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        text = (await http.get("/metrics")).text
    samples = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


async def test_an_operation_is_counted_under_its_name_with_its_statements(
    client: Client, factory: Factory
) -> None:
    await factory.channel()
    staff = await client.as_staff()

    await staff.run(CHANNELS)
    await staff.run(CHANNELS)

    found = await figures(client)
    assert found['matvis_operations_total{kind="query",name="Shelves",outcome="ok"}'] == 2
    assert found['matvis_operation_seconds_count{kind="query"}'] == 2
    assert (
        found['matvis_operation_statements_sum{kind="query"}'] == 4
    )  # each reads the viewer and the channels
    assert found['matvis_runs_total{how="plan"}'] == 2


async def test_errors_are_counted_by_their_codes(client: Client) -> None:
    unknown = await client.refused('query Mine { order(id: "nonsense") { id } }')
    lacking = await client.refused("query Mine($name: String!) { channel(slug: $name) { slug } }")
    payload = await client.run(
        'mutation { tokenCreate(email: "a@b.example", password: "no") { errors { code } } }'
    )
    unread = await client.refused("{ nope }")

    found = await figures(client)
    assert [found[f'matvis_errors_total{{code="{code}"}}'] for code in unknown + lacking] == [1, 1]
    assert found[f'matvis_errors_total{{code="{payload["tokenCreate"]["errors"][0]["code"]}"}}'] == 1
    assert found[f'matvis_requests_refused_total{{code="{unread[0]}"}}'] == 1
    assert found['matvis_operations_total{kind="query",name="Mine",outcome="errors"}'] == 1
    assert found['matvis_operations_total{kind="query",name="Mine",outcome="refused"}'] == 1


async def test_it_is_told_why_there_is_no_plan(client: Client) -> None:
    conditional = "query ($may: Boolean = true) { channels { slug @include(if: $may) } }"
    await client.run("{ channels { slug } }")
    assert not [name for name in await figures(client) if name.startswith("matvis_unplanned_total{")]

    await client.run(conditional, may=None)

    found = await figures(client)
    assert found['matvis_unplanned_total{why="GraphQLError while compiling"}'] == 1
    assert found['matvis_runs_total{how="reference"}'] == 1


async def test_no_field_passes_for_a_code(client: Client, factory: Factory) -> None:
    await factory.menu_item(await factory.menu("there"), "1 Elm Street")

    told = await client.run('{ menu(slug: "there") { errors: items { code: name } } }')
    await client.run('{ menu(slug: "there") { errors: items { code: menu { id } } } }')
    payload = await client.run(
        'mutation { tokenCreate(email: "a@b.example", password: "no") { errors { code: message } } }'
    )

    assert told == {"menu": {"errors": [{"code": "1 Elm Street"}]}}
    assert payload["tokenCreate"]["errors"]
    assert not [name for name in await figures(client) if name.startswith("matvis_errors_total{")]


async def test_of_a_long_name_the_beginning_is_counted(client: Client) -> None:
    await client.run(f"query {'A' * 5_000} {{ __typename }}")

    assert f'matvis_operations_total{{kind="query",name="{"A" * MOST_TITLE}",outcome="ok"}}' in await figures(
        client
    )


async def test_the_pool_and_the_relay_are_shown(client: Client, factory: Factory) -> None:
    await factory.channel()

    found = await figures(client)

    assert found["matvis_pool_size"] == 2
    assert found["matvis_pool_idle"] == 2
    assert found["matvis_pool_refused_total"] == 0
    assert (found["matvis_listeners"], found["matvis_listener_groups"]) == (0, 0)
    assert found["matvis_relay_waiting"] == 0
    assert found["matvis_relay_lag_seconds"] == 0


def test_clients_cannot_make_series_without_end() -> None:
    names = Names(NAMES)

    told = [names(f"Operation{number}") for number in range(NAMES + 2)]

    assert told[-3:] == [f"Operation{NAMES - 1}", OTHER, OTHER]
    assert names("Operation0") == "Operation0"


@pytest.mark.parametrize(
    ("token", "peer", "headers", "status"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "192.0.2.7", {}, 403),
        ("", "127.0.0.1", {"x-forwarded-for": "192.0.2.7"}, 403),
        ("t" * 20, "192.0.2.7", {"authorization": "Bearer " + "t" * 20}, 200),
        ("t" * 20, "127.0.0.1", {}, 403),
        ("t" * 20, "127.0.0.1", {"authorization": "Bearer nope"}, 403),
    ],
)
async def test_metrics_are_for_this_machine_or_for_who_has_the_token(  # noqa: PLR0917 - one for each column
    settings: Settings,
    open_test_shop: Callable[..., Any],
    token: str,
    peer: str,
    headers: dict[str, str],
    status: int,
) -> None:
    guarded = settings.model_copy(update={"metrics_token": token})
    app = create_app(guarded, open_test_shop, with_chores=False)

    async with serving(app):
        transport = httpx2.ASGITransport(app=app, client=(peer, 5000))
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as http:
            answer = await http.get("/metrics", headers=headers)

    assert answer.status_code == status
