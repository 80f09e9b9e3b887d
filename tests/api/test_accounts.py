"""Accounts, through the API: who sees whom, and how an account begins, changes and ends."""

import pytest

from domain.access import Permission
from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.statements import Statements
from tests.worlds import CheapMail

PHRASE = "correct horse battery"
PAGE = "https://shop.example/page"
ME = """{ me {
    id email firstName lastName isStaff isConfirmed languageCode metadata { key value }
    avatar(size: 64) { url alt }
    addresses { city isDefaultShippingAddress } defaultShippingAddress { city } defaultBillingAddress { city }
} }"""
REGISTER = """mutation ($input: AccountRegisterInput!) { accountRegister(input: $input) {
    requiresConfirmation user { id email firstName addresses { id } } errors { field code }
} }"""
UPDATE = """mutation ($input: AccountInput!) { accountUpdate(input: $input) {
    user { firstName lastName languageCode metadata { key value } defaultBillingAddress { city } }
    errors { field code addressType }
} }"""
LOG_IN = """mutation ($email: String!, $password: String!) { tokenCreate(email: $email, password: $password) {
    token errors { code }
} }"""


async def with_password(client: Client, factory: Factory, email: str = "ada@example.com") -> AnyRow:
    return await factory.user(email, password_hash=await client.shop.passwords.hash(PHRASE))


async def test_a_guest_is_nobody(client: Client) -> None:
    assert await client.run(ME) == {"me": None}


async def test_a_customer_sees_all_of_themselves(client: Client, factory: Factory) -> None:
    ada = await factory.user(
        "ada@example.com", first_name="Ada", avatar_key="avatars/ada.png", meta={"shoe": "38"}
    )
    home = await factory.address(ada)
    await factory.address(ada, city="London", country="GB", postal_code="W1A 1AA", country_area="")
    await factory.fetch("update users set default_shipping_address_id = $1 where id = $2", home.id, ada.id)

    answer = await (await client.as_user(ada)).run(ME)

    assert answer["me"].pop("avatar")["url"].startswith("http")
    assert answer["me"] == {
        "id": to_global("User", ada.id),
        "email": "ada@example.com",
        "firstName": "Ada",
        "lastName": "",
        "isStaff": False,
        "isConfirmed": True,
        "languageCode": "EN",
        "metadata": [{"key": "shoe", "value": "38"}],
        "addresses": [
            {"city": "New York", "isDefaultShippingAddress": True},
            {"city": "London", "isDefaultShippingAddress": False},
        ],
        "defaultShippingAddress": {"city": "New York"},
        "defaultBillingAddress": None,
    }


async def test_notes_and_private_metadata_are_the_staffs(client: Client, factory: Factory) -> None:
    clerk = await client.as_user(await factory.staff([Permission.MANAGE_USERS], note="Ours"))
    ada = await client.as_user(await factory.user(note="Pays late", private_meta={"erp": "7"}))

    assert await ada.refused("{ me { note } }") == ["PERMISSION_DENIED"]
    assert await ada.refused("{ me { privateMetadata { key } } }") == ["PERMISSION_DENIED"]
    assert await clerk.run("{ me { note } }") == {"me": {"note": "Ours"}}


async def test_a_known_address_registers_like_a_new_one(
    client: Client, factory: Factory, mail: CheapMail
) -> None:
    await factory.channel("default")
    await factory.user("ada@example.com")
    rest = {"password": PHRASE, "firstName": "Ada", "redirectUrl": PAGE, "channel": "default"}

    known = await client.run(REGISTER, input={"email": "ada@example.com", **rest})
    new = await client.run(REGISTER, input={"email": "new@example.com", **rest})

    described = {"id": to_global("User", 0), "firstName": "Ada", "addresses": []}
    assert known == {
        "accountRegister": {
            "requiresConfirmation": True,
            "user": {"email": "ada@example.com", **described},
            "errors": [],
        }
    }
    assert new["accountRegister"].pop("user") == {"email": "new@example.com", **described}
    assert new["accountRegister"] == {"requiresConfirmation": True, "errors": []}
    assert [letter.to for letter in mail.sent] == ["ada@example.com", "new@example.com"]


async def test_a_registration_is_confirmed_by_its_letter(client: Client, mail: CheapMail) -> None:
    document = """mutation ($token: String!) { confirmAccount(email: "ada@example.com", token: $token) {
        user { email isConfirmed } errors { field code }
    } }"""
    await client.run(REGISTER, input={"email": "ada@example.com", "password": PHRASE, "redirectUrl": PAGE})

    before = await client.run(LOG_IN, email="ada@example.com", password=PHRASE)
    forged = await client.run(document, token=PHRASE)
    confirmed = await client.run(document, token=mail.token())
    after = await client.run(LOG_IN, email="ada@example.com", password=PHRASE)

    assert before == {"tokenCreate": {"token": None, "errors": [{"code": "ACCOUNT_NOT_CONFIRMED"}]}}
    assert forged["confirmAccount"]["errors"] == [{"field": "token", "code": "JWT_DECODE_ERROR"}]
    assert confirmed == {
        "confirmAccount": {"user": {"email": "ada@example.com", "isConfirmed": True}, "errors": []}
    }
    assert await client.with_token(after["tokenCreate"]["token"]).run("{ me { email } }") == {
        "me": {"email": "ada@example.com"}
    }


