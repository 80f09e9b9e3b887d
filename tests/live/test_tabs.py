"""Two tabs on the explorer, in a real browser: what is changed in one is shown by the other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schema.ids import to_global
from tests.browser import CHROMIUM, chromium, tab
from tests.explorer import ANSWER, execute
from tests.factory import Factory
from tests.markets import Market

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")


async def test_one_tab_changes_a_checkout_and_the_other_shows_it(
    served: Callable[..., Any], factory: Factory, tmp_path: Path
) -> None:
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant("10"), 1))
    lamp = await market.variant("25", sku="LAMP")
    cart = to_global("Checkout", checkout.id)
    watch = f'subscription {{ checkoutUpdated(id: "{cart}") {{ lines {{ quantity variant {{ sku }} }} }} }}'
    line = f'{{ variantId: "{to_global("ProductVariant", lamp.id)}", quantity: 3 }}'
    change = f'mutation {{ checkoutLinesAdd(id: "{cart}", lines: [{line}]) {{ errors {{ code }} }} }}'

    async with served(graphiql=True) as server, chromium(tmp_path) as one, tab(one.browser) as other:
        for page in (one, other):
            await page.open(f"{server.url}/graphql/")
        await execute(one, watch)
        await server.listeners(1)
        await execute(other, change)

        await other.until(f"{ANSWER}.includes('\"errors\": []')")
        await one.until(f'{ANSWER}.includes(\'"sku": "LAMP"\')')
        shown = json.loads(await one.run(ANSWER))

    assert [row["quantity"] for row in shown["data"]["checkoutUpdated"]["lines"]] == [1, 3]
