"""What is said about products, variants and pages: attributes, their values, and translations."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlalchemy.types import BigInteger, Boolean
from sqlmodel import Field, SQLModel

from db.tables.columns import decimal, flag, json, moment, number_id, ref, whole, words


class Attributes(SQLModel, table=True):
    """``kind`` is PRODUCT_TYPE or PAGE_TYPE; ``entity`` names what a reference attribute points at."""

    __tablename__ = "attributes"
    id: int = number_id()
    name: str = words(default=None)
    slug: str = words(unique=True)
    kind: str = words(default="PRODUCT_TYPE")
    input_type: str = words(default="DROPDOWN")
    entity: str | None = words(null=True)
    unit: str | None = words(null=True)
    value_required: bool = flag(default=False)
    visible_in_storefront: bool = flag(default=True)
    filterable_in_storefront: bool = flag(default=True)
    position: int = whole()
    external_reference: str | None = words(null=True, unique=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class AttributeValues(SQLModel, table=True):
    """A value of an attribute; the column in use follows the attribute's input type.

    ``value`` is a swatch's colour.
    """

    __tablename__ = "attribute_values"
    __table_args__ = (UniqueConstraint("attribute_id", "slug"),)
    id: int = number_id()
    attribute_id: int = ref("attributes.id", cascade=True, index=False)
    name: str = words()
    slug: str = words(default=None)
    value: str = words()
    position: int = whole()
    numeric: Decimal | None = decimal()
    boolean: bool | None = Field(default=None, sa_column=Column(Boolean, nullable=True))
    date_time: datetime | None = moment(null=True)
    plain_text: str | None = words(null=True)
    rich_text: str | None = json()
    file_key: str | None = words(null=True)
    content_type: str | None = words(null=True)
    product_id: int | None = ref("products.id", null=True, cascade=True)
    variant_id: int | None = ref("product_variants.id", null=True, cascade=True)
    page_id: int | None = ref("pages.id", null=True, cascade=True)
    category_id: int | None = ref("categories.id", null=True, cascade=True)
    collection_id: int | None = ref("collections.id", null=True, cascade=True)


class ProductTypeAttributes(SQLModel, table=True):
    __tablename__ = "product_type_attributes"
    product_type_id: int = ref("product_types.id", cascade=True, key=True)
    attribute_id: int = ref("attributes.id", cascade=True, key=True)
    position: int = whole()


class ProductTypeVariantAttributes(SQLModel, table=True):
    """``variant_selection``: shoppers choose the variant by it."""

    __tablename__ = "product_type_variant_attributes"
    product_type_id: int = ref("product_types.id", cascade=True, key=True)
    attribute_id: int = ref("attributes.id", cascade=True, key=True)
    variant_selection: bool = flag(default=False)
    position: int = whole()


class PageTypes(SQLModel, table=True):
    __tablename__ = "page_types"
    id: int = number_id()
    name: str = words(default=None)
    slug: str = words(unique=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class PageTypeAttributes(SQLModel, table=True):
    __tablename__ = "page_type_attributes"
    page_type_id: int = ref("page_types.id", cascade=True, key=True)
    attribute_id: int = ref("attributes.id", cascade=True, key=True)
    position: int = whole()


class ProductAttributeValues(SQLModel, table=True):
    __tablename__ = "product_attribute_values"
    __table_args__ = (Index(None, "value_id"),)
    product_id: int = ref("products.id", cascade=True, key=True)
    value_id: int = ref("attribute_values.id", cascade=True, key=True)
    position: int = whole()


class VariantAttributeValues(SQLModel, table=True):
    __tablename__ = "variant_attribute_values"
    __table_args__ = (Index(None, "value_id"),)
    variant_id: int = ref("product_variants.id", cascade=True, key=True)
    value_id: int = ref("attribute_values.id", cascade=True, key=True)
    position: int = whole()


class Pages(SQLModel, table=True):
    """``content`` is the editor's JSON."""

    __tablename__ = "pages"
    id: int = number_id()
    page_type_id: int = ref("page_types.id")
    title: str = words(default=None)
    slug: str = words(unique=True)
    content: str | None = json()
    seo_title: str | None = words(null=True)
    seo_description: str | None = words(null=True)
    is_published: bool = flag(default=False)
    published_at: datetime | None = moment(null=True)
    created_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class PageAttributeValues(SQLModel, table=True):
    __tablename__ = "page_attribute_values"
    __table_args__ = (Index(None, "value_id"),)
    page_id: int = ref("pages.id", cascade=True, key=True)
    value_id: int = ref("attribute_values.id", cascade=True, key=True)
    position: int = whole()


class Menus(SQLModel, table=True):
    __tablename__ = "menus"
    id: int = number_id()
    name: str = words(default=None)
    slug: str = words(unique=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class MenuItems(SQLModel, table=True):
    """A link: to a category, a collection, a page, or a URL."""

    __tablename__ = "menu_items"
    id: int = number_id()
    menu_id: int = ref("menus.id", cascade=True)
    parent_id: int | None = ref("menu_items.id", null=True, cascade=True)
    level: int = whole()
    position: int = whole()
    name: str = words(default=None)
    url: str | None = words(null=True)
    category_id: int | None = ref("categories.id", null=True, cascade=True)
    collection_id: int | None = ref("collections.id", null=True, cascade=True)
    page_id: int | None = ref("pages.id", null=True, cascade=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class Translations(SQLModel, table=True):
    """Texts of one object in one language.

    ``kind`` is the GraphQL type's name, ``language`` the enum's (PT_BR).

    ``name`` is a page's title too, ``description`` a page's content and a value's rich text too. A null
    column is not translated.
    """

    __tablename__ = "translations"
    __table_args__ = (
        Index(
            "uq_translations_slug",
            "kind",
            "language",
            "slug",
            unique=True,
            postgresql_where=text("slug is not null"),
        ),
    )
    kind: str = words(key=True)
    object_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    language: str = words(key=True)
    name: str | None = words(null=True)
    slug: str | None = words(null=True)
    description: str | None = json()
    plain_text: str | None = words(null=True)
    seo_title: str | None = words(null=True)
    seo_description: str | None = words(null=True)