async def test_all_that_is_wrong_with_a_registration_is_told(client: Client) -> None:
    answer = await client.run(REGISTER, input={"email": "ada", "password": "12345", "redirectUrl": "ftp://x"})

    assert answer == {
        "accountRegister": {
            "requiresConfirmation": None,
            "user": None,
            "errors": [
                {"field": "email", "code": "INVALID"},
                {"field": "password", "code": "PASSWORD_TOO_SHORT"},
                {"field": "password", "code": "PASSWORD_ENTIRELY_NUMERIC"},
                {"field": "password", "code": "PASSWORD_TOO_COMMON"},
                {"field": "redirectUrl", "code": "INVALID"},
            ],
        }
    }


async def test_a_profile_is_changed(client: Client, factory: Factory) -> None:
    ada = await client.as_user(await factory.user(first_name="Ada", last_name="Byron", meta={"kept": "yes"}))

    answer = await ada.run(
        UPDATE,
        input={
            "lastName": "Lovelace",
            "languageCode": "FR",
            "metadata": [{"key": "shoe", "value": "38"}],
            "defaultBillingAddress": {
                "streetAddress1": "Tęczowa 7",
                "city": "Warszawa",
                "postalCode": "00-001",
                "country": "PL",
            },
        },
    )

    assert answer == {
        "accountUpdate": {
            "user": {
                "firstName": "Ada",
                "lastName": "Lovelace",
                "languageCode": "FR",
                "metadata": [{"key": "kept", "value": "yes"}, {"key": "shoe", "value": "38"}],
                "defaultBillingAddress": {"city": "WARSZAWA"},
            },
            "errors": [],
        }
    }


async def test_a_refused_address_names_which_it_was(client: Client, factory: Factory) -> None:
    ada = await client.as_user(await factory.user())

    answer = await ada.run(
        UPDATE, input={"defaultShippingAddress": {"streetAddress1": "1", "city": "Paris", "country": "FR"}}
    )

    assert answer["accountUpdate"] == {
        "user": None,
        "errors": [{"field": "postalCode", "code": "REQUIRED", "addressType": "SHIPPING"}],
    }


async def test_an_email_address_is_changed_by_its_letter(
    client: Client, factory: Factory, mail: CheapMail
) -> None:
    request = """mutation ($password: String!) {
        requestEmailChange(
            newEmail: "new@example.com", password: $password, redirectUrl: "https://shop.example/"
        ) {
            user { email } errors { field code }
        }
    }"""
    confirm = (
        "mutation ($token: String!) { confirmEmailChange(token: $token) { user { email } errors { code } } }"
    )
    ada = await client.as_user(await with_password(client, factory))

    wrong = await ada.run(request, password=PHRASE.upper())
    asked = await ada.run(request, password=PHRASE)
    changed = await ada.run(confirm, token=mail.token())

    assert wrong["requestEmailChange"]["errors"] == [{"field": "password", "code": "INVALID_CREDENTIALS"}]
    assert asked == {"requestEmailChange": {"user": {"email": "ada@example.com"}, "errors": []}}
    assert changed == {"confirmEmailChange": {"user": {"email": "new@example.com"}, "errors": []}}


async def test_an_account_is_deleted_by_its_letter(client: Client, factory: Factory, mail: CheapMail) -> None:
    ada = await client.as_user(await factory.user("ada@example.com"))

    asked = await ada.run(
        'mutation { accountRequestDeletion(redirectUrl: "https://shop.example/") { errors { code } } }'
    )
    deleted = await ada.run(
        """mutation ($token: String!) { accountDelete(token: $token) {
            user { email addresses { id } } errors { code }
        } }""",
        token=mail.token(),
    )

    assert asked == {"accountRequestDeletion": {"errors": []}}
    assert deleted == {"accountDelete": {"user": {"email": "ada@example.com", "addresses": []}, "errors": []}}
    assert await ada.refused("{ me { id } }") == ["JWT_INVALID_TOKEN"]


@pytest.mark.parametrize(
    "field",
    [
        "accountUpdate(input: {}) { errors { code } }",
        'accountRequestDeletion(redirectUrl: "https://a.example") { errors { code } }',
        'accountDelete(token: "x") { errors { code } }',
        'requestEmailChange(newEmail: "", password: "", redirectUrl: "") { errors { code } }',
        'confirmEmailChange(token: "x") { errors { code } }',
        'passwordChange(newPassword: "x") { errors { code } }',
        "tokensDeactivateAll { errors { code } }",
        "accountAddressCreate(input: {}) { errors { code } }",
        'accountAddressUpdate(id: "QWRkcmVzczox", input: {}) { errors { code } }',
        'accountAddressDelete(id: "QWRkcmVzczox") { errors { code } }',
        'accountSetDefaultAddress(id: "QWRkcmVzczox", type: BILLING) { errors { code } }',
    ],
)
async def test_a_guest_has_no_account_to_change(client: Client, field: str) -> None:
    assert await client.refused(f"mutation {{ {field} }}") == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("rows", [1, 50])
async def test_me_with_addresses_costs_the_same_for_any_book(
    client: Client, factory: Factory, statements: Statements, rows: int
) -> None:
    ada = await factory.user()
    book = [await factory.address(ada) for _ in range(rows)]
    await factory.fetch(
        "update users set default_shipping_address_id = $1 where id = $2", book[-1].id, ada.id
    )
    logged_in = await client.as_user(ada)

    async with statements.recording() as sent:
        await logged_in.run(ME)

    assert len(sent) == 4  # who is asking, the user, the book, the default
