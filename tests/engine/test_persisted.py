"""Documents sent by their hash: learnt from clients, or trusted beforehand; over every transport."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from engine.errors import RequestRefused
from engine.executor import Executor
from engine.manifests import BadManifest, trusted_documents
from engine.persisted import Persisted, hash_of
from engine.requests import GraphQLRequest

HELLO = "query Hello($name: String) { hello(name: $name) }"
HASH = hash_of(HELLO)
GRAPHQL = Subprotocol("graphql-transport-ws")
Client = httpx2.AsyncClient


class Memory:
    """A shelf that processes share."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    async def get(self, hash: str) -> str | None:
        return self.texts.get(hash)

    async def put(self, hash: str, text: str) -> None:
        self.texts[hash] = text


def apq(hash: str = HASH, version: int = 1) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": version, "sha256Hash": hash}}}


async def post(client: Client, body: Any) -> Any:
    return (await client.post("/graphql", json=body)).json()


def codes(answer: Any) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]


def request(**parameters: Any) -> GraphQLRequest:
    return GraphQLRequest.parse(parameters)


async def test_a_document_is_asked_for_once_and_then_known(client: Client) -> None:
    unknown = await post(client, apq())
    taught = await post(client, {"query": HELLO, **apq()})
    known = await post(client, {"variables": {"name": "Ada"}, **apq()})

    assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
    assert codes(unknown) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert taught == {"data": {"hello": "Hello, world!"}}
    assert known == {"data": {"hello": "Hello, Ada!"}}


async def test_a_known_document_is_served_by_get(client: Client) -> None:
    await post(client, {"query": HELLO, **apq()})
    parameters = {"extensions": json.dumps(apq()["extensions"]), "variables": '{"name":"Bo"}'}

    answer = await client.get("/graphql", params=parameters, headers={"accept": "application/json"})

    assert answer.json() == {"data": {"hello": "Hello, Bo!"}}


async def test_a_known_mutation_is_not_served_by_get(client: Client) -> None:
    note = 'mutation { note(text: "x") }'
    await post(client, {"query": note, **apq(hash_of(note))})

    answer = await client.get("/graphql", params={"extensions": json.dumps(apq(hash_of(note))["extensions"])})

    assert codes(answer.json()) == ["METHOD_NOT_ALLOWED"]


async def test_a_known_document_is_served_as_an_event_stream(client: Client) -> None:
    ticks = "subscription { ticks(upTo: 2) }"
    await client.post(
        "/graphql", json={"query": ticks, **apq(hash_of(ticks))}, headers={"accept": "text/event-stream"}
    )

    answer = await client.post("/graphql", json=apq(hash_of(ticks)), headers={"accept": "text/event-stream"})

    assert answer.text.count('data: {"data":{"ticks":') == 2


