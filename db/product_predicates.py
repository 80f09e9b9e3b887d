"""What can be asked of a product in a list, as SQL over ``product`` and its ``listing`` in the channel."""

from collections.abc import Mapping

from db.products import IN_STOCK, PUBLISHED

# A value that the product has, or one of its variants that is sold in the channel.
HELD = """
    product.id in (
        select held.product_id
          from product_attribute_values as held
          join attribute_values as value on value.id = held.value_id
          join attributes as attribute on attribute.id = value.attribute_id
         where (cast(:slug as text) is null or attribute.slug = cast(:slug as text)) and {test}
        union all
        select variant.product_id
          from variant_attribute_values as held
          join attribute_values as value on value.id = held.value_id
          join attributes as attribute on attribute.id = value.attribute_id
          join product_variants as variant on variant.id = held.variant_id
         where (cast(:slug as text) is null or attribute.slug = cast(:slug as text)) and {test}
           and (
               cast(:channel_id as bigint) is null
               or exists (
                   select from variant_listings as sold
                    where sold.variant_id = variant.id and sold.channel_id = cast(:channel_id as bigint)
               )
           )
    )
"""
NUMBER_BETWEEN = """
    {number} >= coalesce(cast(:low as numeric), {number})
    and {number} <= coalesce(cast(:high as numeric), {number})
"""
MOMENT_BETWEEN = """
    {moment} >= coalesce(cast(:low as timestamptz), {moment})
    and {moment} <= coalesce(cast(:high as timestamptz), {moment})
"""
VALUE_TESTS: Mapping[str, str] = {
    "value_given": "true",
    "value_slug": "value.slug = any(cast(:texts as text[]))",
    "value_name": "value.name = any(cast(:texts as text[]))",
    "value_number_in": "value.numeric = any(cast(:numbers as numeric[]))",
    "value_number_between": NUMBER_BETWEEN.format(number="value.numeric"),
    "value_moment_between": MOMENT_BETWEEN.format(moment="value.date_time"),
    "value_boolean": "value.boolean = cast(:wanted as boolean)",
    "value_page_ids": "value.page_id = any(cast(:ids as bigint[]))",
    "value_product_ids": "value.product_id = any(cast(:ids as bigint[]))",
    "value_variant_ids": "value.variant_id = any(cast(:ids as bigint[]))",
    "value_category_ids": "value.category_id = any(cast(:ids as bigint[]))",
    "value_collection_ids": "value.collection_id = any(cast(:ids as bigint[]))",
    "value_page_slugs": "value.page_id in (select id from pages where slug = any(cast(:texts as text[])))",
    "value_product_slugs": """
        value.product_id in (select id from products where slug = any(cast(:texts as text[])))
    """,
    "value_variant_skus": """
        value.variant_id in (select id from product_variants where sku = any(cast(:texts as text[])))
    """,
    "value_category_slugs": """
        value.category_id in (select id from categories where slug = any(cast(:texts as text[])))
    """,
    "value_collection_slugs": """
        value.collection_id in (select id from collections where slug = any(cast(:texts as text[])))
    """,
}
PRICED = """
    exists (
        select
          from product_variants as variant
          join variant_listings as sold
            on sold.variant_id = variant.id and sold.channel_id = listing.channel_id
         where variant.product_id = product.id and {test}
    )
"""
IN_WAREHOUSES = """
    from stocks as stock
    join product_variants as variant on variant.id = stock.variant_id
   where variant.product_id = product.id
     and (
         cast(:warehouse_ids as bigint[]) is null
         or stock.warehouse_id = any(cast(:warehouse_ids as bigint[]))
     )
"""
FOUND = """
    select found.id
      from products as found
     where found.search_vector @@ to_tsquery('english', cast(:lexemes as text))
"""
# Words like this one, where nothing has the word itself. The operator has an index, but its threshold is a
# setting: this one holds until the statement ends.
ALIKE = f"""
    select found.id
      from products as found
     where (select set_config('pg_trgm.word_similarity_threshold', '0.4', true)) is not null
       and not exists ({FOUND})
       and cast(:word as text) <% found.search_text
       and word_similarity(cast(:word as text), found.search_text) >= cast(:likeness as real)
"""
PREDICATES: Mapping[str, str] = {
    "ids": "product.id = any(cast(:ids as bigint[]))",
    "names": "product.name = any(cast(:texts as text[]))",
    "slugs": "product.slug = any(cast(:texts as text[]))",
    "types": "product.product_type_id = any(cast(:ids as bigint[]))",
    "in_categories": """
        product.category_id in (select id from categories where path && cast(:ids as bigint[]))
    """,
    "has_category": "(product.category_id is not null) = cast(:wanted as boolean)",
    "in_collections": """
        exists (
            select from collection_products as member
             where member.product_id = product.id and member.collection_id = any(cast(:ids as bigint[]))
        )
    """,
    "in_branch": "product.category_id in (select id from categories where path @> array[wanted.scope_id])",
    "in_collection": """
        exists (
            select from collection_products as member
             where member.product_id = product.id and member.collection_id = wanted.scope_id
        )
    """,
    "gift_card": """
        exists (
            select from product_types as kind
             where kind.id = product.product_type_id and kind.kind = 'GIFT_CARD'
        ) = cast(:wanted as boolean)
    """,
    "has_metadata": "jsonb_exists(product.meta, cast(:key as text))",
    "metadata": "product.meta @> jsonb_build_object(cast(:key as text), cast(:value as text))",
    "updated_in": "product.updated_at = any(cast(:moments as timestamptz[]))",
    "updated_between": MOMENT_BETWEEN.format(moment="product.updated_at"),
    "published": f"coalesce({PUBLISHED}, false) = cast(:wanted as boolean)",
    "visible": "coalesce(listing.visible_in_listings, false) = cast(:wanted as boolean)",
    "for_sale": "coalesce(listing.available_for_purchase_at <= now(), false) = cast(:wanted as boolean)",
    "published_from": "listing.published_at >= cast(:moment as timestamptz)",
    "for_sale_from": "listing.available_for_purchase_at >= cast(:moment as timestamptz)",
    "in_stock": f"{IN_STOCK} = cast(:wanted as boolean)",
    "in_warehouses": f"exists (select {IN_WAREHOUSES})",
    "units_between": f"""
        (select coalesce(sum(stock.on_hand + stock.backorder_limit - stock.allocated), 0) {IN_WAREHOUSES})
            between coalesce(cast(:low as bigint), 0) and coalesce(cast(:high as bigint), 9223372036854775807)
    """,
    "price_in": PRICED.format(test="sold.discounted_amount = any(cast(:numbers as numeric[]))"),
    "price_between": PRICED.format(test=NUMBER_BETWEEN.format(number="sold.discounted_amount")),
    "lowest_in": "listing.lowest_discounted_amount = any(cast(:numbers as numeric[]))",
    "lowest_between": NUMBER_BETWEEN.format(number="listing.lowest_discounted_amount"),
    "found": f"product.id in ({FOUND})",
    "alike": f"product.id in ({FOUND} union all {ALIKE})",
} | {name: HELD.format(test=f"({test})") for name, test in VALUE_TESTS.items()}
