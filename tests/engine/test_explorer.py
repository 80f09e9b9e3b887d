"""GraphiQL: served whole from here, under a policy that lets nothing else in."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from engine.explorer.page import ASSETS, SCRIPTS, STYLES

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-site": "cross-site"}


@pytest.fixture
async def browser(build_app: Callable[..., Any]) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=build_app(explorer=True))
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        yield client


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
async def test_a_browser_that_opens_the_path_gets_the_page(browser: httpx2.AsyncClient, path: str) -> None:
    response = await browser.get(path, headers=BROWSER)

    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in response.headers["content-security-policy"]
    assert "<title>GraphiQL</title>" in response.text


async def test_every_file_of_the_page_is_served_from_here_for_ever(browser: httpx2.AsyncClient) -> None:
    page = await browser.get("/graphql", headers=BROWSER)

    addresses = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    answers = [await browser.get(address) for address in addresses]

    assert len(addresses) == len(STYLES) + len(SCRIPTS)
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["cache-control"] for answer in answers} == {"public, max-age=31536000, immutable"}
    assert [answer.content for answer in answers] == [
        (ASSETS / name).read_bytes() for name in (*STYLES, *SCRIPTS)
    ]


async def test_styles_load_nothing_from_elsewhere() -> None:
    text = "".join((ASSETS / name).read_text() for name in STYLES)

    addresses = {address[:5] for address in re.findall(r"url\(['\"]?([^)]+)", text)}

    assert addresses == {"data:"}


async def test_what_is_no_file_of_the_explorer_is_a_404(browser: httpx2.AsyncClient) -> None:
    answers = [
        await browser.get(f"/graphql/explorer/{name}") for name in ("page.py", "..%2fpage.py", "nope.js")
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_clients_that_want_json_still_get_it(browser: httpx2.AsyncClient) -> None:
    response = await browser.get("/graphql", params={"query": "{ hello }"})

    assert response.json() == {"data": {"hello": "Hello, world!"}}


async def test_where_it_is_off_a_browser_gets_json(client: httpx2.AsyncClient) -> None:
    response = await client.get("/graphql", headers={"accept": BROWSER["accept"]})

    assert (response.status_code, response.headers["content-type"]) == (
        400,
        "application/json; charset=utf-8",
    )
