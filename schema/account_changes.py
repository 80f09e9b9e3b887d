"""Changes to an account: what is sent, and what comes back."""

from collections.abc import Mapping
from datetime import datetime

import orjson
import strawberry

from domain import emails
from domain.accounts import Profile, Registration
from engine.words import seen
from schema.account_errors import AccountError
from schema.accounts import Applicant, User
from schema.address_uses import AddressUse
from schema.addresses import Address, AddressInput, draft_of
from schema.languages import LanguageCode
from schema.metadata import MetadataInput, meta_of


@strawberry.input(description="What somebody gives to have an account.")
class AccountRegisterInput:
    first_name: str | None = strawberry.field(default=None, description="The first name.")
    last_name: str | None = strawberry.field(default=None, description="The last name.")
    language_code: LanguageCode | None = strawberry.field(
        default=None, description="The language to be written to in."
    )
    email: str = strawberry.field(description="The e-mail address, by which they will log in.")
    password: str = strawberry.field(description="The password.")
    redirect_url: str | None = strawberry.field(
        default=None,
        description="Where the link in the letter leads. With it the account waits for that link; "
        "without it the account can be used at once, and the address counts as unproven.",
    )
    metadata: list[MetadataInput] | None = strawberry.field(
        default=None, description="Public metadata to put on the user."
    )
    channel: str | None = strawberry.field(
        default=None, description="The slug of the channel whose shop front it is."
    )


@strawberry.input(description="What somebody changes about themselves; what is left out stays.")
class AccountInput:
    first_name: str | None = strawberry.field(default=None, description="The first name.")
    last_name: str | None = strawberry.field(default=None, description="The last name.")
    language_code: LanguageCode | None = strawberry.field(
        default=None, description="The language to be written to in."
    )
    default_billing_address: AddressInput | None = strawberry.field(
        default=None, description="Where bills are sent by default: changes that address, or adds one."
    )
    default_shipping_address: AddressInput | None = strawberry.field(
        default=None, description="Where goods are sent by default: changes that address, or adds one."
    )
    metadata: list[MetadataInput] | None = strawberry.field(
        default=None, description="Public metadata to add to the user's."
    )


def registration_of(given: AccountRegisterInput) -> Registration:
    return Registration(
        email=given.email,
        password=given.password,
        first_name=given.first_name or "",
        last_name=given.last_name or "",
        language_code=given.language_code or LanguageCode.EN,
        meta=meta_of(given.metadata),
    )


def applicant_of(wanted: Registration, now: datetime) -> User:
    """The user that a registration describes; it says nothing about who has an account."""
    applicant = Applicant(
        email=emails.normalize(wanted.email),
        first_name=wanted.first_name.strip(),
        last_name=wanted.last_name.strip(),
        language_code=wanted.language_code,
        meta=orjson.dumps(dict(wanted.meta)).decode(),
        date_joined=now,
    )
    return seen(User, applicant)


def profile_of(given: AccountInput) -> Profile:
    sent: Mapping[AddressUse, AddressInput | None] = {
        AddressUse.BILLING: given.default_billing_address,
        AddressUse.SHIPPING: given.default_shipping_address,
    }
    return Profile(
        first_name=given.first_name,
        last_name=given.last_name,
        language_code=given.language_code,
        meta=meta_of(given.metadata),
        default_addresses={use: draft_of(address) for use, address in sent.items() if address is not None},
    )


@strawberry.type(description="An account was asked for.")
class AccountRegister:
    user: User | None = strawberry.field(
        default=None,
        description="The user as the input describes them, without a real id.",
        deprecation_reason="It says nothing that the input does not.",
    )
    requires_confirmation: bool | None = strawberry.field(
        default=None, description="Whether the e-mail address has to be confirmed before logging in."
    )
    errors: list[AccountError] = strawberry.field(
        default_factory=list, description="Why nothing was done; the same for a known address and a new one."
    )


@strawberry.type(description="An e-mail address was confirmed.")
class ConfirmAccount:
    user: User | None = strawberry.field(default=None, description="Whose it is.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="Somebody changed what they say about themselves.")
class AccountUpdate:
    user: User | None = strawberry.field(default=None, description="The user, changed.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="Somebody put a picture on themselves.")
class UserAvatarUpdate:
    user: User | None = strawberry.field(default=None, description="The user, with the picture.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="Somebody took their picture away.")
class UserAvatarDelete:
    user: User | None = strawberry.field(default=None, description="The user, without a picture.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="Another e-mail address was asked for.")
class RequestEmailChange:
    user: User | None = strawberry.field(default=None, description="The user, not changed yet.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="An e-mail address was changed.")
class ConfirmEmailChange:
    user: User | None = strawberry.field(default=None, description="The user, changed.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="The end of an account was asked for.")
class AccountRequestDeletion:
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="An account was deleted.")
class AccountDelete:
    user: User | None = strawberry.field(default=None, description="The user as they were.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="An address was put into somebody's book.")
class AccountAddressCreate:
    user: User | None = strawberry.field(default=None, description="Whose book it is.")
    address: Address | None = strawberry.field(default=None, description="The address.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="An address of somebody's book was changed.")
class AccountAddressUpdate:
    user: User | None = strawberry.field(default=None, description="Whose book it is.")
    address: Address | None = strawberry.field(default=None, description="The address, changed.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="An address was taken out of somebody's book.")
class AccountAddressDelete:
    user: User | None = strawberry.field(default=None, description="Whose book it is.")
    address: Address | None = strawberry.field(default=None, description="The address as it was.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="A default address was chosen.")
class AccountSetDefaultAddress:
    user: User | None = strawberry.field(default=None, description="Whose book it is.")
    errors: list[AccountError] = strawberry.field(default_factory=list, description="Why nothing was done.")
