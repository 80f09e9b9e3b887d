"""Logins and passwords, through the API, as the clients of the dialect use them."""

from typing import Any

import pytest

from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.worlds import CheapMail, Clock

PHRASE = "correct horse battery"
NEW = "another good phrase"
LOG_IN = """mutation ($email: String!, $password: String!) {
    tokenCreate(email: $email, password: $password) {
        token refreshToken csrfToken user { id email defaultBillingAddress { id } }
        errors { field message code }
    }
}"""
GO_ON = "mutation ($token: String) { tokenRefresh(refreshToken: $token) { token errors { code } } }"
ROTATE = """mutation ($token: String, $next: Boolean = true) { tokenRefresh(refreshToken: $token) {
    ...Tokens user { email } errors { code }
} }
fragment Tokens on RefreshToken { token successor: refreshToken @include(if: $next) }"""
VERIFY = """mutation ($token: String!) { tokenVerify(token: $token) {
    isValid user { email } payload errors { code }
} }"""
RESET = """mutation ($email: String!, $url: String!) {
    requestPasswordReset(email: $email, redirectUrl: $url) { errors { field code } }
}"""
SET = """mutation ($email: String!, $password: String!, $token: String!) {
    setPassword(email: $email, password: $password, token: $token) {
        token refreshToken user { email } errors { field code }
    }
}"""
CHANGE = """mutation ($old: String, $new: String!) { passwordChange(oldPassword: $old, newPassword: $new) {
    user { email } errors { field code }
} }"""


@pytest.fixture
async def ada(client: Client, factory: Factory) -> AnyRow:
    return await factory.user("ada@example.com", password_hash=await client.shop.passwords.hash(PHRASE))


async def log_in(client: Client, password: str = PHRASE) -> dict[str, Any]:
    answer = await client.run(LOG_IN, email="ada@example.com", password=password)
    begun: dict[str, Any] = answer["tokenCreate"]
    return begun


async def test_a_login_gives_tokens_and_the_user(client: Client, ada: AnyRow) -> None:
    begun = await log_in(client)

    assert await client.with_token(begun.pop("token")).run("{ me { email } }") == {"me": {"email": ada.email}}
    assert begun.pop("refreshToken")
    assert begun == {
        "csrfToken": None,
        "user": {"id": to_global("User", ada.id), "email": ada.email, "defaultBillingAddress": None},
        "errors": [],
    }


@pytest.mark.usefixtures("ada")
async def test_a_wrong_password_and_an_unknown_address_are_one_answer(client: Client) -> None:
    wrong, unknown = [
        await client.run(LOG_IN, email=email, password=NEW)
        for email in ("ada@example.com", "eve@example.com")
    ]

    assert wrong == unknown
    assert wrong["tokenCreate"]["token"] is None
    assert wrong["tokenCreate"]["errors"] == [
        {
            "field": "email",
            "message": "The e-mail address or the password is wrong.",
            "code": "INVALID_CREDENTIALS",
        }
    ]


@pytest.mark.usefixtures("ada")
async def test_too_many_guesses_are_delayed(client: Client) -> None:
    answers = [await log_in(client, "wrong") for _ in range(6)]

    assert [error["code"] for answer in answers for error in answer["errors"]] == [
        "INVALID_CREDENTIALS"
    ] * 5 + ["LOGIN_ATTEMPT_DELAYED"]


@pytest.mark.usefixtures("ada")
async def test_a_client_that_keeps_its_refresh_token_goes_on_with_it(client: Client, clock: Clock) -> None:
    begun = await log_in(client)

    for _ in range(3):
        clock.forward(minutes=6)
        answer = await client.run(GO_ON, token=begun["refreshToken"])
        renewed = client.with_token(answer["tokenRefresh"]["token"])
        assert await renewed.run("{ me { email } }") == {"me": {"email": "ada@example.com"}}
    skipped = await client.run(ROTATE, token=begun["refreshToken"], next=False)
    assert skipped["tokenRefresh"]["errors"] == []
    assert (await client.run(GO_ON, token=begun["refreshToken"]))["tokenRefresh"]["errors"] == []


