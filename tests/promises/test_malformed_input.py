"""Whatever is sent, the shop knows what to say: no input is a fault of ours."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from graphql import GraphQLEnumType, GraphQLSchema

from schema.ids import to_global
from server.api import build_schema
from server.settings import Settings
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.promises.walking import Leaf, Path, RootField, placed, root_fields

SCHEMA: GraphQLSchema = build_schema().graphql
FIELDS = {
    f"{operation} {name}": field
    for operation in ("query", "mutation")
    for name, field in root_fields(SCHEMA, operation).items()
}
LONG = "x" * 100_000
TEXTS = ["", " ", "\0", "a\0b", "\U0001f4a5" * 9, LONG, "%_\\'\"", "-1", "\u202e\ufeff", "null", "1" * 400]
KEYSETS = (
    *("[]", "{}", "[1]", '["a"]', "[null]", "[null,null,null]", '["\\u0000",1]', "[1e400]", "[[1]]"),
    *(f"[{2**63 - 1},{2**63 - 1}]", f"[{2**63}]", '["x","y","z"]', '["2026-01-01",1]', "[true,1]"),
)
CURSORS = [b64encode(text.encode()).decode() for text in KEYSETS]
KINDS = ["Product", "ProductVariant", "Checkout", "Address", "Category", "TransactionItem", "Nothing"]
KEYS = ["0", "-1", "1" * 30, "1" * 5_000, "x", "\0", "00000000-0000-4000-8000-000000000000", f"{2**63 - 1}"]
IDS = [b64encode(f"{kind}:{key}".encode()).decode() for kind in KINDS for key in KEYS]
MOMENTS = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026", "2026-02-30T00:00:00Z", "\0"]
NUMBERS: list[Any] = [0, -1, "-0", "NaN", "Infinity", "1e15", "1e-18", "1e400", "999999999999999", "", True]
HOSTILE: dict[str, list[Any]] = {
    "String": TEXTS,
    "Int": [0, -1, 101, 2**31 - 1, -(2**31), 2**31, 10**30, 1.5, "1"],
    "Float": [0, -1, 1e308, -1e308, 0.1, 10**30, "1"],
    "Boolean": [False, "x"],
    "Decimal": NUMBERS,
    "PositiveDecimal": NUMBERS,
    "PositiveInt": [0, -1, 2**31 - 1, 2**31, 10**30],
    "Minute": [0, -1, 2**31 - 1, 2**31, 10**30],
    "Date": ["0001-01-01", "9999-12-31", "", "\0", "2026-02-30"],
    "DateTime": MOMENTS,
    "UUID": ["", "\0", "x", "0" * 32],
    "JSON": ["\0", {"\0": "\0"}, [[[[[]]]]], 10**30, {"event": {"type": 1}}, None],
    "Upload": ["a.txt", 7, {}, b"", b"\x89PNG\r\n"],
    "JSONString": ["", "\0", '"\\u0000"', "[" * 5000, "{}"],
}
OF_CHECKOUTS = "transactionInitialize", "paymentGatewayInitialize", "deliveryOptionsCalculate"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without budgets: a sweep would use them up, and then nothing would be tried."""
    return settings.model_copy(
        update={"login_budget": 0, "code_budget": 0, "cost_budget": 0, "environment": "development"}
    )


@pytest.mark.parametrize("name", FIELDS)
async def test_no_input_is_a_fault_of_ours(client: Client, factory: Factory, name: str) -> None:
    field = FIELDS[name]
    market = await Market.open(factory)
    variant = await market.variant(stock=5)
    staff = await factory.staff()
    address = await factory.address(staff)
    client = await client.as_user(staff)
    known = {
        "channel": "web",
        "countryCode": "US",
        "country": "US",
        "variantId": to_global("ProductVariant", variant.id),
        "email": "ada@example.com",
        "redirectUrl": "http://shop.test/",
        "paymentGateway": {"id": "matvis.dummy"},
    }
    faults = {}
    checkout = await market.checkout((variant, 1))
    for path, value in tries(field):
        if field.operation == "mutation" and await gone(factory, checkout):
            checkout = await market.checkout((variant, 1))
        if "id" in field.field.args:
            is_cart = field.name.startswith("checkout") or field.name in OF_CHECKOUTS
            known["id"] = to_global("Checkout", checkout.id) if is_cart else to_global("Address", address.id)
        variables = placed(field.minimal(known), path, value, field, known)
        answer = await client.ask(field.document, **variables)
        for error in answer.get("errors", []):
            if error["extensions"]["code"] == "INTERNAL_SERVER_ERROR":
                faults[f"{'.'.join(map(str, path))} = {value!r:.60}"] = error["message"]

    assert faults == {}


