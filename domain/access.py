"""Who is asking, and what they may do."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.refusals import Denied, Unauthenticated


class Permission(StrEnum):
    """What staff and apps may be allowed, by the API's names."""

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
    HANDLE_TAXES = "HANDLE_TAXES"
    IMPERSONATE_USER = "IMPERSONATE_USER"
    MANAGE_CUSTOMER_TYPES_AND_ATTRIBUTES = "MANAGE_CUSTOMER_TYPES_AND_ATTRIBUTES"
    MANAGE_ORDERS_IMPORT = "MANAGE_ORDERS_IMPORT"
    MANAGE_PLUGINS = "MANAGE_PLUGINS"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever sent the request: a user, an app, or a guest, who has neither id.

    ``email`` is the user's, normalised. ``family_id`` names the login that a user's token came from, which
    says nothing after ``expires_at``; ``token_id`` is the token of an app.
    """

    user_id: int | None = None
    email: str | None = None
    is_staff: bool = False
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    family_id: str | None = None
    expires_at: datetime | None = None
    app_id: int | None = None
    token_id: int | None = None

    @property
    def name(self) -> str | None:
        """What tells this caller from all others, whatever its token; null for a guest, who has no name."""
        if self.app_id is not None:
            return f"app:{self.app_id}"
        return None if self.user_id is None else f"user:{self.user_id}"

    @property
    def works_here(self) -> bool:
        """Whether it is staff or an app, whatever they may do."""
        return self.is_staff or self.app_id is not None

    def may(self, *any_of: Permission) -> bool:
        """Whether the viewer has one of these permissions."""
        return not self.permissions.isdisjoint(any_of)

    def require(self, *any_of: Permission) -> None:
        """Raise ``Denied`` unless the viewer has one of these permissions."""
        if not self.may(*any_of):
            raise Denied(f"You need one of these permissions: {', '.join(sorted(any_of))}.")

    def require_login(self) -> int:
        """The user's id. Raises ``Unauthenticated`` for a guest, and ``Denied`` for an app."""
        if self.app_id is not None:
            raise Denied("This is for users: an app has no account.")
        if self.user_id is None:
            raise Unauthenticated
        return self.user_id

    @property
    def sees_unpublished(self) -> bool:
        """Whether the whole catalogue shows, and not only what is published to shoppers."""
        return self.may(Permission.MANAGE_PRODUCTS, Permission.MANAGE_ORDERS, Permission.MANAGE_DISCOUNTS)


GUEST = Viewer()
