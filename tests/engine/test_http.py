"""GraphQL over HTTP: what is served, and how everything else is refused."""

import asyncio
import gzip
import itertools
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import orjson
import pytest

from engine.errors import RequestRefused
from engine.requests import MAX_OBJECTS, MAX_VALUES, TEXTS, GraphQLRequest, holds_too_many, is_plain
from tests.engine.loading_json import made_by

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
Client = httpx2.AsyncClient


async def post(client: Client, body: Any, **headers: str) -> httpx2.Response:
    """Send a value as JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    sent = {"content-type": JSON} | {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/graphql", content=content, headers=sent)


def code(response: httpx2.Response) -> str:
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
async def test_a_query_is_answered_with_and_without_a_slash(client: Client, path: str) -> None:
    response = await client.post(path, json={"query": "{ hello }"})

    assert response.status_code == 200
    assert response.json() == {"data": {"hello": "Hello, world!"}}
    assert response.headers["content-type"] == "application/json; charset=utf-8"


async def test_the_context_is_made_from_the_request(client: Client) -> None:
    response = await post(client, {"query": "{ viewer }"}, authorization="ada")

    assert response.json() == {"data": {"viewer": "ada 1"}}


@pytest.mark.parametrize(
    ("accept", "served"),
    [
        ("*/*", JSON),
        ("application/*", JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{JSON};q=0.5, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, {JSON}", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON}", JSON),
        (f"*/*, {GRAPHQL_JSON};q=0.9", JSON),
        (f"{JSON};q=0, */*", GRAPHQL_JSON),
        ("text/html, */*;q=0.8", JSON),
        (f"{JSON}; charset=utf-8", JSON),
    ],
)
async def test_the_media_type_the_client_likes_best_is_served(
    client: Client, accept: str, served: str
) -> None:
    response = await post(client, {"query": "{ hello }"}, accept=accept)

    assert response.headers["content-type"] == f"{served}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/plain", f"{JSON};q=0", f"{JSON};q=loud"])
async def test_a_client_that_accepts_nothing_of_ours_is_told_so(client: Client, accept: str) -> None:
    response = await post(client, {"query": "{ hello }"}, accept=accept)

    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"7", "BAD_REQUEST"),
        (b'"{ hello }"', "BAD_REQUEST"),
        (b"null", "BAD_REQUEST"),
        (b"", "BAD_REQUEST"),
        (b'{"query": "{ hello }"', "BAD_REQUEST"),
        (b'{"query": "\xff"}', "BAD_REQUEST"),
        (b'{"query": "\\ud800"}', "BAD_REQUEST"),
        (b"[" * 15_000 + b"]" * 15_000, "BAD_REQUEST"),
        (b'{"query": ""}', "BAD_REQUEST"),
        (b'{"query": "{ hello }", "variables": []}', "BAD_REQUEST"),
        (b'{"query": "{ hello }", "operationName": 1}', "BAD_REQUEST"),
        (b'{"query": "{ hello }", "extensions": "x"}', "BAD_REQUEST"),
        (b'[{"query": "{ hello }"}]', "BATCHING_NOT_SUPPORTED"),
    ],
)
async def test_a_body_that_is_no_request_is_refused_in_json(
    client: Client, body: bytes, expected: str
) -> None:
    response = await post(client, body)

    assert (response.status_code, code(response)) == (400, expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ hello", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { hello } query B { hello }", "OPERATION_RESOLUTION_FAILURE"),
        ("query($n: Int!) { double(number: $n) }", "BAD_USER_INPUT"),
    ],
)
async def test_a_bad_document_is_a_400_only_to_clients_of_graphqls_own_type(
    client: Client, query: str, expected: str
) -> None:
    modern = await post(client, {"query": query}, accept=GRAPHQL_JSON)
    legacy = await post(client, {"query": query}, accept=JSON)

    assert (modern.status_code, code(modern), "data" in modern.json()) == (400, expected, False)
    assert (legacy.status_code, code(legacy)) == (200, expected)


async def test_an_error_of_a_field_is_a_200(client: Client) -> None:
    response = await post(client, {"query": "{ denied }"}, accept=GRAPHQL_JSON)

    assert (response.status_code, response.json()["data"]) == (200, {"denied": None})


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
async def test_a_refused_context_is_a_401_and_a_broken_one_a_500(
    client: Client, shop: Any, accept: str
) -> None:
    shop.banned.add("eve")

    refused = await post(client, {"query": "{ hello }"}, accept=accept, authorization="eve")
    broken = await post(client, {"query": "{ hello }"}, accept=accept, authorization="bug")

    assert (refused.status_code, refused.json()["errors"][0]["message"]) == (401, "eve is banned.")
    assert (broken.status_code, code(broken)) == (500, "INTERNAL_SERVER_ERROR")


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/jsonp"},
        {"content-type": JSON, "content-encoding": "gzip"},
        {},
    ],
)
async def test_a_body_of_another_type_is_a_415(client: Client, headers: dict[str, str]) -> None:
    response = await client.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)

    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_over_the_limit_is_refused_by_its_declared_length(
    build_app: Callable[..., Any],
) -> None:
    transport = httpx2.ASGITransport(app=build_app(max_body=100))

    async with Client(transport=transport, base_url="http://shop.example") as client:
        response = await post(client, b"x" * 101)

    assert (response.status_code, code(response)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_body_over_the_limit_is_refused_while_it_streams_in(serving: Any) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1
            yield b"x" * 1_000
            await asyncio.sleep(0)

    async with serving(max_body=10_000) as server, Client() as client:
        response = await client.post(server.url, content=endless(), headers={"content-type": JSON})

    assert (response.status_code, code(response)) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("method", ["PATCH", "TRACE"])
async def test_other_methods_are_told_which_are_allowed(client: Client, method: str) -> None:
    response = await client.request(method, "/graphql")

    assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET, POST, PUT, DELETE, OPTIONS"


async def test_get_answers_a_query_with_variables(client: Client) -> None:
    response = await client.get(
        "/graphql",
        params={
            "query": "query D($n: Int!) { double(number: $n) }",
            "operationName": "D",
            "variables": '{"n": 4}',
        },
    )

    assert response.json() == {"data": {"double": 8}}


async def test_get_runs_no_mutation(client: Client, shop: Any) -> None:
    response = await client.get("/graphql", params={"query": 'mutation { note(text: "a") }'})

    assert (response.status_code, code(response), response.headers["allow"]) == (
        405,
        "METHOD_NOT_ALLOWED",
        "POST",
    )
    assert shop.notes == []


@pytest.mark.parametrize("query_string", ["query=%FF", "query={hello}&variables={", "a=1&" * 30, ""])
async def test_a_query_string_that_cannot_be_read_is_a_400(client: Client, query_string: str) -> None:
    response = await client.get(f"/graphql?{query_string}")

    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


async def test_a_subscription_is_pointed_to_the_streams(client: Client) -> None:
    response = await post(client, {"query": "subscription { forever }"})

    assert (response.status_code, code(response)) == (400, "SUBSCRIPTION_NEEDS_STREAM")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://[broken"},
    ],
)
async def test_a_get_from_another_sites_page_is_refused(client: Client, headers: dict[str, str]) -> None:
    response = await client.get("/graphql", params={"query": "{ hello }"}, headers=headers)

    assert (response.status_code, code(response)) == (403, "CROSS_SITE_REQUEST")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "http://shop.example"},
        {"sec-fetch-site": "cross-site", "graphql-require-preflight": "1"},
    ],
)
async def test_a_get_from_our_own_page_or_after_a_preflight_is_served(
    client: Client, headers: dict[str, str]
) -> None:
    response = await client.get("/graphql", params={"query": "{ hello }"}, headers=headers)

    assert response.json() == {"data": {"hello": "Hello, world!"}}


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [({"https://front.example"}, "https://front.example"), ({"*"}, "https://front.example"), ((), None)],
)
async def test_other_origins_may_read_only_where_they_are_listed(
    build_app: Callable[..., Any], origins: Any, allowed: str | None
) -> None:
    transport = httpx2.ASGITransport(app=build_app(origins=frozenset(origins)))
    asked = {
        "origin": "https://front.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }

    async with Client(transport=transport, base_url="http://shop.example") as client:
        preflight = await client.options("/graphql", headers=asked)
        answer = await post(client, {"query": "{ hello }"}, origin="https://front.example")

    assert preflight.status_code == 204
    assert preflight.headers.get("access-control-allow-origin") == allowed
    assert ("access-control-allow-headers" in preflight.headers) is (allowed is not None)
    assert answer.headers.get("access-control-allow-origin") == allowed
    assert ("ETag" in answer.headers.get("access-control-expose-headers", "")) is (allowed is not None)
    assert "Origin" in answer.headers["vary"]


async def test_a_list_may_come_in_lines(client: Client) -> None:
    headers = [
        ("content-type", JSON),
        ("accept", "text/html"),
        ("accept", "application/graphql-response+json"),
        ("accept-encoding", "br"),
        ("accept-encoding", "gzip"),
        ("authorization", "first"),
        ("authorization", "second"),
    ]

    response = await client.post("/graphql", json={"query": "{ viewer long }"}, headers=headers)

    assert response.headers["content-type"].startswith("application/graphql-response+json")
    assert response.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("query", "encoding", "zipped"),
    [
        ("{ long }", "gzip, br", True),
        ("{ long }", "br", False),
        ("{ long }", "gzip;q=0", False),
        ("{ long }", "*", True),
        ("{ long }", "*, gzip;q=0", False),
        ("{ hello }", "gzip", False),
    ],
)
async def test_large_answers_are_compressed_for_those_who_can_read_it(
    client: Client, query: str, encoding: str, *, zipped: bool
) -> None:
    async with client.stream(
        "POST", "/graphql", json={"query": query}, headers={"accept-encoding": encoding}
    ) as response:
        raw = b"".join([chunk async for chunk in response.aiter_raw()])

    assert (response.headers.get("content-encoding") == "gzip") is zipped
    assert "errors" not in orjson.loads(gzip.decompress(raw) if zipped else raw)


async def test_a_result_that_is_no_json_is_a_masked_fault(client: Client) -> None:
    response = await post(client, {"query": "{ surrogate }"})

    assert (code(response), response.json()["data"]) == ("INTERNAL_SERVER_ERROR", None)


async def test_deep_variables_are_refused_and_not_a_crash(client: Client) -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]

    response = await post(
        client, {"query": "query($n: Int!) { double(number: $n) }", "variables": {"n": deep}}
    )

    assert (response.status_code, code(response)) == (200, "BAD_USER_INPUT")


async def test_a_client_that_leaves_cancels_its_query(serving: Any, shop: Any) -> None:
    async with serving() as server, Client() as client:
        asking = asyncio.create_task(client.post(server.url, json={"query": "{ slow }"}))
        await shop.started.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        for _ in itertools.takewhile(lambda _: not shop.cancelled, range(300)):
            await asyncio.sleep(0.01)

    assert shop.cancelled == ["slow"]


async def test_what_takes_longer_than_the_end_of_the_server_is_told_so(serving: Any, shop: Any) -> None:
    async with Client() as client:
        async with serving() as server:
            asking = asyncio.create_task(client.post(server.url, json={"query": "{ slow }"}))
            await shop.started.wait()
        response = await asking

    assert (response.status_code, code(response)) == (503, "GOING_AWAY")


async def test_a_body_that_does_not_come_before_the_end_of_the_server_is_told_so(serving: Any) -> None:
    async with serving() as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        head = f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: {JSON}\r\ncontent-length: 9\r\n\r\n{{"
        writer.write(head.encode())
        await asyncio.sleep(0.1)
    answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b'"code":"GOING_AWAY"' in answer


async def test_a_client_that_leaves_does_not_stop_its_mutation(
    serving: Any, shop: Any, executor: Any
) -> None:
    async with serving() as server, Client() as client:
        body = {"query": 'mutation { slowNote(text: "kept") }'}
        asking = asyncio.create_task(client.post(server.url, json=body))
        await shop.started.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await asyncio.sleep(0.1)
        shop.go_on.set()
        await executor.finish()

    assert shop.notes == ["kept"]


async def test_a_client_that_has_the_answer_hears_only_that(client: Client) -> None:
    first = await client.get("/graphql", params={"query": "{ hello }"})
    tag = first.headers["etag"]
    again = await client.get("/graphql", params={"query": "{ hello }"}, headers={"if-none-match": tag})
    other = await client.get("/graphql", params={"query": "{ price }"}, headers={"if-none-match": tag})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (other.status_code, other.json()) == (200, {"data": {"price": "9.90"}})
    assert first.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in first.headers["vary"]


async def test_what_was_posted_or_has_errors_is_not_kept(client: Client) -> None:
    posted = await post(client, {"query": "{ hello }"})
    failed = await client.get("/graphql", params={"query": "{ denied }"})

    assert [answer.headers["cache-control"] for answer in (posted, failed)] == ["no-store", "no-store"]
    assert [answer.headers.get("etag") for answer in (posted, failed)] == [None, None]


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ([{}] * 50_000, 413),
        ([{}] * MAX_OBJECTS, 413),
        ([{}] * 990, 200),
        ([[1]] * 30_000, 413),
        ({str(number): 1 for number in range(30_000)}, 413),
        ([1] * 19_000, 200),
        ("{[,:" * 50_000, 200),
        ('"{[,:\\' * 50_000, 200),
    ],
    ids=[
        "objects",
        "dear objects",
        "objects as many as may be",
        "lists",
        "keys",
        "as many as may be",
        "signs in a text",
        "quotes in a text",
    ],
)
async def test_of_too_many_values_none_is_made(
    client: Client, monkeypatch: pytest.MonkeyPatch, variables: Any, status: int
) -> None:
    made = made_by(monkeypatch, "asking")

    response = await post(client, {"query": "{ hello }", "variables": {"unused": variables}})

    assert response.status_code == status
    assert len(made) == (status == 200)


@pytest.mark.parametrize("variables", [[1] * 19_990, [[[]]] * 6_000, [{"a": "b"}] * 990])
def test_a_long_body_of_few_values_is_looked_at_no_more(variables: Any) -> None:
    body = {"query": "{ hello }", "variables": {"unused": variables}}
    assert is_plain(orjson.dumps(body))
    GraphQLRequest.parse(body)

    assert not is_plain(orjson.dumps(body | {"operationName": "\0"}))
    assert not is_plain(orjson.dumps([*variables, *[1] * 20_000]))


def test_objects_are_counted_wherever_they_come_from() -> None:
    with pytest.raises(RequestRefused, match="1000 objects"):
        GraphQLRequest.parse({"query": "{ hello }", "variables": {"unused": [{}] * MAX_OBJECTS}})


def test_a_text_without_an_end_is_looked_at_once() -> None:
    assert not holds_too_many(b'{"a":"' + b'\\"{' * 300_000)
    assert holds_too_many(b'{"a":' + b"[" * 300_000)


def test_no_more_texts_are_looked_at_than_there_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []
    expression = re.compile(TEXTS.pattern, re.DOTALL)

    class Counting:
        def subn(self, by: bytes, body: bytes, most: int) -> tuple[bytes, int]:
            rest, texts = expression.subn(by, body, most)
            looked_at.append(texts)
            return rest, texts

    monkeypatch.setattr("engine.requests.TEXTS", Counting())

    assert holds_too_many(b"{" + b'"":1,' * 200_000)
    assert looked_at == [2 * MAX_VALUES + 1]
