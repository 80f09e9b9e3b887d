"""A shop as large as the figures need, made of thin air in a few statements."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

CUSTOMER: Final = "customer@example.com"
TOKEN_KEY: Final = "bench"  # noqa: S105  # of a shop that nobody else can reach
FAMILY: Final = UUID(int=1)
CARTS: Final = 64
CHANNEL: Final = "web"

STATEMENTS: Final = (
    "insert into channels (name, slug, currency_code, default_country) values ('Web', 'web', 'USD', 'US')",
    "insert into tax_rates (country, rate) values ('US', 0.08)",
    "insert into warehouses (name, slug) values ('Main', 'main')",
    """
    insert into warehouse_channels (warehouse_id, channel_id)
    select w.id, c.id from warehouses w, channels c
    """,
    "insert into product_types (name, slug) values ('Goods', 'goods')",
    """
    insert into categories (name, slug)
    select 'Category ' || n, 'category-' || n from generate_series(1, 20) as n
    """,
    "update categories set path = array[id]",
    """
    insert into products (product_type_id, category_id, name, slug, seo_title, search_text)
    select (select id from product_types), (select min(id) from categories) + n % 20,
           'Product ' || n, 'product-' || n, 'Buy product ' || n, 'product ' || n
      from generate_series(1, $products) as n
    """,
    """
    insert into product_listings (
        product_id, channel_id, is_published, published_at, available_for_purchase_at, lowest_amount,
        lowest_discounted_amount
    )
    select p.id, c.id, true, now() - interval '1 day', now() - interval '1 day', 10, 9
      from products p, channels c
    """,
    """
    insert into product_media (product_id, file_key, alt, position)
    select id, 'products/' || id || '-' || n || '.webp', name, n from products, generate_series(1, 3) as n
    """,
    """
    insert into product_variants (product_id, name, sku, position)
    select id, 'Size ' || n, 'SKU-' || id || '-' || n, n from products, generate_series(1, 3) as n
    """,
    """
    insert into variant_listings (variant_id, channel_id, price_amount, discounted_amount)
    select v.id, c.id, 10 + v.id % 90, 9 + v.id % 90 from product_variants v, channels c
    """,
    """
    insert into stocks (variant_id, warehouse_id, on_hand)
    select v.id, w.id, 1000000000 from product_variants v, warehouses w
    """,
    """
    insert into users (email, token_key, is_confirmed)
    select case n when 1 then '$customer' else 'customer-' || n || '@example.com' end, '$key', true
      from generate_series(1, 1000) as n
    """,
    "insert into token_families (id, user_id) select '$family', min(id) from users",
    """
    insert into orders (
        id, channel_id, user_id, email, currency, total_net, total_gross, subtotal_net, subtotal_gross,
        created_at
    )
    select gen_random_uuid(), c.id, u.first + n % 1000, 'customer@example.com', 'USD', 27, 30, 27, 30,
           now() - n * interval '1 minute'
      from generate_series(1, $orders) as n, channels c, (select min(id) as first from users) as u
    """,
    """
    insert into order_lines (
        id, order_id, position, variant_id, product_name, variant_name, quantity, currency, unit_net,
        unit_gross, undiscounted_unit_net, undiscounted_unit_gross, total_net, total_gross,
        undiscounted_total_net, undiscounted_total_gross
    )
    select gen_random_uuid(), o.id, n, (select min(id) from product_variants) + n, 'Product ' || n,
           'Size ' || n, 1, 'USD', 9, 10, 9, 10, 9, 10, 9, 10
      from orders o, generate_series(1, 3) as n
    """,
    """
    insert into checkouts (id, channel_id, email, currency, country)
    select cast(lpad(to_hex(n), 32, '0') as uuid), c.id, 'guest@example.com', 'USD', 'US'
      from generate_series(1, $carts) as n, channels c
    """,
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is; three variants to a product."""

    products: int
    orders: int


TARGET: Final = Size(2_000, 50_000)
TINY: Final = Size(120, 2_000)


async def grow(database_url: str, size: Size) -> None:
    """Fill a database that is migrated and empty."""
    facts = {
        "$products": size.products,
        "$orders": size.orders,
        "$carts": CARTS,
        "$customer": CUSTOMER,
        "$key": TOKEN_KEY,
        "$family": FAMILY,
    }
    connection = await asyncpg.connect(database_url)
    try:
        for statement in STATEMENTS:
            text = statement
            for name, fact in facts.items():
                text = text.replace(name, str(fact))
            await connection.execute(text, timeout=600)
        await connection.execute("vacuum analyze", timeout=600)
    finally:
        await connection.close()
