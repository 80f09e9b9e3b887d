"""Logs: one line an operation, under the request's id, and nothing that is secret."""

import io
import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import orjson
import pytest
import stripe
import structlog

from adapters.payments.gateway import Session
from adapters.payments.stripe.accounts import StripeAccount
from adapters.payments.stripe.gateway import StripeGateway
from domain.payments import Flow
from tests.clients import Client
from tests.factory import Factory
from tests.printing import printing

MIGRATIONS = "alembic.runtime.migration"  # of the first test, which may be any
LOGIN = """
    mutation Login($password: String!) {
      tokenCreate(email: "a@b.example", password: $password) { token errors { code } }
    }
"""


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    """What production's logs print."""
    with printing() as stream:
        yield stream


def lines(printed: io.StringIO) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in printed.getvalue().splitlines()]


async def send(client: Client, body: dict[str, Any], **headers: str) -> httpx2.Response:
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        return await http.post("/graphql/", json=body, headers=headers)


async def test_an_operation_is_one_line_without_its_variables(printed: io.StringIO, client: Client) -> None:
    answer = await send(client, {"query": LOGIN, "variables": {"password": "hunter2"}})
    (line,) = (line for line in lines(printed) if line["logger"] != MIGRATIONS)
    code = answer.json()["data"]["tokenCreate"]["errors"][0]["code"]
    assert "hunter2" not in printed.getvalue()
    assert (line["event"], line["kind"], line["name"], line["outcome"]) == (
        "operation",
        "mutation",
        "Login",
        "ok",
    )
    assert (line["codes"], line["level"], line["logger"]) == ([code], "info", "server.watching")
    assert line["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("given", "kept"), [("trace-7.a_B", True), ("x" * 65, False), ("two words", False), ('"}{', False)]
)
async def test_a_sane_request_id_is_taken_over(client: Client, given: str, kept: bool) -> None:  # noqa: FBT001
    answer = await send(client, {"query": "{ __typename }"}, **{"X-Request-Id": given})

    assert (answer.headers["x-request-id"] == given) is kept
    assert len(answer.headers["x-request-id"]) == (len(given) if kept else 32)


@pytest.mark.parametrize("grouped", [False, True])
def test_an_exception_is_logged_without_what_its_variables_held(
    printed: io.StringIO, *, grouped: bool
) -> None:
    def fail(password: str) -> None:
        raise ZeroDivisionError(len(password))

    def fail_together() -> None:
        try:
            fail("hunter" + "2")
        except ZeroDivisionError as one:
            raise ExceptionGroup("Several", [one]) from None

    try:
        fail_together() if grouped else fail("hunter" + "2")
    except (ZeroDivisionError, ExceptionGroup):
        logging.getLogger("somewhere").exception("It broke.")

    (line,) = lines(printed)
    assert (line["event"], line["level"], line["logger"]) == ("It broke.", "error", "somewhere")
    (trace,) = line["exception"]
    ((inner,),) = trace["exceptions"] if grouped else [[trace]]
    assert inner["exc_type"] == "ZeroDivisionError"
    assert "hunter2" not in printed.getvalue()


@pytest.mark.parametrize("grouped", [False, True])
def test_a_row_that_postgres_refused_is_not_logged(printed: io.StringIO, *, grouped: bool) -> None:
    told = {"S": "ERROR", "C": "23505", "M": "There is one.", "D": "Key (email)=(ada@example.com) exists."}
    refused = asyncpg.PostgresError.new(told)

    try:
        raise ExceptionGroup("Several", [refused]) if grouped else refused
    except (asyncpg.PostgresError, ExceptionGroup):
        structlog.get_logger().exception("It broke.")

    assert "There is one." in printed.getvalue()
    assert "ada@example.com" not in printed.getvalue()


@pytest.mark.parametrize("readable", [False, True])
async def test_a_gateway_that_breaks_shows_none_of_its_keys(*, readable: bool) -> None:
    account = StripeAccount("stripe", "pk_test_shown", "sk_test_hidden", "whsec_hidden")
    gateway = StripeGateway(account, retries=0)
    session = Session("key", uuid4(), Flow.CHARGE, Decimal(10), "USD")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with printing(readable=readable) as stream, pytest.MonkeyPatch.context() as patched:
        patched.setattr(httpx2.AsyncClient, "request", broken)
        patched.setattr(stripe.WebhookSignature, "verify_header", broken)
        for asked in (gateway.process(session), gateway.understand(b"{}", {})):
            try:
                await asked
            except ZeroDivisionError:
                structlog.get_logger().exception("It broke.")
    await gateway.close()

    assert stream.getvalue().count("It broke.") == 2
    assert "hidden" not in stream.getvalue()


async def test_who_asks_is_told_of_statements_and_batches(client: Client, factory: Factory) -> None:
    await factory.channel()
    staff = await client.as_staff()
    body = {"query": "{ channels { slug } }", "extensions": {"debug": True}}

    answer = await send(staff, body, authorization=f"Bearer {staff.token}")

    debug = answer.json()["extensions"]["debug"]
    assert [statement["rows"] for statement in debug["statements"]] == [1, 1]
    assert "from channels" in debug["statements"][1]["text"]
    assert (debug["how"], debug["cost"] > 0) == ("plan", True)


async def test_nobody_else_is_told(client: Client) -> None:
    answer = await send(client, {"query": "{ __typename }"})

    assert answer.json() == {"data": {"__typename": "Query"}}
