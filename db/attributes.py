"""Attributes, and their values as they are given to products, variants and pages."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Permission, Viewer


class AttributeRow(Row):
    """``kind`` is PRODUCT_TYPE or PAGE_TYPE; ``entity`` is what a reference points at."""

    id: int
    name: str
    slug: str
    kind: str
    input_type: str
    entity: str | None
    unit: str | None
    value_required: bool
    visible_in_storefront: bool
    filterable_in_storefront: bool
    position: int
    external_reference: str | None
    meta: str
    private_meta: str


class ValueRow(Row):
    """The column in use follows ``input_type``; ``value`` is a swatch's colour."""

    id: int
    attribute_id: int
    input_type: str
    entity: str | None
    name: str
    slug: str
    value: str
    numeric: Decimal | None
    boolean: bool | None
    date_time: datetime | None
    plain_text: str | None
    rich_text: str | None
    file_key: str | None
    content_type: str | None
    product_id: int | None
    variant_id: int | None
    page_id: int | None
    category_id: int | None
    collection_id: int | None


class AssignedRow(ValueRow):
    """An attribute of ``owner_id`` with one of its values; where it has none, one row that is not ``given``.

    The columns of a value that is not given are null.
    """

    owner_id: int
    attribute_slug: str
    given: bool
    variant_selection: bool

    def attribute(self) -> "AttributeFacts":
        return AttributeFacts(*(self[f"attribute_{column}"] for column in FACTS))


@dataclass(frozen=True, slots=True)
class AttributeFacts:
    """An attribute as the row of one of its values tells it, so that it need not be read again."""

    id: int
    name: str
    slug: str
    input_type: str
    entity: str | None
    unit: str | None
    value_required: bool
    visible_in_storefront: bool
    filterable_in_storefront: bool
    external_reference: str | None
    meta: str
    private_meta: str


FACTS = tuple(field.name for field in fields(AttributeFacts))


class TypeAttributeRow(AttributeRow):
    page_type_id: int


COLUMNS = """
    attribute.id, attribute.name, attribute.slug, attribute.kind, attribute.input_type, attribute.entity,
    attribute.unit, attribute.value_required, attribute.visible_in_storefront,
    attribute.filterable_in_storefront, attribute.position, attribute.external_reference, attribute.meta,
    attribute.private_meta
"""
ASSIGNED = f"""
    {", ".join(f"attribute.{column} as attribute_{column}" for column in FACTS)},
    attribute.input_type, attribute.entity, value.id is not null as given, value.id, value.name, value.slug,
    value.value, value.numeric, value.boolean, value.date_time, value.plain_text, value.rich_text,
    value.file_key, value.content_type, value.product_id, value.variant_id, value.page_id, value.category_id,
    value.collection_id
"""
BY_IDS = Statement(f"select {COLUMNS} from attributes as attribute where attribute.id = any(:ids)")
OF_PAGE_TYPES = Statement(f"""
    select assigned.page_type_id, {COLUMNS}
      from page_type_attributes as assigned
      join attributes as attribute on attribute.id = assigned.attribute_id
     where assigned.page_type_id = any(:ids) and (attribute.visible_in_storefront or :sees_hidden)
     order by assigned.page_type_id, assigned.position, attribute.id
""")
OF_PRODUCTS = Statement(f"""
    select owner.id as owner_id, false as variant_selection, {ASSIGNED}
      from products as owner
      join product_type_attributes as assigned on assigned.product_type_id = owner.product_type_id
      join attributes as attribute on attribute.id = assigned.attribute_id
      left join (
               product_attribute_values as chosen join attribute_values as value on value.id = chosen.value_id
           ) on chosen.product_id = owner.id and value.attribute_id = attribute.id
     where owner.id = any(:ids) and (attribute.visible_in_storefront or :sees_hidden)
     order by owner.id, assigned.position, attribute.id, chosen.position, value.id
""")
OF_VARIANTS = Statement(f"""
    select owner.id as owner_id, assigned.variant_selection, {ASSIGNED}
      from product_variants as owner
      join products as product on product.id = owner.product_id
      join product_type_variant_attributes as assigned on assigned.product_type_id = product.product_type_id
      join attributes as attribute on attribute.id = assigned.attribute_id
      left join (
               variant_attribute_values as chosen join attribute_values as value on value.id = chosen.value_id
           ) on chosen.variant_id = owner.id and value.attribute_id = attribute.id
     where owner.id = any(:ids) and (attribute.visible_in_storefront or :sees_hidden)
     order by owner.id, assigned.position, attribute.id, chosen.position, value.id
""")
OF_PAGES = Statement(f"""
    select owner.id as owner_id, false as variant_selection, {ASSIGNED}
      from pages as owner
      join page_type_attributes as assigned on assigned.page_type_id = owner.page_type_id
      join attributes as attribute on attribute.id = assigned.attribute_id
      left join (
               page_attribute_values as chosen join attribute_values as value on value.id = chosen.value_id
           ) on chosen.page_id = owner.id and value.attribute_id = attribute.id
     where owner.id = any(:ids) and (attribute.visible_in_storefront or :sees_hidden)
     order by owner.id, assigned.position, attribute.id, chosen.position, value.id
""")


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[AttributeRow]:
    return await BY_IDS.rows(connection, AttributeRow, ids=ids)


async def of_products(connection: Connection, ids: Sequence[int], viewer: Viewer) -> list[AssignedRow]:
    """Every attribute of the product's type, in the type's order, with the values the product has of it."""
    return await OF_PRODUCTS.rows(connection, AssignedRow, ids=ids, sees_hidden=_sees_hidden(viewer))


async def of_variants(connection: Connection, ids: Sequence[int], viewer: Viewer) -> list[AssignedRow]:
    """As ``of_products``, by variant: the attributes that tell a product's variants apart."""
    return await OF_VARIANTS.rows(connection, AssignedRow, ids=ids, sees_hidden=_sees_hidden(viewer))


async def of_pages(connection: Connection, ids: Sequence[int], viewer: Viewer) -> list[AssignedRow]:
    """As ``of_products``, by page."""
    return await OF_PAGES.rows(connection, AssignedRow, ids=ids, sees_hidden=_sees_hidden(viewer))


async def of_page_types(connection: Connection, ids: Sequence[int], viewer: Viewer) -> list[TypeAttributeRow]:
    """In the type's order."""
    return await OF_PAGE_TYPES.rows(connection, TypeAttributeRow, ids=ids, sees_hidden=_sees_hidden(viewer))


def _sees_hidden(viewer: Viewer) -> bool:
    """Attributes that are not visible in the storefront are for the staff that works with them."""
    return viewer.sees_unpublished or viewer.may(
        Permission.MANAGE_PAGES,
        Permission.MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES,
        Permission.MANAGE_PAGE_TYPES_AND_ATTRIBUTES,
    )
