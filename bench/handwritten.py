"""What a good engineer would write for one page: the same statements, rows to dictionaries, orjson.

The statements are the shop's own, called without loaders, types or documents, and gathered where nothing
waits for anything. So is the command that puts a line into a cart.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commands.checkouts import lines as line_commands
from commands.shop import Shop
from db import (
    accounts,
    categories,
    checkout_lines,
    order_lines,
    orders,
    product_lists,
    products,
    stocks,
    variant_pages,
    variants,
)
from db.pool import session_settings
from db.product_extras import Extra, priced_by_slug
from domain import money
from domain.access import GUEST
from domain.checkouts import NewLine
from domain.conditions import ALWAYS
from domain.pages import PageRequest
from domain.products import OpenChannel, Order, OrderName, product_list
from schema import ids
from schema.connections import encode_cursor
from server.identity import viewer_of
from server.settings import Settings
from server.wiring import open_shop, pool_options

Answer = dict[str, Any]
Handler = Callable[["Site", Request, Any], Awaitable[Answer]]


class Unreset(asyncpg.Connection):
    """Sends nothing at release, as whoever cares for speed would have it."""

    def get_reset_query(self) -> str:
        return ""


class Site(NamedTuple):
    """The shop's parts, and a pool of asyncpg's own."""

    shop: Shop
    pool: "asyncpg.Pool[asyncpg.Record]"


def create_app(settings: Settings) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with (
            open_shop(settings) as shop,
            asyncpg.create_pool(
                settings.database_url,
                connection_class=Unreset,
                server_settings=session_settings(pool_options(settings)),
            ) as pool,
        ):
            app.state.site = Site(shop, pool)
            yield

    routes = [
        Route(f"/{name}", _endpoint(handler), methods=["POST"])
        for name, handler in {
            "product": product,
            "product_page": product_page,
            "listing": listing,
            "orders": customer_orders,
            "lines_add": lines_add,
        }.items()
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def _endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        variables = orjson.loads(await request.body())
        data = await handler(request.app.state.site, request, variables)
        return Response(orjson.dumps({"data": data}), media_type="application/json")

    return endpoint


async def product(site: Site, _request: Request, given: Answer) -> Answer:
    row = await _read(site, products.by_slug, given["slug"], given["channel"], GUEST)
    category = (await _read(site, categories.by_ids, [row.category_id]))[0]
    return {"product": _head(row) | {"category": _category(category)}}


async def product_page(site: Site, _request: Request, given: Answer) -> Answer:
    row = await _read(site, priced_by_slug, given["slug"], given["channel"], GUEST)
    key = row.id, row.channel_id
    (category,), media, pages = await asyncio.gather(
        _read(site, categories.by_ids, [row.category_id]),
        _read(site, products.media_by_product_ids, [row.id]),
        _read(site, variant_pages.priced_of_products, [key], GUEST, PageRequest(50), lean=True),
    )
    found = pages[key].rows
    stock = await _read(site, stocks.available, [(one.id, one.channel_id) for one in found])
    units = {one.variant_id: one.quantity for one in stock}
    return {
        "product": _head(row)
        | {
            "category": _category(category),
            "media": [
                {"url": site.shop.thumbnails.url(one.file_key or "", 1024, "WEBP"), "alt": one.alt}
                for one in media
            ],
            "pricing": {"priceRange": _range(row)},
            "productVariants": {
                "edges": [
                    {
                        "node": {
                            "id": ids.to_global("ProductVariant", one.id),
                            "name": one.name,
                            "sku": one.sku,
                            "quantityAvailable": units[one.id],
                            "pricing": {"price": _price(one)},
                        }
                    }
                    for one in found
                ]
            },
        }
    }


async def listing(site: Site, _request: Request, given: Answer) -> Answer:
    channel = OpenChannel(given["channel"], closed_too=False)
    wanted = product_list(GUEST, channel, condition=ALWAYS, order=Order(OrderName.NAME))
    found = await _read(
        site,
        product_lists.extended_pages,
        wanted,
        [None],
        PageRequest(given["first"]),
        extras=frozenset(Extra),
        lean=True,
    )
    page = found[None]
    keys = [(row.id, row.channel_id) for row in page.rows]
    pages = await _read(site, variant_pages.priced_of_products, keys, GUEST, PageRequest(10), lean=True)
    return {
        "products": {
            "pageInfo": {
                "hasNextPage": page.has_next,
                "endCursor": encode_cursor(page.key(page.rows[-1])),
            },
            "edges": [
                {
                    "node": {
                        "id": ids.to_global("Product", row.id),
                        "name": row.name,
                        "slug": row.slug,
                        "thumbnail": {
                            "url": site.shop.thumbnails.url(row.file_key, 256, "WEBP"),
                            "alt": row.alt,
                        },
                        "pricing": {
                            "onSale": row.on_sale,
                            "priceRange": _range(row),
                        },
                        "productVariants": {
                            "edges": [
                                {
                                    "node": {
                                        "id": ids.to_global("ProductVariant", one.id),
                                        "name": one.name,
                                        "sku": one.sku,
                                        "pricing": {"price": _price(one)},
                                    }
                                }
                                for one in pages[key].rows
                            ]
                        },
                    }
                }
                for row, key in zip(page.rows, keys, strict=True)
            ],
        }
    }


async def customer_orders(site: Site, request: Request, given: Answer) -> Answer:
    viewer = await viewer_of(site.shop, request, None)
    (user,) = await _read(site, accounts.by_ids, [viewer.require_login()], viewer)
    placed = (await _read(site, orders.newest_by_user_ids, [user.id], size=given["first"] + 1))[
        : given["first"]
    ]
    lines: dict[Any, list[Any]] = {order.id: [] for order in placed}
    for line in await _read(site, order_lines.by_order_ids, list(lines)):
        lines[line.order_id].append(line)
    return {
        "me": {
            "email": user.email,
            "orders": {
                "edges": [
                    {
                        "node": {
                            "id": ids.to_global("Order", order.id),
                            "number": order.number,
                            "created": order.created_at.isoformat(),
                            "status": order.status,
                            "total": {"gross": _money(order.total_gross, order.currency)},
                            "lines": [
                                {
                                    "id": ids.to_global("OrderLine", line.id),
                                    "productName": line.product_name,
                                    "variantName": line.variant_name,
                                    "quantity": line.quantity,
                                    "unitPrice": {"gross": _money(line.unit_gross, line.currency)},
                                    "totalPrice": {"gross": _money(line.total_gross, line.currency)},
                                }
                                for line in lines[order.id]
                            ],
                        }
                    }
                    for order in placed
                ]
            },
        }
    }


async def lines_add(site: Site, _request: Request, given: Answer) -> Answer:
    wanted = [
        NewLine(ids.parse("ProductVariant", line["variantId"]), line["quantity"]) for line in given["lines"]
    ]
    cart = await line_commands.add(site.shop, GUEST, ids.parse_uuid("Checkout", given["id"]), wanted)
    lines = await _read(site, checkout_lines.by_checkout_ids, [cart.id])
    keys = list(dict.fromkeys((line.variant_id, line.channel_id) for line in lines))
    shown = {row.id: row for row in await _read(site, variants.any_by_keys, keys)}
    return {
        "checkoutLinesAdd": {
            "checkout": {
                "id": ids.to_global("Checkout", cart.id),
                "quantity": sum(line.quantity for line in lines),
                "lines": [
                    {
                        "id": ids.to_global("CheckoutLine", line.id),
                        "quantity": line.quantity,
                        "variant": {
                            "id": ids.to_global("ProductVariant", line.variant_id),
                            "name": shown[line.variant_id].name,
                            "sku": shown[line.variant_id].sku,
                        },
                    }
                    for line in lines
                ],
            },
            "errors": [],
        }
    }


async def _read(site: Site, fetch: Callable[..., Awaitable[Any]], *given: Any, **named: Any) -> Any:
    async with site.pool.acquire() as connection:
        return await fetch(connection, *given, **named)


def _head(row: Any) -> Answer:
    return {
        "id": ids.to_global("Product", row.id),
        "name": row.name,
        "slug": row.slug,
        "seoTitle": row.seo_title,
    }


def _category(row: Any) -> Answer:
    return {"id": ids.to_global("Category", row.id), "name": row.name, "slug": row.slug}


def _money(amount: Any, currency: str) -> Answer:
    return {"amount": float(money.rounded(amount, currency)), "currency": currency}


def _range(row: Any) -> Answer:
    taxed = [
        money.taxed(amount, row.tax_rate, row.currency, with_tax=row.with_tax)
        for amount in (row.lowest_asked, row.highest_asked)
    ]
    ends = [{"gross": {"amount": float(one.gross), "currency": one.currency}} for one in taxed]
    return dict(zip(("start", "stop"), ends, strict=True))


def _price(row: Any) -> Answer:
    taxed = money.taxed(row.asked, row.tax_rate, row.currency, with_tax=row.with_tax)
    return {
        "net": {"amount": float(taxed.net)},
        "gross": {"amount": float(taxed.gross), "currency": taxed.currency},
    }
