"""Imported products and their variants: made, or brought up to what the file says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.imports.staging import stage
from db.rows import Row
from db.statements import Connection, Statement

ITEMS = {
    "item": "int",
    "reference": "text",
    "title": "text",
    "slug": "text",
    "description": "jsonb",
    "seo_title": "text",
    "seo_description": "text",
    "type_slug": "text",
    "category_path": "text",
    "search_text": "text",
}
VARIATIONS = {
    "item": "int",
    "position": "int",
    "reference": "text",
    "name": "text",
    "sku": "text",
    "grams": "numeric",
    "tracked": "boolean",
    "meta": "jsonb",
}
ASSIGNED = {"item": "int", "position": "int", "attribute": "text", "value": "text", "place": "int"}

FIND = Statement("""
    update staged_items as staged set product_id = known.id
      from products as known where known.external_reference = staged.reference
""")
NUMBER = Statement("""
    update staged_items
       set product_id = nextval(pg_get_serial_sequence('products', 'id')), is_new = true
     where product_id is null
""")
WANTED = """
    select staged.product_id as id, type.id as product_type_id, category.id as category_id,
           staged.title as name, staged.description, staged.seo_title, staged.seo_description,
           staged.search_text, staged.reference, staged.slug, staged.item, staged.is_new
      from staged_items as staged
      join staged_types as type on type.slug = staged.type_slug
      left join staged_categories as category on category.path = staged.category_path
"""
UPDATE = Statement(f"""
    update products as known
       set product_type_id = wanted.product_type_id, category_id = wanted.category_id, name = wanted.name,
           description = wanted.description, seo_title = wanted.seo_title,
           seo_description = wanted.seo_description, search_text = wanted.search_text, updated_at = :now
      from ({WANTED}) as wanted
     where known.id = wanted.id and not wanted.is_new
       and (known.product_type_id, known.category_id, known.name, known.description, known.seo_title,
            known.seo_description, known.search_text)
           is distinct from
           (wanted.product_type_id, wanted.category_id, wanted.name, wanted.description, wanted.seo_title,
            wanted.seo_description, wanted.search_text)
""")
MAKE = Statement(f"""
    insert into products (
        id, product_type_id, category_id, name, slug, description, seo_title, seo_description, search_text,
        external_reference, created_at, updated_at
    )
    select id, product_type_id, category_id, name,
           case when exists (select from products where products.slug = wanted.slug)
                     or row_number() over (partition by slug order by item) > 1
                then slug || '-' || substr(md5(reference), 1, 8) else slug
           end,
           description, seo_title, seo_description, search_text, reference, :now, :now
      from ({WANTED}) as wanted
     where is_new
     order by item
""")
FOREIGN_SKU = Statement("""
    select staged.item, staged.position, staged.sku, owner.slug
      from staged_variations as staged
      join staged_items as item using (item)
      join product_variants as known on known.sku = staged.sku and known.product_id <> item.product_id
      join products as owner on owner.id = known.product_id
     order by staged.item, staged.position
     limit 1
""")
FIND_BY_SKU = Statement("""
    update staged_variations as staged set variant_id = known.id
      from product_variants as known where known.sku = staged.sku
""")
FIND_BY_OPTIONS = Statement("""
    update staged_variations as staged set variant_id = known.id
      from product_variants as known
     where staged.variant_id is null and known.external_reference = staged.reference
       and not exists (select from staged_variations as other where other.variant_id = known.id)
""")
# Options may have moved from one variant to another: the old holder lets go first.
LET_GO = Statement("""
    update product_variants as known set external_reference = null
      from staged_variations as staged
     where known.external_reference = staged.reference and known.id is distinct from staged.variant_id
""")
UPDATE_VARIANTS = Statement("""
    update product_variants as known
       set name = staged.name, position = staged.position, sku = coalesce(staged.sku, known.sku),
           track_inventory = staged.tracked, weight = staged.grams, meta = known.meta || staged.meta,
           external_reference = staged.reference, updated_at = :now
      from staged_variations as staged
     where known.id = staged.variant_id
       and (known.name, known.position, known.sku, known.track_inventory, known.weight, known.meta,
            known.external_reference)
           is distinct from
           (staged.name, staged.position, coalesce(staged.sku, known.sku), staged.tracked, staged.grams,
            known.meta || staged.meta, staged.reference)
""")
NUMBER_VARIANTS = Statement("""
    update staged_variations
       set variant_id = nextval(pg_get_serial_sequence('product_variants', 'id')), is_new = true
     where variant_id is null
