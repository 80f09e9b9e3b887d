"""Files in a request: where they arrive, and every form that is refused."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import orjson
import pytest
from graphql import GraphQLScalarType, GraphQLSchema, build_schema
from starlette.applications import Starlette

from engine.executor import Executor
from engine.transport import multipart
from engine.transport.options import TransportOptions
from engine.transport.routes import graphql_routes
from engine.uploads import Upload, read_upload
from tests.engine.loading_json import made_by

SDL = """
    scalar Upload
    input Picture { file: Upload!  alt: String }
    type Query { hello: String }
    type Mutation { keep(files: [Upload!]!): [String!]!  hang(picture: Picture!): String! }
"""
KEEP = "mutation ($files: [Upload!]!) { keep(files: $files) }"
HANG = "mutation ($picture: Picture!) { hang(picture: $picture) }"
ONE = {"query": KEEP, "variables": {"files": [None]}}
TEXT = ("a.txt", b"one", "text/plain")


def told(upload: Upload) -> str:
    return f"{upload.name} {upload.content_type} {upload.content.decode()}"


@pytest.fixture
def schema() -> GraphQLSchema:
    schema = build_schema(SDL)
    scalar = schema.type_map["Upload"]
    assert isinstance(scalar, GraphQLScalarType)
    scalar.coerce_input_value = read_upload
    assert schema.mutation_type is not None
    fields = schema.mutation_type.fields
    fields["keep"].resolve = lambda _root, _info, files: [told(file) for file in files]
    fields["hang"].resolve = lambda _root, _info, picture: told(picture["file"])
    return schema


@pytest.fixture
async def client(schema: GraphQLSchema) -> AsyncIterator[httpx2.AsyncClient]:
    async def make_context(_connection: object, _params: object) -> None:
        return None

    executor = Executor(schema, lambda _: None)
    options = TransportOptions(max_body=150_000, max_upload=200_000, max_files=2)
    transport = httpx2.ASGITransport(app=Starlette(routes=graphql_routes(executor, make_context, options)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        yield client


async def post(
    client: httpx2.AsyncClient,
    operations: Any,
    places: Any,
    headers: Any = None,
    **files: tuple[str, bytes, str],
) -> httpx2.Response:
    fields = {"operations": orjson.dumps(operations).decode(), "map": orjson.dumps(places).decode()}
    return await client.post("/graphql", data=fields, files=files, headers=headers or {})


def refusal(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


async def test_files_arrive_in_their_places(client: httpx2.AsyncClient) -> None:
    operations = {"query": KEEP, "variables": {"files": [None, None]}}

    response = await post(
        client,
        operations,
        {"x": ["variables.files.1"], "y": ["variables.files.0"]},
        x=TEXT,
        y=("b.png", b"two", "image/png"),
    )

    assert response.json() == {"data": {"keep": ["b.png image/png two", "a.txt text/plain one"]}}


async def test_a_file_may_be_deep_in_an_input(client: httpx2.AsyncClient) -> None:
    operations = {"query": HANG, "variables": {"picture": {"file": None, "alt": "A"}}}

    response = await post(client, operations, {"0": ["variables.picture.file"]}, **{"0": TEXT})

    assert response.json() == {"data": {"hang": "a.txt text/plain one"}}


async def test_one_file_may_be_meant_twice(client: httpx2.AsyncClient) -> None:
    operations = {"query": KEEP, "variables": {"files": [None, None]}}

    response = await post(
        client, operations, {"0": ["variables.files.0", "variables.files.1"]}, **{"0": TEXT}
    )

    assert response.json() == {"data": {"keep": ["a.txt text/plain one", "a.txt text/plain one"]}}


@pytest.mark.parametrize(
    "places",
    [
        {},
        {"0": ["variables.files.0"], "1": ["variables.files.0"]},
        {"0": ["variables.files.1"]},
        {"0": ["variables.files.-1"]},
        {"0": ["variables.files.99999999999999999999"]},
        {"0": ["variables.files"]},
        {"0": ["variables"]},
        {"0": ["query"]},
        {"0": ["extensions.files.0"]},
        {"0": "variables.files.0"},
        {"0": [7]},
        [],
        None,
    ],
)
async def test_a_map_that_leads_nowhere_is_refused(client: httpx2.AsyncClient, places: Any) -> None:
    response = await post(client, ONE, places, **{"0": TEXT})

    assert refusal(response) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        ([ONE], "BATCHING_NOT_SUPPORTED"),
        ("text", "BAD_REQUEST"),
        ({"variables": {"files": [None]}}, "BAD_REQUEST"),
    ],
)
async def test_operations_are_read_as_a_body_would_be(
    client: httpx2.AsyncClient, operations: Any, code: str
) -> None:
    response = await post(client, operations, {"0": ["variables.files.0"]}, **{"0": TEXT})

    assert refusal(response) == (400, code)


async def test_a_file_goes_to_a_hundred_places_and_no_more(client: httpx2.AsyncClient) -> None:
    async def send(number: int) -> httpx2.Response:
        places = [f"variables.files.{place}" for place in range(number)]
        operations = {"query": KEEP, "variables": {"files": [None] * number}}
        return await post(client, operations, {"0": places}, **{"0": TEXT})

    assert len((await send(100)).json()["data"]["keep"]) == 100
    assert refusal(await send(101)) == (413, "GRAPHQL_LIMIT_EXCEEDED")


async def test_a_path_is_not_told_back_at_length(client: httpx2.AsyncClient) -> None:
    response = await post(client, ONE, {"0": ["variables" + ".files" * 10_000]}, **{"0": TEXT})

    assert refusal(response) == (400, "BAD_REQUEST")
    assert len(response.text) < 1_000


@pytest.mark.parametrize("field", ["operations", "map"])
async def test_of_a_field_of_too_many_values_none_is_made(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    made = made_by(monkeypatch, "multipart")
    many: Any = [{}] * 30_000
    given = {"operations": {"query": KEEP, "variables": {"files": []}}, "map": {}, field: many}

    response = await post(client, given["operations"], given["map"], **{"0": TEXT})

    assert refusal(response) == (413, "GRAPHQL_LIMIT_EXCEEDED")
    assert f"The form's field {field} holds more than" in response.text
    assert not any(len(text) > 1_000 for text in made)


async def test_files_are_few_and_small(client: httpx2.AsyncClient) -> None:
    places = {str(number): ["variables.files.0"] for number in range(3)}

    many = await post(client, ONE, places, **dict.fromkeys(places, TEXT))
    large = await post(
        client, ONE, {"0": ["variables.files.0"]}, **{"0": ("a.txt", b"x" * 200_000, "text/plain")}
    )

    assert refusal(many) == (400, "BAD_REQUEST")
    assert refusal(large) == (413, "PAYLOAD_TOO_LARGE")


async def test_others_have_their_turn_while_a_long_form_is_read(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multipart, "PIECE", 100)
    turns: list[int] = []

    async def others() -> None:
        for turn in range(1_000):
            turns.append(turn)
            await asyncio.sleep(0)

    waiting = asyncio.create_task(others())
    response = await post(
        client, ONE, {"0": ["variables.files.0"]}, **{"0": ("a.txt", b"x" * 20_000, "text/plain")}
    )
    waiting.cancel()

    assert response.json() == {"data": {"keep": ["a.txt text/plain " + "x" * 20_000]}}
    assert len(turns) > 200


async def test_forms_on_their_way_have_so_much_room_together(serving: Any) -> None:
    form = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\n"
    async with serving(max_upload=1_000, max_uploads=1_500) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(form + b"content-length: 600\r\n\r\n--b")
        await asyncio.sleep(0.1)
        async with httpx2.AsyncClient() as client:
            files = {"0": ("a.txt", b"x" * 800)}
            full = await client.post(server.url, data={"operations": "{}", "map": "{}"}, files=files)
            plain = await client.post(server.url, json={"query": "{ hello }"})
            writer.close()
            await asyncio.sleep(0.1)
            free = await client.post(server.url, data={"operations": "{}", "map": "{}"}, files=files)

    assert refusal(full) == (503, "TOO_MANY_UPLOADS")
    assert full.headers["retry-after"] == "5"
    assert plain.json() == {"data": {"hello": None}}
    assert refusal(free) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_form_of_another_site_is_refused(client: httpx2.AsyncClient) -> None:
    places = {"0": ["variables.files.0"]}

    foreign = await post(client, ONE, places, {"origin": "https://evil.example"}, **{"0": TEXT})
    own = await post(client, ONE, places, {"origin": "http://shop.example"}, **{"0": TEXT})

    assert refusal(foreign) == (403, "CROSS_SITE_REQUEST")
    assert own.json() == {"data": {"keep": ["a.txt text/plain one"]}}


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=other"])
async def test_a_broken_form_is_refused(client: httpx2.AsyncClient, content_type: str) -> None:
    response = await client.post(
        "/graphql", content=b"--b\r\nnonsense", headers={"content-type": content_type}
    )

    assert refusal(response) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("charset", ["punycode", "utf-7", '"utf-16"', "utf-8; charset=punycode"])
async def test_a_form_is_in_utf_8(client: httpx2.AsyncClient, charset: str) -> None:
    body = b'--b\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{}\r\n--b--\r\n'
    headers = {"content-type": f"multipart/form-data; boundary=b; charset={charset}"}

    response = await client.post("/graphql", content=body, headers=headers)

    assert refusal(response) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("field", ["operations", "map"])
async def test_what_comes_with_the_files_is_no_longer_than_a_body(
    client: httpx2.AsyncClient, field: str
) -> None:
    given = {"operations": {"query": "{ hello }"}, "map": {}}
    given[field]["much"] = "x" * 150_000

    response = await post(client, given["operations"], given["map"], **{"0": TEXT})

    assert refusal(response) == (400, "BAD_REQUEST")
    assert "at most 150000 bytes each" in response.text


async def test_what_is_no_file_is_no_upload(client: httpx2.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": KEEP, "variables": {"files": ["a.txt"]}})

    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
