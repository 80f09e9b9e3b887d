"""Who is asking, and what they may do."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.refusals import Denied, Unauthenticated


class Permission(StrEnum):
    """What staff may be allowed, by the API's names."""

    MANAGE_USERS = "MANAGE_USERS"
    MANAGE_STAFF = "MANAGE_STAFF"
    MANAGE_PRODUCTS = "MANAGE_PRODUCTS"
    MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES = "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES"
    MANAGE_ORDERS = "MANAGE_ORDERS"
    MANAGE_CHECKOUTS = "MANAGE_CHECKOUTS"
    HANDLE_CHECKOUTS = "HANDLE_CHECKOUTS"
    HANDLE_PAYMENTS = "HANDLE_PAYMENTS"
    MANAGE_CHANNELS = "MANAGE_CHANNELS"
    MANAGE_DISCOUNTS = "MANAGE_DISCOUNTS"
    MANAGE_GIFT_CARD = "MANAGE_GIFT_CARD"
    MANAGE_MENUS = "MANAGE_MENUS"
    MANAGE_PAGES = "MANAGE_PAGES"
    MANAGE_PAGE_TYPES_AND_ATTRIBUTES = "MANAGE_PAGE_TYPES_AND_ATTRIBUTES"
    MANAGE_SHIPPING = "MANAGE_SHIPPING"
    MANAGE_SETTINGS = "MANAGE_SETTINGS"
    MANAGE_TAXES = "MANAGE_TAXES"
    MANAGE_TRANSLATIONS = "MANAGE_TRANSLATIONS"
    MANAGE_APPS = "MANAGE_APPS"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever sent the request. ``user_id`` is null for a guest; ``email`` is the user's, normalised.

    ``family_id`` names the login that the token came from, which says nothing after ``expires_at``.
    """

    user_id: int | None = None
    email: str | None = None
    is_staff: bool = False
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    family_id: str | None = None
    expires_at: datetime | None = None

    def may(self, *any_of: Permission) -> bool:
        """Whether the viewer has one of these permissions."""
        return not self.permissions.isdisjoint(any_of)

    def require(self, *any_of: Permission) -> None:
        """Raise ``Denied`` unless the viewer has one of these permissions."""
        if not self.may(*any_of):
            raise Denied(f"You need one of these permissions: {', '.join(sorted(any_of))}.")

    def require_login(self) -> int:
        """The user's id. Raises ``Unauthenticated`` for a guest."""
        if self.user_id is None:
            raise Unauthenticated
        return self.user_id

    @property
    def sees_unpublished(self) -> bool:
        """Whether the whole catalogue shows, and not only what is published to shoppers."""
        return self.may(Permission.MANAGE_PRODUCTS, Permission.MANAGE_ORDERS, Permission.MANAGE_DISCOUNTS)


GUEST = Viewer()
