"""Addresses, through the API: one's own book, and what countries ask."""

from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory

CREATE = """mutation ($input: AddressInput!, $type: AddressTypeEnum) {
    accountAddressCreate(input: $input, type: $type) {
        address { id city phone country { code country } isDefaultBillingAddress metadata { key value } }
        user { addresses { id } defaultBillingAddress { city } } errors { field code }
    }
}"""
CHANGE = """mutation ($id: ID!, $input: AddressInput!) { accountAddressUpdate(id: $id, input: $input) {
    address { firstName streetAddress1 city } user { id } errors { field code }
} }"""
DELETE = """mutation ($id: ID!) { accountAddressDelete(id: $id) {
    address { id city } user { addresses { id } } errors { field code }
} }"""
CHOOSE = """mutation ($id: ID!) { accountSetDefaultAddress(id: $id, type: SHIPPING) {
    user { defaultShippingAddress { id } } errors { field code }
} }"""
SHOW = "query ($id: ID!) { address(id: $id) { city } }"
WARSAW = {
    "firstName": "Ada",
    "streetAddress1": "Tęczowa 7",
    "city": "Warszawa",
    "postalCode": "00-001",
    "country": "PL",
    "phone": "321 321 888",
    "metadata": [{"key": "floor", "value": "3"}],
}


def id_of(address: AnyRow) -> str:
    return to_global("Address", address.id)


async def test_an_address_is_put_into_the_book(client: Client, factory: Factory) -> None:
    ada = await client.as_user(await factory.user())

    answer = await ada.run(CREATE, input=WARSAW, type="BILLING")

    made = answer["accountAddressCreate"]["address"].pop("id")
    assert answer == {
        "accountAddressCreate": {
            "address": {
                "city": "WARSZAWA",
                "phone": "+48321321888",
                "country": {"code": "PL", "country": "Poland"},
                "isDefaultBillingAddress": True,
                "metadata": [{"key": "floor", "value": "3"}],
            },
            "user": {"addresses": [{"id": made}], "defaultBillingAddress": {"city": "WARSZAWA"}},
            "errors": [],
        }
    }


async def test_a_refused_address_changes_nothing(client: Client, factory: Factory) -> None:
    ada = await client.as_user(await factory.user())

    answer = await ada.run(CREATE, input={**WARSAW, "postalCode": "1", "phone": "none"})

    assert answer["accountAddressCreate"] == {
        "address": None,
        "user": None,
        "errors": [{"field": "postalCode", "code": "INVALID"}, {"field": "phone", "code": "INVALID"}],
    }
    assert await factory.value("select count(*) from addresses") == 0


async def test_an_address_keeps_what_a_change_leaves_out(client: Client, factory: Factory) -> None:
    person = await factory.user()
    home = await factory.address(person)
    ada = await client.as_user(person)

    answer = await ada.run(
        CHANGE, id=id_of(home), input={"streetAddress1": "2 Side Street", "firstName": None}
    )

    assert answer["accountAddressUpdate"] == {
        "address": {"firstName": "", "streetAddress1": "2 Side Street", "city": "NEW YORK"},
        "user": {"id": to_global("User", person.id)},
        "errors": [],
    }


async def test_a_default_is_chosen_and_goes_with_its_address(client: Client, factory: Factory) -> None:
    person = await factory.user()
    home = await factory.address(person)
    ada = await client.as_user(person)

    chosen = await ada.run(CHOOSE, id=id_of(home))
    deleted = await ada.run(DELETE, id=id_of(home))

    assert chosen["accountSetDefaultAddress"]["user"] == {"defaultShippingAddress": {"id": id_of(home)}}
    assert deleted["accountAddressDelete"] == {
        "address": {"id": id_of(home), "city": "New York"},
        "user": {"addresses": []},
        "errors": [],
    }
    assert await ada.run("{ me { defaultShippingAddress { id } } }") == {
        "me": {"defaultShippingAddress": None}
    }


async def test_a_stranger_gets_nothing_of_somebody_elses_book(client: Client, factory: Factory) -> None:
    home = await factory.address(await factory.user(), city="Secret City")
    stranger = await client.as_user(await factory.user())
    refused = [{"field": "id", "code": "NOT_FOUND"}]

    answers = [
        await stranger.run(CHANGE, id=id_of(home), input={"city": "Taken"}),
        await stranger.run(DELETE, id=id_of(home)),
        await stranger.run(CHOOSE, id=id_of(home)),
    ]

    assert [payload for answer in answers for payload in answer.values()] == [
        {"address": None, "user": None, "errors": refused},
        {"address": None, "user": None, "errors": refused},
        {"user": None, "errors": refused},
    ]
    assert await stranger.run(SHOW, id=id_of(home)) == {"address": None}
    assert await client.refused(SHOW, id=id_of(home)) == ["UNAUTHENTICATED"]
    assert [row.city for row in await factory.fetch("select city from addresses")] == ["Secret City"]


async def test_an_address_is_shown_to_its_owner_and_to_staff(client: Client, factory: Factory) -> None:
    person = await factory.user()
    home = await factory.address(person)

    for viewer in (await client.as_user(person), await client.as_staff()):
        assert await viewer.run(SHOW, id=id_of(home)) == {"address": {"city": "New York"}}
    assert await (await client.as_staff([])).run(SHOW, id=id_of(home)) == {"address": None}


async def test_an_id_of_something_else_is_refused(client: Client, factory: Factory) -> None:
    ada = await client.as_user(await factory.user())

    answer = await ada.run(DELETE, id=to_global("User", 1))

    assert answer["accountAddressDelete"]["errors"] == [{"field": "id", "code": "INVALID"}]


async def test_countries_say_what_they_ask(client: Client) -> None:
    answer = await client.run(
        """{ addressValidationRules(countryCode: US, countryArea: "NY") {
            countryCode requiredFields upperFields postalCodeType postalCodeMatchers countryAreaType
            countryAreaChoices { raw verbose } cityChoices { raw }
        } }"""
    )

    rules = answer["addressValidationRules"]
    assert {"raw": "NY", "verbose": "New York"} in rules.pop("countryAreaChoices")
    assert len(rules.pop("postalCodeMatchers")) == 2
    assert rules == {
        "countryCode": "US",
        "requiredFields": ["city", "countryArea", "postalCode", "streetAddress1"],
        "upperFields": ["city", "countryArea"],
        "postalCodeType": "zip",
        "countryAreaType": "state",
        "cityChoices": [],
    }
