"""Lists of products: which, in what order, and who sees them."""

from dataclasses import dataclass
from enum import StrEnum

from domain.access import Viewer
from domain.conditions import NEVER, AllOf, Condition, Holds, both, check_channel, check_size
from domain.refusals import Invalid
from domain.search import Search


class OrderName(StrEnum):
    """What a list can be sorted by. ``ATTRIBUTE`` is a product's value of one attribute."""

    NAME = "NAME"
    RANK = "RANK"
    PRICE = "PRICE"
    MINIMAL_PRICE = "MINIMAL_PRICE"
    TYPE = "TYPE"
    PUBLISHED_AT = "PUBLISHED_AT"
    LAST_MODIFIED_AT = "LAST_MODIFIED_AT"
    COLLECTION = "COLLECTION"
    RATING = "RATING"
    CREATED_AT = "CREATED_AT"
    ATTRIBUTE = "ATTRIBUTE"


@dataclass(frozen=True, slots=True)
class Order:
    """``attribute_id`` is given with ``ATTRIBUTE`` and only there."""

    name: OrderName
    descending: bool = False
    attribute_id: int | None = None


class Scope(StrEnum):
    """Whose products they are; which category or collection that is, is said when the list is read."""

    BRANCH = "BRANCH"
    """A category's, and those of all categories below it."""
    COLLECTION = "COLLECTION"
    """A collection's, which has an order of its own."""


BY_CHANNEL = frozenset(
    {
        "published",
        "visible",
        "for_sale",
        "published_from",
        "for_sale_from",
        "in_stock",
        "price_in",
        "price_between",
        "lowest_in",
        "lowest_between",
    }
)
ORDERS_BY_CHANNEL = frozenset({OrderName.PRICE, OrderName.MINIMAL_PRICE, OrderName.PUBLISHED_AT})


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """The channel with this slug; none where it is not active, unless ``closed_too``."""

    slug: str
    closed_too: bool


@dataclass(frozen=True, slots=True)
class ProductList:
    """The products, as they are seen in a channel (in none where null), of which ``condition`` holds.

    ``search`` is what ranks are of; that products are found by it is part of the condition.
    """

    channel: int | OpenChannel | None
    condition: Condition
    order: Order
    search: Search | None = None


def product_list(
    viewer: Viewer,
    channel: int | OpenChannel | None,
    *,
    scope: Scope | None = None,
    condition: Condition,
    search: Search | None = None,
    order: Order | None = None,
) -> ProductList:
    """The list that the viewer sees, of the products of ``scope``.

    Without an order: by rank when searching, as a collection has it, or by name. Raises ``Invalid`` for an
    order that does not fit, for too many conditions, and for what needs a channel where none is given.
    """
    check_size(condition, "where")
    chosen = order or _usual_order(search, scope)
    if chosen.name is OrderName.RANK and search is None:
        raise Invalid("Only a search has ranks.", field="sortBy")
    if chosen.name is OrderName.COLLECTION and scope is not Scope.COLLECTION:
        raise Invalid("Only the products of a collection have an order there.", field="sortBy")
    if channel is None:
        check_channel(condition, BY_CHANNEL)
        if chosen.name in ORDERS_BY_CHANNEL:
            raise Invalid("This order differs by channel: name one.", field="channel")
    return ProductList(channel, both(_shown(viewer, scope), _within(scope), condition), chosen, search)


def searched(search: Search | None) -> Condition:
    """Every word is found."""
    if search is None:
        return AllOf(())
    if not search.words:
        return NEVER
    return both(
        *(
            Holds("found", {"lexemes": one.lexemes})
            if one.likeness is None
            else Holds("alike", {"lexemes": one.lexemes, "word": one.word, "likeness": one.likeness})
            for one in search.words
        )
    )


def _usual_order(search: Search | None, scope: Scope | None) -> Order:
    if search is not None:
        return Order(OrderName.RANK, descending=True)
    return Order(OrderName.COLLECTION if scope is Scope.COLLECTION else OrderName.NAME)


def _shown(viewer: Viewer, scope: Scope | None) -> Condition:
    """Shoppers see what is published; what is hidden from listings they find in collections only."""
    if viewer.sees_unpublished:
        return AllOf(())
    published = Holds("published", {"wanted": True})
    return published if scope is Scope.COLLECTION else both(published, Holds("visible", {"wanted": True}))


def _within(scope: Scope | None) -> Condition:
    match scope:
        case Scope.BRANCH:
            return Holds("in_branch", {})
        case Scope.COLLECTION:
            return Holds("in_collection", {})
        case None:
            return AllOf(())
