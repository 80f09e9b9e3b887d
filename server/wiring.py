"""From settings to a shop: every real part, opened in order and closed in reverse."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from importlib import import_module
from typing import Any

from adapters.events import Events
from adapters.files.disk import disk_files
from adapters.files.store import FileStore
from adapters.mail import ConsoleMail, Mail, SmtpMail
from adapters.passwords import DEFAULT_COST, Passwords
from adapters.payments.dummy import DummyGateway
from adapters.payments.registry import Gateways
from adapters.posting import PostedMail
from adapters.thumbnails import Thumbnails
from adapters.tokens import Tokens
from commands.shop import Shop, utc_now
from db import outbox
from db.pool import Database, PoolOptions, open_database
from server.settings import Settings


@asynccontextmanager
async def open_shop(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    mail: Mail | None = None,
    password_cost: int = DEFAULT_COST,
    on_statement: Callable[[Any], None] | None = None,
) -> AsyncIterator[Shop]:
    """The shop that ``settings`` describe, open while the block runs. The other arguments are for tests."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            open_database(settings.database_url, pool_options(settings), on_statement)
        )
        events = await stack.enter_async_context(_events(settings, database))
        files = await stack.enter_async_context(_files(settings, clock))
        passwords = Passwords(password_cost)
        stack.callback(passwords.close)
        posted = PostedMail(mail or _mail(settings, clock))
        stack.push_async_callback(posted.close)
        gateways = await stack.enter_async_context(_gateways(settings))
        yield Shop(
            db=database,
            events=events,
            files=files,
            thumbnails=Thumbnails(files, settings.public_url),
            mail=posted,
            passwords=passwords,
            tokens=Tokens(
                settings.jwt_private_key,
                issuer=f"{settings.public_url}/graphql/",
                audience=settings.public_url,
                clock=clock,
            ),
            gateways=gateways,
            redirect_hosts=settings.redirect_hosts,
            seller=tuple(line.strip() for line in settings.invoice_seller.split(";") if line.strip()),
            clock=clock,
        )


def pool_options(settings: Settings) -> PoolOptions:
    return PoolOptions(
        minimum=settings.database_pool_min,
        maximum=settings.database_pool_max,
        wait=settings.database_pool_wait,
        statement_timeout=settings.database_statement_timeout,
        transaction_pooler=settings.database_transaction_pooler,
    )


@asynccontextmanager
async def _events(settings: Settings, database: Database) -> AsyncIterator[Events]:
    async with database.read() as connection:
        name = await outbox.shop_name(connection)
    events = Events(settings.redis_url, name, outbox.History(database))
    try:
        yield events
    finally:
        await events.close()


@asynccontextmanager
async def _files(settings: Settings, clock: Callable[[], datetime]) -> AsyncIterator[FileStore]:
    if not settings.s3_bucket:
        yield disk_files(settings.data_dir / "files", settings.public_url, settings.secret_key, clock)
        return
    s3 = import_module("adapters.files.s3")  # with all of S3's client, which takes a fifth of a second
    async with s3.s3_files(
        bucket=settings.s3_bucket,
        endpoint_url=settings.s3_endpoint_url or None,
        region=settings.s3_region,
        access_key=settings.s3_access_key_id or None,
        secret_key=settings.s3_secret_access_key or None,
        public_url=settings.s3_public_url,
    ) as files:
        yield files


@asynccontextmanager
async def _gateways(settings: Settings) -> AsyncIterator[Gateways]:
    async with AsyncExitStack() as stack:
        given = defaultdict[str, list[str]](list)
        opened = []
        for account in settings.stripe_accounts:
            stripe = import_module(
                "adapters.payments.stripe.gateway"
            )  # a third of a second, most of it Stripe's
            gateway = stripe.StripeGateway(account)
            stack.push_async_callback(gateway.close)
            opened.append(gateway)
            for channel in account.channels:
                given[channel].append(account.id)
        yield Gateways([DummyGateway(), *opened], given)


def _mail(settings: Settings, clock: Callable[[], datetime]) -> Mail:
    return SmtpMail(settings.smtp_url, settings.mail_from, clock) if settings.smtp_url else ConsoleMail()
