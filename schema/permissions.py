"""What staff and apps may be allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import strawberry

from domain import access
from engine.words import attribute
from schema.enums import declare

NO_USE: Final = "It can be given, and nothing here asks for it."
TEXTS: Final = {
    access.Permission.MANAGE_USERS: "Look after customers.",
    access.Permission.MANAGE_STAFF: "Look after staff.",
    access.Permission.MANAGE_PRODUCTS: "Look after products and their stock.",
    access.Permission.MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES: "Look after types of products.",
    access.Permission.MANAGE_ORDERS: "Look after orders.",
    access.Permission.MANAGE_CHECKOUTS: "Look after checkouts.",
    access.Permission.HANDLE_CHECKOUTS: "Work with checkouts.",
    access.Permission.HANDLE_PAYMENTS: "Work with payments.",
    access.Permission.MANAGE_CHANNELS: "Look after channels.",
    access.Permission.MANAGE_DISCOUNTS: "Look after vouchers and promotions.",
    access.Permission.MANAGE_GIFT_CARD: "Look after gift cards.",
    access.Permission.MANAGE_MENUS: "Look after menus.",
    access.Permission.MANAGE_PAGES: "Look after pages of text.",
    access.Permission.MANAGE_PAGE_TYPES_AND_ATTRIBUTES: "Look after types of pages.",
    access.Permission.MANAGE_SHIPPING: "Look after the ways to ship.",
    access.Permission.MANAGE_SETTINGS: "Look after the shop's settings.",
    access.Permission.MANAGE_TAXES: "Look after taxes.",
    access.Permission.MANAGE_TRANSLATIONS: "Look after translations.",
    access.Permission.MANAGE_APPS: "Look after apps.",
    access.Permission.HANDLE_TAXES: NO_USE,
    access.Permission.IMPERSONATE_USER: NO_USE,
    access.Permission.MANAGE_CUSTOMER_TYPES_AND_ATTRIBUTES: NO_USE,
    access.Permission.MANAGE_ORDERS_IMPORT: NO_USE,
    access.Permission.MANAGE_PLUGINS: NO_USE,
}

declare(access.Permission, "PermissionEnum", "What staff and apps may be allowed.", TEXTS)


@dataclass(frozen=True, slots=True)
class PermissionRow:
    code: access.Permission
    name: str


@strawberry.type(description="Something that staff or an app may do.")
class Permission:
    represents: ClassVar[type] = PermissionRow

    code: access.Permission = attribute("For programs.")
    name: str = attribute("In words.")


def granted(names: Sequence[str]) -> list[PermissionRow]:
    """Those of these names that are known here, by name."""
    known = [access.Permission(name) for name in sorted(names) if name in access.Permission.__members__]
    return [PermissionRow(one, TEXTS[one]) for one in known]