@pytest.mark.usefixtures("ada")
async def test_a_client_that_asks_for_the_next_refresh_token_spends_its_own(
    client: Client, clock: Clock
) -> None:
    begun = await log_in(client)

    answer = await client.run(ROTATE, token=begun["refreshToken"])
    successor = answer["tokenRefresh"].pop("successor")
    assert answer["tokenRefresh"].pop("token")
    assert answer["tokenRefresh"] == {"user": {"email": "ada@example.com"}, "errors": []}

    clock.forward(minutes=1)
    stolen = await client.run(GO_ON, token=begun["refreshToken"])
    assert stolen["tokenRefresh"]["errors"] == [{"code": "JWT_INVALID_TOKEN"}]
    ended = await client.run(ROTATE, token=successor)
    assert ended["tokenRefresh"]["errors"] == [{"code": "JWT_INVALID_TOKEN"}]


async def test_a_refresh_takes_a_refresh_token(client: Client, ada: AnyRow, clock: Clock) -> None:
    begun = await log_in(client)

    codes = [
        (await client.run(GO_ON, token=token))["tokenRefresh"]["errors"][0]["code"]
        for token in (None, "garbled", begun["token"])
    ]
    clock.forward(days=31)
    late = await client.run(GO_ON, token=begun["refreshToken"])

    assert codes == ["JWT_MISSING_TOKEN", "JWT_DECODE_ERROR", "JWT_INVALID_TOKEN"]
    assert late["tokenRefresh"]["errors"] == [{"code": "JWT_SIGNATURE_EXPIRED"}]
    assert ada.email == "ada@example.com"


async def test_a_token_is_worth_what_a_request_with_it_is(client: Client, ada: AnyRow) -> None:
    begun = await log_in(client)

    good = await client.run(VERIFY, token=begun["token"])
    refresh = await client.run(VERIFY, token=begun["refreshToken"])
    await client.with_token(begun["token"]).run("mutation { tokensDeactivateAll { errors { code } } }")
    ended = await client.run(VERIFY, token=begun["token"])

    payload = good["tokenVerify"].pop("payload")
    assert (payload["user_id"], payload["type"], payload["exp"] - payload["iat"]) == (
        to_global("User", ada.id),
        "access",
        300,
    )
    assert good["tokenVerify"] == {"isValid": True, "user": {"email": ada.email}, "errors": []}
    for answer in (refresh, ended):
        assert answer["tokenVerify"] == {
            "isValid": False,
            "user": None,
            "payload": None,
            "errors": [{"code": "JWT_INVALID_TOKEN"}],
        }


async def test_a_forgotten_password_is_replaced_by_a_letter(
    client: Client, ada: AnyRow, mail: CheapMail
) -> None:
    asked = await client.run(RESET, email="ADA@example.com", url="https://shop.example/reset")
    unknown = await client.run(RESET, email="eve@example.com", url="https://shop.example/reset")
    again = await client.run(RESET, email="eve@example.com", url="https://shop.example/reset")
    nowhere = await client.run(RESET, email="ada@example.com", url="reset")
    replaced = await client.run(SET, email=ada.email, password=NEW, token=mail.token())

    assert asked == unknown == {"requestPasswordReset": {"errors": []}}
    assert again["requestPasswordReset"]["errors"] == [
        {"field": "email", "code": "PASSWORD_RESET_ALREADY_REQUESTED"}
    ]
    assert nowhere["requestPasswordReset"]["errors"] == [{"field": "redirectUrl", "code": "INVALID"}]
    assert replaced["setPassword"]["user"] == {"email": ada.email}
    logged_in = client.with_token(replaced["setPassword"]["token"])
    assert await logged_in.run("{ me { email } }") == {"me": {"email": ada.email}}


async def test_a_password_change_ends_the_login_it_was_made_in(client: Client, ada: AnyRow) -> None:
    logged_in = client.with_token((await log_in(client))["token"])

    wrong = await logged_in.run(CHANGE, old="wrong", new=NEW)
    weak = await logged_in.run(CHANGE, old=PHRASE, new="12345678")
    changed = await logged_in.run(CHANGE, old=PHRASE, new=NEW)

    assert wrong["passwordChange"]["errors"] == [{"field": "oldPassword", "code": "INVALID_CREDENTIALS"}]
    assert [error["code"] for error in weak["passwordChange"]["errors"]] == [
        "PASSWORD_ENTIRELY_NUMERIC",
        "PASSWORD_TOO_COMMON",
    ]
    assert changed == {"passwordChange": {"user": {"email": ada.email}, "errors": []}}
    assert await logged_in.refused("{ me { id } }") == ["JWT_INVALID_TOKEN"]
