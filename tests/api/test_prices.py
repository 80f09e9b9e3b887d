"""What products and variants cost, through the API."""

from typing import Any

import pytest

from tests.clients import Client
from tests.factory import Factory

PRICES = """
query ($slug: String) {
  product(slug: $slug, channel: "us") {
    pricing {
      onSale
      priceRange {
        start { gross { amount currency } net { amount } tax { amount } }
        stop { gross { amount } }
      }
      priceRangeUndiscounted { start { gross { amount } } stop { gross { amount } } }
      discount { gross { amount } }
    }
    variants { pricing {
      onSale price { gross { amount } } priceUndiscounted { gross { amount } } discount { net { amount } }
    } }
  }
}
"""


async def test_prices_carry_the_tax_of_the_channels_country_and_what_is_taken_off(
    client: Client, factory: Factory
) -> None:
    us = await factory.channel("us", prices_entered_with_tax=False)
    reduced = await factory.tax_class("Books")
    await factory.tax_rate("US", "0.2")
    await factory.tax_rate("US", "0.05", reduced)
    kind = await factory.product_type(tax_class_id=reduced.id)
    product = await factory.product(us, slug="book", product_type_id=kind.id)
    await factory.variant(product, us, price="10", discounted="8")
    await factory.variant(product, us, price="30")

    (answer,) = (await client.run(PRICES, slug="book")).values()

    assert answer["pricing"] == {
        "onSale": True,
        "priceRange": {
            "start": {
                "gross": {"amount": 8.4, "currency": "USD"},
                "net": {"amount": 8.0},
                "tax": {"amount": 0.4},
            },
            "stop": {"gross": {"amount": 31.5}},
        },
        "priceRangeUndiscounted": {"start": {"gross": {"amount": 10.5}}, "stop": {"gross": {"amount": 31.5}}},
        "discount": {"gross": {"amount": 2.1}},
    }
    assert [one["pricing"] for one in answer["variants"]] == [
        {
            "onSale": True,
            "price": {"gross": {"amount": 8.4}},
            "priceUndiscounted": {"gross": {"amount": 10.5}},
            "discount": {"net": {"amount": 2.0}},
        },
        {
            "onSale": False,
            "price": {"gross": {"amount": 31.5}},
            "priceUndiscounted": {"gross": {"amount": 31.5}},
            "discount": None,
        },
    ]


@pytest.mark.parametrize(
    ("channel", "net"), [({}, 83.33), ({"charge_taxes": False}, 100.0), ({"default_country": "CA"}, 100.0)]
)
async def test_a_price_entered_with_tax_is_the_gross_one(
    client: Client, factory: Factory, channel: dict[str, Any], net: float
) -> None:
    us = await factory.channel("us", **channel)
    await factory.tax_rate("US", "0.2")
    product = await factory.product(us, slug="mug")
    await factory.variant(product, us, price="100")

    (answer,) = (await client.run(PRICES, slug="mug")).values()

    assert answer["pricing"]["priceRange"]["start"]["gross"]["amount"] == 100.0
    assert answer["pricing"]["priceRange"]["start"]["net"]["amount"] == net


async def test_a_product_without_variants_in_the_channel_has_no_price(
    client: Client, factory: Factory
) -> None:
    us, eu = await factory.channel("us"), await factory.channel("eu")
    product = await factory.product(us, eu, slug="mug")
    await factory.variant(product, eu)

    (answer,) = (await client.run(PRICES, slug="mug")).values()

    assert answer == {"pricing": None, "variants": []}
