"""Channels, through the API."""

from typing import Any

import pytest

from domain.access import Permission
from schema.ids import to_global
from tests.clients import Client
from tests.factory import Factory
from tests.statements import Statements

CHANNELS = "{ channels { id slug currencyCode defaultCountry { code country } countries { code } } }"


async def test_every_channel_is_listed_by_slug(client: Client, factory: Factory) -> None:
    await factory.channel("us")
    poland = await factory.channel("pl", "PLN", "PL")
    await factory.shipping_zone(poland, countries=["PL", "DE"])

    answer = await client.run(CHANNELS)

    assert [one["slug"] for one in answer["channels"]] == ["pl", "us"]
    assert answer["channels"][0] == {
        "id": to_global("Channel", poland.id),
        "slug": "pl",
        "currencyCode": "PLN",
        "defaultCountry": {"code": "PL", "country": "Poland"},
        "countries": [{"code": "DE"}, {"code": "PL"}],
    }


async def test_a_channel_is_found_by_slug_and_by_id(client: Client, factory: Factory) -> None:
    row = await factory.channel("us")

    by_slug = await client.run('{ channel(slug: "us") { id } }')
    by_id = await client.run(
        "query ($id: ID!) { channel(id: $id) { slug } }", id=to_global("Channel", row.id)
    )

    assert by_slug == {"channel": {"id": to_global("Channel", row.id)}}
    assert by_id == {"channel": {"slug": "us"}}


async def test_an_id_of_something_else_is_refused(client: Client) -> None:
    assert await client.refused('{ channel(id: "UHJvZHVjdDox") { slug } }') == ["INVALID"]


async def test_only_staff_sees_private_metadata(client: Client, factory: Factory) -> None:
    await factory.channel("us", private_meta={"erp": "7"}, meta={"shown": "yes"})
    document = '{ channel(slug: "us") { metafield(key: "shown") privateMetadata { key value } } }'

    staff = await client.as_staff()

    assert await client.refused(document) == ["PERMISSION_DENIED"]
    assert await staff.run(document) == {
        "channel": {"metafield": "yes", "privateMetadata": [{"key": "erp", "value": "7"}]}
    }


SETTINGS = """checkoutSettings {
  automaticallyCompleteFullyPaidCheckouts automaticCompletionDelay automaticCompletionCutOffDate
}"""
UPDATE = f"""
mutation ($id: ID!, $completion: CheckoutAutoCompleteInput) {{
  channelUpdate(id: $id, input: {{ checkoutSettings: {{ automaticCompletion: $completion }} }}) {{
    channel {{ {SETTINGS} }} errors {{ field code }}
  }}
}}
"""


async def test_staff_says_when_paid_checkouts_become_orders(client: Client, factory: Factory) -> None:
    row, _ = await factory.channel("us"), await factory.channel("pl")
    staff, key = await client.as_staff([Permission.MANAGE_CHANNELS]), to_global("Channel", row.id)
    query = f'{{ us: channel(slug: "us") {{ {SETTINGS} }} pl: channel(slug: "pl") {{ {SETTINGS} }} }}'
    later = {"enabled": True, "delay": 5, "cutOffDate": "2026-05-01T12:00:00+00:00"}

    before = await client.run(query)
    await staff.run(UPDATE, id=key, completion={"enabled": False})
    off = await client.run(query)
    done = await staff.run(UPDATE, id=key, completion=later)

    assert before == {"us": settings(30), "pl": settings(30)}
    assert off == {"us": settings(None), "pl": settings(30)}
    assert done["channelUpdate"] == {"channel": settings(5, later["cutOffDate"]), "errors": []}
    events = await factory.fetch("select subject_id from outbox where kind = 'ChannelUpdated'")
    assert [event.subject_id for event in events] == [str(row.id)] * 2


def settings(delay: int | None, cut_off: object = None) -> dict[str, Any]:
    """What a channel says of checkouts that were paid and left."""
    return {
        "checkoutSettings": {
            "automaticallyCompleteFullyPaidCheckouts": delay is not None,
            "automaticCompletionDelay": delay,
            "automaticCompletionCutOffDate": cut_off,
        }
    }


async def test_a_delay_that_outlasts_the_money_is_refused(client: Client, factory: Factory) -> None:
    row, staff = await factory.channel("us"), await client.as_staff()
    late = {"enabled": True, "delay": 721}

    told = await staff.run(UPDATE, id=to_global("Channel", row.id), completion=late)
    nowhere = await staff.run(UPDATE, id=to_global("Channel", 9), completion={"enabled": True})

    field = "checkoutSettings.automaticCompletion.delay"
    assert told["channelUpdate"] == {"channel": None, "errors": [{"field": field, "code": "INVALID"}]}
    assert nowhere["channelUpdate"]["errors"] == [{"field": "id", "code": "NOT_FOUND"}]
    assert await factory.value("select automatic_completion_delay from channels") == 30


@pytest.mark.parametrize("rows", [1, 50])
async def test_channels_with_countries_cost_two_statements(
    client: Client, factory: Factory, statements: Statements, rows: int
) -> None:
    for number in range(rows):
        await factory.shipping_zone(await factory.channel(f"channel-{number}"))

    async with statements.recording() as sent:
        await client.run(CHANNELS)

    assert len(sent) == 2
