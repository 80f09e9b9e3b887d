"""Users: customers and staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, ClassVar

import strawberry

from db import accounts
from db.accounts import UserRow
from domain.access import Permission
from engine.words import attribute, batch_field, edge, inline, seen
from loaders.addresses import AddressLoaders
from schema.addresses import Address
from schema.context import Context
from schema.ids import global_id
from schema.languages import LanguageCode
from schema.media import Format, Image, ImageRow, Size, background_image
from schema.metadata import Node, ObjectWithMetadata
from schema.order_lists import customer_orders
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.orders import OrderCountableConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Whoever registers, as they describe themselves: the same whether or not they are known already."""

    email: str
    first_name: str
    last_name: str
    language_code: str
    meta: str
    date_joined: datetime
    id: int = 0
    is_staff: bool = False
    is_active: bool = True
    is_confirmed: bool = False
    default_shipping_address_id: None = None
    default_billing_address_id: None = None
    avatar_key: None = None
    external_reference: None = None
    last_login: None = None
    note: str = ""
    private_meta: str = "{}"


def avatar(context: Context, key: str, *, size: Size = None, format: Format = None) -> ImageRow:
    return background_image(context, key, None, size=size, format=format)


def note(context: Context, text: str) -> str | None:
    context.viewer.require(Permission.MANAGE_USERS)
    return text or None


@strawberry.type(
    description="Somebody with an account. Only they, and staff that looks after customers, see it."
)
class User(Node, ObjectWithMetadata):
    represents: ClassVar[tuple[type, ...]] = (UserRow, Applicant)

    id: strawberry.ID = global_id("User")
    email: str = attribute("The e-mail address, by which they log in.")
    first_name: str = attribute("The first name.")
    last_name: str = attribute("The last name.")
    is_staff: bool = attribute("Whether they work for the shop.")
    is_active: bool = attribute("Whether they may log in.")
    is_confirmed: bool = attribute("Whether they have shown that the e-mail address is theirs.")
    language_code: LanguageCode = attribute("The language they are written to in.")
    date_joined: DateTime = attribute("When the account was made.")
    last_login: DateTime | None = attribute("When they last logged in.")
    external_reference: str | None = attribute("Their key in another system.")
    note: str | None = inline(
        note, "note", description="What staff has noted about them; only staff sees it."
    )
    avatar: Image | None = inline(avatar, "avatar_key", description="A picture of them.")
    addresses: list[Address] = edge(
        AddressLoaders.of_user, key="id", description="The address book, in the order it was filled."
    )
    default_shipping_address: Address | None = edge(
        AddressLoaders.by_id,
        key="default_shipping_address_id",
        description="Where goods are sent by default.",
    )
    default_billing_address: Address | None = edge(
        AddressLoaders.by_id, key="default_billing_address_id", description="Where bills are sent by default."
    )
    orders: Annotated["OrderCountableConnection", strawberry.lazy("schema.orders")] | None = batch_field(
        customer_orders, description="Their orders, the newest first."
    )


async def changed_user(context: Context, id: int) -> User | None:
    """A user as a command has left them, for its payload, whoever asks; null when they have gone since."""
    row = await context.read(accounts.by_id, id)
    return seen(User, row) if row else None