async def gone(factory: Factory, checkout: AnyRow) -> bool:
    return not await factory.value("select exists (select from checkouts where id = $1)", checkout.id)


def tries(field: RootField) -> Iterator[tuple[Path, Any]]:
    return ((path, value) for path, name, kind in field.places() for value in hostile(name, kind))


def hostile(name: str, kind: Leaf) -> list[Any]:
    if isinstance(kind, GraphQLEnumType):
        return [*[*kind.values][:20], "NO_SUCH_VALUE", ""]
    if name in ("after", "before"):
        return CURSORS + TEXTS
    if kind.name == "ID":
        return TEXTS + IDS
    return HOSTILE[kind.name]


@pytest.mark.parametrize("name", ["products", "pages"])
@pytest.mark.parametrize("word", ["AND", "OR"])
@pytest.mark.parametrize("depth", [30, 250, 480, 5000])
async def test_a_deep_filter_is_answered_or_refused_by_a_code(
    client: Client, factory: Factory, name: str, word: str, depth: int
) -> None:
    await Market.open(factory)
    where = f'{{"{word}":[' * depth + '{"ids":[]}' + "]}" * depth
    kind = f"{name[:-1].title()}WhereInput"
    document = f'query ($where: {kind}) {{ {name}(where: $where, channel: "web") {{ totalCount }} }}'

    answer = await posted(
        client,
        b'{"query": "%s", "variables": {"where": %s}}'
        % (document.replace('"', '\\"').encode(), where.encode()),
    )

    assert codes(answer) <= {"BAD_USER_INPUT", "BAD_REQUEST", "GRAPHQL_LIMIT_EXCEEDED", "INVALID"}


async def test_a_wide_filter_is_refused_by_a_code(client: Client, factory: Factory) -> None:
    await Market.open(factory)
    where = {"OR": [{"slug": {"eq": f"mug-{number}"}} for number in range(300)]}

    answer = await client.ask(FIELDS["query products"].document, where=where, channel="web")

    assert codes(answer) == {"INVALID"}


@pytest.mark.parametrize(
    "body",
    [
        rb'{"query": "{ product(slug: \"\ud800\") { id } }"}',
        rb'{"query": "query ($s: String) { product(slug: $s) { id } }", "variables": {"s": "\ud800"}}',
        b'{"query": "{ product(slug: \\"\xff\\") { id } }"}',
        b'{"query": "{ product(slug: \\"\\\\u0000\\") { id } }"}',
        b"[" * 20_000,
    ],
)
async def test_bytes_that_are_no_text_are_refused_by_a_code(client: Client, body: bytes) -> None:
    found = codes(await posted(client, body))

    assert found <= {"BAD_USER_INPUT", "BAD_REQUEST", "GRAPHQL_PARSE_FAILED"}
    assert found


@pytest.mark.parametrize("literal", ["1" * 40, "{ a: 1e999 }", "[[[[1]]]]", "$x", '"\\uD800"', "RED", "-0"])
async def test_what_is_written_into_a_document_is_answered_or_refused_by_a_code(
    client: Client, factory: Factory, literal: str
) -> None:
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant(), 1))
    document = f"""
        mutation ($id: ID!) {{
          transactionInitialize(id: $id, paymentGateway: {{ id: "matvis.dummy", data: {literal} }}) {{
            errors {{ code }}
          }}
        }}
    """

    answer = await client.ask(document, id=to_global("Checkout", checkout.id))

    assert codes(answer) <= {"BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}


async def posted(client: Client, body: bytes) -> dict[str, Any]:
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        reply = await http.post("/graphql/", content=body, headers={"content-type": "application/json"})
    answer: dict[str, Any] = reply.json()
    return answer


def codes(answer: dict[str, Any]) -> set[str]:
    return {error["extensions"]["code"] for error in answer.get("errors", [])}
