"""Who buys and who works here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from db.tables.columns import flag, json, loose_ref, moment, number_id, ref, uuid_id, whole, words


class Addresses(SQLModel, table=True):
    """A postal address. With ``user_id`` it is in that customer's book.

    Checkouts and orders keep copies of their own.
    """

    __tablename__ = "addresses"
    id: int = number_id()
    user_id: int | None = ref("users.id", null=True, cascade=True)
    first_name: str = words()
    last_name: str = words()
    company_name: str = words()
    street_address_1: str = words()
    street_address_2: str = words()
    city: str = words()
    city_area: str = words()
    postal_code: str = words()
    country: str = words(default=None)
    country_area: str = words()
    phone: str = words()
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class Users(SQLModel, table=True):
    """``email`` is normalised; ``token_key`` is in every token, so that changing it ends them all.

    ``is_confirmed`` when the mailbox has proved to be theirs; ``awaits_confirmation`` keeps them from logging
    in before.
    """

    __tablename__ = "users"
    id: int = number_id()
    email: str = words(unique=True)
    password_hash: str | None = words(null=True)
    first_name: str = words()
    last_name: str = words()
    is_staff: bool = flag(default=False)
    is_superuser: bool = flag(default=False)
    is_active: bool = flag(default=True)
    is_confirmed: bool = flag(default=False)
    awaits_confirmation: bool = flag(default=False)
    language_code: str = words(default="EN")
    default_shipping_address_id: int | None = loose_ref("addresses.id")
    default_billing_address_id: int | None = loose_ref("addresses.id")
    avatar_key: str | None = words(null=True)
    token_key: str = words(default=None)
    external_reference: str | None = words(null=True, unique=True)
    date_joined: datetime = moment(now=True)
    last_login: datetime | None = moment(null=True)
    note: str = words()
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class TokenFamilies(SQLModel, table=True):
    """One login and all refresh tokens that came of it; the use of a spent one ends the family."""

    __tablename__ = "token_families"
    id: UUID = uuid_id()
    user_id: int = ref("users.id", cascade=True)
    created_at: datetime = moment(now=True)
    ended_at: datetime | None = moment(null=True)


class RefreshTokens(SQLModel, table=True):
    __tablename__ = "refresh_tokens"
    id: UUID = uuid_id()
    family_id: UUID = ref("token_families.id", cascade=True)
    expires_at: datetime = moment()
    spent_at: datetime | None = moment(null=True)


class Groups(SQLModel, table=True):
    __tablename__ = "groups"
    id: int = number_id()
    name: str = words(unique=True)


class GroupPermissions(SQLModel, table=True):
    __tablename__ = "group_permissions"
    group_id: int = ref("groups.id", cascade=True, key=True)
    permission: str = words(key=True)


class UserGroups(SQLModel, table=True):
    __tablename__ = "user_groups"
    user_id: int = ref("users.id", cascade=True, key=True)
    group_id: int = ref("groups.id", cascade=True, key=True)


class Attempts(SQLModel, table=True):
    """How often an errand was tried for an e-mail address, whoever has it: from ``open_at`` on again."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "last_at"),)
    errand: str = words(key=True)
    email: str = words(key=True)
    tries: int = whole()
    last_at: datetime = moment()
    open_at: datetime = moment()
