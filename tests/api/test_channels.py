"""Channels, through the API."""

import pytest

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


@pytest.mark.parametrize("rows", [1, 50])
async def test_channels_with_countries_cost_two_statements(
    client: Client, factory: Factory, statements: Statements, rows: int
) -> None:
    for number in range(rows):
        await factory.shipping_zone(await factory.channel(f"channel-{number}"))

    async with statements.recording() as sent:
        await client.run(CHANNELS)

    assert len(sent) == 2
