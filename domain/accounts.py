"""Customers' accounts: the rules that need nobody but the account itself."""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from domain import emails
from domain.addresses import Address, check_address, refusals
from domain.languages import LanguageCode
from domain.metadata import metadata_problems
from domain.passwords import weaknesses
from domain.refusals import Invalid, NotFound, Refusal

MAX_NAME_LENGTH = 256
MAX_ADDRESSES = 100
MAX_AVATAR_BYTES = 5_000_000


class AddressUse(StrEnum):
    """What an address of a customer's book can be the default for."""

    BILLING = "BILLING"
    SHIPPING = "SHIPPING"


class InvalidCredentials(Refusal):
    code = "INVALID_CREDENTIALS"


class NotConfirmed(Refusal):
    code = "ACCOUNT_NOT_CONFIRMED"


class Inactive(Refusal):
    code = "INACTIVE"


class StaffStays(Refusal):
    code = "DELETE_STAFF_ACCOUNT"


class ChannelInactive(Refusal):
    code = "CHANNEL_INACTIVE"


class FileTooLarge(Refusal):
    code = "FILE_SIZE_LIMIT_EXCEEDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What somebody gives to have an account; ``email`` and the names as they were typed."""

    email: str
    password: str = field(repr=False)
    first_name: str = ""
    last_name: str = ""
    language_code: LanguageCode = LanguageCode.EN
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressDraft:
    """An address as it was sent: ``fields`` are those of ``Address`` that were, ``meta`` is to be added.

    ``unchecked``: do not ask the country's rules. Only staff may send that.
    """

    fields: Mapping[str, str]
    meta: Mapping[str, str] = field(default_factory=dict)
    unchecked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What somebody changes about themselves; null leaves a thing as it is."""

    first_name: str | None = None
    last_name: str | None = None
    language_code: LanguageCode | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    default_addresses: Mapping[AddressUse, AddressDraft] = field(default_factory=dict)


def profile_problems(profile: Profile) -> list[Refusal]:
    """All that is wrong with it, but for its addresses."""
    return [
        *name_problems(profile.first_name or "", "firstName"),
        *name_problems(profile.last_name or "", "lastName"),
        *metadata_problems(profile.meta),
    ]


def drafted_address(
    draft: AddressDraft, before: Address | None = None, use: AddressUse | None = None
) -> tuple[Address, list[Refusal]]:
    """The address to keep, and all that is wrong with it; what the draft leaves out is as ``before``.

    The refusals name ``use`` as their ``address_type``.
    """
    checked = not draft.unchecked
    address, problems = check_address(
        replace(before or Address(), **draft.fields), required=checked, format=checked
    )
    facts: dict[str, Any] = {"address_type": use} if use else {}
    return address, [*refusals(problems, facts), *metadata_problems(draft.meta)]


def check_room(addresses: int) -> None:
    """Raise ``Invalid`` when a book of so many addresses has no room for another."""
    if addresses >= MAX_ADDRESSES:
        raise Invalid(f"An address book has room for {MAX_ADDRESSES} addresses.")


def registration_problems(wanted: Registration) -> list[Refusal]:
    """All that is wrong with it, whoever else has the e-mail address."""
    return [
        *email_problems(wanted.email),
        *name_problems(wanted.first_name, "firstName"),
        *name_problems(wanted.last_name, "lastName"),
        *weaknesses(wanted.password, (wanted.email, wanted.first_name, wanted.last_name)),
        *metadata_problems(wanted.meta),
    ]


def email_problems(email: str, *, field: str = "email") -> list[Refusal]:
    valid = emails.is_valid(emails.normalize(email))
    return [] if valid else [Invalid("This is not an e-mail address.", field=field)]


def name_problems(name: str, field: str) -> list[Refusal]:
    """A name is at most 256 characters, none of them a control character."""
    # Cc are control characters, among them NUL, which Postgres refuses; Cs are halves of a character.
    clean = not any(unicodedata.category(character) in {"Cc", "Cs"} for character in name)
    if clean and len(name) <= MAX_NAME_LENGTH:
        return []
    return [Invalid(f"A name is a text of at most {MAX_NAME_LENGTH} characters.", field=field)]


def channel_problems(is_active: bool | None) -> list[Refusal]:  # noqa: FBT001 - a column, as it was found
    """What is wrong with a channel that a request names; null: there is no such channel."""
    if is_active is None:
        return [NotFound("There is no channel of this name.", field="channel")]
    return [] if is_active else [ChannelInactive("Nothing is sold in this channel.", field="channel")]


def new_token_key() -> str:
    """A key for a user's tokens: whoever gets a new one is logged out everywhere, and links in mails die."""
    return secrets.token_urlsafe(16)
