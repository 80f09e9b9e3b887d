"""GraphiQL in a real browser, against a real server: what a developer sees who opens the address."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from engine.budgets import Admission, Caller
from engine.executor import Executor
from engine.explorer.page import Example
from tests.browser import CHROMIUM, Page, browser, tab
from tests.explorer import ANSWER, EDITOR, PRESS, execute

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")

HEADERS = "document.querySelectorAll('.graphiql-editor-tool .CodeMirror')[1].CodeMirror"
FIGURES = "(document.getElementById('figures') || {}).textContent"
SCHEMA = f"Boolean({EDITOR}.CodeMirror.options.hintOptions.schema)"
HELLO = Example("Say hello", 'query Hello { hello(name: "</script><b>") }')
TICKS = Example("Tick", "subscription Ticks { ticks(upTo: 3) }")


@pytest.fixture
async def server(serving: Callable[..., Any]) -> AsyncIterator[SimpleNamespace]:
    async with serving(explorer=True, examples=(HELLO, TICKS)) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One for all: each test has a tab that knows nothing of the others."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(browser(tmp_path_factory.mktemp("chromium"))))
        runner.run(stack.aclose())


@pytest.fixture
async def page(server: SimpleNamespace, chromium: str) -> AsyncIterator[Page]:
    async with tab(chromium, alone=True) as page:
        await page.open(server.url)
        await page.until(f"Boolean({EDITOR} && {EDITOR}.CodeMirror)")
        yield page


async def give_token(page: Page, token: str) -> None:
    await page.until("Boolean(document.querySelector('.explorer-helper input'))")
    await page.run(
        f"""(() => {{
          const input = document.querySelector('.explorer-helper input');
          const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
          set.call(input, {json.dumps(token)});
          input.dispatchEvent(new Event('input', {{ bubbles: true }}));
        }})()"""
    )
    await page.run("document.querySelector('.explorer-helper form button').click()")
    await page.until(f"document.body.innerText.includes('Bearer ' + {json.dumps(token)})")


async def test_a_query_is_answered_and_its_figures_are_shown(page: Page) -> None:
    await execute(page, '{ hello(name: "browser") }')

    await page.until(f"{ANSWER}.includes('Hello, browser!')")
    assert (await page.until(FIGURES)).endswith(" ms")


async def test_a_subscription_shows_its_events(page: Page) -> None:
    await execute(page, TICKS.document)

    await page.until(f"{ANSWER}.includes('\"ticks\": 3')")
    await page.until(f"{FIGURES} === 'event 3'")


async def test_a_subscription_can_be_stopped(page: Page, shop: Any) -> None:
    await execute(page, "subscription { forever }")
    await page.until(f"{ANSWER}.includes('\"forever\": 0')")

    await page.run(PRESS)

    await page.until("!document.querySelector('.graphiql-spinner')")
    await page.until("!document.querySelector('.graphiql-execute-button').ariaLabel.startsWith('Stop')")
    async with asyncio.timeout(5):
        while not shop.closed:  # noqa: ASYNC110 - the list has no event
            await asyncio.sleep(0.01)
    assert shop.closed == ["forever"]


async def test_an_example_is_opened_as_it_was_written(page: Page) -> None:
    offered = await page.until(
        "[...document.querySelectorAll('.explorer-helper li')].map((item) => item.textContent)"
    )
    await page.run("document.querySelector('.explorer-helper li button').click()")

    assert offered == ["Say hello", "Tick"]
    await page.until(f"{EDITOR}.CodeMirror.getValue() === {json.dumps(HELLO.document)}")


async def test_a_token_goes_with_every_request(page: Page) -> None:
    await give_token(page, "ada")

    await execute(page, "{ viewer }")

    await page.until(f"{ANSWER}.includes('Bearer ada')")


async def test_who_may_read_the_schema_only_with_a_token_has_it_with_the_token(
    executor: Executor, server: SimpleNamespace, chromium: str
) -> None:
    executor.runner.admission = Admission(
        lambda context: Caller(context.viewer, 1_000_000, introspects=context.viewer == "Bearer ada")
    )
    async with tab(chromium, alone=True) as page:
        await page.open(server.url)
        await page.until(f"Boolean({EDITOR} && {EDITOR}.CodeMirror)")
        await execute(page, '{ hello(name: "guest") }')
        await page.until(f"{ANSWER}.includes('Hello, guest!')")
        before = await page.run(SCHEMA)

        await give_token(page, "ada")

        await page.until(SCHEMA)
        assert before is False


async def test_nothing_leaves_the_machine(page: Page, server: SimpleNamespace) -> None:
    await execute(page, TICKS.document)
    await page.until(f"{ANSWER}.includes('\"ticks\": 3')")

    asked = {urlsplit(address).netloc for address in page.addresses if not address.startswith("data:")}
    assert asked == {f"127.0.0.1:{server.port}"}
    assert any(address.startswith("ws:") for address in page.addresses)
    assert page.complaints == []  # a breach of the page's policy would be one


async def test_the_policy_keeps_other_addresses_out(page: Page) -> None:
    outcome = await page.run("fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => error.name)")

    assert outcome == "TypeError"
    assert any("Content Security Policy" in complaint for complaint in page.complaints)
