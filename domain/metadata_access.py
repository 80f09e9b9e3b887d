"""Who may put metadata on what."""

from collections.abc import Mapping

from domain.access import Permission, Viewer
from domain.refusals import NotFound

STAFF: Mapping[str, tuple[Permission, ...]] = {
    "Address": (Permission.MANAGE_USERS,),
    "App": (Permission.MANAGE_APPS,),
    "Attribute": (
        Permission.MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES,
        Permission.MANAGE_PAGE_TYPES_AND_ATTRIBUTES,
    ),
    "Category": (Permission.MANAGE_PRODUCTS,),
    "Channel": (Permission.MANAGE_CHANNELS,),
    "Checkout": (Permission.MANAGE_CHECKOUTS, Permission.HANDLE_CHECKOUTS),
    "CheckoutLine": (Permission.MANAGE_CHECKOUTS, Permission.HANDLE_CHECKOUTS),
    "Collection": (Permission.MANAGE_PRODUCTS,),
    "Fulfillment": (Permission.MANAGE_ORDERS,),
    "GiftCard": (Permission.MANAGE_GIFT_CARD,),
    "Invoice": (Permission.MANAGE_ORDERS,),
    "Menu": (Permission.MANAGE_MENUS,),
    "MenuItem": (Permission.MANAGE_MENUS,),
    "Order": (Permission.MANAGE_ORDERS,),
    "OrderLine": (Permission.MANAGE_ORDERS,),
    "Page": (Permission.MANAGE_PAGES,),
    "PageType": (Permission.MANAGE_PAGE_TYPES_AND_ATTRIBUTES,),
    "Product": (Permission.MANAGE_PRODUCTS,),
    "ProductMedia": (Permission.MANAGE_PRODUCTS,),
    "ProductType": (Permission.MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES,),
    "ProductVariant": (Permission.MANAGE_PRODUCTS,),
    "TransactionItem": (Permission.HANDLE_PAYMENTS,),
    "User": (Permission.MANAGE_USERS,),
    "Voucher": (Permission.MANAGE_DISCOUNTS,),
    "Warehouse": (Permission.MANAGE_PRODUCTS,),
}
"""By GraphQL type: the staff that looks after it, with one of these permissions."""

GUESTS = frozenset({"Checkout", "CheckoutLine", "Order"})
"""What has an id that cannot be guessed: while it is nobody's, whoever knows the id may."""

OWNED = GUESTS | {"Address", "User"}
"""What can be somebody's, who may then put public metadata on it."""


def check_may_ask(viewer: Viewer, kind: str, *, private: bool) -> None:
    """Raise ``Denied`` where only staff may, and the viewer is not of it: whether the thing exists or not."""
    if private or kind not in OWNED:
        viewer.require(*STAFF[kind])


def check_may_change(viewer: Viewer, kind: str, owner_id: int | None) -> None:
    """Raise ``NotFound`` for what is somebody else's: for the viewer it does not exist."""
    if viewer.may(*STAFF[kind]):
        return
    if kind in OWNED and (owner_id == viewer.user_id if owner_id is not None else kind in GUESTS):
        return
    raise NotFound("There is no such thing, or it is not yours.", field="id")
