"""What imported products are: their types, categories, attributes and values."""

from collections.abc import Iterable
from typing import Any

from db.imports.staging import stage
from db.statements import Connection, Statement

TYPES = {"slug": "text", "name": "text", "kind": "text", "shipped": "boolean"}
CATEGORIES = {"path": "text", "parent": "text", "level": "int", "name": "text", "slug": "text"}
ATTRIBUTES = {"slug": "text", "name": "text", "input_type": "text", "position": "int"}
VALUES = {"attribute": "text", "name": "text", "slug": "text", "position": "int"}
USES = {"type_slug": "text", "attribute": "text", "of_variant": "boolean", "position": "int"}

MAKE_TYPES = Statement("""
    insert into product_types (name, slug, kind, is_shipping_required)
    select name, slug, kind, shipped from staged_types order by slug
        on conflict (slug) do nothing
""")
FIND_TYPES = Statement("""
    update staged_types as staged set id = known.id from product_types as known where known.slug = staged.slug
""")
FIND_CATEGORIES = Statement("""
    update staged_categories as staged
       set id = known.id
      from staged_categories as named
      left join staged_categories as above on above.path = named.parent
      join categories as known on known.name = named.name and known.parent_id is not distinct from above.id
     where named.path = staged.path and named.level = :level and (named.level = 0 or above.id is not null)
""")
NUMBER_CATEGORIES = Statement("""
    update staged_categories
       set id = nextval(pg_get_serial_sequence('categories', 'id')), is_new = true
     where level = :level and id is null
""")
# Where the plain slug is taken, part of the path's digest makes it one that nobody else has.
MAKE_CATEGORIES = Statement("""
    insert into categories (id, parent_id, path, level, position, name, slug)
    select staged.id, above.id, coalesce(parent.path, '{}') || staged.id, staged.level, staged.id,
           staged.name,
           case when exists (select from categories where slug = staged.slug)
                     or row_number() over (partition by staged.slug order by staged.path) > 1
                then staged.slug || '-' || substr(md5(staged.path), 1, 8) else staged.slug
           end
      from staged_categories as staged
      left join staged_categories as above on above.path = staged.parent
      left join categories as parent on parent.id = above.id
     where staged.level = :level and staged.is_new
     order by staged.id
""")
# An attribute of that slug but of another kind is another one: ours is then found by its reference.
FIND_ATTRIBUTES = Statement("""
    update staged_attributes as staged
       set id = known.id
      from attributes as known
     where known.kind = 'PRODUCT_TYPE'
       and (
           known.external_reference = 'shopify:' || staged.slug
           or known.slug = staged.slug and known.input_type = staged.input_type
              and not exists (select from attributes where external_reference = 'shopify:' || staged.slug)
       )
""")
MAKE_ATTRIBUTES = Statement("""
    insert into attributes (name, slug, input_type, position, external_reference)
    select name,
           case when exists (select from attributes where attributes.slug = staged.slug)
                then 'shopify-' || slug else slug
           end,
           input_type, position, 'shopify:' || slug
      from staged_attributes as staged
     where id is null
     order by position, slug
""")
FIND_VALUES = Statement("""
    update staged_values as staged
       set attribute_id = attribute.id, id = known.id
      from staged_attributes as attribute
      join staged_values as named on named.attribute = attribute.slug
      left join attribute_values as known on known.attribute_id = attribute.id and known.name = named.name
     where staged.attribute = named.attribute and staged.name = named.name
""")
MAKE_VALUES = Statement("""
    insert into attribute_values (attribute_id, name, slug, position)
    select attribute_id, name,
           case when exists (
                         select from attribute_values as other
                          where other.attribute_id = staged.attribute_id and other.slug = staged.slug
                     )
                     or row_number() over (partition by attribute_id, slug order by position) > 1
                then slug || '-' || substr(md5(name), 1, 8) else slug
           end,
           position
      from staged_values as staged
     where id is null
     order by attribute_id, position
""")
USE_ON_PRODUCTS = Statement("""
    insert into product_type_attributes (product_type_id, attribute_id, position)
    select type.id, attribute.id, use.position
      from staged_uses as use
      join staged_types as type on type.slug = use.type_slug
      join staged_attributes as attribute on attribute.slug = use.attribute
     where not use.of_variant
        on conflict do nothing
""")
USE_ON_VARIANTS = Statement("""
    insert into product_type_variant_attributes (product_type_id, attribute_id, variant_selection, position)
    select type.id, attribute.id, true, use.position
      from staged_uses as use
      join staged_types as type on type.slug = use.type_slug
      join staged_attributes as attribute on attribute.slug = use.attribute
     where use.of_variant
        on conflict do nothing
""")

Rows = Iterable[tuple[Any, ...]]


async def bring_in_categories(tx: Connection, rows: Rows, depth: int) -> None:
    """Make the missing ones of a forest ``depth`` levels high.

    ``staged_categories`` then has the id of each path.
    """
    filled = {"id": "bigint", "is_new": "boolean default false"}
    await stage(tx, "staged_categories", CATEGORIES, rows, filled=filled)
    for level in range(depth):
        await FIND_CATEGORIES.run(tx, level=level)
        await NUMBER_CATEGORIES.run(tx, level=level)
        await MAKE_CATEGORIES.run(tx, level=level)


async def bring_in_types(tx: Connection, types: Rows, attributes: Rows, values: Rows, uses: Rows) -> None:
    """Make what is missing.

    ``staged_types``, ``staged_attributes`` and ``staged_values`` then have the ids.
    """
    await stage(tx, "staged_types", TYPES, types, filled={"id": "bigint"})
    await stage(tx, "staged_attributes", ATTRIBUTES, attributes, filled={"id": "bigint"})
    await stage(tx, "staged_values", VALUES, values, filled={"attribute_id": "bigint", "id": "bigint"})
    await stage(tx, "staged_uses", USES, uses)
    for statement in (
        *(MAKE_TYPES, FIND_TYPES, FIND_ATTRIBUTES, MAKE_ATTRIBUTES, FIND_ATTRIBUTES),
        *(FIND_VALUES, MAKE_VALUES, FIND_VALUES, USE_ON_PRODUCTS, USE_ON_VARIANTS),
    ):
        await statement.run(tx)
