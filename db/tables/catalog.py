"""What the shop sells: products and their variants, where they are listed, what they cost."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Computed, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.types import BigInteger
from sqlmodel import Field, SQLModel

from db.tables.columns import amount, decimal, flag, json, loose_ref, moment, number_id, ref, whole, words


class Categories(SQLModel, table=True):
    """A tree.

    ``path`` holds the ids from the root down to this row itself, so a branch is ``path @> array[id]``.
    """

    __tablename__ = "categories"
    __table_args__ = (Index("ix_categories_path", "path", postgresql_using="gin"),)
    id: int = number_id()
    parent_id: int | None = ref("categories.id", null=True, cascade=True)
    path: list[int] = Field(
        default=None, sa_column=Column(ARRAY(BigInteger), nullable=False, server_default="{}")
    )
    level: int = whole()
    position: int = whole()
    name: str = words(default=None)
    slug: str = words(unique=True)
    description: str | None = json()
    seo_title: str | None = words(null=True)
    seo_description: str | None = words(null=True)
    image_key: str | None = words(null=True)
    image_alt: str = words()
    created_at: datetime = moment(now=True)
    updated_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class Collections(SQLModel, table=True):
    __tablename__ = "collections"
    id: int = number_id()
    name: str = words(default=None)
    slug: str = words(unique=True)
    description: str | None = json()
    seo_title: str | None = words(null=True)
    seo_description: str | None = words(null=True)
    image_key: str | None = words(null=True)
    image_alt: str = words()
    created_at: datetime = moment(now=True)
    updated_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class CollectionListings(SQLModel, table=True):
    """A collection shows in a channel when published there and the moment, if any, has come."""

    __tablename__ = "collection_listings"
    collection_id: int = ref("collections.id", cascade=True, key=True)
    channel_id: int = ref("channels.id", cascade=True, key=True)
    is_published: bool = flag(default=False)
    published_at: datetime | None = moment(null=True)


class CollectionProducts(SQLModel, table=True):
    __tablename__ = "collection_products"
    __table_args__ = (Index(None, "product_id"),)
    collection_id: int = ref("collections.id", cascade=True, key=True)
    product_id: int = ref("products.id", cascade=True, key=True)
    position: int = whole()


class ProductTypes(SQLModel, table=True):
    """``kind`` is NORMAL or GIFT_CARD."""

    __tablename__ = "product_types"
    id: int = number_id()
    name: str = words(default=None)
    slug: str = words(unique=True)
    kind: str = words(default="NORMAL")
    has_variants: bool = flag(default=True)
    is_shipping_required: bool = flag(default=True)
    is_digital: bool = flag(default=False)
    weight: Decimal | None = decimal()
    tax_class_id: int | None = ref("tax_classes.id", forget=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class Products(SQLModel, table=True):
    """``description`` is the editor's JSON.

    ``search_text`` is all that is searched, plain, lower case and without accents.

    ``weight`` is grams; a product without a tax class has its type's.
    """

    __tablename__ = "products"
    __table_args__ = (
        Index("ix_products_search_vector", "search_vector", postgresql_using="gin"),
        Index(
            "ix_products_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index("ix_products_name", text("lower(name)"), "id"),
        Index(None, "created_at", "id"),
        Index(None, "updated_at", "id"),
    )
    id: int = number_id()
    product_type_id: int = ref("product_types.id")
    category_id: int | None = ref("categories.id", forget=True)
    tax_class_id: int | None = ref("tax_classes.id", forget=True)
    default_variant_id: int | None = loose_ref("product_variants.id")
    name: str = words(default=None)
    slug: str = words(unique=True)
    description: str | None = json()
    seo_title: str | None = words(null=True)
    seo_description: str | None = words(null=True)
    weight: Decimal | None = decimal()
    rating: Decimal | None = decimal()
    external_reference: str | None = words(null=True, unique=True)
    created_at: datetime = moment(now=True)
    updated_at: datetime = moment(now=True)
    search_text: str = words()
    search_vector: str = Field(
        default=None,
        sa_column=Column(
            TSVECTOR, Computed("to_tsvector('english', search_text)", persisted=True), nullable=False
        ),
    )
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class ProductListings(SQLModel, table=True):
    """A product in a channel.

    The lowest prices of its variants are kept here for sorting and filtering by price.
    """

    __tablename__ = "product_listings"
    __table_args__ = (
        Index(
            "ix_product_listings_channel_id_lowest", "channel_id", "lowest_discounted_amount", "product_id"
        ),
        Index("ix_product_listings_channel_id_published", "channel_id", "published_at", "product_id"),
    )
    product_id: int = ref("products.id", cascade=True, key=True)
    channel_id: int = ref("channels.id", cascade=True, key=True)
    is_published: bool = flag(default=False)
    published_at: datetime | None = moment(null=True)
    visible_in_listings: bool = flag(default=True)
    available_for_purchase_at: datetime | None = moment(null=True)
    lowest_amount: Decimal | None = amount(null=True)
    lowest_discounted_amount: Decimal | None = amount(null=True)


class ProductVariants(SQLModel, table=True):
    __tablename__ = "product_variants"
    id: int = number_id()
    product_id: int = ref("products.id", cascade=True)
    name: str = words()
    sku: str | None = words(null=True, unique=True)
    position: int = whole()
    track_inventory: bool = flag(default=True)
    weight: Decimal | None = decimal()
    quantity_limit: int | None = whole(null=True)
    external_reference: str | None = words(null=True, unique=True)
    created_at: datetime = moment(now=True)
    updated_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class VariantListings(SQLModel, table=True):
    """A variant's prices in a channel, as entered there (with or without tax).

    ``price_amount`` is the full price, ``sale_amount`` the merchant's own reduced one if any,
    ``discounted_amount`` what is asked now: the lowest of the full price, the sale price and the best running
    promotion (``promotion_rule_id``). The last two columns are kept by ``db.promotions.refresh``.
    """

    __tablename__ = "variant_listings"
    __table_args__ = (
        CheckConstraint("price_amount >= 0", name="price_not_negative"),
        CheckConstraint("discounted_amount between 0 and price_amount", name="discounted_within_price"),
        Index(None, "channel_id", "variant_id"),
    )
    variant_id: int = ref("product_variants.id", cascade=True, key=True)
    channel_id: int = ref("channels.id", cascade=True, key=True)
    price_amount: Decimal = amount()
    sale_amount: Decimal | None = amount(null=True)
    discounted_amount: Decimal = amount()
    promotion_rule_id: int | None = ref("promotion_rules.id", forget=True)


class ProductMedia(SQLModel, table=True):
    """A picture of our own (``file_key``) or one that lives elsewhere (``external_url``).

    ``kind`` is IMAGE or VIDEO.
    """

    __tablename__ = "product_media"
    __table_args__ = (CheckConstraint("num_nonnulls(file_key, external_url) >= 1", name="somewhere"),)
    id: int = number_id()
    product_id: int = ref("products.id", cascade=True)
    kind: str = words(default="IMAGE")
    alt: str = words()
    file_key: str | None = words(null=True)
    external_url: str | None = words(null=True)
    position: int = whole()
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class VariantMedia(SQLModel, table=True):
    __tablename__ = "variant_media"
    variant_id: int = ref("product_variants.id", cascade=True, key=True)
    media_id: int = ref("product_media.id", cascade=True, key=True)


class Stocks(SQLModel, table=True):
    """``0 <= allocated <= on_hand + backorder_limit`` always: what is promised is there, or may yet come.

    Locked in (warehouse, variant) order.
    """

    __tablename__ = "stocks"
    __table_args__ = (
        UniqueConstraint("variant_id", "warehouse_id"),
        CheckConstraint(
            "allocated between 0 and on_hand + backorder_limit", name="allocated_within_backorder_limit"
        ),
        CheckConstraint("on_hand >= 0 and backorder_limit >= 0", name="not_below_zero"),
    )
    id: int = number_id()
    warehouse_id: int = ref("warehouses.id", cascade=True)
    variant_id: int = ref("product_variants.id", cascade=True, index=False)
    on_hand: int = whole()
    allocated: int = whole()
    backorder_limit: int = whole()


class StockMovements(SQLModel, table=True):
    """Append-only: the sum of ``quantity`` over a stock is its ``on_hand``.

    ``cause`` says why, ``reference`` by what.
    """

    __tablename__ = "stock_movements"
    id: int = number_id()
    stock_id: int = ref("stocks.id", cascade=True)
    quantity: int = whole(default=None)
    cause: str = words(default=None)
    reference: str = words()
    created_at: datetime = moment(now=True)
