"""Two tabs on the explorer, in a real browser: what is changed in one is shown by the other."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schema.ids import to_global
from tests.browser import CHROMIUM, Page, chromium, tab
from tests.factory import Factory
from tests.live.sockets import Server
from tests.markets import Market

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")

EDITOR = "document.querySelector('.graphiql-query-editor .CodeMirror')"
ANSWER = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
RUN = "document.querySelector('.graphiql-execute-button').click()"


async def execute(page: Page, server: Server, document: str) -> None:
    await page.open(f"{server.url}/graphql/")
    await page.until(f"Boolean({EDITOR} && {EDITOR}.CodeMirror)")
    await page.run(f"{EDITOR}.CodeMirror.setValue({json.dumps(document)})")
    await asyncio.sleep(0.3)  # GraphiQL looks a tenth of a second after the last key which operation there is
    await page.run(RUN)


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
        await execute(one, server, watch)
        await server.listeners(1)
        await execute(other, server, change)

        await other.until(f"{ANSWER}.includes('\"errors\": []')")
        await one.until(f'{ANSWER}.includes(\'"sku": "LAMP"\')')
        shown = json.loads(await one.run(ANSWER))

    assert [row["quantity"] for row in shown["data"]["checkoutUpdated"]["lines"]] == [1, 3]