""")
MAKE_VARIANTS = Statement("""
    insert into product_variants (
        id, product_id, name, sku, position, track_inventory, weight, meta, external_reference, created_at,
        updated_at
    )
    select staged.variant_id, item.product_id, staged.name, staged.sku, staged.position, staged.tracked,
           staged.grams, staged.meta, staged.reference, :now, :now
      from staged_variations as staged
      join staged_items as item using (item)
     where staged.is_new
     order by staged.item, staged.position
""")
DEFAULTS = Statement("""
    update products
       set default_variant_id = variation.variant_id
      from staged_items as item
      join staged_variations as variation on variation.item = item.item and variation.position = 0
     where products.id = item.product_id and products.default_variant_id is null
""")
# An attribute that the files are about says what they say; others, that the merchant added here, stay.
FORGET_VALUES = Statement("""
    delete from product_attribute_values as said
     using staged_items as item, attribute_values as value, staged_attributes as attribute
     where said.product_id = item.product_id and value.id = said.value_id
       and attribute.id = value.attribute_id
""")
FORGET_VARIANT_VALUES = Statement("""
    delete from variant_attribute_values as said
     using staged_variations as variation, attribute_values as value, staged_attributes as attribute
     where said.variant_id = variation.variant_id and value.id = said.value_id
       and attribute.id = value.attribute_id
""")
ASSIGN = Statement("""
    insert into product_attribute_values (product_id, value_id, position)
    select item.product_id, value.id, said.place
      from staged_assigned as said
      join staged_items as item using (item)
      join staged_values as value on value.attribute = said.attribute and value.name = said.value
     where said.position is null
        on conflict do nothing
""")
ASSIGN_VARIANTS = Statement("""
    insert into variant_attribute_values (variant_id, value_id, position)
    select variation.variant_id, value.id, said.place
      from staged_assigned as said
      join staged_variations as variation on variation.item = said.item and variation.position = said.position
      join staged_values as value on value.attribute = said.attribute and value.name = said.value
        on conflict do nothing
""")
UNMENTIONED = Statement("""
    select count(*)
      from staged_items as item
      join product_variants as known on known.product_id = item.product_id
     where not exists (select from staged_variations as staged where staged.variant_id = known.id)
""")

Rows = Iterable[tuple[Any, ...]]


class ForeignSkuRow(Row):
    """A SKU of the files that another product, of this ``slug``, has."""

    item: int
    position: int
    sku: str
    slug: str


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows were made or changed; ``unmentioned`` variants of these products are in no file."""

    products_made: int
    products_changed: int
    variants_made: int
    variants_changed: int
    unmentioned: int


async def put_down(tx: Connection, items: Rows, variations: Rows, assigned: Rows) -> ForeignSkuRow | None:
    """Stage products (numbered from 0) and their variants. The first SKU that another product has, if any.

    Types, categories and attributes are staged already.
    """
    number = {"product_id": "bigint", "is_new": "boolean default false"}
    await stage(tx, "staged_items", ITEMS, items, filled=number)
    number = {"variant_id": "bigint", "is_new": "boolean default false"}
    await stage(tx, "staged_variations", VARIATIONS, variations, filled=number)
    await stage(tx, "staged_assigned", ASSIGNED, assigned)
    await FIND.run(tx)
    await NUMBER.run(tx)
    return await FOREIGN_SKU.row(tx, ForeignSkuRow)


async def bring_in(tx: Connection, now: datetime) -> Changes:
    """Make and change what was staged.

    ``staged_items`` and ``staged_variations`` then have the ids of all.
    """
    products_changed = await UPDATE.run(tx, now=now)
    products_made = await MAKE.run(tx, now=now)
    await FIND_BY_SKU.run(tx)
    await FIND_BY_OPTIONS.run(tx)
    await LET_GO.run(tx)
    variants_changed = await UPDATE_VARIANTS.run(tx, now=now)
    await NUMBER_VARIANTS.run(tx)
    variants_made = await MAKE_VARIANTS.run(tx, now=now)
    for statement in (DEFAULTS, FORGET_VALUES, FORGET_VARIANT_VALUES, ASSIGN, ASSIGN_VARIANTS):
        await statement.run(tx)
    unmentioned: int = await UNMENTIONED.value(tx)
    return Changes(products_made, products_changed, variants_made, variants_changed, unmentioned)