async def test_a_known_document_is_served_over_a_socket(
    serving: Callable[..., Any], executor: Executor
) -> None:
    executor.persisted = Persisted({"hello": HELLO})
    async with serving() as server, connect(server.ws, subprotocols=[GRAPHQL]) as socket:
        await socket.send('{"type":"connection_init"}')
        await socket.recv()

        await socket.send('{"id":"1","type":"subscribe","payload":{"documentId":"hello"}}')
        answer = json.loads(await socket.recv())
        await socket.recv()
        await socket.send(json.dumps({"id": "2", "type": "subscribe", "payload": apq("0" * 64)}))
        missing = json.loads(await socket.recv())

    assert answer == {"id": "1", "type": "next", "payload": {"data": {"hello": "Hello, world!"}}}
    assert (missing["type"], codes({"errors": missing["payload"]})) == (
        "error",
        ["PERSISTED_QUERY_NOT_FOUND"],
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": HELLO, **apq("0" * 64)}, "BAD_USER_INPUT"),
        ({"query": HELLO, **apq("no hash")}, "BAD_USER_INPUT"),
        (apq("no hash"), "PERSISTED_QUERY_NOT_FOUND"),
        (apq(""), "BAD_REQUEST"),
        ({"query": HELLO, **apq(version=2)}, "PERSISTED_QUERY_NOT_SUPPORTED"),
        ({"extensions": {"persistedQuery": 7}}, "PERSISTED_QUERY_NOT_SUPPORTED"),
        ({"documentId": "nobody"}, "PERSISTED_QUERY_NOT_FOUND"),
        ({"documentId": 7}, "BAD_REQUEST"),
        ({"query": "{ nothing }", **apq(hash_of("{ nothing }"))}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_is_no_hash_of_a_document_is_refused(client: Client, body: Any, code: str) -> None:
    answer = await post(client, body)

    assert codes(answer) == [code]


async def test_an_invalid_document_is_not_learnt(executor: Executor, client: Client) -> None:
    executor.persisted.shelf = shelf = Memory()
    await post(client, {"query": "{ nothing }", **apq(hash_of("{ nothing }"))})

    answer = await post(client, apq(hash_of("{ nothing }")))

    assert codes(answer) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert shelf.texts == {}


async def test_what_one_process_has_learnt_another_knows() -> None:
    one, other = Persisted(), Persisted()
    one.shelf = other.shelf = shelf = Memory()
    await one.learn(request(query=HELLO, **apq()))

    found = await other.text(request(**apq()))
    shelf.texts.clear()

    assert (found, await other.text(request(**apq()))) == (HELLO, HELLO)


async def test_a_shelf_that_gives_another_text_is_not_believed() -> None:
    persisted = Persisted()
    persisted.shelf = shelf = Memory()
    shelf.texts[HASH] = "{ something else }"

    with pytest.raises(Exception, match="PersistedQueryNotFound"):
        await persisted.text(request(**apq()))


async def test_the_oldest_is_forgotten_when_there_are_too_many() -> None:
    persisted = Persisted(max_characters=len(HELLO) + 4)
    await persisted.learn(request(query=HELLO, **apq()))
    await persisted.learn(request(query="{ hello }", **apq(hash_of("{ hello }"))))

    with pytest.raises(Exception, match="PersistedQueryNotFound"):
        await persisted.text(request(**apq()))
    assert await persisted.text(request(**apq(hash_of("{ hello }")))) == "{ hello }"


async def test_what_is_fetched_twice_at_once_takes_its_room_once() -> None:
    class Slow(Memory):
        async def get(self, hash: str) -> str | None:
            await asyncio.sleep(0)
            return await super().get(hash)

    persisted = Persisted(max_characters=len(HELLO) + 9)
    persisted.shelf = shelf = Slow()
    shelf.texts[HASH] = HELLO
    await asyncio.gather(*(persisted.text(request(**apq())) for _ in range(3)))
    await persisted.learn(request(query="{ hello }", **apq(hash_of("{ hello }"))))

    shelf.texts.clear()
    assert await persisted.text(request(**apq())) == HELLO


async def test_what_is_asked_for_is_not_the_first_to_be_forgotten() -> None:
    persisted = Persisted(max_characters=25)
    texts = [f"{{ field{number} }}" for number in range(3)]
    for text in texts[:2]:
        await persisted.learn(request(query=text, **apq(hash_of(text))))

    await persisted.text(request(**apq(hash_of(texts[0]))))
    await persisted.learn(request(query=texts[2], **apq(hash_of(texts[2]))))

    assert await persisted.text(request(**apq(hash_of(texts[0])))) == texts[0]
    with pytest.raises(RequestRefused):
        await persisted.text(request(**apq(hash_of(texts[1]))))


async def test_without_automatic_documents_a_client_is_told_to_send_the_text() -> None:
    persisted = Persisted(automatic=False)
    await persisted.learn(request(query=HELLO, **apq()))

    with pytest.raises(Exception, match="PersistedQueryNotSupported"):
        await persisted.text(request(**apq()))
    assert await persisted.text(request(query=HELLO, **apq())) == HELLO


@pytest.mark.parametrize("parameter", ["documentId", "doc_id", "id"])
async def test_a_trusted_document_is_known_by_its_id(
    executor: Executor, client: Client, parameter: str
) -> None:
    executor.persisted = Persisted({"abc": HELLO})

    assert await post(client, {parameter: "abc"}) == {"data": {"hello": "Hello, world!"}}
    assert await post(client, {parameter: "sha256:abc"}) == {"data": {"hello": "Hello, world!"}}


@pytest.mark.parametrize("name", ["cf9947cd47ba5b0b7a8bd01a02e3c0a5a1dd4a6c", "sha256:abc", "pages/Hello"])
async def test_apollo_and_urql_name_a_trusted_document_as_its_build_did(
    executor: Executor, client: Client, name: str
) -> None:
    executor.persisted = Persisted({name.removeprefix("sha256:"): HELLO})

    assert await post(client, apq(name)) == {"data": {"hello": "Hello, world!"}}


async def test_only_trusted_documents_are_served_where_that_is_asked_for(
    executor: Executor, client: Client
) -> None:
    executor.persisted = Persisted({HASH: HELLO}, only_trusted=True)

    refused = [
        await post(client, {"query": "{ hello }"}),
        await post(client, {"query": "{ hello }", **apq(hash_of("{ hello }"))}),
        await post(client, {"query": "{ hello }", "documentId": "other"}),
    ]
    served = [await post(client, apq()), await post(client, {"query": HELLO})]

    assert [codes(answer) for answer in refused] == [["DOCUMENT_NOT_TRUSTED"]] * 3
    assert served == [{"data": {"hello": "Hello, world!"}}] * 2


@pytest.mark.parametrize(
    "manifest",
    [
        {"5d41": HELLO},
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{"id": "5d41", "name": "Hello", "type": "query", "body": HELLO}],
        },
    ],
)
def test_manifests_of_every_tool_are_read(tmp_path: Path, manifest: Any) -> None:
    file = tmp_path / "persisted.json"
    file.write_text(json.dumps(manifest))

    assert trusted_documents(file) == trusted_documents(tmp_path) == {"5d41": HELLO, HASH: HELLO}


def test_a_folder_may_hold_documents_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "hello.graphql").write_text(HELLO)
    (tmp_path / "README.md").write_text("Not a document.")

    assert trusted_documents(tmp_path) == {HASH: HELLO}


@pytest.mark.parametrize(
    "content",
    ["[]", "{", '{"a": 1}', '{"format": "other", "operations": []}', '{"a": ""}'],
)
def test_what_is_no_manifest_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "broken.json"
    file.write_text(content)

    with pytest.raises(BadManifest, match=r"broken\.json"):
        trusted_documents(file)


def test_two_documents_under_one_id_of_a_manifest_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    operations = [{"id": "1", "body": "{ a }"}, {"id": "1", "body": "{ b }"}]
    file.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "operations": operations}))

    with pytest.raises(BadManifest, match="another document under 1"):
        trusted_documents(file)


def test_two_documents_under_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"1": "{ a }"}')
    (tmp_path / "b.json").write_text('{"1": "{ b }"}')

    with pytest.raises(BadManifest, match="another document under 1"):
        trusted_documents(tmp_path)
