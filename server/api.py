"""The API's table of contents: every root field there is."""

from functools import cache
from typing import Any

from strawberry.tools import create_type

from engine.schema import Schema
from resolvers import (
    accounts,
    addresses,
    apps,
    categories,
    channels,
    checkouts,
    collections,
    deliveries,
    events,
    logins,
    menus,
    metadata,
    orders,
    pages,
    payment_records,
    payments,
    products,
    refunds,
)
from schema import assigned_kinds, assigned_references, event_kinds
from schema.scalars import SCALARS
from subscriptions import checkouts as live_checkouts
from subscriptions import events as live_events
from subscriptions import jobs as live_jobs
from subscriptions import orders as live_orders
from subscriptions import products as live_products

QUERIES: list[Any] = [
    accounts.me,
    addresses.address,
    addresses.address_validation_rules,
    apps.app,
    apps.apps,
    categories.categories,
    categories.category,
    channels.channel,
    channels.channels,
    checkouts.checkout,
    collections.collection,
    collections.collections,
    events.events,
    menus.menu,
    orders.order,
    pages.page,
    pages.pages,
    products.product,
    products.product_variant,
    products.products,
]
MUTATIONS: list[Any] = [
    accounts.account_delete,
    accounts.account_register,
    accounts.account_request_deletion,
    accounts.account_update,
    accounts.confirm_account,
    accounts.confirm_email_change,
    accounts.request_email_change,
    accounts.user_avatar_delete,
    accounts.user_avatar_update,
    addresses.account_address_create,
    addresses.account_address_delete,
    addresses.account_address_update,
    addresses.account_set_default_address,
    apps.app_activate,
    apps.app_create,
    apps.app_deactivate,
    apps.app_token_create,
    apps.app_token_delete,
    apps.app_update,
    channels.channel_update,
    checkouts.checkout_add_promo_code,
    checkouts.checkout_create,
    checkouts.checkout_customer_attach,
    checkouts.checkout_customer_detach,
    checkouts.checkout_customer_note_update,
    checkouts.checkout_email_update,
    checkouts.checkout_language_code_update,
    checkouts.checkout_lines_add,
    checkouts.checkout_lines_delete,
    checkouts.checkout_lines_update,
    checkouts.checkout_remove_promo_code,
    deliveries.checkout_billing_address_update,
    deliveries.checkout_delivery_method_update,
    deliveries.checkout_shipping_address_update,
    deliveries.delivery_options_calculate,
    logins.password_change,
    logins.request_password_reset,
    logins.set_password,
    logins.token_create,
    logins.token_refresh,
    logins.token_verify,
    logins.tokens_deactivate_all,
    metadata.delete_metadata,
    metadata.delete_private_metadata,
    metadata.update_metadata,
    metadata.update_private_metadata,
    orders.checkout_complete,
    payment_records.transaction_create,
    payment_records.transaction_event_report,
    payment_records.transaction_request_action,
    payment_records.transaction_update,
    payments.payment_gateway_initialize,
    payments.transaction_initialize,
    payments.transaction_process,
    refunds.order_grant_refund_create,
    refunds.order_grant_refund_update,
    refunds.transaction_request_refund_for_granted_refund,
]
SUBSCRIPTIONS: list[Any] = [
    live_checkouts.checkout_updated,
    live_events.event,
    live_events.order_events,
    live_events.orders_feed,
    live_events.stock_alerts,
    live_jobs.job_progress,
    live_orders.order_updated,
    live_products.product_price_changed,
    live_products.product_updated,
    live_products.product_variant_stock_changed,
]


@cache
def build_schema() -> Schema:
    """The shop's schema, one for the process: nothing in it belongs to one server or its settings."""
    return Schema(
        query=create_type("Query", QUERIES),
        mutation=create_type("Mutation", MUTATIONS) if MUTATIONS else None,
        subscription=create_type("Subscription", SUBSCRIPTIONS) if SUBSCRIPTIONS else None,
        types=[*assigned_kinds.TYPES, *assigned_references.TYPES, *event_kinds.TYPES],
        scalars=SCALARS,
    )
